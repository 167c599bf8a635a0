use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use lab::{Lab, addresses};
use socket2::{Domain, Socket, Type};
use trace::{Event, Frame, Segment, Side, TcpOption, Trace, pcapng};

scenes! {
    options_on_syn
    mss_each_way
    without_mss
    scale_only_if_both
    a_length_of_zero
}

/// The ledger's row `header-usually-20-bytes` says so.
#[test]
fn with_timestamps_a_header_has_32_octets_and_without_options_20() {
    for (recording, syn, later) in [
        ("header/options-on-syn", 40, 32),
        ("handshake/three-way-handshake", 24, 20),
    ] {
        let lengths: Vec<u8> = segments(&recorded(recording))
            .map(|(_, segment)| 4 * segment.data_offset)
            .collect();
        assert!(lengths.len() > 4);
        assert_eq!(lengths[..2], [syn; 2]);
        assert!(lengths[2..].iter().all(|length| *length == later));
    }
}

/// The chapter says so of this recording, in which no segment overtakes another.
#[test]
fn each_timestamp_that_arrives_is_the_next_one_echoed() {
    let mut newest = [None; 2];
    for (from, segment) in segments(&recorded("header/options-on-syn")) {
        let Some(&TcpOption::Timestamps { value, echo }) = segment
            .options
            .iter()
            .find(|option| matches!(option, TcpOption::Timestamps { .. }))
        else {
            panic!("{segment:?} has no timestamps");
        };
        let other = newest[usize::from(from == Side::Client)];
        assert_eq!(echo, other.unwrap_or(0));
        newest[usize::from(from == Side::Server)] = Some(value);
    }
}

/// The chapter says so: what a program sets by TCP_MAXSEG, Linux announces and keeps to itself.
#[test]
fn the_socket_option_limits_both_directions() {
    let trace = Lab::run(|net| {
        let listener = net.server().run(|| {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            socket.bind(&addresses::server(80).into())?;
            socket.listen(8)?;
            io::Result::Ok(socket)
        })?;
        let mut client = net.client().run(|| {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            socket.set_tcp_mss(1000)?;
            socket.bind(&addresses::client(40000).into())?;
            socket.connect(&addresses::server(80).into())?;
            io::Result::Ok(socket)
        })?;
        let (mut server, _) = net.server().run(|| listener.accept())?;
        let mut octets = [0; 2000];
        net.client().run(|| client.write_all(&octets))?;
        net.server().run(|| server.read_exact(&mut octets))?;
        net.server().run(|| server.write_all(&octets))?;
        net.client().run(|| client.read_exact(&mut octets))
    });
    let announced: Vec<TcpOption> = segments(&trace)
        .flat_map(|(_, segment)| segment.options)
        .collect();
    assert_eq!(
        announced,
        [1000, 1460].map(TcpOption::MaximumSegmentSize),
        "the client announces what was set"
    );
    let sizes: Vec<usize> = segments(&trace)
        .map(|(_, segment)| segment.payload.len())
        .filter(|size| *size > 0)
        .collect();
    assert_eq!(sizes, [1000; 4]);
}

fn recorded(name: &str) -> Trace {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join(format!("../../book/{name}.pcapng"));
    pcapng::read(&fs::read(path).expect("it is recorded")).expect("it can be read")
}

fn segments(trace: &Trace) -> impl Iterator<Item = (Side, Segment)> {
    trace.rows.iter().filter_map(|row| match &row.event {
        Event::Frame { from, bytes, .. } => {
            let frame = Frame::decode(bytes).ok()?;
            Some((*from, frame.segment()?.clone()))
        }
        Event::Note { .. } => None,
    })
}
