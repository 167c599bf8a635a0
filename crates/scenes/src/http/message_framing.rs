//! How long is the body?

use std::io::{self, Read, Write};

use lab::peer::{accept, listen};
use lab::{Net, addresses};
use socket2::Socket;
use tokio::sync::mpsc::unbounded_channel;
use web::server::{content, content_and_trailers, pieces, whole};

use super::peers::{connected, read_until, response};
use crate::programs::{CLIENT_PORT, PORT};
use crate::view::MESSAGES;
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "four-answers",
        title: "Four answers on one connection, each with another end",
        view: MESSAGES,
        adjust: as_usual,
        script: four_answers,
    },
    Scene {
        name: "chunks-cut-anywhere",
        title: "Two chunks and a trailer in four segments",
        view: MESSAGES,
        adjust: as_usual,
        script: chunks_cut_anywhere,
    },
    Scene {
        name: "smuggled",
        title: "Two programs count two requests, and not the same two",
        view: MESSAGES,
        adjust: as_usual,
        script: smuggled,
    },
    Scene {
        name: "smuggling-ends-here",
        title: "The same message for hyper, which closes after its answer",
        view: MESSAGES,
        adjust: as_usual,
        script: smuggling_ends_here,
    },
    Scene {
        name: "two-lengths-refused",
        title: "A request with two lengths",
        view: MESSAGES,
        adjust: as_usual,
        script: |net| refused_by_hyper(net, &two_lengths()),
    },
    Scene {
        name: "too-many-fields",
        title: "A request with a hundred and one fields",
        view: MESSAGES,
        adjust: as_usual,
        script: |net| refused_by_hyper(net, &a_hundred_and_one_fields()),
    },
];

/// RFC 9112 §6.3: rules 1, 6, 4 and 8. The server's program answers the last two in the same way; hyper sees that an HTTP/1.0 client knows
/// no chunks (§6.1).
fn four_answers(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let serving = net.server().start(|| {
        web::serve(listener, 1, |request| async move {
            if request.uri() == "/whole" {
                return whole("hello, world");
            }
            let (sender, receiver) = unbounded_channel();
            for piece in ["hello, ", "world"] {
                // The receiver is still there.
                let _ = sender.send(piece.into());
            }
            pieces(receiver)
        })
    });
    let mut client = connected(net, CLIENT_PORT)?;
    for (request, end) in [
        ("HEAD /whole HTTP/1.1", Some("\r\n\r\n")),
        ("GET /whole HTTP/1.1", Some("hello, world")),
        ("GET /pieces HTTP/1.1", Some("0\r\n\r\n")),
        ("GET /pieces HTTP/1.0", None),
    ] {
        net.client()
            .run(|| client.write_all(format!("{request}\r\nHost: server\r\n\r\n").as_bytes()))?;
        let response = net.client().run(|| match end {
            Some(end) => read_until(&mut client, end),
            None => io::read_to_string(&mut client),
        })?;
        net.client().note(&says_of_its_length(&response));
    }
    net.client().run(move || drop(client));
    serving.join(net)
}

/// The field that says where a message ends.
fn says_of_its_length(message: &str) -> String {
    let head = message.split("\r\n\r\n").next().unwrap_or_default();
    let field = head.lines().find(|line| {
        let line = line.to_ascii_lowercase();
        line.starts_with("content-length:") || line.starts_with("transfer-encoding:")
    });
    field.unwrap_or("no length").to_owned()
}

/// RFC 9112 §7.1 and RFC 9293 §3.7: chunks are not segments, and even the digits of a size may come apart.
fn chunks_cut_anywhere(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let serving = net.server().start(|| {
        web::serve(listener, 1, |request| async move {
            match content_and_trailers(request).await {
                Ok((content, trailers)) => whole(format!(
                    "{} octets, {} trailer",
                    content.len(),
                    trailers.len()
                )),
                Err(error) => whole(error.to_string()),
            }
        })
    });
    let mut client = connected(net, CLIENT_PORT)?;
    // ANCHOR: chunks
    for octets in [
        "POST / HTTP/1.1\r\nHost: server\r\nTransfer-Encoding: chunked\r\n\r\n1",
        "0\r\nhello, every",
        "body\r",
        "\n1\r\n!\r\n0\r\nOctets: 17\r\n\r\n",
    ] {
        net.client().run(|| client.write_all(octets.as_bytes()))?;
    }
    // ANCHOR_END: chunks
    net.client().run(|| read_until(&mut client, "1 trailer"))?;
    net.client().run(move || drop(client));
    serving.join(net)
}

/// What the first user sends.
// ANCHOR: ambiguous
fn ambiguous() -> String {
    let hidden = "GET /secret HTTP/1.1\r\nX: ";
    let body = format!("0\r\n\r\n{hidden}");
    format!(
        "POST /search HTTP/1.1\r\nHost: server\r\nContent-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n{body}",
        body.len()
    )
}
// ANCHOR_END: ambiguous

/// What the second user sends.
const MINE: &str = "GET /mine HTTP/1.1\r\nHost: server\r\n\r\n";

