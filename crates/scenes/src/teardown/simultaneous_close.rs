//! The FINs cross: figure 13 of RFC 9293.

use std::io;

use lab::filter::fin;
use lab::{Net, Settings, Side};

use super::orderly_close::lost_ack_of_a_fin;
use super::{AS_IN_THE_RFC, CLIENT_ISN};
use crate::programs::{Connection, establish};
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "simultaneous-close",
        title: "Both sides close at the same moment: the FINs cross",
        view: AS_IN_THE_RFC,
        adjust: as_usual,
        script: simultaneous_close,
    },
    Scene {
        name: "fin-that-covers-ours",
        title: "The other side's FIN acknowledges ours: TIME-WAIT at once",
        view: AS_IN_THE_RFC,
        adjust: as_usual,
        script: fin_that_covers_ours,
    },
    Scene {
        name: "our-fin-is-lost",
        title: "The client's FIN is lost, and the server closes meanwhile",
        view: AS_IN_THE_RFC,
        adjust: with_a_timer_of_three_seconds,
        script: our_fin_is_lost,
    },
];

/// Figure 13 of RFC 9293 (§3.6), as drawn: neither FIN acknowledges the other, and both sides pass through
/// CLOSING into TIME-WAIT.
// ANCHOR: simultaneous_close
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
// ANCHOR_END: simultaneous_close

/// The client's FIN arrives, but the ACK that the server's kernel sends for it is lost. When the server's own FIN
/// reaches the client, the client is still in FIN-WAIT-1, as in figure 13; only the acknowledgment number is another.
/// It takes the client to FIN-WAIT-2 (§3.10.7.4, fifth step) and the FIN from there to TIME-WAIT (eighth step).
fn fin_that_covers_ours(net: &mut Net) -> io::Result<()> {
    lost_ack_of_a_fin(net)
}

/// Time enough for the server to close before the client's FIN is sent again, on a busy machine too.
fn with_a_timer_of_three_seconds(settings: Settings) -> Settings {
    Settings {
        rto_min_ms: 3000,
        ..settings
    }
}

/// The wire loses the client's FIN, and the server closes on its own. The client is in CLOSING, and the server never
/// is. When the client's timer expires, its FIN is sent again (§3.10.8).
///
/// The client's ACK begins at 101, behind the number of the lost FIN. By §3.10.7.4 (first step, SHLD-31) the server should
/// hold it until that FIN has come, and would stay in FIN-WAIT-1. Linux takes the acknowledgment at once.
fn our_fin_is_lost(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        client,
        server,
    } = establish(net, CLIENT_ISN)?;
    net.wire().lose_next(fin().from(Side::Client));
    net.client().run(move || drop(client));
    net.server().run(move || drop(server));
    net.wire().wait_for(&fin().from(Side::Client));
    Ok(())
}
