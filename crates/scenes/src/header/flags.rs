//! What the control bits ask for, and what they do not.

use std::io::{self, ErrorKind, Read, Write};

use lab::filter::{data, pure_ack};
use lab::peer::{abort, listen};
use lab::{Net, Settings, Side, addresses};
use socket2::Socket;
use trace::{ControlBits, Numbering, Segment, View};

use crate::on_the_way::{change_ipv4_word, change_segment};
use crate::programs::{Connection, PORT, call_without_delay, probe};
use crate::view::{PLAIN, WITH_PAYLOAD};
use crate::{Scene, as_usual};

/// The numbers are the script's own.
const AS_SENT: View = View {
    client: Numbering::Absolute,
    server: Numbering::Absolute,
    ..PLAIN
};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "push-is-not-a-boundary",
        title: "Data without PSH is read at once, data with PSH waits behind a gap, and one read takes two of them",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: push_is_not_a_boundary,
    },
    Scene {
        name: "urgent-is-a-mark",
        title: "A pointer without URG says nothing; urgent octets keep their place; and a reset ends it all",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: urgent_is_a_mark,
    },
    Scene {
        name: "one-bit-each",
        title: "The wire changes one bit of each segment, and the only one that is missed is ACK",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: one_bit_each,
    },
    Scene {
        name: "congestion-mark",
        title: "The wire marks one packet; the server says so until the client has confirmed it",
        view: WITH_PAYLOAD,
        adjust: with_ecn,
        script: congestion_mark,
    },
    Scene {
        name: "strange-flags",
        title: "Five segments that fit no connection, to a closed and to a listening port",
        view: AS_SENT,
        adjust: as_usual,
        script: strange_flags,
    },
];

/// All bits but one.
fn without(control: ControlBits, bit: ControlBits) -> ControlBits {
    ControlBits::from_bits(control.bits() & !bit.bits())
}

/// What one call of the server's program returns, as a note.
fn read(net: &mut Net, server: &mut Socket) -> io::Result<()> {
    let mut room = [0; 100];
    let note = match net.server().run(|| server.read(&mut room)) {
        Ok(length) => format!(
            "read() returns {length}: \"{}\"",
            room[..length].escape_ascii()
        ),
        Err(error) if error.kind() == ErrorKind::WouldBlock => {
            "read() has nothing to return: EAGAIN".to_owned()
        }
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {
            "read() fails: ECONNRESET".to_owned()
        }
        Err(error) => return Err(error),
    };
    net.server().note(&note);
    Ok(())
}

/// Nobody asks for PSH here: Linux sets it by itself (RFC 9293 §3.9.1.2, MUST-61).
///
/// - The wire takes it away from the first segment. A read that does not wait gets the octets.
/// - The third segment with data overtakes the second. Its PSH cannot carry it past the gap.
/// - When the gap is closed, one call returns what two segments with PSH have brought: the bit is no record marker.
fn push_is_not_a_boundary(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        mut server,
    } = call_without_delay(net)?;
    net.wire().alter_next(data(), |frame| {
        change_segment(frame, |segment| {
            segment.control = without(segment.control, ControlBits::PSH);
        });
    });
    net.client().run(|| client.write_all(b"no hurry"))?;
    server.set_nonblocking(true)?;
    read(net, &mut server)?;

    net.wire().hold_next(data());
    net.client().run(|| client.write_all(b"first"))?;
    net.client().run(|| client.write_all(b"second"))?;
    read(net, &mut server)?;
    net.wire().release();
    read(net, &mut server)
}

/// The server's program wants urgent octets left in the stream (RFC 6093 §3.1 names the option).
///
/// - The wire writes a pointer into a segment without URG. Nobody looks at it (RFC 9293 §3.1).
/// - Three segments are held, the second of them urgent. They are delivered in their order, and read in it. All that
///   the program notices is that a read ends at the mark, which Linux puts before the last urgent octet.
/// - A reset ends the connection as it ends any other.
fn urgent_is_a_mark(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        mut server,
    } = call_without_delay(net)?;
    net.server().run(|| server.set_out_of_band_inline(true))?;
    net.wire().alter_next(data(), |frame| {
        change_segment(frame, |segment| segment.urgent_pointer = 2);
    });
    net.client().run(|| client.write_all(b"one"))?;
    read(net, &mut server)?;

    net.wire().hold(data());
    // ANCHOR: urgent
    net.client().run(|| client.write_all(b"two"))?;
    net.client().run(|| client.send_out_of_band(b"now"))?;
    net.client().run(|| client.write_all(b"six"))?;
    // ANCHOR_END: urgent
    net.wire().release_all();
    read(net, &mut server)?;
    read(net, &mut server)?;

    net.wire().let_pass();
    net.client().run(|| client.send_out_of_band(b"now"))?;
    net.client().note("close(), with a linger time of 0");
    net.client().run(|| abort(client))
}

/// What the data says is what the wire has done to its segment. Bits that a connection has not agreed on, and bits that
/// nobody has a use for, are ignored (RFC 9293 §3.1); a segment without ACK is dropped (§3.10.7.4, fifth step).
fn one_bit_each(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        mut server,
    } = call_without_delay(net)?;
    type Change = fn(&mut Segment);
    let changes: [(&str, Change); 5] = [
        ("ECE", |segment| segment.control |= ControlBits::ECE),
        ("CWR", |segment| segment.control |= ControlBits::CWR),
        ("AE", |segment| segment.control |= ControlBits::AE),
        ("reserved", |segment| segment.reserved = 0b001),
        ("no ACK", |segment| {
            segment.control = without(segment.control, ControlBits::ACK);
        }),
    ];
    for (what, how) in changes {
        net.wire()
            .alter_next(data(), move |frame| change_segment(frame, how));
        net.client().run(|| client.write_all(what.as_bytes()))?;
    }
    read(net, &mut server)
}

/// Explicit congestion notification, asked for by both kernels.
fn with_ecn(settings: Settings) -> Settings {
    settings.with_sysctls(&[("net.ipv4.tcp_ecn", "1")])
}

/// The wire plays the router that is becoming congested (RFC 3168 §5). It marks the first packet with data, and loses the
/// acknowledgment that reports it. So the next one reports it too (§6.1.3), and the client's next data brings CWR (§6.1.2).
fn congestion_mark(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        server: _server,
    } = call_without_delay(net)?;
    net.wire().alter_next(data(), |frame| mark(frame));
    net.wire().lose_next(pure_ack().from(Side::Server));
    for text in ["marked", "as sent", "confirmed", "as before"] {
        net.client().run(|| client.write_all(text.as_bytes()))?;
    }
    Ok(())
}

/// Congestion experienced: both ECN bits in the first word of the IPv4 header (RFC 3168 §5).
fn mark(frame: &mut [u8]) {
    change_ipv4_word(frame, 0, |word| word | 0b11);
}

/// The port on which nobody listens.
const CLOSED: u16 = 81;

/// No bit at all; FIN; FIN, PSH and URG; SYN and FIN; ACK. First to a port without a record (RFC 9293 §3.10.7.1), then to
/// one in LISTEN (§3.10.7.2).
fn strange_flags(net: &mut Net) -> io::Result<()> {
    let _listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let strange = [
        ControlBits::NONE,
        ControlBits::FIN,
        ControlBits::FIN | ControlBits::PSH | ControlBits::URG,
        ControlBits::SYN | ControlBits::FIN,
        ControlBits::ACK,
    ];
    for port in [CLOSED, PORT] {
        for control in strange {
            net.client().run(|| probe(control, port))?;
        }
    }
    Ok(())
}
