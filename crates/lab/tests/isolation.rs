//! What a laboratory cannot do: reach out, hang, or take the machine with it.

mod common;

use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::process::Command;
use std::time::Duration;

use common::establish;
use lab::filter::syn;
use lab::peer::{connect, listen};
use lab::{Failure, Lab, Settings, addresses};

/// The message of a script that has to fail.
fn why<T>(played: Result<T, Failure>) -> String {
    match played {
        Ok(_) => panic!("the script came to its end, and should have failed"),
        Err(failure) => failure.to_string(),
    }
}

/// Settings under which a script that waits in vain fails soon.
fn impatient() -> Settings {
    Settings {
        patience: Duration::from_millis(300),
        ..Settings::default()
    }
}

#[test]
fn an_address_outside_is_unreachable_and_nothing_is_sent_to_it() {
    let outside = SocketAddr::from((Ipv4Addr::new(198, 51, 100, 1), 80));
    let trace = Lab::run(move |net| {
        for side in [lab::Side::Client, lab::Side::Server] {
            let from = SocketAddr::from((addresses::address(side), 41000));
            let refused = net.host(side).run(move || connect(from, outside));
            assert_eq!(
                refused.map(drop).map_err(|e| e.kind()),
                Err(io::ErrorKind::NetworkUnreachable)
            );
            let refused = net
                .host(side)
                .run(move || UdpSocket::bind(from)?.send_to(b"x", outside));
            assert_eq!(
                refused.map_err(|e| e.kind()),
                Err(io::ErrorKind::NetworkUnreachable)
            );
        }
        io::Result::Ok(())
    });
    assert!(trace.rows.is_empty(), "{}", trace::Ladder::of(&trace));
}

#[test]
fn nothing_of_the_machines_network_is_visible() {
    Lab::run(|net| {
        let interfaces = |listing: String| {
            let names = listing
                .lines()
                .skip(2)
                .filter_map(|line| line.split_once(':'));
            names
                .map(|(name, _)| name.trim().to_owned())
                .collect::<Vec<_>>()
        };
        let listing = || std::fs::read_to_string("/proc/thread-self/net/dev");
        assert_eq!(interfaces(net.client().run(listing)?), ["lo", "eth0"]);
        assert_eq!(interfaces(net.server().run(listing)?), ["lo", "eth0"]);
        let mut on_the_wire = interfaces(listing()?);
        on_the_wire.sort();
        assert_eq!(on_the_wire, ["client", "lo", "server"]);
        assert_eq!(net.states(), trace::States::default());
        io::Result::Ok(())
    });
}

#[test]
fn a_script_that_never_ends_is_killed_and_tells_what_the_wire_had_seen() {
    let settings = Settings {
        limit: Duration::from_secs(2),
        ..Settings::default()
    };
    let text = why(Lab::try_run_with(settings, |net| {
        let _sockets = establish(net)?;
        loop {
            std::hint::spin_loop();
        }
        #[allow(unreachable_code, reason = "it gives the closure its type")]
        io::Result::Ok(())
    }));
    assert!(text.contains("within its limit of 2 s"), "{text}");
    assert!(text.contains("put it into net.client().run"), "{text}");
    assert!(text.contains("  3  ESTABLISHED  -- ACK"), "{text}");
}

#[test]
fn a_program_that_waits_for_what_never_comes_is_named_with_its_call() {
    let text = why(Lab::try_run_with(impatient(), |net| {
        let listener = net.server().run(|| listen(addresses::server(80)))?;
        net.server().run(|| listener.accept()).map(drop)
    }));
    assert!(
        text.contains("waited for the server's program to end"),
        "{text}"
    );
    assert!(
        text.contains("The server's program has not returned from accept()"),
        "{text}"
    );
}

