//! What your functions make of messages, and what the wire saw of your client and your server.

/// The laboratory needs Linux, and so do the last five tests.
#[cfg(target_os = "linux")]
mod client;
#[cfg(target_os = "linux")]
mod server;
#[cfg(target_os = "linux")]
mod wire;

use std::io::{self, BufReader, ErrorKind, Read};

use persistent_connections::message::Head;
use persistent_connections::{LIMIT, persists, read_content};

fn head(text: &str) -> Head {
    let text = format!("{text}\r\n\r\n");
    let read = Head::read(&mut text.as_bytes());
    read.ok().flatten().expect("a head of this test")
}

#[test]
fn close_or_the_version_decides() {
    let cases = [
        ("HTTP/1.1 200 OK", true),
        ("GET / HTTP/1.1\r\nHost: server", true),
        ("HTTP/1.1 200 OK\r\nConnection: close", false),
        ("GET / HTTP/1.1\r\nconnection: Close", false),
        ("HTTP/1.1 200 OK\r\nConnection: upgrade, close", false),
        (
            "HTTP/1.1 200 OK\r\nConnection: x\r\nConnection: close",
            false,
        ),
        ("HTTP/1.1 200 OK\r\nConnection: closely", true),
        ("HTTP/1.1 200 OK\r\nClose: yes", true),
        ("HTTP/1.1 200 OK\r\nConnection: keep-alive", true),
        ("HTTP/1.2 200 OK", true),
        ("HTTP/1.0 200 OK", false),
        ("GET / HTTP/1.0\r\nConnection: keep-alive", false),
    ];
    for (text, right) in cases {
        let found = persists(&head(text));
        assert!(
            found == right,
            "After the message\n\n{text}\n\nthe connection {}, and your persists() returns {found} (RFC 9112 section 9.3)",
            if right {
                "persists"
            } else {
                "does not persist"
            }
        );
    }
}

/// What follows every message of the next test: the beginning of another.
const BEHIND: &[u8] = b"HTTP/1.1 200 OK\r\n";

/// A stream that gives at most so many octets in one call, and whose every other call is interrupted.
struct Pieces<'a> {
    left: &'a [u8],
    width: usize,
    calls: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.calls % 2 == 1 {
            return Err(ErrorKind::Interrupted.into());
        }
        let count = self.width.min(buffer.len()).min(self.left.len());
        let (now, later) = self.left.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.left = later;
        Ok(count)
    }
}

#[test]
fn content_length_says_where_the_next_message_begins() {
    let long = LIMIT.to_string();
    let cases = [
        ("HTTP/1.1 200 OK", "5", 5),
        ("HTTP/1.1 404 Not Found", "0", 0),
        ("HTTP/1.1 200 OK", "005", 5),
        ("HTTP/1.1 200 OK", "5, 5", 5),
        ("HTTP/1.1 200 OK", "5\r\nContent-Length: 5", 5),
        ("POST / HTTP/1.1", "3000", 3000),
        ("HTTP/1.1 200 OK", &long, LIMIT),
        ("HTTP/1.1 304 Not Modified", "5", 0),
        ("HTTP/1.1 204 No Content", "5", 0),
        ("HTTP/1.1 100 Continue", "5", 0),
        (
            "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked",
            "5",
            0,
        ),
    ];
    for (start, length, octets) in cases {
        expect_content(&format!("{start}\r\nContent-Length: {length}"), octets);
    }
    expect_content("GET / HTTP/1.1", 0);
    expect_content("HTTP/1.1 204 No Content", 0);

    for length in [
        "x",
        "",
        "-1",
        "+5",
        "0x5",
        "5 5",
        "5.0",
        "5, 6",
        "5,",
        "65537",
        "18446744073709551621",
        "99999999999999999999999999999999999999999999",
        "5\r\nContent-Length: 6",
    ] {
        let text = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}");
        expect_refusal(&text, ErrorKind::InvalidData);
    }
    expect_refusal("HTTP/1.1 200 OK", ErrorKind::Unsupported);
    for start in ["POST / HTTP/1.1", "HTTP/1.1 200 OK"] {
        let text = format!("{start}\r\nTransfer-Encoding: chunked\r\nContent-Length: 5");
        expect_refusal(&text, ErrorKind::Unsupported);
    }

    let text = "HTTP/1.1 200 OK\r\nContent-Length: 5";
    let read = read_content(&mut &b"four"[..], &head(text));
    assert!(
        matches!(&read, Err(error) if error.kind() == ErrorKind::UnexpectedEof),
        "After the head\n\n{text}\n\nfour octets came, and then the end of the connection. The message is incomplete: UnexpectedEof \
         (RFC 9112 section 6.3, rule 6). Your read_content() returns {read:?}"
    );
}

