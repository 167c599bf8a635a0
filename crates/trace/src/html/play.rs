//! What the player of a figure needs besides its ladder: the arrows of figure 5 and the sequence numbers, line by line.

use std::collections::BTreeMap;

use crate::exchange::{Side, Trace};
use crate::figure5::{TRANSITIONS, Transition};
use crate::ladder::{Ladder, Line, Middle};
use crate::sequence::{self, Both, Number};
use crate::state::State;

/// What one line has.
type Columns = [String; 11];
/// Stands where there is none.
const NONE: &str = "-";

/// The value of the figure's attribute: a part for each line, with a semicolon between two. Each has eleven columns with commas between
/// them: the last arrow of figure 5 that the client took and the server's, by their places in [`TRANSITIONS`]; the
/// client's port, where there are several connections; the number on the wire that the client's 0 stands for, and the
/// server's; SND.UNA, SND.NXT and RCV.NXT of the client, then the server's. Empty is what was so in the line before, and what
/// is empty at the end of a part is left out.
///
/// `None` for a trace without a segment.
pub(super) fn attribute(trace: &Trace, ladder: &Ladder) -> Option<String> {
    let numbers = sequence::after_each_row(trace);
    let mut ports: Vec<u16> = numbers.iter().filter_map(|both| both.port).collect();
    ports.sort_unstable();
    ports.dedup();
    if ports.is_empty() {
        return None;
    }
    let many = ports.len() > 1;
    let nothing = Both::default();
    let mut rows = numbers.iter();
    let mut arrows = Arrows::default();
    let mut before: Columns = std::array::from_fn(|_| NONE.to_owned());
    let parts = ladder.lines.iter().map(|line| {
        let both = match line.middle {
            Middle::Start => &nothing,
            Middle::Arrow(_) | Middle::Note { .. } => rows.next().unwrap_or(&nothing),
        };
        let now = columns(both, arrows.after(line, both.port), many, &before);
        let changes = now.iter().zip(&before);
        let changes: Vec<&str> = changes
            .map(|(now, before)| if now == before { "" } else { now })
            .collect();
        let part = changes.join(",").trim_end_matches(',').to_owned();
        before = now;
        part
    });
    Some(parts.collect::<Vec<_>>().join(";"))
}

/// The ends of the addresses at which the player can be opened, in the order of its places: `play-0` before the first frame,
/// `play-3` at step 3, `play-3.1` at the first note after it.
pub(super) fn places(ladder: &Ladder) -> Vec<String> {
    let (mut step, mut note) = (0, 0);
    let lines = ladder.lines.iter().filter_map(|line| match line.middle {
        Middle::Start => None,
        Middle::Arrow(_) => {
            (step, note) = (step + 1, 0);
            Some(format!("play-{step}"))
        }
        Middle::Note { .. } => {
            note += 1;
            Some(format!("play-{step}.{note}"))
        }
    });
    std::iter::once("play-0".to_owned()).chain(lines).collect()
}

fn columns(both: &Both, arrows: [Option<usize>; 2], many: bool, before: &Columns) -> Columns {
    let told = |value: Option<String>| value.unwrap_or_else(|| NONE.to_owned());
    let own = |side: Side| {
        let (variables, other) = (both.of(side), both.of(side.other()));
        [
            &variables.unacknowledged,
            &variables.send_next,
            &other.receive_next,
        ]
    };
    // Any number that is counted from 0 says where 0 is.
    let zero = |side: Side, before: &String| {
        let mut zeros = own(side).into_iter().flatten().filter_map(zero);
        zeros
            .next()
            .map_or_else(|| before.clone(), |zero| zero.to_string())
    };
    let number = |number: &Option<Number>| told(number.as_ref().map(shown));
    [
        told(arrows[0].map(|arrow| arrow.to_string())),
        told(arrows[1].map(|arrow| arrow.to_string())),
        told(both.port.filter(|_| many).map(|port| port.to_string())),
        zero(Side::Client, &before[3]),
        zero(Side::Server, &before[4]),
        number(&both.client.unacknowledged),
        number(&both.client.send_next),
        number(&both.client.receive_next),
        number(&both.server.unacknowledged),
        number(&both.server.send_next),
        number(&both.server.receive_next),
    ]
}

/// The number on the wire that is shown as 0; `None` for one that is counted from an earlier SYN.
fn zero(number: &Number) -> Option<u32> {
    let shown: i64 = number.shown.parse().ok()?;
    Some(number.absolute.0.wrapping_sub(shown as u32))
}

/// `5`, or `old+2=4711`, since what it counts from stands nowhere else.
fn shown(number: &Number) -> String {
    match zero(number) {
        Some(_) => number.shown.clone(),
        None => format!("{}={}", number.shown, number.absolute),
    }
}

