//! A connection that has ended, or is ending, when your client is asked once more.

use std::io::{self, ErrorKind, Write};
use std::time::Duration;

use lab::filter::fin;
use lab::peer::accept;
use lab::{Lab, Net, Side, Trace};
use persistent_connections::message;
use persistent_connections::{Client, Response};
use socket2::Socket;
use trace::ControlBits;

use super::{
    RESPONSE, asked_at, client, connector, expect_response, opened, read_request, requests,
};
use crate::wire::{CLIENT_PORT, listen, sent};

/// The end has come, or something that nobody has asked for.
pub(crate) fn something_has_come() {
    for stray in [
        None,
        Some("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"),
    ] {
        Lab::run(move |net| {
            let listener = listen(net)?;
            let (client, mut server) = asked_at(net, &listener, client(), RESPONSE, "hello")?;
            match stray {
                Some(stray) => net.server().run(|| server.write_all(stray.as_bytes()))?,
                None => net.server().run(move || drop(server)),
            }
            let what = match stray {
                Some(_) => "data has come that your client has not asked for",
                None => "the server has ended the idle connection, and its FIN has come",
            };
            let before = requests(net);
            let (_client, asked) = asked_again(net, &listener, client, what)?;
            expect_response(&asked, "again");
            assert!(
                requests(net) == before + 1,
                "{what}, and then your client was asked for /2. It should send one request, on a new connection, and has sent {} (RFC 9112 sections 9.2 and 9.5)",
                requests(net) - before
            );
            io::Result::Ok(())
        });
    }
}

