//! What the wire saw of your code, and what it left behind.

use std::io;
use std::net::SocketAddrV4;

use grade::expect_ladder;
use lab::filter::{rst, syn, syn_ack};
use lab::peer::connect;
use lab::{Lab, Net, Settings, Side, Trace, addresses};
use port_scan::{Port, Prober, Syn, Target, judge, scan_by_connect, scan_by_syn};
use socket2::{Domain, SockFilter, Socket, Type};
use trace::{ControlBits, Ladder, Row, Segment, SeqNumber, State};

const OPEN: u16 = 80;
const CLOSED: u16 = 81;
const FILTERED: u16 = 82;

/// The number of every SYN that is scanned with. The one after it is beyond 2^32.
const SEQUENCE: SeqNumber = SeqNumber(u32::MAX);

/// The SYN by which a port is asked, from a port of its own.
fn to(port: u16) -> Syn {
    Syn {
        from: 40000 + port,
        to: port,
        sequence: SEQUENCE,
    }
}

fn target() -> io::Result<Target> {
    Target::new(addresses::SERVER).map_err(io::Error::other)
}

fn prober(net: &mut Net) -> io::Result<Prober> {
    net.client()
        .run(|| Prober::new(addresses::CLIENT, target()?))
}

/// A socket of the server in LISTEN; one that is filtered drops every segment.
fn listen(net: &mut Net, port: u16) -> io::Result<Socket> {
    net.server().run(|| {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        if port == FILTERED {
            // "Return 0": let no octet pass.
            socket.attach_filter(&[SockFilter::new(0x06, 0, 0, 0)])?;
        }
        socket.bind(&addresses::server(port).into())?;
        socket.listen(8)?;
        Ok(socket)
    })
}

/// The scan of one port: what should come of it, and how many SYNs it should take.
fn expect_verdict(
    net: &mut Net,
    prober: &Prober,
    syn: Syn,
    (expected, why): (Port, &str),
    asked: usize,
) {
    let from = net.trace().rows.len();
    let verdict = net.client().run(|| scan_by_syn(prober, syn));
    let verdict = verdict.unwrap_or_else(|error| {
        panic!("scan_by_syn() of port {} should not fail: {error}", syn.to)
    });
    let ladder = Ladder::of(net.trace());
    assert!(
        verdict == expected,
        "of port {} you say {verdict:?}; it is {expected:?}: {why}. The wire saw\n{ladder}",
        syn.to
    );
    let sent = sent(net.trace(), from);
    let syns: Vec<&Segment> = sent
        .iter()
        .filter(|segment| segment.control.contains(ControlBits::SYN))
        .collect();
    assert!(
        syns.len() == asked,
        "the SYNs for port {} should be {asked} in number, and are {}: a second one follows where the first had no answer, \
         and only there. The wire saw\n{ladder}",
        syn.to,
        syns.len()
    );
    for segment in syns {
        assert!(
            (segment.source.port(), segment.sequence) == (syn.from, syn.sequence),
            "every SYN of one scan should come from port {} with the number {}, so that the server takes the second for a \
             copy of the first; the wire saw one from port {} with {}\n{ladder}",
            syn.from,
            syn.sequence,
            segment.source.port(),
            segment.sequence
        );
    }
    assert!(
        !sent
            .iter()
            .any(|segment| segment.control.contains(ControlBits::ACK)),
        "a scan by SYN alone should acknowledge nothing; the wire saw\n{ladder}"
    );
}

/// What the client has sent since that row, lost or not.
fn sent(trace: &Trace, from: usize) -> Vec<Segment> {
    let segments = trace.rows[from..].iter().filter_map(Row::segment);
    segments
        .filter(|(from, _)| *from == Side::Client)
        .map(|(_, segment)| segment)
        .collect()
}

/// A segment from the server to the client that could follow the SYN `to(OPEN)`.
fn segment(control: ControlBits, acknowledgment: SeqNumber) -> Segment {
    let from = SocketAddrV4::new(addresses::SERVER, OPEN);
    let to = SocketAddrV4::new(addresses::CLIENT, to(OPEN).from);
    Segment {
        control,
        acknowledgment,
        ..Segment::between(from, to)
    }
}

#[test]
fn an_answer_acknowledges_the_syn() {
    let (syn, ack, rst) = (ControlBits::SYN, ControlBits::ACK, ControlBits::RST);
    let right = SEQUENCE.plus(1);
    let mut elsewhere = segment(syn | ack, right);
    elsewhere.destination.set_port(40000);
    let mut from_elsewhere = segment(rst | ack, right);
    from_elsewhere.source.set_port(CLOSED);
    let cases = [
        (
            segment(syn | ack, right),
            Some(Port::Open),
            "section 3.10.7.2",
        ),
        (
            segment(rst | ack, right),
            Some(Port::Closed),
            "section 3.10.7.1",
        ),
        (
            segment(syn | rst | ack, right),
            Some(Port::Closed),
            "section 3.10.7.3: RST is looked at before SYN",
        ),
        (
            segment(syn | ack, SEQUENCE),
            None,
            "it acknowledges something else, section 3.10.7.3, first step",
        ),
        (
            segment(rst | ack, right.plus(1)),
            None,
            "it acknowledges something else, section 3.5.3",
        ),
        (
            segment(rst, right),
            None,
            "without ACK it acknowledges nothing, section 3.10.7.3, second step",
        ),
        (
            segment(syn, right),
            None,
            "without ACK it acknowledges nothing: it is a call, not an answer",
        ),
        (
            segment(ack, right),
            None,
            "neither SYN nor RST: it opens nothing and refuses nothing",
        ),
        (elsewhere, None, "it goes to another port of the client"),
        (
            from_elsewhere,
            None,
            "it comes from another port of the server",
        ),
    ];
    for (segment, expected, why) in cases {
        let verdict = judge(to(OPEN), &segment);
        assert!(
            verdict == expected,
            "your SYN went from port {} to port {} with number {SEQUENCE}. Of {} from port {} to port {}, \
             ack={}, you say {verdict:?}; expected {expected:?} (RFC 9293: {why})",
            to(OPEN).from,
            OPEN,
            segment.control,
            segment.source.port(),
            segment.destination.port(),
            segment.acknowledgment,
        );
    }
}

