//! Calls that a signal interrupts, when the script says so.

mod common;

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};

use common::establish;
use lab::interruption::Blocking;
use lab::peer::{accept, connect, listen};
use lab::{Lab, Trace, addresses};

fn interrupted<T>(result: &io::Result<T>) -> bool {
    matches!(result, Err(error) if error.kind() == ErrorKind::Interrupted)
}

#[test]
fn an_interrupted_accept_leaves_the_connection_in_the_queue() {
    Lab::run(|net| {
        let listener = net.server().run(|| listen(addresses::server(80)))?;
        net.server().interrupt_next(Blocking::Accept);
        let accepting = net.server().start(move || {
            let first = accept(&listener);
            (interrupted(&first), accept(&listener).is_ok())
        });
        let _client = net
            .client()
            .run(|| connect(addresses::client(40000), addresses::server(80)))?;
        assert_eq!(accepting.join(net), (true, true));
        io::Result::Ok(())
    });
}

#[test]
fn an_interrupted_read_takes_nothing_and_an_interrupted_write_sends_nothing() {
    let exchange = |interrupt: bool| -> Trace {
        Lab::run(move |net| {
            let (_listener, mut client, mut server) = establish(net)?;
            if interrupt {
                net.client().interrupt_next(Blocking::Send);
                let first = net.client().run(|| client.write(b"hello"));
                assert!(interrupted(&first), "{first:?}");
            }
            net.client().run(|| client.write(b"hello"))?;
            let mut octets = [0; 8];
            if interrupt {
                net.server().interrupt_next(Blocking::Receive);
                let first = net.server().run(|| server.read(&mut octets));
                assert!(interrupted(&first), "{first:?}");
            }
            let read = net.server().run(|| server.read(&mut octets))?;
            assert_eq!(&octets[..read], b"hello");
            io::Result::Ok(())
        })
    };
    let undisturbed = trace::Ladder::of(&exchange(false)).to_string();
    assert_eq!(
        trace::Ladder::of(&exchange(true)).to_string(),
        undisturbed,
        "the wire should know nothing of an interruption"
    );
}

#[test]
fn each_interruption_is_for_one_call_of_its_kind_and_side() {
    Lab::run(|net| {
        let (_listener, mut client, mut server) = establish(net)?;
        for _ in 0..2 {
            net.server().interrupt_next(Blocking::Receive);
        }
        net.client().run(|| client.write_all(b"a"))?;
        net.server().run(|| server.write_all(b"b"))?;
        net.client().run(|| client.read_exact(&mut [0; 1]))?;
        let reads = net.server().run(|| {
            let mut octet = [0; 1];
            [(); 3].map(|()| interrupted(&server.read(&mut octet)))
        });
        assert_eq!(reads, [true, true, false]);
        io::Result::Ok(())
    });
}

#[test]
fn what_cannot_block_is_not_interrupted() {
    Lab::run(|net| {
        let (_listener, _client, server) = establish(net)?;
        net.server().interrupt_next(Blocking::Receive);
        let (polled, file, blocking) = net.server().run(|| {
            let mut octet = [0; 1];
            server.set_nonblocking(true)?;
            let polled = (&server).read(&mut octet);
            server.set_nonblocking(false)?;
            let file = File::open("/proc/self/status")?.read(&mut octet);
            io::Result::Ok((polled, file, (&server).read(&mut octet)))
        })?;
        assert_eq!(polled.map_err(|e| e.kind()), Err(ErrorKind::WouldBlock));
        assert!(matches!(file, Ok(1)), "{file:?}");
        assert!(interrupted(&blocking), "{blocking:?}");
        io::Result::Ok(())
    });
}
