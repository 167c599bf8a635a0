use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use lab::peer::{accept, listen};
use lab::{Lab, Net, addresses};
use trace::{ControlBits, Side, Trace};
use web::curl;
use web::server::whole;

use super::recorded;

scenes! {
    three_requests_http10
    request_in_pieces
    body_until_the_fin
    broken_off_body
    half_closed_request
    http10_keep_alive
}

/// What one connection had: the client's SYNs, the requests, the client's FINs, the server's FINs.
type Counts = [usize; 4];

/// What each connection had, by the client's port.
fn counts(trace: &Trace) -> BTreeMap<u16, Counts> {
    let mut counts = BTreeMap::<u16, Counts>::new();
    for (from, segment) in trace.segments() {
        let (port, fins) = match from {
            Side::Client => (segment.source.port(), 2),
            Side::Server => (segment.destination.port(), 3),
        };
        let [syns, requests, ..] = counts.entry(port).or_default();
        if from == Side::Client {
            *syns += usize::from(segment.control.contains(ControlBits::SYN));
            *requests += usize::from(segment.payload.starts_with(b"GET "));
        }
        if segment.control.contains(ControlBits::FIN) {
            counts.entry(port).or_default()[fins] += 1;
        }
    }
    counts
}

/// The ledger's rows `http10-one-request-per-connection` and `http-one-connection-is-open-to-close` say so.
#[test]
fn a_connection_begins_once_and_ends_once_however_many_requests_it_carries() {
    let one_each = [
        (40000, [1, 1, 1, 1]),
        (40001, [1, 1, 1, 1]),
        (40002, [1, 1, 1, 1]),
    ];
    assert_eq!(counts(&recorded("three-requests-http10")), one_each.into());
    let three_on_one = [(40000, [1, 3, 1, 1])];
    assert_eq!(counts(&recorded("http10-keep-alive")), three_on_one.into());
}

/// The server's FIN comes first; the snapshots show its kernel in TIME-WAIT at the end. The ledger's row `http10-released-automatically` says so.
#[test]
fn after_each_http10_response_the_server_closes_first() {
    for name in ["three-requests-http10", "body-until-the-fin"] {
        let trace = recorded(name);
        for port in counts(&trace).into_keys() {
            let fins = trace.segments().filter(|(_, segment)| {
                segment.has_port(port) && segment.control.contains(ControlBits::FIN)
            });
            let order: Vec<Side> = fins.map(|(from, _)| from).collect();
            assert_eq!(order, [Side::Server, Side::Client], "{name}, port {port}");
        }
    }
}

fn url() -> String {
    format!("http://{}/", addresses::server(80))
}

/// The chapter says so: another program than its own does the same.
#[test]
fn curl_opens_a_connection_for_each_http10_request() {
    let trace = Lab::run(|net| {
        let listener = net.server().run(|| listen(addresses::server(80)))?;
        let serving = net
            .server()
            .start(|| web::serve(listener, 2, |_| async { whole("hi") }));
        let read = net
            .client()
            .run(|| curl::curl(&["--http1.0", &url(), &url()]))?;
        assert_eq!(read, b"hihi");
        serving.join(net)
    });
    let counts = counts(&trace);
    assert_eq!(counts.len(), 2, "{counts:?}");
    assert!(
        counts.values().all(|counts| *counts == [1, 1, 1, 1]),
        "{counts:?}"
    );
}

/// What curl makes of a response after which the server's program ends.
fn curl_reads(net: &mut Net, response: &'static str) -> io::Result<Vec<u8>> {
    let listener = net.server().run(|| listen(addresses::server(80)))?;
    let serving = net.server().start(move || {
        let mut server = accept(&listener)?;
        let length = server.read(&mut [0; 1024])?;
        assert_ne!(length, 0, "curl has asked");
        server.write_all(response.as_bytes())
    });
    let read = net.client().run(|| curl::curl(&["--http1.0", &url()]));
    serving.join(net)?;
    read
}

/// The chapter says so: what the client of the figure cannot know, curl cannot know either.
#[test]
fn curl_takes_a_broken_off_body_for_a_whole_one_unless_its_length_was_announced() {
    Lab::run(|net| {
        let read = curl_reads(net, "HTTP/1.0 200 OK\r\n\r\nhello, wor")?;
        assert_eq!(read, b"hello, wor");
        io::Result::Ok(())
    });
}

#[test]
fn curl_reports_a_body_that_is_shorter_than_announced() {
    Lab::run(|net| {
        let head = "HTTP/1.0 200 OK\r\nContent-Length: 12\r\n\r\nhello, wor";
        let error = curl_reads(net, head).expect_err("two octets are missing");
        // 18 is curl's word for a transfer that has ended too early.
        assert!(error.to_string().contains("(18)"), "{error}");
        io::Result::Ok(())
    });
}
