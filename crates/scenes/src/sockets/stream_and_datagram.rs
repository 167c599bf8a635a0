//! Where a message ends: a stream against datagrams.

use std::io::{self, ErrorKind, Read, Write};

use lab::filter::{any, data};
use lab::{HostHandle, Net, addresses};
use socket2::Socket;

use crate::programs::{CLIENT_PORT, Connection, PORT, call, datagrams, note_failure};
use crate::view::{USUAL, WITH_PAYLOAD};
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "one-write-many-segments",
        title: "One write, three segments, two reads",
        view: USUAL,
        adjust: as_usual,
        script: one_write_many_segments,
    },
    Scene {
        name: "many-writes-one-read",
        title: "Three writes, two segments, one read",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: many_writes_one_read,
    },
    Scene {
        name: "three-segments-one-read",
        title: "With Nagle's algorithm off: three writes, three segments, and still one read",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: three_segments_one_read,
    },
    Scene {
        name: "udp-keeps-boundaries",
        title: "Each datagram is a message of its own, and what does not fit is gone",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: udp_keeps_boundaries,
    },
    Scene {
        name: "udp-without-a-connection",
        title: "By UDP: nobody there, one lost, two in the wrong order",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: udp_without_a_connection,
    },
    Scene {
        name: "three-octets-twice",
        title: "The same three octets, by TCP and by UDP",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: three_octets_twice,
    },
];

/// One call of the program's: what it has read, as a note.
fn read(mut host: HostHandle<'_>, socket: &mut Socket, room: usize) -> io::Result<()> {
    let mut buffer = vec![0; room];
    let length = host.run(|| socket.read(&mut buffer))?;
    let octets = buffer[..length].escape_ascii();
    host.note(&format!("read() returns {length}: \"{octets}\""));
    Ok(())
}

/// One datagram to the peer that the socket remembers.
fn send(mut host: HostHandle<'_>, socket: &Socket, message: &str) -> io::Result<()> {
    host.note(&format!("send(\"{message}\")"));
    host.run(|| socket.send(message.as_bytes()))?;
    Ok(())
}

/// RFC 9293 §3.7: neither the segments nor the reads are what was written. The server's program waits in its first call
/// when the first segment comes, and makes its second when the other two have come.
fn one_write_many_segments(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        mut server,
    } = call(net)?;
    // ANCHOR: reads
    let reading = net.server().start(move || {
        let mut buffer = [0; 10_000];
        let first = server.read(&mut buffer)?;
        let second = server.read(&mut buffer)?;
        io::Result::Ok((first, second, server))
    });
    // ANCHOR_END: reads
    net.settle();
    net.client().note("one write() of 4000 octets");
    net.client().run(|| client.write_all(&[b'x'; 4000]))?;
    let (first, second, _server) = reading.join(net)?;
    net.server()
        .note(&format!("read() has returned {first}, then {second}"));
    Ok(())
}

/// The first segment is under way, and Nagle's algorithm keeps what comes after it until it has been acknowledged
/// (RFC 9293 §3.7.4).
fn many_writes_one_read(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        client,
        server,
    } = call(net)?;
    write_three_and_read(net, client, server)
}

/// Now each write is a segment. What the program reads is what lies in its kernel's buffer.
fn three_segments_one_read(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        client,
        server,
    } = call(net)?;
    net.client().run(|| client.set_tcp_nodelay(true))?;
    write_three_and_read(net, client, server)
}

/// What is written goes over a wire that holds it until all is written, and is read in one call.
fn write_three_and_read(net: &mut Net, mut client: Socket, mut server: Socket) -> io::Result<()> {
    net.wire().hold(data());
    // ANCHOR: writes
    for message in ["apples", "pears", "plums"] {
        net.client().note(&format!("write(\"{message}\")"));
        net.client().run(|| client.write_all(message.as_bytes()))?;
    }
    // ANCHOR_END: writes
    net.wire().let_pass();
    net.wire().release_all();
    read(net.server(), &mut server, 100)
}

/// What `recv()` gives is one datagram. One that is longer than the buffer loses its end, and an
/// empty one is a message too.
fn udp_keeps_boundaries(net: &mut Net) -> io::Result<()> {
    let mut server = net.server().run(|| datagrams(addresses::server(PORT)))?;
    let client = net
        .client()
        .run(|| datagrams(addresses::client(CLIENT_PORT)))?;
    for message in ["apples", "pears", "plums", "", "figs"] {
        net.client().note(&format!("sendto(\"{message}\")"));
        net.client()
            .run(|| client.send_to(message.as_bytes(), &addresses::server(PORT).into()))?;
    }
    read(net.server(), &mut server, 100)?;
    net.server().note("the next buffer has room for 3");
    read(net.server(), &mut server, 3)?;
    for _ in 0..3 {
        read(net.server(), &mut server, 100)?;
    }
    Ok(())
}

/// `connect()` sends nothing and remembers a peer. A port that nobody reads from is reported by ICMP (RFC 1122 §4.1.3.1). The
/// wire loses the next datagram and delays the one after it, and nobody is told of either (§4.1.1).
fn udp_without_a_connection(net: &mut Net) -> io::Result<()> {
    let client = net
        .client()
        .run(|| datagrams(addresses::client(CLIENT_PORT)))?;
    net.client()
        .run(|| client.connect(&addresses::server(PORT).into()))?;
    net.client()
        .note("connect() has returned, and nothing was sent");
    send(net.client(), &client, "hello?")?;
    let refused = net.client().run(|| (&client).read(&mut [0; 1]));
    note_failure(
        net.client(),
        refused,
        ErrorKind::ConnectionRefused,
        "read() fails: ECONNREFUSED",
    )?;
    let mut server = net.server().run(|| datagrams(addresses::server(PORT)))?;
    net.server().note("a program has bound the port");
    net.wire().lose_next(any());
    send(net.client(), &client, "one")?;
    net.wire().hold_next(any());
    send(net.client(), &client, "two")?;
    send(net.client(), &client, "three")?;
    net.wire().release();
    read(net.server(), &mut server, 100)?;
    read(net.server(), &mut server, 100)
}

/// What each service costs, for the least that it can do.
fn three_octets_twice(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        mut server,
    } = call(net)?;
    net.client().run(|| client.write_all(b"yes"))?;
    net.client().run(|| drop(client));
    let mut all = Vec::new();
    net.server().run(|| server.read_to_end(&mut all))?;
    net.server().run(|| drop(server));
    net.server()
        .note(&format!("by TCP: \"{}\", and an end", all.escape_ascii()));

    let mut server = net.server().run(|| datagrams(addresses::server(PORT)))?;
    let client = net
        .client()
        .run(|| datagrams(addresses::client(CLIENT_PORT + 1)))?;
    net.client().note("sendto(\"yes\"), by UDP");
    net.client()
        .run(|| client.send_to(b"yes", &addresses::server(PORT).into()))?;
    read(net.server(), &mut server, 100)
}
