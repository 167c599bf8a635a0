//! What a SYN to a port gives away.
//!
//! Three ports of the server: on [`OPEN`] somebody listens; on [`CLOSED`] nobody does; on [`FILTERED`] somebody listens
//! behind a filter that drops every segment.

use std::io::{self, ErrorKind};

use lab::peer::{connect, listen};
use lab::{Net, addresses};
use socket2::{SockFilter, Socket};
use trace::ControlBits;

use crate::programs::{PORT as OPEN, client_port, note_failure, probe};
use crate::view::USUAL;
use crate::{Scene, as_usual, one_repeat_of_a_syn};

const CLOSED: u16 = 81;
const FILTERED: u16 = 82;

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "half-open-scan",
        title: "A hand-made SYN to an open, a closed and a filtered port",
        view: USUAL,
        adjust: as_usual,
        script: half_open_scan,
    },
    Scene {
        name: "connect-scan",
        title: "The same three ports, asked by connect()",
        view: USUAL,
        adjust: one_repeat_of_a_syn,
        script: connect_scan,
    },
    Scene {
        name: "fin-scan",
        title: "A hand-made FIN to the same three ports",
        view: USUAL,
        adjust: as_usual,
        script: fin_scan,
    },
];

/// A SYN for each port, and a second one where the first had no answer.
///
/// - Open: the server answers, and the client's kernel, which knows of no SYN, answers that with a reset
///   (RFC 9293 §3.10.7.2, §3.10.7.1; §3.5.3).
/// - Closed: a reset that acknowledges the SYN (§3.10.7.1).
/// - Filtered: nothing, twice.
///
/// When it is over, the open port's program has no connection to accept.
fn half_open_scan(net: &mut Net) -> io::Result<()> {
    let [open, _filtered] = server_ports(net)?;
    for port in [OPEN, CLOSED, FILTERED, FILTERED] {
        net.client().run(|| probe(ControlBits::SYN, port))?;
    }
    open.set_nonblocking(true)?;
    let outcome = net.server().run(|| open.accept());
    note_failure(
        net.server(),
        outcome,
        ErrorKind::WouldBlock,
        "accept() has nothing to return: EAGAIN",
    )
}

/// The client's kernel does the whole handshake where it can, and repeats a SYN that nobody answers.
fn connect_scan(net: &mut Net) -> io::Result<()> {
    let [_open, _filtered] = server_ports(net)?;
    for port in [OPEN, CLOSED, FILTERED] {
        let connected = net.client().run(|| {
            connect(
                addresses::client(client_port(port)),
                addresses::server(port),
            )
        });
        let result = match connected.as_ref().map_err(io::Error::kind) {
            Ok(_) => "connect() returns",
            Err(io::ErrorKind::ConnectionRefused) => "connect() fails: ECONNREFUSED",
            Err(io::ErrorKind::TimedOut) => "connect() fails: ETIMEDOUT",
            Err(_) => return connected.map(drop),
        };
        net.client().note(result);
        net.client().run(|| drop(connected));
    }
    Ok(())
}

/// A FIN without ACK belongs to no connection. A port in LISTEN drops it (RFC 9293 §3.10.7.2, fourth step), a closed
/// one resets it (§3.10.7.1), and a filter drops it too.
fn fin_scan(net: &mut Net) -> io::Result<()> {
    let [_open, _filtered] = server_ports(net)?;
    for port in [OPEN, CLOSED, FILTERED] {
        net.client().run(|| probe(ControlBits::FIN, port))?;
    }
    Ok(())
}

/// The listening sockets at [`OPEN`] and [`FILTERED`].
fn server_ports(net: &mut Net) -> io::Result<[Socket; 2]> {
    net.server().run(|| {
        Ok([
            listen(addresses::server(OPEN))?,
            filtered(addresses::server(FILTERED))?,
        ])
    })
}

/// A socket in LISTEN to which no segment comes through.
// ANCHOR: filtered
fn filtered(at: std::net::SocketAddr) -> io::Result<Socket> {
    let drop_all = SockFilter::new(RETURN, 0, 0, 0);
    let socket = listen(at)?;
    socket.attach_filter(&[drop_all])?;
    Ok(socket)
}

/// The one instruction of the filter: let so many octets pass.
const RETURN: u16 = 0x06;
// ANCHOR_END: filtered
