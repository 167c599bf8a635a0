//! The TCP header of one recorded segment, bit by bit: rows of 32 bits as in figure 1 of RFC 9293, and
//! below them every field with what it is, what it says here, and its section.
//!
//! Each field of the rows is a link to its explanation, so the picture is complete without a script.

mod about;

use std::fmt::Write;
use std::ops::Range;

use super::octets::{ids, octets_of_field, spaced};
use super::{escape, recorded, section_name, section_url};
use crate::annotate::{Field, annotate};
use crate::exchange::Trace;
use crate::frame::Layer;
use crate::items;
use crate::ladder::{Ladder, Middle};

/// Bits in a row of figure 1. A narrow page has rows of half as many.
const ROW: usize = 32;

/// Why there is no header to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoHeader {
    /// The trace has no step of that number.
    NoSuchStep {
        /// How many it has, the first of which is step 1.
        steps: usize,
    },
    /// The step's frame carries no TCP segment.
    NoSegment,
}

/// Draws the header of a step as a `<figure>`.
///
/// `name`, `step` and `header` make up the start of every id (`three-way-handshake-1-header-window`); `download` is
/// the address of the recording, relative to the page.
///
/// # Errors
/// The trace has no such step, or it is no TCP segment.
pub fn header(trace: &Trace, name: &str, step: usize, download: &str) -> Result<String, NoHeader> {
    let frame = frame(trace, step)?;
    let fields: Vec<Field> = annotate(frame).map_err(|_| NoHeader::NoSegment)?;
    let fields: Vec<Field> = fields.into_iter().filter(is_header).collect();
    let (Some(first), Some(last)) = (fields.first(), fields.last()) else {
        return Err(NoHeader::NoSegment);
    };
    let octets = first.first_bit / 8..(last.first_bit + last.bits) / 8;
    let id = format!("{}-{step}-header", escape(name));
    let ids = ids(&fields, &id);
    Ok(format!(
        concat!(
            r#"<figure class="header-map" id="{id}" data-octets="{hex}" aria-labelledby="{id}-caption">"#,
            r#"<figcaption id="{id}-caption">The TCP header of step {step} of “{title}”, bit by bit: {length} octets</figcaption>"#,
            r#"<div class="header-scale" aria-hidden="true">{scale}</div>"#,
            r#"<div class="header-bits" role="group" aria-label="The header, field by field">{cells}</div>"#,
            r#"<div class="header-now" aria-live="polite" hidden></div>"#,
            r#"<div class="figure-tools" hidden><button type="button" aria-pressed="false">Show all fields</button></div>"#,
            r#"<ol class="fields" role="list">{rows}</ol>"#,
            r#"<p class="figure-source">The octets: <span class="mono">{spaced}</span>. {recorded}</p></figure>"#,
        ),
        id = id,
        hex = items::hex(&frame[octets.clone()]),
        step = step,
        title = escape(&trace.provenance.title),
        length = octets.len(),
        scale = scale(),
        cells = cells(frame, &fields, &ids),
        rows = rows(frame, &fields, &ids),
        spaced = spaced(&frame[octets]),
        recorded = recorded(trace, download),
    ))
}

/// The octets of the step with that number, as the ladder counts them.
fn frame(trace: &Trace, step: usize) -> Result<&[u8], NoHeader> {
    let lines = Ladder::of(trace).lines;
    let steps = lines.iter().filter_map(|line| line.number).max();
    let steps = steps.unwrap_or_default();
    let line = lines.into_iter().find(|line| line.number == Some(step));
    match line.map(|line| line.middle) {
        Some(Middle::Arrow(arrow)) => trace.rows[arrow.row].frame().ok_or(NoHeader::NoSegment),
        _ => Err(NoHeader::NoSuchStep { steps }),
    }
}

fn is_header(field: &Field) -> bool {
    field.layer == Layer::Tcp && field.name != "Data"
}

/// The numbers of the bits above the first row.
fn scale() -> String {
    (0..ROW).map(|bit| format!("<span>{bit}</span>")).collect()
}

