//! The FINs cross: figure 13 of RFC 9293.

use std::io;

use lab::Net;
use lab::filter::fin;

use super::{AS_IN_THE_RFC, CLIENT_ISN};
use crate::programs::{Connection, establish};
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[Scene {
    name: "simultaneous-close",
    part: "teardown",
    title: "Both sides close at the same moment: the FINs cross",
    view: AS_IN_THE_RFC,
    adjust: as_usual,
    script: simultaneous_close,
}];

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
