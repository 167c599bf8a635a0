//! Frame, packet, segment: what goes before the first SYN, who cuts what is too long, and how far a frame goes.

use std::io::{self, Read, Write};

use lab::filter::data;
use lab::{Net, Settings, Side, addresses};
use trace::frame::MacAddress;

use crate::on_the_way::{last_frame, one_hop_further};
use crate::programs::{CLIENT_PORT, Connection, PORT, call, datagrams};
use crate::view::{USUAL, WITH_PAYLOAD};
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "arp-before-syn",
        title: "Two hosts that do not know each other's Ethernet address",
        view: WITH_PAYLOAD,
        adjust: without_neighbours,
        script: arp_before_syn,
    },
    Scene {
        name: "a-new-frame",
        title: "A router puts the same packet into another frame",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: a_new_frame,
    },
    Scene {
        name: "cut-by-tcp-or-by-ip",
        title: "Two thousand octets through TCP, and two thousand through UDP",
        view: USUAL,
        adjust: as_usual,
        script: cut_by_tcp_or_by_ip,
    },
];

/// Neither host is told the other's Ethernet address.
fn without_neighbours(settings: Settings) -> Settings {
    Settings {
        arp: true,
        ..settings
    }
}

/// The client asks for the Ethernet address that goes with an IP address (RFC 826). Its SYN waits meanwhile
/// (RFC 1122 §2.3.2.2).
fn arp_before_syn(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        mut server,
    } = call(net)?;
    net.client().run(|| client.write_all(b"hello"))?;
    net.server().run(|| server.read_exact(&mut [0; 5]))
}

/// The wire plays a router between two links (RFC 791 §2.2). It takes one packet out of its frame, and sends it in
/// another.
fn a_new_frame(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        mut server,
    } = call(net)?;
    net.wire().hold_next(data());
    net.client().run(|| client.write_all(b"hello"))?;
    let further = in_a_new_frame(one_hop_further(last_frame(net)?));
    net.wire().inject_frame(Side::Client, further);
    net.server().run(|| server.read_exact(&mut [0; 5]))
}

// ANCHOR: frame
/// The same packet in a frame from the router's interface on the server's link.
fn in_a_new_frame(mut frame: Vec<u8>) -> Vec<u8> {
    /// No host of the laboratory has it.
    const ROUTER: MacAddress = MacAddress([2, 0, 0, 0, 0, 3]);
    frame[..6].copy_from_slice(&addresses::mac(Side::Server).0);
    frame[6..12].copy_from_slice(&ROUTER.0);
    frame
}
// ANCHOR_END: frame

/// Both are longer than a packet on this wire may be. TCP makes two segments of what it is given (RFC 9293 §3.7); UDP makes
/// one datagram, and IP cuts it into fragments (RFC 791 §3.2).
fn cut_by_tcp_or_by_ip(net: &mut Net) -> io::Result<()> {
    const OCTETS: [u8; 2000] = [b'x'; 2000];
    let Connection {
        listener: _listener,
        mut client,
        mut server,
    } = call(net)?;
    net.client().note("write() of 2000 octets");
    net.client().run(|| client.write_all(&OCTETS))?;
    net.server().run(|| server.read_exact(&mut [0; 2000]))?;

    let mut receiver = net.server().run(|| datagrams(addresses::server(PORT)))?;
    let sender = net
        .client()
        .run(|| datagrams(addresses::client(CLIENT_PORT)))?;
    net.client().note("sendto() of 2000 octets, by UDP");
    net.client()
        .run(|| sender.send_to(&OCTETS, &addresses::server(PORT).into()))?;
    let count = net.server().run(|| receiver.read(&mut [0; 4000]))?;
    net.server()
        .note(&format!("one call gets all {count} octets"));
    Ok(())
}
