//! What the wire saw of your code, and what your code made of it.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use grade::expect_ladder;
use lab::filter::syn;
use lab::{Lab, Net, Settings, Side, addresses, peer};
use refused_and_lost::{Outcome, connect};
use socket2::Socket;
use trace::{Row, build};

const PORT: u16 = 80;
const CLIENT_PORT: u16 = 40000;

/// A limit that no test reaches.
const LONG: Duration = Duration::from_secs(20);

fn listen(net: &mut Net) -> io::Result<Socket> {
    net.server().run(|| peer::listen(addresses::server(PORT)))
}

fn call(net: &mut Net, limit: Duration) -> io::Result<Outcome> {
    net.client().run(|| {
        connect(
            addresses::client(CLIENT_PORT),
            addresses::server(PORT),
            limit,
        )
    })
}

/// The socket of an attempt that must have succeeded.
fn connected(outcome: io::Result<Outcome>) -> Socket {
    match outcome {
        Ok(Outcome::Connected(socket)) => socket,
        other => panic!(
            "the handshake was completed, so the outcome should be Connected; your connect() says {other:?}. \
             EINPROGRESS is no failure: it says that the outcome is still to come"
        ),
    }
}

#[test]
fn a_port_that_listens_connects() {
    let trace = Lab::run(|net| {
        let _listener = listen(net)?;
        let outcome = call(net, LONG);
        let socket = connected(outcome);
        assert_eq!(
            socket.peer_addr()?.as_socket(),
            Some(addresses::server(PORT)),
            "the socket should be connected to the address `to`"
        );
        assert!(
            !socket.nonblocking()?,
            "the socket should be in blocking mode again when you return it"
        );
        io::Result::Ok(())
    });
    expect_ladder!("connected", "RFC 9293 section 3.5", trace);
}

#[test]
fn a_reset_means_refused() {
    let trace = Lab::run(|net| {
        let outcome = call(net, LONG);
        assert!(
            matches!(outcome, Ok(Outcome::Refused)),
            "a reset came back, so the outcome should be Refused (RFC 9293 section 3.10.7.3); your connect() says \
             {outcome:?}. A socket is ready after a failure too: take_error() tells which it was"
        );
        io::Result::Ok(())
    });
    expect_ladder!("refused", "RFC 9293 section 3.5.2", trace);
}

#[test]
fn an_icmp_message_means_unreachable() {
    Lab::run(|net| {
        for (code, what, port) in [(1, "host", CLIENT_PORT), (0, "network", CLIENT_PORT + 1)] {
            net.wire().lose_next(syn());
            let calling = net
                .client()
                .start(move || connect(addresses::client(port), addresses::server(PORT), LONG));
            net.settle();
            say_unreachable(net, code)?;
            let outcome = calling.join(net);
            assert!(
                matches!(outcome, Ok(Outcome::Unreachable)),
                "an ICMP message said that the {what} is unreachable, and Linux ends the attempt with it \
                 (RFC 5461 section 4.1), so the outcome should be Unreachable; your connect() says {outcome:?}"
            );
        }
        let nowhere = SocketAddr::from(([203, 0, 113, 1], PORT));
        let outcome = net
            .client()
            .run(|| connect(addresses::client(CLIENT_PORT + 2), nowhere, LONG));
        assert!(
            matches!(outcome, Ok(Outcome::Unreachable)),
            "the client has no route to {nowhere}, so its kernel refuses the call at once, and there is nothing to wait for: of all errors of \
             connect(), only EINPROGRESS says that the outcome is still to come. The outcome should be Unreachable; your connect() says \
             {outcome:?}"
        );
        io::Result::Ok(())
    });
}

/// The wire tells the client that its last frame could not be brought to the server (RFC 792).
fn say_unreachable(net: &mut Net, code: u8) -> io::Result<()> {
    let Some(frame) = net.trace().rows.last().and_then(Row::frame) else {
        panic!("your connect() should send a SYN when it is called; the wire saw nothing");
    };
    let message =
        build::icmp_unreachable(addresses::WIRE, code, frame).map_err(io::Error::other)?;
    net.wire().inject_frame(Side::Server, message);
    Ok(())
}

#[test]
fn a_lost_syn_is_waited_for() {
    let trace = Lab::run(|net| {
        let _listener = listen(net)?;
        net.wire().lose_next(syn());
        let outcome = call(net, LONG);
        assert!(
            matches!(outcome, Ok(Outcome::Connected(_))),
            "the limit was long enough for the kernel to send the lost SYN again (RFC 9293 section 3.10.8), so the outcome \
             should be Connected; your connect() says {outcome:?}"
        );
        io::Result::Ok(())
    });
    expect_ladder!("lost-syn", "RFC 9293 section 3.10.8", trace);
}

#[test]
fn silence_ends_at_the_limit() {
    // The kernel would go on for longer than the laboratory has patience: so the limit must end it.
    let settings = Settings {
        sysctls: vec![("net.ipv4.tcp_syn_retries", "6")],
        patience: Duration::from_secs(3),
        ..Settings::default()
    };
    Lab::run_with(settings, |net| {
        net.wire().lose(syn());
        let outcome = call(net, Duration::from_millis(500));
        assert!(
            matches!(outcome, Ok(Outcome::TimedOut)),
            "nothing came back within the limit, so the outcome should be TimedOut; your connect() says {outcome:?}"
        );
        assert!(
            net.states().client.is_empty(),
            "your connect() has given up, but its socket is still calling: close it, and leave nothing behind that waits"
        );
        io::Result::Ok(())
    });
}

#[test]
fn the_kernel_may_give_up_first() {
    let settings = Settings {
        sysctls: vec![("net.ipv4.tcp_syn_retries", "1")],
        ..Settings::default()
    };
    Lab::run_with(settings, |net| {
        net.wire().lose(syn());
        let outcome = call(net, LONG);
        assert!(
            matches!(outcome, Ok(Outcome::TimedOut)),
            "the kernel gave up before your limit (RFC 9293 section 3.8.3), which is TimedOut as well; your connect() \
             says {outcome:?}"
        );
        io::Result::Ok(())
    });
}
