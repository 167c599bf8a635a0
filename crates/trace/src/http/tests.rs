use super::*;

/// What each piece of a stream carries.
fn read(pieces: &[&[u8]]) -> Vec<Vec<String>> {
    let mut reader = Reader::default();
    pieces.iter().map(|piece| reader.read(piece)).collect()
}

#[test]
fn a_message_is_named_by_its_first_line_and_short_content_is_shown() {
    let told = read(&[
        b"GET /1 HTTP/1.1\r\nHost: server\r\n\r\nGET /2 HTTP/1.1\r\nHost: server\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n",
        b"a\nb\n",
        b"c",
    ]);
    assert_eq!(told[0], ["GET /1 HTTP/1.1", "GET /2 HTTP/1.1"]);
    assert_eq!(told[1], ["POST / HTTP/1.1"]);
    assert_eq!(told[2], [r#""a\nb\n""#]);
    assert_eq!(told[3], [r#""c""#]);
}

#[test]
fn content_goes_to_the_end_where_nothing_else_is_said() {
    let told = read(&[
        b"HTTP/1.0 200 OK\r\n\r\none",
        b"HTTP/1.0 200 OK\r\n\r\n",
        &[b'x'; 1000],
    ]);
    assert_eq!(told[0], ["HTTP/1.0 200 OK", "\"one\""]);
    assert_eq!(told[1], [r#""HTTP/1.0 200 OK\r\n\r\n""#]);
    assert_eq!(told[2], ["1000 octets"]);
}

#[test]
fn responses_without_content_are_followed_by_the_next() {
    let told = read(&[b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n1"]);
    assert_eq!(
        told[0],
        [
            "HTTP/1.1 100 Continue",
            "HTTP/1.1 204 No Content",
            "HTTP/1.1 200 OK",
            "\"1\""
        ]
    );
}

#[test]
fn chunks_are_told_one_by_one() {
    let told = read(&[
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"9\r\ndata: 1\n\n\r\n",
        b"A;x=y\r\n01234",
        b"56789\r\n0\r\nExpires: never\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    ]);
    assert_eq!(told[0], ["HTTP/1.1 200 OK"]);
    assert_eq!(told[1], [r#"chunk "data: 1\n\n""#]);
    assert_eq!(told[2], [r#"chunk "01234""#]);
    assert_eq!(
        told[3],
        [r#"chunk "56789""#, "last chunk", "HTTP/1.1 200 OK"]
    );
}

#[test]
fn a_number_with_a_sign_is_no_length() {
    let told = read(&[b"POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\nx"]);
    assert_eq!(told[0], ["POST / HTTP/1.1", "unclear length"]);
    let told = read(&[
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"+1\r\nx\r\n0\r\n\r\n",
    ]);
    assert_eq!(told[1], [""; 0]);
}

#[test]
fn after_the_upgrade_there_are_frames() {
    let told = read(&[
        b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n",
        b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58\x88\x80\0\0\0\0",
        b"\x01\x03Hel\x80\x02lo\x89\x00\x88\x02\x03\xe8",
        b"\x82\x7e\x01\x00",
        &[0; 255],
        b"\0\x89\0\x81",
    ]);
    assert_eq!(told[0], ["GET / HTTP/1.1"]);
    assert_eq!(told[1], ["masked text \"Hello\"", "masked close"]);
    assert_eq!(
        told[2],
        [
            "text \"Hel\", not the last",
            "continued \"lo\"",
            "ping \"\"",
            "close 1000"
        ]
    );
    assert_eq!(told[3], ["beginning of a frame"]);
    assert_eq!(told[4], ["..."]);
    assert_eq!(
        told[5],
        [
            "...",
            "binary 256 octets",
            "ping \"\"",
            "beginning of a frame"
        ]
    );
}

#[test]
fn after_an_upgrade_that_the_server_has_ignored_there_are_messages_as_before() {
    let told = read(&[
        b"GET /1 HTTP/1.1\r\nUpgrade: websocket\r\n\r\n",
        b"GET /2 HTTP/1.1\r\n\r\n",
    ]);
    assert_eq!(told.concat(), ["GET /1 HTTP/1.1", "GET /2 HTTP/1.1"]);
}

#[test]
fn however_a_stream_is_cut_the_same_messages_are_found() {
    let stream = b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET /b HTTP/1.1\r\n\r\n";
    for at in 0..stream.len() {
        let (one, other) = stream.split_at(at);
        let all: Vec<String> = read(&[one, other]).concat();
        let lines = |all: &[String]| {
            let lines = all.iter().filter(|piece| piece.contains("HTTP"));
            lines.cloned().collect::<Vec<_>>()
        };
        assert_eq!(
            lines(&all),
            ["POST /a HTTP/1.1", "GET /b HTTP/1.1"],
            "cut at {at}"
        );
    }
}

#[test]
fn what_is_no_message_is_not_named() {
    for octets in [
        b"hello\r\n" as &[u8],
        b"\x16\x03\x01",
        b"GET /\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
    ] {
        let mut reader = Reader::default();
        assert_eq!(reader.read(octets), [""; 0], "{}", octets.escape_ascii());
        assert_eq!(reader.read(b"GET / HTTP/1.1\r\n\r\n"), [""; 0]);
    }
}

#[test]
fn a_message_with_two_lengths_is_named_and_nothing_behind_it_until_a_segment_begins_anew() {
    for fields in [
        "Content-Length: 1\r\nTransfer-Encoding: chunked",
        "Content-Length: 1\r\nContent-Length: 2",
        "Content-Length: one",
    ] {
        let first = format!("POST / HTTP/1.1\r\n{fields}\r\n\r\n0\r\n\r\nGET /1 HTTP/1.1\r\n\r\n");
        let told = read(&[first.as_bytes(), b"more", b"GET /2 HTTP/1.1\r\n\r\n"]);
        assert_eq!(told[0], ["POST / HTTP/1.1", "unclear length"], "{fields}");
        assert_eq!(told[1], [""; 0], "{fields}");
        assert_eq!(told[2], ["GET /2 HTTP/1.1"], "{fields}");
    }
}

#[test]
fn a_response_is_read_by_what_was_asked() {
    let asked = |methods: &[&str]| Reader {
        unanswered: methods.iter().map(|method| (*method).to_owned()).collect(),
        ..Reader::default()
    };
    let response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    let told = asked(&["HEAD", "GET"])
        .read(format!("HTTP/1.1 103 Early Hints\r\n\r\n{response}{response}hi").as_bytes());
    let ok = "HTTP/1.1 200 OK";
    assert_eq!(told, ["HTTP/1.1 103 Early Hints", ok, ok, "\"hi\""]);
    let mut tunnel = asked(&["CONNECT"]);
    assert_eq!(tunnel.read(response.as_bytes()), [ok]);
    assert_eq!(tunnel.read(b"hi"), [""; 0]);
}

#[test]
fn no_octets_make_it_panic_however_they_are_cut() {
    let pieces: [&[u8]; 10] = [
        b"GET / HTTP/1.1\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"Upgrade: websocket\r\n",
        b"Content-Length: 18446744073709551615\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"\r\n",
        b"ffffffffffffffff\r\n",
        b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x88\x01\x03",
        b":\n",
    ];
    for first in 0..pieces.len().pow(4) {
        let mut reader = Reader::default();
        let mut rest = first;
        for _ in 0..4 {
            reader.read(pieces[rest % pieces.len()]);
            rest /= pieces.len();
        }
    }
}
