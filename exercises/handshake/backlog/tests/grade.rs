//! What two kernels and a forger saw of your code.

use std::io;
use std::net::SocketAddrV4;

use backlog::{
    Ack, LIFETIME, SIZES, Secret, Standing, Syn, admitted, begin, cookie, standing, verify,
};
use grade::{any_inputs, expect_ladder};
use lab::{Lab, Net, Settings, addresses};
use proptest::prelude::*;
use socket2::{Domain, Socket, Type};
use trace::State;

const SERVER_PORT: u16 = 80;
const CLIENT_PORT: u16 = 40000;

fn listen(net: &mut Net, port: u16, backlog: usize) -> io::Result<Socket> {
    let backlog = i32::try_from(backlog).map_err(io::Error::other)?;
    net.server().run(|| {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&addresses::server(port).into())?;
        socket.listen(backlog)?;
        Ok(socket)
    })
}

/// A client that has begun to call, without your code.
fn client(net: &mut Net, from: u16, to: u16) -> io::Result<Socket> {
    net.client().run(|| {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        socket.bind(&addresses::client(from).into())?;
        match socket.connect(&addresses::server(to).into()) {
            Err(error) if error.raw_os_error() != Some(libc::EINPROGRESS) => Err(error),
            _ => Ok(socket),
        }
    })
}

#[test]
fn beginning_to_call_waits_for_nobody() {
    // A program that waits for an answer gives up after three seconds.
    let settings = Settings {
        sysctls: vec![("net.ipv4.tcp_syn_retries", "1")],
        ..Settings::default()
    };
    let trace = Lab::run_with(settings, |net| {
        let _listener = listen(net, SERVER_PORT, 1)?;
        let mut clients = Vec::new();
        for port in CLIENT_PORT..CLIENT_PORT + 3 {
            let begun = net
                .client()
                .run(|| begin(addresses::client(port), addresses::server(SERVER_PORT)));
            match begun {
                Ok(socket) => clients.push(socket),
                Err(error) => panic!(
                    "begin() should return a socket that goes on connecting, and returned an error: {error}. \
                     `connect()` on a socket that does not block says EINPROGRESS, which is none; if it was \
                     the third call, your begin() has waited for an answer that does not come."
                ),
            }
        }
        io::Result::Ok(())
    });
    expect_ladder!("queue-filled", "RFC 9293 section 3.10.1", trace);
}

#[test]
fn a_client_knows_by_itself_whether_it_is_connected() {
    Lab::run(|net| {
        let _listener = listen(net, SERVER_PORT, 1)?;
        let clients = [
            client(net, CLIENT_PORT, SERVER_PORT)?,
            client(net, CLIENT_PORT + 1, SERVER_PORT)?,
            client(net, CLIENT_PORT + 2, SERVER_PORT)?,
            client(net, CLIENT_PORT + 3, SERVER_PORT + 1)?,
        ];
        let before = net.trace().rows.len();
        let told = net
            .client()
            .run(|| clients.each_ref().map(|socket| standing(socket).ok()));
        let is = [
            (
                Standing::Connected,
                "the first client has the server's SYN,ACK: it is ESTABLISHED, whether or not anybody accepts \
                 (RFC 9293 section 3.10.7.3)",
            ),
            (
                Standing::Connected,
                "the second client has the server's SYN,ACK too: a backlog of 1 admits two",
            ),
            (
                Standing::Waiting,
                "the third client's SYN was not answered. It has no error, and it is not connected either: it \
                 is in SYN-SENT (RFC 9293 section 3.3.2)",
            ),
            (
                Standing::Failed(io::ErrorKind::ConnectionRefused),
                "the fourth client has called a port that nobody listens on, and was refused \
                 (RFC 9293 section 3.5.2)",
            ),
        ];
        for (told, (is, why)) in told.iter().zip(is) {
            assert_eq!(*told, Some(is), "{why}");
        }
        assert_eq!(
            net.trace().rows.len(),
            before,
            "asking your own kernel should put nothing on the wire"
        );
        io::Result::Ok(())
    });
}

#[test]
fn a_backlog_admits_as_many_as_you_predicted() {
    Lab::run(|net| {
        for (port, backlog, calls) in [(80, 0, 3), (81, 1, 1), (82, 1, 4), (83, 3, 6)] {
            let _listener = listen(net, port, backlog)?;
            let first = CLIENT_PORT + 10 * port;
            let mut clients = Vec::new();
            for number in 0..calls {
                clients.push(client(net, first + number, port)?);
            }
            let calls = usize::from(calls);
            let connected = |socket: &&trace::Socket| {
                socket.state == State::Established
                    && socket.remote.is_some_and(|remote| remote.port() == port)
            };
            let connected = net.states().client.iter().filter(connected).count();
            let predicted = admitted(backlog, calls);
            assert_eq!(
                predicted, connected,
                "{calls} clients call a server with a backlog of {backlog} that accepts nobody. You predict that \
                 {predicted} of them are connected; by their kernel, {connected} are. Connections that wait for \
                 accept() are ESTABLISHED, and the backlog limits how many may wait; look at the chapter's second \
                 figure."
            );
        }
        io::Result::Ok(())
    });
}

