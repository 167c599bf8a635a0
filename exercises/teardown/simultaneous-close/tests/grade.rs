//! Your states against the RFC's words, and against two kernels.

use std::io;

use lab::filter::{fin, pure_ack};
use lab::peer::{call_from, listen};
use lab::{Lab, Net, Side, Trace, addresses};
use simultaneous_close::{Event, close_from_both_sides, next_state};
use socket2::Socket;
use trace::ladder::Middle;
use trace::{ControlBits, Fate, Ladder, Origin, Segment, SeqNumber, State};

use State::{
    CloseWait, Closed, Closing, Established, FinWait1, FinWait2, LastAck, SynReceived, TimeWait,
};

const SERVER_PORT: u16 = 80;
const CLIENT_PORT: u16 = 40000;

const ACK: ControlBits = ControlBits::ACK;
const FIN: ControlBits = ControlBits::FIN;

/// The state after one event, against the RFC's.
fn check(state: State, event: Event, right: State, section: &str) {
    let yours = next_state(state, event);
    assert!(
        yours == right,
        "A side is in {state}, and {}.\n  your next_state(): {yours}\n  by the RFC:        {right}\n  see RFC 9293 section {section}",
        describe(event)
    );
}

fn describe(event: Event) -> String {
    match event {
        Event::Close => "its program calls CLOSE".to_owned(),
        Event::Timeout => "two maximum segment lifetimes are over".to_owned(),
        Event::Arrives {
            control,
            acknowledgment,
            send_next,
        } => {
            let bits = if control == ControlBits::NONE {
                "a segment without control bits".to_owned()
            } else {
                control.to_string()
            };
            format!("{bits} arrives with SEG.ACK={acknowledgment}, while SND.NXT={send_next}")
        }
    }
}

#[test]
fn closing_and_waiting_need_no_segment() {
    for (state, right) in [
        (Established, FinWait1),
        (CloseWait, LastAck),
        (FinWait1, FinWait1),
        (FinWait2, FinWait2),
        (Closing, Closing),
        (LastAck, LastAck),
        (TimeWait, TimeWait),
    ] {
        check(state, Event::Close, right, "3.10.4");
    }
    check(TimeWait, Event::Timeout, Closed, "3.10.8");
}

// Pairs of SND.NXT and SEG.ACK, once among small numbers and once where they begin again at 0.

/// All that has been sent is acknowledged.
const COVERING: [(u32, u32); 2] = [(101, 101), (0, 0)];
/// All but the last number, which is the FIN's if a FIN has been sent.
const ONE_SHORT: [(u32, u32); 2] = [(101, 100), (0, u32::MAX)];
/// A number that has not been sent.
const TOO_FAR: [(u32, u32); 2] = [(101, 102), (u32::MAX, 0)];

/// Checks the state after a segment with these control bits, for each pair of numbers.
fn check_arrival(
    state: State,
    control: ControlBits,
    numbers: &[(u32, u32)],
    right: State,
    section: &str,
) {
    for (send_next, acknowledgment) in numbers {
        let event = Event::Arrives {
            control,
            acknowledgment: SeqNumber(*acknowledgment),
            send_next: SeqNumber(*send_next),
        };
        check(state, event, right, section);
    }
}

const FIFTH: &str = "3.10.7.4, fifth step";

#[test]
fn an_acknowledgment_counts_only_if_it_covers_the_fin() {
    for (state, covered) in [
        (FinWait1, FinWait2),
        (Closing, TimeWait),
        (LastAck, Closed),
        // These do not wait for an acknowledgment of a FIN.
        (Established, Established),
        (CloseWait, CloseWait),
        (FinWait2, FinWait2),
        (TimeWait, TimeWait),
    ] {
        check_arrival(state, ACK, &ONE_SHORT, state, FIFTH);
        check_arrival(state, ACK, &COVERING, covered, FIFTH);
        check_arrival(state, ControlBits::NONE, &COVERING, state, FIFTH);
        check_arrival(state, ACK, &TOO_FAR, state, FIFTH);
    }
}

const EIGHTH: &str = "3.10.7.4, fifth and eighth step";

