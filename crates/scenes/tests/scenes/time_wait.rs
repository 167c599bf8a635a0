use std::time::{Duration, Instant};
use std::{fs, io, thread};

use lab::filter::{fin, rst};
use lab::{Lab, Net, Settings, Side, addresses};
use socket2::{Domain, Socket, Type};

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
            assert!(record.left <= MINUTE, "{:?} are left", record.left);
            let (left, passed) = (record.left, begun.elapsed());
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
    /// Each attempt fails only if the machine stands still for longer than the pause in it.
    const ATTEMPTS: usize = 20;
    Lab::run(|net| {
        play_who_waits(net)?;
        // The server has forgotten the connection, and its resets would end the wait.
        net.wire().lose(rst());
        for _ in 0..ATTEMPTS {
            net.client()
                .run(|| thread::sleep(Duration::from_millis(200)));
            let before = time_wait(net, Side::Client)?;
            net.wire().replay(&fin().from(Side::Server));
            let after = time_wait(net, Side::Client)?;
            if after.left > before.left {
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
        let listener = net.server().run(|| {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            socket.bind(&addresses::server(80).into())?;
            socket.listen(8)?;
            io::Result::Ok(socket)
        })?;
        let client = net.client().run(call)?;
        let server = net.server().run(|| listener.accept())?.0;
        net.client().run(move || drop(client));
        net.server().run(move || drop(server));
        time_wait(net, Side::Client)?;
        let _again = net.client().run(|| {
            loop {
                match call() {
                    Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable => {
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
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.connect(&addresses::server(80).into())?;
    Ok(socket)
}

/// One client waits on its side, another's server on the other.
fn play_who_waits(net: &mut Net) -> io::Result<()> {
    let scene = scenes::named("who-waits").expect("the book has this scene");
    (scene.script)(net)
}

/// What a kernel says of its one connection in TIME-WAIT.
struct Record {
    /// Until the record is deleted.
    left: Duration,
    /// The number of the socket that a program holds, 0 for none.
    inode: u64,
}

/// Read as any user can read it, in `/proc/net/tcp`.
fn time_wait(net: &mut Net, side: Side) -> io::Result<Record> {
    let list = net
        .host(side)
        .run(|| fs::read_to_string("/proc/thread-self/net/tcp"))?;
    let mut lines = list.lines().map(|line| line.split_whitespace().collect());
    let line = lines.find(|line: &Vec<&str>| line.get(3) == Some(&"06"));
    let record = line.and_then(|line| {
        // The timer's kind, 03 for this state, and the time in hundredths of a second.
        let hundredths = u64::from_str_radix(line.get(5)?.strip_prefix("03:")?, 16).ok()?;
        Some(Record {
            left: Duration::from_millis(10 * hundredths),
            inode: line.get(9)?.parse().ok()?,
        })
    });
    record.ok_or_else(|| io::Error::other(format!("nothing is in TIME-WAIT:\n{list}")))
}
