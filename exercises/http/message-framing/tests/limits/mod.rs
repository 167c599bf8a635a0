//! Every limit from both sides.

use message_framing::{
    Framing, LONGEST_CONTENT, LONGEST_EXTENSIONS, LONGEST_LINE, MOST_FIELDS, Refused, read_body,
    read_fields, read_line,
};

use crate::expect::{expect_body, expect_framing, expect_refused, request, response, shown};
use crate::stream::Stream;

pub(crate) fn lines_have_a_limit() {
    let longest = "a".repeat(LONGEST_LINE);
    let found = read_line(&mut Stream::whole(format!("{longest}\r\n")));
    assert!(
        found == Ok(Some(longest.clone().into_bytes())),
        "A line of {LONGEST_LINE} octets, CR and LF not counted, is within the limit. found: {:?}",
        found.map(|line| line.map(|line| line.len()))
    );
    let found = read_line(&mut Stream::whole(format!("{longest}\r")));
    assert!(
        found == Err(Refused::Incomplete),
        "A line of {LONGEST_LINE} octets and a CR, and then the end: only the LF is missing. expected: the error Incomplete, found: {:?}",
        found.map(|line| line.map(|line| line.len()))
    );
    let mut streams = [
        (
            "a line that never ends",
            Stream::endless("", "aaaaaaaaaaaaaaaa", LONGEST_LINE + 2),
        ),
        (
            "a line that is one octet too long",
            Stream::whole(format!("{longest}a\r\n")),
        ),
        (
            "a line that is too long, and then the end",
            Stream::whole(format!("{longest}aa")),
        ),
    ];
    for (what, stream) in &mut streams {
        let found = read_line(stream);
        assert!(
            found == Err(Refused::TooLong),
            "{what}: expected the error TooLong (RFC 9110 section 5.4), found {:?}",
            found.map(|line| line.map(|line| line.len()))
        );
    }
}

pub(crate) fn lists_of_fields_have_a_limit() {
    const FIELD: &str = "a: b\r\n";
    let list = |count: usize| FIELD.repeat(count) + "\r\n";
    let found = read_fields(&mut Stream::whole(list(MOST_FIELDS)));
    assert!(
        matches!(&found, Ok(fields) if fields.len() == MOST_FIELDS),
        "{MOST_FIELDS} fields are within the limit. found: {:?}",
        found.map(|fields| fields.len())
    );
    let mut streams = [
        ("one field too many", Stream::whole(list(MOST_FIELDS + 1))),
        (
            "a header that never ends",
            Stream::endless("", FIELD, (MOST_FIELDS + 2) * FIELD.len()),
        ),
    ];
    for (what, stream) in &mut streams {
        let found = read_fields(stream);
        assert!(
            found == Err(Refused::TooLong),
            "{what}: expected the error TooLong (RFC 9110 section 5.4), found {:?}",
            found.map(|fields| fields.len())
        );
    }
    let mut stream = Stream::endless("0\r\n", FIELD, (MOST_FIELDS + 3) * FIELD.len());
    expect_refused(
        &mut stream,
        Framing::Chunked,
        Refused::TooLong,
        "trailers that never end",
    );
}

