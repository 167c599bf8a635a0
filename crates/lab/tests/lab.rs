//! What the wire can do, each shown by its ladder.

mod common;

use std::io::{self, Read, Write};
use std::os::unix::process::parent_id;
use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs, process, thread};

use common::{establish, establish_at};
use grade::expect_ladder;
use lab::filter::{data, pure_ack, syn, syn_ack};
use lab::peer::{accept, connect, listen};
use lab::{Lab, Settings, Side, Trace, addresses};
use socket2::{Domain, Socket, Type};
use trace::{ControlBits, Ladder};

fn connection_with_one_message(rule: fn(&mut lab::Net), net: &mut lab::Net) -> io::Result<()> {
    let (_listener, mut client, mut server) = establish(net)?;
    rule(net);
    net.client().run(|| client.write_all(b"hello"))?;
    net.server().run(|| server.read_exact(&mut [0; 5]))
}

#[test]
fn a_program_may_block_while_the_wire_carries_what_it_waits_for() {
    let trace = Lab::run(|net| {
        let server = net.server().start(|| {
            let listener = listen(addresses::server(80))?;
            let (mut connection, _) = listener.accept()?;
            let mut question = [0; 3];
            connection.read_exact(&mut question)?;
            connection.write_all(&question.map(|octet| octet.to_ascii_uppercase()))
        });
        net.settle();
        let answer = net.client().run(|| {
            let mut socket = connect(addresses::client(40000), addresses::server(80))?;
            socket.write_all(b"abc")?;
            let mut answer = [0; 3];
            socket.read_exact(&mut answer)?;
            io::Result::Ok(answer)
        })?;
        assert_eq!(&answer, b"ABC");
        server.join(net)
    });
    expect_ladder!("both-programs-block", "the scripted wire", trace);
}

#[test]
fn a_held_frame_arrives_when_it_is_released() {
    let trace = Lab::run(|net| {
        let _listener = net.server().run(|| listen(addresses::server(80)))?;
        net.wire().hold_next(pure_ack());
        let _client = net
            .client()
            .run(|| connect(addresses::client(40000), addresses::server(80)))?;
        assert_eq!(net.wire().held(), 1);
        net.wire().release();
        io::Result::Ok(())
    });
    expect_ladder!("hold-and-release", "the scripted wire", trace);
}

#[test]
fn a_lost_frame_never_arrives_and_is_sent_again() {
    let settings = Settings {
        rto_min_ms: 200,
        ..Settings::default()
    };
    let trace = Lab::run_with(settings, |net| {
        connection_with_one_message(|net| net.wire().lose_next(data()), net)
    });
    expect_ladder!("lose", "the scripted wire", trace);
}

#[test]
fn a_duplicate_is_delivered_after_the_original() {
    let trace =
        Lab::run(|net| connection_with_one_message(|net| net.wire().duplicate_next(data()), net));
    expect_ladder!("duplicate", "the scripted wire", trace);
}

#[test]
fn an_altered_segment_is_not_believed() {
    let settings = Settings {
        rto_min_ms: 200,
        ..Settings::default()
    };
    let trace = Lab::run_with(settings, |net| {
        connection_with_one_message(
            |net| {
                net.wire().alter_next(data(), |bytes| {
                    if let Some(last) = bytes.last_mut() {
                        *last ^= 1;
                    }
                });
            },
            net,
        )
    });
    expect_ladder!("alter", "the scripted wire", trace);
}

#[test]
fn frames_that_are_released_newest_first_arrive_reordered() {
    let trace = Lab::run(|net| {
        let (_listener, mut client, mut server) = establish(net)?;
        net.wire().hold(data());
        client.set_tcp_nodelay(true)?;
        net.client().run(|| client.write_all(b"first"))?;
        net.client().run(|| client.write_all(b"second"))?;
        net.wire().let_pass();
        net.wire().release_newest();
        net.wire().release();
        net.server().run(|| server.read_exact(&mut [0; 11]))
    });
    expect_ladder!("reorder", "the scripted wire", trace);
}

