//! Your reader before messages that are in order, messages that are not, and messages that never end.

mod arrival;
mod expect;
mod limits;
mod stream;

use std::io::ErrorKind;

use grade::any_inputs;
use message_framing::{
    Body, Framing, LONGEST_CONTENT, LONGEST_EXTENSIONS, LONGEST_LINE, MOST_FIELDS, Refused, Start,
    Version, read_body, read_request, read_response,
};
use proptest::prelude::*;

use arrival::{Reading, all, cut, expect_the_same, nearly_messages, readers, sizes};
use expect::{
    expect_body, expect_framing, expect_refused, fields, in_http10, outcome, request, response,
};
use stream::{Broken, Stream};

#[test]
fn the_rules_stand_in_their_order() {
    const LENGTH: &str = "Content-Length: 5";
    const CHUNKED: &str = "Transfer-Encoding: chunked";
    use Framing::{Chunked, Length, Nothing, ToTheEnd, Tunnel};
    let first = "rule 1, RFC 9112 section 6.3: such a response ends with the empty line, whatever its fields say";
    for (asked, status) in [
        ("HEAD", 200),
        ("HEAD", 404),
        ("GET", 204),
        ("GET", 304),
        ("GET", 100),
        ("POST", 199),
    ] {
        for lines in [
            &[] as &[&str],
            &[LENGTH],
            &[CHUNKED],
            &[LENGTH, CHUNKED],
            &["Content-Length: no"],
        ] {
            expect_framing(&response(asked, status), lines, Ok(Nothing), first);
        }
    }
    let second = "rule 2, RFC 9112 section 6.3: after a 2xx to CONNECT the connection is a tunnel, and the client ignores both fields";
    for lines in [&[] as &[&str], &[LENGTH], &[CHUNKED]] {
        expect_framing(&response("CONNECT", 200), lines, Ok(Tunnel), second);
    }
    for (status, lines) in [
        (200, &[LENGTH, CHUNKED] as &[&str]),
        (200, &["Content-Length: no"]),
        (204, &[LENGTH]),
        (299, &[LENGTH]),
    ] {
        let expected = if status == 204 { Nothing } else { Tunnel };
        let why =
            "rules 1 and 2, RFC 9112 section 6.3, come before every rule that looks at a field";
        expect_framing(&response("CONNECT", status), lines, Ok(expected), why);
    }
    expect_framing(
        &in_http10(response("HEAD", 200)),
        &[CHUNKED],
        Ok(Nothing),
        first,
    );
    expect_framing(
        &response("CONNECT", 403),
        &[LENGTH],
        Ok(Length(5)),
        "rule 6: the tunnel was refused, and this is a response like any other",
    );
    expect_framing(
        &request(),
        &[LENGTH],
        Ok(Length(5)),
        "rule 6, RFC 9112 section 6.3",
    );
    expect_framing(
        &response("GET", 200),
        &[LENGTH],
        Ok(Length(5)),
        "rule 6, RFC 9112 section 6.3",
    );
    expect_framing(
        &response("GET", 404),
        &["content-LENGTH:0"],
        Ok(Length(0)),
        "rule 6: a status other than 1xx, 204 and 304 changes nothing",
    );
    expect_framing(
        &in_http10(request()),
        &[LENGTH],
        Ok(Length(5)),
        "rule 6: HTTP/1.0 has Content-Length too",
    );
    for start in [
        response("head", 200),
        response("GET", 205),
        response("GET", 301),
    ] {
        let why = "rule 6: rule 1 has three kinds of status and one method, and methods are case-sensitive (RFC 9110 section 9.1)";
        expect_framing(&start, &[LENGTH], Ok(Length(5)), why);
    }
    for method in ["GET", "HEAD", "DELETE"] {
        let start = Start::Request {
            method: method.to_owned(),
            target: "/".to_owned(),
            version: Version::Http11,
        };
        let why = "the framing of a request does not depend on its method (RFC 9112 section 6): what the server does not read as its body \
                   would be the next request";
        expect_framing(&start, &[LENGTH], Ok(Length(5)), why);
        expect_framing(&start, &[CHUNKED], Ok(Chunked), why);
    }
    let fourth = "rule 4, RFC 9112 section 6.3";
    for start in [request(), response("GET", 200)] {
        for lines in [
            &[CHUNKED] as &[&str],
            &["transfer-encoding: CHUNKED"],
            &["Transfer-Encoding: gzip, chunked"],
            &["Transfer-Encoding: gzip", CHUNKED],
            &["Transfer-Encoding: , chunked ,"],
        ] {
            expect_framing(&start, lines, Ok(Chunked), fourth);
        }
    }
    for lines in [
        &["Transfer-Encoding: gzip"] as &[&str],
        &["Transfer-Encoding: chunked, gzip"],
        &[CHUNKED, "Transfer-Encoding: gzip"],
        &["Transfer-Encoding: xchunked"],
        &["Transfer-Encoding: identity"],
        &["Transfer-Encoding:"],
        &["Transfer-Encoding: ,"],
    ] {
        expect_framing(
            &request(),
            lines,
            Err(Refused::Framing),
            "rule 4, RFC 9112 section 6.3: chunked is not the last coding, so the length of a request cannot be determined",
        );
        expect_framing(
            &response("GET", 200),
            lines,
            Ok(ToTheEnd),
            "rule 4, RFC 9112 section 6.3: chunked is not the last coding, so a response is read until the server closes",
        );
    }
    for lines in [
        &["Transfer-Encoding: chunked, chunked"] as &[&str],
        &[CHUNKED, CHUNKED],
        &["Transfer-Encoding: chunked, gzip, chunked"],
        &["Transfer-Encoding: chunked, chunked, gzip"],
        &["Transfer-Encoding: chunked;q=1"],
        &["Transfer-Encoding: \"chunked\""],
        &["Transfer-Encoding: gzip;q=1, chunked"],
    ] {
        for start in [request(), response("GET", 200)] {
            expect_framing(
                &start,
                lines,
                Err(Refused::Framing),
                "rule 4: chunked once (RFC 9112 section 6.1), without parameters (section 7.1), and every coding a token",
            );
        }
    }
    for start in [request(), response("GET", 200)] {
        for line in [CHUNKED, "Transfer-Encoding: gzip"] {
            expect_framing(
                &in_http10(start.clone()),
                &[line],
                Err(Refused::Framing),
                "RFC 9112 section 6.1: Transfer-Encoding makes the framing of an HTTP/1.0 message faulty",
            );
        }
    }
    expect_framing(
        &request(),
        &["Host: server"],
        Ok(Nothing),
        "rule 7, RFC 9112 section 6.3: a request is never ended by the end of the connection",
    );
    expect_framing(
        &response("GET", 200),
        &["Date: today"],
        Ok(ToTheEnd),
        "rule 8, RFC 9112 section 6.3",
    );
}

