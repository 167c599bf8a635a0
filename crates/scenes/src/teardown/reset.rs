//! Every way to get an RST: figures 9 and 10 of RFC 9293.

use std::io::{self, Read, Write};

use lab::{Net, addresses, repair};

use super::{AS_IN_THE_RFC, CLIENT_ISN};
use crate::programs::{CLIENT_PORT, Connection, PORT, connect_with, establish};
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "half-open-discovery",
        part: "teardown",
        title: "A host that has forgotten the connection calls again",
        view: AS_IN_THE_RFC,
        adjust: as_usual,
        script: half_open_discovery,
    },
    Scene {
        name: "half-open-by-data",
        part: "teardown",
        title: "Data for a connection that the other host has forgotten",
        view: AS_IN_THE_RFC,
        adjust: as_usual,
        script: half_open_by_data,
    },
];

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
