//! A recording of segments made by hand: every option, every control bit, and what else a wire may
//! show.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddrV4};

use trace::frame::MacAddress;
use trace::{
    ControlBits, Event, Fate, Origin, Provenance, Row, Segment, SeqNumber, Side, Socket, State,
    States, TcpOption, Trace, View, build,
};

const CLIENT: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 1), 40000);
const SERVER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 2), 80);
const CLIENT_MAC: MacAddress = MacAddress([2, 0, 0, 0, 0, 1]);
const SERVER_MAC: MacAddress = MacAddress([2, 0, 0, 0, 0, 2]);

fn bytes(side: Side, control: ControlBits, options: Vec<TcpOption>, payload: &[u8]) -> Vec<u8> {
    let ends = match side {
        Side::Client => (CLIENT, SERVER, CLIENT_MAC, SERVER_MAC),
        Side::Server => (SERVER, CLIENT, SERVER_MAC, CLIENT_MAC),
    };
    let segment = Segment {
        source: ends.0,
        destination: ends.1,
        sequence: SeqNumber(0xffff_fff0),
        acknowledgment: SeqNumber(1001),
        data_offset: 0,
        reserved: 0,
        control,
        window: 64240,
        checksum: 0,
        checksum_ok: true,
        urgent_pointer: 2,
        options,
        payload: payload.to_vec(),
    };
    build::frame(ends.2, ends.3, &segment)
}

fn states() -> States {
    let client = Socket {
        local: CLIENT,
        remote: Some(SERVER),
        state: State::Established,
    };
    let server = Socket {
        local: SERVER,
        remote: None,
        state: State::Listen,
    };
    States {
        client: vec![client],
        server: vec![server],
    }
}

fn frame(time: u64, from: Side, bytes: Vec<u8>) -> Row {
    let event = Event::Frame {
        time,
        from,
        origin: Origin::Script,
        fate: Fate::Delivered,
        altered: false,
        bytes,
    };
    Row {
        event,
        states: states(),
    }
}

/// A UDP datagram of thirteen octets around `hello`, in an IPv4 header like the segments'.
fn udp() -> Vec<u8> {
    let mut frame = bytes(Side::Client, ControlBits::NONE, Vec::new(), b"");
    let length = 33u16;
    frame[16..18].copy_from_slice(&length.to_be_bytes());
    frame[23] = 17;
    crate::checksum::mend(&mut frame);
    frame.truncate(34);
    frame.extend([0x9c, 0x40, 0, 80, 0, 13, 0, 0]);
    frame.extend(b"hello");
    frame
}

fn arp() -> Vec<u8> {
    let mut frame = vec![0xff; 6];
    frame.extend(CLIENT_MAC.0);
    frame.extend([8, 6, 0, 1, 8, 0, 6, 4, 0, 1]);
    frame.extend(CLIENT_MAC.0);
    frame.extend(CLIENT.ip().octets());
    frame.extend([0; 6]);
    frame.extend(SERVER.ip().octets());
    frame
}

pub(crate) fn trace() -> Trace {
    use ControlBits as Bits;
    let handshake = vec![
        TcpOption::MaximumSegmentSize(1460),
        TcpOption::SackPermitted,
        TcpOption::Timestamps {
            value: 0xfedc_ba98,
            echo: 0,
        },
        TcpOption::NoOperation,
        TcpOption::WindowScale(7),
    ];
    let sack = vec![
        TcpOption::NoOperation,
        TcpOption::NoOperation,
        TcpOption::Sack(vec![
            (SeqNumber(2001), SeqNumber(2501)),
            (SeqNumber(3001), SeqNumber(0)),
        ]),
    ];
    let rare = vec![
        TcpOption::UserTimeout {
            minutes: true,
            time: 5,
        },
        TcpOption::FastOpen(vec![1, 2, 3, 4, 5, 6, 7, 8]),
        TcpOption::AccurateEcn {
            kind: 172,
            counters: vec![0, 0, 1],
        },
        TcpOption::EndOfOptionList,
    ];
    let mut spoilt = bytes(Side::Client, Bits::ACK | Bits::PSH, Vec::new(), b"odd");
    if let Some(last) = spoilt.last_mut() {
        *last ^= 1;
    }
    let mut rows = vec![
        frame(
            1_700_000_000_000_000_001,
            Side::Client,
            bytes(Side::Client, Bits::SYN, handshake, b""),
        ),
        frame(
            2,
            Side::Server,
            bytes(Side::Server, Bits::ACK, sack, b"even"),
        ),
        frame(
            3,
            Side::Server,
            bytes(Side::Server, Bits::SYN | Bits::AE, rare, b""),
        ),
        frame(4, Side::Client, spoilt),
        frame(5, Side::Client, udp()),
        frame(6, Side::Client, arp()),
        frame(7, Side::Client, vec![1, 2, 3]),
    ];
    for bit in 0..9 {
        rows.push(frame(
            8 + bit,
            Side::Client,
            bytes(Side::Client, Bits::from_bits(1 << bit), Vec::new(), b"odd"),
        ));
    }
    for (index, side) in [
        (0, Side::Client),
        (3, Side::Server),
        (rows.len(), Side::Server),
    ] {
        let event = Event::Note {
            side,
            text: "write() returns 5".to_owned(),
        };
        rows.insert(
            index,
            Row {
                event,
                states: states(),
            },
        );
    }
    let sysctls = BTreeMap::from([("net.ipv4.tcp_sack".to_owned(), "1".to_owned())]);
    let provenance = Provenance {
        scene: "handmade".to_owned(),
        title: "Made by hand".to_owned(),
        kernel: "Linux 6.18.44".to_owned(),
        sysctls,
    };
    Trace {
        provenance,
        view: View::default(),
        start: states(),
        rows,
    }
}
