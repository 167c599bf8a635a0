//! Who slows whom down.

use std::io::{self, Read, Write};

use lab::filter::{data, pure_ack};
use lab::peer::{call_from, listen_with_buffer};
use lab::{Net, Settings, Side, addresses};
use socket2::Socket;
use trace::{ControlBits, View};

use crate::programs::{CLIENT_PORT, Connection, PORT, call};
use crate::view::PLAIN;
use crate::{Scene, as_usual, repeats_after_a_second};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "zero-window",
        title: "The server's program does not read: the window falls to 0, and the client asks until it opens",
        view: WINDOWS,
        adjust: soon_asked,
        script: zero_window,
    },
    Scene {
        name: "lost-window-update",
        title: "The news that the window is open is lost, and a probe brings it",
        view: WINDOWS,
        adjust: repeats_after_a_second,
        script: lost_window_update,
    },
    Scene {
        name: "update-in-one-step",
        title: "The server's program reads a little, and the window stays shut until a whole segment fits",
        view: WINDOWS,
        adjust: as_usual,
        script: update_in_one_step,
    },
    Scene {
        name: "congestion-window",
        title: "The window allows forty-four segments, and the client sends ten",
        view: WINDOWS,
        adjust: as_usual,
        script: congestion_window,
    },
];

/// The windows, and nothing about the handshake's options.
const WINDOWS: View = View {
    window: true,
    ..PLAIN
};

/// The MSS of both hosts.
const SEGMENT: usize = 1460;

/// So many segments fit into the buffer that the server's program asks for.
const ROOM: usize = 3 * SEGMENT;

/// A closed window is asked about after half a second, and again after one, two and four more. Each pause leaves the
/// script twice the time of the last one.
fn soon_asked(settings: Settings) -> Settings {
    Settings {
        rto_min_ms: 500,
        ..settings
    }
}

/// A connection to a server that has room for [`ROOM`] octets. The client's program has written one segment more than that, and the
/// server's has read nothing.
fn fill(net: &mut Net) -> io::Result<Connection> {
    let listener = net
        .server()
        .run(|| listen_with_buffer(4096, addresses::server(PORT)))?;
    let (mut client, server) = call_from(net, CLIENT_PORT, &listener)?;
    net.client()
        .run(|| client.write_all(&[b'x'; ROOM + SEGMENT]))?;
    Ok(Connection {
        listener,
        client,
        server,
    })
}

/// The server's program reads so many octets.
fn read(net: &mut Net, server: &mut Socket, octets: usize) -> io::Result<()> {
    net.server().run(|| server.read_exact(&mut vec![0; octets]))
}

/// Waits until the client's kernel has asked so often. All its probes are counted, also one that has come before this
/// call.
fn wait_for_probes(net: &mut Net, count: usize) {
    while probes(net) < count {
        net.wire().wait_for(&pure_ack().from(Side::Client));
    }
}

/// The client's segments without data, but for the one that ends the handshake.
fn probes(net: &Net) -> usize {
    let sent = net.trace().segments();
    let empty = sent.filter(|(from, segment)| {
        *from == Side::Client && segment.payload.is_empty() && segment.control == ControlBits::ACK
    });
    empty.count().saturating_sub(1)
}

/// The window closes, is asked about three times, and opens when the program reads (§3.8.6, §3.8.6.1).
///
/// After the third probe there are four seconds for the read; nothing else here is a matter of time.
fn zero_window(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        client: _client,
        mut server,
    } = fill(net)?;
    wait_for_probes(net, 3);
    net.server().note("reads 4380 octets");
    read(net, &mut server, ROOM)
}

/// The wire loses the server's window update. Neither side would ever speak again, if the client did not ask (§3.8.6.1).
///
/// The client asks half a second after it has heard of the closed window. On a machine that stalls for that long, the question comes
/// before the update.
fn lost_window_update(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        client: _client,
        mut server,
    } = fill(net)?;
    net.wire().lose_next(pure_ack().from(Side::Server));
    net.server().note("reads 4380 octets");
    read(net, &mut server, ROOM)?;
    if probes(net) > 0 {
        net.came_too_late();
    }
    wait_for_probes(net, 1);
    Ok(())
}

/// What the program reads makes room, and the sender is told of it when a whole segment fits (§3.8.6.2.2).
fn update_in_one_step(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        client: _client,
        mut server,
    } = fill(net)?;
    for octets in [1, SEGMENT - 2, 1] {
        let plural = if octets == 1 { "" } else { "s" };
        net.server().note(&format!("reads {octets} octet{plural}"));
        read(net, &mut server, octets)?;
    }
    Ok(())
}

/// Until something is acknowledged, the client may send as much as its congestion window allows (RFC 5681 §3.1), and the
/// receiver's window is far larger. The wire delivers one segment of the ten, so one acknowledgment comes back.
///
/// Each call writes one segment. What is written in one call Linux sends in portions, and the last segment of each has
/// PSH; how large they are depends on how long a round trip takes.
fn congestion_window(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        server: _server,
    } = call(net)?;
    net.wire().hold(data());
    for _ in 0..12 {
        net.client().run(|| client.write_all(&[b'x'; SEGMENT]))?;
    }
    net.client().note("12 calls of write() have returned");
    net.wire().release();
    Ok(())
}
