//! Is anyone there? Probes, dead peers, idle peers.

mod box_on_the_way;

use std::io::{self, ErrorKind, Read, Write};
use std::time::Duration;

use lab::filter::{any, pure_ack, rst};
use lab::peer::connect;
use lab::{Net, Side, addresses, repair};
use socket2::{Socket, TcpKeepalive};

use self::box_on_the_way::BoxOnTheWay;
use super::CLIENT_ISN;
use crate::programs::{CLIENT_PORT, Connection, PORT, establish, note_failure, wait_for_own_limit};
use crate::view::{PLAIN, WITH_PAYLOAD};
use crate::{Scene, as_usual, repeats_after_a_second};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "keepalive-probe",
        title: "A peer that has nothing to say is asked, and its kernel answers",
        view: PLAIN,
        adjust: as_usual,
        script: keepalive_probe,
    },
    Scene {
        name: "one-probe-lost",
        title: "One probe is lost, the next is answered, and the connection goes on",
        view: PLAIN,
        adjust: as_usual,
        script: one_probe_lost,
    },
    Scene {
        name: "dead-peer",
        title: "Three probes without an answer, and the connection is given up",
        view: PLAIN,
        adjust: as_usual,
        script: dead_peer,
    },
    Scene {
        name: "forgotten-peer",
        title: "The peer has forgotten the connection, and says so when it is asked",
        view: PLAIN,
        adjust: as_usual,
        script: forgotten_peer,
    },
    Scene {
        name: "program-asleep",
        title: "A heartbeat, a probe, and a heartbeat for a program that has fallen asleep",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: program_asleep,
    },
    Scene {
        name: "data-to-a-dead-peer",
        title: "Data waits for its acknowledgment, and keep-alive keeps silent",
        view: PLAIN,
        adjust: repeats_after_a_second,
        script: data_to_a_dead_peer,
    },
    Scene {
        name: "box-forgets",
        title: "A box on the way forgets a silent connection, and lets a new one pass",
        view: PLAIN,
        adjust: as_usual,
        script: box_forgets,
    },
    Scene {
        name: "http-keep-alive",
        title: "Two requests on one connection, and the server's own limit",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: http_keep_alive,
    },
];

/// The shortest silence after which Linux can be told to ask.
const ONE_SECOND: Duration = Duration::from_secs(1);

/// The server's kernel asks, the client's answers, and neither program is told. The probe has the number before the next one
/// (RFC 9293 §3.8.4), so it takes up none: what the server sends afterwards has the number that it would have had.
///
/// The next probe would be due after `tcp_keepalive_intvl`, more than a minute later.
fn keepalive_probe(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        client: _client,
        server,
    } = talk(net)?;
    let mut server = asked_and_answered(net, server)?;
    net.server().run(|| server.write_all(b"news"))
}

/// Failure to respond to any one probe must not be taken for a dead connection (RFC 9293 §3.8.4).
///
/// Two seconds between probes: the scene ends with the first answer, long before a third is due.
fn one_probe_lost(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        client: _client,
        server,
    } = talk(net)?;
    net.wire().lose_next(pure_ack().from(Side::Server));
    let asking = net.server().start(move || {
        let keepalive = TcpKeepalive::new()
            .with_time(ONE_SECOND)
            .with_interval(2 * ONE_SECOND);
        server.set_tcp_keepalive(&keepalive).map(|()| server)
    });
    net.wire().wait_for(&pure_ack().from(Side::Client));
    let mut server = asking.join(net)?;
    net.server().run(|| server.write_all(b"news"))
}

/// The wire loses everything. After the third probe without an answer and one more interval the server's kernel gives up: it sends a
/// reset, which is lost as well, and tells its program.
///
/// On a busy machine the program may know before the wire has seen the reset: so the script waits for both.
fn dead_peer(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        client: _client,
        mut server,
    } = talk(net)?;
    net.wire().lose(any());
    let reading = net.server().start(move || {
        ask_three_times(&server)?;
        server.read(&mut [0; 1])
    });
    net.wire().wait_for(&rst().from(Side::Server));
    let outcome = reading.join(net);
    note_failure(
        net.server(),
        outcome,
        ErrorKind::TimedOut,
        "read() fails: ETIMEDOUT",
    )
}

/// Asks after one second of silence, then each second, and gives up when three probes are unanswered.
// ANCHOR: ask_three_times
fn ask_three_times(socket: &Socket) -> io::Result<()> {
    let keepalive = TcpKeepalive::new()
        .with_time(Duration::from_secs(1))
        .with_interval(Duration::from_secs(1))
        .with_retries(3);
    socket.set_tcp_keepalive(&keepalive)
}
// ANCHOR_END: ask_three_times

/// The client's memory of the connection is gone, as after a reboot. To the probe it answers as to every segment without a
/// connection: with a reset (RFC 9293 §3.5.2, group 1).
fn forgotten_peer(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        client,
        mut server,
    } = talk(net)?;
    net.client().run(move || repair::forget(client))?;
    net.client().note("reboots: the connection is forgotten");
    net.server().run(|| ask_after_a_second(&server))?;
    let outcome = net.server().run(|| server.read(&mut [0; 1]));
    note_failure(
        net.server(),
        outcome,
        ErrorKind::ConnectionReset,
        "read() fails: ECONNRESET",
    )
}

