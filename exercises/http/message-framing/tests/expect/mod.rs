//! What is expected of the functions, and what a failure says.

use message_framing::{Body, Field, Framing, Message, Refused, Start, Version, framing, read_body};

use crate::stream::Stream;

pub(crate) fn request() -> Start {
    Start::Request {
        method: "POST".to_owned(),
        target: "/".to_owned(),
        version: Version::Http11,
    }
}

pub(crate) fn response(asked: &str, status: u16) -> Start {
    Start::Response {
        version: Version::Http11,
        status,
        asked: asked.to_owned(),
    }
}

pub(crate) fn in_http10(mut start: Start) -> Start {
    match &mut start {
        Start::Request { version, .. } | Start::Response { version, .. } => {
            *version = Version::Http10
        }
    }
    start
}

/// Fields as they stand on the wire, without the empty line.
pub(crate) fn fields(lines: &[&str]) -> Vec<Field> {
    let parse = |line: &&str| Field::parse(line.as_bytes()).expect("a field of this test");
    lines.iter().map(parse).collect()
}

#[track_caller]
pub(crate) fn expect_framing(
    start: &Start,
    lines: &[&str],
    expected: Result<Framing, Refused>,
    why: &str,
) {
    let found = framing(start, &fields(lines));
    assert!(
        found == expected,
        "{start:?} with the fields {lines:?}.\nexpected: {expected:?}: {why}\nfound:    {found:?}"
    );
}

/// What one call of `read_request` or `read_response` gives.
pub(crate) fn outcome(found: &Result<Option<Message>, Refused>) -> String {
    match found {
        Ok(Some(message)) => format!(
            "a message with the fields {:?}, {} octets of content, \"{}\", and the trailers {:?}",
            names(&message.fields),
            message.body.content.len(),
            shown(&message.body.content),
            names(&message.body.trailers)
        ),
        Ok(None) => "None: there is no message".to_owned(),
        Err(refused) => format!("the error {refused:?}"),
    }
}

pub(crate) fn shown(octets: &[u8]) -> String {
    const SHOWN: usize = 120;
    let begin = &octets[..octets.len().min(SHOWN)];
    let more = if octets.len() > SHOWN { "..." } else { "" };
    format!("{}{more}", begin.escape_ascii())
}

pub(crate) fn names(fields: &[Field]) -> Vec<String> {
    fields.iter().map(|field| field.name.clone()).collect()
}

/// A body of this text, of which so much is left over.
#[track_caller]
pub(crate) fn expect_body(
    text: &str,
    framing: Framing,
    content: &str,
    trailers: &[&str],
    rest: &str,
) {
    let mut stream = Stream::whole(text);
    let found = read_body(&mut stream, framing);
    let expected = Body {
        content: content.as_bytes().to_vec(),
        trailers: fields(trailers),
    };
    assert!(
        found.as_ref() == Ok(&expected),
        "A body that ends by {framing:?}, in the stream {text:?}.\nexpected: the content {content:?}, the trailers {trailers:?}\n\
         found:    {}",
        match &found {
            Ok(body) => format!(
                "the content \"{}\", the trailers {:?}",
                shown(&body.content),
                names(&body.trailers)
            ),
            Err(refused) => format!("the error {refused:?}"),
        }
    );
    let left = stream.rest();
    assert!(
        left == rest.as_bytes(),
        "A body that ends by {framing:?}, in the stream {text:?}.\nexpected: {rest:?} is left for the next message\nfound:    \"{}\" is left",
        shown(&left)
    );
}

#[track_caller]
pub(crate) fn expect_refused(stream: &mut Stream, framing: Framing, refused: Refused, why: &str) {
    let found = read_body(stream, framing);
    assert!(
        found == Err(refused),
        "A body that ends by {framing:?}: {why}.\nexpected: the error {refused:?}\nfound:    {}",
        match found {
            Ok(body) => format!("a content of {} octets", body.content.len()),
            Err(refused) => format!("the error {refused:?}"),
        }
    );
}
