//! The beginning of a recorded connection as a picture that moves: each segment travels to the other host, and the states
//! change when it leaves and when it arrives.
//!
//! The HTML shows the end of that, complete; the movement is a matter of the style sheet. So it is right on paper, and for those
//! who want nothing to move.

use super::{escape, recorded};
use crate::exchange::{Fate, Side, Trace};
use crate::ladder::{Arrow, Column, Ladder, Line, Middle};
use crate::state::State;

/// Draws a trace up to the step with which both sides are ESTABLISHED as a `<figure>`; or nothing if it never comes to that, or if
/// a frame does not arrive before, since here every one does.
///
/// `name` and `download` are as [`super::figure`] takes them.
///
/// # Examples
/// ```
/// assert_eq!(trace::html::cover(&trace::Trace::default(), "empty", "empty.pcapng"), None);
/// ```
#[must_use]
pub fn cover(trace: &Trace, name: &str, download: &str) -> Option<String> {
    let ladder = Ladder::of(trace);
    let is_open = |line: &Line| {
        [line.client, line.server]
            .iter()
            .all(|state| *state == Some(State::Established))
    };
    let end = ladder.lines.iter().position(is_open)?;
    let arrives = |line: &Line| match &line.middle {
        Middle::Arrow(arrow) => arrow.fate == Fate::Delivered,
        Middle::Start | Middle::Note { .. } => true,
    };
    if !ladder.lines[..=end].iter().all(arrives) {
        return None;
    }
    let mut before = [None; 2];
    let mut steps = 0;
    let mut items = String::new();
    for line in &ladder.lines[..=end] {
        let index = match &line.middle {
            Middle::Arrow(_) => steps,
            Middle::Start => 0,
            // What programs do is not on the wire.
            Middle::Note { .. } => continue,
        };
        items.push_str(&item(line, before, index));
        before = [line.client.or(before[0]), line.server.or(before[1])];
        steps += usize::from(matches!(line.middle, Middle::Arrow(_)));
    }
    Some(format!(
        concat!(
            r#"<figure class="cover" aria-labelledby="{name}-cover" style="--steps:{steps}">"#,
            r#"<div class="cover-hosts" aria-hidden="true"><span>client</span><span>server</span></div>"#,
            r#"<ol class="cover-steps" role="list">{items}</ol>"#,
            r#"<figcaption id="{name}-cover"><span>Two hosts open a connection, slowed down. {recorded}</span>"#,
            r#"<button type="button" class="cover-again" hidden>Play again</button></figcaption></figure>"#,
        ),
        name = escape(name),
        steps = steps,
        items = items,
        recorded = recorded(trace, download),
    ))
}

fn item(line: &Line, before: [Option<State>; 2], index: usize) -> String {
    let states = [
        state(Side::Client, line.client, before[0]),
        state(Side::Server, line.server, before[1]),
    ];
    let (class, wire) = match &line.middle {
        Middle::Arrow(arrow) => (format!("from-{}", arrow.from.name()), wire(arrow)),
        _ => ("at-first".to_owned(), String::new()),
    };
    format!(
        r#"<li class="cover-step {class}" style="--step:{index}"><span class="cover-wire">{wire}</span>{}</li>"#,
        states.concat()
    )
}

/// A state that is new; the others stay as they are above.
fn state(side: Side, state: Option<State>, before: Option<State>) -> String {
    let Some(state) = state.filter(|state| Some(*state) != before && *state != State::Closed)
    else {
        return String::new();
    };
    let open = if state == State::Established {
        " is-open"
    } else {
        ""
    };
    format!(
        r#"<span class="cover-state at-{side}{open}"><span class="aside">, {side} is now </span>{state}</span>"#,
        side = side.name(),
    )
}

/// The way, and at its end the segment with its control bits and numbers.
fn wire(arrow: &Arrow) -> String {
    let shown = arrow.items.iter().filter(|item| {
        matches!(
            item.column,
            Column::Control | Column::Sequence | Column::Acknowledgment | Column::Text
        )
    });
    let items: Vec<String> = shown
        .map(|item| match item.column {
            Column::Control | Column::Text => format!("<b>{}</b>", escape(&item.shown)),
            _ => format!("<span>{}</span>", escape(&item.to_string())),
        })
        .collect();
    format!(
        concat!(
            r#"<span class="cover-way" aria-hidden="true"></span>"#,
            r#"<span class="cover-segment"><span class="aside">{from} to {to}: </span>{items}</span>"#,
        ),
        from = arrow.from.name(),
        to = arrow.from.other().name(),
        items = items.join(" "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{Origin, Provenance, Row};
    use crate::samples::{client_segment, row, server_segment, states};
    use crate::{ControlBits, View};

    const OPEN: State = State::Established;

    fn trace(rows: Vec<Row>) -> Trace {
        Trace {
            provenance: Provenance::default(),
            view: View::default(),
            start: states(State::Closed, State::Listen),
            rows,
        }
    }

    fn opening(fate: Fate) -> Trace {
        let (syn, ack) = (ControlBits::SYN, ControlBits::ACK);
        let (sent, received) = (State::SynSent, State::SynReceived);
        trace(vec![
            row(
                &client_segment(syn, 500),
                Origin::Host,
                fate,
                sent,
                received,
            ),
            row(
                &server_segment(syn | ack, 900),
                Origin::Host,
                Fate::Delivered,
                OPEN,
                received,
            ),
            row(
                &client_segment(ack, 501),
                Origin::Host,
                Fate::Delivered,
                OPEN,
                OPEN,
            ),
            row(
                &client_segment(ack, 502),
                Origin::Host,
                Fate::Delivered,
                OPEN,
                OPEN,
            ),
        ])
    }

    #[test]
    fn it_ends_when_both_sides_are_open() {
        let html = cover(&opening(Fate::Delivered), "a", "a.pcapng").expect("a picture");
        assert!(html.contains("--steps:3"), "{html}");
        assert_eq!(html.matches("cover-segment").count(), 3);
        assert!(html.contains("<b>SYN,ACK</b> <span>seq=0</span>"), "{html}");
        assert_eq!(
            html.matches("is-open").count(),
            2,
            "each state is named where it is new"
        );
        assert_eq!(html.matches(">SYN-RECEIVED<").count(), 1);
        assert!(html.contains(r#"server is now </span>LISTEN"#));
    }

    #[test]
    fn what_never_opens_or_loses_a_frame_is_not_drawn() {
        assert_eq!(cover(&trace(Vec::new()), "a", "a.pcapng"), None);
        assert_eq!(cover(&opening(Fate::Lost), "a", "a.pcapng"), None);
    }
}