#[test]
fn two_lengths_count_only_if_they_are_the_same() {
    let why = "rule 5, RFC 9112 section 6.3: all values are valid and the same";
    for lines in [
        &["Content-Length: 5", "Content-Length: 5"] as &[&str],
        &["Content-Length: 5, 5"],
        &["Content-Length: 5 ,, 5", "content-length:\t5"],
        &["Content-Length: 005"],
        &["Content-Length: 5, 005"],
    ] {
        for start in [request(), response("GET", 200)] {
            expect_framing(&start, lines, Ok(Framing::Length(5)), why);
        }
    }
    let why = "rule 5, RFC 9112 section 6.3: which of the two would the next program believe?";
    for lines in [
        &["Content-Length: 5", "Content-Length: 6"] as &[&str],
        &["Content-Length: 6", "Content-Length: 5"],
        &["Content-Length: 5, 6"],
        &[
            "Content-Length: 5",
            "Content-Length: 5",
            "Content-Length: 50",
        ],
        // The first is the second with 2^64 added, and the third cannot be one of them.
        &["Content-Length: 18446744073709551621, 5"],
        &[
            "Content-Length: 18446744073709551621",
            "Content-Length: 18446744073709551622",
        ],
    ] {
        for start in [request(), response("GET", 200)] {
            expect_framing(&start, lines, Err(Refused::Framing), why);
        }
    }
    let why = "rule 5, RFC 9112 section 6.3: Content-Length is decimal digits and nothing else (RFC 9110 section 8.6)";
    for value in [
        "", ",", "+5", "-5", "0x5", "5.0", "5 5", "five", "5;", "5, x", "\u{665}",
    ] {
        let line = format!("Content-Length: {value}");
        expect_framing(&request(), &[&line], Err(Refused::Framing), why);
        expect_framing(&response("GET", 200), &[&line], Err(Refused::Framing), why);
    }
}

