//! Let two FINs cross, and say what each side makes of it: a solution.

use std::io;

use lab::Net;
use lab::filter::any;
use socket2::Socket;
use trace::{ControlBits, SeqNumber, State};

/// What happens to one side of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The program calls CLOSE.
    Close,
    /// A segment arrives.
    Arrives {
        /// Its control bits.
        control: ControlBits,
        /// SEG.ACK.
        acknowledgment: SeqNumber,
        /// SND.NXT of the side at which it arrives.
        send_next: SeqNumber,
    },
    /// The time of TIME-WAIT is over.
    Timeout,
}

/// The state of a side after an event.
pub fn next_state(state: State, event: Event) -> State {
    match event {
        Event::Close => match state {
            State::Established => State::FinWait1,
            State::CloseWait => State::LastAck,
            other => other,
        },
        // The timer runs in TIME-WAIT only.
        Event::Timeout => State::Closed,
        Event::Arrives {
            control,
            acknowledgment,
            send_next,
        } => {
            if !control.contains(ControlBits::ACK) || send_next.precedes(acknowledgment) {
                return state;
            }
            // Nothing follows a FIN, so whoever acknowledges everything acknowledges it.
            let state = acknowledged(state, acknowledgment == send_next);
            if control.contains(ControlBits::FIN) {
                finished(state)
            } else {
                state
            }
        }
    }
}

/// The fifth step: what the acknowledgment does.
fn acknowledged(state: State, covered: bool) -> State {
    match state {
        State::FinWait1 if covered => State::FinWait2,
        State::Closing if covered => State::TimeWait,
        State::LastAck if covered => State::Closed,
        other => other,
    }
}

/// The eighth step: what the other side's FIN does.
fn finished(state: State) -> State {
    match state {
        State::Established => State::CloseWait,
        State::FinWait1 => State::Closing,
        State::FinWait2 => State::TimeWait,
        other => other,
    }
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
    /// Asks both kernels for the state of the connection and adds it where it is new.
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

/// Closes from both sides so that the FINs cross.
pub fn close_from_both_sides(net: &mut Net, client: Socket, server: Socket) -> io::Result<Passed> {
    let mut passed = Passed::default();
    passed.look(net);
    net.wire().hold(any());
    net.client().run(move || drop(client));
    net.server().run(move || drop(server));
    passed.look(net);
    // The two FINs; the ACKs that they cause are held.
    net.wire().release();
    net.wire().release();
    passed.look(net);
    net.wire().let_pass();
    net.wire().release_all();
    passed.look(net);
    Ok(passed)
}
