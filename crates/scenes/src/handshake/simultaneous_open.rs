//! Both call: figure 7 of RFC 9293.

use std::io;

use lab::filter::any;
use lab::{Net, Side, addresses};
use trace::{Numbering, View};

use crate::programs::{CLIENT_PORT, PORT, connect_with};
use crate::view::as_in_the_rfc;
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[Scene {
    name: "simultaneous-open",
    part: "handshake",
    title: "Both sides call at the same moment, and one connection comes of it",
    view: View {
        server: Numbering::Absolute,
        ..as_in_the_rfc(0)
    },
    adjust: as_usual,
    script: simultaneous_open,
}];

/// Figure 7 of RFC 9293 (§3.5). Both initial sequence numbers are chosen, so they are the figure's own.
///
/// - Line 2: the client's SYN, which the wire holds. Line 3: the server's SYN, which arrives first.
/// - Line 5: the client's SYN,ACK. It leaves the moment line 3 has arrived, so it stands before line 4 here;
///   the wire holds it, as in the figure.
/// - Lines 4, 6 and 7: as drawn.
///
/// Beyond the figure, each Linux sends one more ACK. By §3.10.7.4, first step, the sequence number of the
/// crossing SYN,ACK is old: it would be answered with an ACK and dropped. The figure, and Linux, take its
/// acknowledgment in all the same. Linux does both.
fn simultaneous_open(net: &mut Net) -> io::Result<()> {
    net.wire().hold(any().from(Side::Client));
    let client = net
        .client()
        .start(|| connect_with(100, addresses::client(CLIENT_PORT), addresses::server(PORT)));
    net.settle();
    let server = net
        .server()
        .start(|| connect_with(300, addresses::server(PORT), addresses::client(CLIENT_PORT)));
    net.settle();
    net.wire().release();
    net.wire().let_pass();
    net.wire().release_all();
    let _client = client.join(net)?;
    let _server = server.join(net)?;
    Ok(())
}
