//! Ten events: asked for, waited for, streamed.

use std::cell::RefCell;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::rc::Rc;

use lab::peer::{connect, listen};
use lab::{Net, Task, addresses};
use socket2::Socket;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use web::server::{Answer, Bytes, HeaderValue, StatusCode, pieces, whole};

use super::persistent_connections::{read_head, read_response};
use crate::programs::{CLIENT_PORT, PORT};
use crate::view::MESSAGES;
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "ten-events-short-polling",
        part: "http",
        title: "Ten events by short polling: every second request finds nothing",
        view: MESSAGES,
        adjust: as_usual,
        script: ten_events_short_polling,
    },
    Scene {
        name: "ten-events-long-polling",
        part: "http",
        title: "Ten events by long polling: each request waits for its event",
        view: MESSAGES,
        adjust: as_usual,
        script: ten_events_long_polling,
    },
    Scene {
        name: "ten-events-event-stream",
        part: "http",
        title: "Ten events by an event stream: each a chunk of one answer",
        view: MESSAGES,
        adjust: as_usual,
        script: ten_events_event_stream,
    },
];

/// Octets of content, as hyper takes them.
type Event = Bytes;

/// What a client asks for when it polls.
const POLL: &[u8] = b"GET /news HTTP/1.1\r\nHost: server\r\n\r\n";

/// What a client asks for that wants an event stream.
const STREAM: &[u8] = b"GET /news HTTP/1.1\r\nHost: server\r\nAccept: text/event-stream\r\n\r\n";

/// An answer that nobody stores: RFC 6202 §5.6 has that as the best practice.
fn not_stored(mut answer: Answer) -> Answer {
    let no_cache = HeaderValue::from_static("no-cache");
    answer.headers_mut().insert("cache-control", no_cache);
    answer
}

/// The answer to a poll: the event, or 204 (No Content).
fn polled(event: Option<Event>) -> Answer {
    let is_empty = event.is_none();
    let mut answer = not_stored(whole(event.unwrap_or_default()));
    if is_empty {
        *answer.status_mut() = StatusCode::NO_CONTENT;
    }
    answer
}

/// RFC 6202 §2.1: the server answers at once, with what there is.
// ANCHOR: short
fn serve_short_polls(listener: Socket, events: UnboundedReceiver<Event>) -> io::Result<()> {
    let events = RefCell::new(events);
    web::serve(listener, 1, move |_request| {
        let event = events.borrow_mut().try_recv().ok();
        async { polled(event) }
    })
}
// ANCHOR_END: short

/// RFC 6202 §2.1: the server answers when there is something.
// ANCHOR: long
fn serve_long_polls(listener: Socket, events: UnboundedReceiver<Event>) -> io::Result<()> {
    let events = Rc::new(Mutex::new(events));
    web::serve(listener, 1, move |_request| {
        let events = events.clone();
        async move { polled(events.lock().await.recv().await) }
    })
}
// ANCHOR_END: long

/// RFC 6202 §3.1: the answer begins at once, and goes on for as long as there are events. There is one such answer.
// ANCHOR: stream
fn serve_event_stream(listener: Socket, events: UnboundedReceiver<Event>) -> io::Result<()> {
    let events = RefCell::new(Some(events));
    web::serve(listener, 1, move |_request| {
        let answer = match events.take() {
            Some(events) => event_stream(events),
            None => polled(None),
        };
        async { answer }
    })
}
// ANCHOR_END: stream

fn event_stream(events: UnboundedReceiver<Event>) -> Answer {
    let mut answer = not_stored(pieces(events));
    let media_type = HeaderValue::from_static("text/event-stream");
    answer.headers_mut().insert("content-type", media_type);
    answer
}

/// A server's program, which hears of events from the script, and a client that is connected to it.
struct News {
    serving: Task<io::Result<()>>,
    /// None, when nothing more will happen.
    events: Option<UnboundedSender<Event>>,
    client: BufReader<Socket>,
}

