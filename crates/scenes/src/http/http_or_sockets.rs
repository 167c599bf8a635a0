//! What ten events cost by each way.

use std::io::{self, Read, Write};

use lab::Net;
use socket2::Socket;

use crate::programs::{Connection, call};
use crate::view::WITH_PAYLOAD;
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[Scene {
    name: "ten-events-bare-socket",
    title: "Ten events over a bare connection, each a length and a text",
    view: WITH_PAYLOAD,
    adjust: as_usual,
    script: ten_events_bare_socket,
}];

/// The server's program: the length in four octets, as in the exercise about streams, and the text, in one write.
// ANCHOR: tell
fn tell(server: &mut Socket, event: &str) -> io::Result<()> {
    let length = event.len() as u32;
    server.write_all(&[&length.to_be_bytes(), event.as_bytes()].concat())
}
// ANCHOR_END: tell

/// The client's program: all events up to the end of the stream, each checked against the one that should come. It sends nothing.
// ANCHOR: hear
fn hear(client: &mut Socket) -> io::Result<()> {
    for number in 1..=10 {
        let mut length = [0; 4];
        client.read_exact(&mut length)?;
        let mut event = String::new();
        let length = u32::from_be_bytes(length).into();
        client.take(length).read_to_string(&mut event)?;
        if event != format!("event {number}") {
            return Err(io::Error::other(format!("the client reads {event:?}")));
        }
    }
    match client.read(&mut [0])? {
        0 => Ok(()),
        _ => Err(io::Error::other("the client reads more than ten events")),
    }
}
// ANCHOR_END: hear

/// RFC 9293 §2.2: data flows in both directions, and nothing says who begins. The client waits in `read` before the first event is sent,
/// and has not asked for anything: that it wants the news has to follow from the port.
// ANCHOR: ten_events
fn ten_events_bare_socket(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        mut server,
    } = call(net)?;
    let hearing = net
        .client()
        .start(move || hear(&mut client).map(|()| client));
    net.settle();
    for number in 1..=10 {
        net.server()
            .run(|| tell(&mut server, &format!("event {number}")))?;
    }
    net.server().run(|| drop(server));
    let client = hearing.join(net)?;
    net.client().run(|| drop(client));
    Ok(())
}
// ANCHOR_END: ten_events
