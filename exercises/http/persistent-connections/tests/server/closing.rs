//! Your server after its last response: it closes in stages.

use std::io::{self, Read, Write};
use std::thread;
use std::time::Duration;

use lab::filter::data;
use lab::{Lab, Net, Side, Trace, addresses, peer};
use persistent_connections::LIMIT;
use persistent_connections::message;
use socket2::Socket;
use trace::{ControlBits, State};

use super::{LONG, expect_served, serving};
use crate::wire::{CLIENT_PORT, PORT, listen, sent};

/// More comes in behind the last request, while the wire is slow.
pub(crate) fn a_slow_wire() -> Trace {
    Lab::run(|net| {
        let listener = listen(net)?;
        let serving = serving(net, &listener, LONG)?;
        let mut client = net
            .client()
            .run(|| peer::connect(addresses::client(CLIENT_PORT), addresses::server(PORT)))?;
        net.wire().hold_next(data().from(Side::Server));
        net.client().run(|| {
            client.write_all(b"GET /1 HTTP/1.1\r\nHost: server\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\nHost: server\r\n\r\n")
        })?;
        net.settle();
        assert!(
            net.wire().held() == 1,
            "the client has sent a whole request, and your serve() has not answered it"
        );
        // The wire is slower than whatever pause a server makes.
        net.wait_for_states("your server to end its side of the connection", |states| {
            let mut sockets = states.server.iter();
            !sockets.any(|socket| socket.state == State::Established)
        });
        net.client()
            .run(|| client.write_all(b"GET /3 HTTP/1.1\r\nHost: server\r\n\r\n"))?;
        net.wire().release();
        let mut response = Vec::new();
        let read = net.client().run(|| client.read_to_end(&mut response));
        let right = message::response(b"this is /1", true);
        assert!(
            read.is_ok() && response == right,
            "the client has sent more behind its last request, and the wire is slow with the response. The client should read {:?} and then the end; with your serve() it \
             reads {:?}, and then {read:?}. A server that closes while data comes in sends a reset, which does not wait for the response (RFC 9112 section 9.6)",
            right.escape_ascii().to_string(),
            response.escape_ascii().to_string()
        );
        net.client().run(move || drop(client));
        expect_served(serving.join(net), &["/1"]);
        io::Result::Ok(())
    })
}

/// Its time is over before the client closes, which does so after three seconds.
pub(crate) fn a_client_that_does_not_end() {
    let short = Duration::from_millis(200);
    for (what, octets) in [
        ("sends nothing more", &b""[..]),
        ("sends an octet every 25 ms", b"."),
    ] {
        Lab::run(move |net| {
            let listener = listen(net)?;
            let serving = serving(net, &listener, short)?;
            let mut client = last_request(net)?;
            let _going_on = net.client().start(move || {
                // Its slowness is what the server has to put up with.
                for _ in 0..120 {
                    thread::sleep(Duration::from_millis(25));
                    // Refused, when the server has closed.
                    let _ = client.write_all(octets);
                }
            });
            expect_served(serving.join(net), &["/1"]);
            let ended = sent(net, Side::Client, CLIENT_PORT, |segment| {
                segment.control.contains(ControlBits::FIN)
            });
            assert!(
                !ended,
                "After the last response the client {what}, and it closes only after three seconds. Your serve() has waited for that, though its patience is {short:?} in \
                 all, however often something comes: a server MAY close at any time (RFC 9112 section 9.5)"
            );
            io::Result::Ok(())
        });
    }
}

/// The client sends more than is read.
pub(crate) fn a_client_that_floods() {
    Lab::run(move |net| {
        let listener = listen(net)?;
        let serving = serving(net, &listener, LONG)?;
        let mut client = last_request(net)?;
        let flooding = net.client().start(move || {
            // Refused, when the server has closed.
            let _ = (0..25).try_for_each(|_| client.write_all(&[b'.'; 4_000]));
            client
        });
        let client = flooding.join(net);
        net.settle();
        let reset = sent(net, Side::Server, CLIENT_PORT, |segment| {
            segment.control.contains(ControlBits::RST)
        });
        assert!(
            reset,
            "After the last response the client sends 100,000 octets. Your serve() has read all of them, though it should close when it has read more than {LIMIT}"
        );
        expect_served(serving.join(net), &["/1"]);
        net.client().run(move || drop(client));
        io::Result::Ok(())
    });
}

/// A client of the test's that has sent its last request, and has read the response.
fn last_request(net: &mut Net) -> io::Result<Socket> {
    let mut client = net
        .client()
        .run(|| peer::connect(addresses::client(CLIENT_PORT), addresses::server(PORT)))?;
    net.client().run(|| {
        client.write_all(b"GET /1 HTTP/1.1\r\nHost: server\r\nConnection: close\r\n\r\n")?;
        client.read_exact(&mut vec![0; message::response(b"this is /1", true).len()])
    })?;
    Ok(client)
}
