use std::io::{self, Read, Write};

use lab::peer::{connect, listen};
use lab::{Lab, addresses};
use trace::{ControlBits, Trace};
use web::server::whole;

scenes! {
    three_requests_http11
    two_answers_to_one_request
    closed_while_idle
    refusal_destroyed
    staged_close
}

/// How many requests the test below makes.
const POLLS: usize = 20;

/// The chapter has these numbers, and the ledger's row `http-online-needs-new-connections` says so.
#[test]
fn twenty_polls_take_one_connection_or_twenty() {
    assert_eq!(syns_and_segments(&polls("HTTP/1.0", POLLS)), (20, 220));
    assert_eq!(syns_and_segments(&polls("HTTP/1.1", 1)), (1, 87));
}

/// Twenty requests to hyper's server, on so many connections.
fn polls(version: &'static str, connections: usize) -> Trace {
    Lab::run(move |net| {
        let listener = net.server().run(|| listen(addresses::server(80)))?;
        let serving = net
            .server()
            .start(move || web::serve(listener, connections, |_| async { whole("nothing new") }));
        for port in (40000..).take(connections) {
            let mut client = net
                .client()
                .run(|| connect(addresses::client(port), addresses::server(80)))?;
            for _ in 0..POLLS / connections {
                let request = format!("GET / {version}\r\nHost: server\r\n\r\n");
                net.client().run(|| {
                    client.write_all(request.as_bytes())?;
                    read_one_response(&mut client)
                })?;
            }
            net.client().run(move || drop(client));
        }
        serving.join(net)
    })
}

/// Reads until the content that hyper sends each time.
fn read_one_response(server: &mut impl Read) -> io::Result<()> {
    let mut read = Vec::new();
    let mut octet = [0];
    while !read.ends_with(b"nothing new") {
        server.read_exact(&mut octet)?;
        read.push(octet[0]);
    }
    Ok(())
}

/// How many SYNs the client has sent, and how many segments there were in all.
fn syns_and_segments(trace: &Trace) -> (usize, usize) {
    let is_syn = |control: ControlBits| control == ControlBits::SYN;
    let syns = (trace.segments()).filter(|(_, segment)| is_syn(segment.control));
    (syns.count(), trace.segments().count())
}
