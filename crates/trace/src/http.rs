//! The messages in a trace's segments: where HTTP/1.x messages begin, and what they and WebSocket frames carry.
//!
//! This is for figures. Where a message says two things about its length, the figure says that and takes no side.

mod frames;
mod head;

use std::collections::{BTreeMap, VecDeque};

use self::head::{Framing, Head};
use crate::exchange::Side;
use crate::numbering::Connection;
use crate::{Segment, SeqNumber};

/// The longest head or chunk line that is waited for.
const LONGEST: usize = 65_536;

/// Content up to this many octets is shown as it is, and longer content by its length.
const SHOWN: usize = 24;

/// What has been read of each side of each connection.
#[derive(Debug, Default)]
pub(crate) struct Messages(BTreeMap<(Connection, Side), Stream>);

impl Messages {
    /// What a segment carries, such as `GET / HTTP/1.1` or `chunk "data: 1\n\n"`. A segment that comes again carries what it
    /// carried the first time. `None` where that is nothing that can be named.
    pub(crate) fn carried(&mut self, from: Side, segment: &Segment) -> Option<String> {
        let connection = Connection::of(segment, from);
        let stream = self.0.entry((connection, from)).or_default();
        let carried = stream.carried(segment.sequence, &segment.payload);
        // Responses come in the order of their requests (RFC 9112 §9.2).
        let asked = std::mem::take(&mut stream.reader.asked);
        let other = self.0.entry((connection, from.other())).or_default();
        other.reader.unanswered.extend(asked);
        carried
    }
}

/// One side of one connection.
#[derive(Debug, Default)]
struct Stream {
    /// The number of the octet that has not been read yet; `None` before the first.
    next: Option<SeqNumber>,
    /// What each segment has carried, by its sequence number.
    carried: BTreeMap<u32, Option<String>>,
    reader: Reader,
}

impl Stream {
    fn carried(&mut self, sequence: SeqNumber, payload: &[u8]) -> Option<String> {
        if let Some(before) = self.carried.get(&sequence.0) {
            return before.clone();
        }
        if self.next.is_some_and(|next| next != sequence) {
            return None;
        }
        let length = u32::try_from(payload.len()).ok()?;
        self.next = Some(sequence.plus(length));
        let pieces = self.reader.read(payload);
        let carried = (!pieces.is_empty()).then(|| pieces.join(", "));
        self.carried.insert(sequence.0, carried.clone());
        carried
    }
}

/// Reads a stream of messages, however it is cut.
#[derive(Debug, Default)]
struct Reader {
    place: Place,
    /// Octets of a head, a line or a frame that is not complete yet.
    kept: Vec<u8>,
    /// The methods of the requests that have been read.
    asked: Vec<String>,
    /// The methods of the other side's requests that have not been answered.
    unanswered: VecDeque<String>,
}

/// What comes next in the stream.
#[derive(Debug, Default)]
enum Place {
    /// A head, from its start line on.
    #[default]
    Message,
    /// The rest of a head whose first line has been told.
    Header,
    /// So many octets of content.
    Content(u64),
    /// Content until the connection ends.
    ToTheEnd,
    /// The line with a chunk's size.
    ChunkSize,
    /// So many octets of a chunk.
    Chunk(u64),
    /// The end of a chunk's last line.
    ChunkEnd,
    /// Fields after the last chunk.
    Trailers,
    /// WebSocket frames, or messages as before if the server has not agreed to the change.
    Frames,
    /// Something behind a head that does not say how far its message goes. The next segment that begins with a start line is
    /// taken at its word.
    Unclear,
    /// Something that is neither.
    Unknown,
}

/// One step of the reader: what it has found, and how many octets that took.
enum Step {
    /// Something to tell.
    Tell(String, usize),
    /// Octets that belong to what has been told.
    Skip(usize),
    /// More octets are needed.
    More,
    /// This is no message.
    Give,
}

impl Reader {
    /// What these octets carry; empty if that cannot be told.
    fn read(&mut self, octets: &[u8]) -> Vec<String> {
        let mut pieces = Vec::new();
        if matches!(self.place, Place::Unclear) {
            if !begins_with_a_start_line(octets) {
                return pieces;
            }
            self.place = Place::Message;
        }
        if matches!(self.place, Place::Header) || !self.kept.is_empty() {
            pieces.push("...".to_owned());
        }
        let before = pieces.len();
        self.kept.extend_from_slice(octets);
        while !self.kept.is_empty() {
            match self.step() {
                Step::Tell(piece, length) => {
                    pieces.push(piece);
                    self.kept.drain(..length);
                }
                Step::Skip(length) => {
                    self.kept.drain(..length);
                }
                Step::More if self.kept.len() <= LONGEST => break,
                Step::More | Step::Give => {
                    self.place = Place::Unknown;
                    self.kept.clear();
                    return Vec::new();
                }
            }
        }
        let begun = !self.kept.is_empty() && (before == 0 || pieces.len() > before);
        if matches!(self.place, Place::Frames) && begun && !frames::is_none(&self.kept) {
            pieces.push("beginning of a frame".to_owned());
        }
        pieces
    }

