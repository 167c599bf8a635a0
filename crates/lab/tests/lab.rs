//! What the wire can do, each shown by its ladder.

mod common;

use std::io::{self, Read, Write};

use common::{connect, establish, listen};
use grade::expect_ladder;
use lab::filter::{data, pure_ack, syn, syn_ack};
use lab::{Lab, Settings, Side, Trace, addresses};
use trace::{Ladder, Segment};

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
        let mut forged = net
            .trace()
            .rows
            .iter()
            .find_map(segment)
            .expect("the handshake was recorded");
        forged.source.set_port(41000);
        net.wire().inject(Side::Client, &forged);
        io::Result::Ok(())
    });
    expect_ladder!("replay-and-inject", "the scripted wire", trace);
}

fn segment(row: &trace::Row) -> Option<Segment> {
    match &row.event {
        trace::Event::Frame { bytes, .. } => trace::Frame::decode(bytes).ok()?.segment().cloned(),
        trace::Event::Note { .. } => None,
    }
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

#[test]
fn two_laboratories_in_one_test_know_nothing_of_each_other() {
    let first = Lab::run(|net| establish(net).map(drop));
    let second = Lab::run(|net| establish(net).map(drop));
    assert_eq!(
        Ladder::of(&first).to_string(),
        Ladder::of(&second).to_string()
    );
    assert_ne!(
        initial_number(&first),
        initial_number(&second),
        "each kernel chooses its own"
    );
}

fn initial_number(trace: &Trace) -> Option<trace::SeqNumber> {
    trace
        .rows
        .iter()
        .find_map(segment)
        .map(|segment| segment.sequence)
}
