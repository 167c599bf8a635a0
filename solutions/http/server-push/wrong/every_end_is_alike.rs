//! Wrong: however an answer ends, it has ended.
//! Fails: a_client_goes_on_behind_the_last_event_it_has_seen

use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::ops::ControlFlow;
use std::time::Duration;

use socket2::Socket;

#[path = "../../../../exercises/http/server-push/src/http.rs"]
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

/// What may stand at the very beginning of a text.
const BOM: &[u8] = b"\xef\xbb\xbf";

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

/// An event as text, with LF at the end of each line.
#[must_use]
pub fn encode(event: &Event) -> Option<String> {
    let Event { kind, data, id } = event;
    if kind.is_empty()
        || kind.contains(['\r', '\n'])
        || id.contains(['\r', '\n', '\0'])
        || data.contains('\r')
    {
        return None;
    }
    let mut text = String::new();
    if kind != "message" {
        text += &format!("event: {kind}\n");
    }
    if !id.is_empty() {
        text += &format!("id: {id}\n");
    }
    for line in data.split('\n') {
        text += &format!("data: {line}\n");
    }
    Some(text + "\n")
}

/// Reads an event stream.
#[derive(Debug)]
pub struct Parser {
    /// The line that has begun.
    line: Vec<u8>,
    /// Whether the octet before was a CR: an LF behind it ends no other line.
    behind_cr: bool,
    /// Whether a BOM may still come.
    at_start: bool,
    kind: String,
    data: Option<String>,
    id: String,
    /// The last id of which the event is complete.
    last_id: String,
    /// What the server has said about the pause before the client asks again.
    retry: Option<Duration>,
}

impl Parser {
    /// A reader of a new stream.
    #[must_use]
    pub fn new(last_id: &str) -> Parser {
        Parser {
            line: Vec::new(),
            behind_cr: false,
            at_start: true,
            kind: String::new(),
            data: None,
            id: last_id.to_owned(),
            last_id: last_id.to_owned(),
            retry: None,
        }
    }

    /// The id behind which a client has to go on.
    #[must_use]
    pub fn last_id(&self) -> &str {
        &self.last_id
    }

    /// How long the server wants a client to pause before it asks again.
    #[must_use]
    pub fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// Takes the next octets of the stream, and appends the events that they complete.
    pub fn feed(&mut self, octets: &[u8], events: &mut Vec<Event>) -> Result<(), TooLong> {
        for &octet in octets {
            let behind_cr = std::mem::replace(&mut self.behind_cr, octet == b'\r');
            match octet {
                b'\n' if behind_cr => {}
                b'\r' | b'\n' => {
                    self.at_start = false;
                    let line = std::mem::take(&mut self.line);
                    events.extend(self.end_line(&line)?);
                }
                octet => self.push(octet)?,
            }
        }
        Ok(())
    }

    fn push(&mut self, octet: u8) -> Result<(), TooLong> {
        self.line.push(octet);
        if self.at_start && self.line == BOM {
            self.at_start = false;
            self.line.clear();
        }
        if self.line.len() > LINE {
            return Err(TooLong::Line);
        }
        Ok(())
    }

    /// A whole line has come.
    fn end_line(&mut self, line: &[u8]) -> Result<Option<Event>, TooLong> {
        if line.is_empty() {
            return Ok(self.complete());
        }
        let line = String::from_utf8_lossy(line);
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => self.kind = value.to_owned(),
            "data" => return self.add(value).map(|()| None),
            "id" if !value.contains('\0') => self.id = value.to_owned(),
            "retry" => self.retry = pause(value).or(self.retry),
            _ => {}
        }
        Ok(None)
    }

    fn add(&mut self, line: &str) -> Result<(), TooLong> {
        let data = match self.data.take() {
            Some(data) => data + "\n" + line,
            None => line.to_owned(),
        };
        if data.len() > DATA {
            return Err(TooLong::Data);
        }
        self.data = Some(data);
        Ok(())
    }

    /// A blank line has come.
    fn complete(&mut self) -> Option<Event> {
        self.last_id.clone_from(&self.id);
        let kind = std::mem::take(&mut self.kind);
        let data = self.data.take()?;
        let kind = if kind.is_empty() {
            "message".to_owned()
        } else {
            kind
        };
        Some(Event {
            kind,
            data,
            id: self.id.clone(),
        })
    }
}

