//! The checksum: what it notices, what it does not, and what a router has to do with it.

use std::io::{self, Read, Write};

use lab::filter::data;
use lab::{Net, Side, checksum_errors};

use crate::on_the_way::{BEHIND_TCP, last_frame, one_hop_further};
use crate::programs::call;
use crate::view::WITH_PAYLOAD;
use crate::{Scene, as_usual, repeats_after_a_second};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "corrupted-segment",
        title: "One bit is wrong: the server says nothing, and the client sends again",
        view: WITH_PAYLOAD,
        adjust: repeats_after_a_second,
        script: corrupted_segment,
    },
    Scene {
        name: "swapped-words",
        title: "Two words have changed places, and the checksum is right",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: swapped_words,
    },
    Scene {
        name: "one-hop",
        title: "What a router changes in a packet, and what it leaves alone",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: one_hop,
    },
];

/// The wire flips one bit of the data. The server's kernel MUST check the checksum (RFC 9293 §3.1, MUST-3), and the damaged
/// segment is as good as lost (§3.8): only the client's timer mends it.
fn corrupted_segment(net: &mut Net) -> io::Result<()> {
    let mut connection = call(net)?;
    // ANCHOR: flip
    let (client, server) = (&mut connection.client, &mut connection.server);
    net.wire()
        .alter_next(data(), |frame| flip(frame, BEHIND_TCP + 4));
    net.client().run(|| client.write_all(b"hello"))?;
    let mut read = [0; 5];
    net.server().run(|| server.read_exact(&mut read))?;
    // ANCHOR_END: flip
    note_read(net, &read)
}

/// Flips the last bit of one octet.
fn flip(frame: &mut [u8], at: usize) {
    frame[at] ^= 1;
}

/// The wire swaps two words of the data. A sum does not depend on the order (RFC 1071 §2), so nobody notices.
fn swapped_words(net: &mut Net) -> io::Result<()> {
    let mut connection = call(net)?;
    let (client, server) = (&mut connection.client, &mut connection.server);
    // "pay " is two words, and each word of the number has two of its digits.
    net.wire().alter_next(data(), |frame| {
        frame[BEHIND_TCP + 4..BEHIND_TCP + 8].rotate_left(2)
    });
    net.client().note("writes \"pay 1299\"");
    net.client().run(|| client.write_all(b"pay 1299"))?;
    let mut read = [0; 8];
    net.server().run(|| server.read_exact(&mut read))?;
    note_read(net, &read)
}

/// What the server's program has read, and how many segments its kernel has dropped for their checksum.
fn note_read(net: &mut Net, read: &[u8]) -> io::Result<()> {
    let errors = net.server().run(checksum_errors)?;
    let text = read.escape_ascii();
    net.server()
        .note(&format!("reads \"{text}\"; InCsumErrors is {errors}"));
    Ok(())
}

/// The wire plays the router: it keeps the frame that the client has sent, and sends one that is one hop further.
fn one_hop(net: &mut Net) -> io::Result<()> {
    let mut connection = call(net)?;
    let (client, server) = (&mut connection.client, &mut connection.server);
    net.wire().hold_next(data());
    net.client().run(|| client.write_all(b"hello"))?;
    let further = one_hop_further(last_frame(net)?);
    net.wire().inject_frame(Side::Client, further);
    net.server().run(|| server.read_exact(&mut [0; 5]))
}
