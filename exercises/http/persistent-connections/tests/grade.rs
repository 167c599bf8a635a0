//! What the wire saw of your client and your server, and what they made of what came.
#![cfg(target_os = "linux")]

use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::thread;
use std::time::Duration;

use grade::expect_ladder;
use lab::filter::{data, fin};
use lab::peer::{self, accept};
use lab::{Lab, Net, Side, addresses};
use persistent_connections::message::{self, Head};
use persistent_connections::{Client, INTERIM, LIMIT, Response, persists, read_content, serve};
use socket2::Socket;
use trace::{ControlBits, Segment, State};
use web::server::{Answer, whole};

const PORT: u16 = 80;
const CLIENT_PORT: u16 = 40000;

/// A patience that no test uses up.
const LONG: Duration = Duration::from_secs(20);

fn head(text: &str) -> Head {
    let text = format!("{text}\r\n\r\n");
    let read = Head::read(&mut text.as_bytes());
    read.ok().flatten().expect("a head of this test")
}

#[test]
fn close_or_the_version_decides() {
    let cases = [
        ("HTTP/1.1 200 OK", true),
        ("GET / HTTP/1.1\r\nHost: server", true),
        ("HTTP/1.1 200 OK\r\nConnection: close", false),
        ("GET / HTTP/1.1\r\nconnection: Close", false),
        ("HTTP/1.1 200 OK\r\nConnection: upgrade, close", false),
        (
            "HTTP/1.1 200 OK\r\nConnection: x\r\nConnection: close",
            false,
        ),
        ("HTTP/1.1 200 OK\r\nConnection: closely", true),
        ("HTTP/1.1 200 OK\r\nClose: yes", true),
        ("HTTP/1.1 200 OK\r\nConnection: keep-alive", true),
        ("HTTP/1.2 200 OK", true),
        ("HTTP/1.0 200 OK", false),
        ("GET / HTTP/1.0\r\nConnection: keep-alive", false),
    ];
    for (text, right) in cases {
        let found = persists(&head(text));
        assert!(
            found == right,
            "After the message\n\n{text}\n\nthe connection {}, and your persists() returns {found} (RFC 9112 section 9.3)",
            if right {
                "persists"
            } else {
                "does not persist"
            }
        );
    }
}

/// What follows every message of the next test: the beginning of another.
const BEHIND: &[u8] = b"HTTP/1.1 200 OK\r\n";

/// A stream that gives at most so many octets in one call, and whose every other call is interrupted.
struct Pieces<'a> {
    left: &'a [u8],
    width: usize,
    calls: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.calls % 2 == 1 {
            return Err(ErrorKind::Interrupted.into());
        }
        let count = self.width.min(buffer.len()).min(self.left.len());
        let (now, later) = self.left.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.left = later;
        Ok(count)
    }
}

#[test]
fn content_length_says_where_the_next_message_begins() {
    let long = LIMIT.to_string();
    let cases = [
        ("HTTP/1.1 200 OK", "5", 5),
        ("HTTP/1.1 404 Not Found", "0", 0),
        ("HTTP/1.1 200 OK", "005", 5),
        ("HTTP/1.1 200 OK", "5, 5", 5),
        ("HTTP/1.1 200 OK", "5\r\nContent-Length: 5", 5),
        ("POST / HTTP/1.1", "3000", 3000),
        ("HTTP/1.1 200 OK", &long, LIMIT),
        ("HTTP/1.1 304 Not Modified", "5", 0),
        ("HTTP/1.1 204 No Content", "5", 0),
        ("HTTP/1.1 100 Continue", "5", 0),
        (
            "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked",
            "5",
            0,
        ),
    ];
    for (start, length, octets) in cases {
        expect_content(&format!("{start}\r\nContent-Length: {length}"), octets);
    }
    expect_content("GET / HTTP/1.1", 0);
    expect_content("HTTP/1.1 204 No Content", 0);

    for length in [
        "x",
        "",
        "-1",
        "+5",
        "0x5",
        "5 5",
        "5.0",
        "5, 6",
        "5,",
        "65537",
        "18446744073709551621",
        "99999999999999999999999999999999999999999999",
        "5\r\nContent-Length: 6",
    ] {
        let text = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}");
        expect_refusal(&text, ErrorKind::InvalidData);
    }
    expect_refusal("HTTP/1.1 200 OK", ErrorKind::Unsupported);
    for start in ["POST / HTTP/1.1", "HTTP/1.1 200 OK"] {
        let text = format!("{start}\r\nTransfer-Encoding: chunked\r\nContent-Length: 5");
        expect_refusal(&text, ErrorKind::Unsupported);
    }

    let text = "HTTP/1.1 200 OK\r\nContent-Length: 5";
    let read = read_content(&mut &b"four"[..], &head(text));
    assert!(
        matches!(&read, Err(error) if error.kind() == ErrorKind::UnexpectedEof),
        "After the head\n\n{text}\n\nfour octets came, and then the end of the connection. The message is incomplete: UnexpectedEof \
         (RFC 9112 section 6.3, rule 6). Your read_content() returns {read:?}"
    );
}