#[test]
fn a_program_that_reads_on_behind_the_end_is_told_from_one_that_waits() {
    let reads_on = Lab::try_run_with(impatient(), |net| {
        let (_listener, client, mut server) = establish(net)?;
        net.client().run(move || drop(client));
        net.server().run(|| {
            while server.read(&mut [0; 1])? == 0 {}
            io::Result::Ok(())
        })
    });
    let waits = Lab::try_run_with(impatient(), |net| {
        let (_listener, _client, mut server) = establish(net)?;
        net.server().run(|| server.read(&mut [0; 1])).map(drop)
    });
    for (played, without_end) in [(reads_on, true), (waits, false)] {
        let failure = played.expect_err("nobody sends anything");
        assert_eq!(failure.calls_without_end(), without_end, "{failure}");
    }
}

#[test]
fn a_program_that_computes_without_end_is_named() {
    let text = why(Lab::try_run_with(impatient(), |net| {
        net.client().run::<()>(|| {
            loop {
                std::hint::spin_loop();
            }
        })
    }));
    assert!(text.contains("has been running without a pause"), "{text}");
}

#[test]
fn a_panic_in_a_program_is_told_with_its_place_and_what_it_had_printed() {
    let text = why(Lab::try_run_with(Settings::default(), |net| {
        net.client().run::<()>(|| {
            println!("about to fail");
            panic!("the reader's own words");
        })
    }));
    assert!(
        text.contains("the reader's own words\n(at crates/lab/tests/isolation.rs:"),
        "{text}"
    );
    assert!(
        text.contains("What the programs had printed:\nabout to fail"),
        "{text}"
    );
}

#[test]
fn an_error_that_the_script_returns_is_told() {
    let text = why(Lab::try_run_with(Settings::default(), |net| {
        net.client()
            .run(|| connect(addresses::client(40000), addresses::server(80)))
            .map(drop)
    }));
    assert!(text.starts_with("Connection refused"), "{text}");
    assert!(text.contains("  2  CLOSED       <- RST,ACK"), "{text}");
}

#[test]
fn a_rule_that_met_no_frame_is_an_error() {
    let text = why(Lab::try_run_with(Settings::default(), |net| {
        net.wire().lose_next(syn())
    }));
    assert!(
        text.contains("a rule for a frame that never came: SYN"),
        "{text}"
    );
}

#[test]
fn memory_is_limited() {
    let settings = Settings {
        memory: 256 << 20,
        ..Settings::default()
    };
    let text = why(Lab::try_run_with(settings, |net| {
        net.client()
            .run(|| std::hint::black_box(vec![1_u8; 1 << 30]).len())
            .to_string();
    }));
    assert!(
        text.contains("memory allocation of 1073741824 bytes failed"),
        "{text}"
    );
    assert!(text.contains("256 MiB of memory"), "{text}");
}

#[test]
fn printing_without_end_is_limited() {
    let settings = Settings {
        file_size: 1 << 20,
        ..Settings::default()
    };
    let text = why(Lab::try_run_with(settings, |net| {
        net.client().run::<()>(|| {
            loop {
                println!("{}", "again and ".repeat(1000));
            }
        })
    }));
    assert!(
        text.contains("SIGXFSZ") || text.contains("failed printing to stdout"),
        "{text}"
    );
    assert!(
        text.len() < 64 << 10,
        "the message itself is {} octets long",
        text.len()
    );
}

#[test]
fn threads_are_limited_for_all_but_the_machines_root() {
    let settings = Settings {
        processes: 32,
        ..Settings::default()
    };
    let played = Lab::try_run_with(settings, |net| {
        net.client().run(|| {
            let threads: Vec<_> = (0..64)
                .map(|_| std::thread::Builder::new().spawn(std::thread::park))
                .take_while(Result::is_ok)
                .collect();
            println!("{} threads", threads.len());
            assert_eq!(threads.len(), 64, "no more threads");
        });
    });
    // Uid 0 of a user namespace may be anybody; the machine's root has a namespace with all ids.
    let ids = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    let of_the_machine = ids.split_whitespace().eq(["0", "0", "4294967295"]);
    let uid = std::fs::metadata("/proc/self").map(|own| std::os::unix::fs::MetadataExt::uid(&own));
    let root = of_the_machine && matches!(uid, Ok(0));
    match played {
        Ok(_) => assert!(root, "the limit was not applied"),
        Err(failure) => {
            let text = failure.to_string();
            assert!(!root && text.contains("no more threads"), "{text}");
        }
    }
}

