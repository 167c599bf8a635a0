use std::io;
use std::net::SocketAddrV4;

use lab::{Lab, Settings, addresses, peer};
use trace::frame::Body;
use trace::{ControlBits, Frame, Segment, Side};

use super::recorded;

scenes! {
    push_is_not_a_boundary
    urgent_is_a_mark
    one_bit_each
    congestion_mark
    strange_flags
}

/// The ledger's row `ack-field-needs-flag` says so of this recording, a connection from its first segment to its last.
#[test]
fn in_a_whole_connection_only_the_first_segment_lacks_ack() {
    let trace = recorded("half-close-then-answer");
    let acks: Vec<bool> = trace
        .segments()
        .map(|(_, segment)| segment.control.contains(ControlBits::ACK))
        .collect();
    assert!(acks.len() > 8);
    assert!(!acks[0] && acks[1..].iter().all(|ack| *ack), "{acks:?}");
}

/// A ladder shows the urgent pointer only where it counts, and no reserved bit; the chapter says what is in these segments.
#[test]
fn the_wire_has_changed_what_a_ladder_does_not_show() {
    let payload = |name, text: &str| -> Segment {
        let found = recorded(name)
            .segments()
            .find(|(_, segment)| segment.payload == text.as_bytes());
        found.expect("the scene has this segment").1
    };
    let pointed = payload("urgent-is-a-mark", "one");
    assert_eq!(pointed.urgent_pointer, 2);
    assert!(!pointed.control.contains(ControlBits::URG));
    assert_eq!(payload("one-bit-each", "reserved").reserved, 0b001);
}

/// The chapter says so: data is sent as ECN-capable, ECT(0), what carries none is not (RFC 3168 §5, §6.1.1, §6.1.4), and the
/// wire has marked one packet, CE.
#[test]
fn only_data_may_be_marked() {
    let trace = recorded("congestion-mark");
    let mut seen = Vec::new();
    for frame in trace.rows.iter().filter_map(|row| row.frame()) {
        let Ok(Frame {
            body: Body::Ipv4(packet),
            ..
        }) = Frame::decode(frame)
        else {
            panic!("every frame of the scene has a segment");
        };
        let segment = packet.segment().expect("the scene is all TCP");
        seen.push((!segment.payload.is_empty(), packet.ecn));
    }
    let (ect_0, ce) = (0b10, 0b11);
    // The first segment with data is the marked one.
    let marked = seen.iter().position(|(data, _)| *data);
    let marked = marked.expect("the client has sent data");
    assert_eq!(seen.remove(marked), (true, ce));
    assert!(
        seen.iter()
            .all(|(data, ecn)| *ecn == if *data { ect_0 } else { 0 })
    );
}

/// The ledger's row `missing-cwr-and-ece` says so of 2, which the kernel's documentation (ip-sysctl, `tcp_ecn`) calls the default.
#[test]
fn linux_answers_a_request_for_ecn_and_makes_none() {
    let settings = Settings {
        sysctls: vec![("net.ipv4.tcp_ecn", "2")],
        ..Settings::default()
    };
    let trace = Lab::run_with(settings, |net| {
        let server = addresses::server(80);
        let _listener = net.server().run(|| peer::listen(server))?;
        let _client = net
            .client()
            .run(|| peer::connect(addresses::client(40000), server))?;
        let asks = Segment {
            control: ControlBits::SYN | ControlBits::ECE | ControlBits::CWR,
            window: 64240,
            ..Segment::between(
                SocketAddrV4::new(addresses::CLIENT, 40001),
                SocketAddrV4::new(addresses::SERVER, 80),
            )
        };
        net.wire().inject(Side::Client, &asks);
        io::Result::Ok(())
    });
    let of = |port: u16| -> Vec<ControlBits> {
        trace
            .segments()
            .filter(|(_, segment)| segment.has_port(port))
            .map(|(_, segment)| segment.control)
            .collect()
    };
    let syn_ack = ControlBits::SYN | ControlBits::ACK;
    assert_eq!(of(40000)[..2], [ControlBits::SYN, syn_ack]);
    assert_eq!(of(40001)[1], syn_ack | ControlBits::ECE);
}