/// Where each side of each connection is in figure 5, and the last arrow that it took.
#[derive(Default)]
struct Arrows(BTreeMap<Option<u16>, [Place; 2]>);

#[derive(Clone, Copy, Default)]
struct Place {
    /// `None` before the first line.
    state: Option<State>,
    last: Option<usize>,
}

impl Arrows {
    fn after(&mut self, line: &Line, port: Option<u16>) -> [Option<usize>; 2] {
        let places = self.0.entry(port).or_default();
        for (place, side) in places.iter_mut().zip([Side::Client, Side::Server]) {
            let now = line.state(side).or(place.state).unwrap_or(State::Closed);
            if place.state != Some(now) {
                place.last = arrow(place.state, now);
                place.state = Some(now);
            }
        }
        places.map(|place| place.last)
    }
}

/// The arrow from one state to another. A side that has no connection listens for one where the figure wants it to; that it has come
/// to listen, or that there is nothing, is no step of a connection that begins.
fn arrow(before: Option<State>, now: State) -> Option<usize> {
    let from = |state: State| {
        let leads = |t: &Transition| t.from == state && t.to == now;
        TRANSITIONS.iter().position(leads)
    };
    match before {
        None if matches!(now, State::Closed | State::Listen) => None,
        None | Some(State::Closed) => from(State::Closed).or_else(|| from(State::Listen)),
        Some(state) => from(state),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{client_segment, row, server_segment, states};
    use crate::{ControlBits, Event, Fate, Origin, Row, SeqNumber};
    use State::{Closed, Established, Listen, SynReceived, SynSent};

    fn handshake() -> Trace {
        let syn = client_segment(ControlBits::SYN, 500);
        let mut answer = server_segment(ControlBits::SYN | ControlBits::ACK, 900);
        answer.acknowledgment = SeqNumber(501);
        let mut last = client_segment(ControlBits::ACK, 501);
        last.acknowledgment = SeqNumber(901);
        let note = Row {
            event: Event::Note {
                side: Side::Client,
                text: "connect() returns".to_owned(),
            },
            states: states(Established, SynReceived),
        };
        let sent =
            |segment, client, server| row(segment, Origin::Host, Fate::Delivered, client, server);
        Trace {
            start: states(Closed, Listen),
            rows: vec![
                sent(&syn, SynSent, SynReceived),
                sent(&answer, Established, SynReceived),
                note,
                sent(&last, Established, Established),
            ],
            ..Trace::default()
        }
    }

    fn of(trace: &Trace) -> Option<String> {
        attribute(trace, &Ladder::of(trace))
    }

    #[test]
    fn a_line_says_only_what_has_changed() {
        assert_eq!(
            of(&handshake()).unwrap(),
            ";1,3,,500,,0,1,,,,1;7,,,,900,1,,1,0,1;;,9,,,,,,,1"
        );
    }

    #[test]
    fn every_place_of_the_player_has_an_address() {
        assert_eq!(
            places(&Ladder::of(&handshake())),
            ["play-0", "play-1", "play-2", "play-2.1", "play-3"]
        );
    }

    #[test]
    fn connections_are_told_apart_by_the_clients_port() {
        let mut trace = handshake();
        let mut other = client_segment(ControlBits::SYN, 70);
        other.source.set_port(40001);
        trace.rows.truncate(1);
        trace
            .rows
            .push(row(&other, Origin::Host, Fate::Lost, SynSent, SynReceived));
        let told = of(&trace).unwrap();
        assert!(told.starts_with(";1,3,40000,500,"), "{told}");
        // The first SYN arrived. The second did not, and no kernel lists a socket for it: a program sends it by hand.
        assert!(told.ends_with(";-,-,40001,70,,,,,,,-"), "{told}");
    }

    #[test]
    fn a_number_of_an_earlier_syn_comes_with_the_one_on_the_wire() {
        let mut trace = handshake();
        let again = client_segment(ControlBits::SYN, 7000);
        trace
            .rows
            .push(row(&again, Origin::Host, Fate::Lost, SynSent, Established));
        let told = of(&trace).unwrap();
        assert!(told.ends_with(";-,,,7000,,0,,-,,,old+1=501"), "{told}");
    }

    #[test]
    fn a_trace_without_a_segment_has_nothing_to_tell() {
        assert_eq!(of(&Trace::default()), None);
    }

    #[test]
    fn the_arrow_of_a_reset_is_not_in_the_figure() {
        assert_eq!(arrow(Some(Established), Closed), None);
        assert_eq!(arrow(None, Listen), None);
        assert_eq!(arrow(Some(Closed), Listen), Some(0));
        assert_eq!(arrow(Some(Closed), SynReceived), Some(3));
    }
}
