//! Read a TCP header, and print it field by field: a solution.

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

/// Octets of the shortest header.
const SHORTEST: usize = 20;

/// Reads a TCP header from the beginning of `octets`.
pub fn decode(octets: &[u8]) -> Result<Header<'_>, HeaderError> {
    if octets.len() < SHORTEST {
        return Err(HeaderError::TooShort {
            octets: octets.len(),
        });
    }
    let short = |at: usize| u16::from_be_bytes([octets[at], octets[at + 1]]);
    let long = |at: usize| {
        u32::from_be_bytes([octets[at], octets[at + 1], octets[at + 2], octets[at + 3]])
    };
    let bits = short(12);
    let words = (bits >> 12) as u8;
    let length = usize::from(words) * 4;
    if length < SHORTEST {
        return Err(HeaderError::OffsetTooSmall { words });
    }
    let Some((header, data)) = octets.split_at_checked(length) else {
        return Err(HeaderError::OffsetPastEnd {
            words,
            octets: octets.len(),
        });
    };
    Ok(Header {
        source_port: short(0),
        destination_port: short(2),
        sequence_number: long(4),
        acknowledgment_number: long(8),
        data_offset: words,
        reserved: (bits >> 9 & 0b111) as u8,
        control: bits & 0x1ff,
        window: short(14),
        checksum: short(16),
        urgent_pointer: short(18),
        options: &header[SHORTEST..],
        data,
    })
}

/// One line for each field of the header.
pub fn field_by_field(header: &Header<'_>) -> String {
    let control: Vec<&str> = CONTROL_BITS
        .into_iter()
        .enumerate()
        .filter(|(bit, _)| header.control >> (8 - bit) & 1 == 1)
        .map(|(_, name)| name)
        .collect();
    let options: Vec<String> = header
        .options
        .iter()
        .map(|octet| format!("{octet:02x}"))
        .collect();
    let words = header.data_offset;
    let lines = [
        format!("Source Port: {}", header.source_port),
        format!("Destination Port: {}", header.destination_port),
        format!("Sequence Number: {}", header.sequence_number),
        format!("Acknowledgment Number: {}", header.acknowledgment_number),
        format!(
            "Data Offset: {words} words, {} octets",
            u16::from(words) * 4
        ),
        format!("Reserved: {:03b}", header.reserved),
        format!("Control Bits: {}", or_none(control.join(", "))),
        format!("Window: {}", header.window),
        format!("Checksum: {:#06x}", header.checksum),
        format!("Urgent Pointer: {}", header.urgent_pointer),
        format!("Options: {}", or_none(options.join(" "))),
    ];
    lines.map(|line| line + "\n").concat()
}

fn or_none(list: String) -> String {
    if list.is_empty() {
        "none".to_owned()
    } else {
        list
    }
}
