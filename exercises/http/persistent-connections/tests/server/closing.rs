//! Your server after its last response: it closes in stages.

use std::io::{self, ErrorKind, Read, Write};
use std::thread;
use std::time::Duration;

use grade::expect_made_again;
use lab::filter::data;
use lab::interruption::Blocking;
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

/// Its time is over, and the client has not ended its side: one sends nothing more, and one sends octet after octet.
pub(crate) fn a_client_that_does_not_end() {
    const SHORT: Duration = Duration::from_millis(200);
    Lab::run(|net| {
        let listener = listen(net)?;
        let serving = serving(net, &listener, SHORT)?;
        let client = last_request(net)?;
        expect_end_within(SHORT, "sends nothing more");
        expect_served(serving.join(net), &["/1"]);
        net.client().run(move || drop(client));
        io::Result::Ok(())
    });
    Lab::run(|net| {
        let listener = listen(net)?;
        let serving = serving(net, &listener, SHORT)?;
        let client = last_request(net)?;
        expect_end_within(SHORT, "sends an octet every 25 ms");
        let dripping = net.client().start(move || drip(client));
        expect_served(serving.join(net), &["/1"]);
        let (client, refused) = dripping.join(net);
        assert!(
            refused,
            "After the last response the client has sent {DRIPS} octets, one every 25 ms, and does not close. Your serve() has taken all of them, though its patience is {SHORT:?} \
             in all, however often something comes: a server MAY close at any time (RFC 9112 section 9.5)"
        );
        net.client().run(move || drop(client));
        io::Result::Ok(())
    });
}

/// A server that waits for such a client is ended by the laboratory, which shows this beside what it saw.
fn expect_end_within(patience: Duration, what: &str) {
    println!(
        "After the last response the client {what}, and does not end its side. serve() should close when it has waited for its patience, {patience:?} in all: a server MAY \
         close at any time (RFC 9112 section 9.5)"
    );
}

/// A server whose patience is short has closed long before so many octets have come.
const DRIPS: usize = 40;

/// Sends octets with pauses until one is refused: then the server has closed. If none is, it sends
/// no more and does not close, so that only the server's patience can end it.
fn drip(mut client: Socket) -> (Socket, bool) {
    let refused = (0..DRIPS).any(|_| {
        // Slowness is what the server has to put up with.
        thread::sleep(Duration::from_millis(25));
        client.write_all(b".").is_err()
    });
    (client, refused)
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

/// The client resets the connection instead of ending its side.
pub(crate) fn a_client_that_resets() {
    Lab::run(|net| {
        let listener = listen(net)?;
        // Before the request has come, before the response has left, and before the client's end has come.
        for call in [Blocking::Receive, Blocking::Send, Blocking::Receive] {
            net.server().interrupt_next(call);
        }
        let serving = serving(net, &listener, LONG)?;
        let client = last_request(net)?;
        net.client().run(|| peer::abort(client))?;
        let (served, _) = serving.join(net);
        expect_made_again("serve", &served);
        assert!(
            matches!(&served, Err(error) if error.kind() == ErrorKind::ConnectionReset),
            "after the last response the client has reset the connection, and nobody knows whether it has read the response (RFC 9293 \
             section 3.6, MUST-12): serve() should return the socket's error, ConnectionReset; yours returns {served:?}"
        );
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