#[test]
fn an_open_and_a_closed_port_each_answer_one_syn() {
    Lab::run(|net| {
        let _listener = listen(net, OPEN)?;
        let prober = prober(net)?;
        // The kernel has a connection of its own refused, and the raw socket hears of that too.
        let refused = net
            .client()
            .run(|| connect(addresses::client(40000), addresses::server(CLOSED)));
        assert_eq!(
            refused.map(drop).map_err(|error| error.kind()),
            Err(io::ErrorKind::ConnectionRefused)
        );
        let open = (
            Port::Open,
            "a SYN,ACK came back (RFC 9293 section 3.10.7.2)",
        );
        expect_verdict(net, &prober, to(OPEN), open, 1);
        let closed = (
            Port::Closed,
            "a reset came back (RFC 9293 section 3.10.7.1)",
        );
        expect_verdict(net, &prober, to(CLOSED), closed, 1);
        io::Result::Ok(())
    });
}

#[test]
fn silence_twice_means_filtered() {
    Lab::run(|net| {
        let _listener = listen(net, FILTERED)?;
        let prober = prober(net)?;
        let filtered = (
            Port::Filtered,
            "no SYN had an answer, and without a filter an open port answers (RFC 9293 section 3.10.7.2) and a closed one \
             too (section 3.10.7.1)",
        );
        expect_verdict(net, &prober, to(FILTERED), filtered, 2);
        io::Result::Ok(())
    });
}

#[test]
fn one_lost_segment_changes_no_verdict() {
    Lab::run(|net| {
        let _listener = listen(net, OPEN)?;
        let prober = prober(net)?;
        net.wire().lose_next(syn());
        let open = (Port::Open, "the wire lost the first SYN; ask again");
        expect_verdict(net, &prober, to(OPEN), open, 2);
        net.wire().lose_next(rst().from(Side::Server));
        let closed = (
            Port::Closed,
            "the wire lost the answer to the first SYN; ask again",
        );
        expect_verdict(net, &prober, to(CLOSED), closed, 2);
        io::Result::Ok(())
    });
}

#[test]
fn nothing_stays_in_syn_received() {
    Lab::run(|net| {
        let _listener = listen(net, OPEN)?;
        let prober = prober(net)?;
        net.wire().lose_next(rst().from(Side::Client));
        let open = (
            Port::Open,
            "a SYN,ACK came back (RFC 9293 section 3.10.7.2)",
        );
        expect_verdict(net, &prober, to(OPEN), open, 1);
        expect_nothing_begun(net, "the wire lost one reset, that of the client's kernel");
        net.wire().lose(syn_ack());
        let again = Syn {
            from: 40180,
            ..to(OPEN)
        };
        let filtered = (Port::Filtered, "the wire lost every SYN,ACK");
        expect_verdict(net, &prober, again, filtered, 2);
        expect_nothing_begun(
            net,
            "the wire lost every SYN,ACK, so the client's kernel had nothing to reset",
        );
        io::Result::Ok(())
    });
}

/// The server has the listening socket, and no connection in any state.
fn expect_nothing_begun(net: &Net, how: &str) {
    let ladder = Ladder::of(net.trace());
    let states = net.states();
    let begun = states
        .server
        .iter()
        .find(|socket| socket.state != State::Listen);
    if let Some(begun) = begun {
        panic!(
            "your scan has left a connection in {} at the server: {how}. End with a reset of your own, with the number after \
             your SYN's (RFC 9293 section 3.10.7.4, second step). The wire saw\n{ladder}",
            begun.state
        );
    }
}

#[test]
fn connect_says_the_same_of_all_three() {
    let settings = Settings {
        // connect() sends its SYN again once, after one second, and gives up two seconds later.
        sysctls: vec![("net.ipv4.tcp_syn_retries", "1")],
        ..Settings::default()
    };
    let trace = Lab::run_with(settings, |net| {
        let _open = listen(net, OPEN)?;
        let _filtered = listen(net, FILTERED)?;
        for (port, expected) in [
            (OPEN, Port::Open),
            (CLOSED, Port::Closed),
            (FILTERED, Port::Filtered),
        ] {
            let target = target()?;
            let from = SocketAddrV4::new(addresses::CLIENT, to(port).from);
            let verdict = net.client().run(|| scan_by_connect(from, target, port));
            let verdict = verdict.unwrap_or_else(|error| {
                panic!("scan_by_connect() of port {port} should not fail: {error}")
            });
            assert!(
                verdict == expected,
                "of port {port} you say {verdict:?}; it is {expected:?}. The wire saw\n{}",
                Ladder::of(net.trace())
            );
        }
        io::Result::Ok(())
    });
    expect_ladder!("by-connect", "RFC 9293 section 3.9.1.1", trace);
}
