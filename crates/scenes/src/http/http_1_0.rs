//! One request, one connection.

use std::io::{self, Read, Write};
use std::net::Shutdown;

use lab::peer::{accept, listen};
use lab::{Net, addresses};
use socket2::Socket;
use tokio::sync::mpsc::unbounded_channel;
use web::server::{pieces, whole};

use super::peers::{connected, read_until, serve_targets};
use crate::programs::{CLIENT_PORT, PORT};
use crate::view::MESSAGES;
use crate::{Scene, as_usual};

/// A request line, and the empty line that ends the head.
const REQUEST: &[u8] = b"GET / HTTP/1.0\r\n\r\n";

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "three-requests-http10",
        title: "Three requests by HTTP/1.0: three connections",
        view: MESSAGES,
        adjust: as_usual,
        script: three_requests_http10,
    },
    Scene {
        name: "request-in-pieces",
        title: "A request in three segments: what ends it is an empty line",
        view: MESSAGES,
        adjust: as_usual,
        script: request_in_pieces,
    },
    Scene {
        name: "body-until-the-fin",
        title: "A body of which nobody knew the length, and its end",
        view: MESSAGES,
        adjust: as_usual,
        script: body_until_the_fin,
    },
    Scene {
        name: "broken-off-body",
        title: "A server closes in the middle of a body, without and with Content-Length",
        view: MESSAGES,
        adjust: as_usual,
        script: broken_off_body,
    },
    Scene {
        name: "half-closed-request",
        title: "A client shuts down its sending side behind its request, and hyper does not answer",
        view: MESSAGES,
        adjust: as_usual,
        script: half_closed_request,
    },
    Scene {
        name: "http10-keep-alive",
        title: "Three requests by HTTP/1.0 with Connection: keep-alive: one connection",
        view: MESSAGES,
        adjust: as_usual,
        script: http10_keep_alive,
    },
];

/// The server is hyper's, which closes after its response (RFC 1945 §1.3). The client reads until then.
fn three_requests_http10(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let serving = serve_targets(net, listener, 3);
    for (port, target) in (CLIENT_PORT..).zip(["/1", "/2", "/3"]) {
        let mut client = connected(net, port)?;
        net.client().run(|| {
            // ANCHOR: get
            client.write_all(format!("GET {target} HTTP/1.0\r\n\r\n").as_bytes())?;
            let mut response = Vec::new();
            client.read_to_end(&mut response)
            // ANCHOR_END: get
        })?;
        net.client().run(move || drop(client));
    }
    serving.join(net)
}

/// TCP gives no sign of where a message ends, and PSH is none: the server waits for the empty line (RFC 1945 §4.1).
fn request_in_pieces(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let serving = net
        .server()
        .start(|| web::serve(listener, 1, |_| async { whole("hello") }));
    let mut client = connected(net, CLIENT_PORT)?;
    for (what, piece) in [
        ("half of a line", "GET / HT"),
        ("the rest of the line", "TP/1.0\r\n"),
        ("an empty line", "\r\n"),
    ] {
        net.client().note(what);
        net.client().run(|| client.write_all(piece.as_bytes()))?;
    }
    net.client().run(|| client.read_to_end(&mut Vec::new()))?;
    net.client().run(move || drop(client));
    serving.join(net)
}

/// hyper does not know the length when it sends the head, so it says none, and the end of the connection is the end of the body
/// (RFC 1945 §7.2.2).
fn body_until_the_fin(net: &mut Net) -> io::Result<()> {
    let (sender, receiver) = unbounded_channel();
    let receiver = std::cell::Cell::new(Some(receiver));
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let serving = net.server().start(|| {
        web::serve(listener, 1, move |_| {
            let answer = receiver.take().map_or_else(|| whole("again"), pieces);
            async { answer }
        })
    });
    let mut client = connected(net, CLIENT_PORT)?;
    net.client().run(|| client.write_all(REQUEST))?;
    for piece in ["hello, ", "wor", "ld"] {
        net.server()
            .run(|| sender.send(piece.into()))
            .map_err(io::Error::other)?;
    }
    net.server().note("the body is complete");
    net.server().run(move || drop(sender));
    read_and_note(net, client)?;
    serving.join(net)
}

/// The server's program is in bare calls, since it is to break off: early, and by a FIN as ever.
fn broken_off_body(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let heads = [
        "HTTP/1.0 200 OK\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 12\r\n\r\n",
    ];
    for (port, head) in (CLIENT_PORT..).zip(heads) {
        let mut client = connected(net, port)?;
        let mut server = net.server().run(|| accept(&listener))?;
        net.client().run(|| client.write_all(REQUEST))?;
        net.server().run(|| {
            server.read_exact(&mut [0; REQUEST.len()])?;
            server.write_all(format!("{head}hello, wor").as_bytes())
        })?;
        net.server().note("close(), two octets too early");
        net.server().run(move || drop(server));
        read_and_note(net, client)?;
    }
    Ok(())
}

/// A client's half-close does not say that it has lost interest (RFC 9112 §9.6), and hyper takes it for that, unless told otherwise. The
/// answer is not ready yet when the FIN comes.
fn half_closed_request(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let serving = net.server().start(|| {
        web::serve(listener, 1, |_| async {
            std::future::pending::<()>().await;
            whole("never")
        })
    });
    let mut client = connected(net, CLIENT_PORT)?;
    net.client().run(|| client.write_all(REQUEST))?;
    net.client().note("shutdown(SHUT_WR)");
    net.client().run(|| client.shutdown(Shutdown::Write))?;
    let mut read = Vec::new();
    net.client().run(|| client.read_to_end(&mut read))?;
    if let Err(error) = serving.join(net) {
        net.server().note(&format!("hyper: {error}"));
    }
    net.client()
        .note(&format!("{} octets, then the end", read.len()));
    Ok(())
}

/// RFC 2068 §19.7.1: what was agreed on beside HTTP/1.0. hyper says it too, and says the length of each body.
fn http10_keep_alive(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let serving = serve_targets(net, listener, 1);
    let mut client = connected(net, CLIENT_PORT)?;
    for target in ["/1", "/2", "/3"] {
        let request = format!("GET {target} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        net.client().run(|| client.write_all(request.as_bytes()))?;
        let read = net.client().run(|| read_until(&mut client, target))?;
        let agreed = read
            .lines()
            .any(|line| line.eq_ignore_ascii_case("connection: keep-alive"));
        if !agreed {
            return Err(io::Error::other("the server has not agreed"));
        }
    }
    net.client().run(move || drop(client));
    serving.join(net)
}

/// The client's program reads until the other side has finished, writes down what it knows then, and closes.
fn read_and_note(net: &mut Net, mut client: Socket) -> io::Result<()> {
    let mut read = String::new();
    net.client().run(|| client.read_to_string(&mut read))?;
    let (head, body) = read
        .split_once("\r\n\r\n")
        .ok_or(io::ErrorKind::InvalidData)?;
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Length: "));
    let announced = length.map_or_else(
        || "no length was announced".to_owned(),
        |length| format!("{length} were announced"),
    );
    net.client().note(&format!(
        "{} octets of body, then the end; {announced}",
        body.len()
    ));
    net.client().run(move || drop(client));
    Ok(())
}
