//! Three segments, step by step: figure 6 of RFC 9293.

use std::io::{self, ErrorKind, Read, Write};

use lab::filter::pure_ack;
use lab::peer::{accept, connect, listen};
use lab::{Net, addresses};

use crate::programs::{CLIENT_PORT, PORT, note_failure};
use crate::view::USUAL;
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "three-way-handshake",
        title: "A connection is opened in three segments, and five octets of data follow",
        view: USUAL,
        adjust: as_usual,
        script: three_way_handshake,
    },
    Scene {
        name: "data-completes-the-handshake",
        title: "The third segment is lost, and the first data does its work",
        view: USUAL,
        adjust: as_usual,
        script: data_completes_the_handshake,
    },
    Scene {
        name: "without-a-listener",
        title: "Nobody listens on the port, and the kernel says so",
        view: USUAL,
        adjust: as_usual,
        script: without_a_listener,
    },
];

/// Figure 6 of RFC 9293 (§3.5), line by line: the figure's 100 and 300 are 0 and 0 here.
///
/// - Line 1, CLOSED and LISTEN: the states before the first segment.
/// - Lines 2 to 4: segments 1 to 3, with the figure's states.
/// - Line 5, data: segment 4, which has the numbers of segment 3, since an ACK uses none.
///
/// Linux adds PSH to the data and acknowledges it (segment 5), which the figure leaves out. The
/// listening socket stays in LISTEN beside the connection's own.
fn three_way_handshake(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let mut client = net
        .client()
        .run(|| connect(addresses::client(CLIENT_PORT), addresses::server(PORT)))?;
    let mut server = net.server().run(|| accept(&listener))?;
    net.client().run(|| client.write_all(b"hello"))?;
    net.server().run(|| server.read_exact(&mut [0; 5]))
}

/// The wire loses the third segment. The client is ESTABLISHED all the same and may send (§3.10.7.3);
/// the server waits in SYN-RECEIVED until the acknowledgment in the first data arrives (§3.10.7.4).
fn data_completes_the_handshake(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    net.wire().lose_next(pure_ack());
    let mut client = net
        .client()
        .run(|| connect(addresses::client(CLIENT_PORT), addresses::server(PORT)))?;
    net.client().run(|| client.write_all(b"hello"))?;
    let mut server = net.server().run(|| accept(&listener))?;
    net.server().run(|| server.read_exact(&mut [0; 5]))
}

/// A SYN for a port that nobody listens on. The answer is a reset with sequence number 0 that acknowledges
/// the SYN (§3.5.2, group 1; §3.10.7.1).
fn without_a_listener(net: &mut Net) -> io::Result<()> {
    let refused = net
        .client()
        .run(|| connect(addresses::client(CLIENT_PORT), addresses::server(PORT)));
    note_failure(
        net.client(),
        refused,
        ErrorKind::ConnectionRefused,
        "connect() fails: ECONNREFUSED",
    )
}
