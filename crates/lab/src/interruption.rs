//! Calls that a signal interrupts, at the word of the script.
//!
//! No signal is sent. The gate answers such a call with the error that the kernel would give: `EINTR`, as for a handler that was
//! installed without `SA_RESTART` and ran before the call had done anything (signal(7)).

use trace::Side;

use crate::gate::Waiting;

/// A kind of socket call that blocks, and that a signal can interrupt.
///
/// `connect()` is none of them: an interrupted one has begun something, and the kernel goes on with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocking {
    /// Waits for a connection: `accept()`.
    Accept,
    /// Waits for octets: `recv()`, `read()` and their like.
    Receive,
    /// Waits for room: `send()`, `write()` and their like.
    Send,
}

impl Blocking {
    /// The calls of this kind, by their names at the gate.
    const fn calls(self) -> &'static [&'static str] {
        match self {
            Blocking::Accept => &["accept()"],
            Blocking::Receive => &[
                "preadv2()",
                "read()",
                "readv()",
                "recv()",
                "recvmmsg()",
                "recvmsg()",
            ],
            Blocking::Send => &[
                "pwritev2()",
                "send()",
                "sendfile()",
                "sendmmsg()",
                "sendmsg()",
                "write()",
                "writev()",
            ],
        }
    }
}

/// What the script wants interrupted.
#[derive(Default)]
pub(crate) struct Interruptions(Vec<(Side, Blocking)>);

impl Interruptions {
    /// The next such call on that side.
    pub(crate) fn add(&mut self, side: Side, call: Blocking) {
        self.0.push((side, call));
    }

    /// Whether this call is one of them; it then is one no longer.
    pub(crate) fn take(&mut self, side: Side, waiting: &Waiting) -> bool {
        let wanted = |(on, kind): &(Side, Blocking)| {
            *on == side && kind.calls().contains(&waiting.call) && waiting.may_block()
        };
        let found = self.0.iter().position(wanted);
        found.is_some_and(|position| {
            self.0.remove(position);
            true
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::names;

    #[test]
    fn every_call_that_can_be_interrupted_waits_at_the_gate() {
        for kind in [Blocking::Accept, Blocking::Receive, Blocking::Send] {
            for call in kind.calls() {
                assert!(names().any(|name| name == *call), "{call}");
            }
        }
    }
}
