//! Who waits after the close, why, and for how long.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::thread;
use std::time::Duration;

use lab::filter::{data, fin, pure_ack};
use lab::peer::{abort, accept, call_from, connect_from_any_port, listen};
use lab::{Net, Settings, Side, addresses};
use socket2::{Domain, Socket, Type};

use super::{AS_IN_THE_RFC, CLIENT_ISN};
use crate::programs::{CLIENT_PORT, Connection, PORT, call_with, establish, note_failure};
use crate::view::{PLAIN, as_in_the_rfc};
use crate::{Scene, as_usual, one_port_to_choose, repeats_after_a_second};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "who-waits",
        title: "The client closes first, then the server, then one side aborts",
        view: PLAIN,
        adjust: as_usual,
        script: who_waits,
    },
    Scene {
        name: "lost-last-ack",
        title: "The last ACK is lost: the FIN comes again, and somebody is there to acknowledge it again",
        view: AS_IN_THE_RFC,
        adjust: repeats_after_a_second,
        script: lost_last_ack,
    },
    Scene {
        name: "silence-in-time-wait",
        title: "The last ACK is lost, and so is the FIN that comes again: the client hears nothing",
        view: AS_IN_THE_RFC,
        adjust: repeats_after_a_second,
        script: silence_in_time_wait,
    },
    Scene {
        name: "nobody-waits",
        title: "The same loss where no record is kept: the FIN comes again and meets a reset",
        view: AS_IN_THE_RFC,
        adjust: without_records,
        script: lost_last_ack,
    },
    Scene {
        name: "assassination",
        title: "Old data arrives in TIME-WAIT, and the reset that follows ends the wait",
        view: AS_IN_THE_RFC,
        adjust: as_usual,
        script: old_data,
    },
    Scene {
        name: "no-assassination",
        title: "The same old data and the same reset, and a kernel that ignores it",
        view: AS_IN_THE_RFC,
        adjust: as_rfc_1337,
        script: old_data,
    },
    Scene {
        name: "newer-timestamp",
        title: "The new number is smaller, but the timestamp is newer: TIME-WAIT gives way",
        view: as_in_the_rfc(0),
        adjust: with_timestamps,
        script: newer_timestamp,
    },
    Scene {
        name: "busy-pair",
        title: "A client's only port: in TIME-WAIT towards one port of the server, and free towards another",
        view: PLAIN,
        adjust: one_port_to_choose,
        script: busy_pair,
    },
    Scene {
        name: "address-in-use",
        title: "A server that closed first wants its port again, and SO_REUSEADDR comes too late",
        view: PLAIN,
        adjust: as_usual,
        script: address_in_use,
    },
    Scene {
        name: "restart-at-once",
        title: "With SO_REUSEADDR from the first start on, the port is the server's again at once",
        view: PLAIN,
        adjust: as_usual,
        script: restart_at_once,
    },
];

/// The setting that leaves no room for records in TIME-WAIT.
fn without_records(settings: Settings) -> Settings {
    repeats_after_a_second(settings).with_sysctls(&[("net.ipv4.tcp_max_tw_buckets", "0")])
}

/// A reset does not end TIME-WAIT (RFC 1337 §3, F1).
fn as_rfc_1337(settings: Settings) -> Settings {
    settings.with_sysctls(&[("net.ipv4.tcp_rfc1337", "1")])
}

/// Timestamps on every segment, as kernels have them by default.
fn with_timestamps(settings: Settings) -> Settings {
    settings.with_sysctls(&[("net.ipv4.tcp_timestamps", "1")])
}

/// Three connections from three ports, and three ends. The sockets are closed and gone: what stays in TIME-WAIT belongs to
/// no program.
fn who_waits(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let (client, server) = call_from(net, CLIENT_PORT, &listener)?;
    net.client().note("closes first");
    net.client().run(move || drop(client));
    net.server().run(move || drop(server));

    let (client, server) = call_from(net, CLIENT_PORT + 1, &listener)?;
    net.server().note("closes first");
    net.server().run(move || drop(server));
    net.client().run(move || drop(client));

    let (_client, server) = call_from(net, CLIENT_PORT + 2, &listener)?;
    net.server().note("aborts");
    net.server().run(move || abort(server))
}

/// The client closes first; its last ACK is lost, and the server's kernel sends the FIN again. The server's program has
/// kept its socket and can be told how the connection ended.
///
/// Both programs shut down and keep their sockets: of a closed one Linux would keep a smaller record already
/// in FIN-WAIT-2, and where it may keep none, the server's FIN would not even be acknowledged once.
fn lost_last_ack(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        client,
        server,
    } = establish(net, CLIENT_ISN)?;
    net.client().run(|| client.shutdown(Shutdown::Write))?;
    net.wire().lose_next(pure_ack().from(Side::Client));
    net.server().run(|| server.shutdown(Shutdown::Write))?;
    net.wire().wait_for(&fin().from(Side::Server));
    let told = match net.server().run(|| server.take_error())? {
        None => "SO_ERROR is 0: closed normally",
        Some(error) if error.kind() == ErrorKind::ConnectionReset => {
            "SO_ERROR is ECONNRESET: aborted"
        }
        Some(error) => return Err(error),
    };
    net.server().note(told);
    Ok(())
}

