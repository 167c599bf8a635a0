use std::io;
use std::time::Duration;

use socket2::{Domain, Socket, TcpKeepalive, Type};
use trace::ladder::Middle;
use trace::{Ladder, Side, State};

use super::recorded;

scenes! {
    keepalive_probe
    one_probe_lost
    dead_peer
    forgotten_peer
    program_asleep
    data_to_a_dead_peer
    box_forgets
    http_keep_alive
}

/// The chapter gives these numbers. A hundredth of a second less than the shortest silence is none to the kernel.
#[test]
fn linux_asks_only_when_told_and_then_after_two_hours() {
    lab::Lab::run(|net| {
        net.server().run(|| {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            assert!(!socket.keepalive()?);
            socket.set_keepalive(true)?;
            assert_eq!(socket.tcp_keepalive_time()?, Duration::from_secs(7200));
            assert_eq!(socket.tcp_keepalive_interval()?, Duration::from_secs(75));
            assert_eq!(socket.tcp_keepalive_retries()?, 9);
            let too_short = TcpKeepalive::new().with_time(Duration::from_millis(990));
            let refused = socket.set_tcp_keepalive(&too_short);
            assert_eq!(
                refused.map_err(|error| error.kind()),
                Err(io::ErrorKind::InvalidInput)
            );
            socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(Duration::from_secs(1)))
        })
    });
}

/// The ledger's row `http-server-calls-client-offline` says so: one client is idle, one is cut off, and one has rebooted.
#[test]
fn until_it_asks_the_server_sees_no_difference() {
    let [idle, cut_off, rebooted] =
        ["keepalive-probe", "dead-peer", "forgotten-peer"].map(as_the_server_sees_it);
    assert_eq!(idle, cut_off);
    assert_eq!(idle, rebooted);
}

/// What the server has sent and received in a recording, and its states, up to its first probe.
fn as_the_server_sees_it(name: &str) -> Vec<(Side, Vec<String>, Option<State>)> {
    let segments = Ladder::of(&recorded(name))
        .lines
        .into_iter()
        .filter_map(|line| match line.middle {
            Middle::Arrow(arrow) => {
                let items: Vec<_> = arrow.items.into_iter().map(|item| item.shown).collect();
                Some((arrow.from, items, line.server))
            }
            _ => None,
        });
    let handshake_and_talk_and_probe = 8;
    let seen: Vec<_> = segments.take(handshake_and_talk_and_probe).collect();
    assert_eq!(seen.len(), handshake_and_talk_and_probe, "{name}");
    // The server's next octet has the number 3; a probe has the one before.
    let (from, items, _) = &seen[handshake_and_talk_and_probe - 1];
    assert_eq!(
        (*from, items.join(" ")),
        (Side::Server, "ACK 2 6".to_owned()),
        "{name}"
    );
    seen
}
