//! What the wire saw of your code, and what your code made of its client.

use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::thread;
use std::time::Duration;

use grade::{expect_ladder, expect_made_again};
use keepalive::{Sign, heartbeat, wait_for_sign, watch};
use lab::filter::{Filter, any};
use lab::interruption::Blocking;
use lab::peer::{abort, call_from, listen};
use lab::{Lab, Net, Settings, Side, addresses, repair};
use socket2::{Domain, Socket, Type};
use trace::{ControlBits, Segment, SeqNumber, Trace};

const PORT: u16 = 80;
const CLIENT_PORT: u16 = 40000;

/// The smallest limit: only one choice of the three numbers keeps it.
const THREE_SECONDS: Duration = Duration::from_secs(3);

/// A limit that no test reaches.
const LONG: Duration = Duration::from_secs(20);

/// A laboratory in which a probe that does not come is soon missed.
fn impatient() -> Settings {
    Settings {
        patience: Duration::from_secs(5),
        ..Settings::default()
    }
}

fn tcp() -> io::Result<Socket> {
    Socket::new(Domain::IPV4, Type::STREAM, None)
}

/// A connection: the client's socket and the server's.
fn connect(net: &mut Net) -> io::Result<(Socket, Socket)> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    call_from(net, CLIENT_PORT, &listener)
}

#[test]
fn the_settings_keep_within_the_limit() -> io::Result<()> {
    for milliseconds in [
        3000, 3900, 4000, 5000, 7000, 10_000, 61_000, 3_600_000, 28_800_000,
    ] {
        let limit = Duration::from_millis(milliseconds);
        let socket = tcp()?;
        let result = watch(&socket, limit);
        assert!(
            result.is_ok(),
            "watch() should succeed for a limit of {limit:?}; yours says {result:?}"
        );
        assert!(
            socket.keepalive()?,
            "keep-alive is off unless a program asks for it (RFC 9293 section 3.8.4), and after your watch() it is off"
        );
        let idle = socket.tcp_keepalive_time()?;
        let interval = socket.tcp_keepalive_interval()?;
        let probes = socket.tcp_keepalive_retries()?;
        let found = idle + probes * interval;
        let settings = format!(
            "for a limit of {limit:?} your watch() has set: first probe after {idle:?}, {probes} probes, {interval:?} after \
             each. A dead client is found after {found:?}"
        );
        assert!(
            probes >= 2,
            "{settings}. Failure to answer a single probe must not decide (RFC 9293 section 3.8.4): a lost segment would"
        );
        assert!(
            interval <= idle,
            "{settings}, if it has never answered a probe. Linux asks again an interval after each probe, answered or not, \
             and no sooner: with an interval longer than the first silence a client that dies after an answer is found too late"
        );
        assert!(
            found <= limit,
            "{settings}, which is too late. Each probe has its wait, the last one too"
        );
        assert!(
            2 * found >= limit,
            "{settings}. That is before half of the limit has passed, and breaks connections that are good"
        );
    }
    for milliseconds in [0, 1000, 2999, 28_801_000] {
        let limit = Duration::from_millis(milliseconds);
        let socket = tcp()?;
        let result = watch(&socket, limit);
        assert!(
            matches!(&result, Err(error) if error.kind() == ErrorKind::InvalidInput),
            "a limit of {limit:?} should be refused with InvalidInput; your watch() says {result:?}"
        );
        assert!(
            !socket.keepalive()?,
            "your watch() has refused the limit {limit:?} and turned keep-alive on all the same"
        );
    }
    Ok(())
}

