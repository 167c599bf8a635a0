//! The state diagram of RFC 9293 (§3.3.2, figure 5) as an inline picture.
//!
//! It has no colours of its own: a style sheet and scripts find a state by `data-state="TIME-WAIT"` and an arrow by
//! `data-arrow="7"`, its place in [`TRANSITIONS`].

mod layout;

use std::fmt::Write;

use super::escape;
use crate::figure5::TRANSITIONS;
use crate::state::State;
use layout::{Anchor, HALF_WIDTH, Point, ROUTES, Route, SIZE};

/// A part of the diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// One of the eleven states.
    State(State),
    /// An arrow, by its place in [`TRANSITIONS`].
    Arrow(usize),
}

/// What a page adds to a part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dress {
    /// Its classes.
    pub class: &'static str,
    /// Where it leads; a part without address is no link.
    pub href: Option<String>,
    /// What is said of it after its name.
    pub remark: String,
}

/// Draws the diagram as an `<svg>`; `title` says what it is.
///
/// # Examples
/// ```
/// use trace::html::{Dress, figure5};
///
/// let svg = figure5("The states of a connection", |_| Dress::default());
/// assert!(svg.contains(r#"<g data-state="TIME-WAIT">"#));
/// assert!(svg.contains(r#"<g data-arrow="20">"#));
/// ```
#[must_use]
pub fn figure5(title: &str, dress: impl Fn(Part) -> Dress) -> String {
    let arrows: Vec<(Part, Dress, String)> = (0..TRANSITIONS.len())
        .map(|index| (Part::Arrow(index), arrow(&ROUTES[index])))
        .chain(State::ALL.map(|state| (Part::State(state), self::state(state))))
        .map(|(part, drawn)| (part, dress(part), drawn))
        .collect();
    let links = arrows.iter().any(|(_, dress, _)| dress.href.is_some());
    let parts: String = arrows
        .iter()
        .map(|(part, dress, drawn)| element(*part, dress, drawn))
        .collect();
    format!(
        r#"<svg class="figure5" viewBox="0 0 {} {}" role="{}" aria-label="{}">{parts}</svg>"#,
        SIZE.0,
        SIZE.1,
        if links { "group" } else { "img" },
        escape(title),
    )
}

/// What is drawn of a part, as an element with its name.
fn element(part: Part, dress: &Dress, drawn: &str) -> String {
    let (name, says) = match part {
        Part::State(state) => (format!(r#"data-state="{state}""#), state.to_string()),
        Part::Arrow(index) => {
            let arrow = TRANSITIONS[index];
            let says = format!(
                "{} to {}: {}{}{}",
                arrow.from,
                arrow.to,
                arrow.event,
                if arrow.action.is_empty() { "" } else { "; " },
                arrow.action
            );
            (format!(r#"data-arrow="{index}""#), says)
        }
    };
    let (tag, address) = match &dress.href {
        Some(href) => ("a", format!(r#" href="{}""#, escape(href))),
        None => ("g", String::new()),
    };
    let class = if dress.class.is_empty() {
        String::new()
    } else {
        format!(r#" class="{}""#, dress.class)
    };
    let remark = escape(&dress.remark);
    format!("<{tag} {name}{address}{class}><title>{says}{remark}</title>{drawn}</{tag}>")
}

fn state(state: State) -> String {
    let ((x, y), half) = layout::place(state);
    format!(
        r#"<rect x="{}" y="{}" width="{}" height="{}" rx="{}"/><text x="{x}" y="{}">{state}</text>"#,
        x - HALF_WIDTH,
        y - half,
        2 * HALF_WIDTH,
        2 * half,
        half.min(15),
        y + 5,
    )
}

/// The line, its tip, and its label.
fn arrow(route: &Route) -> String {
    let (x, y) = route.label;
    let anchor = match route.anchor {
        Anchor::Start => "s",
        Anchor::Middle => "m",
        Anchor::End => "e",
    };
    let mut label = String::new();
    for (number, line) in route.event.iter().enumerate() {
        let _ = match number {
            0 => write!(label, "{line}"),
            _ => write!(label, r#"<tspan x="{x}" dy="14">{line}</tspan>"#),
        };
    }
    for line in route.action {
        let _ = write!(
            label,
            r#"<tspan class="does" x="{x}" dy="14">{line}</tspan>"#
        );
    }
    format!(
        r#"<path d="{}"/><path class="tip" d="{}"/><text class="{anchor}" x="{x}" y="{y}">{label}</text>"#,
        line(route.corners),
        tip(route.corners),
    )
}

/// The way along these corners, which are rounded. It ends within the tip, which is sharper than a line's end.
fn line(corners: &[Point]) -> String {
    let (start, last) = (corners[0], corners.len() - 1);
    let mut way = format!("M{} {}", start.0, start.1);
    for (index, &corner) in corners.iter().enumerate().skip(1) {
        if index == last {
            way.push_str(&stretch(
                corners[index - 1],
                towards(corner, corners[index - 1], 4),
            ));
            break;
        }
        let before = towards(corner, corners[index - 1], ROUND);
        let after = towards(corner, corners[index + 1], ROUND);
        way.push_str(&stretch(corners[index - 1], before));
        let _ = write!(way, "Q{} {} {} {}", corner.0, corner.1, after.0, after.1);
    }
    way
}

/// How much of each stretch a rounded corner takes.
const ROUND: i16 = 8;

/// A stretch to that point, level or upright.
fn stretch(from: Point, to: Point) -> String {
    if from.1 == to.1 {
        format!("H{}", to.0)
    } else {
        format!("V{}", to.1)
    }
}

/// The point that lies so far from one on the way to the other.
fn towards(from: Point, to: Point, distance: i16) -> Point {
    (
        from.0 + (to.0 - from.0).signum() * distance,
        from.1 + (to.1 - from.1).signum() * distance,
    )
}

/// The tip at the last corner.
fn tip(corners: &[Point]) -> String {
    let [.., before, (x, y)] = *corners else {
        return String::new();
    };
    let (dx, dy) = ((before.0 - x).signum() * 9, (before.1 - y).signum() * 9);
    if dy == 0 {
        format!("M{x} {y}l{dx}-5v10z")
    } else {
        format!("M{x} {y}l-5 {dy}h10z")
    }
}

#[cfg(test)]
mod tests;
