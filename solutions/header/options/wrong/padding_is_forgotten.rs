//! Wrong: the data offset counts the words that the options fill, and the last octets stand behind it.
//! Fails: what_is_written_fills_whole_words_and_reads_back

/// One option of a list (RFC 9293 section 3.2, and the RFC named at each).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TcpOption {
    /// Kind 1: one octet that says nothing.
    NoOperation,
    /// Kind 2, length 4: the largest segment that the sender of this option can receive.
    MaximumSegmentSize(u16),
    /// Kind 3, length 3: by how many bits the sender of this option wants to shift its windows (RFC 7323 section 2.2).
    WindowScale(u8),
    /// Kind 4, length 2: the sender of this option understands SACK options (RFC 2018 section 2).
    SackPermitted,
    /// Kind 8, length 10 (RFC 7323 section 3.2).
    Timestamps {
        /// TSval: the sender's clock.
        value: u32,
        /// TSecr: a clock value of the other side, sent back.
        echo: u32,
    },
    /// Any other option: one whose kind is none of these, or one of these kinds with another length than it has.
    Other {
        /// The first octet: neither 0 nor 1.
        kind: u8,
        /// What follows the octets of kind and length.
        data: Vec<u8>,
    },
}

/// Why octets are no list of options, or options no octets of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionError {
    /// The octets end behind a kind that must have a length.
    LengthMissing {
        /// The kind.
        kind: u8,
    },
    /// The length does not even count the octets of kind and length.
    LengthTooSmall {
        /// The kind.
        kind: u8,
        /// The length: 0 or 1.
        length: u8,
    },
    /// The option is longer than what is left of the octets.
    LengthPastEnd {
        /// The kind.
        kind: u8,
        /// The length.
        length: u8,
        /// How many octets are left, the kind's included.
        left: usize,
    },
    /// A header has no room for so many octets of options.
    TooLong {
        /// How many there would be, without padding.
        octets: usize,
    },
}

/// The options in some octets of a header, first to last.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// What has not been read yet.
    rest: &'a [u8],
}

impl<'a> Options<'a> {
    /// Begins at the first of these octets.
    pub fn of(octets: &'a [u8]) -> Options<'a> {
        Options { rest: octets }
    }
}

impl Iterator for Options<'_> {
    type Item = Result<TcpOption, OptionError>;

    /// Reads one option, and goes on behind it.
    fn next(&mut self) -> Option<Self::Item> {
        // Whatever is wrong leaves nothing to go on with.
        let octets = std::mem::take(&mut self.rest);
        let (kind, length) = match *octets {
            [] | [0, ..] => return None,
            [1, ..] => {
                self.rest = &octets[1..];
                return Some(Ok(TcpOption::NoOperation));
            }
            [kind] => return Some(Err(OptionError::LengthMissing { kind })),
            [kind, length, ..] => (kind, length),
        };
        if length < 2 {
            return Some(Err(OptionError::LengthTooSmall { kind, length }));
        }
        let Some((option, rest)) = octets.split_at_checked(usize::from(length)) else {
            let left = octets.len();
            return Some(Err(OptionError::LengthPastEnd { kind, length, left }));
        };
        self.rest = rest;
        Some(Ok(read(kind, &option[2..])))
    }
}

/// The option of that kind with these octets behind its length.
fn read(kind: u8, data: &[u8]) -> TcpOption {
    match (kind, data) {
        (2, &[a, b]) => TcpOption::MaximumSegmentSize(u16::from_be_bytes([a, b])),
        (3, &[shift]) => TcpOption::WindowScale(shift),
        (4, []) => TcpOption::SackPermitted,
        (8, &[a, b, c, d, e, f, g, h]) => TcpOption::Timestamps {
            value: u32::from_be_bytes([a, b, c, d]),
            echo: u32::from_be_bytes([e, f, g, h]),
        },
        _ => TcpOption::Other {
            kind,
            data: data.to_vec(),
        },
    }
}

