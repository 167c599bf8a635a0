//! Refused, lost, unreachable.

use std::io::{self, ErrorKind, Read, Write};

use lab::filter::{data, pure_ack, syn, syn_ack};
use lab::peer::{accept, connect, listen};
use lab::{Net, Side, addresses};
use socket2::Socket;
use trace::{Row, build};

use crate::programs::{CLIENT_PORT, PORT, note_failure, wait_for_own_limit};
use crate::view::USUAL;
use crate::{Scene, as_usual, one_repeat_of_a_syn};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "lost-syn",
        title: "The SYN is lost, and the kernel sends it again",
        view: USUAL,
        adjust: as_usual,
        script: lost_syn,
    },
    Scene {
        name: "silence",
        title: "Every SYN is lost, and after one repeat the kernel gives up",
        view: USUAL,
        adjust: one_repeat_of_a_syn,
        script: silence,
    },
    Scene {
        name: "lost-syn-ack",
        title: "A SYN is lost, and then the answer to its repeat",
        view: USUAL,
        adjust: as_usual,
        script: lost_syn_ack,
    },
    Scene {
        name: "lost-final-ack",
        title: "The third segment is lost, and the server asks again",
        view: USUAL,
        adjust: as_usual,
        script: lost_final_ack,
    },
    Scene {
        name: "unreachable",
        title: "The SYN gets no further, and an ICMP message says so",
        view: USUAL,
        adjust: as_usual,
        script: unreachable,
    },
    Scene {
        name: "unreachable-while-established",
        title: "The same ICMP message about data ends nothing",
        view: USUAL,
        adjust: as_usual,
        script: unreachable_while_established,
    },
    Scene {
        name: "unanswered",
        title: "A request is acknowledged, and no answer ever comes",
        view: USUAL,
        adjust: as_usual,
        script: unanswered,
    },
];

/// The wire loses the first SYN. The client's kernel sends it again when the retransmission timer
/// expires (RFC 9293 §3.10.8); its program, which waits in `connect()`, sees nothing of it.
fn lost_syn(net: &mut Net) -> io::Result<()> {
    let _listener = net.server().run(|| listen(addresses::server(PORT)))?;
    net.wire().lose_next(syn());
    let _client = call(net)?;
    Ok(())
}

/// The wire loses every SYN. When the threshold R2 is reached, the open fails (RFC 9293 §3.8.3).
fn silence(net: &mut Net) -> io::Result<()> {
    let _listener = net.server().run(|| listen(addresses::server(PORT)))?;
    net.wire().lose(syn());
    let outcome = call(net);
    note_failure(
        net.client(),
        outcome,
        ErrorKind::TimedOut,
        "connect() fails: ETIMEDOUT",
    )
}

/// The wire loses a SYN and then a SYN,ACK. The server's kernel sends its SYN,ACK again.
///
/// Without the lost SYN, both sides' timers would have been started in the same moment, and which side speaks first
/// would be chance. The client's second wait is longer than its first (RFC 6298 §5.5), so here it is
/// the server's turn.
fn lost_syn_ack(net: &mut Net) -> io::Result<()> {
    let _listener = net.server().run(|| listen(addresses::server(PORT)))?;
    net.wire().lose_next(syn());
    net.wire().lose_next(syn_ack());
    let _client = call(net)?;
    Ok(())
}

/// The wire loses the third segment, and the client has nothing to say. The server repeats its SYN,ACK, and the
/// client answers it with an ACK (RFC 9293 §3.10.7.4, first step). `accept()` waits all the while.
// ANCHOR: lost_final_ack
fn lost_final_ack(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    net.wire().lose_next(pure_ack());
    let _client = call(net)?;
    let _server = net.server().run(|| accept(&listener))?;
    Ok(())
}
// ANCHOR_END: lost_final_ack

/// The wire takes the SYN and answers as a router would: host unreachable. The RFC counts that among the soft
/// errors, which do not end an attempt (RFC 9293 §3.9.2.2); Linux ends it.
fn unreachable(net: &mut Net) -> io::Result<()> {
    let _listener = net.server().run(|| listen(addresses::server(PORT)))?;
    net.wire().lose_next(syn());
    let client = net
        .client()
        .start(|| connect(addresses::client(CLIENT_PORT), addresses::server(PORT)));
    net.settle();
    say_host_unreachable(net)?;
    let outcome = client.join(net);
    note_failure(
        net.client(),
        outcome,
        ErrorKind::HostUnreachable,
        "connect() fails: EHOSTUNREACH",
    )
}

/// The same message about data of an established connection, which the wire has only held back. It is a hint: the
/// connection stays, the data arrives and is acknowledged.
fn unreachable_while_established(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let mut client = call(net)?;
    let mut server = net.server().run(|| accept(&listener))?;
    net.wire().hold_next(data());
    net.client().run(|| client.write_all(b"hello"))?;
    say_host_unreachable(net)?;
    net.wire().release();
    net.server().run(|| server.read_exact(&mut [0; 5]))
}

/// A server whose program never calls `accept()`. Its kernel acknowledges the request, so nothing is left to be
/// repeated, and only the client's program can decide that it has waited long enough.
fn unanswered(net: &mut Net) -> io::Result<()> {
    let _listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let mut client = call(net)?;
    net.client().run(|| client.write_all(b"hello?"))?;
    wait_for_own_limit(net, Side::Client, &mut client)
}

/// The client's program calls the server and waits for the outcome.
fn call(net: &mut Net) -> io::Result<Socket> {
    net.client()
        .run(|| connect(addresses::client(CLIENT_PORT), addresses::server(PORT)))
}

/// The wire tells the client that the last frame could not be brought to the server (RFC 792, code 1).
// ANCHOR: say_host_unreachable
fn say_host_unreachable(net: &mut Net) -> io::Result<()> {
    let Some(frame) = net.trace().rows.last().and_then(Row::frame) else {
        return Err(io::Error::other("there is no frame to quote"));
    };
    let message = build::icmp_unreachable(addresses::WIRE, 1, frame).map_err(io::Error::other)?;
    net.wire().inject_frame(Side::Server, message);
    Ok(())
}
// ANCHOR_END: say_host_unreachable