#[test]
fn an_idle_peer_is_asked_and_left_in_peace() {
    let trace = Lab::run_with(impatient(), |net| {
        let (mut client, server) = connect(net)?;
        net.server().run(|| watch(&server, THREE_SECONDS))?;
        net.server().interrupt_next(Blocking::Receive);
        let waiting = net.server().start(move || {
            let mut buffer = [0; 32];
            let sign = wait_for_sign(&server, &mut buffer);
            (server, sign, buffer)
        });
        // Each probe comes a second or more after the last answer, so this silence is longer than the limit.
        for _ in 0..4 {
            let probe = Filter::segment(
                "a keep-alive probe, which is due after one second of silence (RFC 9293 section 3.8.4),",
                |_| true,
            );
            net.wire().wait_for(&probe.from(Side::Server));
        }
        net.client().run(|| client.write_all(b"still here"))?;
        let (_server, sign, buffer) = waiting.join(net);
        expect_made_again("wait_for_sign", &sign);
        assert!(
            matches!(sign, Ok(Sign::Spoke(10))),
            "the client was idle for longer than the limit, its kernel answered each probe, and then it sent ten octets: the \
             sign should be Spoke(10); your wait_for_sign() says {sign:?}"
        );
        assert!(
            buffer.starts_with(b"still here"),
            "the ten octets \"still here\" should be at the beginning of the buffer, which has \"{}\"",
            buffer.escape_ascii()
        );
        io::Result::Ok(())
    });
    let sent = sent_by_server(&trace);
    let [syn_ack, after @ ..] = &sent[..] else {
        panic!("the server should have sent a SYN,ACK");
    };
    let next = syn_ack.sequence.plus(1);
    for segment in after {
        assert!(
            segment.control == ControlBits::ACK && segment.payload.is_empty(),
            "of a client that is idle the server should ask by keep-alive probes, which carry nothing that a program could read \
             (RFC 9293 section 3.8.4); your server has sent {}",
            in_words(segment, next)
        );
    }
    assert!(
        after.iter().any(|segment| segment.sequence.plus(1) == next),
        "a keep-alive probe has the sequence number before the next one (RFC 9293 section 3.8.4); your server has sent none"
    );
}

/// The segments that the server has sent, in their order.
fn sent_by_server(trace: &Trace) -> Vec<Segment> {
    trace.sent_by(Side::Server).collect()
}

/// `PSH,ACK with the next sequence number and len=1`.
fn in_words(segment: &Segment, next: SeqNumber) -> String {
    let number = if segment.sequence == next {
        "the next sequence number"
    } else {
        "another sequence number"
    };
    format!(
        "{} with {number} and len={}",
        segment.control,
        segment.payload.len()
    )
}

#[test]
fn a_dead_peer_is_found_by_two_probes() {
    let trace = Lab::run_with(impatient(), |net| {
        let (_client, server) = connect(net)?;
        net.wire().lose(any());
        let waiting = net.server().start(move || {
            let sign =
                watch(&server, THREE_SECONDS).and_then(|()| wait_for_sign(&server, &mut [0; 32]));
            (server, sign)
        });
        // The program may know before the wire has seen it.
        let reset = Filter::segment(
            "the reset with which the kernel gives up when the probes were not answered,",
            |segment| segment.control.contains(ControlBits::RST),
        );
        net.wire().wait_for(&reset.from(Side::Server));
        let (_server, sign) = waiting.join(net);
        assert!(
            matches!(sign, Ok(Sign::Dead)),
            "the wire has lost everything, so the sign should be Dead; your wait_for_sign() says {sign:?}"
        );
        io::Result::Ok(())
    });
    expect_ladder!("dead-peer", "RFC 9293 section 3.8.4", trace);
}

#[test]
fn a_peer_that_has_forgotten_or_closed_is_not_dead() {
    Lab::run_with(impatient(), |net| {
        let (client, server) = connect(net)?;
        net.client().run(move || repair::forget(client))?;
        let sign = net.server().run(|| {
            watch(&server, THREE_SECONDS)?;
            wait_for_sign(&server, &mut [0; 32])
        });
        assert!(
            matches!(sign, Ok(Sign::Forgotten)),
            "the client's host has answered the probe with a reset, so it is there and knows of no connection (RFC 9293 section \
             3.5.2, group 1): the sign should be Forgotten; your wait_for_sign() says {sign:?}"
        );
        io::Result::Ok(())
    });
    Lab::run(|net| {
        let (client, server) = connect(net)?;
        net.client().run(move || drop(client));
        let sign = net.server().run(|| wait_for_sign(&server, &mut [0; 32]));
        assert!(
            matches!(sign, Ok(Sign::Closed)),
            "the client has sent a FIN (RFC 9293 section 3.6), so the sign should be Closed; your wait_for_sign() says {sign:?}"
        );
        io::Result::Ok(())
    });
}

