//! Counting octets: what has a number, what the numbers show, and how they begin again at 0.

use std::io::{self, ErrorKind, Read, Write};

use lab::filter::{data, pure_ack, syn_ack};
use lab::{Net, Settings, Side};
use trace::{Payload, Segment, SeqNumber, View};

use crate::on_the_way::change_segment;
use crate::programs::{Connection, call, establish, note_failure};
use crate::view::{WITH_PAYLOAD, as_in_the_rfc};
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "counting-octets",
        title: "Each octet takes up a number, and so do SYN and FIN",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: counting_octets,
    },
    Scene {
        name: "a-gap",
        title: "A segment is lost, and the acknowledgment number stays where the gap is",
        view: WITH_PAYLOAD,
        adjust: one_segment_again,
        script: a_gap,
    },
    Scene {
        name: "one-clean-stream",
        title: "Swapped, repeated and made up: the program reads one clean stream",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: one_clean_stream,
    },
    Scene {
        name: "acknowledged-and-unread",
        title: "An acknowledgment is lost and nobody misses it; the data is acknowledged and nobody reads it",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: acknowledged_and_unread,
    },
    Scene {
        name: "wraparound",
        title: "The client begins two numbers below 2^32, and counts on from 0",
        view: View {
            payload: Payload::Text,
            ..as_in_the_rfc(0)
        },
        adjust: as_usual,
        script: wraparound,
    },
    Scene {
        name: "a-number-never-sent",
        title: "The server's answer acknowledges a number that the client has not sent",
        view: as_in_the_rfc(300),
        adjust: as_usual,
        script: a_number_never_sent,
    },
];

/// Data both ways, and both ends' FIN: the client's in one segment with its last octets, the server's alone
/// (RFC 9293 §3.4).
///
/// A corked socket keeps back what does not fill a segment, until `close()` sends it with the FIN.
fn counting_octets(net: &mut Net) -> io::Result<()> {
    let mut connection = call(net)?;
    // ANCHOR: counting
    let client = &mut connection.client;
    net.client().run(|| client.write_all(b"hello"))?;
    net.client().run(|| client.write_all(b"goodbye"))?;
    let server = &mut connection.server;
    net.server().run(|| server.read_exact(&mut [0; 12]))?;
    net.server().run(|| server.write_all(b"yes"))?;
    // ANCHOR_END: counting
    net.client().run(|| client.read_exact(&mut [0; 3]))?;
    net.client().run(move || {
        let mut client = connection.client;
        client.set_tcp_cork(true)?;
        client.write_all(b"done")
        // Closed here.
    })?;
    let mut last = Vec::new();
    net.server().run(|| server.read_to_end(&mut last))?;
    expect(b"done", &last)?;
    net.server().run(move || drop(connection.server));
    Ok(())
}

/// Segments that are sent again go out as they were. Otherwise Linux may join small ones that follow each other.
fn one_segment_again(settings: Settings) -> Settings {
    settings.with_sysctls(&[("net.ipv4.tcp_retrans_collapse", "0")])
}

/// The wire loses the second of five segments. Each of the other three is answered with the number that is still
/// expected, and the third answer of this kind brings the lost segment back (RFC 5681 §3.2), long before the
/// lab's timer of 30 s would.
fn a_gap(net: &mut Net) -> io::Result<()> {
    let mut connection = call(net)?;
    let client = &mut connection.client;
    net.client().run(|| client.set_tcp_nodelay(true))?;
    net.client().run(|| client.write_all(b"aaaaa"))?;
    net.wire().lose_next(data());
    for letters in [b"bbbbb", b"ccccc", b"ddddd", b"eeeee"] {
        net.client().run(|| client.write_all(letters))?;
    }
    read(net, &mut connection, b"aaaaabbbbbcccccdddddeeeee")
}

