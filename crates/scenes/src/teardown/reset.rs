//! Every way to get an RST: figures 9 and 10 of RFC 9293, aborts, lost answers and forgeries.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddrV4};

use lab::filter::data;
use lab::peer::abort;
use lab::{Net, Side, addresses, checksum_errors, repair};
use socket2::Socket;
use trace::{ControlBits, Segment, SeqNumber};

use super::{AS_IN_THE_RFC, CLIENT_ISN};
use crate::programs::{CLIENT_PORT, Connection, PORT, connect_with, establish, note_failure};
use crate::view::{PLAIN, WITH_PAYLOAD};
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "half-open-discovery",
        title: "A host that has forgotten the connection calls again",
        view: AS_IN_THE_RFC,
        adjust: as_usual,
        script: half_open_discovery,
    },
    Scene {
        name: "half-open-by-data",
        title: "Data for a connection that the other host has forgotten",
        view: AS_IN_THE_RFC,
        adjust: as_usual,
        script: half_open_by_data,
    },
    Scene {
        name: "data-after-close",
        title: "Data for a program that has closed and cannot read any more",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: data_after_close,
    },
    Scene {
        name: "linger-zero",
        title: "A program ends its connection by a reset",
        view: PLAIN,
        adjust: as_usual,
        script: linger_zero,
    },
    Scene {
        name: "unread-data",
        title: "The server closes with a request unread, after its answer has arrived",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: unread_data,
    },
    Scene {
        name: "answer-destroyed",
        title: "The same, while the answer is still on its way",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: answer_destroyed,
    },
    Scene {
        name: "answer-saved",
        title: "The same slow answer, from a server that closes in stages",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: answer_saved,
    },
    Scene {
        name: "faulty-segments",
        title: "Three faulty segments: only the one that belongs to no connection is reset",
        view: PLAIN,
        adjust: as_usual,
        script: faulty_segments,
    },
    Scene {
        name: "blind-reset-challenged",
        title: "Forged resets: dropped, asked back, and one that is believed",
        view: AS_IN_THE_RFC,
        adjust: as_usual,
        script: blind_reset_challenged,
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
    expect_reset(net, Side::Server, &mut server)
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
    expect_reset(net, Side::Server, &mut server)
}

/// The server's program has called `close()`: nobody can read there any more, although TCP alone would go on receiving. Data
/// that comes now is answered with a reset (RFC 9293 §3.6.1, SHLD-3).
///
/// The client has had the FIN, and `recv()` goes on to say that this is the end; only `send()` tells.
fn data_after_close(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        server,
    } = establish(net, CLIENT_ISN)?;
    net.server().note("close()");
    net.server().run(move || drop(server));
    net.client().run(|| client.write_all(b"too late"))?;
    tell_recv(net, Side::Client, &mut client)?;
    let written = net.client().run(|| client.write(b"again"));
    note_failure(
        net.client(),
        written,
        ErrorKind::BrokenPipe,
        "send() fails: EPIPE",
    )
}

/// An ABORT (RFC 9293 §3.10.5), by way of `SO_LINGER` with time 0. One segment, and neither side remembers anything.
fn linger_zero(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        client,
        mut server,
    } = establish(net, CLIENT_ISN)?;
    net.client().note("close(), with a linger time of 0");
    net.client().run(move || abort(client))?;
    expect_reset(net, Side::Server, &mut server)
}

/// Received data is pending when the program closes, and Linux shows by a reset that it is lost (RFC 9293 §3.6.1, SHLD-3).
/// The client has the answer already. By §3.10.7.4 the reset empties its queues; Linux lets the program
/// read what is there, and tells of the reset once.
fn unread_data(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        server,
    } = establish(net, CLIENT_ISN)?;
    net.client().run(|| client.write_all(b"request"))?;
    net.server().run(move || answer_and_drop(server))?;
    for _ in 0..3 {
        tell_recv(net, Side::Client, &mut client)?;
    }
    Ok(())
}

/// What many servers do that do not need the whole request.
// ANCHOR: answer_and_drop
fn answer_and_drop(mut socket: Socket) -> io::Result<()> {
    socket.write_all(b"answer")?;
    drop(socket);
    Ok(())
}
// ANCHOR_END: answer_and_drop

/// The wire is slow with the answer, and the reset overtakes it. Its number is the one behind the answer, which leaves a gap
/// at the client: a challenge ACK, and a second reset with the number that the client expects (RFC 5961 §3.2).
/// Then the answer comes to a client that has forgotten the connection.
fn answer_destroyed(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        server,
    } = establish(net, CLIENT_ISN)?;
    net.client().run(|| client.write_all(b"request"))?;
    net.wire().hold_next(data().from(Side::Server));
    net.server().run(move || answer_and_drop(server))?;
    expect_reset(net, Side::Client, &mut client)?;
    net.wire().release();
    Ok(())
}

