//! What the wire saw of your client, and what your client made of the answers.

use std::io::{self, ErrorKind, Read, Write};

use grade::expect_ladder;
use http_1_0::{LONGEST_HEAD, Response, get, request};
use lab::peer::{abort, accept, listen};
use lab::{Lab, Net, Settings, Side, addresses};
use socket2::Socket;
use trace::{Payload, State, View};
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
    let segments = net.trace().segments();
    segments
        .filter(|(from, segment)| *from == Side::Client && such(segment))
        .count()
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

#[test]
fn the_request_is_one_line_and_an_empty_one() {
    for target in ["/", "/1", "/a/page.html?of=7"] {
        let expected = format!("GET {target} HTTP/1.0\r\n\r\n");
        match request(target) {
            Ok(octets) => assert_eq!(
                octets.escape_ascii().to_string(),
                expected.escape_default().to_string(),
                "a request line is a method, a target and a version, with one space between them (RFC 1945 section 5.1). It ends with \
                 CR LF, and so does the empty line behind it (section 2.2)"
            ),
            Err(error) => panic!("`{target}` is a target, and your request() refuses it: {error}"),
        }
    }
    for target in [
        "",
        "page",
        "/a page",
        "/\t",
        "/ HTTP/1.0\r\nFrom: somebody",
        "/\n",
        "/\r",
        "/\0",
        "/\u{7f}",
        "/caf\u{e9}",
    ] {
        let result = request(target);
        assert!(
            matches!(&result, Err(error) if error.kind() == ErrorKind::InvalidInput),
            "{target:?} is no target for a request: it has to begin with `/` (RFC 1945 section 5.1.2), and to consist of visible ASCII characters. \
             A space would end it, and CR LF the line (section 5.1). Your \
             request() should return the error InvalidInput; it says {:?}",
            result.map(|octets| octets.escape_ascii().to_string())
        );
    }
}

#[test]
fn the_server_closes_and_then_the_client() {
    let settings = Settings {
        view: View {
            mss: false,
            payload: Payload::Messages,
            ..View::default()
        },
        ..Settings::default()
    };
    let trace = Lab::run_with(settings, |net| {
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
    });
    expect_ladder!(
        "one-request",
        "RFC 1945 section 1.3: the client connects and asks, the server answers and closes",
        trace
    );
}

