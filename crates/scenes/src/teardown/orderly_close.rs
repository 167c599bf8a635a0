//! Four segments, or three: figure 12 of RFC 9293.

use std::io::{self, Read, Write};
use std::net::Shutdown;

use lab::filter::{any, fin, pure_ack};
use lab::peer::{call_from, listen, listen_with_buffer};
use lab::{Listed, Net, Settings, Side, addresses, listing};
use socket2::Socket;
use trace::{ControlBits, Segment, State, Trace, View};

use super::{AS_IN_THE_RFC, CLIENT_ISN};
use crate::programs::{CLIENT_PORT, Connection, PORT, establish};
use crate::view::PLAIN;
use crate::{Scene, as_usual, repeats_after_a_second};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "close-in-four",
        title: "Each direction is closed by its own FIN, and each FIN is acknowledged",
        view: AS_IN_THE_RFC,
        adjust: as_usual,
        script: close_in_four,
    },
    Scene {
        name: "close-in-three",
        title: "The server's program closes at once: its FIN acknowledges the client's",
        view: PLAIN,
        adjust: acknowledgments_may_wait,
        script: close_in_three,
    },
    Scene {
        name: "close-after-a-pause",
        title: "The same program closes later: the kernel does not wait for it any longer",
        view: PLAIN,
        adjust: acknowledgments_may_wait,
        script: close_after_a_pause,
    },
    Scene {
        name: "lost-ack-of-a-fin",
        title: "The acknowledgment of the first FIN is lost, and the second FIN brings it",
        view: PLAIN,
        adjust: as_usual,
        script: lost_ack_of_a_fin,
    },
    Scene {
        name: "nobody-closes",
        title: "Two clients have finished, and the server's program takes no notice",
        view: PLAIN,
        adjust: short_timeouts,
        script: nobody_closes,
    },
    Scene {
        name: "fin-behind-a-closed-window",
        title: "The client has closed, and its FIN must wait behind data",
        view: View {
            window: true,
            ..PLAIN
        },
        adjust: as_usual,
        script: fin_behind_a_closed_window,
    },
    Scene {
        name: "lost-fins",
        title: "The wire is cut and mended: FINs are sent until they are acknowledged",
        view: PLAIN,
        adjust: repeats_after_a_second,
        script: lost_fins,
    },
];

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

/// Without the route's `quickack`: Linux as it is outside the lab.
fn acknowledgments_may_wait(settings: Settings) -> Settings {
    Settings {
        quickack: false,
        ..settings
    }
}

/// A server's program: reads until there is no more, and closes.
// ANCHOR: read_and_close
fn read_and_close(mut connection: Socket) -> io::Result<Vec<u8>> {
    let mut heard = Vec::new();
    // Until read() returns 0: the other side's FIN has come.
    connection.read_to_end(&mut heard)?;
    drop(connection);
    Ok(heard)
}
// ANCHOR_END: read_and_close

/// The kernel holds the ACK of the FIN back (§3.10.7.4 demands it, §3.8.6.3 speaks of delays), and the program closes
/// while it is held: ACK and FIN leave in one segment.
///
/// After data, Linux holds it for about 40 ms, and the program needs less than one. On a machine that stalls in between, what
/// comes of it is `close_after_a_pause`, and the script is played again.
fn close_in_three(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        server,
    } = establish(net, CLIENT_ISN)?;
    let server = net.server().start(move || read_and_close(server));
    net.client().run(|| client.write_all(b"hello"))?;
    net.client().run(move || drop(client));
    let _server = server.join(net)?;
    if fin_was_acknowledged_alone(net.trace()) {
        net.came_too_late();
    }
    Ok(())
}

/// Whether the segment after the first FIN is not the other side's FIN: that side's kernel has not waited for its program.
#[must_use]
pub fn fin_was_acknowledged_alone(trace: &Trace) -> bool {
    let mut segments = trace.segments();
    let is_fin = |(_, segment): (Side, Segment)| segment.control.contains(ControlBits::FIN);
    segments.any(is_fin) && !segments.next().is_some_and(is_fin)
}

/// The same, but the program does nothing until the kernel has sent the ACK by itself; then it reads and closes.
fn close_after_a_pause(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        server,
    } = establish(net, CLIENT_ISN)?;
    net.client().run(|| client.write_all(b"hello"))?;
    net.client().run(move || drop(client));
    net.wire().wait_for(&pure_ack().from(Side::Server));
    net.server().note("only now closes");
    net.server().run(move || read_and_close(server)).map(drop)
}

