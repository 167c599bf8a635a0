//! What the wire saw of your code, and what your code made of it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;

use grade::{expect_ladder, expect_made_again};
use half_close::{count_and_answer, send_and_ask};
use lab::interruption::Blocking;
use lab::peer::{self, abort, call_from};
use lab::{Lab, Net, Side, addresses};
use socket2::Socket;
use trace::{ControlBits, Segment};

const PORT: u16 = 80;
const CLIENT_PORT: u16 = 40000;

fn listen(net: &mut Net) -> io::Result<Socket> {
    net.server().run(|| peer::listen(addresses::server(PORT)))
}

/// Whether that side has sent such a segment on the connection from that client's port.
fn sent(net: &Net, from: Side, port: u16, such: impl Fn(&Segment) -> bool) -> bool {
    let mut sent = net.trace().sent_by(from);
    sent.any(|segment| segment.has_port(port) && such(&segment))
}

/// What the client's program has sent, read to its end by a server of the test's.
fn message(net: &mut Net, server: &mut Socket, port: u16) -> io::Result<Vec<u8>> {
    assert!(
        sent(net, Side::Client, port, |segment| segment
            .control
            .contains(ControlBits::FIN)),
        "the server waits for the end of the message, and your send_and_ask() waits for the answer: no FIN has come. \
         Shut down the sending side before you read (RFC 9293 section 3.6)"
    );
    let mut message = Vec::new();
    net.server().run(|| server.read_to_end(&mut message))?;
    Ok(message)
}

/// What your client returns when a server of the test's has read its message and has then done this.
fn told(
    net: &mut Net,
    listener: &Socket,
    port: u16,
    serve: impl FnOnce(&mut Net, Socket) -> io::Result<()>,
) -> io::Result<io::Result<u64>> {
    let (client, mut server) = call_from(net, port, listener)?;
    let asking = net.client().start(move || send_and_ask(client, b"hello"));
    net.settle();
    let message = message(net, &mut server, port)?;
    assert_eq!(
        message.escape_ascii().to_string(),
        "hello",
        "what arrives should be the message"
    );
    serve(net, server)?;
    Ok(asking.join(net))
}

#[test]
fn the_fin_ends_the_message_and_not_the_connection() {
    let trace = Lab::run(|net| {
        let listener = listen(net)?;
        let count = told(net, &listener, CLIENT_PORT, |net, mut server| {
            net.server().run(|| server.write_all(b"5"))?;
            assert!(
                !sent(net, Side::Client, CLIENT_PORT, |segment| segment
                    .control
                    .contains(ControlBits::RST)),
                "the server's answer met a reset: your send_and_ask() has given up reading too, by closing the socket or \
                 by shutting down both directions (RFC 9293 section 3.6.1). Finish sending only"
            );
            net.server().run(|| drop(server));
            Ok(())
        })?;
        assert!(
            matches!(count, Ok(5)),
            "the server answered `5` and closed; your send_and_ask() says {count:?}"
        );
        io::Result::Ok(())
    });
    expect_ladder!("client", "RFC 9293 sections 3.6 and 3.6.1", trace);
}

#[test]
fn the_answer_ends_with_the_servers_fin() {
    Lab::run(|net| {
        let listener = listen(net)?;
        let count = told(net, &listener, CLIENT_PORT, |net, mut server| {
            net.server().run(|| server.write_all(b"12"))?;
            net.server().run(|| server.write_all(b"345"))?;
            net.server().run(|| drop(server));
            Ok(())
        })?;
        assert!(
            matches!(count, Ok(12345)),
            "the server sent `12`, then `345`, and then its FIN, so its answer is 12345; your send_and_ask() says {count:?}. \
             An answer is complete when the server has finished (RFC 9293 section 3.6), not when a read returns"
        );
        for (port, answer, expected) in [
            (CLIENT_PORT + 1, "18446744073709551615", u64::MAX),
            (CLIENT_PORT + 2, "00000000000000000005", 5),
        ] {
            let count = told(net, &listener, port, |net, mut server| {
                net.server().run(|| server.write_all(answer.as_bytes()))?;
                net.server().run(|| drop(server));
                Ok(())
            })?;
            assert!(
                matches!(count, Ok(count) if count == expected),
                "the server sent `{answer}` and closed; this is a count of twenty digits, which a u64 can hold, and your \
                 send_and_ask() says {count:?}"
            );
        }
        io::Result::Ok(())
    });
}

#[test]
fn the_server_answers_when_the_message_has_ended() {
    let trace = Lab::run(|net| {
        let listener = listen(net)?;
        let (mut client, server) = call_from(net, CLIENT_PORT, &listener)?;
        let counting = net.server().start(move || count_and_answer(server));
        for part in [b"hello", b"again"] {
            net.client().run(|| client.write_all(part))?;
            assert!(
                !sent(net, Side::Server, CLIENT_PORT, |segment| {
                    !segment.payload.is_empty()
                        || segment.control.contains(ControlBits::FIN)
                        || segment.control.contains(ControlBits::RST)
                }),
                "the client has not finished, and your count_and_answer() has answered or closed already. Only a read of 0 \
                 octets is the end, which the FIN brings (RFC 9293 section 3.6)"
            );
        }
        net.client().run(|| client.shutdown(Shutdown::Write))?;
        let mut answer = Vec::new();
        net.client().run(|| client.read_to_end(&mut answer))?;
        assert_eq!(
            answer.escape_ascii().to_string(),
            "10",
            "ten octets came, and then the client's FIN; your count_and_answer() should send `10` before it closes. The FIN \
             speaks for the client only: in CLOSE-WAIT the server may send (RFC 9293 section 3.6.1)"
        );
        let count = counting.join(net);
        assert!(
            matches!(count, Ok(10)),
            "ten octets came; your count_and_answer() returns {count:?}"
        );
        io::Result::Ok(())
    });
    expect_ladder!("server", "RFC 9293 sections 3.6 and 3.10.2", trace);
}

