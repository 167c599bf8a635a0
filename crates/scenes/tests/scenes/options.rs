use std::io::{self, Read, Write};

use lab::peer::{accept, listen};
use lab::{Lab, addresses};
use socket2::{Domain, Socket, Type};
use trace::{Side, TcpOption};

use super::recorded;

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
    for (recording, syn, later) in [("options-on-syn", 40, 32), ("three-way-handshake", 24, 20)] {
        let lengths: Vec<u8> = (recorded(recording).segments())
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
    for (from, segment) in recorded("options-on-syn").segments() {
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
        let listener = net.server().run(|| listen(addresses::server(80)))?;
        let mut client = net.client().run(|| {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            socket.set_tcp_mss(1000)?;
            socket.bind(&addresses::client(40000).into())?;
            socket.connect(&addresses::server(80).into())?;
            io::Result::Ok(socket)
        })?;
        let mut server = net.server().run(|| accept(&listener))?;
        let mut octets = [0; 2000];
        net.client().run(|| client.write_all(&octets))?;
        net.server().run(|| server.read_exact(&mut octets))?;
        net.server().run(|| server.write_all(&octets))?;
        net.client().run(|| client.read_exact(&mut octets))
    });
    let announced: Vec<TcpOption> = trace
        .segments()
        .flat_map(|(_, segment)| segment.options)
        .collect();
    assert_eq!(
        announced,
        [1000, 1460].map(TcpOption::MaximumSegmentSize),
        "the client announces what was set"
    );
    let sizes: Vec<usize> = trace
        .segments()
        .map(|(_, segment)| segment.payload.len())
        .filter(|size| *size > 0)
        .collect();
    assert_eq!(sizes, [1000; 4]);
}
