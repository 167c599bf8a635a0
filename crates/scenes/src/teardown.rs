//! Ending a connection: figures 9, 10, 12 and 13 of RFC 9293.

use std::io::{self, Read, Write};

use lab::filter::fin;
use lab::{Net, addresses, repair};
use trace::{Numbering, View};

use crate::Scene;
use crate::programs::{CLIENT_PORT, Connection, PORT, connect_with, establish};

/// The client's initial number, chosen so that its first octet of data is the figures' 100.
const CLIENT_ISN: u32 = 99;

/// The figures' numbers: the client's as chosen, the server's counted so that its first octet of data is 300.
const AS_IN_THE_RFC: View = View {
    client: Numbering::Absolute,
    server: Numbering::Relative(299),
    window: false,
    mss: false,
    options: false,
    payload: false,
};

/// See [`close_in_four`].
pub const CLOSE_IN_FOUR: Scene = Scene {
    name: "close-in-four",
    part: "teardown",
    title: "Each direction is closed by its own FIN, and each FIN is acknowledged",
    view: AS_IN_THE_RFC,
    sysctls: &[],
    script: close_in_four,
};

/// Figure 12 of RFC 9293 (§3.6), as drawn; the handshake that comes before it is shown too.
///
/// The figure needs the server's ACK (line 3) to leave before the server's own FIN (line 4). The route's
/// `quickack` sees to that; without it, the ACK may wait for the FIN and ride on it. Line 6, the end of
/// TIME-WAIT, is a minute away on Linux and not waited for.
fn close_in_four(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        client,
        server,
    } = establish(net, CLIENT_ISN)?;
    net.client().run(move || drop(client));
    net.server().run(move || drop(server));
    Ok(())
}

/// See [`simultaneous_close`].
pub const SIMULTANEOUS_CLOSE: Scene = Scene {
    name: "simultaneous-close",
    part: "teardown",
    title: "Both sides close at the same moment: the FINs cross",
    view: AS_IN_THE_RFC,
    sysctls: &[],
    script: simultaneous_close,
};

/// Figure 13 of RFC 9293 (§3.6), as drawn: neither FIN acknowledges the other, and both sides pass through
/// CLOSING into TIME-WAIT.
fn simultaneous_close(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        client,
        server,
    } = establish(net, CLIENT_ISN)?;
    net.wire().hold(fin());
    net.client().run(move || drop(client));
    net.server().run(move || drop(server));
    net.wire().let_pass();
    net.wire().release_all();
    Ok(())
}

/// See [`half_open_discovery`].
pub const HALF_OPEN_DISCOVERY: Scene = Scene {
    name: "half-open-discovery",
    part: "teardown",
    title: "A host that has forgotten the connection calls again",
    view: AS_IN_THE_RFC,
    sysctls: &[],
    script: half_open_discovery,
};

/// Figure 9 of RFC 9293 (§3.5.1). The client's memory of the connection is taken from it without a word to
/// the server, as by a reboot (line 1), and it opens the connection anew with 400.
///
/// - Line 3: the SYN. Line 4: the ACK that acknowledges nothing of it; in Linux it is the challenge ACK of
///   RFC 5961 (§4.2), sent for any SYN on an open connection. Line 5: the reset with its number, 100.
/// - Line 7: the SYN again, which Linux sends a few milliseconds later and not after a second. The
///   handshake that follows is outside the figure.
///
/// The server's program learns of it by ECONNRESET.
fn half_open_discovery(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        client,
        mut server,
    } = establish(net, CLIENT_ISN)?;
    net.client().run(move || repair::forget(client))?;
    net.client().note("reboots: the connection is forgotten");
    let _again = net
        .client()
        .run(|| connect_with(400, addresses::client(CLIENT_PORT), addresses::server(PORT)))?;
    let lost = net.server().run(|| server.read(&mut [0; 1]));
    expect_reset(net, lost)
}

/// See [`half_open_by_data`].
pub const HALF_OPEN_BY_DATA: Scene = Scene {
    name: "half-open-by-data",
    part: "teardown",
    title: "Data for a connection that the other host has forgotten",
    view: AS_IN_THE_RFC,
    sysctls: &[],
    script: half_open_by_data,
};

/// Figure 10 of RFC 9293 (§3.5.1), as drawn but for the PSH of the data: ten octets of data meet a host without the connection, whose
/// reset takes its number from the data's acknowledgment field (§3.5.2, group 1).
fn half_open_by_data(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        client,
        mut server,
    } = establish(net, CLIENT_ISN)?;
    net.client().run(move || repair::forget(client))?;
    net.client().note("reboots: the connection is forgotten");
    net.server().run(|| server.write_all(b"ten octets"))?;
    let lost = net.server().run(|| server.read(&mut [0; 1]));
    expect_reset(net, lost)
}

fn expect_reset(net: &mut Net, read: io::Result<usize>) -> io::Result<()> {
    match read {
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {
            net.server().note("recv() fails: ECONNRESET");
            Ok(())
        }
        Err(error) => Err(error),
        Ok(_) => Err(io::Error::other("the server's connection was not reset")),
    }
}