#[test]
fn in_fin_wait_1_the_number_decides_where_a_fin_leads() {
    check_arrival(FinWait1, FIN | ACK, &ONE_SHORT, Closing, EIGHTH);
    check_arrival(FinWait1, FIN | ACK, &COVERING, TimeWait, EIGHTH);
    // Dropped in the fifth step, the FIN with the rest.
    check_arrival(FinWait1, FIN, &COVERING, FinWait1, FIFTH);
    check_arrival(FinWait1, FIN | ACK, &TOO_FAR, FinWait1, FIFTH);
}

/// Opens one connection and hands its two ends, with the listening socket, to `close`.
fn play(close: impl FnOnce(&mut Net, Socket, Socket) -> io::Result<()>) -> Trace {
    Lab::run(|net| {
        let listener = net
            .server()
            .run(|| listen(addresses::server(SERVER_PORT)))?;
        let (client, server) = call_from(net, CLIENT_PORT, &listener)?;
        close(net, client, server)?;
        // Whatever the script has left to happen by itself belongs to the recording.
        net.settle();
        io::Result::Ok(())
    })
}

/// A segment on the wire, and what both kernels said when the wire had dealt with it.
struct Step {
    number: usize,
    from: Side,
    /// Whether its sender had sent it in this moment; otherwise it had been held.
    sent: bool,
    delivered: bool,
    segment: Segment,
    client: State,
    server: State,
}

