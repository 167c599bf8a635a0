use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use lab::filter::pure_ack;
use lab::peer::{call_from, listen_with_buffer};
use lab::{Lab, Net, Settings, Side, addresses};
use socket2::Socket;
use trace::{Event, Row, SeqNumber, Trace};

use super::recorded;

scenes! {
    zero_window
    lost_window_update
    update_in_one_step
    congestion_window
}

/// The chapter says so of each figure: the client keeps to the window, and the server never takes back what it has promised.
#[test]
fn nothing_is_sent_beyond_the_right_edge_and_the_edge_never_moves_back() {
    for scene in [
        "zero-window",
        "lost-window-update",
        "update-in-one-step",
        "congestion-window",
    ] {
        let mut edge: Option<SeqNumber> = None;
        let mut sent = 0;
        for (from, segment) in recorded(scene).segments().skip(1) {
            if from == Side::Server {
                let promised = segment.acknowledgment.plus(segment.window.into());
                assert!(edge.is_none_or(|edge| promised.distance_from(edge) >= 0));
                edge = Some(promised);
            } else if let Some(edge) = edge {
                let length = u32::try_from(segment.payload.len()).expect("it is one segment");
                let end = segment.sequence.plus(length);
                assert!(edge.distance_from(end) >= 0, "{scene}: {segment:?}");
                sent += length;
            }
        }
        assert!(sent > 0);
    }
}

/// The chapter and the ledger's row `missing-zero-window` say so of this recording.
#[test]
fn each_pause_between_two_probes_is_about_twice_the_one_before() {
    let trace = recorded("zero-window");
    let closed = trace
        .rows
        .iter()
        .position(|row| from_server(row) && row.segment().is_some_and(|(_, s)| s.window == 0))
        .expect("the window closes");
    let mut times = vec![time(&trace.rows[closed])];
    times.extend(
        trace.rows[closed + 1..]
            .iter()
            .filter(|row| {
                row.segment()
                    .is_some_and(|(from, s)| from == Side::Client && s.payload.is_empty())
            })
            .map(time),
    );
    let pauses: Vec<u64> = times.windows(2).map(|two| two[1] - two[0]).collect();
    assert_eq!(pauses.len(), 3);
    for two in pauses.windows(2) {
        assert!(
            two[1] * 10 > two[0] * 17 && two[1] * 10 < two[0] * 23,
            "{pauses:?} nanoseconds"
        );
    }
}

fn from_server(row: &Row) -> bool {
    row.segment().is_some_and(|(from, _)| from == Side::Server)
}

fn time(row: &Row) -> u64 {
    match row.event {
        Event::Frame { time, .. } => time,
        Event::Note { .. } => 0,
    }
}

/// The chapter says so: first the receiver's buffer is full, then the sender's, and then the program waits.
#[test]
fn a_closed_window_reaches_the_program() {
    /// More than both buffers can hold.
    const OCTETS: usize = 100_000;

    Lab::run(|net| {
        let (client, mut server) = connection(net, 4096)?;
        let returned = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&returned);
        let writing = net.client().start(move || {
            let mut client = client;
            client.set_send_buffer_size(8192)?;
            client.write_all(&[b'x'; OCTETS])?;
            told.store(true, Ordering::SeqCst);
            io::Result::Ok(client)
        });
        net.settle();
        let last = net.trace().segments().last().map(|(_, segment)| segment);
        assert_eq!(last.map(|segment| segment.window), Some(0));
        assert!(!returned.load(Ordering::SeqCst), "write() waits");
        net.server().run(|| server.read_exact(&mut [0; OCTETS]))?;
        let _client = writing.join(net)?;
        io::Result::Ok(())
    });
}

/// The chapter and the ledger's row `missing-window-scale` say so, of this test and the next.
#[test]
fn with_scaling_more_than_65535_octets_are_on_their_way() {
    let octets = on_their_way("1");
    assert!(octets > 65_535, "{octets} octets");
}

#[test]
fn without_scaling_no_more_than_65535_octets_are_on_their_way() {
    let octets = on_their_way("0");
    assert!(octets <= 65_535, "{octets} octets");
    assert!(octets > 65_535 - 1460, "the window is the limit: {octets}");
}

/// How many octets a client sends until it has to wait for an acknowledgment.
fn on_their_way(scaling: &'static str) -> i32 {
    /// After so much, the congestion window allows more than a window without scaling can.
    const FIRST: usize = 100_000;
    /// More than such a window, and not more than the wire can take in at one look.
    const THEN: usize = 75_000;

    let settings = Settings {
        sysctls: vec![("net.ipv4.tcp_window_scaling", scaling)],
        ..Settings::default()
    };
    let trace = Lab::run_with(settings, |net| {
        let (mut client, mut server) = connection(net, 200_000)?;
        let writing = net.client().start(move || {
            client.write_all(&[b'x'; FIRST])?;
            io::Result::Ok(client)
        });
        net.server().run(|| server.read_exact(&mut [0; FIRST]))?;
        let mut client = writing.join(net)?;
        net.wire().hold(pure_ack().from(Side::Server));
        let _writing = net.client().start(move || {
            client.write_all(&[b'x'; THEN])?;
            io::Result::Ok(client)
        });
        net.settle();
        io::Result::Ok(())
    });
    unacknowledged(&trace)
}

/// How many octets the client has sent in the end, beyond the last acknowledgment that has arrived.
fn unacknowledged(trace: &Trace) -> i32 {
    let (mut sent, mut acknowledged) = (SeqNumber(0), SeqNumber(0));
    for row in &trace.rows {
        let arrived = matches!(
            row.event,
            Event::Frame {
                fate: trace::Fate::Delivered,
                ..
            }
        );
        match row.segment() {
            Some((Side::Client, segment)) => {
                let length = u32::try_from(segment.payload.len()).expect("it is one segment");
                sent = segment.sequence.plus(length);
            }
            Some((Side::Server, segment)) if arrived => acknowledged = segment.acknowledgment,
            _ => {}
        }
    }
    sent.distance_from(acknowledged)
}

/// Both ends of a new connection: the client's, and the server's, whose program has asked for a receive buffer of a
/// certain size.
fn connection(net: &mut Net, buffer: usize) -> io::Result<(Socket, Socket)> {
    let listener = net
        .server()
        .run(|| listen_with_buffer(buffer, addresses::server(80)))?;
    call_from(net, 40000, &listener)
}
