//! Leave HTTP on the same connection: the opening handshake and the frames of WebSocket.
//!
//! Its chapter is `book/http/websocket.md`. Run `cargo test -p websocket`.
//!
//! Fill in the five blanks below. What a frame is and what it can mean is given, in `src/frame.rs`; the client's request, the hash and
//! the reading of header fields are given in `src/handshake.rs`. Your functions read and write octets and call no socket; a test at the
//! end puts them on a connection, as a client and as a server, and the peer is tungstenite. No extension and no subprotocol is used.
//!
//! Octets come from a stranger. Your functions never panic, whatever they are given.

pub mod frame;
pub mod handshake;

pub use frame::{Event, Frame, LIMIT, Refusal, Role, opcode};
pub use handshake::{GUID, digest, members, request};

/// What the field `Sec-WebSocket-Accept` has to say to a client with this key: the base64 of a SHA-1 hash, as [`digest`] makes it.
/// The key is taken as the text that it is in the request.
///
/// RFC 6455 section 1.3 and section 4.2.2.
#[must_use]
pub fn accept_of(key: &str) -> String {
    todo!("hash `{key}` and the GUID behind it")
}

/// Whether the server has switched to WebSocket: what follows its answer is frames then, and otherwise HTTP or nothing.
///
/// `head` is the answer's status line and its fields, as they came, without the empty line. The server has switched if the version is
/// `HTTP/1.1` and the status code 101; if the value of `Upgrade` is `websocket` and a member of `Connection` is `Upgrade`, both in any
/// letters, capital or small; if the value of `Sec-WebSocket-Accept` is what goes with the key; and if there is no
/// `Sec-WebSocket-Extensions` and no `Sec-WebSocket-Protocol`, since the request has asked for neither.
///
/// RFC 6455 section 4.1.
#[must_use]
pub fn has_switched(head: &str, key: &str) -> bool {
    todo!("look for 101 and four fields in `{head}`, for the key `{key}`")
}

/// A frame as octets. It is masked if there is a masking key, which is a client's to choose, at random for each frame; here the caller
/// has done so. The length takes the shortest of its three forms: 7 bits, 7 and 16, or 7 and 64.
///
/// You need not check whether the frame may be sent.
///
/// RFC 6455 section 5.2 and section 5.3.
#[must_use]
pub fn encode(frame: &Frame, mask: Option<[u8; 4]>) -> Vec<u8> {
    todo!("write {frame:?}, masked with {mask:?}")
}

/// The frame with which these octets begin, unmasked, and how many of them it takes. `None` says that it is not complete; the
/// caller asks again when more octets have come, and gives you the same ones with the new ones behind. The answer for a frame is the
/// same however it has been cut. Octets behind it belong to the next.
///
/// # Errors
/// [`Refusal::Protocol`] if a reserved bit is set or the opcode is a reserved one; if a client's frame is not masked or a server's is;
/// if a control frame (an opcode from 8 on) is not the last of its message or its length does not fit into 7 bits, which means that it
/// is more than 125; and if the first bit of a length of 64 bits is set, or a shorter form would have held the length.
/// [`Refusal::TooBig`] if the length is more than [`LIMIT`] and none of these rules is broken.
///
/// A frame is refused as soon as its first two octets show it, or else as soon as its length does: neither the masking key nor the payload
/// is waited for.
///
/// RFC 6455 section 5.1, section 5.2, section 5.5 and section 10.4.
pub fn decode(octets: &[u8], sender: Role) -> Result<Option<(Frame, usize)>, Refusal> {
    todo!(
        "find the first frame of the {sender:?} in {} octets",
        octets.len()
    )
}

/// Makes messages of frames.
#[derive(Debug, Default)]
pub struct Messages {
    /// The opcode and the octets of a message whose last frame has not come. You may change this.
    begun: Option<(u8, Vec<u8>)>,
}

impl Messages {
    /// Takes the next frame that [`decode`] has found, and says what it means. `None` if it means nothing yet, or is a pong.
    ///
    /// A message is one frame, or several: the first has the message's opcode, the others are continuations. Control frames may come
    /// between them. A pong carries what the ping carried. A close carries nothing, or a status code of two octets and then a
    /// reason; the answer is a close with the same code, or without any, and without a reason.
    ///
    /// # Errors
    /// [`Refusal::Protocol`] if the opcode is a reserved one; if a continuation comes and no message has begun, or another message before the one that has begun is
    /// complete; if a close carries a single octet, or a code below 1000, or 1005, 1006 or 1015 (all other codes are taken).
    /// [`Refusal::NotText`] if a message of text is not UTF-8, when its last frame has come and not before, or a close's reason is not. [`Refusal::TooBig`] as soon as the frames of a message have more than
    /// [`LIMIT`] octets together.
    ///
    /// RFC 6455 section 5.4, section 5.5, section 5.6, section 7.4 and section 8.1.
    pub fn take(&mut self, frame: Frame) -> Result<Option<Event>, Refusal> {
        todo!(
            "say what {frame:?} means, when of the message before {:?} has come",
            self.begun
        )
    }
}