#[test]
fn the_body_ends_where_the_connection_ends() {
    let long = vec![b'b'; LONGEST_BODY];
    let field = [b"X-Long: ".as_slice(), &[b'x'; 4_000], b"\r\n"].concat();
    let octet_by_octet: Vec<&[u8]> = b"HTTP/1.0 200 OK\r\n\r\nhi".chunks(1).collect();
    let cases: [(Pieces<'_>, u16, &[u8]); 9] = [
        (&[b"HTTP/1.0 200 OK\r\n\r\nhello"], 200, b"hello"),
        (&[b"HTTP/1.0 200\r\n\r\nhello"], 200, b"hello"),
        (
            &[b"HTTP/1.0 200 OK\r\n\r\n", b"hello, ", b"wor", b"ld"],
            200,
            b"hello, world",
        ),
        (&octet_by_octet, 200, b"hi"),
        (
            &[b"HTTP/1.1 404 Not Found\r\nServer: x\r\n\r", b"\nnothing"],
            404,
            b"nothing",
        ),
        (&[b"HTTP/1.0 200 \r\n\r\n"], 200, b""),
        (
            &[b"HTTP/1.0 200 OK\r\n\r\none\r\n\r\ntwo\r\n\r\n"],
            200,
            b"one\r\n\r\ntwo\r\n\r\n",
        ),
        (
            &[b"HTTP/1.0 200 OK\r\nServer: caf\xe9\r\n\r\n\0\xff\x80\r"],
            200,
            b"\0\xff\x80\r",
        ),
        (
            &[b"HTTP/1.0 200 OK\r\n", &field, b"\r\n", &long],
            200,
            &long,
        ),
    ];
    Lab::run(|net| {
        let listener = listener(net)?;
        for (pieces, status, body) in cases {
            let result = answered(net, &listener, pieces, End::Close)?;
            let why = format!(
                "the server sent {} and closed. It announced no length, so the body is all that came behind the empty line until the \
                 connection ended (RFC 1945 section 7.2.2), however it was cut into pieces",
                shown(pieces)
            );
            expect(&result, status, body, &why);
        }
        let page = vec![b'p'; 100_000];
        for (longest_body, body) in [(page.len(), page.as_slice()), (usize::MAX, b"hello")] {
            let result = asked(net, &listener, longest_body, |net, mut server| {
                let octets = [b"HTTP/1.0 200 OK\r\n\r\n", body].concat();
                // A client that has gone is seen by what it returns.
                let _ = net.server().run(|| server.write_all(&octets));
                net.server().run(|| drop(server));
                Ok(())
            })?;
            let why = format!(
                "the server sent a body of {} octets and closed, and the caller wants {longest_body} at most",
                body.len()
            );
            expect(&result, 200, body, &why);
        }
        io::Result::Ok(())
    });
}

#[test]
fn an_announced_length_is_checked() {
    let whole: [(&[u8], u16, &[u8]); 8] = [
        (
            b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\ncontent-length: 5\r\n\r\nhello",
            200,
            b"hello",
        ),
        (b"HTTP/1.0 304 Not Modified\r\n\r\nhello", 304, b""),
        (
            b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            200,
            b"hello",
        ),
        (
            b"HTTP/1.0 200 OK\r\nCONTENT-length:5\r\n\r\nhello, world",
            200,
            b"hello",
        ),
        (
            b"HTTP/1.0 200 OK\r\nX-Content-Length: 9\r\n\r\nhello",
            200,
            b"hello",
        ),
        (
            b"HTTP/1.0 404 Not Found\r\ncontent-length: 0\r\n\r\n",
            404,
            b"",
        ),
        (
            b"HTTP/1.0 304 Not Modified\r\nContent-Length: 100\r\n\r\n",
            304,
            b"",
        ),
        (b"HTTP/1.0 204 No Content\r\n\r\n", 204, b""),
    ];
    let wrong: [(&[u8], ErrorKind, &str); 7] = [
        (
            b"HTTP/1.0 200 OK\r\nContent-Length: 12\r\n\r\nhello, wor",
            ErrorKind::UnexpectedEof,
            "two octets are missing (RFC 9112 section 6.3)",
        ),
        (
            b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n",
            ErrorKind::UnexpectedEof,
            "one octet is missing (RFC 9112 section 6.3)",
        ),
        (
            b"HTTP/1.0 200 OK\r\nContent-Length: +5\r\n\r\nhello",
            ErrorKind::InvalidData,
            "a length is decimal digits and nothing else (RFC 1945 section 10.4)",
        ),
        (
            b"HTTP/1.0 200 OK\r\nContent-Length: five\r\n\r\nhello",
            ErrorKind::InvalidData,
            "a length is decimal digits and nothing else (RFC 1945 section 10.4)",
        ),
        (
            b"HTTP/1.0 200 OK\r\nContent-Length: 18446744073709551621\r\n\r\nhello",
            ErrorKind::InvalidData,
            "this number is 2^64 + 5, and nobody can read so much",
        ),
        (
            b"HTTP/1.0 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nhello",
            ErrorKind::InvalidData,
            "this is more than the longest body that the caller wants",
        ),
        (
            b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\nContent-Length: 4\r\n\r\nhello",
            ErrorKind::InvalidData,
            "the two lengths contradict each other (RFC 9112 section 6.3)",
        ),
    ];
    Lab::run(|net| {
        let listener = listener(net)?;
        for (answer, status, body) in whole {
            let result = answered(net, &listener, &[answer], End::Close)?;
            let why = format!(
                "the server sent {} and closed. A Content-Length says how long the body is (RFC 1945 section 7.2.2), and the statuses \
                 204 and 304 have none (section 7.2)",
                shown(&[answer])
            );
            expect(&result, status, body, &why);
        }
        for (answer, kind, why) in wrong {
            let result = answered(net, &listener, &[answer], End::Close)?;
            let why = format!("the server sent {} and closed: {why}", shown(&[answer]));
            expect_error(&result, kind, &why);
        }
        io::Result::Ok(())
    });
}

#[test]
fn a_connection_that_is_lost_has_not_ended() {
    let cases: [(&[u8], End, ErrorKind); 7] = [
        (
            b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            End::Reset,
            ErrorKind::ConnectionReset,
        ),
        (
            b"HTTP/1.0 200 OK\r\n\r\nhello",
            End::Reset,
            ErrorKind::ConnectionReset,
        ),
        (
            b"HTTP/1.0 200 OK\r\n",
            End::Reset,
            ErrorKind::ConnectionReset,
        ),
        (b"", End::Reset, ErrorKind::ConnectionReset),
        (b"", End::Close, ErrorKind::UnexpectedEof),
        (b"HTTP/1.0 2", End::Close, ErrorKind::UnexpectedEof),
        (
            b"HTTP/1.0 200 OK\r\nServer: x\r\n\r",
            End::Close,
            ErrorKind::UnexpectedEof,
        ),
    ];
    Lab::run(|net| {
        let refused = net
            .client()
            .run(|| get(addresses::server(PORT), "/a b", LONGEST_BODY));
        expect_error(
            &refused,
            ErrorKind::InvalidInput,
            "the target `/a b` has a space in it, which request() refuses: get() has to ask request() before it connects",
        );
        assert!(
            sent(net, |_| true) == 0,
            "get() has connected for a target that request() refuses: ask request() first"
        );
        let unheard = net
            .client()
            .run(|| get(addresses::server(PORT), "/", LONGEST_BODY));
        expect_error(
            &unheard,
            ErrorKind::ConnectionRefused,
            "nobody listens at the server's port",
        );
        let listener = listener(net)?;
        for (answer, end, kind) in cases {
            let result = answered(net, &listener, &[answer], end)?;
            let ended = match end {
                End::Close => {
                    "closed. Without the empty line the head is incomplete (RFC 9112 section 8)"
                }
                End::Reset => {
                    "reset the connection. That is an error of the connection and not its end (RFC 9112 section 8), and the task wants it \
                     whatever has come before it"
                }
            };
            let why = format!("the server sent {} and {ended}", shown(&[answer]));
            expect_error(&result, kind, &why);
        }
        io::Result::Ok(())
    });
}

#[test]
fn what_is_no_response_is_refused() {
    let too_long = [
        b"HTTP/1.0 200 OK\r\n\r\n".as_slice(),
        &[b'b'; LONGEST_BODY + 1],
    ]
    .concat();
    let long_head = [
        b"HTTP/1.0 200 OK\r\nX-Long: ".as_slice(),
        &[b'x'; LONGEST_HEAD],
        b"\r\n\r\nhello",
    ]
    .concat();
    let status_line = "the first line is no status line (RFC 1945 section 6.1), and this client does not speak HTTP/0.9";
    let full_head = |octets: usize, body: usize| {
        let begin = b"HTTP/1.0 200 OK\r\nX: ";
        let long = vec![b'x'; octets - begin.len() - 4];
        [begin, &long[..], b"\r\n\r\n", &vec![b'b'; body]].concat()
    };
    let cases: [(&[u8], &str); 10] = [
        (
            &full_head(LONGEST_HEAD, LONGEST_BODY + 1),
            "the head has LONGEST_HEAD octets, and the body is one octet longer than the caller wants",
        ),
        (
            &full_head(LONGEST_HEAD + 1, 0),
            "the head has one octet more than LONGEST_HEAD, with the empty line",
        ),
        (b"hello\r\n\r\n", status_line),
        (b"HTTP/1.0 20 OK\r\n\r\n", status_line),
        (b"HTTP/1.0 +20 OK\r\n\r\n", status_line),
        (b"HTTP/1.0 2000 OK\r\n\r\n", status_line),
        (b"HTTP/one 200 OK\r\n\r\n", status_line),
        (b"HTTP/1.0\r\n\r\n", status_line),
        (
            &too_long,
            "the body is one octet longer than the caller wants",
        ),
        (&long_head, "the head is longer than LONGEST_HEAD"),
    ];
    let endless: [(&[u8], &[u8]); 3] = [
        (b"HTTP/1.0 200 ", b"OK and "),
        (b"HTTP/1.0 200 OK\r\n", b"X: y\r\n"),
        (b"HTTP/1.0 200 OK\r\n\r\n", b"b"),
    ];
    Lab::run(|net| {
        let listener = listener(net)?;
        let longest = full_head(LONGEST_HEAD, LONGEST_BODY);
        let result = answered(net, &listener, &[&longest], End::Close)?;
        let why = "the server sent a head of LONGEST_HEAD octets, with the empty line, and the longest body that the caller wants";
        expect(&result, 200, &longest[LONGEST_HEAD..], why);
        for (answer, why) in cases {
            let result = answered(net, &listener, &[answer], End::Close)?;
            let why = format!("the server sent {} and closed: {why}", shown(&[answer]));
            expect_error(&result, ErrorKind::InvalidData, &why);
        }
        for (begin, again) in endless {
            let sending = format!("the server sent `{}`", begin.escape_ascii());
            let sending = format!(
                "{sending}, and then `{}` again and again",
                again.escape_ascii()
            );
            let result = asked(net, &listener, LONGEST_BODY, |net, mut server| {
                let octets = [begin, &again.repeat(3 * LONGEST_HEAD / again.len())].concat();
                // A client that has gone is seen by its state.
                let _ = net.server().run(|| server.write_all(&octets));
                let what = format!(
                    "your get() to stop reading: {sending}, {} octets in all, and might send for ever, while the longest head \
                     and the longest body together are less than half of that",
                    octets.len()
                );
                net.wait_for_states(&what, |states| {
                    let mut sockets = states.client.iter();
                    !sockets.any(|socket| socket.state == State::Established)
                });
                Ok(())
            })?;
            expect_error(&result, ErrorKind::InvalidData, &sending);
        }
        io::Result::Ok(())
    });
}