impl Step {
    fn state(&self, side: Side) -> State {
        match side {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }

    fn has_fin(&self) -> bool {
        self.segment.control.contains(FIN)
    }
}

/// The steps of a ladder with their segments.
fn steps(trace: &Trace) -> Vec<Step> {
    let lines = Ladder::of(trace).lines;
    lines
        .iter()
        .filter_map(|line| {
            let Middle::Arrow(arrow) = &line.middle else {
                return None;
            };
            Some(Step {
                number: line.number?,
                from: arrow.from,
                sent: arrow.origin == Origin::Host,
                delivered: arrow.fate == Fate::Delivered,
                segment: trace.rows[arrow.row].segment()?.1,
                client: line.client?,
                server: line.server?,
            })
        })
        .collect()
}

const SIDES: [Side; 2] = [Side::Client, Side::Server];

#[test]
fn the_fins_cross() {
    let trace = play(|net, client, server| close_from_both_sides(net, client, server).map(drop));
    let steps = steps(&trace);
    let saw = format!("The wire saw\n{}", Ladder::of(&trace));
    for side in SIDES {
        let name = side.name();
        let fin = |step: &&Step| step.has_fin();
        let own = steps
            .iter()
            .filter(|step| step.from == side && step.sent)
            .find(fin);
        let Some(own) = own else {
            panic!("the {name} should send a FIN, and the wire saw none of its. {saw}");
        };
        let others = steps
            .iter()
            .filter(|step| step.from != side && step.delivered)
            .find(fin);
        assert!(
            others.is_none_or(|others| own.number < others.number),
            "the FINs should cross, but the {name} sent its own (step {}) when the other side's had arrived already. Let the \
             wire hold what the first program sends until the second has closed too (RFC 9293 section 3.6, case 3). {saw}",
            own.number
        );
    }
    for side in SIDES {
        assert!(
            steps.iter().any(|step| step.state(side) == Closing),
            "the FINs cross, but the {} is never in CLOSING. That is where a FIN leads as long as our own is not acknowledged, so \
             both FINs have to arrive before the first acknowledgment does (RFC 9293 section 3.6, figure 13). {saw}",
            side.name()
        );
    }
    for side in SIDES {
        assert!(
            steps.last().map(|step| step.state(side)) == Some(TimeWait),
            "both sides should end in TIME-WAIT, but the {} does not. Does the wire still hold something? (RFC 9293 section 3.6, \
             figure 13). {saw}",
            side.name()
        );
    }
}

#[test]
fn both_sides_pass_through_the_states_that_you_report() {
    play(|net, client, server| {
        let passed = close_from_both_sides(net, client, server)?;
        net.settle();
        for (side, reported) in SIDES.into_iter().zip([passed.client, passed.server]) {
            let steps = steps(net.trace());
            let mut states: Vec<State> = steps.iter().map(|step| step.state(side)).collect();
            states.retain(|state| !matches!(state, State::SynSent | SynReceived));
            states.dedup();
            assert!(
                reported == states,
                "You report other states for the {} than its kernel passed through. A state that you miss lies between two \
                 of your looks: let the wire hold the segment that ends it.\n  your report: {}\n  the kernel:  {}\n  see RFC 9293 \
                 section 3.6, figure 13",
                side.name(),
                names(&reported),
                names(&states)
            );
        }
        Ok(())
    });
}

fn names(states: &[State]) -> String {
    let names: Vec<&str> = states.iter().map(|state| state.name()).collect();
    names.join(", ")
}

/// How a connection can end: figure 12, figure 13, and what lies between them.
type Script = fn(&mut Net, Socket, Socket) -> io::Result<()>;

const SCRIPTS: [(&str, Script); 4] = [
    (
        "the client closes first (figure 12)",
        |net, client, server| {
            net.client().run(move || drop(client));
            net.server().run(move || drop(server));
            Ok(())
        },
    ),
    (
        "the server closes first, and its FIN is acknowledged by a FIN",
        |net, client, server| {
            net.wire().lose_next(pure_ack().from(Side::Client));
            net.server().run(move || drop(server));
            net.client().run(move || drop(client));
            Ok(())
        },
    ),
    ("the FINs cross (figure 13)", |net, client, server| {
        net.wire().hold(fin());
        net.client().run(move || drop(client));
        net.server().run(move || drop(server));
        net.wire().let_pass();
        net.wire().release_all();
        Ok(())
    }),
    (
        "the client's FIN is late, and the server closes meanwhile",
        |net, client, server| {
            net.wire().hold_next(fin().from(Side::Client));
            net.client().run(move || drop(client));
            net.server().run(move || drop(server));
            net.wire().release();
            Ok(())
        },
    ),
];

#[test]
fn every_step_leads_where_the_kernel_goes() {
    for (story, script) in SCRIPTS {
        follow(story, &play(script));
    }
}

/// Takes both sides through a recorded close by `next_state()`, and compares them with the kernels at every step.
fn follow(story: &str, trace: &Trace) {
    let mut states = [Established; 2];
    // SND.NXT of both sides, and whether their FINs are out.
    let mut send_next = [SeqNumber(0); 2];
    let mut finished = [false; 2];
    let mut open = false;
    for step in steps(trace) {
        let sender = SIDES
            .iter()
            .position(|side| *side == step.from)
            .unwrap_or(0);
        let receiver = 1 - sender;
        let mut happened = [None; 2];
        if step.sent {
            send_next[sender] = end_of(&step.segment);
        }
        if step.sent && step.has_fin() && !finished[sender] {
            finished[sender] = true;
            happened[sender] = Some(Event::Close);
        }
        if step.delivered && open {
            happened[receiver] = Some(Event::Arrives {
                control: step.segment.control,
                acknowledgment: step.segment.acknowledgment,
                send_next: send_next[receiver],
            });
        }
        for (index, side) in SIDES.into_iter().enumerate() {
            let Some(event) = happened[index] else {
                continue;
            };
            let before = states[index];
            states[index] = next_state(before, event);
            let (name, kernel) = (side.name(), step.state(side));
            assert!(
                states[index] == kernel,
                "When {story}, your next_state() and the {name}'s kernel part at step {}.\n  before:            {before}\n  \
                 what happened:     {}\n  your next_state(): {}\n  the kernel:        {kernel}\n  see RFC 9293 section {}\n\nThe \
                 recording:\n{}",
                step.number,
                describe(event),
                states[index],
                match event {
                    Event::Close => "3.10.4",
                    Event::Arrives { .. } | Event::Timeout => EIGHTH,
                },
                Ladder::of(trace)
            );
        }
        open |= (step.client, step.server) == (Established, Established);
    }
    assert!(
        finished == [true; 2],
        "the laboratory has closed no connection:\n{}",
        Ladder::of(trace)
    );
}

/// The number after a segment's last one.
fn end_of(segment: &Segment) -> SeqNumber {
    let bits = [ControlBits::SYN, FIN];
    let counted = bits.iter().filter(|bit| segment.control.contains(**bit));
    let length = segment.payload.len() + counted.count();
    segment
        .sequence
        .plus(u32::try_from(length).unwrap_or(u32::MAX))
}