fn expect_content(text: &str, octets: usize) {
    let content: Vec<u8> = (0..octets).map(|n| n as u8).collect();
    let stream = [&content, BEHIND].concat();
    for width in [usize::MAX, 1_000, 1] {
        let mut peer = BufReader::with_capacity(
            64,
            Pieces {
                left: &stream,
                width,
                calls: 0,
            },
        );
        let read = read_content(&mut peer, &head(text));
        assert!(
            matches!(&read, Ok(read) if *read == content),
            "After the head\n\n{text}\n\n{octets} octets of content follow (RFC 9112 section 6.3), and then another message. Your \
             read_content() returns {}",
            told(&read)
        );
        let mut rest = Vec::new();
        let left = peer.read_to_end(&mut rest);
        assert!(
            left.is_ok() && rest == BEHIND,
            "Behind the {octets} octets that belong to\n\n{text}\n\nthe next message begins. Your read_content() has not left it \
             whole: what can be read now is {:?}",
            rest.escape_ascii().to_string()
        );
    }
}

fn expect_refusal(text: &str, kind: ErrorKind) {
    let stream = [&[b'.'; 70_000], BEHIND].concat();
    let mut peer = &stream[..];
    let read = read_content(&mut peer, &head(text));
    assert!(
        matches!(&read, Err(error) if error.kind() == kind),
        "After the head\n\n{text}\n\nit cannot be told, or not be trusted, where the content ends, or the content is longer than LIMIT: the error should be {kind:?} \
         (RFC 9112 section 6.3; RFC 9110 section 8.6). Your read_content() returns {}",
        told(&read)
    );
    assert!(
        peer.len() == stream.len(),
        "The head\n\n{text}\n\nis refused, and so nothing should be read behind it; your read_content() has read {} octets",
        stream.len() - peer.len()
    );
}

fn told(read: &io::Result<Vec<u8>>) -> String {
    match read {
        Ok(content) => format!("{} octets", content.len()),
        Err(error) => format!("the error {:?}", error.kind()),
    }
}

#[cfg(target_os = "linux")]
#[test]
fn three_requests_take_one_connection() {
    let trace = client::three_requests();
    grade::expect_ladder!("one-connection", "RFC 9112 section 9.3", trace);
    client::interim_responses();
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_said_to_close_is_not_used_again() {
    client::hyper_says_close();
    client::the_client_closes_first();
}

#[cfg(target_os = "linux")]
#[test]
fn an_idle_connection_that_has_ended_is_noticed() {
    client::idle::something_has_come();
    client::idle::more_came_with_the_response();
    client::idle::it_ends_before_the_response();
    client::idle::the_response_is_an_error();
    let trace = client::idle::the_request_is_on_its_way();
    grade::expect_ladder!(
        "asked-once-more",
        "RFC 9112 section 9.5 and RFC 9110 section 9.2.2",
        trace
    );
    client::idle::the_first_ends_without_a_response();
    client::idle::the_second_ends_without_a_response();
    client::idle::it_ends_within_the_response();
    client::idle::nothing_comes_in_time();
}

#[cfg(target_os = "linux")]
#[test]
fn the_server_goes_on_until_it_hears_close() {
    let trace = server::three_answers();
    grade::expect_ladder!("three-answers", "RFC 9112 section 9.3", trace);
    server::the_last_request();
    server::two_requests_after_a_pause();
    server::a_request_that_is_cut_off();
}

#[cfg(target_os = "linux")]
#[test]
fn the_last_response_survives_what_comes_behind_the_request() {
    let trace = server::closing::a_slow_wire();
    grade::expect_ladder!("last-response", "RFC 9112 section 9.6", trace);
    server::closing::a_client_that_does_not_end();
    server::closing::a_client_that_floods();
    server::closing::a_client_that_resets();
}
