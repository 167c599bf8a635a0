//! Opening a connection: figures 6, 7, 8 and 11 of RFC 9293, and what surrounds them.

use std::io::{self, Read, Write};
use std::net::SocketAddrV4;

use lab::filter::{any, pure_ack, syn};
use lab::{Net, Side, addresses};
use trace::{ControlBits, Numbering, Segment, SeqNumber, TcpOption, View};

use crate::Scene;
use crate::programs::{CLIENT_PORT, PORT, accept, connect, connect_with, listen};

/// Shows the numbers that a figure of the RFC has: the client's as chosen, the server's counted from
/// the figure's own start.
const fn as_in_the_rfc(server: u32) -> View {
    View {
        client: Numbering::Absolute,
        server: Numbering::Relative(server),
        window: false,
        mss: false,
        options: false,
        payload: false,
    }
}

/// The usual view, spelt out because `Default` is not for constants.
const USUAL: View = View {
    client: Numbering::Relative(0),
    server: Numbering::Relative(0),
    window: false,
    mss: true,
    options: false,
    payload: false,
};

/// See [`three_way_handshake`].
pub const THREE_WAY_HANDSHAKE: Scene = Scene {
    name: "three-way-handshake",
    part: "handshake",
    title: "A connection is opened in three segments, and five octets of data follow",
    view: USUAL,
    sysctls: &[],
    script: three_way_handshake,
};

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

/// See [`data_completes_the_handshake`].
pub const DATA_COMPLETES_THE_HANDSHAKE: Scene = Scene {
    name: "data-completes-the-handshake",
    part: "handshake",
    title: "The third segment is lost, and the first data does its work",
    view: USUAL,
    sysctls: &[],
    script: data_completes_the_handshake,
};

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

/// See [`without_a_listener`].
pub const WITHOUT_A_LISTENER: Scene = Scene {
    name: "without-a-listener",
    part: "handshake",
    title: "Nobody listens on the port, and the kernel says so",
    view: USUAL,
    sysctls: &[],
    script: without_a_listener,
};

/// A SYN for a port that nobody listens on. The answer is a reset with sequence number 0 that acknowledges
/// the SYN (§3.5.2, group 1; §3.10.7.1).
fn without_a_listener(net: &mut Net) -> io::Result<()> {
    let refused = net
        .client()
        .run(|| connect(addresses::client(CLIENT_PORT), addresses::server(PORT)));
    match refused {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            net.client().note("connect() fails: ECONNREFUSED");
            Ok(())
        }
        Err(error) => Err(error),
        Ok(_) => Err(io::Error::other("the connection was not refused")),
    }
}

/// See [`simultaneous_open`].
pub const SIMULTANEOUS_OPEN: Scene = Scene {
    name: "simultaneous-open",
    part: "handshake",
    title: "Both sides call at the same moment, and one connection comes of it",
    view: View {
        server: Numbering::Absolute,
        ..as_in_the_rfc(0)
    },
    sysctls: &[],
    script: simultaneous_open,
};

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

/// See [`old_duplicate_syn`].
pub const OLD_DUPLICATE_SYN: Scene = Scene {
    name: "old-duplicate-syn",
    part: "handshake",
    title: "An old SYN arrives first, and a reset clears it away",
    view: as_in_the_rfc(300),
    sysctls: &[],
    script: old_duplicate_syn,
};

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

/// See [`two_passive_sockets`].
pub const TWO_PASSIVE_SOCKETS: Scene = Scene {
    name: "two-passive-sockets",
    part: "handshake",
    title: "An old SYN arrives where nobody is calling any more",
    view: as_in_the_rfc(300),
    sysctls: &[],
    script: two_passive_sockets,
};

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
