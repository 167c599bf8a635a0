//! A frame unfolded: its octets, grouped by field, and every field with its meaning.

use std::collections::HashSet;
use std::ops::Range;

use super::{escape, section_name, section_url};
use crate::annotate::{Field, annotate};
use crate::frame::Layer;

/// A longer payload is cut in the page; the recording has all of it.
const OCTETS_SHOWN: usize = 256;
/// How many octets a field's own row repeats.
const OCTETS_IN_ROW: usize = 16;

/// What a step unfolds to. `id` is the step's.
pub(super) fn panel(frame: &[u8], id: &str, number: &str) -> String {
    let fields = match annotate(frame) {
        Ok(fields) => fields,
        Err(error) => {
            return format!(
                r#"<div class="frame"><p>These octets are no frame that can be named field by field: {}.</p><p class="hex">{}</p></div>"#,
                escape(&error.to_string()),
                hex(frame, 0..2 * frame.len()),
            );
        }
    };
    let ids = ids(&fields, id);
    let layers = layers(&fields);
    let octets: String = layers
        .iter()
        .map(|layer| octets_of_layer(frame, &fields, &ids, layer))
        .collect();
    let last = layers.len().saturating_sub(1);
    let tables: String = layers
        .iter()
        .enumerate()
        .map(|(index, layer)| fields_of_layer(frame, &fields, &ids, layer, index == last))
        .collect();
    format!(
        concat!(
            r#"<div class="frame"><div class="hex" role="group" aria-label="The octets of step {number}, field by field">{octets}</div>"#,
            r##"{tables}<p class="frame-link"><a href="#{id}">Link to step {number}</a></p></div>"##,
        ),
        number = number,
        octets = octets,
        tables = tables,
        id = id,
    )
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

/// An id for each field: `STEP-sequence-number`, with the layer's name where it is not TCP, and
/// counted where a name comes twice.
pub(super) fn ids(fields: &[Field], step: &str) -> Vec<String> {
    let mut taken = HashSet::new();
    fields
        .iter()
        .map(|field| {
            let layer = match field.layer {
                Layer::Tcp => String::new(),
                other => format!("{}-", slug(&other.to_string())),
            };
            let plain = format!("{step}-{layer}{}", slug(&field.name));
            let mut id = plain.clone();
            let mut count = 1;
            while !taken.insert(id.clone()) {
                count += 1;
                id = format!("{plain}-{count}");
            }
            id
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

/// The octets of a layer. Fields that share a hexadecimal digit share a link.
fn octets_of_layer(frame: &[u8], fields: &[Field], ids: &[String], layer: &Range<usize>) -> String {
    let mut links = String::new();
    let mut first = layer.start;
    for index in layer.clone() {
        let end = fields[index].first_bit + fields[index].bits;
        if !end.is_multiple_of(4) && index + 1 < layer.end {
            continue;
        }
        let group = first..index + 1;
        first = index + 1;
        let bits = fields[group.start].first_bit..end;
        let shown = bits.start / 4..(end.div_ceil(4)).min(bits.start / 4 + 2 * OCTETS_SHOWN);
        let left_out = (end.div_ceil(4) - shown.end) / 2;
        let names: Vec<&str> = group
            .clone()
            .map(|index| fields[index].name.as_str())
            .collect();
        let numbers: Vec<String> = group.clone().map(|index| index.to_string()).collect();
        let digits = hex(frame, shown);
        links.push_str(&format!(
            r##"<a class="octets" href="#{id}" data-fields="{numbers}" aria-label="{digits}: {names}">{digits}</a>"##,
            id = ids[group.start],
            numbers = numbers.join(" "),
            names = escape(&names.join(", ")),
        ));
        if left_out > 0 {
            links.push_str(&format!(
                " and {left_out} more octets, which the recording has"
            ));
        }
        if end.is_multiple_of(8) && index + 1 < layer.end {
            links.push(' ');
        }
    }
    format!(
        r#"<p class="hex-layer layer-{slug}"><span class="hex-name">{name}</span> <span class="hex-octets">{links}</span></p>"#,
        slug = slug(&fields[layer.start].layer.to_string()),
        name = fields[layer.start].layer,
    )
}

/// The fields of a layer as a list that folds; only the innermost layer's is open.
fn fields_of_layer(
    frame: &[u8],
    fields: &[Field],
    ids: &[String],
    layer: &Range<usize>,
    open: bool,
) -> String {
    let rows: String = layer
        .clone()
        .map(|index| row(frame, &fields[index], &ids[index], index))
        .collect();
    let bits: usize = fields[layer.clone()].iter().map(|field| field.bits).sum();
    format!(
        concat!(
            r#"<details class="layer layer-{slug}"{open}><summary>{name}, {octets} octets</summary>"#,
            r#"<ol class="fields" role="list">{rows}</ol></details>"#,
        ),
        slug = slug(&fields[layer.start].layer.to_string()),
        open = if open { r#" open="""# } else { "" },
        name = fields[layer.start].layer,
        octets = bits / 8,
        rows = rows,
    )
}

/// One field: octets, name, bits, value, meaning, section.
fn row(frame: &[u8], field: &Field, id: &str, index: usize) -> String {
    let bits = if field.bits == 1 {
        "1 bit".to_owned()
    } else {
        format!("{} bits", field.bits)
    };
    format!(
        concat!(
            r#"<li class="field" id="{id}" data-fields="{index}"><span class="field-octets" aria-hidden="true">{octets}</span>"#,
            r##"<span class="field-text"><a class="field-name" href="#{id}">{name}</a> <span class="field-bits">{bits}</span> "##,
            r#"<span class="field-value">{value}</span> <span class="field-meaning">{meaning}</span></span> "#,
            r#"<a class="cite" href="{url}">{cite}</a></li>"#,
        ),
        id = id,
        index = index,
        octets = octets_of_field(frame, field),
        name = escape(&field.name),
        bits = bits,
        value = escape(&field.value),
        meaning = escape(&field.meaning),
        url = escape(&section_url(field.cite.rfc, field.cite.section)),
        cite = escape(&section_name(field.cite.rfc, field.cite.section)),
    )
}

/// Whole octets in hexadecimal; a field that ends inside an octet as its bits, others dotted.
pub(super) fn octets_of_field(frame: &[u8], field: &Field) -> String {
    let bits = field.first_bit..field.first_bit + field.bits;
    if bits.start.is_multiple_of(8) && bits.end.is_multiple_of(8) {
        let (start, end) = (bits.start / 8, bits.end / 8);
        let cut = end.min(start + OCTETS_IN_ROW);
        let more = if cut < end { " …" } else { "" };
        return hex(frame, 2 * start..2 * cut) + more;
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

/// Hexadecimal digits of a frame, two to an octet, with a space between octets.
fn hex(frame: &[u8], digits: Range<usize>) -> String {
    let mut text = String::new();
    for digit in digits {
        let Some(octet) = frame.get(digit / 2) else {
            break;
        };
        let even = digit.is_multiple_of(2);
        if even && !text.is_empty() {
            text.push(' ');
        }
        let value = if even { octet >> 4 } else { octet & 15 };
        text.push(char::from_digit(u32::from(value), 16).expect("a hexadecimal digit"));
    }
    text
}
