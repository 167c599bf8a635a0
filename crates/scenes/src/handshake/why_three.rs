//! The old duplicate: figures 8 and 11 of RFC 9293.

use std::io;
use std::net::SocketAddrV4;

use lab::filter::syn;
use lab::{Net, Side, addresses};
use trace::{ControlBits, Segment, SeqNumber, TcpOption};

use crate::programs::{CLIENT_PORT, PORT, connect_with, listen};
use crate::view::as_in_the_rfc;
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "old-duplicate-syn",
        part: "handshake",
        title: "An old SYN arrives first, and a reset clears it away",
        view: as_in_the_rfc(300),
        adjust: as_usual,
        script: old_duplicate_syn,
    },
    Scene {
        name: "two-passive-sockets",
        part: "handshake",
        title: "An old SYN arrives where nobody is calling any more",
        view: as_in_the_rfc(300),
        adjust: as_usual,
        script: two_passive_sockets,
    },
];

/// Figure 8 of RFC 9293 (§3.5). The old duplicate is the wire's; everything else is the kernels'.
///
/// - Line 2: the SYN with 100, held by the wire.
/// - Lines 3 to 5: the duplicate with 90, the SYN,ACK for it, and the reset with 91, the number that
///   makes it believable.
/// - Lines 6 to 8: the SYN with 100 arrives, and the handshake goes on as ever. The server's new initial
///   number, the figure's 400, is a new 300 here: both are counted from the newest SYN.
///
/// Linux sends its SYN again a few milliseconds after line 4, not after a second. The wire holds that copy
/// too and delivers it last: the server answers with a challenge ACK (RFC 5961 §4.2), and the client
/// sees nothing new in it.
fn old_duplicate_syn(net: &mut Net) -> io::Result<()> {
    let _listener = net.server().run(|| listen(addresses::server(PORT)))?;
    net.wire().hold(syn());
    let client = net
        .client()
        .start(|| connect_with(100, addresses::client(CLIENT_PORT), addresses::server(PORT)));
    net.settle();
    net.wire().inject(Side::Client, &old_syn(90));
    if net.wire().held() < 2 {
        net.wire().wait_for(&syn());
    }
    net.wire().let_pass();
    net.wire().release();
    let _client = client.join(net)?;
    net.wire().release();
    Ok(())
}

/// Figure 11 of RFC 9293 (§3.5.1), as drawn: both sides listen, and the SYN in line 2 is from another time.
/// The figure's Z is 90 here and its X is 300.
fn two_passive_sockets(net: &mut Net) -> io::Result<()> {
    let _at_client = net
        .client()
        .run(|| listen(addresses::client(CLIENT_PORT)))?;
    let _at_server = net.server().run(|| listen(addresses::server(PORT)))?;
    net.wire().inject(Side::Client, &old_syn(90));
    Ok(())
}

/// A SYN from the client's usual port to the server's, which no kernel has sent in this scene.
fn old_syn(sequence: u32) -> Segment {
    Segment {
        source: SocketAddrV4::new(addresses::CLIENT, CLIENT_PORT),
        destination: SocketAddrV4::new(addresses::SERVER, PORT),
        sequence: SeqNumber(sequence),
        acknowledgment: SeqNumber(0),
        data_offset: 6,
        reserved: 0,
        control: ControlBits::SYN,
        window: 64240,
        checksum: 0,
        checksum_ok: true,
        urgent_pointer: 0,
        options: vec![TcpOption::MaximumSegmentSize(1460)],
        payload: Vec::new(),
    }
}
