//! A kernel at the other end: first as the sender, then as the receiver. Your code speaks by a raw socket.

use std::io::{self, Read, Write};
use std::net::SocketAddrV4;
use std::time::Duration;

use lab::by_hand::ByHand;
use lab::filter::pure_ack;
use lab::peer::{accept, connect, listen_with_buffer};
use lab::{Lab, Net, Settings, Side, addresses};
use socket2::Socket;
use trace::{ControlBits, Segment, SeqNumber, State, TcpOption};
use window::{Receiver, Sender, Step};

const CLIENT: SocketAddrV4 = SocketAddrV4::new(addresses::CLIENT, 40000);
const SERVER: SocketAddrV4 = SocketAddrV4::new(addresses::SERVER, 80);

/// The initial sequence number of the end that is yours.
const ISN: SeqNumber = SeqNumber(1000);

/// The data: so many octets, all different from their neighbours.
fn data(octets: usize) -> Vec<u8> {
    (0..octets).map(|number| (number % 251) as u8).collect()
}

fn missing(what: &str) -> io::Error {
    io::Error::other(format!("the lab: no {what} has come"))
}

/// How far a number lies behind the octet that comes after a SYN.
fn position(number: SeqNumber, isn: SeqNumber) -> u64 {
    u64::try_from(number.distance_from(isn.plus(1))).unwrap_or(0)
}

/// A kernel's program writes 20,000 octets, and your receiver has room for 4000.
pub(crate) fn to_your_receiver() {
    const OCTETS: usize = 20_000;
    const BUFFER: u32 = 4000;
    const MSS: u16 = 1000;
    const SHIFT: u8 = 2;
    /// What the program reads, in turn.
    const READS: [u32; 5] = [1, 499, 1500, 2000, 700];

    let settings = Settings {
        sysctls: vec![("net.ipv4.tcp_window_scaling", "1")],
        ..Settings::default()
    };
    Lab::run_with(settings, |net| {
        let mut hand = net.server().run(|| ByHand::at(SERVER))?;
        let calling = net.client().start(|| connect(CLIENT.into(), SERVER.into()));
        net.settle();
        let syn = net.server().run(|| hand.receive())?;
        let kernel = syn.ok_or_else(|| missing("SYN"))?.sequence;
        let answer = Segment {
            control: ControlBits::SYN | ControlBits::ACK,
            sequence: ISN,
            acknowledgment: kernel.plus(1),
            window: BUFFER as u16,
            options: vec![
                TcpOption::MaximumSegmentSize(MSS),
                TcpOption::NoOperation,
                TcpOption::WindowScale(SHIFT),
            ],
            ..Segment::between(SERVER, CLIENT)
        };
        net.server().run(|| hand.send(&answer))?;
        let mut client = calling.join(net)?;
        let writing = net.client().start(move || {
            client.write_all(&data(OCTETS))?;
            io::Result::Ok(client)
        });
        net.settle();

        let mut receiver = Receiver::new(BUFFER, MSS.into(), SHIFT);
        let mut got = Vec::new();
        let (mut unread, mut closed) = (0, 0);
        let mut reads = READS.iter().cycle();
        while got.len() < OCTETS {
            let mut nothing = true;
            while let Some(segment) = net.server().run(|| hand.receive())? {
                if segment.payload.is_empty() {
                    continue;
                }
                nothing = false;
                let from = position(segment.sequence, kernel);
                let length = segment.payload.len();
                let taken = receiver.arrived(from, length as u32) as usize;
                assert!(
                    from == got.len() as u64 && taken == length,
                    "The kernel has kept to the windows that your receiver announced, and sends {length} octets from {from} on. Your \
                     receiver had taken {} and takes {taken} of these: it must have promised more than it has room for, or forgotten \
                     to shift its field to the right (RFC 7323 section 2.3)",
                    got.len()
                );
                got.extend_from_slice(&segment.payload);
                unread += length as u32;
                assert!(
                    unread <= BUFFER,
                    "Your receiver has taken {unread} octets that nobody has read, and has room for {BUFFER}"
                );
                acknowledge(net, &hand, &receiver, kernel)?;
            }
            closed += usize::from(receiver.field() == 0);
            let octets = unread.min(reads.next().copied().unwrap_or(1));
            assert!(
                octets > 0 || !nothing,
                "The program has read all {} octets that came, and the kernel sends no more. The last window field that your \
                 receiver announced is {}, with a shift count of {SHIFT}",
                got.len(),
                receiver.field()
            );
            unread -= octets;
            if receiver.has_read(octets) {
                acknowledge(net, &hand, &receiver, kernel)?;
            }
        }
        assert!(
            got == data(OCTETS),
            "{} octets have come, but not those that were sent",
            got.len()
        );
        assert!(
            closed > 0,
            "Your receiver never closed its window, although its program was slow"
        );
        let _client = writing.join(net)?;
        expect_established(net, Side::Client);
        io::Result::Ok(())
    });
}

/// Sends what the receiver says now.
fn acknowledge(
    net: &mut Net,
    hand: &ByHand,
    receiver: &Receiver,
    kernel: SeqNumber,
) -> io::Result<()> {
    let acknowledgment = u32::try_from(receiver.acknowledgment()).unwrap_or(u32::MAX);
    let segment = Segment {
        control: ControlBits::ACK,
        sequence: ISN.plus(1),
        acknowledgment: kernel.plus(1).plus(acknowledgment),
        window: receiver.field(),
        ..Segment::between(SERVER, CLIENT)
    };
    net.server().run(|| hand.send(&segment))
}

