//! The same octets in one piece and in many.

use message_framing::{Message, Refused, read_request, read_response};
use proptest::prelude::*;

use crate::expect::outcome;
use crate::stream::Stream;

/// Which messages a stream is taken for: requests, or responses to a method.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reading {
    Requests,
    Responses(&'static str),
}

/// All that a reader finds in a stream, up to its end or to the first error, and where each message has ended.
pub(crate) fn all(
    stream: &mut Stream,
    what: Reading,
) -> Vec<(usize, Result<Option<Message>, Refused>)> {
    let mut found = Vec::new();
    loop {
        let next = match what {
            Reading::Requests => read_request(stream),
            Reading::Responses(asked) => read_response(stream, asked),
        };
        let goes_on = matches!(next, Ok(Some(_)));
        found.push((stream.taken, next));
        if !goes_on {
            return found;
        }
    }
}

/// A stream in pieces of these sizes, and of these again.
pub(crate) fn cut(octets: &[u8], sizes: &[usize]) -> Stream {
    let mut rest = octets;
    Stream::of(sizes.iter().cycle().map_while(|size| {
        let (piece, after) = rest.split_at(rest.len().min(*size));
        rest = after;
        (!piece.is_empty()).then(|| piece.to_vec())
    }))
}

pub(crate) fn expect_the_same(
    octets: &[u8],
    sizes: &[usize],
    what: Reading,
) -> Result<(), TestCaseError> {
    let whole = all(&mut Stream::whole(octets), what);
    let mut stream = cut(octets, sizes);
    stream.interrupts = true;
    let in_pieces = all(&mut stream, what);
    prop_assert!(
        whole == in_pieces,
        "The stream \"{}\", read as {what:?}.\nin one piece: {}\nin pieces of {sizes:?} octets, and these again, with interrupted \
         calls: {}",
        octets.escape_ascii(),
        told(&whole),
        told(&in_pieces)
    );
    Ok(())
}

/// Each message or error, and the number of octets that had been read then.
fn told(found: &[(usize, Result<Option<Message>, Refused>)]) -> String {
    let told = found
        .iter()
        .map(|(taken, found)| format!("\n- up to octet {taken}: {}", outcome(found)));
    told.collect()
}

pub(crate) fn readers() -> impl Strategy<Value = Reading> {
    prop::sample::select(vec![
        Reading::Requests,
        Reading::Responses("GET"),
        Reading::Responses("HEAD"),
        Reading::Responses("CONNECT"),
    ])
}

pub(crate) fn sizes() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(1..40_usize, 1..8)
}

/// Octets that are often nearly a message or two: parts of messages, most of them in their places.
pub(crate) fn nearly_messages() -> impl Strategy<Value = Vec<u8>> {
    let start = one_of(&[
        b"GET / HTTP/1.1\r\n",
        b"POST / HTTP/1.1\r\n",
        b"GET / HTTP/1.0\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 204 \r\n",
        b"HTTP/1.0 200 OK\r\n",
    ]);
    let field = one_of(&[
        b"Content-Length: 5\r\n",
        b"Content-Length: 0\r\n",
        b"content-length:18446744073709551616\r\n",
        b"Content-Length: -1\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"transfer-encoding: CHUNKED\r\n",
        b"Transfer-Encoding: gzip\r\n",
        b"Host: server\r\n",
        b"X: \xff\r\n",
        b"\xff: x\r\n",
        b": \r\n",
        b" \r\n",
    ]);
    let body = one_of(&[
        b"5\r\nhello\r\n",
        b"5;x=y\r\nhello\r\n",
        b"5;\xff\r\nhello\r\n",
        b"A\r\n0123456789\r\n",
        b"FFFFFFFFFFFFFFFF\r\n",
        b"\xff\r\n",
        b"0\r\n",
        b"0\r\n\r\n",
        b"\r\n",
        b"\n",
        b"\r",
        b"hello",
    ]);
    let fields = prop::collection::vec(field, 0..3);
    let bodies = prop::collection::vec(body, 0..5);
    let message = (start, fields, prop::bool::weighted(0.9), bodies);
    let message = message.prop_map(|(start, fields, ends, bodies)| {
        let end: &[u8] = if ends { b"\r\n" } else { b"" };
        [start, &fields.concat(), end, &bodies.concat()].concat()
    });
    prop::collection::vec(message, 1..3).prop_map(|messages| messages.concat())
}

fn one_of(octets: &[&'static [u8]]) -> impl Strategy<Value = &'static [u8]> + use<> {
    prop::sample::select(octets.to_vec())
}
