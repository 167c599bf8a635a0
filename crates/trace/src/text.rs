//! A ladder as text: the form in which tests compare it and a terminal shows it.
//!
//! Every line is made of four parts: number, client's state, middle, server's state. The middle is
//! equally wide in all lines, and equal things stand below each other:
//!
//! ```text
//!      client                                                    server
//!                                                                LISTEN
//!   1  SYN-SENT     -- SYN      seq=0         mss=1460 -->       SYN-RECEIVED
//!   2  ESTABLISHED  <- SYN,ACK  seq=0 ack=1   mss=1460 --        SYN-RECEIVED
//! ```
//!
//! The end at which a frame starts says where it came from: `--` a kernel, `..` the wire, which
//! had held it, `++` the wire, which copied it, `~~` the script. The end at which it points says
//! what became of it: `-->` delivered, `...` held, `-x` lost.

use std::fmt;

use crate::comments::escape;
use crate::ladder::{Arrow, Column, Item, Ladder, Line, Middle};
use crate::state::State;
use crate::{Fate, Origin, Side};

/// The middle is at least this wide, so that most ladders have their hosts in the same place.
const MIDDLE: usize = 43;

/// The columns of a segment with the spaces before each: control bits, numbers and options are
/// three groups.
const COLUMNS: [(Column, usize); 11] = [
    (Column::Control, 0),
    (Column::Port, 2),
    (Column::Sequence, 2),
    (Column::Acknowledgment, 1),
    (Column::Length, 1),
    (Column::Urgent, 1),
    (Column::Window, 1),
    (Column::MaximumSegmentSize, 3),
    (Column::Options, 1),
    (Column::Payload, 1),
    (Column::Altered, 1),
];

impl fmt::Display for Ladder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = Columns::of(self);
        let middles: Vec<String> = self.lines.iter().map(|line| columns.middle(line)).collect();
        let width = middles
            .iter()
            .map(|middle| length(middle))
            .max()
            .unwrap_or(0)
            .max(MIDDLE);
        writeln!(f, "     {:<12} {:width$}  server", "client", "")?;
        for (line, middle) in self.lines.iter().zip(&middles) {
            let number = line
                .number
                .map(|number| number.to_string())
                .unwrap_or_default();
            let state = |state: Option<State>| state.map_or("", State::name);
            let right = matches!(
                line.middle,
                Middle::Note {
                    side: Side::Server,
                    ..
                }
            );
            let gap = width - length(middle);
            let (before, after) = if right { (gap, 0) } else { (0, gap) };
            let (client, server) = (state(line.client), state(line.server));
            let text = format!(
                "{number:>3}  {client:<12} {:before$}{middle}{:after$}  {server}",
                "", ""
            );
            writeln!(f, "{}", text.trim_end())?;
        }
        Ok(())
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// How wide each column of one ladder is.
struct Columns {
    /// In the order of [`COLUMNS`]; 0 for a column that no line fills.
    widths: [usize; COLUMNS.len()],
    /// The widest content of any line.
    content: usize,
}

impl Columns {
    fn of(ladder: &Ladder) -> Columns {
        let arrows = || {
            ladder.lines.iter().filter_map(|line| match &line.middle {
                Middle::Arrow(arrow) => Some(arrow),
                Middle::Start | Middle::Note { .. } => None,
            })
        };
        let segments = || arrows().filter(|arrow| !is_text(arrow));
        let widths = COLUMNS.map(|(column, _)| {
            segments()
                .map(|arrow| length(&cell(arrow, column)))
                .max()
                .unwrap_or(0)
        });
        let mut columns = Columns { widths, content: 0 };
        columns.content = arrows()
            .map(|arrow| length(&columns.content(arrow)))
            .max()
            .unwrap_or(0);
        columns
    }

    fn middle(&self, line: &Line) -> String {
        match &line.middle {
            Middle::Start => String::new(),
            Middle::Note { side, text } => format!("* {}: {}", side.name(), escape(text)),
            Middle::Arrow(arrow) => {
                let (left, right) = markers(arrow);
                format!(
                    "{left:<2} {:<width$} {right:<3}",
                    self.content(arrow),
                    width = self.content
                )
            }
        }
    }

    /// The items of an arrow in their columns.
    fn content(&self, arrow: &Arrow) -> String {
        if is_text(arrow) {
            return join(&arrow.items);
        }
        let mut text = String::new();
        // A group starts with the first of its columns that this ladder has at all.
        let mut gap = 0;
        for ((column, before), width) in COLUMNS.into_iter().zip(self.widths) {
            gap = gap.max(before);
            if width > 0 {
                text += &" ".repeat(gap);
                text += &format!("{:<width$}", cell(arrow, column));
                gap = 0;
            }
        }
        text.trim_end().to_owned()
    }
}

/// Whether the arrow shows something else than a TCP segment.
fn is_text(arrow: &Arrow) -> bool {
    arrow
        .items
        .first()
        .is_some_and(|item| item.column == Column::Text)
}

fn cell(arrow: &Arrow, column: Column) -> String {
    join(arrow.items.iter().filter(|item| item.column == column))
}

fn join<'a>(items: impl IntoIterator<Item = &'a Item>) -> String {
    items
        .into_iter()
        .map(Item::to_string)
        .collect::<Vec<_>>()
        .join(" ")
}

/// What stands at the left and the right end of an arrow.
fn markers(arrow: &Arrow) -> (&'static str, &'static str) {
    let start = match arrow.origin {
        Origin::Host => "--",
        Origin::Held(_) => "..",
        Origin::Copy(_) => "++",
        Origin::Script => "~~",
    };
    match arrow.from {
        Side::Client => (
            start,
            match arrow.fate {
                Fate::Delivered => "-->",
                Fate::Held => "...",
                Fate::Lost => "-x",
            },
        ),
        Side::Server => (
            match arrow.fate {
                Fate::Delivered => "<-",
                Fate::Held => "..",
                Fate::Lost => "x-",
            },
            start,
        ),
    }
}

#[cfg(test)]
mod tests;