fn expect_content(text: &str, octets: usize) {
    let content: Vec<u8> = (0..octets).map(|n| n as u8).collect();
    let stream = [&content, BEHIND].concat();
    for width in [usize::MAX, 1_000, 1] {
        let mut peer = BufReader::with_capacity(
            64,
            Pieces {
                left: &stream,
                width,
                calls: 0,
            },
        );
        let read = read_content(&mut peer, &head(text));
        assert!(
            matches!(&read, Ok(read) if *read == content),
            "After the head\n\n{text}\n\n{octets} octets of content follow (RFC 9112 section 6.3), and then another message. Your \
             read_content() returns {}",
            told(&read)
        );
        let mut rest = Vec::new();
        let left = peer.read_to_end(&mut rest);
        assert!(
            left.is_ok() && rest == BEHIND,
            "Behind the {octets} octets that belong to\n\n{text}\n\nthe next message begins. Your read_content() has not left it \
             whole: what can be read now is {:?}",
            rest.escape_ascii().to_string()
        );
    }
}

fn expect_refusal(text: &str, kind: ErrorKind) {
    let stream = [&[b'.'; 70_000], BEHIND].concat();
    let mut peer = &stream[..];
    let read = read_content(&mut peer, &head(text));
    assert!(
        matches!(&read, Err(error) if error.kind() == kind),
        "After the head\n\n{text}\n\nit cannot be told, or not be trusted, where the content ends, or the content is longer than LIMIT: the error should be {kind:?} \
         (RFC 9112 section 6.3; RFC 9110 section 8.6). Your read_content() returns {}",
        told(&read)
    );
    assert!(
        peer.len() == stream.len(),
        "The head\n\n{text}\n\nis refused, and so nothing should be read behind it; your read_content() has read {} octets",
        stream.len() - peer.len()
    );
}

fn told(read: &io::Result<Vec<u8>>) -> String {
    match read {
        Ok(content) => format!("{} octets", content.len()),
        Err(error) => format!("the error {:?}", error.kind()),
    }
}

fn listen(net: &mut Net) -> io::Result<Socket> {
    net.server().run(|| peer::listen(addresses::server(PORT)))
}