#[test]
fn an_old_segment_can_be_replayed_and_a_new_one_made_up() {
    let trace = Lab::run(|net| {
        let _sockets = establish(net)?;
        net.wire().replay(&syn_ack());
        let mut segments = net.trace().segments();
        let (_, mut forged) = segments.next().expect("the handshake was recorded");
        drop(segments);
        forged.source.set_port(41000);
        net.wire().inject(Side::Client, &forged);
        io::Result::Ok(())
    });
    expect_ladder!("replay-and-inject", "the scripted wire", trace);
}

#[test]
fn hosts_that_do_not_know_each_other_ask_by_arp() {
    let trace = Lab::run_with(
        Settings {
            arp: true,
            ..Settings::default()
        },
        |net| establish(net).map(drop),
    );
    expect_ladder!("arp", "the scripted wire", trace);
}

#[test]
fn a_script_can_wait_for_a_kernels_timer() {
    let trace = Lab::run(|net| {
        let _listener = net.server().run(|| listen(addresses::server(80)))?;
        net.wire().lose_next(syn());
        let client = net
            .client()
            .start(|| connect(addresses::client(40000), addresses::server(80)));
        net.settle();
        net.wire().wait_for(&syn());
        client.join(net).map(drop)
    });
    expect_ladder!("retransmitted-syn", "the scripted wire", trace);
}

