use std::collections::BTreeSet;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, SocketAddrV4};

use lab::{Lab, Net, Side, addresses, peer};
use socket2::{Domain, Socket, Type};
use trace::{ControlBits, State};

scenes! {
    a_sockets_life
    two_clients_one_port
    one_port_two_servers
    a_listener_notices_nothing
}

const PORT: u16 = 80;
const CLIENT_PORT: u16 = 40000;

/// The ports from which the lab's kernels choose: `ip_local_port_range` in its `sysctls.conf`.
const RANGE: std::ops::RangeInclusive<u16> = 40000..=40999;

/// How many they are.
const PORTS: u16 = 1000;

/// The ledger's row `socket-holds-five-items` says so.
#[test]
fn a_socket_may_lack_a_peer_or_both_addresses() {
    Lab::run(|net| {
        let listener = listen(net)?;
        let fresh = net.client().run(stream)?;
        let datagrams = net.client().run(|| {
            let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
            socket.bind(&addresses::client(CLIENT_PORT).into())?;
            io::Result::Ok(socket)
        })?;
        for (socket, local) in [
            (&listener, addresses::server(PORT)),
            (&fresh, SocketAddr::from(([0, 0, 0, 0], 0))),
            (&datagrams, addresses::client(CLIENT_PORT)),
        ] {
            assert_eq!(socket.local_addr()?.as_socket(), Some(local));
            let peer = socket.peer_addr().map_err(|error| error.kind());
            assert_eq!(peer.map(drop), Err(ErrorKind::NotConnected), "of {local}");
        }
        io::Result::Ok(())
    });
}

/// The ledger's row `socket-client-names-the-server` says so.
#[test]
fn the_syn_has_the_addresses_that_the_programs_have_named() {
    let trace = super::recorded("a-sockets-life");
    let (side, syn) = trace.segments().next().expect("the client has called");
    assert_eq!(side, Side::Client);
    assert_eq!(syn.control, ControlBits::SYN);
    assert_eq!(SocketAddr::from(syn.source), addresses::client(CLIENT_PORT));
    assert_eq!(SocketAddr::from(syn.destination), addresses::server(PORT));
}

/// The ledger's row `socket-server-has-no-fixed-client` says so. The other address is the server's own.
#[test]
fn clients_with_different_addresses_get_through_one_listener() {
    Lab::run(|net| {
        let listener = listen(net)?;
        for side in [Side::Client, Side::Server] {
            let client = call(net, side)?;
            let server = net.server().run(|| listener.accept())?.0;
            let peer = server.peer_addr()?.as_socket();
            assert_eq!(peer, client.local_addr()?.as_socket());
            assert_eq!(
                peer.map(|peer| peer.ip()),
                Some(addresses::address(side).into())
            );
        }
        io::Result::Ok(())
    });
}

/// The ledger's row `socket-server-starts-a-thread` says so.
#[test]
fn one_thread_serves_three_connections() {
    Lab::run(|net| {
        let listener = listen(net)?;
        let mut clients = Vec::new();
        for _ in 0..3 {
            clients.push(call(net, Side::Client)?);
        }
        // One program of the lab's is one thread, and this one starts no other.
        let connections = net.server().run(|| {
            let mut connections = Vec::new();
            for _ in 0..3 {
                connections.push(listener.accept()?.0);
            }
            for (number, mut connection) in (b'0'..).zip(&connections) {
                connection.write_all(&[number])?;
            }
            io::Result::Ok(connections)
        })?;
        let open = |socket: &&trace::Socket| socket.state == State::Established;
        assert_eq!(net.states().server.iter().filter(open).count(), 3);
        for (number, mut client) in (b'0'..).zip(&clients) {
            let mut heard = [0];
            net.client().run(|| client.read_exact(&mut heard))?;
            assert_eq!(heard, [number]);
        }
        drop(connections);
        io::Result::Ok(())
    });
}

/// The ledger's row `socket-interface-tells-connections-apart` says so.
#[test]
fn a_segment_with_another_source_port_belongs_to_no_connection() {
    Lab::run(|net| {
        let listener = listen(net)?;
        let mut client = net.client().run(|| {
            let socket = stream()?;
            socket.bind(&addresses::client(CLIENT_PORT).into())?;
            socket.connect(&addresses::server(PORT).into())?;
            io::Result::Ok(socket)
        })?;
        let mut server = net.server().run(|| listener.accept())?.0;
        net.client().run(|| client.write_all(b"hello"))?;

        let sent = net.trace().segments().find(|(_, s)| !s.payload.is_empty());
        let (side, mut segment) = sent.expect("the wire has carried what the client wrote");
        segment.source = SocketAddrV4::new(addresses::CLIENT, CLIENT_PORT + 1);
        let copy = net.trace().rows.len();
        net.wire().inject(side, &segment);
        let answer = net.trace().rows.get(copy + 1).and_then(trace::Row::segment);
        let (from, answer) = answer.expect("the copy is answered");
        assert_eq!(from, Side::Server);
        assert_eq!(answer.control, ControlBits::RST);
        assert_eq!(answer.sequence, segment.acknowledgment);
        assert_eq!(answer.destination, segment.source);
        assert_eq!(net.trace().rows.len(), copy + 2, "nothing else comes of it");

        net.client().run(|| client.write_all(b", still here"))?;
        let mut heard = [0; 17];
        net.server().run(|| server.read_exact(&mut heard))?;
        assert_eq!(&heard, b"hello, still here");
        io::Result::Ok(())
    });
}

/// The ledger's row `missing-client-port-choice` says so. How far the next port is from the last depends on chance, and on the calls of other
/// laboratories too: they share the kernel's table of where to go on.
#[test]
fn the_kernel_chooses_the_port_of_a_client_that_has_asked_for_none() {
    const CALLS: usize = 30;
    Lab::run(|net| {
        let listener = listen(net)?;
        let mut ports = Vec::new();
        let mut sockets = Vec::new();
        for _ in 0..CALLS {
            let client = call(net, Side::Client)?;
            sockets.push(net.server().run(|| listener.accept())?.0);
            let local = client.local_addr()?.as_socket();
            ports.extend(local.map(|local| local.port()));
            sockets.push(client);
        }
        let different: BTreeSet<u16> = ports.iter().copied().collect();
        assert_eq!(different.len(), CALLS, "a port was chosen twice: {ports:?}");
        assert!(different.iter().all(|port| RANGE.contains(port)));
        let steps: BTreeSet<u16> = ports
            .windows(2)
            .map(|pair| (pair[1] + PORTS - pair[0]) % PORTS)
            .collect();
        assert!(steps.len() > 1, "each port tells the next: {ports:?}");
        io::Result::Ok(())
    });
}

fn stream() -> io::Result<Socket> {
    Socket::new(Domain::IPV4, Type::STREAM, None)
}

fn listen(net: &mut Net) -> io::Result<Socket> {
    net.server().run(|| peer::listen(addresses::server(PORT)))
}

/// A call to the server from a port that the kernel chooses.
fn call(net: &mut Net, side: Side) -> io::Result<Socket> {
    net.host(side)
        .run(|| peer::connect_from_any_port(addresses::server(PORT)))
}
