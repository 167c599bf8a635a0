//! What has to be an error.

use std::io::{self, ErrorKind, Write};

use http_1_0::{LONGEST_HEAD, get};
use lab::{Lab, addresses};
use trace::State;

use super::{
    End, LONGEST_BODY, PORT, answered, asked, expect, expect_error, listener, sent, shown,
};

/// Connections that end too early, or are reset, or never come about.
pub(crate) fn lost_connections() {
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

/// What is no response, or none that may be read.
pub(crate) fn no_responses() {
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
    let endless_head = full_head(LONGEST_HEAD + 4, 0);
    let cases: [(&[u8], &str); 11] = [
        (
            &endless_head[..LONGEST_HEAD],
            "so many octets have come without the empty line that the head is too long, however it would have gone on",
        ),
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
        let result = answered(
            net,
            &listener,
            &[&endless_head[..LONGEST_HEAD - 1]],
            End::Close,
        )?;
        let why = "the server sent one octet less than LONGEST_HEAD, and closed before the empty line: the head is incomplete, and not \
                   too long yet";
        expect_error(&result, ErrorKind::UnexpectedEof, why);
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
