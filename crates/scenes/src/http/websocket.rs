//! Leaving HTTP on the same connection: the upgrade, frames, and what is refused.

use std::io::{self, ErrorKind, Read, Write};

use lab::filter::data;
use lab::{Net, addresses, peer};
use socket2::Socket;
use web::websocket::{self, Endpoint, Message};

use super::peers::{connected, serve_targets};
use crate::programs::{CLIENT_PORT, Connection, PORT, call};
use crate::view::MESSAGES;
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "upgrade-then-frames",
        title: "One request, the answer 101, and from there each side sends when it likes",
        view: MESSAGES,
        adjust: as_usual,
        script: upgrade_then_frames,
    },
    Scene {
        name: "upgrade-ignored",
        title: "A server that knows HTTP alone answers the same request, and HTTP goes on",
        view: MESSAGES,
        adjust: as_usual,
        script: upgrade_ignored,
    },
    Scene {
        name: "fragments-and-a-ping",
        title: "One message in two frames and a ping between them; two frames in one segment; one frame in two",
        view: MESSAGES,
        adjust: as_usual,
        script: fragments_and_a_ping,
    },
    Scene {
        name: "unmasked-frame",
        title: "A client that does not mask its frame",
        view: MESSAGES,
        adjust: as_usual,
        script: unmasked_frame,
    },
    Scene {
        name: "ten-events-websocket",
        title: "Ten events, each a text message that the server sends when it has it",
        view: MESSAGES,
        adjust: as_usual,
        script: ten_events_websocket,
    },
];

/// The key is the example of RFC 6455 §1.3, so that the answer can be compared with it. A client has to choose a new one at random for
/// each connection (§4.1).
// ANCHOR: request
const REQUEST: &[u8] = b"GET /news HTTP/1.1\r\n\
    Host: server\r\n\
    Upgrade: websocket\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\n\r\n";
// ANCHOR_END: request

/// What goes with that key.
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// The masking key of RFC 6455 §5.7. A client has to choose a new one at random for each frame (§5.3); here recordings are to be
/// the same each time.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// A client's frame: its first octet, its length, which is short here, the masking key, and the masked payload (RFC 6455 §5.2).
// ANCHOR: masked
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first, 0x80 | payload.len() as u8];
    frame.extend(MASK);
    let mask = MASK.iter().cycle();
    frame.extend(payload.iter().zip(mask).map(|(octet, mask)| octet ^ mask));
    frame
}
// ANCHOR_END: masked

/// First octets of frames: the bit that says that this frame is its message's last, and the opcode.
const LAST: u8 = 0x80;
const CONTINUED: u8 = 0x0;
const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xa;

/// The two octets of a close frame for the code 1000, a normal end (RFC 6455 §7.4.1).
const NORMAL: [u8; 2] = 1000_u16.to_be_bytes();

/// Both ends of a connection that has left HTTP. The client is bare, the server is tungstenite's.
fn upgraded(net: &mut Net) -> io::Result<(Socket, Endpoint)> {
    let Connection {
        listener: _listener,
        mut client,
        server,
    } = call(net)?;
    let accepting = net.server().start(move || websocket::accept(server));
    net.client().run(|| client.write_all(REQUEST))?;
    let server = accepting.join(net)?;
    let answer = String::from_utf8_lossy(&read(net, &mut client)?).into_owned();
    if !(answer.starts_with("HTTP/1.1 101 ") && answer.contains(ACCEPT)) {
        return Err(io::Error::other(format!("the server answers: {answer}")));
    }
    Ok((client, server))
}

/// One read of the client's program.
fn read(net: &mut Net, client: &mut Socket) -> io::Result<Vec<u8>> {
    net.client().run(|| {
        let mut buffer = [0; 1024];
        let count = client.read(&mut buffer)?;
        Ok(buffer[..count].to_vec())
    })
}

/// The client's program reads, and has to find these octets.
fn finds(net: &mut Net, client: &mut Socket, expected: &[u8]) -> io::Result<()> {
    let found = read(net, client)?;
    if found == expected {
        return Ok(());
    }
    Err(io::Error::other(format!("the client reads {found:02x?}")))
}

/// The server's program reads its next message, and has to find this one.
fn takes(net: &mut Net, server: &mut Endpoint, expected: &Message) -> io::Result<()> {
    let found = net.server().run(|| websocket::read(server))?;
    is(&found, expected)
}

fn is(found: &Message, expected: &Message) -> io::Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(io::Error::other(format!("the server reads {found:?}")))
}

/// The client begins the closing handshake; the server answers it, and closes the connection first (RFC 6455 §7.1.1).
fn closed_in_order(net: &mut Net, mut client: Socket, mut server: Endpoint) -> io::Result<()> {
    let closing = net.server().start(move || {
        let close = websocket::read(&mut server)?;
        match websocket::read(&mut server) {
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => Ok(close),
            other => Err(io::Error::other(format!("after its close: {other:?}"))),
        }
    });
    let close = masked(LAST | CLOSE, &NORMAL);
    net.client().run(|| client.write_all(&close))?;
    if !closing.join(net)?.is_close() {
        return Err(io::Error::other("the server's program reads no close"));
    }
    finds(net, &mut client, b"\x88\x02\x03\xe8")?;
    finds(net, &mut client, b"")?;
    net.client().run(|| drop(client));
    Ok(())
}