/// The wire loses the server's ACK, and the FIN that follows acknowledges as much: the client goes from FIN-WAIT-1 straight to
/// TIME-WAIT (§3.3.2, note 2 of figure 5).
pub(super) fn lost_ack_of_a_fin(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        client,
        server,
    } = establish(net, CLIENT_ISN)?;
    net.wire().lose_next(pure_ack().from(Side::Server));
    net.client().run(move || drop(client));
    net.server().run(move || drop(server));
    Ok(())
}

/// Linux ends FIN-WAIT-2 after `tcp_fin_timeout`, or after three and a half times the retransmission timeout if that is more;
/// the lab's usual timeout of 30 s would hide the setting.
fn short_timeouts(settings: Settings) -> Settings {
    Settings {
        rto_min_ms: 5_000,
        ..settings
    }
}

/// The server's kernel acknowledges both FINs (§3.10.7.4); its program reads the end of both streams and ignores it. Its
/// connections stay in CLOSE-WAIT, without a timer, until it drops them. Of the clients' two in FIN-WAIT-2 only the one that
/// no program holds any more has a timer.
fn nobody_closes(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let mut pairs = Vec::new();
    for port in [CLIENT_PORT, CLIENT_PORT + 1] {
        pairs.push(call_from(net, port, &listener)?);
    }
    note_list(net, Side::Server)?;
    let (clients, mut servers): (Vec<Socket>, Vec<Socket>) = pairs.into_iter().unzip();
    let mut clients = clients.into_iter();
    let closed = clients.next();
    net.client().run(move || drop(closed));
    let shut = clients.next();
    net.client().run(|| {
        shut.iter()
            .try_for_each(|client| client.shutdown(Shutdown::Write))
    })?;
    net.server()
        .run(|| servers.iter_mut().try_for_each(expect_the_end))?;
    net.server()
        .note("both read() return 0; the program ignores it");
    note_list(net, Side::Client)?;
    note_list(net, Side::Server)?;
    net.server().note("closes both at last");
    net.server().run(move || drop(servers));
    note_list(net, Side::Server)
}

fn expect_the_end(connection: &mut Socket) -> io::Result<()> {
    match connection.read(&mut [0; 1])? {
        0 => Ok(()),
        _ => Err(io::Error::other("there is data where there should be none")),
    }
}

/// Writes down what a host's kernel lists.
fn note_list(net: &mut Net, side: Side) -> io::Result<()> {
    let list = net.host(side).run(timers)?;
    net.host(side).note(&format!("its kernel lists {list}"));
    Ok(())
}

/// What the kernel of the calling program's host lists, as a line of text: `LISTEN; CLOSE-WAIT, no timer`. LISTEN comes
/// first, then the connections by their ports.
fn timers() -> io::Result<String> {
    let mut sockets = listing()?;
    sockets.sort_by_key(|listed| listed.socket.state != State::Listen);
    Ok(sockets.iter().map(words).collect::<Vec<_>>().join("; "))
}

/// One socket, and whether a timer runs.
fn words(listed: &Listed) -> String {
    let state = listed.socket.state;
    match (state, listed.timer) {
        (State::Listen, None) => state.to_string(),
        (_, None) => format!("{state}, no timer"),
        (_, Some(_)) => format!("{state}, a timer"),
    }
}

/// The server's buffer is small and its program does not read: its window closes. The client's CLOSE is queued behind the data that
/// was written before (§3.10.4), and the state is FIN-WAIT-1 all the same. An ACK of the data alone does not change it.
fn fin_behind_a_closed_window(net: &mut Net) -> io::Result<()> {
    let listener = net
        .server()
        .run(|| listen_with_buffer(2048, addresses::server(PORT)))?;
    let (mut client, server) = call_from(net, CLIENT_PORT, &listener)?;
    net.client().run(|| client.write_all(&[b'.'; 1560]))?;
    net.client().run(move || drop(client));
    net.client().note("close() has returned");
    net.server().note("reads to the end, and closes");
    net.server().run(move || read_and_close(server)).map(drop)
}

/// Neither kernel notices that the wire is cut. The client's FIN is repeated until one gets through; so is the server's, whose
/// acknowledgment is lost, and the client, in TIME-WAIT, acknowledges it again (§3.6, §3.10.7.4, §3.10.8).
fn lost_fins(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        client,
        server,
    } = establish(net, CLIENT_ISN)?;
    net.client().note("the wire is cut");
    net.wire().lose(any());
    note_list(net, Side::Client)?;
    note_list(net, Side::Server)?;
    net.client().run(move || drop(client));
    net.wire().wait_for(&fin());
    net.client().note("the wire is mended");
    net.wire().let_pass();
    net.wire().wait_for(&fin());
    net.wire().lose_next(pure_ack().from(Side::Client));
    net.server().run(move || drop(server));
    net.wire().wait_for(&fin().from(Side::Server));
    Ok(())
}