/// What nobody has asked for has come in one segment with the response.
pub(crate) fn more_came_with_the_response() {
    Lab::run(|net| {
        let listener = listen(net)?;
        let both = format!("{RESPONSE}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
        let (client, _server) = asked_at(net, &listener, client(), &both, "hello")?;
        let what = "more has come with the last response than belongs to it, and lies in your client's buffer";
        let (_client, asked) = asked_again(net, &listener, client, what)?;
        expect_response(&asked, "again");
        io::Result::Ok(())
    });
}

/// A used connection ends by a FIN, before any octet of the response.
pub(crate) fn it_ends_before_the_response() {
    Lab::run(|net| {
        let listener = listen(net)?;
        let (mut client, mut server) = asked_at(net, &listener, client(), RESPONSE, "hello")?;
        let asking = net.client().start(move || client.get("/2"));
        net.settle();
        net.server().run(|| read_request(&mut server))?;
        net.server().run(move || drop(server));
        net.settle();
        assert!(
            opened(net) == 2,
            "a connection that had been used before ended, by a FIN and not by a reset, before any octet of the response: your get() should ask once more on a new \
             one (RFC 9110 section 9.2.2). It has opened {} in all",
            opened(net)
        );
        let mut server = net.server().run(|| accept(&listener))?;
        net.server().run(|| read_request(&mut server))?;
        net.server()
            .run(|| server.write_all(&message::response(b"again", false)))?;
        expect_response(&asking.join(net), "again");
        io::Result::Ok(())
    });
}

/// After an error a connection is closed.
pub(crate) fn the_response_is_an_error() {
    Lab::run(|net| {
        let listener = listen(net)?;
        let mut client = client();
        let asking = net.client().start(move || {
            let asked = client.get("/1");
            (client, asked)
        });
        net.settle();
        let mut server = net.server().run(|| accept(&listener))?;
        net.server().run(|| read_request(&mut server))?;
        net.server()
            .run(|| server.write_all(b"HTTP/1.1 200 OK\r\n\r\n"))?;
        let (_client, asked) = asking.join(net);
        let ended = sent(net, Side::Client, CLIENT_PORT, |segment| {
            segment.control.contains(ControlBits::FIN)
        });
        assert!(
            matches!(&asked, Err(error) if error.kind() == ErrorKind::Unsupported) && ended,
            "the response has no length: your get() should return Unsupported, and should have closed the connection, of which nobody can tell where the next \
             response begins. It returns {asked:?}, and {} a FIN",
            if ended { "has sent" } else { "has not sent" }
        );
        io::Result::Ok(())
    });
}

/// The request is on its way already.
pub(crate) fn the_request_is_on_its_way() -> Trace {
    Lab::run(|net| {
        let listener = listen(net)?;
        let (client, server) = asked_at(net, &listener, client(), RESPONSE, "hello")?;
        net.wire().hold_next(fin().from(Side::Server));
        net.server().run(move || drop(server));
        let what = "the server has ended the idle connection, and its FIN is still on the way";
        let (client, asked) = asked_again(net, &listener, client, what)?;
        expect_response(&asked, "again");
        net.wire().release();
        net.client().run(move || drop(client));
        io::Result::Ok(())
    })
}

/// The server does not answer, and the sockets that the client is given wait for a short time only.
pub(crate) fn nothing_comes_in_time() {
    Lab::run(|net| {
        let listener = listen(net)?;
        let mut connect = connector();
        let hurried = Client::new(move || {
            let socket = connect()?;
            socket.set_read_timeout(Some(Duration::from_millis(50)))?;
            Ok(socket)
        });
        let (mut client, _server) = asked_at(net, &listener, hurried, RESPONSE, "hello")?;
        println!(
            "The server does not answer the second request, and the socket waits for 50 ms only. Your get() should return the socket's \
             error, WouldBlock"
        );
        let asked = net.client().run(|| client.get("/2"));
        assert!(
            matches!(&asked, Err(error) if error.kind() == ErrorKind::WouldBlock)
                && opened(net) == 1,
            "the server has not answered within the time that the socket waits, and its read says WouldBlock. The connection has not \
             ended, so nothing is asked once more: your get() should return that error. It returns {asked:?}, and has opened {} \
             connections in all",
            opened(net)
        );
        io::Result::Ok(())
    });
}

/// The first connection of all ends without a response.
pub(crate) fn the_first_ends_without_a_response() {
    Lab::run(|net| {
        let listener = listen(net)?;
        let mut first = client();
        let asking = net.client().start(move || first.get("/1"));
        net.settle();
        let mut server = net.server().run(|| accept(&listener))?;
        net.server().run(|| read_request(&mut server))?;
        net.server().run(move || drop(server));
        net.settle();
        assert!(
            opened(net) == 1,
            "the very first connection ended without a response; your get() should return an error then, and has opened another one \
             (a request is repeated when a connection that was used before has ended)"
        );
        expect_no_response(asking.join(net));
        io::Result::Ok(())
    });
}

/// The connection on which a request is repeated ends without a response.
pub(crate) fn the_second_ends_without_a_response() {
    Lab::run(|net| {
        let listener = listen(net)?;
        let (mut client, server) = asked_at(net, &listener, client(), RESPONSE, "hello")?;
        net.wire().hold_next(fin().from(Side::Server));
        net.server().run(move || drop(server));
        let asking = net.client().start(move || client.get("/2"));
        net.settle();
        let mut server = net.server().run(|| accept(&listener))?;
        net.server().run(|| read_request(&mut server))?;
        net.server().run(move || drop(server));
        net.settle();
        assert!(
            opened(net) == 2,
            "the request was repeated on a second connection, which ended without a response too; a client SHOULD NOT repeat it again (RFC 9110 section 9.2.2), and \
             your client has opened {} connections",
            opened(net)
        );
        expect_no_response(asking.join(net));
        net.wire().release();
        io::Result::Ok(())
    });
}

/// The response has begun.
pub(crate) fn it_ends_within_the_response() {
    Lab::run(|net| {
        let listener = listen(net)?;
        let (mut client, mut server) = asked_at(net, &listener, client(), RESPONSE, "hello")?;
        let asking = net.client().start(move || client.get("/2"));
        net.settle();
        net.server().run(|| read_request(&mut server))?;
        net.server()
            .run(|| server.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"))?;
        net.server().run(move || drop(server));
        net.settle();
        assert!(
            opened(net) == 1,
            "the connection ended within the response, and your get() has opened another: the server has answered, so it did not close while the request was on \
             its way"
        );
        expect_no_response(asking.join(net));
        io::Result::Ok(())
    });
}

fn expect_no_response(asked: io::Result<Response>) {
    assert!(
        matches!(&asked, Err(error) if error.kind() == ErrorKind::UnexpectedEof),
        "the connection ended before the response was complete; get() should return UnexpectedEof, and yours returns {asked:?}"
    );
}

/// Your client asks for the second time, and a server of the test's answers on the second connection.
fn asked_again<C>(
    net: &mut Net,
    listener: &Socket,
    mut client: Client<C>,
    what: &str,
) -> io::Result<(Client<C>, io::Result<Response>)>
where
    C: FnMut() -> io::Result<Socket> + Send + 'static,
{
    let asking = net.client().start(move || {
        let asked = client.get("/2");
        (client, asked)
    });
    net.settle();
    if opened(net) < 2 {
        let (_client, asked) = asking.join(net);
        panic!(
            "{what}. Your client was asked for /2, and should have opened a second connection for it (RFC 9112 sections 9.2 and 9.5). It has not: get() returns {asked:?}"
        );
    }
    let mut server = net.server().run(|| accept(listener))?;
    net.server().run(|| read_request(&mut server))?;
    net.server()
        .run(|| server.write_all(&message::response(b"again", false)))?;
    let told = asking.join(net);
    net.server().run(move || drop(server));
    Ok(told)
}