/// A heartbeat is data that the peer's program has to answer with data. When that program sleeps, its kernel goes on answering
/// probes, and acknowledges the next heartbeat.
fn program_asleep(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        mut server,
    } = establish(net, CLIENT_ISN)?;
    net.server().run(|| server.write_all(b"PING\n"))?;
    net.client().run(|| {
        client.read_exact(&mut [0; 5])?;
        client.write_all(b"PONG\n")
    })?;
    net.server().run(|| server.read_exact(&mut [0; 5]))?;

    net.client().note("falls asleep: it calls nothing any more");
    let mut server = asked_and_answered(net, server)?;
    net.server().run(|| server.write_all(b"PING\n"))?;
    wait_for_own_limit(net, Side::Server, &mut server)
}

/// The path is cut while nobody speaks, and neither side notices. Then the server's program sends. As long as this data is outstanding,
/// no probe is sent (RFC 9293 §3.8.4); it is repeated, and the user timeout ends the connection (§3.10.8).
///
/// There is exactly one repeat, however late the timers are: the first expiry, after a second, always repeats, and the second
/// comes when the user timeout of a second is over.
fn data_to_a_dead_peer(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        mut server,
    } = talk(net)?;
    net.wire().lose(any());
    wait_for_own_limit(net, Side::Client, &mut client)?;
    wait_for_own_limit(net, Side::Server, &mut server)?;
    net.server().note("sends, with keep-alive on");
    let outcome = net.server().run(|| {
        server.write_all(b"news")?;
        ask_three_times(&server)?;
        server.set_tcp_user_timeout(Some(ONE_SECOND))?;
        server.set_read_timeout(None)?;
        server.read(&mut [0; 1])
    });
    note_failure(
        net.server(),
        outcome,
        ErrorKind::TimedOut,
        "read() fails: ETIMEDOUT",
    )
}

/// The box forgets what was silent for a whole period. One probe and its answer are traffic like any other and keep the record.
/// Without them it is gone, and only this connection suffers: both ends and the path are well.
fn box_forgets(net: &mut Net) -> io::Result<()> {
    let on_the_way = BoxOnTheWay::default();
    net.wire().lose(on_the_way.drops());
    let Connection {
        listener: _listener,
        client: _client,
        server,
    } = establish(net, CLIENT_ISN)?;

    on_the_way.a_period_ends();
    let mut server = asked_and_answered(net, server)?;
    on_the_way.a_period_ends();
    net.server().run(|| server.write_all(b"news"))?;

    net.server().run(|| server.set_keepalive(false))?;
    net.server().note("turns keep-alive off");
    on_the_way.a_period_ends();
    on_the_way.a_period_ends();
    net.server().run(|| server.write_all(b"more"))?;
    let _another = net
        .client()
        .run(|| connect(addresses::client(CLIENT_PORT + 1), addresses::server(PORT)))?;
    Ok(())
}

/// HTTP's `keep-alive` asks the server not to close after the response. It puts nothing on the wire by itself, and keeps nothing
/// alive: here the server's program closes when it has waited long enough (RFC 9112 §9.5).
fn http_keep_alive(net: &mut Net) -> io::Result<()> {
    const REQUEST: &[u8] = b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    const RESPONSE: &[u8] =
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi";

    let Connection {
        listener: _listener,
        mut client,
        mut server,
    } = establish(net, CLIENT_ISN)?;
    for _ in 0..2 {
        net.client().run(|| client.write_all(REQUEST))?;
        net.server().run(|| {
            server.read_exact(&mut [0; REQUEST.len()])?;
            server.write_all(RESPONSE)
        })?;
        net.client()
            .run(|| client.read_exact(&mut [0; RESPONSE.len()]))?;
    }
    wait_for_own_limit(net, Side::Server, &mut server)?;
    net.server().run(move || drop(server));
    Ok(())
}

/// A connection on which both sides have said something, so that the next numbers are 6 and 3.
fn talk(net: &mut Net) -> io::Result<Connection> {
    let mut connection = establish(net, CLIENT_ISN)?;
    let Connection { client, server, .. } = &mut connection;
    net.client().run(|| client.write_all(b"hello"))?;
    net.server().run(|| {
        server.read_exact(&mut [0; 5])?;
        server.write_all(b"hi")
    })?;
    net.client().run(|| client.read_exact(&mut [0; 2]))?;
    Ok(connection)
}

/// Turns keep-alive on, and waits for a probe and its answer.
///
/// The program is only started: it makes its call when the script waits already. A second counts from the last segment that came in,
/// so on a machine that stalls it may have passed before the call.
fn asked_and_answered(net: &mut Net, server: Socket) -> io::Result<Socket> {
    let asking = (net.server()).start(move || ask_after_a_second(&server).map(|()| server));
    net.wire().wait_for(&pure_ack().from(Side::Client));
    asking.join(net)
}

/// Asks after one second of silence; all else is left as the system has it.
fn ask_after_a_second(socket: &Socket) -> io::Result<()> {
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(ONE_SECOND))
}
