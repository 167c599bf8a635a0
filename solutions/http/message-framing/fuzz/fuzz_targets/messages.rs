//! Any octets as messages: however they are cut, they are read as the same ones, which keep their limits and can be written again.
#![no_main]

use std::io::{self, BufRead, BufReader, Read};

use libfuzzer_sys::fuzz_target;
use message_framing::{
    LONGEST_CONTENT, LONGEST_LINE, MOST_FIELDS, Message, Refused, Start, Version, read_request,
    read_response,
};

fuzz_target!(|input: &[u8]| {
    let [reading, size, octets @ ..] = input else {
        return;
    };
    let whole = all(octets, *reading);
    let size = usize::from(*size).max(1);
    let mut in_pieces = BufReader::with_capacity(size, Interrupted(octets, false));
    assert_eq!(whole, all(&mut in_pieces, *reading));
    for message in whole.into_iter().filter_map(Result::ok) {
        check(&message, *reading);
    }
});

/// A stream whose every other call is interrupted.
struct Interrupted<'a>(&'a [u8], bool);

impl Read for Interrupted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        self.0.read(buffer)
    }
}

/// All messages, and the error behind them if there is one.
fn all(mut stream: impl BufRead, reading: u8) -> Vec<Result<Message, Refused>> {
    let mut found = Vec::new();
    while let Some(next) = next(&mut stream, reading).transpose() {
        let goes_on = next.is_ok();
        found.push(next);
        if !goes_on {
            break;
        }
    }
    found
}

fn next(stream: &mut impl BufRead, reading: u8) -> Result<Option<Message>, Refused> {
    match reading % 4 {
        0 => read_request(stream),
        1 => read_response(stream, "GET"),
        2 => read_response(stream, "HEAD"),
        _ => read_response(stream, "CONNECT"),
    }
}

fn check(message: &Message, reading: u8) {
    assert!(message.body.content.len() <= LONGEST_CONTENT);
    for fields in [&message.fields, &message.body.trailers] {
        assert!(fields.len() <= MOST_FIELDS);
        for field in fields {
            assert!(field.name.len() + field.value.len() < LONGEST_LINE);
        }
    }
    let again = all(&written(message)[..], reading);
    let bare = Message {
        fields: Vec::new(),
        ..message.clone()
    };
    let [Ok(again)] = &again[..] else {
        panic!("{message:?} was written, and is {again:?}");
    };
    let again_bare = Message {
        fields: Vec::new(),
        ..again.clone()
    };
    assert_eq!(bare, again_bare);
}

/// A message of the same start, content and trailers, framed in one of the ways that HTTP/1.1 has for them.
fn written(message: &Message) -> Vec<u8> {
    let (line, version, has_body) = match &message.start {
        Start::Request {
            method,
            target,
            version,
        } => (
            format!("{method} {target} {}", named(*version)),
            *version,
            true,
        ),
        Start::Response {
            version,
            status,
            asked,
        } => {
            let is_tunnel = asked == "CONNECT" && (200..300).contains(status);
            let has_none = asked == "HEAD" || matches!(status, 100..=199 | 204 | 304) || is_tunnel;
            (
                format!("{} {status:03} ", named(*version)),
                *version,
                !has_none,
            )
        }
    };
    let mut octets = format!("{line}\r\n").into_bytes();
    let content = &message.body.content;
    if !has_body {
        octets.extend(b"\r\n");
    } else if version == Version::Http10 {
        octets.extend(format!("Content-Length: {}\r\n\r\n", content.len()).bytes());
        octets.extend(content);
    } else {
        octets.extend(b"Transfer-Encoding: chunked\r\n\r\n");
        for chunk in content.chunks(17) {
            octets.extend(format!("{:x}\r\n", chunk.len()).bytes());
            octets.extend(chunk);
            octets.extend(b"\r\n");
        }
        octets.extend(b"0\r\n");
        for field in &message.body.trailers {
            octets.extend(field.name.bytes());
            octets.push(b':');
            octets.extend(&field.value);
            octets.extend(b"\r\n");
        }
        octets.extend(b"\r\n");
    }
    octets
}

fn named(version: Version) -> &'static str {
    match version {
        Version::Http10 => "HTTP/1.0",
        Version::Http11 => "HTTP/1.1",
    }
}
