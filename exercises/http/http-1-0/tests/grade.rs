//! What your client asks for, what the wire saw of it, and what it made of the answers.

/// The laboratory needs Linux, and so do the last five tests.
#[cfg(target_os = "linux")]
mod client;

use std::io::ErrorKind;

use http_1_0::request;

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

#[cfg(target_os = "linux")]
#[test]
fn the_server_closes_and_then_the_client() {
    let trace = client::hyper_answers();
    grade::expect_ladder!(
        "one-request",
        "RFC 1945 section 1.3: the client connects and asks, the server answers and closes",
        trace
    );
}

#[cfg(target_os = "linux")]
#[test]
fn the_body_ends_where_the_connection_ends() {
    client::bodies::bodies_without_a_length();
}

#[cfg(target_os = "linux")]
#[test]
fn an_announced_length_is_checked() {
    client::bodies::announced_lengths();
}

#[cfg(target_os = "linux")]
#[test]
fn a_connection_that_is_lost_has_not_ended() {
    client::refusals::lost_connections();
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_no_response_is_refused() {
    client::refusals::no_responses();
}
