//! Given: what a frame is, what it can mean, and why it is refused.
//!
//! There is nothing to fill in here.

/// The longest payload of a frame, and the longest message, in octets.
pub const LIMIT: usize = 1 << 20;

/// The opcodes (RFC 6455 section 5.2). All others are reserved.
pub mod opcode {
    /// A further frame of a message that has begun.
    pub const CONTINUATION: u8 = 0x0;
    /// A message of text, or its first frame.
    pub const TEXT: u8 = 0x1;
    /// A message of any octets, or its first frame.
    pub const BINARY: u8 = 0x2;
    /// The sender will send no more.
    pub const CLOSE: u8 = 0x8;
    /// The other side is to answer.
    pub const PING: u8 = 0x9;
    /// The answer to a ping.
    pub const PONG: u8 = 0xa;
}

/// One of the two sides of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It has sent the request, and masks its frames.
    Client,
    /// It has answered 101, and masks nothing.
    Server,
}

/// A frame, unmasked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Whether it is the last of its message.
    pub last: bool,
    /// One of [`opcode`].
    pub opcode: u8,
    /// What it carries.
    pub payload: Vec<u8>,
}

/// Why a connection cannot go on. Each has its status code for a close frame (RFC 6455 section 7.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A rule of the protocol is broken: 1002.
    Protocol,
    /// What should be UTF-8 is not: 1007.
    NotText,
    /// A frame or a message is longer than [`LIMIT`]: 1009.
    TooBig,
}

/// What a frame means for the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A whole message of text.
    Text(String),
    /// A whole message of octets.
    Binary(Vec<u8>),
    /// The other side asks whether anyone is there; this is to be sent.
    Ping {
        /// The pong.
        answer: Frame,
    },
    /// The other side will send no more; the answer is to be sent, unless a close has been sent before.
    Close {
        /// The status code, if the other side has given one.
        code: Option<u16>,
        /// A close frame.
        answer: Frame,
    },
}