/// Counts the plays of a test's script. Each is a process of its own that the test's has started, and leaves a mark in a
/// file that is named after the test's.
struct Plays(&'static str);

impl Plays {
    /// None yet, whatever an earlier process of the same number has left.
    fn of(test: &'static str) -> Plays {
        let plays = Plays(test);
        let _ = fs::remove_file(plays.marks_below(process::id()));
        plays
    }

    /// Where everybody may write: in the laboratory root has no right to what another user has built.
    fn marks_below(&self, test: u32) -> PathBuf {
        env::temp_dir().join(format!("plays-of-{}-{test}", self.0))
    }

    /// In the script: one more. Says how many there were before.
    fn mark(&self) -> io::Result<usize> {
        let marks = self.marks_below(parent_id());
        let mut file = (fs::OpenOptions::new().create(true).append(true)).open(&marks)?;
        file.write_all(b".")?;
        Ok(fs::read(&marks)?.len() - 1)
    }

    /// In the test, behind its laboratory: how many there were.
    fn count(self) -> usize {
        let marks = self.marks_below(process::id());
        let played = fs::read(&marks).expect("the script has marked its plays");
        fs::remove_file(&marks).expect("it can be removed");
        played.len()
    }
}

#[test]
fn a_kernels_timer_is_no_stall_while_a_program_polls() {
    let plays = Plays::of("a-polling-client");
    Lab::run(|net| {
        plays.mark()?;
        let _listener = net.server().run(|| listen(addresses::server(80)))?;
        net.wire().lose_next(syn());
        let client = net.client().start(|| {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            socket.set_nonblocking(true)?;
            let begun = socket.connect(&addresses::server(80).into());
            assert_eq!(
                begun.map_err(|error| error.raw_os_error()),
                Err(Some(libc::EINPROGRESS))
            );
            loop {
                match socket.connect(&addresses::server(80).into()) {
                    Err(error) if error.raw_os_error() == Some(libc::EALREADY) => {}
                    connected => return connected.map(|()| socket),
                }
            }
        });
        client.join(net).map(drop)
    });
    assert_eq!(plays.count(), 1);
}

#[test]
fn a_script_that_a_stall_has_spoilt_is_played_again() {
    let plays = Plays::of("a-spoilt-script");
    let trace = Lab::run(|net| {
        let first = plays.mark()? == 0;
        let _listener = net.server().run(|| listen(addresses::server(80)))?;
        net.wire().hold(syn_ack());
        let client = net
            .client()
            .start(|| connect(addresses::client(40000), addresses::server(80)));
        net.settle();
        if first {
            // A machine that has other things to do, for longer than a SYN's timer.
            thread::sleep(Duration::from_millis(1_500));
        }
        net.settle();
        net.wire().let_pass();
        net.wire().release_all();
        client.join(net).map(drop)
    });
    // A machine that is busy by itself may spoil the second as well.
    assert!(plays.count() >= 2, "the first play was spoilt");
    expect_ladder!("after-a-stall", "the scripted wire", trace);
}

#[test]
fn a_script_that_stalls_spoil_again_and_again_says_so_when_it_fails() {
    let plays = Plays::of("a-script-on-a-busy-machine");
    let played = Lab::try_run_with(Settings::default(), |net| {
        plays.mark()?;
        net.came_too_late();
        Err(io::Error::other("the program came too late"))
    });
    assert_eq!(plays.count(), 5);
    let text = played.err().map(|failure| failure.to_string());
    let expected = "the program came too late\nThe machine stood still during each of 5 plays; try again when it is less busy.";
    assert!(
        text.as_ref().is_some_and(|text| text.starts_with(expected)),
        "{text:?}"
    );
}

#[test]
fn a_play_that_is_killed_at_its_limit_is_not_repeated() {
    let plays = Plays::of("a-script-that-stalls-and-hangs");
    let settings = Settings {
        limit: Duration::from_secs(1),
        ..Settings::default()
    };
    let played = Lab::try_run_with(settings, |net| {
        plays.mark()?;
        net.came_too_late();
        loop {
            thread::park();
        }
        #[allow(unreachable_code, reason = "it gives the closure its type")]
        io::Result::Ok(())
    });
    assert_eq!(plays.count(), 1);
    let text = played.err().map(|failure| failure.to_string());
    assert!(
        text.as_ref()
            .is_some_and(|text| text.contains("within its limit of 1 s")),
        "{text:?}"
    );
}

#[test]
fn laboratories_in_one_test_know_nothing_of_each_other() {
    let traces: Vec<Trace> = [80, 81, 82]
        .into_iter()
        .map(|port| Lab::run(|net| establish_at(net, port).map(drop)))
        .collect();
    for (trace, port) in traces.iter().zip([80, 81, 82]) {
        let called = trace.segments().next();
        assert_eq!(called.map(|(_, syn)| syn.destination.port()), Some(port));
        assert_eq!(
            Ladder::of(trace).to_string(),
            Ladder::of(&traces[0]).to_string()
        );
    }
    assert_ne!(
        initial_number(&traces[0]),
        initial_number(&traces[1]),
        "each kernel chooses its own"
    );
}

#[test]
fn a_program_may_read_octet_by_octet_and_use_files_and_pipes() {
    let trace = Lab::run(|net| {
        let (_listener, mut client, mut server) = establish(net)?;
        net.client().run(|| client.write_all(&[7; 200]))?;
        net.server().run(|| {
            let (mut near, mut far) = std::os::unix::net::UnixStream::pair()?;
            let echo = std::thread::spawn(move || -> io::Result<()> {
                for _ in 0..200 {
                    far.write_all(&[7])?;
                }
                Ok(())
            });
            for _ in 0..200 {
                server.read_exact(&mut [0; 1])?;
                near.read_exact(&mut [0; 1])?;
                std::fs::read("/proc/self/comm")?;
            }
            echo.join().expect("the thread does not panic")
        })
    });
    expect_ladder!("octet-by-octet", "the scripted wire", trace);
}

#[test]
fn a_program_may_poll_without_blocking() {
    let trace = Lab::run(|net| {
        let (_listener, mut client, mut server) = establish(net)?;
        let polling = net.server().start(move || {
            server.set_nonblocking(true)?;
            loop {
                match server.read(&mut [0; 8]) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    result => return result.map(|octets| (octets, server)),
                }
            }
        });
        net.settle();
        net.client().run(|| client.write_all(b"hello"))?;
        let (octets, _server) = polling.join(net)?;
        assert_eq!(octets, 5);
        io::Result::Ok(())
    });
    expect_ladder!("polling", "the scripted wire", trace);
}

