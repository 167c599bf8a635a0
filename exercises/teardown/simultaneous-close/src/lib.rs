//! Let two FINs cross, and say what each side makes of it.
//!
//! Its chapter is `book/teardown/simultaneous-close.md`. Run `cargo test -p simultaneous-close`.
//!
//! Fill in the two blanks below. The first sends nothing: it is the closing half of figure 5 as a function. In the
//! second you write the script of a scene, as those that the book's figures are recorded from: you have two hosts and
//! the wire between them.

use std::io;

use lab::Net;
use socket2::Socket;
use trace::{ControlBits, SeqNumber, State};

/// What happens to one side of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The program calls CLOSE, and the side can send its FIN at once.
    Close,
    /// A segment arrives. It has neither RST nor SYN, it carries no data, and it begins with the number that is
    /// expected next: the first four steps of RFC 9293 section 3.10.7.4 have nothing against it. (In one recording of
    /// the tests, an ACK begins one number higher, behind a FIN that is late. Linux looks at its acknowledgment at
    /// once, and so do you.)
    Arrives {
        /// Its control bits.
        control: ControlBits,
        /// SEG.ACK: its acknowledgment number.
        acknowledgment: SeqNumber,
        /// SND.NXT of the side at which it arrives: the number after the last one that this side has sent. Once the
        /// side has sent its FIN, that is the number after the FIN, since nothing follows a FIN.
        send_next: SeqNumber,
    },
    /// The time of TIME-WAIT, two maximum segment lifetimes, is over. (The timer runs in no other state.)
    Timeout,
}

/// The state of a side after an event: the closing half of figure 5, with what the figure leaves out.
///
/// `state` is ESTABLISHED or a state that comes after it. An event that changes nothing returns `state`; so does a
/// CLOSE in a state in which the program has called it before (section 3.10.4).
///
/// When a segment arrives, look at it in the order of section 3.10.7.4:
/// 1. Fifth step, first half: a segment without ACK is dropped, and so is one that acknowledges a number that has not
///    been sent yet. Whatever else it carries is dropped with it.
/// 2. Fifth step, second half: does the acknowledgment cover our FIN? In some states this alone leads on.
/// 3. Eighth step: the FIN bit, in the state that the fifth step has led to.
///
/// Numbers are compared modulo 2^32: a later number can be a smaller integer (section 3.4). `SeqNumber::precedes`
/// knows.
///
/// RFC 9293 section 3.3.2 (figure 5), section 3.10.4 and section 3.10.7.4.
pub fn next_state(state: State, event: Event) -> State {
    todo!("what becomes of a side in {state} by the event {event:?}?")
}

/// The states that both sides have passed through, each once and in order.
#[derive(Debug, Default)]
pub struct Passed {
    /// The client's.
    pub client: Vec<State>,
    /// The server's.
    pub server: Vec<State>,
}

impl Passed {
    /// Asks both kernels for the state of the connection and adds it where it is new. Given.
    ///
    /// A state that a side enters and leaves between two looks is missed.
    pub fn look(&mut self, net: &Net) {
        let states = net.states();
        for (passed, sockets) in [
            (&mut self.client, &states.client),
            (&mut self.server, &states.server),
        ] {
            // The one that has a peer; a listening socket has none.
            let connection = sockets.iter().find(|socket| socket.remote.is_some());
            let state = connection.map_or(State::Closed, |socket| socket.state);
            if passed.last() != Some(&state) {
                passed.push(state);
            }
        }
    }
}

/// Closes an established connection from both sides so that the FINs cross (RFC 9293 section 3.6, figure 13), and
/// returns the states that both sides pass through: ESTABLISHED is the first, and the last is the one in which both
/// stay.
///
/// `client` and `server` are the two ends. They belong to `net.client()` and `net.server()`, and a program on its host
/// closes its end: `net.client().run(move || drop(client))`.
///
/// The wire obeys you (`net.wire()`): from `hold(filter)` on, it keeps the frames that the filter is about; `release()`
/// lets the one go that has been held longest, and waits until the wire is quiet; `let_pass()` ends the holding for
/// frames that are yet to come; `release_all()` lets everything go that is held. Filters are in `lab::filter`: `any()`,
/// `fin()`, `pure_ack()` and others.
///
/// Nothing may stay held, or the connection never gets to its end.
///
/// # Errors
/// Those of your socket calls, unchanged.
pub fn close_from_both_sides(net: &mut Net, client: Socket, server: Socket) -> io::Result<Passed> {
    let _ = (net, client, server);
    todo!("close both ends while the wire holds what they send, and look at the states on the way")
}