fn expect_established(net: &Net, side: Side) {
    let states = net.states();
    assert!(
        states
            .of(side)
            .iter()
            .any(|socket| socket.state == State::Established),
        "The window was closed for a while, and now the {}'s kernel has no connection any more",
        side.name()
    );
}

/// A kernel's program does not read until your sender has asked three times, and the update is lost then.
pub(crate) fn from_your_sender() {
    const OCTETS: usize = 8760;
    const MSS: u32 = 1460;
    /// More steps than this needs.
    const TOO_MANY: usize = 200;

    Lab::run(|net| {
        let listener = net
            .server()
            .run(|| listen_with_buffer(4096, SERVER.into()))?;
        let mut hand = net.client().run(|| ByHand::at(CLIENT))?;
        let syn = Segment {
            control: ControlBits::SYN,
            sequence: ISN,
            window: u16::MAX,
            options: vec![TcpOption::MaximumSegmentSize(MSS as u16)],
            ..Segment::between(CLIENT, SERVER)
        };
        net.client().run(|| hand.send(&syn))?;
        let answer = net.client().run(|| hand.receive())?;
        let answer = answer.ok_or_else(|| missing("SYN,ACK"))?;
        let said = |number: u64, payload: &[u8]| Segment {
            control: ControlBits::ACK,
            sequence: ISN.plus(1).plus(number as u32),
            acknowledgment: answer.sequence.plus(1),
            window: u16::MAX,
            payload: payload.to_vec(),
            ..Segment::between(CLIENT, SERVER)
        };
        net.client().run(|| hand.send(&said(0, b"")))?;
        let mut server = net.server().run(|| accept(&listener))?;

        let data = data(OCTETS);
        let mut sender = Sender::new(OCTETS as u64, answer.window, 0, MSS, Duration::from_secs(1));
        let (mut now, mut acknowledged, mut window) = (Duration::ZERO, 0, u64::from(answer.window));
        let (mut probes, mut paused) = (0, false);
        let mut read = Vec::new();
        let mut steps = 0;
        loop {
            steps += 1;
            assert!(
                steps < TOO_MANY,
                "After {steps} steps, {acknowledged} of {OCTETS} octets are acknowledged, and your sender has asked {probes} times"
            );
            let step = sender.next(now);
            // What the kernel has said arrives when the sender has sent all that it may.
            if let Step::Wait(_) = step
                && let Some(segment) = net.client().run(|| hand.receive())?
            {
                acknowledged = position(segment.acknowledgment, ISN);
                window = segment.window.into();
                sender.heard(now, acknowledged, segment.window);
                continue;
            }
            match step {
                Step::Send { from, length } => {
                    let edge = acknowledged + window;
                    let end = from + u64::from(length);
                    if window == 0 && (from, length) == (acknowledged, 1) {
                        assert!(
                            paused,
                            "The window is 0, and your sender asks again without a pause: it is busy, and so is the network (RFC \
                             9293 section 3.8.6.1)"
                        );
                        probes += 1;
                    } else {
                        assert!(
                            end <= edge && length <= MSS,
                            "Your sender sends {length} octets from {from} on. The kernel has acknowledged {acknowledged}, and its \
                             window is {window} (RFC 9293 section 3.8.6)"
                        );
                    }
                    paused = false;
                    let octets = data.get(from as usize..end as usize).unwrap_or_else(|| {
                        panic!("Your sender sends {length} octets from {from} on, and there are {OCTETS}")
                    });
                    net.client().run(|| hand.send(&said(from, octets)))?;
                    if probes == 3 && read.is_empty() {
                        net.wire().lose_next(pure_ack().from(Side::Server));
                        read = read_all(net, &mut server)?;
                    }
                }
                Step::Wait(Some(until)) => {
                    assert!(
                        until > now,
                        "It is {now:?}, and your sender waits until {until:?}, which is no pause"
                    );
                    (now, paused) = (until, true);
                }
                Step::Wait(None) => panic!(
                    "The kernel has acknowledged {acknowledged} of {OCTETS} octets, its last window was {window}, and your sender \
                     waits for ever. The update may have been lost: ask (RFC 9293 section 3.8.6.1)"
                ),
                Step::Finished => break,
            }
        }
        assert!(
            acknowledged == OCTETS as u64,
            "Your sender has finished, and the kernel has acknowledged {acknowledged} of {OCTETS} octets, with a window of {window}. A \
             window of 0 is no end"
        );
        assert!(probes >= 3, "the lab: the window was not closed");
        read.append(&mut read_all(net, &mut server)?);
        assert!(
            read == data,
            "{} octets have come, but not those that were sent",
            read.len()
        );
        expect_established(net, Side::Server);
        io::Result::Ok(())
    });
}

/// Reads what is there.
fn read_all(net: &mut Net, server: &mut Socket) -> io::Result<Vec<u8>> {
    let mut octets = vec![0; 20_000];
    let length = net.server().run(|| server.read(&mut octets))?;
    octets.truncate(length);
    Ok(octets)
}
