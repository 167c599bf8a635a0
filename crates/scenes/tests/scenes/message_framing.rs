use std::io::{Read, Write};

use lab::peer::{connect, listen};
use lab::{Lab, addresses};
use trace::{ControlBits, Segment, Side};

use web::server::whole;

use super::recorded;

scenes! {
    four_answers
    chunks_cut_anywhere
    smuggled
    smuggling_ends_here
    two_lengths_refused
    too_many_fields
}

/// The ledger's row `missing-message-length` says so.
#[test]
fn only_an_answer_without_a_length_needs_the_end_of_the_connection() {
    let trace = recorded("four-answers");
    let from_the_server: Vec<Segment> = trace
        .segments()
        .filter(|(from, segment)| {
            let says = !segment.payload.is_empty() || segment.control.contains(ControlBits::FIN);
            *from == Side::Server && says
        })
        .map(|(_, segment)| segment)
        .collect();
    let [answers @ .., fin] = &from_the_server[..] else {
        panic!("the server has sent nothing");
    };
    assert!(fin.payload.is_empty(), "{fin:?}");
    let says_a_length = |segment: &Segment| {
        let text = segment.payload.to_ascii_lowercase();
        ["content-length: ", "transfer-encoding: "]
            .iter()
            .any(|name| text.windows(name.len()).any(|part| part == name.as_bytes()))
    };
    let says: Vec<bool> = answers.iter().map(says_a_length).collect();
    assert_eq!(says, [true, true, true, false]);
}

/// The chapter says so: the second user's request is the value of a field in the first user's.
#[test]
fn the_smuggled_request_has_swallowed_the_next_one() {
    let trace = recorded("smuggled");
    let sent: Vec<u8> = trace
        .sent_by(Side::Client)
        .flat_map(|segment| segment.payload)
        .collect();
    let swallowed = b"X: GET /mine HTTP/1.1\r\n";
    assert!(
        sent.windows(swallowed.len()).any(|part| part == swallowed),
        "{}",
        sent.escape_ascii()
    );
}

/// The chapter says so: the request in `too-many-fields` has one field more.
#[test]
fn hyper_takes_a_request_with_a_hundred_fields() {
    Lab::run(|net| {
        let listener = net.server().run(|| listen(addresses::server(80)))?;
        let serving = net
            .server()
            .start(|| web::serve(listener, 1, |_| async { whole("hello") }));
        let mut client = net
            .client()
            .run(|| connect(addresses::client(40000), addresses::server(80)))?;
        let fields = "X: 1\r\n".repeat(98);
        let request =
            format!("GET / HTTP/1.1\r\nHost: server\r\nConnection: close\r\n{fields}\r\n");
        let response = net.client().run(|| {
            client.write_all(request.as_bytes())?;
            let mut response = String::new();
            client.read_to_string(&mut response).map(|_| response)
        })?;
        assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
        net.client().run(|| drop(client));
        serving.join(net)
    });
}