/// What the wire can do to a stream, without losing anything: the second segment overtakes the first, the first comes
/// once more, and a segment comes that the client has never sent, a million octets further on. The header's window is at
/// most 65,535 (RFC 9293 §3.1), and the lab has turned scaling off.
fn one_clean_stream(net: &mut Net) -> io::Result<()> {
    let mut connection = call(net)?;
    let client = &mut connection.client;
    net.client().run(|| client.set_tcp_nodelay(true))?;
    net.wire().hold_next(data());
    net.client().run(|| client.write_all(b"one "))?;
    net.client().run(|| client.write_all(b"two "))?;
    net.wire().release();
    net.wire().replay(&data());
    let first = first_data(net)?;
    let far = Segment {
        sequence: first.sequence.plus(1_000_000),
        payload: b"forged".to_vec(),
        ..first
    };
    net.wire().inject(Side::Client, &far);
    net.client().run(|| client.write_all(b"three"))?;
    read(net, &mut connection, b"one two three")
}

/// The first segment with data that the client has sent.
fn first_data(net: &Net) -> io::Result<Segment> {
    let mut segments = net.trace().segments();
    segments
        .find(|(from, segment)| *from == Side::Client && !segment.payload.is_empty())
        .map(|(_, segment)| segment)
        .ok_or_else(|| io::Error::other("the client has sent no data"))
}

/// The wire loses an acknowledgment, and the next one covers what it covered (RFC 9293 §3.4). Then the server's program
/// ends: the data that its kernel has acknowledged is in the buffer, and goes with the socket (§3.6.1, SHLD-3).
fn acknowledged_and_unread(net: &mut Net) -> io::Result<()> {
    let mut connection = call(net)?;
    let client = &mut connection.client;
    net.client().run(|| client.set_tcp_nodelay(true))?;
    net.wire().lose_next(pure_ack().from(Side::Server));
    net.client().run(|| client.write_all(b"PAY "))?;
    net.client().run(|| client.write_all(b"100"))?;
    net.server().note("closes, and has read nothing");
    net.server().run(move || drop(connection.server));
    let answer = net.client().run(|| client.read(&mut [0; 1]));
    note_failure(
        net.client(),
        answer,
        ErrorKind::ConnectionReset,
        "read() fails: ECONNRESET",
    )
}

/// The SYN takes up 2^32 - 2, the first octet 2^32 - 1, and the second 0. A second copy of the first data, whose number is by
/// far the larger one as a plain integer, is recognised as old (RFC 9293 §3.4).
fn wraparound(net: &mut Net) -> io::Result<()> {
    // ANCHOR: wraparound
    let mut connection = establish(net, u32::MAX - 1)?;
    let client = &mut connection.client;
    net.client().run(|| client.write_all(b"hello"))?;
    net.wire().replay(&data());
    net.client().run(|| client.write_all(b"again"))?;
    // ANCHOR_END: wraparound
    read(net, &mut connection, b"helloagain")?;
    net.client().run(move || drop(connection.client));
    Ok(())
}

/// The client has sent 100 and waits for 101; the wire makes 90 of it. The client resets that number and goes on waiting
/// (RFC 9293 §3.10.7.3, first step). The reset is before the server's window, and dropped (§3.10.7.4).
///
/// Linux sends its SYN again a few milliseconds later. The server's second answer arrives as it was.
fn a_number_never_sent(net: &mut Net) -> io::Result<()> {
    net.wire().alter_next(syn_ack(), |frame| {
        change_segment(frame, |segment| segment.acknowledgment = SeqNumber(90));
    });
    establish(net, 100)?;
    Ok(())
}

/// The server's program reads as many octets as it should, and they are these.
fn read(net: &mut Net, connection: &mut Connection, expected: &[u8]) -> io::Result<()> {
    let mut octets = vec![0; expected.len()];
    let server = &mut connection.server;
    net.server().run(|| server.read_exact(&mut octets))?;
    expect(expected, &octets)?;
    let text = octets.escape_ascii();
    net.server().note(&format!("reads \"{text}\""));
    Ok(())
}

/// That the program has read what was written is the point of these scenes.
fn expect(written: &[u8], read: &[u8]) -> io::Result<()> {
    if written == read {
        return Ok(());
    }
    let (written, read) = (written.escape_ascii(), read.escape_ascii());
    Err(io::Error::other(format!(
        "the program should read \"{written}\" and has read \"{read}\""
    )))
}
