//! Responses that are complete, or not quite.

use std::io::{self, ErrorKind, Write};

use grade::expect_made_again;
use lab::Lab;
use lab::interruption::Blocking;

use super::{End, LONGEST_BODY, Pieces, answered, asked, expect, expect_error, listener, shown};

/// Bodies that end where the connection ends.
pub(crate) fn bodies_without_a_length() {
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
            for call in [Blocking::Send, Blocking::Receive] {
                net.client().interrupt_next(call);
            }
            let result = answered(net, &listener, pieces, End::Close)?;
            expect_made_again("get", &result);
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

/// Lengths that are kept, and others.
pub(crate) fn announced_lengths() {
    let longest = vec![b'b'; LONGEST_BODY];
    let announced = format!("HTTP/1.0 200 OK\r\nContent-Length: {LONGEST_BODY}\r\n\r\n");
    let with_longest = [announced.as_bytes(), &longest].concat();
    let whole: [(&[u8], u16, &[u8]); 9] = [
        (&with_longest, 200, &longest),
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
