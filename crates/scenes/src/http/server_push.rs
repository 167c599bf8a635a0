//! Ten events: asked for, waited for, streamed.

use std::cell::RefCell;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::rc::Rc;

use lab::peer::{accept, listen};
use lab::{Net, Task, addresses};
use socket2::Socket;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use web::server::{Answer, Bytes, HeaderValue, StatusCode, pieces, whole};

use super::peers::{connected, hyper, read_head, read_response, response};
use crate::programs::{CLIENT_PORT, PORT};
use crate::view::MESSAGES;
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "unasked-response",
        title: "A server sends a second response, for which nobody has asked",
        view: MESSAGES,
        adjust: as_usual,
        script: unasked_response,
    },
    Scene {
        name: "short-polling",
        title: "The client asks in vain, the event happens, and the client asks again",
        view: MESSAGES,
        adjust: as_usual,
        script: short_polling,
    },
    Scene {
        name: "long-polling",
        title: "A request that waits for its event, one for which an event waits, and one that waits in vain",
        view: MESSAGES,
        adjust: as_usual,
        script: long_polling,
    },
    Scene {
        name: "event-stream",
        title: "One answer with three events, the third broken off; and the answer that goes on behind the second",
        view: MESSAGES,
        adjust: as_usual,
        script: event_stream_goes_on,
    },
    Scene {
        name: "ten-events-short-polling",
        title: "Ten events by short polling: every second request finds nothing",
        view: MESSAGES,
        adjust: as_usual,
        script: ten_events_short_polling,
    },
    Scene {
        name: "ten-events-long-polling",
        title: "Ten events by long polling: each request waits for its event",
        view: MESSAGES,
        adjust: as_usual,
        script: ten_events_long_polling,
    },
    Scene {
        name: "ten-events-event-stream",
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

/// The answer to a poll: the event, or 204 (No Content) if there is none.
fn polled(event: Option<Event>) -> Answer {
    let event = event.unwrap_or_default();
    let is_none = event.is_empty();
    let mut answer = not_stored(whole(event));
    if is_none {
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
    let client = connected(net, CLIENT_PORT)?;
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
        expect(&found, event)
    }

    /// The client's program reads a chunk, and has to find these lines.
    fn finds_chunk(&mut self, net: &mut Net, lines: &str) -> io::Result<()> {
        let found = net.client().run(|| read_chunk(&mut self.client))?;
        expect(&found, lines)
    }

    /// The client closes.
    fn ends(self, net: &mut Net) -> io::Result<()> {
        net.client().run(|| drop(self.client));
        self.serving.join(net)
    }
}

/// A scene in which a client reads something else would not be recorded.
fn expect(found: &[u8], expected: &str) -> io::Result<()> {
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

/// RFC 9112 §9.2: the client is hyper's. It has no request outstanding, takes what comes for no response, and closes.
fn unasked_response(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let asking = net.client().start(|| {
        let mut server = hyper(CLIENT_PORT)?;
        let response = server.get("/news")?;
        server.content(response)?;
        Ok::<_, io::Error>(server.ended())
    });
    let mut server = net.server().run(|| accept(&listener))?;
    net.server()
        .run(|| read_head(&mut BufReader::new(&server)))?;
    for content in ["event 1", "event 2"] {
        net.server().note(&format!("sends \"{content}\""));
        net.server()
            .run(|| server.write_all(response(content).as_bytes()))?;
    }
    match asking.join(net)? {
        Err(_unexpected) => net
            .client()
            .note("the first response was the only one; closes"),
        Ok(()) => return Err(io::Error::other("hyper finds nothing wrong")),
    }
    net.server().run(|| drop(server));
    Ok(())
}

/// RFC 6202 §2.1.
fn short_polling(net: &mut Net) -> io::Result<()> {
    let mut news = news(net, serve_short_polls)?;
    for found in ["", "event 1", ""] {
        if !found.is_empty() {
            net.server()
                .note("event 1 happens, and waits for a request");
            news.happens(net, found)?;
        }
        news.asks(net, POLL)?;
        news.finds(net, found)?;
    }
    news.ends(net)
}

/// RFC 6202 §2.1 and §2.2. The server's clock is the script's: an event without content says that a request has waited long enough.
fn long_polling(net: &mut Net) -> io::Result<()> {
    let mut news = news(net, serve_long_polls)?;
    news.asks(net, POLL)?;
    net.server().note("event 1 happens");
    news.happens(net, "event 1")?;
    news.finds(net, "event 1")?;

    net.server()
        .note("event 2 happens, and waits for a request");
    news.happens(net, "event 2")?;
    news.asks(net, POLL)?;
    news.finds(net, "event 2")?;

    news.asks(net, POLL)?;
    net.server().note("nothing has happened for too long");
    news.happens(net, "")?;
    news.finds(net, "")?;
    news.ends(net)
}

/// What a bare server begins its answer with.
// ANCHOR: bare_stream
const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\n\
    Content-Type: text/event-stream\r\n\
    Cache-Control: no-cache\r\n\
    Transfer-Encoding: chunked\r\n\r\n";

fn send_chunk(client: &mut Socket, octets: &str) -> io::Result<()> {
    let chunk = format!("{:x}\r\n{octets}\r\n", octets.len());
    client.write_all(chunk.as_bytes())
}
// ANCHOR_END: bare_stream

/// The server is bare, the client hyper's. The chunks do not end where the events do, and the first connection ends within the third event.
fn event_stream_goes_on(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let first = [
        "id: 1\ndata: event 1\n\n",
        "id: 2\nda",
        "ta: event 2\n\n",
        "id: 3\ndata: ev",
    ];
    let following = net.client().start(|| follow(CLIENT_PORT, &[]));
    let mut server = net.server().run(|| accept(&listener))?;
    net.server().run(|| begin_stream(&mut server))?;
    for octets in first {
        net.server().run(|| send_chunk(&mut server, octets))?;
    }
    net.server().run(|| drop(server));
    let (octets, ended) = following.join(net)?;
    expect(&octets, &first.concat())?;
    if ended.is_ok() {
        return Err(io::Error::other("hyper takes the answer for complete"));
    }

    net.client()
        .note("has two events, asks again: Last-Event-ID: 2");
    let following = net
        .client()
        .start(|| follow(CLIENT_PORT + 1, &[("last-event-id", "2")]));
    let mut server = net.server().run(|| accept(&listener))?;
    net.server().run(|| begin_stream(&mut server))?;
    let third = "id: 3\ndata: event 3\n\n";
    net.server().run(|| send_chunk(&mut server, third))?;
    net.server().run(|| send_chunk(&mut server, ""))?;
    let (octets, ended) = following.join(net)?;
    expect(&octets, third)?;
    ended?;
    net.server().run(|| drop(server));
    Ok(())
}

/// Reads a request, and sends the head of the answer.
fn begin_stream(client: &mut Socket) -> io::Result<()> {
    read_head(&mut BufReader::new(&*client))?;
    client.write_all(HEAD)
}

/// hyper's client on a new connection: what it reads of the answer's content, and how that has ended.
fn follow(port: u16, fields: &[(&str, &str)]) -> io::Result<(Vec<u8>, io::Result<()>)> {
    let mut server = hyper(port)?;
    let fields = [&[("accept", "text/event-stream")], fields].concat();
    let mut response = server.get_with("/news", &fields)?;
    let mut octets = Vec::new();
    loop {
        match server.piece(&mut response) {
            Ok(Some(piece)) => octets.extend_from_slice(&piece),
            Ok(None) => return Ok((octets, Ok(()))),
            Err(error) => return Ok((octets, Err(error))),
        }
    }
}

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