/// The last ACK is lost, and so is every FIN that asks for it again: the client hears what it hears when all is well.
fn silence_in_time_wait(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        client,
        server,
    } = establish(net, CLIENT_ISN)?;
    net.client().run(|| client.shutdown(Shutdown::Write))?;
    net.wire().lose_next(pure_ack().from(Side::Client));
    net.server().run(|| server.shutdown(Shutdown::Write))?;
    net.wire().lose(fin().from(Side::Server));
    net.wire().wait_for(&fin().from(Side::Server));
    Ok(())
}

/// Figure 1 of RFC 1337: both sides have closed, the client first. The server has forgotten the connection when a copy
/// of its old data arrives at the client.
fn old_data(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener,
        mut client,
        mut server,
    } = establish(net, CLIENT_ISN)?;
    net.server().run(|| server.write_all(b"ten octets"))?;
    net.client().run(|| client.read_exact(&mut [0; 10]))?;
    net.server().run(move || drop(listener));
    net.client().run(move || drop(client));
    net.server().run(move || drop(server));
    net.wire().replay(&data());
    Ok(())
}

/// The numbers of the scene `a-smaller-number`, with timestamps on all segments (RFC 6191 §2).
fn newer_timestamp(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let (client, server) = call_with(net, 1000, &listener)?;
    net.server().run(move || drop(server));
    net.client().run(move || drop(client));
    // Time itself is what is needed: the clock of the timestamps makes a step in a millisecond, and a sleep is never shorter
    // than it says.
    thread::sleep(Duration::from_millis(2));
    let _again = call_with(net, 500, &listener)?;
    Ok(())
}

/// The client closes first, and calls again from the only port that it has: first the server's port of last time, then
/// another.
fn busy_pair(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let _other = net.server().run(|| listen(addresses::server(PORT + 1)))?;
    let client = net
        .client()
        .run(|| connect_from_any_port(addresses::server(PORT)))?;
    let server = net.server().run(|| accept(&listener))?;
    net.client().run(move || drop(client));
    net.server().run(move || drop(server));

    let again = net
        .client()
        .run(|| connect_from_any_port(addresses::server(PORT)));
    note_failure(
        net.client(),
        again,
        ErrorKind::AddrNotAvailable,
        "connect() to port 80 again: EADDRNOTAVAIL",
    )?;
    net.client().note("connect() to port 81");
    let _elsewhere = net
        .client()
        .run(|| connect_from_any_port(addresses::server(PORT + 1)))?;
    Ok(())
}

/// A server that can be started again at once.
// ANCHOR: listen_reusable
fn listen_reusable(at: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&at.into())?;
    socket.listen(8)?;
    Ok(socket)
}
// ANCHOR_END: listen_reusable

/// The server was started without SO_REUSEADDR, and closed first. Then it stops, and is started again: as it was, and with
/// the option.
fn address_in_use(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    served(net, CLIENT_PORT, &listener)?;
    net.server().note("stops");
    net.server().run(move || drop(listener));
    let plain = net.server().run(|| listen(addresses::server(PORT)));
    note_failure(
        net.server(),
        plain,
        ErrorKind::AddrInUse,
        "starts again; bind(): EADDRINUSE",
    )?;
    let reusable = net
        .server()
        .run(|| listen_reusable(addresses::server(PORT)));
    note_failure(
        net.server(),
        reusable,
        ErrorKind::AddrInUse,
        "now with SO_REUSEADDR; bind(): EADDRINUSE",
    )
}

/// The server has had SO_REUSEADDR from its first start. While it listens, a second one is refused; when it has stopped,
/// the next is not, although TIME-WAIT goes on.
fn restart_at_once(net: &mut Net) -> io::Result<()> {
    let start = |net: &mut Net| {
        net.server()
            .run(|| listen_reusable(addresses::server(PORT)))
    };
    let listener = start(net)?;
    served(net, CLIENT_PORT, &listener)?;
    let second = start(net);
    note_failure(
        net.server(),
        second,
        ErrorKind::AddrInUse,
        "a second one; bind(): EADDRINUSE",
    )?;
    net.server().run(move || drop(listener));
    net.server().note("stops");
    let listener = start(net)?;
    net.server().note("starts again, and listens");
    served(net, CLIENT_PORT + 1, &listener)
}

/// A connection that the server closes first.
fn served(net: &mut Net, port: u16, listener: &Socket) -> io::Result<()> {
    let (client, server) = call_from(net, port, listener)?;
    net.server().run(move || drop(server));
    net.client().run(move || drop(client));
    Ok(())
}
