//! Your client before servers of all kinds.

pub(crate) mod bodies;
pub(crate) mod refusals;

use std::io::{self, ErrorKind, Read, Write};

use http_1_0::{Response, get};
use lab::peer::{abort, accept, listen};
use lab::{Lab, Net, Settings, Side, Trace, addresses};
use socket2::Socket;
use trace::{Payload, View};
use web::server::whole;

const PORT: u16 = 80;

/// The limit of most tests.
const LONGEST_BODY: usize = 1_000;

/// What a server sends, one after the other.
type Pieces<'a> = &'a [&'a [u8]];

/// How a server ends the connection.
#[derive(Clone, Copy)]
enum End {
    Close,
    Reset,
}

fn listener(net: &mut Net) -> io::Result<Socket> {
    net.server().run(|| listen(addresses::server(PORT)))
}

/// How many of the client's segments are such.
fn sent(net: &Net, such: impl Fn(&trace::Segment) -> bool) -> usize {
    let segments = net.trace().sent_by(Side::Client);
    segments.filter(such).count()
}

/// What your client makes of a server that takes the request, whatever it is, and then does this.
fn asked(
    net: &mut Net,
    listener: &Socket,
    longest_body: usize,
    serve: impl FnOnce(&mut Net, Socket) -> io::Result<()>,
) -> io::Result<io::Result<Response>> {
    let before = sent(net, |segment| !segment.payload.is_empty());
    let asking = net
        .client()
        .start(move || get(addresses::server(PORT), "/", longest_body));
    net.settle();
    assert!(
        sent(net, |segment| !segment.payload.is_empty()) > before,
        "the server waits for a request, and your get() has sent none: connect, and send the octets of request() \
         (RFC 1945 section 1.3)"
    );
    let mut server = net.server().run(|| accept(listener))?;
    net.server().run(|| server.read(&mut [0; 4096]))?;
    serve(net, server)?;
    Ok(asking.join(net))
}

/// The same for a server that sends these pieces, one after the other, and ends the connection.
fn answered(
    net: &mut Net,
    listener: &Socket,
    pieces: Pieces<'_>,
    end: End,
) -> io::Result<io::Result<Response>> {
    asked(net, listener, LONGEST_BODY, |net, mut server| {
        for piece in pieces {
            // A client that has gone is seen by what it returns.
            let _ = net.server().run(|| server.write_all(piece));
        }
        match end {
            End::Close => net.server().run(|| drop(server)),
            End::Reset => net.server().run(|| abort(server))?,
        }
        Ok(())
    })
}

/// What was sent, as a message shows it.
fn shown(pieces: Pieces<'_>) -> String {
    if pieces.concat().is_empty() {
        return "nothing".to_owned();
    }
    let pieces = pieces.iter().map(|piece| {
        let text = piece.escape_ascii().to_string();
        match text.len() {
            0..=80 => format!("`{text}`"),
            _ => format!("`{}...` ({} octets)", &text[..40], piece.len()),
        }
    });
    pieces.collect::<Vec<_>>().join(", then ")
}

/// What a client has returned, as a message shows it.
fn told(result: &io::Result<Response>) -> String {
    match result {
        Ok(Response { status, body }) => format!("Ok: status {status}, body {}", shown(&[body])),
        Err(error) => format!("Err: {:?}", error.kind()),
    }
}

#[track_caller]
fn expect(result: &io::Result<Response>, status: u16, body: &[u8], why: &str) {
    let right =
        matches!(result, Ok(response) if response.status == status && response.body == body);
    assert!(
        right,
        "{why}. So the response has status {status} and the body {}. Your get() says {}",
        shown(&[body]),
        told(result)
    );
}

#[track_caller]
fn expect_error(result: &io::Result<Response>, kind: ErrorKind, why: &str) {
    assert!(
        matches!(result, Err(error) if error.kind() == kind),
        "{why}. Your get() should return the error {kind:?}. It says {}",
        told(result)
    );
}

/// hyper is asked for a page.
pub(crate) fn hyper_answers() -> Trace {
    let settings = Settings {
        view: View {
            mss: false,
            payload: Payload::Messages,
            ..View::default()
        },
        ..Settings::default()
    };
    Lab::run_with(settings, |net| {
        let listener = listener(net)?;
        let serving = net.server().start(|| {
            web::serve(listener, 1, |request| async move {
                whole(format!("this is {}", request.uri()))
            })
        });
        let response = net
            .client()
            .run(|| get(addresses::server(PORT), "/1", LONGEST_BODY));
        expect(
            &response,
            200,
            b"this is /1",
            "hyper's server was asked for /1 and has answered `HTTP/1.0 200 OK` and `this is /1`",
        );
        serving.join(net)
    })
}
