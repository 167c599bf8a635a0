use std::io::{Read, Write};
use std::net::Shutdown;

use lab::peer::{call_from, listen};
use lab::{Lab, addresses};
use trace::{ControlBits, Segment, SeqNumber, Side};

use super::recorded;

scenes! {
    half_close_then_answer
    late_data_after_close
    shut_read_sends_nothing
    fin_wait_2_timeout
    close_with_unread_request
    close_in_stages
}

/// The chapter says so: what matters is that nobody will read, not which call has brought that about.
#[test]
fn shutting_down_both_directions_looks_like_closing() {
    let seen = Lab::run(|net| {
        let listener = net.server().run(|| listen(addresses::server(80)))?;
        let (mut client, mut server) = call_from(net, 40000, &listener)?;
        net.client().run(|| client.write_all(b"question"))?;
        net.client().run(|| client.shutdown(Shutdown::Both))?;
        assert_eq!(net.client().run(|| client.read(&mut [0; 1]))?, 0);
        net.server().run(|| server.write_all(b"an answer"))
    });
    let what = |(from, segment): (Side, Segment)| (from, segment.control, segment.payload);
    let seen: Vec<_> = seen.segments().map(what).collect();
    let closed: Vec<_> = recorded("late-data-after-close")
        .segments()
        .map(what)
        .collect();
    assert_eq!(seen, closed);
}

/// The ledger's row `st-fw2-still-has-data-to-send` says so.
#[test]
fn the_acknowledgment_of_a_fin_does_not_say_whether_data_will_follow() {
    let [data_follows, fin_follows] = ["fin-wait-2-timeout", "close-in-four"].map(|name| {
        let trace = recorded(name);
        let mut segments = (trace.segments())
            .map(|(_, segment)| segment)
            .filter(|segment| segment.has_port(40000))
            .skip_while(|segment| !segment.control.contains(ControlBits::FIN));
        let [_fin, acknowledgment, next] = [(); 3].map(|()| segments.next().expect("it follows"));
        let without_numbers = Segment {
            sequence: SeqNumber(0),
            acknowledgment: SeqNumber(0),
            checksum: 0,
            ..acknowledgment
        };
        (without_numbers, next)
    });
    assert!(!data_follows.1.payload.is_empty());
    assert!(fin_follows.1.control.contains(ControlBits::FIN));
    assert_eq!(data_follows.0, fin_follows.0);
}