const NOW: u32 = 27_000_000;
const SECRET: Secret = Secret(*b"nobody knows it!");

fn end(address: [u8; 4], port: u16) -> SocketAddrV4 {
    SocketAddrV4::new(address.into(), port)
}

fn syn() -> Syn {
    Syn {
        client: end([192, 0, 2, 1], 40000),
        server: end([192, 0, 2, 2], 80),
        sequence: 0x1234_5678,
        mss: 1460,
    }
}

/// The third segment of the handshake that begins with this SYN and a SYN,ACK with this cookie.
fn ack(syn: &Syn, cookie: u32) -> Ack {
    Ack {
        client: syn.client,
        server: syn.server,
        sequence: syn.sequence.wrapping_add(1),
        acknowledgment: cookie.wrapping_add(1),
    }
}

/// The cookie for the usual SYN, made at that counter.
fn usual_cookie(counter: u32) -> u32 {
    cookie(&SECRET, &syn(), counter)
        .expect("an MSS of 1460 is in the table, so there should be a cookie for it")
}

#[test]
fn a_cookie_brings_the_segment_size_back() {
    let sizes = [
        (1460, Some(1460)),
        (1461, Some(1460)),
        (1459, Some(1440)),
        (536, Some(536)),
        (64, Some(64)),
        (63, None),
        (65535, Some(8960)),
    ];
    for (mss, says) in sizes {
        let syn = Syn { mss, ..syn() };
        let said =
            cookie(&SECRET, &syn, NOW).and_then(|cookie| verify(&SECRET, &ack(&syn, cookie), NOW));
        assert_eq!(
            said, says,
            "a SYN that announces an MSS of {mss} should come back as the largest of SIZES that is not larger (the \
             other side cannot take more), and get no cookie if all are larger (RFC 4987 appendix A)"
        );
    }
    let any_call = (
        any::<([u8; 4], u16, [u8; 4], u16)>(),
        any::<u32>(),
        SIZES[0]..,
    );
    proptest!(any_inputs(256), |(call in any_call, key: [u8; 16], counter: u32, age in 0..LIFETIME)| {
        let secret = Secret(key);
        let ((client, from, server, to), sequence, mss) = call;
        let syn = Syn { client: end(client, from), server: end(server, to), sequence, mss };
        let cookie = cookie(&secret, &syn, counter);
        let now = counter.wrapping_add(age);
        let said = cookie.and_then(|cookie| verify(&secret, &ack(&syn, cookie), now));
        let says = SIZES.into_iter().rfind(|size| *size <= mss);
        prop_assert_eq!(said, says, "whoever is given a cookie and brings it back within {} ticks should be let in", age);
    });
}

#[test]
fn a_cookie_is_good_for_its_own_call_only() {
    let syn = syn();
    let cookie = usual_cookie(NOW);
    let own = || ack(&syn, cookie);
    assert_eq!(
        verify(&SECRET, &own(), NOW),
        Some(1460),
        "whoever is given a cookie and brings it back should be let in"
    );
    let strangers = [
        (
            "another address of the client",
            Ack {
                client: end([192, 0, 2, 9], 40000),
                ..own()
            },
        ),
        (
            "another port of the client",
            Ack {
                client: end([192, 0, 2, 1], 40001),
                ..own()
            },
        ),
        (
            "another address of the server",
            Ack {
                server: end([192, 0, 2, 9], 80),
                ..own()
            },
        ),
        (
            "another port of the server",
            Ack {
                server: end([192, 0, 2, 2], 81),
                ..own()
            },
        ),
        (
            "another sequence number",
            Ack {
                sequence: own().sequence.wrapping_add(1),
                ..own()
            },
        ),
        (
            "another acknowledgment number",
            Ack {
                acknowledgment: own().acknowledgment.wrapping_add(1),
                ..own()
            },
        ),
        (
            "an acknowledgment number out of the air",
            Ack {
                acknowledgment: 301,
                ..own()
            },
        ),
    ];
    for (what, ack) in strangers {
        assert_eq!(
            verify(&SECRET, &ack, NOW),
            None,
            "a cookie that comes back with {what} should let nobody in: that is how a forged acknowledgment is told \
             from a true one (RFC 4987 appendix A)"
        );
    }
    let other = Secret(*b"another secret!!");
    assert_eq!(
        verify(&other, &own(), NOW),
        None,
        "a cookie that was made with another secret should let nobody in: otherwise anybody could make one"
    );
}

#[test]
fn an_old_cookie_is_refused() {
    for now in [NOW, 2] {
        for age in [0, 1, 2, 3, 4, 5, 16, 31, 32, 33, 64, 1 << 24] {
            let cookie = usual_cookie(now.wrapping_sub(age));
            let says = (age < LIFETIME).then_some(1460);
            assert_eq!(
                verify(&SECRET, &ack(&syn(), cookie), now),
                says,
                "the counter stands at {now} and the cookie is {age} ticks old. It should be good for {LIFETIME} ticks, \
                 the one in which it was made included; an older one may have been received long ago and be \
                 replayed now (RFC 4987 section 3.6). The upper five bits say the counter modulo 32 only; the rest is \
                 in the hash."
            );
        }
    }
}