#[test]
fn twenty_laboratories_at_once_do_not_disturb_each_other() {
    let this = std::env::current_exe().expect("a test knows its own program");
    let name = "nothing_of_the_machines_network_is_visible";
    let started: Vec<_> = (0..20)
        .map(|_| Command::new(&this).args(["--exact", name]).output_later())
        .collect();
    for child in started {
        let output = child
            .wait_with_output()
            .expect("a child that was started can be waited for");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
        assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
    }
}

trait OutputLater {
    /// Starts a program whose output will be collected.
    fn output_later(&mut self) -> std::process::Child;
}

impl OutputLater for Command {
    fn output_later(&mut self) -> std::process::Child {
        use std::process::Stdio;
        let piped = self.stdout(Stdio::piped()).stderr(Stdio::piped());
        piped.spawn().expect("this program can be started again")
    }
}

#[test]
fn a_socket_of_the_scripts_own_is_refused_with_the_remedy() {
    let text = why(Lab::try_run_with(Settings::default(), |net| {
        let _stray = listen(addresses::server(80))?;
        net.client()
            .run(|| connect(addresses::client(40000), addresses::server(80)))
            .map(drop)
    }));
    assert!(
        text.contains("The script itself has made a socket (LISTEN 192.0.2.2:80)"),
        "{text}"
    );
    assert!(text.contains("net.server().run(|| ...)"), "{text}");
}

#[test]
fn a_script_that_releases_what_is_not_held_is_told_where() {
    let text = why(Lab::try_run_with(Settings::default(), |net| {
        net.wire().release()
    }));
    assert!(
        text.contains("holds no frame that it could let go (crates/lab/tests/isolation.rs:"),
        "{text}"
    );
}

#[test]
fn a_program_that_ends_the_process_is_found_out() {
    let text = why(Lab::try_run_with(Settings::default(), |net| {
        net.client().run(|| std::process::exit(0));
    }));
    assert!(
        text.contains("A program ended the whole process before the script's end"),
        "{text}"
    );
}

#[test]
fn a_setting_that_does_not_exist_or_is_none_of_a_networks_is_refused() {
    for name in ["net.ipv4.tcp_sackk", "kernel.hostname"] {
        let settings = Settings {
            sysctls: vec![(name, "1")],
            ..Settings::default()
        };
        let text = why(Lab::try_run_with(settings, |net| net.settle()));
        assert!(text.contains(&format!("has no setting {name}")), "{text}");
    }
}

#[test]
fn a_value_that_the_kernel_does_not_accept_is_refused() {
    let settings = Settings {
        sysctls: vec![("net.ipv4.tcp_sack", "banana")],
        ..Settings::default()
    };
    let text = why(Lab::try_run_with(settings, |net| net.settle()));
    assert!(
        text.contains("does not accept the value that is given for net.ipv4.tcp_sack"),
        "{text}"
    );
}

#[test]
fn a_program_that_wakes_up_again_and_again_is_named_with_what_it_does() {
    let text = why(Lab::try_run_with(impatient(), |net| {
        net.client().run::<()>(|| {
            loop {
                // The waking up is what the lab has to notice.
                std::thread::sleep(Duration::from_micros(50));
            }
        })
    }));
    // Whether the lab gives up because of the waking, or between two, is chance.
    let does = "The client's program has made no system call that the wire knows of";
    assert!(text.contains(does), "{text}");
}