fn news(
    net: &mut Net,
    serve: fn(Socket, UnboundedReceiver<Event>) -> io::Result<()>,
) -> io::Result<News> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let (events, happening) = unbounded_channel();
    let serving = net.server().start(move || serve(listener, happening));
    let client = net
        .client()
        .run(|| connect(addresses::client(CLIENT_PORT), addresses::server(PORT)))?;
    Ok(News {
        serving,
        events: Some(events),
        client: BufReader::new(client),
    })
}

impl News {
    /// Something happens on the server.
    fn happens(&self, net: &mut Net, event: &str) -> io::Result<()> {
        let event = Event::copy_from_slice(event.as_bytes());
        let events = self.events.as_ref().ok_or(ErrorKind::NotConnected)?;
        net.server()
            .run(|| events.send(event).map_err(io::Error::other))
    }

    /// Nothing more will happen.
    fn no_more(&mut self, net: &mut Net) {
        net.server().run(|| self.events = None);
    }

    fn asks(&mut self, net: &mut Net, request: &[u8]) -> io::Result<()> {
        net.client()
            .run(|| self.client.get_mut().write_all(request))
    }

    /// The client's program reads an answer, and has to find this event; nothing, if it is empty.
    fn finds(&mut self, net: &mut Net, event: &str) -> io::Result<()> {
        let found = net.client().run(|| read_response(&mut self.client))?;
        is(&found, event)
    }

    /// The client's program reads a chunk, and has to find these lines.
    fn finds_chunk(&mut self, net: &mut Net, lines: &str) -> io::Result<()> {
        let found = net.client().run(|| read_chunk(&mut self.client))?;
        is(&found, lines)
    }

    /// The client closes.
    fn ends(self, net: &mut Net) -> io::Result<()> {
        net.client().run(|| drop(self.client));
        self.serving.join(net)
    }
}

fn is(found: &[u8], expected: &str) -> io::Result<()> {
    if found == expected.as_bytes() {
        return Ok(());
    }
    let found = found.escape_ascii();
    Err(io::Error::other(format!("the client reads \"{found}\"")))
}

/// The octets of one chunk (RFC 9112 §7.1), none at the end. The chunks of these scenes are short.
// ANCHOR: read_chunk
fn read_chunk(server: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut line = String::new();
    server.by_ref().take(16).read_line(&mut line)?;
    let size = usize::from_str_radix(line.trim_end(), 16).map_err(io::Error::other)?;
    let mut chunk = vec![0; size.min(1024)];
    server.read_exact(&mut chunk)?;
    server.read_exact(&mut [0; 2])?;
    Ok(chunk)
}
// ANCHOR_END: read_chunk

/// Before each event the client asks once in vain: ten of twenty polls find nothing.
// ANCHOR: ten_short_polls
fn ten_events_short_polling(net: &mut Net) -> io::Result<()> {
    let mut news = news(net, serve_short_polls)?;
    for number in 1..=10 {
        news.asks(net, POLL)?;
        news.finds(net, "")?;
        let event = format!("event {number}");
        news.happens(net, &event)?;
        news.asks(net, POLL)?;
        news.finds(net, &event)?;
    }
    news.ends(net)
}
// ANCHOR_END: ten_short_polls

/// Each request is at the server before its event happens.
// ANCHOR: ten_long_polls
fn ten_events_long_polling(net: &mut Net) -> io::Result<()> {
    let mut news = news(net, serve_long_polls)?;
    for number in 1..=10 {
        news.asks(net, POLL)?;
        let event = format!("event {number}");
        news.happens(net, &event)?;
        news.finds(net, &event)?;
    }
    news.ends(net)
}
// ANCHOR_END: ten_long_polls

/// One request. The answer's head comes before the first event, and its end after the tenth.
// ANCHOR: ten_streamed
fn ten_events_event_stream(net: &mut Net) -> io::Result<()> {
    let mut news = news(net, serve_event_stream)?;
    news.asks(net, STREAM)?;
    net.client().run(|| read_head(&mut news.client))?;
    for number in 1..=10 {
        let event = format!("data: event {number}\n\n");
        news.happens(net, &event)?;
        news.finds_chunk(net, &event)?;
    }
    news.no_more(net);
    news.finds_chunk(net, "")?;
    news.ends(net)
}
// ANCHOR_END: ten_streamed