#[test]
fn a_length_beside_a_transfer_coding_is_refused() {
    let why = "rule 3, RFC 9112 section 6.3: it ought to be handled as an error";
    for lines in [
        ["Content-Length: 5", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", "Content-Length: 5"],
        ["Transfer-Encoding: gzip", "Content-Length: 5"],
        ["transfer-encoding: CHUNKED", "content-length: 0"],
        ["Transfer-Encoding: chunked", "Content-Length: x"],
        ["Transfer-Encoding:", "Content-Length: 5"],
    ] {
        for start in [request(), response("GET", 200), in_http10(request())] {
            expect_framing(&start, &lines, Err(Refused::Framing), why);
        }
    }
    let smuggled = "GET /secret HTTP/1.1\r\nHost: server\r\n\r\n";
    let message = format!(
        "POST / HTTP/1.1\r\nHost: server\r\nContent-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}",
        5 + smuggled.len()
    );
    let found = read_request(&mut Stream::whole(&message));
    assert!(
        found == Err(Refused::Framing),
        "The message of the chapter, which is one request for one program and two for another.\nexpected: the error Framing\n\
         found:    {}",
        outcome(&found)
    );
}

#[test]
fn chunks_are_counted_in_hexadecimal_and_trailers_follow() {
    expect_body("hello, world", Framing::Length(5), "hello", &[], ", world");
    for nothing in [Framing::Length(0), Framing::Nothing, Framing::Tunnel] {
        expect_body("GET", nothing, "", &[], "GET");
    }
    let chunked = Framing::Chunked;
    expect_body("5\r\nhello\r\n0\r\n\r\nGET", chunked, "hello", &[], "GET");
    expect_body(
        "10\r\n0123456789abcdef\r\n0\r\n\r\n",
        chunked,
        "0123456789abcdef",
        &[],
        "",
    );
    expect_body(
        "a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n",
        chunked,
        "01234567890123456789a",
        &[],
        "",
    );
    expect_body("0\r\n\r\n0\r\n\r\n", chunked, "", &[], "0\r\n\r\n");
    expect_body(
        "000000000000000000000000000000000005\r\nhello\r\n0000\r\n\r\n",
        chunked,
        "hello",
        &[],
        "",
    );
    // What is inside of a chunk is never taken for its end.
    expect_body(
        "9\r\n\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n",
        chunked,
        "\r\n0\r\n\r\n\r\n",
        &[],
        "",
    );
    expect_body(
        "5;name=value\r\nhello\r\n1 \t;a\r\n,\r\n6;\"quoted; string\"\r\n world\r\n0;last\r\n\r\n",
        chunked,
        "hello, world",
        &[],
        "",
    );
    expect_body(
        "5\r\nhello\r\n0\r\nChecksum: 1\r\nContent-Length: 99\r\n\r\nGET",
        chunked,
        "hello",
        &["Checksum: 1", "Content-Length: 99"],
        "GET",
    );
    for text in [
        "\r\n",
        " 5\r\nhello\r\n",
        "+5\r\nhello\r\n",
        "-5\r\nhello\r\n",
        "0x5\r\nhello\r\n",
        "g\r\nhello\r\n",
        ";a\r\nhello\r\n",
        "5 \r\nhello\r\n",
        "5 5\r\nhello\r\n",
        "5\nhello\r\n",
        "5;a\rb\r\nhello\r\n",
        "5\r\nhello!\n0\r\n\r\n",
        "5\r\nhello\n\r0\r\n\r\n",
        "5\r\nhello, world\r\n0\r\n\r\n",
        "5\r\nhello\r\n0\r\nno field\r\n\r\n",
        "5\r\nhello\r\n0\r\n\n\r\n",
    ] {
        let why = format!("the stream is {text:?} (RFC 9112 section 7.1)");
        let more = "5\r\nhello\r\n0\r\n\r\n";
        expect_refused(
            &mut Stream::whole(format!("{text}{more}")),
            chunked,
            Refused::Malformed,
            &why,
        );
    }
    let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\nA: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo";
    let mut stream = Stream::whole(text);
    for content in ["one", "two"] {
        let found = read_response(&mut stream, "GET");
        assert!(
            matches!(&found, Ok(Some(message)) if message.body.content == content.as_bytes()),
            "The stream is {text:?}.\nexpected: the responses \"one\" and \"two\", here {content:?}\nfound:    {}",
            outcome(&found)
        );
    }
}

#[test]
fn every_length_has_a_limit() {
    assert_eq!(
        [
            LONGEST_LINE,
            MOST_FIELDS,
            LONGEST_CONTENT,
            LONGEST_EXTENSIONS
        ],
        [8_192, 100, 1_048_576, 4_096],
        "the limits are part of the task"
    );
    limits::lines_have_a_limit();
    limits::lists_of_fields_have_a_limit();
    limits::contents_have_a_limit();
    limits::chunks_have_a_limit();
}

#[test]
fn an_end_in_mid_message_is_an_error() {
    let texts = [
        "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: 1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: server\r\n\r\n",
    ];
    for text in texts {
        for end in 1..text.len() {
            let begin = &text[..end];
            let found = read_request(&mut Stream::whole(begin));
            assert!(
                found == Err(Refused::Incomplete),
                "The stream ends behind {begin:?}, in mid-message (RFC 9112 section 8).\nexpected: the error Incomplete\nfound:    {}",
                outcome(&found)
            );
        }
        let mut stream = Stream::whole(text);
        let found = [read_request(&mut stream), read_request(&mut stream)];
        assert!(
            matches!(found, [Ok(Some(_)), Ok(None)]),
            "The stream is {text:?} and ends there.\nexpected: a message, and then None: there is no message\nfound:    {}, and then {}",
            outcome(&found[0]),
            outcome(&found[1])
        );
    }
    // Only a response without a length is whole when the connection ends, and nobody can say whether it is (RFC 9112 section 8).
    let found = read_response(&mut Stream::whole("HTTP/1.1 200 OK\r\n\r\nhel"), "GET");
    assert!(
        matches!(&found, Ok(Some(message)) if message.body.content == b"hel"),
        "A response without a length ends where the connection ends (rule 8).\nexpected: the content \"hel\"\nfound:    {}",
        outcome(&found)
    );
    let found = read_response(&mut Broken(b"HTTP/1.1 200 OK\r\n\r\nhel"), "GET");
    assert!(
        found == Err(Refused::Stream(ErrorKind::ConnectionReset)),
        "A response without a length, and then a reset: it is not complete (RFC 9112 section 8).\nexpected: the error \
         Stream(ConnectionReset)\nfound:    {}",
        outcome(&found)
    );
    let found = read_request(&mut Broken(b"GET / HTTP/1.1\r\nHo"));
    assert!(
        found == Err(Refused::Stream(ErrorKind::ConnectionReset)),
        "The connection is reset in the middle of a line.\nexpected: the error Stream(ConnectionReset)\nfound:    {}",
        outcome(&found)
    );
    let mut broken = Broken(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhel");
    let found = read_request(&mut broken);
    assert!(
        found == Err(Refused::Stream(ErrorKind::ConnectionReset)),
        "The connection is reset in mid-message.\nexpected: the error Stream(ConnectionReset)\nfound:    {}",
        outcome(&found)
    );
}

#[test]
fn the_message_is_the_same_however_its_octets_arrive() {
    let octets = b"POST /1 HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello\r\nPOST /2 HTTP/1.1\r\nTransfer-Encoding: chunked\r\nX: \xff\r\n\r\n\
        5;\xff\r\nh\xffllo\r\n0\r\nA: \xff\r\n\r\n";
    for size in 1..octets.len() {
        let result = expect_the_same(octets, &[size], Reading::Requests);
        result.unwrap_or_else(|failure| panic!("{failure}"));
    }
    let found = all(&mut Stream::whole(octets), Reading::Requests);
    assert!(
        matches!(
            &found[..],
            [(_, Ok(Some(_))), (_, Ok(Some(_))), (_, Ok(None))]
        ),
        "The stream \"{}\" has two requests.\nfound: {found:?}",
        octets.escape_ascii()
    );
    proptest!(any_inputs(400), |(octets in nearly_messages(), sizes in sizes(), what in readers())| {
        expect_the_same(&octets, &sizes, what)?;
    });
    proptest!(any_inputs(400), |(octets in prop::collection::vec(any::<u8>(), 0..300), sizes in sizes(), what in readers())| {
        expect_the_same(&octets, &sizes, what)?;
        // Behind a head that announces chunks, any octets are a body to be read.
        let head = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        expect_the_same(&[head, &octets[..]].concat(), &sizes, Reading::Requests)?;
    });
    let chunks = prop::collection::vec(prop::collection::vec(any::<u8>(), 1..80), 0..6);
    proptest!(any_inputs(400), |(chunks in chunks, sizes in sizes(), rest in prop::collection::vec(any::<u8>(), 0..20))| {
        let mut octets = Vec::new();
        for chunk in &chunks {
            octets.extend(format!("{:X}\r\n", chunk.len()).bytes());
            octets.extend(chunk);
            octets.extend(b"\r\n");
        }
        octets.extend(b"0\r\nA: 1\r\n\r\n");
        octets.extend(&rest);
        let mut stream = cut(&octets, &sizes);
        let found = read_body(&mut stream, Framing::Chunked);
        let expected = Body { content: chunks.concat(), trailers: fields(&["A: 1"]) };
        prop_assert!(
            found.as_ref() == Ok(&expected) && stream.rest() == rest,
            "\"{}\", in pieces of {sizes:?} octets, and these again, is a body in chunks, with one trailer and {} octets behind it.\nfound: {found:?}, and {} octets are left",
            octets.escape_ascii(),
            rest.len(),
            stream.rest().len()
        );
    });
}