#[test]
fn a_message_of_any_size_is_counted() {
    /// More than the server's window and the client's buffer take together.
    const LARGE: usize = 200_000;
    Lab::run(|net| {
        let listener = listen(net)?;
        for (port, size) in (CLIENT_PORT..).zip([0, 1, LARGE]) {
            let (client, server) = call_from(net, port, &listener)?;
            client.set_send_buffer_size(16384)?;
            for call in [Blocking::Send, Blocking::Receive] {
                net.client().interrupt_next(call);
                net.server().interrupt_next(call);
            }
            let asking = net
                .client()
                .start(move || send_and_ask(client, &vec![b'm'; size]));
            net.settle();
            let counted = net.server().run(move || count_and_answer(server));
            let told = asking.join(net);
            for (name, count) in [("send_and_ask", told), ("count_and_answer", counted)] {
                expect_made_again(name, &count);
                assert!(
                    matches!(count, Ok(count) if count == size as u64),
                    "your client sent {size} octets to your server, and your {name}() says {count:?}. (A signal interrupted its \
                     first read. That is not the end, which is a read of 0 octets)"
                );
            }
        }
        io::Result::Ok(())
    });
}

#[test]
fn a_reset_is_an_error_and_no_end() {
    Lab::run(|net| {
        let listener = listen(net)?;
        let count = told(net, &listener, CLIENT_PORT, |net, mut server| {
            net.server().run(|| server.write_all(b"12"))?;
            net.server().run(|| abort(server))
        })?;
        let reset = |result: &io::Result<u64>| matches!(result, Err(error) if error.kind() == ErrorKind::ConnectionReset);
        assert!(
            reset(&count),
            "the server sent `12` and then a reset: nobody knows how the answer would have gone on. Your send_and_ask() \
             should return the error ConnectionReset (RFC 9293 section 3.6, MUST-12); it says {count:?}"
        );
        // Far more than all buffers take: the reset comes while your client is still sending.
        let (client, server) = call_from(net, CLIENT_PORT + 2, &listener)?;
        client.set_send_buffer_size(16384)?;
        let asking = net
            .client()
            .start(move || send_and_ask(client, &[b'm'; 200_000]));
        net.settle();
        net.server().run(|| abort(server))?;
        let sending = asking.join(net);
        assert!(
            reset(&sending),
            "the server reset the connection while the message was being sent. Your send_and_ask() should return the error \
             ConnectionReset, as the socket call does; it says {sending:?}"
        );
        let (mut client, server) = call_from(net, CLIENT_PORT + 1, &listener)?;
        let counting = net.server().start(move || count_and_answer(server));
        net.client().run(|| client.write_all(b"hello"))?;
        net.client().run(|| abort(client))?;
        let counted = counting.join(net);
        assert!(
            reset(&counted),
            "the client sent five octets and then a reset: this message has no end. Your count_and_answer() should return the \
             error ConnectionReset (RFC 9293 section 3.6, MUST-12); it says {counted:?}"
        );
        io::Result::Ok(())
    });
}

#[test]
fn what_is_no_count_is_no_answer() {
    Lab::run(|net| {
        let listener = listen(net)?;
        let answers: [(&[u8], ErrorKind); 7] = [
            (b"", ErrorKind::UnexpectedEof),
            (b"12x", ErrorKind::InvalidData),
            (b"+5", ErrorKind::InvalidData),
            (b"5\n", ErrorKind::InvalidData),
            (b"\xff5", ErrorKind::InvalidData),
            (b"99999999999999999999", ErrorKind::InvalidData),
            (b"000000000000000000005", ErrorKind::InvalidData),
        ];
        for (port, (answer, expected)) in (CLIENT_PORT..).zip(answers) {
            let count = told(net, &listener, port, |net, mut server| {
                net.server().run(|| server.write_all(answer))?;
                net.server().run(|| drop(server));
                Ok(())
            })?;
            assert!(
                matches!(&count, Err(error) if error.kind() == expected),
                "the server answered `{}` and closed, and this is no count: your send_and_ask() should return the error \
                 {expected:?}; it says {count:?}",
                answer.escape_ascii()
            );
        }
        let endless = CLIENT_PORT + 100;
        let count = told(net, &listener, endless, |net, mut server| {
            net.server().run(|| server.write_all(&[b'0'; 4096]))?;
            // A client that has gone answers this with a reset; it may have sent one already.
            let _ = net.server().run(|| server.write(b"0"));
            assert!(
                sent(net, Side::Client, endless, |segment| segment
                    .control
                    .contains(ControlBits::RST)),
                "the server sends digits without end, and after 4096 of them your send_and_ask() is still reading. A count \
                 has twenty at most"
            );
            Ok(())
        })?;
        assert!(
            matches!(&count, Err(error) if error.kind() == ErrorKind::InvalidData),
            "the server sent more than twenty digits: your send_and_ask() should return the error InvalidData; it says \
             {count:?}"
        );
        io::Result::Ok(())
    });
}
