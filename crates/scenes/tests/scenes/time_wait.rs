use std::time::{Duration, Instant};
use std::{io, thread};

use lab::filter::{fin, rst};
use lab::peer::{accept, connect_from_any_port, listen};
use lab::{Lab, Listed, Net, Settings, Side, addresses, listing};
use socket2::Socket;
use trace::State;

scenes! {
    who_waits
    lost_last_ack
    silence_in_time_wait
    nobody_waits
    assassination
    no_assassination
    newer_timestamp
    busy_pair
    address_in_use
    restart_at_once
}

/// How long Linux keeps a record in TIME-WAIT: `TCP_TIMEWAIT_LEN` in its source.
const MINUTE: Duration = Duration::from_secs(60);

/// The kernel's clock stands still between its steps, and on a busy machine for longer.
const SLACK: Duration = Duration::from_secs(5);

/// The ledger's rows `missing-length-of-msl` and `td4-then-host1-closes` say so.
#[test]
fn the_wait_is_a_minute_and_belongs_to_no_program() {
    // A popular setting, which is about another state.
    let settings = Settings {
        sysctls: vec![("net.ipv4.tcp_fin_timeout", "5")],
        ..Settings::default()
    };
    Lab::run_with(settings, |net| {
        let begun = Instant::now();
        play_who_waits(net)?;
        for side in [Side::Client, Side::Server] {
            let record = time_wait(net, side)?;
            assert_eq!(record.inode, 0, "of the {}", side.name());
            let (left, passed) = (left(&record)?, begun.elapsed());
            assert!(left <= MINUTE, "{left:?} are left");
            assert!(
                left + passed + SLACK >= MINUTE,
                "{left:?} are left after {passed:?}"
            );
        }
        io::Result::Ok(())
    });
}

/// RFC 9293 §3.10.7.4, eighth step.
#[test]
fn a_repeated_fin_sets_the_wait_back_to_its_start() {
    /// Less than this, and something of the wait has passed.
    const BEGUN: Duration = Duration::from_millis(59_900);
    /// An attempt fails only if the machine stands still for as long as has passed before.
    const ATTEMPTS: usize = 20;
    Lab::run(|net| {
        play_who_waits(net)?;
        // The server has forgotten the connection, and its resets would end the wait.
        net.wire().lose(rst());
        for _ in 0..ATTEMPTS {
            let before = loop {
                let left = left(&time_wait(net, Side::Client)?)?;
                if left < BEGUN {
                    break left;
                }
            };
            net.wire().replay(&fin().from(Side::Server));
            if left(&time_wait(net, Side::Client)?)? > before {
                return io::Result::Ok(());
            }
        }
        Err(io::Error::other("the time that was left never grew"))
    });
}

/// `tcp_tw_reuse` is for the side that calls, and needs timestamps. The kernel lets a second pass first.
#[test]
fn with_tcp_tw_reuse_a_client_in_time_wait_can_call_the_same_port_again() {
    let settings = Settings {
        sysctls: vec![
            ("net.ipv4.tcp_tw_reuse", "1"),
            ("net.ipv4.tcp_timestamps", "1"),
            ("net.ipv4.ip_local_port_range", "40000 40000"),
        ],
        ..Settings::default()
    };
    Lab::run_with(settings, |net| {
        let listener = net.server().run(|| listen(addresses::server(80)))?;
        let client = net.client().run(call)?;
        let server = net.server().run(|| accept(&listener))?;
        net.client().run(move || drop(client));
        net.server().run(move || drop(server));
        time_wait(net, Side::Client)?;
        let _again = net.client().run(|| {
            loop {
                match call() {
                    Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable => {
                        // Nothing tells when the second is over but another attempt.
                        thread::sleep(Duration::from_millis(50));
                    }
                    other => return other,
                }
            }
        })?;
        io::Result::Ok(())
    });
}

/// A call from whatever port the kernel finds.
fn call() -> io::Result<Socket> {
    connect_from_any_port(addresses::server(80))
}

/// One client waits on its side, another's server on the other.
fn play_who_waits(net: &mut Net) -> io::Result<()> {
    let scene = scenes::named("who-waits").expect("the book has this scene");
    (scene.script)(net)
}

/// What a kernel lists of its one connection in TIME-WAIT.
fn time_wait(net: &mut Net, side: Side) -> io::Result<Listed> {
    let list = net.host(side).run(listing)?;
    let mut waiting = list
        .iter()
        .filter(|one| one.socket.state == State::TimeWait);
    match (waiting.next(), waiting.next()) {
        (Some(one), None) => Ok(one.clone()),
        _ => Err(io::Error::other(format!(
            "not one socket in TIME-WAIT: {list:?}"
        ))),
    }
}

/// How long the record will still be kept.
fn left(record: &Listed) -> io::Result<Duration> {
    (record.timer).ok_or_else(|| io::Error::other(format!("no timer runs: {record:?}")))
}
