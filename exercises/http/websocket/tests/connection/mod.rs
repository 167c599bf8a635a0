//! Your functions on a connection, and tungstenite at its other end.

use std::io::{self, ErrorKind, Read, Write};

use grade::Octets;
use lab::peer::{accept, call_from, listen};
use lab::{Net, addresses};
use socket2::Socket;
use web::websocket::{self as tungstenite, Message};

use websocket::{
    Event, Frame, Messages, Role, accept_of, decode, encode, has_switched, members, opcode, request,
};

use crate::KEY;
use crate::octets::{frame, named, told};

/// No head of these peers is longer.
const LONGEST_HEAD: usize = 8192;

/// A message that needs the length of 64 bits, and more segments than one.
fn long() -> String {
    "0123456789".repeat(7_000)
}

/// One end of a connection that speaks with the reader's functions.
struct End {
    socket: Socket,
    own: Role,
    kept: Vec<u8>,
    messages: Messages,
    /// Counts the frames, so that each has another masking key. Here nobody attacks, and so it may be guessed.
    frames: u8,
}

impl End {
    fn new(socket: Socket, own: Role) -> End {
        End {
            socket,
            own,
            kept: Vec::new(),
            messages: Messages::default(),
            frames: 0,
        }
    }

    fn more(&mut self) -> io::Result<usize> {
        let mut buffer = [0; 4096];
        let count = self.socket.read(&mut buffer)?;
        self.kept.extend_from_slice(&buffer[..count]);
        Ok(count)
    }

    /// A message's first line and fields; what follows is kept.
    fn head(&mut self) -> io::Result<String> {
        loop {
            let end = self.kept.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                let head = self.kept.drain(..end + 4).take(end).collect();
                return String::from_utf8(head).map_err(io::Error::other);
            }
            if self.kept.len() > LONGEST_HEAD || self.more()? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
    }

    fn send(&mut self, frame: &Frame) -> io::Result<()> {
        self.frames += 1;
        let mask = [0x5a, self.frames, 0xc3, self.frames ^ 0xff];
        let mask = (self.own == Role::Client).then_some(mask);
        self.socket.write_all(&encode(frame, mask))
    }

    /// The next message, or the close. Pings are answered.
    fn next(&mut self) -> io::Result<Event> {
        let sender = match self.own {
            Role::Client => Role::Server,
            Role::Server => Role::Client,
        };
        loop {
            if self.kept.is_empty() && self.more()? == 0 {
                return Err(io::Error::other("tungstenite has closed the connection"));
            }
            let decoded = decode(&self.kept, sender);
            let decoded = decoded.map_err(|refusal| {
                let what = format!("your decode() refuses {}: {refusal:?}", Octets(&self.kept));
                io::Error::other(what)
            })?;
            let Some((frame, taken)) = decoded else {
                if self.more()? == 0 {
                    return Err(io::Error::other("tungstenite has closed the connection"));
                }
                continue;
            };
            self.kept.drain(..taken.max(1).min(self.kept.len()));
            let what = named(&frame);
            match self.messages.take(frame) {
                Ok(Some(Event::Ping { answer })) => self.send(&answer)?,
                Ok(Some(event)) => return Ok(event),
                Ok(None) => {}
                Err(refusal) => {
                    let what = format!("your take() refuses {what}: {refusal:?}");
                    return Err(io::Error::other(what));
                }
            }
        }
    }

    /// Sends the long message in two frames of which the first has a length of 64 bits.
    fn send_long(&mut self) -> io::Result<()> {
        let long = long();
        let (begin, end) = long.as_bytes().split_at(66_000);
        self.send(&frame(false, opcode::TEXT, begin))?;
        self.send(&frame(true, opcode::CONTINUATION, end))
    }

    fn expect(&mut self, expected: &Event) -> io::Result<()> {
        let found = self.next()?;
        if found == *expected {
            return Ok(());
        }
        Err(io::Error::other(format!(
            "your functions make of what tungstenite has sent: {}; it was {}",
            told(&Ok(Some(found))),
            told(&Ok(Some(expected.clone())))
        )))
    }
}

fn close(code: u16) -> Event {
    let answer = frame(true, opcode::CLOSE, code.to_be_bytes());
    Event::Close {
        code: Some(code),
        answer,
    }
}

fn text(text: impl Into<String>) -> Event {
    Event::Text(text.into())
}