/// What [`write()`] makes of options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The data offset of a header with these options, in words of 32 bits.
    pub data_offset: u8,
    /// The options and their padding: what stands behind the first twenty octets of that header.
    pub octets: Vec<u8>,
}

/// Octets of a word.
const WORD: usize = 4;

/// Words of the shortest header.
const SHORTEST: usize = 5;

/// The longest header has 15 words.
const ROOM: usize = (15 - SHORTEST) * WORD;

/// Writes options one behind the other, in their order, and fills up the last word with zeros.
pub fn write(options: &[TcpOption]) -> Result<Written, OptionError> {
    let mut octets = Vec::new();
    for option in options {
        let (kind, data) = match option {
            TcpOption::NoOperation => {
                octets.push(1);
                continue;
            }
            TcpOption::MaximumSegmentSize(size) => (2, size.to_be_bytes().to_vec()),
            TcpOption::WindowScale(shift) => (3, vec![*shift]),
            TcpOption::SackPermitted => (4, Vec::new()),
            TcpOption::Timestamps { value, echo } => {
                (8, [value.to_be_bytes(), echo.to_be_bytes()].concat())
            }
            TcpOption::Other { kind, data } => (*kind, data.clone()),
        };
        // A length of more than one octet is refused below.
        octets.extend([kind, (data.len() + 2) as u8]);
        octets.extend(data);
    }
    if octets.len() > ROOM {
        return Err(OptionError::TooLong {
            octets: octets.len(),
        });
    }
    Ok(Written {
        data_offset: (SHORTEST + octets.len() / WORD) as u8,
        octets,
    })
}

/// What a connection has settled when both SYNs have arrived, as one side sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// How many octets, the options of a segment and its data together, this side may put behind the first twenty octets of
    /// the header (RFC 9293 section 3.7.1).
    pub send_mss: u16,
    /// Snd.Wind.Shift: by how many bits this side shifts the windows that it receives to the left (RFC 7323 section 2.3).
    pub send_shift: u8,
    /// Rcv.Wind.Shift: by how many bits this side shifts the windows that it sends to the right (RFC 7323 section 2.3).
    pub receive_shift: u8,
    /// Whether this side may send SACK options (RFC 2018 section 4).
    pub may_send_sack: bool,
    /// Whether every segment that this side sends from now on carries timestamps, resets aside (RFC 7323 section 3.2).
    pub timestamps: bool,
}

/// The MSS of a side that has sent none (RFC 9293 section 3.7.1).
const DEFAULT_MSS: u16 = 536;

/// No shift count is larger (RFC 7323 section 2.3).
const LARGEST_SHIFT: u8 = 14;

/// Settles a connection for the side whose SYN had the options `ours`, and that has received a SYN with the options `theirs`.
pub fn settle(ours: &[TcpOption], theirs: &[TcpOption], path: u16) -> Settled {
    let their_mss = theirs.iter().find_map(|option| match option {
        TcpOption::MaximumSegmentSize(size) => Some(*size),
        _ => None,
    });
    let (send_shift, receive_shift) = match (shift(theirs), shift(ours)) {
        (Some(theirs), Some(ours)) => (theirs.min(LARGEST_SHIFT), ours.min(LARGEST_SHIFT)),
        _ => (0, 0),
    };
    Settled {
        send_mss: their_mss.unwrap_or(DEFAULT_MSS).min(path),
        send_shift,
        receive_shift,
        may_send_sack: theirs.contains(&TcpOption::SackPermitted),
        timestamps: has_timestamps(ours) && has_timestamps(theirs),
    }
}

fn shift(options: &[TcpOption]) -> Option<u8> {
    options.iter().find_map(|option| match option {
        TcpOption::WindowScale(shift) => Some(*shift),
        _ => None,
    })
}

fn has_timestamps(options: &[TcpOption]) -> bool {
    let timestamps = |option: &TcpOption| matches!(option, TcpOption::Timestamps { .. });
    options.iter().any(timestamps)
}
