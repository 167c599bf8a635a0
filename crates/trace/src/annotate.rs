//! A frame's bytes with their meaning: field, bits, value, what it says, where that is specified.

use crate::frame::{DecodeError, Layer};

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
pub fn annotate(_frame: &[u8]) -> Result<Vec<Field>, DecodeError> {
    todo!()
}
