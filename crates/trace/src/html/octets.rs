//! A frame unfolded: its octets, layer by layer, and what a script needs to name every field of them.
//!
//! Most fields say the same in many frames of a figure, so the figure says once what each says, and a frame names
//! them by number. A page with all of it written out, frame by frame, would be ten times as heavy.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::{escape, section_name, section_url};
use crate::annotate::{Field, annotate};
use crate::frame::Layer;

/// A longer payload is cut in the page; the recording has all of it.
const OCTETS_SHOWN: usize = 256;
/// How many octets a field's own row repeats.
const OCTETS_IN_ROW: usize = 16;

/// What the fields of a figure's frames say, each once and in the order in which they come first.
#[derive(Default)]
pub(super) struct Sheet {
    numbers: HashMap<String, usize>,
    lines: Vec<String>,
}

impl Sheet {
    /// The number of a frame's field in the sheet. `part` is the end of its id.
    fn number(&mut self, frame: &[u8], part: &str, field: &Field) -> usize {
        let line = [
            part,
            &field.layer.to_string(),
            &field.name,
            &field.bits.to_string(),
            &octets_of_field(frame, field),
            &field.value,
            &field.meaning,
            &section_name(field.cite.rfc, field.cite.section),
            &section_url(field.cite.rfc, field.cite.section),
        ]
        .map(|column| column.replace('\t', " "))
        .join("\t");
        let next = self.lines.len();
        *self.numbers.entry(line).or_insert_with_key(|line| {
            self.lines.push(line.clone());
            next
        })
    }

    /// All of it as the value of an attribute: nine columns to a field, with a tab between columns and between fields.
    /// They are the end of the field's id, the layer, the name, how many bits, its octets, the value, its meaning, the
    /// section and the section's address.
    pub(super) fn attribute(&self) -> String {
        escape(&self.lines.join("\t"))
    }
}

/// What a step unfolds to, without a script: the octets, a paragraph for each layer. The attribute has the numbers
/// of their fields in the sheet.
pub(super) fn panel(frame: &[u8], sheet: &mut Sheet) -> String {
    let fields = match annotate(frame) {
        Ok(fields) => fields,
        Err(error) => {
            return format!(
                r#"<div class="frame"><p>These octets are no frame that can be named field by field: {}.</p><p class="hex">{}</p></div>"#,
                escape(&error.to_string()),
                spaced(frame),
            );
        }
    };
    let numbers: Vec<String> = parts(&fields)
        .iter()
        .zip(&fields)
        .map(|(part, field)| sheet.number(frame, part, field).to_string())
        .collect();
    let octets: String = layers(&fields)
        .iter()
        .map(|layer| octets_of_layer(frame, &fields[layer.clone()]))
        .collect();
    format!(
        r#"<div class="frame" data-says="{}"><div class="hex">{octets}</div></div>"#,
        numbers.join(" "),
    )
}

/// The ids that the fields of a frame have once they are named. `step` is the step's.
pub(super) fn places(frame: &[u8], step: &str) -> Vec<String> {
    annotate(frame).map_or_else(|_| Vec::new(), |fields| ids(&fields, step))
}

/// The fields of each layer, as ranges of indices.
fn layers(fields: &[Field]) -> Vec<Range<usize>> {
    let mut layers: Vec<Range<usize>> = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        match layers.last_mut() {
            Some(layer) if fields[layer.start].layer == field.layer => layer.end = index + 1,
            _ => layers.push(index..index + 1),
        }
    }
    layers
}

/// An id for each field: `STEP-sequence-number`.
pub(super) fn ids(fields: &[Field], step: &str) -> Vec<String> {
    let parts = parts(fields).into_iter();
    parts.map(|part| format!("{step}-{part}")).collect()
}

/// The end of each field's id: its name, with the layer's where it is not TCP, and counted where it comes twice.
///
/// `window`, `ipv4-total-length`
#[must_use]
pub fn parts(fields: &[Field]) -> Vec<String> {
    let mut taken = HashSet::new();
    fields
        .iter()
        .map(|field| {
            let layer = match field.layer {
                Layer::Tcp => String::new(),
                other => format!("{}-", slug(&other.to_string())),
            };
            let plain = format!("{layer}{}", slug(&field.name));
            let mut part = plain.clone();
            let mut count = 1;
            while !taken.insert(part.clone()) {
                count += 1;
                part = format!("{plain}-{count}");
            }
            part
        })
        .collect()
}

/// `Acknowledgment Number` as `acknowledgment-number`.
fn slug(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    words.join("-")
}

/// The octets of a layer. A layer begins and ends at a whole octet, and only its last field can be long.
fn octets_of_layer(frame: &[u8], fields: &[Field]) -> String {
    let (first, last) = (&fields[0], &fields[fields.len() - 1]);
    let end = (last.first_bit + last.bits) / 8;
    let shown = first.first_bit / 8..end.min(last.first_bit / 8 + OCTETS_SHOWN);
    let left_out = if shown.end < end {
        format!(
            r#"<span class="left-out"> and {} more octets, which the recording has</span>"#,
            end - shown.end
        )
    } else {
        String::new()
    };
    format!(
        r#"<p class="hex-layer layer-{slug}"><span class="hex-name">{name}</span> <span class="hex-octets">{octets}{left_out}</span></p>"#,
        slug = slug(&first.layer.to_string()),
        name = first.layer,
        octets = spaced(&frame[shown]),
    )
}

/// Whole octets in hexadecimal; a field that ends inside an octet as its bits, others dotted.
pub(super) fn octets_of_field(frame: &[u8], field: &Field) -> String {
    let bits = field.first_bit..field.first_bit + field.bits;
    if bits.start.is_multiple_of(8) && bits.end.is_multiple_of(8) {
        let (start, end) = (bits.start / 8, bits.end / 8);
        let cut = end.min(start + OCTETS_IN_ROW);
        let more = if cut < end { " …" } else { "" };
        return spaced(&frame[start..cut]) + more;
    }
    let mut pattern = String::new();
    for bit in bits.start / 8 * 8..bits.end.div_ceil(8) * 8 {
        if bit.is_multiple_of(4) && !pattern.is_empty() {
            pattern.push(' ');
        }
        pattern.push(match frame.get(bit / 8) {
            Some(octet) if bits.contains(&bit) && octet >> (7 - bit % 8) & 1 == 1 => '1',
            Some(_) if bits.contains(&bit) => '0',
            _ => '.',
        });
    }
    pattern
}

/// Octets in hexadecimal with a space between two of them, so that a line can end there.
pub(super) fn spaced(octets: &[u8]) -> String {
    let octets: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    octets.join(" ")
}