    fn step(&mut self) -> Step {
        match self.place {
            Place::Message => self.first_line(),
            Place::Header => self.header(),
            Place::Content(left) => {
                let (piece, rest) = self.content("", left);
                self.place = if rest == 0 {
                    Place::Message
                } else {
                    Place::Content(rest)
                };
                piece
            }
            Place::ToTheEnd => self.content("", u64::MAX).0,
            Place::ChunkSize => self.chunk_size(),
            Place::Chunk(left) => {
                let (piece, rest) = self.content("chunk ", left);
                self.place = if rest == 0 {
                    Place::ChunkEnd
                } else {
                    Place::Chunk(rest)
                };
                piece
            }
            Place::ChunkEnd => match self.line() {
                Some([]) => {
                    self.place = Place::ChunkSize;
                    Step::Skip(2)
                }
                Some(_) => Step::Give,
                None => Step::More,
            },
            Place::Trailers => match self.line().map(<[u8]>::len) {
                Some(length) => {
                    if length == 0 {
                        self.place = Place::Message;
                    }
                    Step::Skip(length + 2)
                }
                None => Step::More,
            },
            Place::Frames if frames::is_none(&self.kept) => self.first_line(),
            Place::Frames => match frames::first(&self.kept) {
                Some((piece, length)) => Step::Tell(piece, length),
                None => Step::More,
            },
            Place::Unclear | Place::Unknown => Step::Give,
        }
    }

    /// The start line of a message. It stays where it is until the whole head is there.
    fn first_line(&mut self) -> Step {
        match self.line() {
            Some(line) => match head::start_line(line) {
                Some(text) => {
                    self.asked.extend(head::method(&text).map(str::to_owned));
                    self.place = Place::Header;
                    Step::Tell(text, 0)
                }
                None => Step::Give,
            },
            None if head::may_begin(&self.kept) => Step::More,
            None => Step::Give,
        }
    }

    fn header(&mut self) -> Step {
        let end = self.kept.windows(4).position(|four| four == b"\r\n\r\n");
        let Some(end) = end else {
            return Step::More;
        };
        let Some(head) = Head::parse(&self.kept[..end]) else {
            return Step::Give;
        };
        let asked = if head.is_final_response() {
            self.unanswered.pop_front()
        } else {
            None
        };
        let Some(framing) = head.framing(asked.as_deref()) else {
            self.place = Place::Unclear;
            return Step::Tell("unclear length".to_owned(), self.kept.len());
        };
        self.place = match framing {
            Framing::Length(0) => Place::Message,
            Framing::Length(length) => Place::Content(length),
            Framing::Chunked => Place::ChunkSize,
            Framing::ToTheEnd => Place::ToTheEnd,
            Framing::WebSocket => Place::Frames,
            Framing::Tunnel => Place::Unknown,
        };
        Step::Skip(end + 4)
    }

    fn chunk_size(&mut self) -> Step {
        let Some(line) = self.line() else {
            return Step::More;
        };
        let length = line.len() + 2;
        let digits = line.split(|octet| *octet == b';').next();
        let digits = digits.unwrap_or_default().trim_ascii_end();
        // Before a number from_str_radix() would take a sign.
        let size = match digits.iter().all(u8::is_ascii_hexdigit) {
            true => std::str::from_utf8(digits).ok(),
            false => None,
        };
        match size.and_then(|size| u64::from_str_radix(size, 16).ok()) {
            Some(0) => {
                self.place = Place::Trailers;
                Step::Tell("last chunk".to_owned(), length)
            }
            Some(size) => {
                self.place = Place::Chunk(size);
                Step::Skip(length)
            }
            None => Step::Give,
        }
    }

    /// As much of `left` octets as is there, and how many are still to come.
    fn content(&self, what: &str, left: u64) -> (Step, u64) {
        let here = usize::try_from(left).map_or(self.kept.len(), |left| left.min(self.kept.len()));
        let piece = format!("{what}{}", shown(&self.kept[..here]));
        (Step::Tell(piece, here), left - here as u64)
    }

    /// The octets before the next end of line.
    fn line(&self) -> Option<&[u8]> {
        let end = self.kept.windows(2).position(|two| two == b"\r\n")?;
        Some(&self.kept[..end])
    }
}

fn begins_with_a_start_line(octets: &[u8]) -> bool {
    let end = octets.windows(2).position(|two| two == b"\r\n");
    end.is_some_and(|end| head::start_line(&octets[..end]).is_some())
}

/// Octets as they are if they are few and text, and by their number otherwise.
fn shown(octets: &[u8]) -> String {
    let is_text = |octet: &u8| octet.is_ascii_graphic() || b" \r\n".contains(octet);
    if octets.len() <= SHOWN && octets.iter().all(is_text) {
        format!("\"{}\"", octets.escape_ascii())
    } else {
        format!("{} octets", octets.len())
    }
}

#[cfg(test)]
mod tests;
