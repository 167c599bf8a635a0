//! Twenty bytes, field by field: the urgent pointer, and the longest header that there can be.

use std::io::{self, Read, Write};
use std::mem::MaybeUninit;

use lab::filter::{data, pure_ack};
use lab::{Net, Settings, Side};

use crate::programs::{Connection, call};
use crate::view::{WITH_OPTIONS, WITH_PAYLOAD};
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "urgent-pointer",
        title: "The urgent pointer is 3, and the third octet leaves the stream",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: urgent_pointer,
    },
    Scene {
        name: "three-blocks",
        title: "Four pieces have arrived, and the longest header has room for three",
        view: WITH_OPTIONS,
        adjust: with_two_more_options,
        script: three_blocks,
    },
];

/// Three octets are sent as urgent. The pointer is the number of the octet behind them (RFC 9293 §3.8.5), and the socket
/// interface gives the last of them to nobody but a program that asks for it apart (RFC 6093 §3.1).
fn urgent_pointer(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        client,
        mut server,
    } = call(net)?;
    net.client().run(|| client.send_out_of_band(b"abc"))?;
    let mut read = [0; 8];
    let count = net.server().run(|| server.read(&mut read))?;
    let text = String::from_utf8_lossy(&read[..count]).into_owned();
    net.server().note(&format!("read() gives \"{text}\""));
    let mut apart = [MaybeUninit::new(0); 8];
    let count = net.server().run(|| server.recv_out_of_band(&mut apart))?;
    net.server()
        .note(&format!("recv(MSG_OOB) gives {count} octet"));
    Ok(())
}

/// Timestamps (RFC 7323) and selective acknowledgments (RFC 2018), as Linux has them when nobody turns them off.
fn with_two_more_options(settings: Settings) -> Settings {
    settings.with_sysctls(&[("net.ipv4.tcp_timestamps", "1"), ("net.ipv4.tcp_sack", "1")])
}

/// The wire loses every other one of eight segments, so that four pieces arrive with gaps before them. It loses what the
/// server answers too: the client must not learn of the gaps, or it would fill them.
fn three_blocks(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        server: _server,
    } = call(net)?;
    // No segment waits for the one before.
    net.client().run(|| client.set_tcp_nodelay(true))?;
    net.wire().lose(pure_ack().from(Side::Server));
    for _ in 0..4 {
        net.wire().lose_next(data());
        net.client().run(|| client.write_all(b"lost"))?;
        net.client().run(|| client.write_all(b"here"))?;
    }
    Ok(())
}