/// A number of milliseconds. `parse` alone would take a plus sign, and refuse a number that is too great for it.
fn pause(digits: &str) -> Option<Duration> {
    if digits.is_empty() || !digits.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    let pause = digits.parse().map(Duration::from_millis);
    Some(pause.unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE))
}

/// Answers one request with an event stream.
pub fn serve(mut client: Socket, mut behind: impl FnMut(&str) -> Option<Event>) -> io::Result<()> {
    let Some(request) = http::Head::read(&mut BufReader::new(&client))? else {
        return Ok(());
    };
    let mut id = request.value("last-event-id").unwrap_or("").to_owned();
    client.write_all(http::STREAM)?;
    while let Some(event) = behind(&id) {
        let lines = encode(&event).ok_or(ErrorKind::InvalidInput)?;
        client.write_all(&http::chunk(lines.as_bytes()))?;
        id = event.id;
    }
    client.write_all(&http::chunk(b""))
}

/// Follows an event stream across the connections that it takes.
pub fn follow(
    mut connect: impl FnMut() -> io::Result<Socket>,
    target: &str,
    mut pause: impl FnMut(Duration),
    mut take: impl FnMut(Event) -> ControlFlow<()>,
) -> io::Result<()> {
    let mut known = Known {
        last_id: String::new(),
        pause: PAUSE,
        barren: 0,
    };
    loop {
        known.barren += 1;
        let ended = connect().and_then(|server| known.follow_one(server, target, &mut take));
        match ended {
            Ok(ControlFlow::Break(())) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::InvalidData => return Err(error),
            Err(error) if known.barren == ATTEMPTS => return Err(error),
            Ok(ControlFlow::Continue(())) if known.barren == ATTEMPTS => {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            _ => pause(known.pause),
        }
    }
}

/// What outlives a connection.
struct Known {
    last_id: String,
    pause: Duration,
    /// How many connections in a row have brought no event.
    barren: usize,
}

impl Known {
    /// Follows the stream on one connection, to its end or the client's.
    fn follow_one(
        &mut self,
        mut server: Socket,
        target: &str,
        take: &mut impl FnMut(Event) -> ControlFlow<()>,
    ) -> io::Result<ControlFlow<()>> {
        server.write_all(&http::request(target, &self.last_id))?;
        let mut server = BufReader::new(server);
        let head = http::Head::read_final(&mut server)?;
        match head.status() {
            Some(204) => return Ok(ControlFlow::Break(())),
            Some(200) if is_event_stream(&head) => {}
            _ => return Err(ErrorKind::InvalidData.into()),
        }
        let mut body = http::Body::behind(&head, server)?;
        let mut parser = Parser::new(&self.last_id);
        let (mut octets, mut events) = ([0; 4_096], Vec::new());
        loop {
            let length = body.read(&mut octets).unwrap_or(0);
            if length == 0 {
                return Ok(ControlFlow::Continue(()));
            }
            let fed = parser.feed(&octets[..length], &mut events);
            self.last_id = parser.last_id().to_owned();
            self.pause = parser.retry().unwrap_or(self.pause);
            for event in events.drain(..) {
                self.barren = 0;
                if take(event).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            fed.map_err(|_| ErrorKind::InvalidData)?;
        }
    }
}

/// Whether the content's type is the right one, whatever its parameters.
fn is_event_stream(head: &http::Head) -> bool {
    let media_type = head.value("content-type").unwrap_or("");
    let media_type = media_type.split(';').next().unwrap_or("").trim();
    media_type.eq_ignore_ascii_case("text/event-stream")
}
