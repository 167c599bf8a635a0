//! Four segments, or three: figure 12 of RFC 9293.

use std::io;

use lab::Net;

use super::{AS_IN_THE_RFC, CLIENT_ISN};
use crate::programs::{Connection, establish};
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[Scene {
    name: "close-in-four",
    part: "teardown",
    title: "Each direction is closed by its own FIN, and each FIN is acknowledged",
    view: AS_IN_THE_RFC,
    adjust: as_usual,
    script: close_in_four,
}];

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
