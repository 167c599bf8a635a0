//! Read and write the options of a TCP header, and work out what two SYNs settle.
//!
//! Its chapter is `book/header/options.md`. Run `cargo test -p options`.
//!
//! Fill in the three blanks below. None of them needs a socket: octets in, values out. The last test puts what you write into a SYN
//! and sends it to a kernel.

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
///
/// The octets are those between the twentieth and the data: the data offset says where they end, and a decoder like that of
/// `header-fields` has cut them out.
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
    ///
    /// - The list ends (`None`) where the octets end, and at the kind 0, End of Option List. What follows a 0 is not looked at.
    /// - Kind 1 is one octet. Every other kind is followed by a length, which counts the octets of kind and length too (section 3.1).
    /// - A kind that you do not know is no error: it is an [`TcpOption::Other`], and its length says where the next option begins
    ///   (MUST-6). The same goes for a kind that you know with a length that is not its own.
    /// - An option may begin at any octet (MUST-64).
    ///
    /// No octets make this function panic, and none keep it from coming back.
    ///
    /// # Errors
    /// [`OptionError::LengthMissing`], [`OptionError::LengthTooSmall`] and [`OptionError::LengthPastEnd`], asked in
    /// this order. Nobody can say where the next option begins after one of them, so the list ends there: `None` from
    /// then on.
    ///
    /// RFC 9293 sections 3.1 and 3.2.
    fn next(&mut self) -> Option<Self::Item> {
        todo!("read the option at the beginning of {:02x?}", self.rest)
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

/// Writes options one behind the other, in their order, and fills up the last word with zeros.
///
/// Kind 1 and kind 0 are the only ones without a length. A zero is the kind End of Option List, and behind it there are zeros
/// up to the next whole word (MUST-69). Options that fill their last word need none.
///
/// # Errors
/// [`OptionError::TooLong`] if the options do not fit into the longest header that there can be. Options may be as long
/// as they like: this function does not panic.
///
/// RFC 9293 section 3.1.
pub fn write(options: &[TcpOption]) -> Result<Written, OptionError> {
    todo!("write {options:?}, fill up the last word, and compute the data offset")
}

/// What a connection has settled when both SYNs have arrived, as one side sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// How many octets, the options of a segment and its data together, this side may put behind the first twenty octets of
    /// the header (RFC 9293 section 3.7.1). Nothing is subtracted for options here: that is done for each segment, when it is
    /// sent.
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

/// Settles a connection for the side whose SYN had the options `ours`, and that has received a SYN with the options `theirs`.
///
/// `path` is what this side's own network allows: the largest segment, counted as an MSS is, that its IP layer can
/// send towards the other side. RFC 9293 has it as MMS_S, which counts the twenty octets of the header too.
///
/// - The other side's MSS, or the default for IPv4 where it has sent none; but no more than the path allows.
/// - The windows: both shift counts, or none. A shift count over 14 is used as 14.
/// - SACK: who may send the option depends on who has said that it understands it.
/// - Timestamps: both or none.
///
/// Each option stands at most once in each list.
///
/// RFC 9293 section 3.7.1, RFC 7323 sections 2.2, 2.3 and 3.2, RFC 2018 section 4.
pub fn settle(ours: &[TcpOption], theirs: &[TcpOption], path: u16) -> Settled {
    todo!("settle {ours:?} with {theirs:?} on a path that carries {path}")
}
