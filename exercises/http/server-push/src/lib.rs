//! Send news when there is some: an event stream, written and read over bare sockets.
//!
//! Its chapter is `book/http/server-push.md`. Run `cargo test -p server-push`.
//!
//! Fill in the four blanks below. The format is that of the HTML standard, in its section on server-sent events; the chapter has all of it that
//! is needed here. What HTTP has to do is in `src/http.rs`, and done.
//!
//! Octets come from a stranger. Your functions never panic, whatever they are given, and keep no more of them than the limits allow.

use std::io;
use std::ops::ControlFlow;
use std::time::Duration;

use socket2::Socket;

pub mod http;

/// The longest line of an event stream, in octets, without its end.
pub const LINE: usize = 4_096;

/// The longest data of an event, in octets.
pub const DATA: usize = 16_384;

/// How long a client pauses before it asks again, unless the server has told it otherwise.
pub const PAUSE: Duration = Duration::from_secs(3);

/// The longest pause that a server can ask for.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// After so many connections in a row that have brought no event, a client gives up.
pub const ATTEMPTS: usize = 3;

/// What a server has to say, and a client gets to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its type: `message`, if nothing else was said.
    pub kind: String,
    /// Its text, of one line or several, with LF between them.
    pub data: String,
    /// The last id that the stream has had when the event was complete; empty if it has had none.
    pub id: String,
}

/// A line or an event is longer than it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooLong {
    /// A line has more than [`LINE`] octets.
    Line,
    /// An event has more than [`DATA`] octets of data.
    Data,
}

/// An event as text, with LF at the end of each line: `event: ` and its type, unless that is `message`; `id: ` and its id, unless that is empty;
/// `data: ` and a line of its data, for each of its lines; and a blank line. No data is one line without a character, and data that ends in LF has an
/// empty last line.
///
/// `None` if a line would not say what the event has: if its type is empty, if its type, its id or its data has a CR, if its type or its id has an LF, or if its id has a NUL.
/// The limits are a reader's, and do not matter here.
#[must_use]
pub fn encode(event: &Event) -> Option<String> {
    todo!("write {event:?} as lines, or refuse it")
}

/// Reads an event stream.
///
/// You may change its fields as you like, and add others.
#[derive(Debug)]
pub struct Parser {
    /// The line that has begun.
    line: Vec<u8>,
    /// The last id of which the event is complete.
    last_id: String,
    /// What the server has said about the pause before the client asks again.
    retry: Option<Duration>,
}

impl Parser {
    /// A reader of a new stream. The last id is that of the stream before it, and empty if there was none; it holds until another one comes. (The letter of the
    /// standard lets each stream begin with an empty one; then an event without an id would make the client forget where it was.)
    #[must_use]
    pub fn new(last_id: &str) -> Parser {
        Parser {
            line: Vec::new(),
            last_id: last_id.to_owned(),
            retry: None,
        }
    }

    /// The id behind which a client has to go on. There is nothing to do here.
    #[must_use]
    pub fn last_id(&self) -> &str {
        &self.last_id
    }

    /// How long the server wants a client to pause before it asks again. There is nothing to do here.
    #[must_use]
    pub fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// Takes the next octets of the stream, however it is cut, and appends the events that they complete. What is not complete is kept for
    /// the next call; at the end of the stream nobody asks for it.
    ///
    /// - **Lines.** CR LF, LF or CR alone ends a line. A line that ends in CR has ended there, whether an LF follows or not. A BOM, the octets EF BB BF, at the very beginning of the stream is passed over. What is not UTF-8 is
    ///   replaced as [`String::from_utf8_lossy`] does it, line by line.
    /// - **Fields.** A line is a name, a colon and a value, of which one space is taken away if it begins with one; a line without a colon is a name, and its value is empty. A line that begins with a
    ///   colon is a comment. Names are told apart by case, and unknown ones are passed over like comments.
    /// - `data` is a line of the event's data. `event` is its type; a later one replaces an earlier one. `id` is kept, and holds for later events too, until another one comes; with a NUL in it, it is passed over. `retry` is a number of
    ///   milliseconds, if there are digits of ASCII in it, at least one, and nothing else; it counts at once, and what is more than [`LONGEST_PAUSE`] counts as that. Otherwise it is passed over.
    /// - **A blank line** completes the event. Its id becomes the last id. If there was no line of data, there is no event, and its type is forgotten.
    ///
    /// # Errors
    /// [`TooLong::Line`] as soon as a line, whatever it is, has more than [`LINE`] octets; its end is not waited for. [`TooLong::Data`] as soon as a line has ended with which the event's data, with an
    /// LF between any two of its lines, has more than [`DATA`] octets. The events that were complete before are appended. You will not be called again after an error.
    pub fn feed(&mut self, octets: &[u8], events: &mut Vec<Event>) -> Result<(), TooLong> {
        todo!(
            "find lines in {} octets, behind the {} that were kept, and append to {events:?}",
            octets.len(),
            self.line.len()
        )
    }
}

/// Answers one request with an event stream, on a connection that has been accepted.
///
/// Reads the request by [`http::Head::read`]. If there is none, there is nothing to do. Otherwise sends [`http::STREAM`] at once, before anything happens.
///
/// `behind` gives the event that comes behind the one with that id, and the first if the id is empty. It waits until there is one. Each event of such a stream has an id of its own.
/// Each is encoded and sent as an [`http::chunk`] before `behind` is called again. The first id is the value of the request's field `Last-Event-ID`, if it has one. When `behind` says `None`, there will be no more: the last chunk is sent, and the connection is closed.
///
/// # Errors
/// Those of the connection and of [`http::Head::read`]. `ErrorKind::InvalidInput` if an event cannot be encoded; the answer is then left without its last chunk.
pub fn serve(client: Socket, behind: impl FnMut(&str) -> Option<Event>) -> io::Result<()> {
    let _ = behind;
    todo!("read a request from {client:?}, and send one event after the other")
}

/// Follows an event stream across the connections that it takes, and gives each event to `take` as soon as it is complete.
///
/// **One connection.** `connect` makes it. The client sends an [`http::request`] with the last id, reads the answer's head by [`http::Head::read_final`], its content by [`http::Body`] and the
/// content's lines by a new [`Parser`] that knows the last id.
///
/// **Another one.** When the answer's content ends, in order or not, and when a connection fails or cannot be made, the client calls `pause` with the time that the server has said last ([`Parser::retry`]), on whatever connection, or with [`PAUSE`]
/// if it has said none; and then it goes on with the next.
///
/// **The end.** When `take` says [`ControlFlow::Break`], the connection is closed, and the client is done. It is also done when the status is 204 (No Content): the server wants no more requests for this stream.
///
/// # Errors
/// `ErrorKind::InvalidData`, without another attempt, if the status is another one than 200 and 204; if it is 200 and the content's type is not `text/event-stream`, in whatever letters, capital or small, and
/// perhaps with parameters behind a semicolon (with or without a space before it); if the stream has something that is [`TooLong`]; and if what comes is not HTTP.
/// After [`ATTEMPTS`] connections in a row that have brought no event, or could not be made, the error of the last one, `ErrorKind::UnexpectedEof` if its answer has ended in order. There is no pause before this.
pub fn follow(
    connect: impl FnMut() -> io::Result<Socket>,
    target: &str,
    pause: impl FnMut(Duration),
    take: impl FnMut(Event) -> ControlFlow<()>,
) -> io::Result<()> {
    let _ = (connect, pause, take);
    todo!("ask for {target}, and ask again behind the last event")
}