/// What both sides have made of it. If either has failed, both are told, since the one is often the reason for the other.
#[track_caller]
fn expect_understanding(who: &str, yours: &io::Result<()>, tungstenite: &io::Result<()>) {
    let said = |result: &io::Result<()>| match result {
        Ok(()) => "all is well".to_owned(),
        Err(error) => error.to_string(),
    };
    assert!(
        yours.is_ok() && tungstenite.is_ok(),
        "Your side is the {who}, and tungstenite is the other.\nyour side:   {}\ntungstenite: {}",
        said(yours),
        said(tungstenite)
    );
}

fn other(what: &str, found: impl std::fmt::Debug) -> io::Error {
    let found: String = format!("{found:?}").chars().take(80).collect();
    io::Error::other(format!("expects {what}, and reads {found}"))
}

pub(crate) fn as_the_client(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(80)))?;
    let (client, server) = call_from(net, 40000, &listener)?;
    let serving = net.server().start(move || server_of_tungstenite(server));
    let yours = net.client().run(|| client_of_yours(client));
    let tungstenite = serving.join(net);
    expect_understanding("client", &yours, &tungstenite);
    Ok(())
}

fn client_of_yours(socket: Socket) -> io::Result<()> {
    let mut end = End::new(socket, Role::Client);
    end.socket
        .write_all(request("server", "/news", KEY).as_bytes())?;
    let head = end.head()?;
    if !has_switched(&head, KEY) {
        return Err(io::Error::other(format!(
            "your has_switched() says no to\n{head}"
        )));
    }
    end.expect(&text("news"))?;
    end.send_long()?;
    end.expect(&text(long()))?;
    end.send(&frame(true, opcode::CLOSE, 1000_u16.to_be_bytes()))?;
    end.expect(&close(1000))?;
    // The server closes first (RFC 6455 section 7.1.1).
    while end.more()? > 0 {}
    Ok(())
}

fn server_of_tungstenite(socket: Socket) -> io::Result<()> {
    let mut end = tungstenite::accept(socket)?;
    tungstenite::send(&mut end, Message::text("news"))?;
    tungstenite::send(&mut end, Message::Ping("there?".into()))?;
    let echo = tungstenite::read(&mut end)?;
    if echo != Message::text(long()) {
        return Err(other("the long text", echo));
    }
    tungstenite::send(&mut end, echo)?;
    let pong = tungstenite::read(&mut end)?;
    if pong != Message::Pong("there?".into()) {
        return Err(other("the pong to its ping", pong));
    }
    let close = tungstenite::read(&mut end)?;
    if !close.is_close() {
        return Err(other("a close", close));
    }
    let after = tungstenite::read(&mut end);
    match after {
        Err(error) if error.kind() == ErrorKind::ConnectionAborted => Ok(()),
        after => Err(other("nothing behind the close", after)),
    }
}

pub(crate) fn as_the_server(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(81)))?;
    let serving = net
        .server()
        .start(move || server_of_yours(accept(&listener)?));
    let tungstenite = net.client().run(|| {
        let socket = lab::peer::connect(addresses::client(40001), addresses::server(81))?;
        client_of_tungstenite(socket)
    });
    let yours = serving.join(net);
    expect_understanding("server", &yours, &tungstenite);
    Ok(())
}

fn server_of_yours(socket: Socket) -> io::Result<()> {
    let mut end = End::new(socket, Role::Server);
    let head = end.head()?;
    let key = members(&head, "Sec-WebSocket-Key").next();
    let key = key.ok_or_else(|| other("a request with a key", &head))?;
    let accept = accept_of(key);
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    end.socket.write_all(answer.as_bytes())?;
    end.send(&frame(true, opcode::TEXT, "news"))?;
    end.expect(&text(long()))?;
    end.send_long()?;
    end.send(&frame(true, opcode::CLOSE, 1001_u16.to_be_bytes()))?;
    end.expect(&close(1001))
}

fn client_of_tungstenite(socket: Socket) -> io::Result<()> {
    let mut end = tungstenite::connect(socket, "ws://server/news")?;
    let news = tungstenite::read(&mut end)?;
    if news != Message::text("news") {
        return Err(other("the text `news`", news));
    }
    tungstenite::send(&mut end, Message::Ping("there?".into()))?;
    tungstenite::send(&mut end, Message::text(long()))?;
    for expected in [Message::Pong("there?".into()), Message::text(long())] {
        let found = tungstenite::read(&mut end)?;
        if found != expected {
            return Err(other("the pong to its ping, and then the long text", found));
        }
    }
    let close = tungstenite::read(&mut end)?;
    if !close.is_close() {
        return Err(other("a close", close));
    }
    match tungstenite::read(&mut end) {
        Err(error) if error.kind() == ErrorKind::ConnectionAborted => Ok(()),
        after => Err(other("nothing behind the close", after)),
    }
}