/// The same slow answer. The server ends its own direction only, and reads on until the client has closed
/// too (RFC 9112 §9.6).
fn answer_saved(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        server,
    } = establish(net, CLIENT_ISN)?;
    net.client().run(|| client.write_all(b"request"))?;
    net.wire().hold_next(data().from(Side::Server));
    let answering = net.server().start(move || answer_in_stages(server));
    net.settle();
    net.wire().release();
    for _ in 0..2 {
        tell_recv(net, Side::Client, &mut client)?;
    }
    net.client().run(move || drop(client));
    answering.join(net)
}

/// The calls of a close in stages; a server needs limits besides.
// ANCHOR: answer_in_stages
fn answer_in_stages(mut socket: Socket) -> io::Result<()> {
    socket.write_all(b"answer")?;
    socket.shutdown(Shutdown::Write)?;
    io::copy(&mut socket, &mut io::sink())?;
    drop(socket);
    Ok(())
}
// ANCHOR_END: answer_in_stages

/// Three segments that something is wrong with.
///
/// - One bit of the first has flipped on the way: the receiver must check (RFC 9293 §3.1, MUST-3), counts, and is silent.
/// - The second lies outside the window of a connection: an ACK says which number is expected (§3.5.2, group 3).
/// - The third belongs to no connection (§3.5.2, group 1), and nobody listens any more: a record in LISTEN would be group 2.
fn faulty_segments(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener,
        mut client,
        server: _server,
    } = establish(net, CLIENT_ISN)?;
    net.server().run(move || drop(listener));
    let next = next_from_the_client(net)?;

    net.wire().alter_next(data(), |octets| {
        if let Some(last) = octets.last_mut() {
            *last ^= 1;
        }
    });
    net.client().run(|| client.write_all(b"hello"))?;
    let errors = net.server().run(checksum_errors)?;
    net.server()
        .note(&format!("segments with a wrong checksum so far: {errors}"));

    let stray = Segment {
        sequence: next.sequence.plus(100_000),
        payload: b"hello".to_vec(),
        ..next
    };
    net.wire().inject(Side::Client, &stray);

    let elsewhere = SocketAddrV4::new(addresses::CLIENT, CLIENT_PORT + 1);
    let unknown = Segment {
        source: elsewhere,
        sequence: SeqNumber(5000),
        acknowledgment: SeqNumber(7000),
        ..stray
    };
    net.wire().inject(Side::Client, &unknown);
    Ok(())
}

/// Segments that somebody forges who knows the addresses and the ports, and does not see the numbers: RFC 5961 §3.2 and §4.2.
///
/// - Below and beyond the window: nothing. Inside it: an ACK, and the connection stays. A SYN with whatever number: the same.
/// - The number that is expected next: the connection is gone, and a host without it says nothing to the next one.
fn blind_reset_challenged(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        client: _client,
        mut server,
    } = establish(net, CLIENT_ISN)?;
    let next = next_from_the_client(net)?.sequence;
    let below = u32::MAX;
    for (control, distance) in [
        (ControlBits::RST, below),
        (ControlBits::RST, 100_000),
        (ControlBits::RST, 100),
        (ControlBits::SYN, 300),
        (ControlBits::RST, 0),
    ] {
        forge(net, control, next.plus(distance));
    }
    expect_reset(net, Side::Server, &mut server)?;
    forge(net, ControlBits::RST, next);
    Ok(())
}

/// The wire delivers a segment without ACK to the server, in the client's name.
// ANCHOR: forge
fn forge(net: &mut Net, control: ControlBits, sequence: SeqNumber) {
    let client = SocketAddrV4::new(addresses::CLIENT, CLIENT_PORT);
    let server = SocketAddrV4::new(addresses::SERVER, PORT);
    let segment = Segment {
        control,
        sequence,
        ..Segment::between(client, server)
    };
    net.wire().inject(Side::Client, &segment);
}
// ANCHOR_END: forge

/// The client's last acknowledgment: it has the numbers that the next segment from there would have.
fn next_from_the_client(net: &Net) -> io::Result<Segment> {
    let sent = net.trace().sent_by(Side::Client).last();
    sent.ok_or_else(|| io::Error::other("the client has sent nothing"))
}

/// One `recv()`, and what it returns.
fn tell_recv(net: &mut Net, side: Side, socket: &mut Socket) -> io::Result<()> {
    let mut octets = [0; 64];
    let told = match net.host(side).run(|| socket.read(&mut octets)) {
        Ok(0) => "recv() returns 0: the end".to_owned(),
        Ok(length) => format!("recv() returns {}", octets[..length].escape_ascii()),
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {
            "recv() fails: ECONNRESET".to_owned()
        }
        Err(error) => return Err(error),
    };
    net.host(side).note(&told);
    Ok(())
}

/// One `recv()` that must fail with ECONNRESET.
fn expect_reset(net: &mut Net, side: Side, socket: &mut Socket) -> io::Result<()> {
    let outcome = net.host(side).run(|| socket.read(&mut [0; 1]));
    note_failure(
        net.host(side),
        outcome,
        ErrorKind::ConnectionReset,
        "recv() fails: ECONNRESET",
    )
}
