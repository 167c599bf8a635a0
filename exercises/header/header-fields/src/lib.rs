//! Read a TCP header, and print it field by field.
//!
//! Its chapter is `book/header/header-fields.md`. Run `cargo test -p header-fields`.
//!
//! Fill in the two blanks below. The layout is figure 1 of RFC 9293 section 3.1; numbers of more than one octet have
//! their most significant octet first.

/// A TCP header, and the data behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<'a> {
    /// Source Port.
    pub source_port: u16,
    /// Destination Port.
    pub destination_port: u16,
    /// Sequence Number.
    pub sequence_number: u32,
    /// Acknowledgment Number, whether or not ACK is set.
    pub acknowledgment_number: u32,
    /// Data Offset, in words of 32 bits.
    pub data_offset: u8,
    /// The reserved bits, three of them: 0 to 7.
    pub reserved: u8,
    /// The control bits from AE to FIN: FIN is 1, SYN is 2, and so on up to AE, which is 256.
    pub control: u16,
    /// Window, not scaled.
    pub window: u16,
    /// Checksum, not verified.
    pub checksum: u16,
    /// Urgent Pointer, whether or not URG is set.
    pub urgent_pointer: u16,
    /// The octets between the twentieth and the data: options with their padding.
    pub options: &'a [u8],
    /// What follows the header.
    pub data: &'a [u8],
}

/// Why octets are no TCP header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderError {
    /// There are fewer octets than the shortest header has.
    TooShort {
        /// How many there are.
        octets: usize,
    },
    /// The data offset is smaller than the shortest header.
    OffsetTooSmall {
        /// The data offset, in words.
        words: u8,
    },
    /// The data offset lies behind the last octet.
    OffsetPastEnd {
        /// The data offset, in words.
        words: u8,
        /// How many octets there are.
        octets: usize,
    },
}

/// The control bits in the order of the header, from the left.
pub const CONTROL_BITS: [&str; 9] = ["AE", "CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN"];

/// Reads a TCP header from the beginning of `octets`. Whatever is behind it is data.
///
/// The nine control bits go to `control`, AE among them (RFC 9768 section 3.1.1). The three bits between the data
/// offset and AE go to `reserved`: a receiver must ignore them (RFC 9293 section 3.1), so whatever they are, they are no
/// error. The options are not looked into, and the checksum is not verified.
///
/// # Errors
/// In this order: [`HeaderError::TooShort`] for fewer than 20 octets, [`HeaderError::OffsetTooSmall`] for a data offset of
/// less than 5 words, [`HeaderError::OffsetPastEnd`] for one that needs more octets than there are. No octets make this
/// function panic.
///
/// RFC 9293 section 3.1.
pub fn decode(octets: &[u8]) -> Result<Header<'_>, HeaderError> {
    todo!(
        "read the fields of figure 1 from these {} octets",
        octets.len()
    )
}

/// One line for each field of the header, every line with a line end:
///
/// ```text
/// Source Port: 40000
/// Destination Port: 80
/// Sequence Number: 1447929113
/// Acknowledgment Number: 0
/// Data Offset: 6 words, 24 octets
/// Reserved: 000
/// Control Bits: SYN
/// Window: 64240
/// Checksum: 0x813a
/// Urgent Pointer: 0
/// Options: 02 04 05 b4
/// ```
///
/// Control bits stand in the order of [`CONTROL_BITS`] with a comma and a space between two of them; where none is set,
/// the word is `none`. The same goes for no options. The checksum has four hexadecimal digits.
///
/// RFC 9293 section 3.1.
pub fn field_by_field(header: &Header<'_>) -> String {
    todo!("write one line for each field of {header:?}")
}