pub(crate) fn contents_have_a_limit() {
    let why =
        "RFC 9110 section 8.6: there is no largest number, so the recipient anticipates large ones";
    let line = format!("Content-Length: {LONGEST_CONTENT}");
    expect_framing(
        &request(),
        &[&line],
        Ok(Framing::Length(LONGEST_CONTENT)),
        "this is the longest content within the limit",
    );
    let too_long = [
        (LONGEST_CONTENT + 1).to_string(),
        "4294967301".to_owned(),
        "18446744073709551615".to_owned(),
        "18446744073709551621".to_owned(),
        "9".repeat(4_000),
    ];
    for number in too_long {
        let line = format!("Content-Length: {number}");
        expect_framing(&request(), &[&line], Err(Refused::TooLong), why);
        let line = format!("Content-Length: {number}, {number}");
        expect_framing(&response("GET", 200), &[&line], Err(Refused::TooLong), why);
    }
    let zeros = format!("Content-Length: {}7", "0".repeat(4_000));
    expect_framing(
        &request(),
        &[&zeros],
        Ok(Framing::Length(7)),
        "zeros in front do not make a number large",
    );
    let mut stream = Stream::endless(
        "",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        LONGEST_CONTENT + 65_536,
    );
    expect_refused(
        &mut stream,
        Framing::ToTheEnd,
        Refused::TooLong,
        "a server that never closes",
    );
    let longest = "a".repeat(LONGEST_CONTENT);
    for framing in [Framing::ToTheEnd, Framing::Length(LONGEST_CONTENT)] {
        let found = read_body(&mut Stream::whole(&longest), framing).map(|body| body.content.len());
        assert_eq!(
            found,
            Ok(LONGEST_CONTENT),
            "a content of {LONGEST_CONTENT} octets that ends by {framing:?} is within the limit"
        );
    }
    expect_refused(
        &mut Stream::whole(format!("{longest}a")),
        Framing::ToTheEnd,
        Refused::TooLong,
        "a content that is one octet too long, and then the end",
    );
    expect_body("to the end", Framing::ToTheEnd, "to the end", &[], "");
}

pub(crate) fn chunks_have_a_limit() {
    let chunked = Framing::Chunked;
    let whole = "a".repeat(LONGEST_CONTENT);
    let mut stream = Stream::whole(format!("{LONGEST_CONTENT:x}\r\n{whole}\r\n0\r\n\r\n"));
    let found = read_body(&mut stream, chunked).map(|body| body.content.len());
    assert_eq!(
        found,
        Ok(LONGEST_CONTENT),
        "a chunk of {LONGEST_CONTENT} octets is within the limit"
    );
    for size in [
        format!("{:x}", LONGEST_CONTENT + 1),
        format!("{LONGEST_CONTENT:x}"),
        "100000001".to_owned(),
        "7fffffffffffffff".to_owned(),
        "fffffffffffffffe".to_owned(),
        "ffffffffffffffff".to_owned(),
        "10000000000000001".to_owned(),
        "F".repeat(4_000),
    ] {
        // One octet has come before, so that even the largest number within the limit is too large now.
        let begin = format!("1\r\na\r\n{size}\r\n");
        let mut stream = Stream::endless(&begin, "a", begin.len());
        let why = format!(
            "after one octet, a chunk of the size {} is announced, which is too large before it is read (RFC 9112 section 7.1)",
            shown(size.as_bytes())
        );
        expect_refused(&mut stream, chunked, Refused::TooLong, &why);
    }
    let mut stream = Stream::endless("", "1\r\na\r\n", 7 * LONGEST_CONTENT);
    expect_refused(
        &mut stream,
        chunked,
        Refused::TooLong,
        "chunks of one octet that never end",
    );
    let mut stream = Stream::endless("", "0", LONGEST_LINE + 2);
    expect_refused(
        &mut stream,
        chunked,
        Refused::TooLong,
        "a chunk size that never ends",
    );
    let within = format!("1;{}\r\na\r\n0\r\n\r\n", "e".repeat(LONGEST_EXTENSIONS - 1));
    expect_body(&within, chunked, "a", &[], "");
    for size in ["1", "0"] {
        let text = format!(
            "{size};{}\r\na\r\n0\r\n\r\n",
            "e".repeat(LONGEST_EXTENSIONS)
        );
        let why = "an extension that is one octet too long, semicolon included; the last chunk's counts too";
        expect_refused(&mut Stream::whole(text), chunked, Refused::TooLong, why);
    }
    let chunk = format!("1;{}\r\na\r\n", "e".repeat(99));
    let mut stream = Stream::endless("", &chunk, 2 * LONGEST_EXTENSIONS);
    expect_refused(
        &mut stream,
        chunked,
        Refused::TooLong,
        "chunks of one octet, each with an extension of 100 octets: all extensions together have a limit (RFC 9112 section 7.1.1)",
    );
}
