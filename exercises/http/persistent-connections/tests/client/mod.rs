//! Your client, and what the wire saw of it.

pub(crate) mod idle;

use std::io::{self, BufReader, ErrorKind, Write};

use grade::expect_made_again;
use lab::interruption::Blocking;
use lab::peer::accept;
use lab::{Lab, Net, Side, Trace, addresses, peer};
use persistent_connections::message::Head;
use persistent_connections::{Client, INTERIM, Response};
use socket2::Socket;
use trace::{ControlBits, Segment};
use web::server::{Answer, whole};

use crate::wire::{CLIENT_PORT, PORT, listen, sent};

/// Your client, whose first connection comes from port 40000, its second from 40001, and so on.
fn client() -> Client<impl FnMut() -> io::Result<Socket>> {
    Client::new(connector())
}

/// What makes the connections of such a client.
fn connector() -> impl FnMut() -> io::Result<Socket> {
    let mut ports = CLIENT_PORT..CLIENT_PORT + 10;
    move || {
        let port = ports.next().ok_or(ErrorKind::AddrNotAvailable)?;
        peer::connect(addresses::client(port), addresses::server(PORT))
    }
}

/// hyper's server for so many connections.
fn hyper(
    net: &mut Net,
    connections: usize,
    answer: impl Fn(&str) -> Answer + Send + 'static,
) -> io::Result<lab::Task<io::Result<()>>> {
    let listener = listen(net)?;
    Ok(net.server().start(move || {
        web::serve(listener, connections, move |request| {
            let answer = answer(request.uri().path());
            async { answer }
        })
    }))
}

#[track_caller]
fn expect_response(asked: &io::Result<Response>, content: &str) {
    assert!(
        matches!(asked, Ok(response) if response.content == content.as_bytes() && response.head.status() == Some(200)),
        "The server answers with 200 and {content:?}. Your get() returns {asked:?}"
    );
}

/// How many connections have been opened.
fn opened(net: &Net) -> usize {
    let is_syn = |segment: &Segment| segment.control == ControlBits::SYN;
    (net.trace().segments())
        .filter(|(_, segment)| is_syn(segment))
        .count()
}

/// How many segments with data the client has sent: each request is one.
fn requests(net: &Net) -> usize {
    let segments = net.trace().sent_by(Side::Client);
    segments
        .filter(|segment| !segment.payload.is_empty())
        .count()
}

const RESPONSE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/// Your client asks for the first time, and a server of the test's answers. Returns the client and the server's end.
fn asked_at<C>(
    net: &mut Net,
    listener: &Socket,
    mut client: Client<C>,
    response: &str,
    content: &str,
) -> io::Result<(Client<C>, Socket)>
where
    C: FnMut() -> io::Result<Socket> + Send + 'static,
{
    let asking = net.client().start(move || {
        let asked = client.get("/1");
        (client, asked)
    });
    net.settle();
    let connected = opened(net);
    assert!(
        connected == 1,
        "your get() should open a connection first; it has opened {connected}"
    );
    let mut server = net.server().run(|| accept(listener))?;
    net.server().run(|| read_request(&mut server))?;
    net.server().run(|| server.write_all(response.as_bytes()))?;
    let (client, asked) = asking.join(net);
    expect_response(&asked, content);
    Ok((client, server))
}

/// Reads what a client has sent, which has to be one request of your client's.
fn read_request(client: &mut Socket) -> io::Result<()> {
    let mut request = BufReader::new(&*client);
    let head = Head::read(&mut request)?.ok_or(ErrorKind::UnexpectedEof)?;
    let target = head.target().unwrap_or_default().to_owned();
    assert!(
        !target.is_empty() && request.buffer().is_empty(),
        "your get() should send one request, as message::request() makes it, and wait; it has sent {head:?}, and then {:?}",
        request.buffer().escape_ascii().to_string()
    );
    Ok(())
}

/// hyper answers three requests.
pub(crate) fn three_requests() -> Trace {
    Lab::run(|net| {
        let serving = hyper(net, 1, |path| whole(format!("this is {path}")))?;
        let mut client = client();
        for target in ["/1", "/2", "/3"] {
            for call in [Blocking::Send, Blocking::Receive] {
                net.client().interrupt_next(call);
            }
            let asked = net.client().run(|| client.get(target));
            expect_made_again("get", &asked);
            assert!(
                opened(net) == 1,
                "no response has said close, so one connection is enough for three requests (RFC 9112 section 9.3). For {target} your client has opened another"
            );
            expect_response(&asked, &format!("this is {target}"));
        }
        net.client().run(move || drop(client));
        serving.join(net)
    })
}

/// Interim responses come before the response, and then one too many.
pub(crate) fn interim_responses() {
    let interim = "HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\n";
    let good = format!("{}{}", interim.repeat(INTERIM), RESPONSE);
    let endless = interim.repeat(INTERIM + 1) + RESPONSE;
    Lab::run(move |net| {
        let listener = listen(net)?;
        let (mut client, mut server) = asked_at(net, &listener, client(), &good, "hello")?;
        let asking = net.client().start(move || client.get("/2"));
        net.settle();
        net.server().run(|| read_request(&mut server))?;
        net.server().run(|| server.write_all(endless.as_bytes()))?;
        let asked = asking.join(net);
        assert!(
            matches!(&asked, Err(error) if error.kind() == ErrorKind::InvalidData),
            "{} interim responses are one more than your get() takes; it should return InvalidData, and returns {asked:?}",
            INTERIM + 1
        );
        io::Result::Ok(())
    });
}

/// hyper closes after each response, and says so.
pub(crate) fn hyper_says_close() {
    Lab::run(|net| {
        let serving = hyper(net, 2, |path| {
            let mut answer = whole(format!("this is {path}"));
            let close = web::server::HeaderValue::from_static("close");
            answer.headers_mut().insert("connection", close);
            answer
        })?;
        let mut client = client();
        for target in ["/1", "/2"] {
            let asked = net.client().run(|| client.get(target));
            expect_response(&asked, &format!("this is {target}"));
        }
        let (opened, requests) = (opened(net), requests(net));
        assert!(
            (opened, requests) == (2, 2),
            "each response of hyper's said Connection: close, so your client should open two connections and send one request on each (RFC 9112 section 9.6). It has \
             opened {opened}, and has sent {requests} requests in all"
        );
        net.client().run(move || drop(client));
        serving.join(net)
    });
}

/// A server says close, and does not.
pub(crate) fn the_client_closes_first() {
    for last in [
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    ] {
        Lab::run(move |net| {
            let listener = listen(net)?;
            let (_client, _server) = asked_at(net, &listener, client(), last, "hello")?;
            let ended = sent(net, Side::Client, CLIENT_PORT, |segment| {
                segment.control.contains(ControlBits::FIN)
            });
            assert!(
                ended,
                "The response\n\n{last}\n\nsays that the connection does not persist, and a client MUST close it when it has read the response (RFC \
                 9112 section 9.6): it need not wait until the server does. When your get() returned, it had not sent a FIN"
            );
            io::Result::Ok(())
        });
    }
}