// ANCHOR: two-readers
/// Where a message ends for a program that looks at Content-Length and at nothing else.
fn end_by_length(octets: &str) -> Option<usize> {
    let body = octets.find("\r\n\r\n")? + 4;
    let mut words = octets[..body].split_whitespace();
    let length = words
        .by_ref()
        .find(|word| word.eq_ignore_ascii_case("content-length:"))
        .and_then(|_| words.next()?.parse().ok());
    let end = body + length.unwrap_or(0);
    (octets.len() >= end).then_some(end)
}

/// Where it ends for a program that knows chunks: behind the first last chunk, if it has chunks.
fn end_by_coding(octets: &str) -> Option<usize> {
    const LAST: &str = "0\r\n\r\n";
    let body = octets.find("\r\n\r\n")? + 4;
    if !octets[..body].contains("Transfer-Encoding: chunked") {
        return end_by_length(octets);
    }
    Some(body + octets[body..].find(LAST)? + LAST.len())
}
// ANCHOR_END: two-readers

/// RFC 9112 §11.2. The client is a front: it takes requests from two users and sends them on, on one connection. Neither program does what
/// §6.1 and §6.3 ask of it. Both know Content-Length; only the back knows chunks.
fn smuggled(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let mut front = connected(net, CLIENT_PORT)?;
    let mut back = net.server().run(|| accept(&listener))?;
    let mut kept = String::new();
    for (user, request) in [("first", ambiguous()), ("second", MINE.to_owned())] {
        forward(net, &mut front, user, &request)?;
        let octets = net.server().run(|| read_some(&mut back))?;
        kept.push_str(&octets);
        while let Some(end) = end_by_coding(&kept) {
            let target = target(&kept).to_owned();
            kept.drain(..end);
            net.server()
                .note(&format!("the back: a request for {target}"));
            let response = response(&format!("this is {target}"));
            net.server().run(|| back.write_all(response.as_bytes()))?;
        }
        take_back(net, &mut front, user)?;
    }
    net.client().run(move || drop(front));
    net.server().run(move || drop(back));
    Ok(())
}

/// The same front and the same users. hyper goes by the Transfer-Encoding, as it may, and closes then, as it must (RFC 9112 §6.1).
fn smuggling_ends_here(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let serving = net.server().start(|| {
        web::serve(listener, 2, |request| async move {
            let target = request.uri().clone();
            match content(request).await {
                Ok(content) => whole(format!("{target}: {} octets", content.len())),
                Err(error) => whole(error.to_string()),
            }
        })
    });
    let requests = [("first", ambiguous()), ("second", MINE.to_owned())];
    for (port, (user, request)) in (CLIENT_PORT..).zip(requests) {
        let mut front = connected(net, port)?;
        forward(net, &mut front, user, &request)?;
        let response = take_back(net, &mut front, user)?;
        let closes = response.contains("connection: close");
        if closes != (user == "first") {
            return Err(io::Error::other(response));
        }
        if closes {
            net.client().run(|| io::read_to_string(&mut front))?;
            net.client().note("the front: this connection is over");
        }
        net.client().run(move || drop(front));
    }
    serving.join(net)
}

/// The front sends a user's request on, if it is one request for the front.
fn forward(net: &mut Net, front: &mut Socket, user: &str, request: &str) -> io::Result<()> {
    if end_by_length(request) != Some(request.len()) {
        return Err(io::Error::other("the front takes this for more than one"));
    }
    let text = format!("the front: the {user} user's request, {}", target(request));
    net.client().note(&text);
    net.client().run(|| front.write_all(request.as_bytes()))
}

/// The front reads one response, and takes it for the answer to this user's request.
fn take_back(net: &mut Net, front: &mut Socket, user: &str) -> io::Result<String> {
    let response = net.client().run(|| {
        let mut read = String::new();
        while end_by_length(&read) != Some(read.len()) {
            read.push_str(&read_some(front)?);
        }
        io::Result::Ok(read)
    })?;
    let content = response.rsplit("\r\n\r\n").next().unwrap_or_default();
    let text = format!("the front, to the {user} user: \"{content}\"");
    net.client().note(&text);
    Ok(response)
}

/// What one call returns, which is not nothing.
fn read_some(socket: &mut Socket) -> io::Result<String> {
    let mut buffer = [0; 1024];
    match socket.read(&mut buffer)? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        length => String::from_utf8(buffer[..length].to_vec()).map_err(io::Error::other),
    }
}

/// The second word of a request.
fn target(request: &str) -> &str {
    request.split(' ').nth(1).unwrap_or_default()
}

fn two_lengths() -> String {
    "POST / HTTP/1.1\r\nHost: server\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"
        .to_owned()
}

fn a_hundred_and_one_fields() -> String {
    format!(
        "GET / HTTP/1.1\r\nHost: server\r\n{}\r\n",
        "X: 1\r\n".repeat(100)
    )
}

/// hyper says what is wrong, and closes.
fn refused_by_hyper(net: &mut Net, request: &str) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let serving = net
        .server()
        .start(|| web::serve(listener, 1, |_| async { whole("hello") }));
    let mut client = connected(net, CLIENT_PORT)?;
    net.client().run(|| client.write_all(request.as_bytes()))?;
    net.client().run(|| io::read_to_string(&mut client))?;
    net.client().run(move || drop(client));
    match serving.join(net) {
        Err(_) => Ok(()),
        Ok(()) => Err(io::Error::other("hyper has found nothing wrong")),
    }
}