/// RFC 6455 §1.3, §5, §7: the server speaks first, then both at once, then a ping, then the closing handshake.
// ANCHOR: upgrade_then_frames
fn upgrade_then_frames(net: &mut Net) -> io::Result<()> {
    let (mut client, mut server) = upgraded(net)?;

    net.server()
        .run(|| websocket::send(&mut server, Message::text("news")))?;
    finds(net, &mut client, b"\x81\x04news")?;
    net.client()
        .note("reads \"news\", and has asked for nothing");

    net.wire().hold(data());
    let thanks = masked(LAST | TEXT, b"thanks");
    net.client().run(|| client.write_all(&thanks))?;
    net.server()
        .run(|| websocket::send(&mut server, Message::text("more")))?;
    net.wire().let_pass();
    net.wire().release_all();
    finds(net, &mut client, b"\x81\x04more")?;
    takes(net, &mut server, &Message::text("thanks"))?;

    net.server()
        .run(|| websocket::send(&mut server, Message::Ping("there?".into())))?;
    finds(net, &mut client, b"\x89\x06there?")?;
    let pong = masked(LAST | PONG, b"there?");
    net.client().run(|| client.write_all(&pong))?;
    takes(net, &mut server, &Message::Pong("there?".into()))?;

    closed_in_order(net, client, server)
}
// ANCHOR_END: upgrade_then_frames

/// RFC 9110 §7.8: a server may ignore the field. This one is hyper's, and has never been told of WebSocket.
fn upgrade_ignored(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| peer::listen(addresses::server(PORT)))?;
    let serving = serve_targets(net, listener, 1);
    let mut client = connected(net, CLIENT_PORT)?;
    let plain = b"GET /more HTTP/1.1\r\nHost: server\r\n\r\n";
    for (request, content) in [(REQUEST, "this is /news"), (plain, "this is /more")] {
        net.client().run(|| client.write_all(request))?;
        let answer = String::from_utf8_lossy(&read(net, &mut client)?).into_owned();
        if !(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with(content)) {
            return Err(io::Error::other(format!("the server answers: {answer}")));
        }
    }
    net.client().run(|| drop(client));
    serving.join(net)
}

/// RFC 6455 §5.4: a message, its frames and the segments are three things.
fn fragments_and_a_ping(net: &mut Net) -> io::Result<()> {
    let (mut client, mut server) = upgraded(net)?;

    let beginning = masked(TEXT, b"Hel");
    net.client().run(|| client.write_all(&beginning))?;
    let ping = masked(LAST | PING, b"");
    net.client().run(|| client.write_all(&ping))?;
    takes(net, &mut server, &Message::Ping("".into()))?;
    let reading = net.server().start(move || {
        let message = websocket::read(&mut server)?;
        io::Result::Ok((server, message))
    });
    finds(net, &mut client, b"\x8a\0")?;
    let end = masked(LAST | CONTINUED, b"lo");
    net.client().run(|| client.write_all(&end))?;
    let (mut server, message) = reading.join(net)?;
    is(&message, &Message::text("Hello"))?;
    net.server().note("reads one message: \"Hello\"");

    let two = [masked(LAST | TEXT, b"one"), masked(LAST | TEXT, b"two")].concat();
    net.client().run(|| client.write_all(&two))?;
    takes(net, &mut server, &Message::text("one"))?;
    takes(net, &mut server, &Message::text("two"))?;
    net.server().note("reads two messages: \"one\", \"two\"");

    let cut = masked(LAST | TEXT, b"three");
    let (head, rest) = cut.split_at(7);
    net.client().run(|| client.write_all(head))?;
    net.client().run(|| client.write_all(rest))?;
    takes(net, &mut server, &Message::text("three"))?;
    net.server().note("reads one message: \"three\"");

    closed_in_order(net, client, server)
}

/// RFC 6455 §5.1: the server must close the connection. tungstenite sends no close frame before.
fn unmasked_frame(net: &mut Net) -> io::Result<()> {
    let (mut client, mut server) = upgraded(net)?;
    net.client().run(|| client.write_all(b"\x81\x05Hello"))?;
    match net.server().run(|| websocket::read(&mut server)) {
        Err(error) if error.kind() == ErrorKind::Other => {
            net.server().note("refuses the frame, and closes");
        }
        other => return Err(io::Error::other(format!("the server's program: {other:?}"))),
    }
    net.server().run(|| drop(server));
    finds(net, &mut client, b"")?;
    net.client().run(|| drop(client));
    Ok(())
}

/// The client reads each event before the next is sent.
// ANCHOR: ten_events
fn ten_events_websocket(net: &mut Net) -> io::Result<()> {
    let (mut client, mut server) = upgraded(net)?;
    for number in 1..=10 {
        let event = format!("event {number}");
        let message = Message::text(event.clone());
        net.server().run(|| websocket::send(&mut server, message))?;
        let frame = [&[LAST | TEXT, event.len() as u8], event.as_bytes()].concat();
        finds(net, &mut client, &frame)?;
    }
    closed_in_order(net, client, server)
}
// ANCHOR_END: ten_events
