//! The ladder: one list item for each line, with both hosts' states.

use super::octets::{self, Sheet};
use super::{arrow, escape};
use crate::exchange::{Side, Trace};
use crate::ladder::{Arrow, Column, Item, Ladder, Line, Middle};
use crate::state::State;

/// The list of all lines under the two hosts' names.
pub(super) fn ladder(trace: &Trace, ladder: &Ladder, name: &str, sheet: &mut Sheet) -> String {
    let mut before = [State::Closed; 2];
    let mut items = String::new();
    for line in &ladder.lines {
        items.push_str(&item(trace, ladder, line, before, name, sheet));
        before = [
            line.client.unwrap_or(before[0]),
            line.server.unwrap_or(before[1]),
        ];
    }
    format!(
        concat!(
            r#"<div class="ladder"><div class="ladder-hosts" aria-hidden="true">"#,
            r#"<span class="host-client">client</span><span class="host-server">server</span></div>"#,
            r#"<ol class="ladder-steps" role="list">{items}</ol></div>"#,
        ),
        items = items
    )
}

/// One line: a step that unfolds where a frame was on the wire, plain text elsewhere.
fn item(
    trace: &Trace,
    ladder: &Ladder,
    line: &Line,
    before: [State; 2],
    name: &str,
    sheet: &mut Sheet,
) -> String {
    let start = matches!(line.middle, Middle::Start);
    let states = format!(
        "{}{}",
        state(
            Side::Client,
            line.client,
            !start && line.client != Some(before[0])
        ),
        state(
            Side::Server,
            line.server,
            !start && line.server != Some(before[1])
        ),
    );
    match &line.middle {
        Middle::Start => format!(
            r#"<li class="ladder-row ladder-start"><span class="wire"><span class="says">before the first frame</span></span>{states}</li>"#
        ),
        Middle::Note { side, text } => format!(
            concat!(
                r#"<li class="ladder-row ladder-note from-{side}"><span class="wire"><span class="says">"#,
                r#"<span class="who">{side}’s program:</span> {text}</span></span>{states}</li>"#,
            ),
            side = side.name(),
            text = escape(text),
            states = states,
        ),
        Middle::Arrow(arrow) => {
            let number = line
                .number
                .map_or_else(String::new, |number| number.to_string());
            let id = format!("{name}-{number}");
            let bytes = trace.rows[arrow.row].frame().unwrap_or_default();
            format!(
                concat!(
                    r#"<li class="ladder-step" id="{id}"><details>"#,
                    r#"<summary class="ladder-row"><span class="number"><span class="aside">Step </span>{number}</span>"#,
                    r#"{wire}{states}</summary>{octets}</details></li>"#,
                ),
                id = id,
                number = number,
                wire = wire(ladder, arrow),
                states = states,
                octets = octets::panel(bytes, sheet),
            )
        }
    }
}

/// A host's state after the line. A change is marked in words too, for those who do not see it.
fn state(side: Side, state: Option<State>, changed: bool) -> String {
    let Some(state) = state else {
        return format!(r#"<span class="state-{}"></span>"#, side.name());
    };
    let (class, verb) = if changed {
        (" changed", "is now")
    } else {
        ("", "stays")
    };
    format!(
        r#"<span class="state-{side}"><span class="aside">, {side} {verb} </span><span class="state{class}">{state}</span></span>"#,
        side = side.name(),
    )
}

/// What was on the wire: direction, what it carried, and what became of it.
fn wire(ladder: &Ladder, arrow: &Arrow) -> String {
    let step = |row: usize| {
        let number = ladder.lines.iter().find_map(|line| match &line.middle {
            Middle::Arrow(other) if other.row == row => line.number,
            _ => None,
        });
        number.map_or_else(
            || "an earlier step".to_owned(),
            |number| format!("step {number}"),
        )
    };
    // That the wire changed the frame is among the remarks already.
    let shown = arrow
        .items
        .iter()
        .filter(|item| item.column != Column::Altered);
    let items: Vec<String> = shown.map(item_of_frame).collect();
    let remarks: String = arrow::remarks(arrow, step)
        .iter()
        .map(|remark| format!(r#" <span class="remark">{}</span>"#, escape(remark)))
        .collect();
    format!(
        concat!(
            r#"<span class="wire from-{from}"><span class="aside">: {from} to {to}, </span>"#,
            r#"<span class="says">{items}{remarks}</span>{picture}</span>"#,
        ),
        from = arrow.from.name(),
        to = arrow.from.other().name(),
        items = items.join(" "),
        remarks = remarks,
        picture = arrow::picture(arrow),
    )
}

/// `SYN,ACK`, or `seq=0` with the number that was on the wire beside it.
fn item_of_frame(item: &Item) -> String {
    match item.column {
        Column::Control | Column::Text => {
            return format!(r#"<b class="bits">{}</b>"#, escape(&item.shown));
        }
        _ if item.name.is_empty() => {
            return format!(r#"<span class="item">{}</span>"#, escape(&item.shown));
        }
        _ => {}
    }
    let value = if item.shown == item.absolute {
        escape(&item.shown)
    } else {
        format!(
            r#"<span class="relative">{}</span><span class="absolute">{}</span>"#,
            escape(&item.shown),
            escape(&item.absolute)
        )
    };
    format!(r#"<span class="item">{}={value}</span>"#, item.name)
}
