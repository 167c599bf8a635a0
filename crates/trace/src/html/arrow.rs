//! A frame's way between the two hosts as an inline picture.
//!
//! The picture is decoration: what it shows also stands in words beside it ([`remarks`]). Lengths
//! are percentages, so it stretches with the page, and the marks at its ends do not.

use crate::exchange::{Fate, Origin, Side};
use crate::ladder::Arrow;

/// A solid line arrives; a dashed one ends in two bars, where the wire keeps the frame; a cross
/// ends a lost one. A dotted line starts at the ring from which a held frame is let go; a double
/// line is a copy; dashes and dots that start at a diamond were made by the script. A triangle on
/// the line says that the wire changed the frame.
pub(super) fn picture(arrow: &Arrow) -> String {
    let start = if matches!(arrow.origin, Origin::Held(_)) {
        0.5
    } else {
        0.01
    };
    let end = match arrow.fate {
        Fate::Delivered => 0.99,
        Fate::Held => 0.66,
        Fate::Lost => 0.55,
    };
    let at = |along: f64| place(arrow.from, along);
    let line = line(arrow);
    let ((x1, y1), (x2, y2)) = (at(start), at(end));
    let mut drawn = format!(
        r#"<line class="{line}" x1="{x1:.0}%" y1="{y1:.0}%" x2="{x2:.0}%" y2="{y2:.0}%"/>"#
    );
    if matches!(arrow.origin, Origin::Copy(_)) {
        drawn.push_str(&format!(
            r#"<line class="{line}" x1="{x1:.0}%" y1="{y1:.0}%" x2="{x2:.0}%" y2="{y2:.0}%" transform="translate(0 4)"/>"#
        ));
    }
    let mut mark = |along: f64, class: &str, path: &str| {
        let (x, y) = at(along);
        drawn.push_str(&format!(
            r#"<svg x="{x:.0}%" y="{y:.0}%" overflow="visible"><path class="{class}" d="{path}"/></svg>"#
        ));
    };
    match arrow.origin {
        Origin::Held(_) => mark(start, "ring", "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z"),
        Origin::Script => mark(start + 0.02, "full", "M0-6L6 0L0 6L-6 0z"),
        Origin::Host | Origin::Copy(_) => {}
    }
    if arrow.altered {
        mark((start + end) / 2.0, "ring", "M0-7L7 5H-7z");
    }
    match (arrow.fate, arrow.from) {
        (Fate::Delivered, Side::Client) => mark(end + 0.01, "full", "M0 0L-11-6V6z"),
        (Fate::Delivered, Side::Server) => mark(end + 0.01, "full", "M0 0L11-6V6z"),
        (Fate::Held, _) => mark(end, "open", "M-3-7V7M3-7V7"),
        (Fate::Lost, _) => mark(end, "open", "M-6-6L6 6M6-6L-6 6"),
    }
    format!(
        r#"<svg class="arrow" width="100%" height="24" aria-hidden="true" focusable="false">{drawn}</svg>"#
    )
}

/// What is unusual about a frame, in words; `step` names the step of a row.
pub(super) fn remarks(arrow: &Arrow, step: impl Fn(usize) -> String) -> Vec<String> {
    let mut remarks = Vec::new();
    match arrow.origin {
        Origin::Host => {}
        Origin::Held(row) => remarks.push(format!("let go, held since {}", step(row))),
        Origin::Copy(row) => remarks.push(format!("a copy of {}", step(row))),
        Origin::Script => remarks.push("made by the script, no kernel sent it".to_owned()),
    }
    if arrow.altered {
        remarks.push("changed on the way".to_owned());
    }
    match arrow.fate {
        Fate::Delivered => {}
        Fate::Held => remarks.push("held on the wire".to_owned()),
        Fate::Lost => remarks.push("lost".to_owned()),
    }
    remarks
}

/// The line's class, which says how it is dashed.
fn line(arrow: &Arrow) -> &'static str {
    match (arrow.origin, arrow.fate) {
        (_, Fate::Held) => "dashed",
        (Origin::Held(_), _) => "dotted",
        (Origin::Script, _) => "dash-dot",
        _ => "solid",
    }
}

/// A point of the way in per cent of the picture; time runs downwards, so the way slopes.
fn place(from: Side, along: f64) -> (f64, f64) {
    let x = match from {
        Side::Client => along,
        Side::Server => 1.0 - along,
    };
    (100.0 * x, 32.0 + 36.0 * along)
}
