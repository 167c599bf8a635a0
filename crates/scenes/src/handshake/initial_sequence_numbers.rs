//! Not zero, not random: how the numbers are chosen, and what they keep out.

use std::io::{self, ErrorKind, Read, Write};
use std::mem::MaybeUninit;

use lab::filter::{data, pure_ack, syn};
use lab::peer::{call_from, listen};
use lab::{Net, Side, addresses, repair};
use socket2::Socket;
use trace::{Numbering, Payload, View};

use crate::programs::{CLIENT_PORT, PORT, call_with, connect_with, note_failure};
use crate::view::{USUAL, as_in_the_rfc};
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "three-connections-in-a-row",
        title: "Two ports, then the first port again: each connection has numbers of its own",
        view: USUAL,
        adjust: as_usual,
        script: three_connections_in_a_row,
    },
    Scene {
        name: "a-smaller-number",
        title: "The new number is smaller than the old ones, and TIME-WAIT does not take it for new",
        view: as_in_the_rfc(0),
        adjust: as_usual,
        script: a_smaller_number,
    },
    Scene {
        name: "same-numbers-again",
        title: "Both ends begin with the numbers of last time, and an old request is read as a new one",
        view: CHOSEN,
        adjust: as_usual,
        script: same_numbers_again,
    },
    Scene {
        name: "fresh-numbers",
        title: "Both ends begin two seconds further on, and the old request is turned away",
        view: CHOSEN,
        adjust: as_usual,
        script: fresh_numbers,
    },
];

/// The client's port in the connection between the two others.
const OTHER_PORT: u16 = 50000;

/// Both ends' numbers are chosen, and what the data says matters.
const CHOSEN: View = View {
    server: Numbering::Absolute,
    payload: Payload::Text,
    ..as_in_the_rfc(0)
};

/// The first and the third connection have the same pair of sockets. The server closes the first, so it is the
/// side in TIME-WAIT, and the client's port is free at once.
///
/// Segment 11 opens that pair again, directly from TIME-WAIT (RFC 9293 §3.6.1, MAY-2). Linux allows it because the
/// new number is larger than all that the client used before, as those of a clock are.
fn three_connections_in_a_row(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let first = call_from(net, CLIENT_PORT, &listener)?;
    close_from_the_server(net, first);
    let _second = call_from(net, OTHER_PORT, &listener)?;
    let _third = call_from(net, CLIENT_PORT, &listener)?;
    Ok(())
}

/// The server closes first, so TIME-WAIT is its own.
fn close_from_the_server(net: &mut Net, (client, server): (Socket, Socket)) {
    net.server().run(move || drop(server));
    net.client().run(move || drop(client));
}

/// The same pair of sockets twice, and the second time with a smaller number, as every other random one would be.
///
/// Segment 8 looks old to the side in TIME-WAIT: it says what it expects (RFC 9293 §3.10.7.4, first step). The client
/// resets what it does not know (§3.10.7.3), the reset fits, and Linux gives up TIME-WAIT (RFC 1337 §2 says what is
/// lost with it). A few milliseconds later the client's kernel sends its SYN again.
fn a_smaller_number(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let first = call_with(net, 1000, &listener)?;
    close_from_the_server(net, first);
    let _second = call_with(net, 500, &listener)?;
    Ok(())
}

/// What §3.4.3 of RFC 9293 warns of: both hosts start again with the numbers that they had, and a segment of the
/// earlier incarnation is still on its way. It fits, and the program reads it. What the client says now has
/// the same numbers, and is thrown away as a duplicate.
///
/// The wire loses segment 11. It acknowledges what the client has not sent, which would be answered with an ACK
/// (§3.10.7.4, fifth step); that ACK is before the server's window, and would be answered too (first step), without end.
fn same_numbers_again(net: &mut Net) -> io::Result<()> {
    an_old_request_waits(net)?;
    let (mut client, mut server) = incarnation(net, 100, 300)?;
    net.wire().lose_next(pure_ack().from(Side::Server));
    net.wire().release();
    net.client().run(|| client.write_all(b"PAY 005"))?;
    read_request(net, &mut server)?;
    nothing_more(net, &server)
}

/// The same with numbers that have moved on by 500,000: two seconds of a clock with steps of 4 microseconds
/// (RFC 9293 §3.4.1). The old segment is outside of the window (§3.10.7.4, first step).
fn fresh_numbers(net: &mut Net) -> io::Result<()> {
    an_old_request_waits(net)?;
    let (mut client, mut server) = incarnation(net, 500_100, 500_300)?;
    net.wire().release();
    net.client().run(|| client.write_all(b"PAY 005"))?;
    read_request(net, &mut server)
}

/// A first incarnation, whose request the wire holds; then both hosts lose their memory of it.
fn an_old_request_waits(net: &mut Net) -> io::Result<()> {
    let (mut client, server) = incarnation(net, 100, 300)?;
    net.wire().hold_next(data());
    net.client().run(|| client.write_all(b"PAY 100"))?;
    net.client().run(move || repair::forget(client))?;
    net.client().note("reboots: the connection is forgotten");
    net.server().run(move || repair::forget(server))?;
    net.server().note("reboots: the connection is forgotten");
    Ok(())
}

/// A connection with chosen numbers on both sides. Only a caller's number can be chosen, so the server calls too; the
/// wire loses its SYN, and the client's opens the connection in three segments.
// ANCHOR: incarnation
fn incarnation(net: &mut Net, client: u32, server: u32) -> io::Result<(Socket, Socket)> {
    net.wire().lose_next(syn().from(Side::Server));
    let server = net.server().start(move || {
        connect_with(
            server,
            addresses::server(PORT),
            addresses::client(CLIENT_PORT),
        )
    });
    net.settle();
    let client = net.client().run(|| {
        connect_with(
            client,
            addresses::client(CLIENT_PORT),
            addresses::server(PORT),
        )
    })?;
    Ok((client, server.join(net)?))
}
// ANCHOR_END: incarnation

/// What the server's program reads, as a note.
fn read_request(net: &mut Net, server: &mut Socket) -> io::Result<()> {
    let mut request = [0; 7];
    net.server().run(|| server.read_exact(&mut request))?;
    let text = String::from_utf8_lossy(&request);
    net.server().note(&format!("read() gives \"{text}\""));
    Ok(())
}

/// The server's program finds nothing more to read.
fn nothing_more(net: &mut Net, server: &Socket) -> io::Result<()> {
    let more = net.server().run(|| {
        server.set_nonblocking(true)?;
        server.recv(&mut [MaybeUninit::uninit(); 7])
    });
    note_failure(
        net.server(),
        more,
        ErrorKind::WouldBlock,
        "there is nothing more to read",
    )
}
