//! A host's list of connections, with the timers that run for them.

use std::{fs, io};

use trace::State;

/// What the kernel of the calling program's host lists, as a line of text: `LISTEN; CLOSE-WAIT, no timer`. It is read from
/// `/proc/net/tcp`, the list behind `netstat`: LISTEN first, then the connections by their ports.
pub(super) fn timers() -> io::Result<String> {
    let list = fs::read_to_string("/proc/thread-self/net/tcp")?;
    let mut sockets: Vec<(&str, &str, State, bool)> = list
        .lines()
        .skip(1)
        .map(|line| socket(line).ok_or_else(|| io::Error::other(format!("unreadable: {line}"))))
        .collect::<io::Result<_>>()?;
    sockets.sort_unstable_by_key(|(local, remote, state, _)| {
        (*state != State::Listen, *local, *remote)
    });
    let words = sockets
        .iter()
        .map(|(_, _, state, timer)| match (state, timer) {
            (State::Listen, false) => state.to_string(),
            (_, false) => format!("{state}, no timer"),
            (_, true) => format!("{state}, a timer"),
        });
    Ok(words.collect::<Vec<_>>().join("; "))
}

/// One line of the list: both ends, the state, and whether a timer runs.
fn socket(line: &str) -> Option<(&str, &str, State, bool)> {
    let mut fields = line.split_whitespace().skip(1);
    let (local, remote) = (fields.next()?, fields.next()?);
    let state = match u8::from_str_radix(fields.next()?, 16).ok()? {
        1 => State::Established,
        2 => State::SynSent,
        3 | 12 => State::SynReceived,
        4 => State::FinWait1,
        5 => State::FinWait2,
        6 => State::TimeWait,
        7 => State::Closed,
        8 => State::CloseWait,
        9 => State::LastAck,
        10 => State::Listen,
        11 => State::Closing,
        _ => return None,
    };
    let (timer, _when) = fields.nth(1)?.split_once(':')?;
    Some((local, remote, state, timer != "00"))
}