#[test]
fn a_program_that_pauses_is_waited_for() {
    Lab::run(|net| {
        let (_listener, mut client, _server) = establish(net)?;
        client.set_read_timeout(Some(std::time::Duration::from_millis(50)))?;
        let timed_out = net.client().run(|| client.read(&mut [0; 1]));
        assert_eq!(
            timed_out.map_err(|e| e.kind()),
            Err(io::ErrorKind::WouldBlock)
        );
        io::Result::Ok(())
    });
}

#[test]
fn two_threads_of_a_program_take_turns_in_the_order_in_which_they_were_started() {
    for _ in 0..20 {
        let trace = Lab::run(|net| {
            let listener = net.server().run(|| listen(addresses::server(80)))?;
            let connect = |port| connect(addresses::client(port), addresses::server(80));
            let mut first = net.client().run(|| connect(40000))?;
            let mut second = net.client().run(|| connect(40001))?;
            let _accepted = net
                .server()
                .run(|| io::Result::Ok([listener.accept()?, listener.accept()?]))?;
            net.client().run(|| {
                std::thread::scope(|scope| {
                    let one = scope.spawn(|| first.write_all(b"a"));
                    let two = scope.spawn(|| second.write_all(b"b"));
                    [one, two].map(|thread| thread.join().expect("the thread does not panic"))
                })
                .into_iter()
                .collect::<io::Result<()>>()
            })
        });
        let payloads: Vec<_> = trace
            .segments()
            .map(|(_, segment)| segment.payload)
            .collect();
        assert_eq!(payloads.concat(), b"ab");
    }
}

#[test]
fn a_program_may_close_what_its_other_thread_waits_for() {
    let trace = Lab::run(|net| {
        let (_listener, client, _server) = establish(net)?;
        net.client().run(|| {
            std::thread::scope(|scope| {
                let waiting = scope.spawn(|| (&client).read(&mut [0; 1]));
                client.shutdown(std::net::Shutdown::Both)?;
                waiting.join().expect("the thread does not panic").map(drop)
            })
        })
    });
    expect_ladder!("shutdown-wakes-a-reader", "the scripted wire", trace);
}

mod nested {
    use super::*;

    #[test]
    fn a_test_in_a_module_is_found_again() {
        assert_eq!(Lab::run(|net| establish(net).map(drop)).rows.len(), 3);
    }
}

fn initial_number(trace: &Trace) -> Option<trace::SeqNumber> {
    trace.segments().next().map(|(_, segment)| segment.sequence)
}

/// Linux measures the round trip of the SYN, and would send less at once after a long one.
#[test]
fn a_slow_wire_does_not_make_two_portions_of_one_write() {
    let trace = Lab::run(|net| {
        let listener = net.server().run(|| listen(addresses::server(80)))?;
        net.wire().hold_next(syn_ack());
        let connecting = net
            .client()
            .start(|| connect(addresses::client(40000), addresses::server(80)));
        net.settle();
        // The slowness is what this is about.
        thread::sleep(Duration::from_millis(100));
        net.wire().release();
        let mut client = connecting.join(net)?;
        let _server = net.server().run(|| accept(&listener))?;
        net.client().run(|| client.write_all(&[b'x'; 3 * 1460]))
    });
    let pushed: Vec<bool> = trace
        .segments()
        .filter(|(_, segment)| !segment.payload.is_empty())
        .map(|(_, segment)| segment.control.contains(ControlBits::PSH))
        .collect();
    assert_eq!(pushed, [false, false, true]);
}
