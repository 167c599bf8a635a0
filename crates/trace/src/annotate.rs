//! A frame's bytes with their meaning: field, bits, value, what it says, where that is specified.

mod icmp;
mod internet;
mod link;
mod tcp;
mod tcp_options;

use crate::frame::{DecodeError, Layer, Packet};
use crate::{Frame, decode, items};

/// A section of an RFC: `Cite { rfc: 9293, section: "3.1" }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cite {
    /// The RFC's number.
    pub rfc: u16,
    /// The section, `3.10.7.4`, or the heading where an RFC has no numbers.
    pub section: &'static str,
}

/// One field of one header, or a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The header that it belongs to; a payload belongs to the innermost layer.
    pub layer: Layer,
    /// The field's name in the RFC: `Acknowledgment Number`.
    pub name: String,
    /// The first bit, counted from the first bit of the frame, most significant first.
    pub first_bit: usize,
    /// How many bits.
    pub bits: usize,
    /// The value as one writes it: `0x5b2c`, `192.0.2.1`, `5`, `1460`.
    pub value: String,
    /// What that value says here, in one plain sentence for a beginner; never empty.
    pub meaning: String,
    /// Where it is specified.
    pub cite: Cite,
}

/// Every field of a frame, in order, without gap or overlap: the fields' bits add up to the frame.
///
/// # Errors
/// The same as [`crate::Frame::decode`].
pub fn annotate(frame: &[u8]) -> Result<Vec<Field>, DecodeError> {
    let decoded = Frame::decode(frame)?;
    let mut sheet = Sheet::of(frame);
    link::fields(&mut sheet, &decoded)?;
    Ok(sheet.fields)
}

/// Every field of an IPv4 packet that stands alone, as [`annotate`] does it; bits count from its first octet.
///
/// # Errors
/// The same as [`crate::frame::Packet::decode`].
pub fn packet(octets: &[u8]) -> Result<Vec<Field>, DecodeError> {
    let decoded = Packet::decode(octets)?;
    let mut sheet = Sheet::of(octets);
    internet::fields(&mut sheet, &decoded)?;
    Ok(sheet.fields)
}

/// Every field of a TCP header that stands alone, and the data behind it. Without the addresses of an IP
/// header nobody can tell whether the checksum is right, and the fields say so.
///
/// # Errors
/// The header is cut off, or it contradicts itself; octets count from its first one.
pub fn segment(octets: &[u8]) -> Result<Vec<Field>, DecodeError> {
    let decoded = decode::segment(octets)?;
    let mut sheet = Sheet::of(octets);
    tcp::fields(&mut sheet, &decoded, octets.len(), tcp::Addresses::Unknown)?;
    Ok(sheet.fields)
}

/// What is annotated so far. Every field is read from where the one before ended, so that none can
/// be left out or taken twice.
struct Sheet<'a> {
    frame: &'a [u8],
    next_bit: usize,
    fields: Vec<Field>,
}

/// A field's value as written, and what it says.
struct Says {
    value: String,
    meaning: String,
}

fn says(value: impl ToString, meaning: impl Into<String>) -> Says {
    Says {
        value: value.to_string(),
        meaning: meaning.into(),
    }
}

impl<'a> Sheet<'a> {
    fn of(frame: &'a [u8]) -> Sheet<'a> {
        Sheet {
            frame,
            next_bit: 0,
            fields: Vec::new(),
        }
    }

    /// Where the next field begins, in octets.
    fn octet(&self) -> usize {
        self.next_bit / 8
    }

    /// A field of at most 64 bits, read as an unsigned number. The decoder has seen that it is there.
    fn number(
        &mut self,
        layer: Layer,
        name: &str,
        bits: usize,
        cite: Cite,
        says: impl FnOnce(u64) -> Says,
    ) {
        let value = (self.next_bit..self.next_bit + bits).fold(0, |value, bit| {
            let octet = self.frame.get(bit / 8).copied().unwrap_or(0);
            value << 1 | u64::from(octet >> (7 - bit % 8) & 1)
        });
        self.push(layer, name, bits, cite, says(value));
    }

    /// The octets up to `end`, if there are any.
    fn octets(
        &mut self,
        layer: Layer,
        name: &str,
        end: usize,
        cite: Cite,
        says: impl FnOnce(&'a [u8]) -> Says,
    ) {
        let octets = self.frame.get(self.octet()..end).unwrap_or_default();
        if !octets.is_empty() {
            self.push(layer, name, octets.len() * 8, cite, says(octets));
        }
    }

    fn push(&mut self, layer: Layer, name: &str, bits: usize, cite: Cite, says: Says) {
        let Says { value, meaning } = says;
        self.fields.push(Field {
            layer,
            name: name.to_owned(),
            first_bit: self.next_bit,
            bits,
            value,
            meaning,
            cite,
        });
        self.next_bit += bits;
    }
}

/// Octets as hexadecimal digits, the first few where there are many.
fn hex(octets: &[u8]) -> String {
    const SHOWN: usize = 16;
    let shown = &octets[..octets.len().min(SHOWN)];
    format!(
        "0x{}{}",
        items::hex(shown),
        if shown.len() < octets.len() {
            "..."
        } else {
            ""
        }
    )
}

/// `1 octet`, `5 octets`.
fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests;
