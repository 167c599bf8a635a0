//! Two hosts, and between them a translator of addresses that is made of your functions.
//!
//! The client speaks to the translator's address, and gets its answers from there; the server is spoken to from the client's
//! address. Some data is changed on the way as well.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4};

use checksum::{repair, update};
use grade::Octets;
use lab::filter::{Filter, data};
use lab::peer::{accept, connect, listen};
use lab::{Lab, Net, Side, addresses};
use socket2::Socket;
use trace::Row;

use super::{ADDING, COVERED, Sent, UPDATING, ones_complement_sum, total};

/// Where IPv4 begins in a frame, behind Ethernet.
const IP: usize = 14;
/// Where TCP begins, behind an IPv4 header without options.
const TCP: usize = IP + 20;
/// Both checksums of a frame.
const CHECKSUMS: [usize; 2] = [IP + 10, TCP + 16];

/// The address that the client speaks to. In the lab it is the wire's.
const TRANSLATOR: Ipv4Addr = addresses::WIRE;

/// What happens to the data of a segment.
type Change = fn(&mut Sent);

pub(super) fn play() {
    Lab::run(|net| {
        let listener = net.server().run(|| listen(addresses::server(80)))?;
        // The handshake has three segments.
        (0..3).for_each(|_| translate_next(net));
        let client = net.client().start(|| {
            let translator = SocketAddrV4::new(TRANSLATOR, 80);
            connect(addresses::client(40000), translator.into())
        });
        net.settle();
        expect_right(net);
        let mut client = client.join(net)?;
        let mut server = net.server().run(|| accept(&listener))?;
        server.set_nonblocking(true)?;
        let changes: [(&[u8], Change); 4] = [
            (b"even", in_capitals),
            (b"hello", in_capitals),
            (b"x", in_capitals),
            (b"2 carries", carrying_twice),
        ];
        for (text, change) in changes {
            // The segment, and its acknowledgment.
            change_next(net, change);
            translate_next(net);
            net.client().run(|| client.write_all(text))?;
            expect_right(net);
            expect_read(net, &mut server)?;
        }
        io::Result::Ok(())
    });
}

fn in_capitals(sent: &mut Sent) {
    sent.segment[20..].make_ascii_uppercase();
}

/// When the carries have been brought round once, there is another one.
fn carrying_twice(sent: &mut Sent) {
    let others = total(&sent.with(16, 0).with(20, 0).covered());
    let carries_twice = |word: &u16| {
        let total = others + u64::from(*word);
        (total & 0xffff) + (total >> 16) > 0xffff
    };
    let word = (0..=u16::MAX).find(carries_twice);
    *sent = sent.with(20, word.expect("so many words have carries"));
}

/// The next segment goes through the translator.
fn translate_next(net: &mut Net) {
    let segment = Filter::segment("segment", |_| true);
    net.wire().alter_next(segment, |frame| {
        expect_verified(&sent(frame));
        translate(frame);
    });
}

/// The next data is changed, your `repair` mends it, and it goes through the translator.
fn change_next(net: &mut Net, change: Change) {
    net.wire().alter_next(data(), move |frame| {
        let mut sent = sent(frame);
        expect_verified(&sent);
        change(&mut sent);
        let result = repair(sent.source, sent.destination, &mut sent.segment);
        assert_eq!(result, Ok(()), "repair() should mend {}", sent.describe());
        frame.splice(TCP.., sent.segment);
        translate(frame);
    });
}

fn expect_verified(sent: &Sent) {
    assert!(
        sent.verifies(),
        "a kernel has computed this checksum, and verify() should find it right ({ADDING}): {}",
        sent.describe()
    );
}

/// Puts the server's address in place of the translator's on the way there, and the other way round on the way back. Each
/// word that changes is brought into both checksums.
fn translate(frame: &mut [u8]) {
    let (at, address) = if sent(frame).destination == TRANSLATOR {
        // On this side the Ethernet address is the translator's too.
        frame[..6].copy_from_slice(&addresses::mac(Side::Server).0);
        (IP + 16, addresses::SERVER)
    } else {
        (IP + 12, TRANSLATOR)
    };
    let address = address.octets();
    for (at, new) in [(at, word(&address, 0)), (at + 2, word(&address, 2))] {
        let old = word(frame, at);
        for checksum in CHECKSUMS {
            put(frame, checksum, update(word(frame, checksum), old, new));
        }
        put(frame, at, new);
    }
}

fn word(octets: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([octets[at], octets[at + 1]])
}

fn put(frame: &mut [u8], at: usize, word: u16) {
    frame[at..at + 2].copy_from_slice(&word.to_be_bytes());
}

fn sent(frame: &[u8]) -> Sent {
    let address = |at| {
        let [high, low] = [at, at + 2].map(|at| u32::from(word(frame, at)));
        Ipv4Addr::from(high << 16 | low)
    };
    Sent {
        source: address(IP + 12),
        destination: address(IP + 16),
        segment: frame[TCP..].to_vec(),
    }
}

/// All frames so far, as they were delivered.
fn delivered(net: &Net) -> impl Iterator<Item = &[u8]> {
    net.trace().rows.iter().filter_map(Row::frame)
}

/// Kernels only drop what is wrong; this says what it was.
fn expect_right(net: &Net) {
    for (index, frame) in delivered(net).enumerate() {
        let step = index + 1;
        let header = &frame[IP..TCP];
        assert!(
            ones_complement_sum(header) == 0xffff,
            "segment {step} has got another address. What update() has made of the checksum of its IPv4 header is wrong \
             ({UPDATING}): {}",
            Octets(header)
        );
        let sent = sent(frame);
        let (found, right) = (word(&sent.segment, 16), sent.right());
        assert!(
            found == right,
            "segment {step} has got another address, and other data if it had any. The checksum that repair() and update() \
             have made is {found:#06x}, and {right:#06x} is right ({COVERED}; {UPDATING}): {}",
            sent.describe()
        );
    }
}

/// The server's program is given the data that was delivered last.
fn expect_read(net: &mut Net, server: &mut Socket) -> io::Result<()> {
    let data = delivered(net).map(|frame| frame[TCP + 20..].to_vec());
    let last = data.filter(|data| !data.is_empty()).last();
    let expected = last.unwrap_or_default();
    let mut read = vec![0; expected.len() + 1];
    match net.server().run(|| server.read(&mut read)) {
        Ok(count) => read.truncate(count),
        Err(error) if error.kind() == ErrorKind::WouldBlock => read.clear(),
        Err(error) => return Err(error),
    }
    assert_eq!(
        Octets(&read),
        Octets(&expected),
        "the server's program should read what the wire has delivered, on the right; its kernel drops what does not verify \
         ({COVERED})"
    );
    Ok(())
}