#[test]
fn a_heartbeat_is_answered_by_the_program() {
    let trace = Lab::run(|net| {
        let (mut client, server) = connect(net)?;
        let answering = net.client().start(move || {
            client.read_exact(&mut [0; 5])?;
            client.write_all(b"PO")?;
            client.write_all(b"NG\n")?;
            io::Result::Ok(client)
        });
        let usual = Duration::from_secs(7);
        server.set_read_timeout(Some(usual))?;
        for call in [Blocking::Send, Blocking::Receive] {
            net.server().interrupt_next(call);
        }
        let answered = net.server().run(|| heartbeat(&server, LONG));
        expect_made_again("heartbeat", &answered);
        assert!(
            matches!(answered, Ok(true)),
            "the client's program has answered PONG, in two pieces: one segment need not bring all that one write was given (RFC 9293 \
             section 3.7). Your heartbeat() says {answered:?}"
        );
        assert_eq!(
            server.read_timeout()?,
            Some(usual),
            "the socket should have the same read timeout after heartbeat() as before"
        );
        let _client = answering.join(net)?;
        io::Result::Ok(())
    });
    expect_ladder!("heartbeat", "RFC 9293 section 3.10.7.4", trace);

    Lab::run(|net| {
        let (mut client, server) = connect(net)?;
        net.client().run(|| client.write_all(b"HEL"))?;
        let limit = Duration::from_secs(3);
        let answered = net.server().run(|| heartbeat(&server, limit));
        assert!(
            matches!(&answered, Err(error) if error.kind() == ErrorKind::InvalidData),
            "the client has sent HEL, and no answer to a heartbeat begins so: InvalidData, at once; your heartbeat() says \
             {answered:?}"
        );
        assert_eq!(
            server.read_timeout()?,
            None,
            "the socket should have the same read timeout after heartbeat() as before, also when it fails"
        );
        io::Result::Ok(())
    });
    Lab::run(|net| {
        let (mut client, server) = connect(net)?;
        net.client().run(|| {
            client.write_all(b"PON")?;
            client.shutdown(Shutdown::Write)
        })?;
        let answered = net.server().run(|| heartbeat(&server, LONG));
        assert!(
            matches!(&answered, Err(error) if error.kind() == ErrorKind::UnexpectedEof),
            "the client has closed in the middle of its answer: UnexpectedEof; your heartbeat() says {answered:?}"
        );
        io::Result::Ok(())
    });
    Lab::run(|net| {
        let (client, server) = connect(net)?;
        let asking = net.server().start(move || heartbeat(&server, LONG));
        net.settle();
        net.client().run(|| abort(client))?;
        let answered = asking.join(net);
        assert!(
            matches!(&answered, Err(error) if error.kind() == ErrorKind::ConnectionReset),
            "the client has reset the connection instead of an answer: heartbeat() should return the error of the call, \
             ConnectionReset (RFC 9293 section 3.6, MUST-12); yours says {answered:?}"
        );
        io::Result::Ok(())
    });
}

#[test]
fn a_program_that_sleeps_answers_no_heartbeat() {
    let trace = Lab::run_with(impatient(), |net| {
        let (_client, server) = connect(net)?;
        let answered = net
            .server()
            .run(|| heartbeat(&server, Duration::from_millis(300)));
        assert!(
            matches!(answered, Ok(false)),
            "the client's kernel has acknowledged the heartbeat, and its program, which sleeps, has not answered. An acknowledgment \
             says that the host has taken charge of the octets, not that a program has read them (RFC 9293 section 3.10.7.4). \
             Your heartbeat() says {answered:?}"
        );
        assert_eq!(
            server.read_timeout()?,
            None,
            "the socket should have the same read timeout after heartbeat() as before"
        );
        io::Result::Ok(())
    });
    expect_ladder!("program-asleep", "RFC 9293 section 3.10.7.4", trace);

    Lab::run_with(impatient(), |net| {
        let (_client, server) = connect(net)?;
        let answered = net.server().run(|| heartbeat(&server, Duration::ZERO));
        assert!(
            matches!(answered, Ok(false)),
            "with a limit of no time at all nobody can have answered before it has passed, and a read timeout of zero would mean \
             none: your heartbeat() says {answered:?}"
        );
        io::Result::Ok(())
    });

    let limit = Duration::from_millis(500);
    let pause = Duration::from_millis(200);
    Lab::run_with(impatient(), |net| {
        let (mut client, server) = connect(net)?;
        let _answering = net.client().start(move || {
            client.read_exact(&mut [0; 5])?;
            for octet in b"PONG\n" {
                // The slowness is what heartbeat() has to notice.
                thread::sleep(pause);
                client.write_all(&[*octet])?;
            }
            io::Result::Ok(client)
        });
        let answered = net.server().run(|| heartbeat(&server, limit));
        assert!(
            matches!(answered, Ok(false)),
            "the client's program sends an octet of its answer every {pause:?}, and is not done when the limit of {limit:?} has \
             passed: a limit for each read is none for the answer. Your heartbeat() says {answered:?}"
        );
        io::Result::Ok(())
    });
}