/// Your client, whose first connection comes from port 40000, its second from 40001, and so on.
fn client() -> Client<impl FnMut() -> io::Result<Socket>> {
    let mut ports = CLIENT_PORT..CLIENT_PORT + 10;
    Client::new(move || {
        let port = ports.next().ok_or(ErrorKind::AddrNotAvailable)?;
        peer::connect(addresses::client(port), addresses::server(PORT))
    })
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

/// Whether one side has sent such a segment on the connection from that port of the client's.
fn sent(net: &Net, from: Side, port: u16, such: impl Fn(&Segment) -> bool) -> bool {
    net.trace().segments().any(|(sender, segment)| {
        let ports = [segment.source.port(), segment.destination.port()];
        sender == from && ports.contains(&port) && such(&segment)
    })
}

#[test]
fn three_requests_take_one_connection() {
    let trace = Lab::run(|net| {
        let serving = hyper(net, 1, |path| whole(format!("this is {path}")))?;
        let mut client = client();
        for target in ["/1", "/2", "/3"] {
            let asked = net.client().run(|| client.get(target));
            assert!(
                opened(net) == 1,
                "no response has said close, so one connection is enough for three requests (RFC 9112 section 9.3). For {target} your client has opened another"
            );
            expect_response(&asked, &format!("this is {target}"));
        }
        net.client().run(move || drop(client));
        serving.join(net)
    });
    expect_ladder!("one-connection", "RFC 9112 section 9.3", trace);

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

#[test]
fn what_is_said_to_close_is_not_used_again() {
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

#[test]
fn an_idle_connection_that_has_ended_is_noticed() {
    // The end has come, or something that nobody has asked for.
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

    // What nobody has asked for has come in one segment with the response.
    Lab::run(|net| {
        let listener = listen(net)?;
        let both = format!("{RESPONSE}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
        let (client, _server) = asked_at(net, &listener, client(), &both, "hello")?;
        let what = "more has come with the last response than belongs to it, and lies in your client's buffer";
        let (_client, asked) = asked_again(net, &listener, client, what)?;
        expect_response(&asked, "again");
        io::Result::Ok(())
    });

    // A used connection ends by a FIN, before any octet of the response.
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

    // After an error a connection is closed.
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

    // The request is on its way already.
    let trace = Lab::run(|net| {
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
    });
    expect_ladder!(
        "asked-once-more",
        "RFC 9112 section 9.5 and RFC 9110 section 9.2.2",
        trace
    );

    // A new connection ends without a response: the first one, or the one on which a request is repeated.
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

    // The response has begun.
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

/// How many segments with data the client has sent: each request is one.
fn requests(net: &Net) -> usize {
    let segments = net.trace().segments();
    segments
        .filter(|(from, segment)| *from == Side::Client && !segment.payload.is_empty())
        .count()
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

/// Your server, on the next connection.
fn serving(
    net: &mut Net,
    listener: &Socket,
    patience: Duration,
) -> io::Result<lab::Task<(io::Result<usize>, Vec<String>)>> {
    let listener = listener.try_clone()?;
    Ok(net.server().start(move || {
        let mut asked = Vec::new();
        let served = accept(&listener).and_then(|client| {
            let answer = |target: &str| {
                asked.push(target.to_owned());
                format!("this is {target}").into_bytes()
            };
            serve(client, answer, patience)
        });
        (served, asked)
    }))
}

#[track_caller]
fn expect_served((served, asked): (io::Result<usize>, Vec<String>), right: &[&str]) {
    assert!(
        matches!(&served, Ok(count) if *count == right.len()) && asked == right,
        "The client has sent requests for {right:?} that are to be answered, so serve() should ask for these contents and return {}. Yours asks for {asked:?} and returns {served:?}",
        right.len()
    );
}

#[test]
fn the_server_goes_on_until_it_hears_close() {
    let trace = Lab::run(|net| {
        let listener = listen(net)?;
        let serving = serving(net, &listener, LONG)?;
        let read = net.client().start(|| {
            let socket = peer::connect(addresses::client(CLIENT_PORT), addresses::server(PORT))?;
            let mut client = web::Client::over(socket)?;
            let mut contents = Vec::new();
            // Content that looks like a request is content.
            let content = "GET /not-asked HTTP/1.1\r\n\r\n".repeat(40);
            for content in [Some(content), None, None] {
                let target = format!("/{}", contents.len() + 1);
                let response = match content {
                    Some(content) => client.post(&target, content)?,
                    None => client.get(&target)?,
                };
                contents.push(String::from_utf8_lossy(&client.content(response)?).into_owned());
            }
            Ok::<_, io::Error>(contents)
        });
        let read = read.join(net);
        let right = ["this is /1", "this is /2", "this is /3"];
        assert!(
            matches!(&read, Ok(read) if *read == right),
            "hyper's client sends content to /1, which looks like requests, and asks for /2 and /3, all on one connection. It should read {right:?}. With your serve() it reads {read:?}"
        );
        expect_served(serving.join(net), &["/1", "/2", "/3"]);
        io::Result::Ok(())
    });
    expect_ladder!("three-answers", "RFC 9112 section 9.3", trace);

    let close = "Connection: close\r\nContent-Length: 10\r\n\r\nthis is /1";
    let cases = [
        (
            "GET /1 HTTP/1.1\r\nHost: server\r\nConnection: close\r\n\r\n",
            close,
            1,
        ),
        ("GET /1 HTTP/1.0\r\n\r\n", close, 1),
        (
            "POST /1 HTTP/1.1\r\nHost: server\r\nContent-Length: 18446744073709551617\r\n\r\n.",
            "HTTP/1.1 400 ",
            0,
        ),
        ("HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 400 ", 0),
        (
            "POST /1 HTTP/1.1\r\nHost: server\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 501 ",
            0,
        ),
    ];
    for (request, right, answered) in cases {
        Lab::run(move |net| {
            let listener = listen(net)?;
            let serving = serving(net, &listener, LONG)?;
            let (response, read) = asked_by_hand(net, request)?;
            assert!(
                response.contains(right)
                    && response.contains("Connection: close\r\n")
                    && read.is_ok(),
                "To the request\n\n{request}\n\nthe last response on its connection should have {right:?}, and behind it the connection should end. The client \
                 reads {response:?}, and then {read:?}"
            );
            expect_served(serving.join(net), &["/1"][..answered]);
            io::Result::Ok(())
        });
    }

    // Two requests in one segment, and a pause that is longer than the server's patience: that is for the end.
    Lab::run(|net| {
        let listener = listen(net)?;
        let serving = serving(net, &listener, Duration::from_millis(200))?;
        let mut client = net
            .client()
            .run(|| peer::connect(addresses::client(CLIENT_PORT), addresses::server(PORT)))?;
        net.client().run(|| {
            thread::sleep(Duration::from_millis(500));
            client.write_all(b"GET /1 HTTP/1.1\r\nHost: server\r\n\r\nGET /2 HTTP/1.1\r\nHost: server\r\nConnection: close\r\n\r\n")
        })?;
        let mut response = Vec::new();
        let read = net.client().run(|| {
            client.set_read_timeout(Some(Duration::from_secs(5)))?;
            client.read_to_end(&mut response)
        });
        let right = [
            message::response(b"this is /1", false),
            message::response(b"this is /2", true),
        ]
        .concat();
        assert!(
            read.is_ok() && response == right,
            "half a second after the connection two requests come in one segment, the second with Connection: close. The client should read {:?} and then the end; \
             with your serve() it reads {:?}, and then {read:?}",
            right.escape_ascii().to_string(),
            response.escape_ascii().to_string()
        );
        net.client().run(move || drop(client));
        expect_served(serving.join(net), &["/1", "/2"]);
        io::Result::Ok(())
    });

    // Without an end there is a response, and no end either.
    Lab::run(|net| {
        let listener = listen(net)?;
        let serving = serving(net, &listener, LONG)?;
        let mut client = net
            .client()
            .run(|| peer::connect(addresses::client(CLIENT_PORT), addresses::server(PORT)))?;
        net.client().run(|| {
            client.write_all(b"POST /1 HTTP/1.1\r\nHost: server\r\nContent-Length: 5\r\n\r\nhel")
        })?;
        net.client().run(move || drop(client));
        let (served, asked) = serving.join(net);
        assert!(
            matches!(&served, Err(error) if error.kind() == ErrorKind::UnexpectedEof)
                && asked.is_empty(),
            "the client has ended the connection within a request, which is then not complete (RFC 9112 section 6.3, rule 6): serve() should return UnexpectedEof and answer \
             nothing. Yours asks for {asked:?} and returns {served:?}"
        );
        io::Result::Ok(())
    });
}

/// A client of the test's sends this, and reads to the end.
fn asked_by_hand(net: &mut Net, request: &str) -> io::Result<(String, io::Result<usize>)> {
    let mut client = net
        .client()
        .run(|| peer::connect(addresses::client(CLIENT_PORT), addresses::server(PORT)))?;
    net.client().run(|| client.write_all(request.as_bytes()))?;
    let mut response = Vec::new();
    let read = net.client().run(|| {
        client.set_read_timeout(Some(Duration::from_secs(5)))?;
        client.read_to_end(&mut response)
    });
    net.client().run(move || drop(client));
    Ok((String::from_utf8_lossy(&response).into_owned(), read))
}

#[test]
fn the_last_response_survives_what_comes_behind_the_request() {
    let trace = Lab::run(|net| {
        let listener = listen(net)?;
        let serving = serving(net, &listener, LONG)?;
        let mut client = net
            .client()
            .run(|| peer::connect(addresses::client(CLIENT_PORT), addresses::server(PORT)))?;
        net.wire().hold_next(data().from(Side::Server));
        net.client().run(|| {
            client.write_all(b"GET /1 HTTP/1.1\r\nHost: server\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\nHost: server\r\n\r\n")
        })?;
        net.settle();
        assert!(
            net.wire().held() == 1,
            "the client has sent a whole request, and your serve() has not answered it"
        );
        // The wire is slower than whatever pause a server makes.
        net.wait_for_states("your server to end its side of the connection", |states| {
            let mut sockets = states.server.iter();
            !sockets.any(|socket| socket.state == State::Established)
        });
        net.client()
            .run(|| client.write_all(b"GET /3 HTTP/1.1\r\nHost: server\r\n\r\n"))?;
        net.wire().release();
        let mut response = Vec::new();
        let read = net.client().run(|| client.read_to_end(&mut response));
        let right = message::response(b"this is /1", true);
        assert!(
            read.is_ok() && response == right,
            "the client has sent more behind its last request, and the wire is slow with the response. The client should read {:?} and then the end; with your serve() it \
             reads {:?}, and then {read:?}. A server that closes while data comes in sends a reset, which does not wait for the response (RFC 9112 section 9.6)",
            right.escape_ascii().to_string(),
            response.escape_ascii().to_string()
        );
        net.client().run(move || drop(client));
        expect_served(serving.join(net), &["/1"]);
        io::Result::Ok(())
    });
    expect_ladder!("last-response", "RFC 9112 section 9.6", trace);

    // Its time is over before the client closes, which does so after three seconds.
    let short = Duration::from_millis(200);
    for (what, octets) in [
        ("sends nothing more", &b""[..]),
        ("sends an octet every 25 ms", b"."),
    ] {
        Lab::run(move |net| {
            let listener = listen(net)?;
            let serving = serving(net, &listener, short)?;
            let mut client = last_request(net)?;
            let _going_on = net.client().start(move || {
                // Its slowness is what the server has to put up with.
                for _ in 0..120 {
                    thread::sleep(Duration::from_millis(25));
                    // Refused, when the server has closed.
                    let _ = client.write_all(octets);
                }
            });
            expect_served(serving.join(net), &["/1"]);
            let ended = sent(net, Side::Client, CLIENT_PORT, |segment| {
                segment.control.contains(ControlBits::FIN)
            });
            assert!(
                !ended,
                "After the last response the client {what}, and it closes only after three seconds. Your serve() has waited for that, though its patience is {short:?} in \
                 all, however often something comes: a server MAY close at any time (RFC 9112 section 9.5)"
            );
            io::Result::Ok(())
        });
    }

    Lab::run(move |net| {
        let listener = listen(net)?;
        let serving = serving(net, &listener, LONG)?;
        let mut client = last_request(net)?;
        let flooding = net.client().start(move || {
            // Refused, when the server has closed.
            let _ = (0..25).try_for_each(|_| client.write_all(&[b'.'; 4_000]));
            client
        });
        let client = flooding.join(net);
        net.settle();
        let reset = sent(net, Side::Server, CLIENT_PORT, |segment| {
            segment.control.contains(ControlBits::RST)
        });
        assert!(
            reset,
            "After the last response the client sends 100,000 octets. Your serve() has read all of them, though it should close when it has read more than {LIMIT}"
        );
        expect_served(serving.join(net), &["/1"]);
        net.client().run(move || drop(client));
        io::Result::Ok(())
    });
}

/// A client of the test's that has sent its last request, and has read the response.
fn last_request(net: &mut Net) -> io::Result<Socket> {
    let mut client = net
        .client()
        .run(|| peer::connect(addresses::client(CLIENT_PORT), addresses::server(PORT)))?;
    net.client().run(|| {
        client.write_all(b"GET /1 HTTP/1.1\r\nHost: server\r\nConnection: close\r\n\r\n")?;
        client.read_exact(&mut vec![0; message::response(b"this is /1", true).len()])
    })?;
    Ok(client)
}