/// The rows: one link for each field, or several for one that goes on in the next row.
fn cells(frame: &[u8], fields: &[Field], ids: &[String]) -> String {
    let start = fields.first().map_or(0, |field| field.first_bit);
    let mut cells = String::new();
    for (index, field) in fields.iter().enumerate() {
        let bits = field.first_bit - start..field.first_bit - start + field.bits;
        for (part, piece) in pieces(bits).into_iter().enumerate() {
            let digits: String = (piece.start + start..piece.end + start)
                .map(|bit| {
                    if is_set(frame, bit) {
                        "<b>1</b>"
                    } else {
                        "<i>0</i>"
                    }
                })
                .collect();
            let _ = write!(
                cells,
                concat!(
                    r##"<a class="{class}" style="--bits:{width}" href="#{id}" data-fields="{index}">"##,
                    r#"<span class="cell-name">{name}</span><span class="aside">, {says}</span>"#,
                    r#"<span class="cell-bits" aria-hidden="true">{digits}</span></a>"#,
                ),
                class = class(field, &piece, frame),
                width = piece.len(),
                id = ids[index],
                index = index,
                says = escape(&format!(
                    "{}: {}{}",
                    bits_in_words(field),
                    field.value,
                    if part > 0 { ", continued" } else { "" }
                )),
                name = escape(&short(&field.name)),
                digits = digits,
            );
        }
    }
    cells
}

/// A field's bits cut where a row ends, and in the middle of a row where a narrow page begins a new one. What fills a
/// whole row stays together: on a narrow page it is two rows high.
fn pieces(bits: Range<usize>) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut at = bits.start;
    while at < bits.end {
        let whole = at.is_multiple_of(ROW) && bits.end - at >= ROW;
        let step = if whole { ROW } else { ROW / 2 };
        let end = bits.end.min((at / step + 1) * step);
        pieces.push(at..end);
        at = end;
    }
    pieces
}

fn class(field: &Field, piece: &Range<usize>, frame: &[u8]) -> String {
    let mut class = "header-cell".to_owned();
    class.push_str(match (field.bits, field.name.as_str()) {
        (1, _) => " is-control",
        (_, "Reserved") => " is-reserved",
        (_, "Padding") => " is-option",
        (_, name) if name.contains(':') => " is-option",
        _ => "",
    });
    if piece.len() == ROW {
        class.push_str(" is-row");
    }
    if field.bits == 1 && is_set(frame, field.first_bit) {
        class.push_str(" is-set");
    }
    class
}

fn is_set(frame: &[u8], bit: usize) -> bool {
    frame
        .get(bit / 8)
        .is_some_and(|octet| octet >> (7 - bit % 8) & 1 == 1)
}

/// The name of an option's field has the option's own before it; in the rows it stands at the kind only.
fn short(name: &str) -> String {
    match name.split_once(": ") {
        Some((option, "Kind")) => format!("Kind: {option}"),
        Some((_, part)) => part.to_owned(),
        None => name.to_owned(),
    }
}

/// The explanations, complete in themselves.
fn rows(frame: &[u8], fields: &[Field], ids: &[String]) -> String {
    let start = fields.first().map_or(0, |field| field.first_bit);
    let mut rows = String::new();
    for (index, field) in fields.iter().enumerate() {
        let about = about::about(&field.name).map_or_else(String::new, |about| {
            format!(r#"<span class="field-about">{}</span> "#, escape(about))
        });
        let _ = write!(
            rows,
            concat!(
                r#"<li class="field" id="{id}" data-fields="{index}"><span class="field-octets" aria-hidden="true">{octets}</span>"#,
                r##"<span class="field-text"><a class="field-name" href="#{id}">{name}</a> <span class="field-bits">{bits}, {place}</span> "##,
                r#"<span class="field-value">{value}</span> {about}"#,
                r#"<span class="field-meaning"><b>Here:</b> {meaning}</span></span> <a class="cite" href="{url}">{cite}</a></li>"#,
            ),
            id = ids[index],
            index = index,
            octets = octets_of_field(frame, field),
            name = escape(&field.name),
            bits = bits_in_words(field),
            place = place(field, start),
            value = escape(&field.value),
            about = about,
            meaning = escape(&field.meaning),
            url = escape(&section_url(field.cite.rfc, field.cite.section)),
            cite = escape(&section_name(field.cite.rfc, field.cite.section)),
        );
    }
    rows
}

fn bits_in_words(field: &Field) -> String {
    match field.bits {
        1 => "1 bit".to_owned(),
        bits => format!("{bits} bits"),
    }
}

/// Where in the header: `octets 4 to 7`, `octet 12`.
fn place(field: &Field, start: usize) -> String {
    let first = (field.first_bit - start) / 8;
    let last = (field.first_bit - start + field.bits - 1) / 8;
    match last - first {
        0 => format!("octet {first}"),
        1 => format!("octets {first} and {last}"),
        _ => format!("octets {first} to {last}"),
    }
}

#[cfg(test)]
mod tests;
