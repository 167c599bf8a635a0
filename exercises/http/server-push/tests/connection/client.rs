//! Your client, and hyper's server, or a bare one that breaks off where hyper would not.

use std::io::{self, BufReader, ErrorKind, Write};
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lab::peer::{abort, accept, connect, listen};
use lab::{Lab, Net, Side, Task, addresses};
use server_push::{ATTEMPTS, Event, LINE, PAUSE, follow, http};
use socket2::Socket;
use trace::ControlBits;
use web::server::{HeaderValue, StatusCode, pieces, whole};

use super::{CLIENT_PORT, PORT, event, lines};
use crate::octets::message;

/// What your client has called.
#[derive(Debug, PartialEq)]
enum Called {
    Connect,
    Pause(Duration),
    Take(Event),
}

/// More connections than any of these tests has are a client that does not stop.
const MANY: u16 = 10;

/// Your client, which has seen enough with that many events; and what it calls.
fn following(net: &mut Net, enough: usize) -> (Task<io::Result<()>>, Receiver<Called>) {
    let (call, called) = channel();
    let following = net.client().start(move || {
        let mut port = CLIENT_PORT;
        let (mut taken, paused, took) = (0, call.clone(), call.clone());
        // The test may have ended.
        let say = |result: Result<(), _>| drop(result);
        follow(
            || {
                say(call.send(Called::Connect));
                port += 1;
                assert!(
                    port < CLIENT_PORT + MANY,
                    "your follow() makes {MANY} connections, and does not stop"
                );
                connect(addresses::client(port), addresses::server(PORT))
            },
            "/news",
            |time| say(paused.send(Called::Pause(time))),
            |event| {
                say(took.send(Called::Take(event)));
                taken += 1;
                if taken < enough {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            },
        )
    });
    (following, called)
}

#[track_caller]
fn expect_called(net: &mut Net, called: &Receiver<Called>, when: &str, right: &[Called]) {
    net.settle();
    let found: Vec<Called> = called.try_iter().collect();
    assert!(
        found == right,
        "{when}.\nyour follow() should call now: {right:?}\nit calls: {found:?}"
    );
}

fn took(events: &[Event]) -> Vec<Called> {
    events.iter().cloned().map(Called::Take).collect()
}

fn again(pause: Duration) -> Vec<Called> {
    vec![Called::Pause(pause), Called::Connect]
}

/// hyper's server: one answer, piece by piece, and then a status that says that there is no more.
pub(crate) fn events_of_hypers_server() {
    Lab::run(|net| {
        let listener = net.server().run(|| listen(addresses::server(PORT)))?;
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (happens, now) = tokio::sync::mpsc::unbounded_channel();
        let noted = asked.clone();
        let serving = net.server().start(move || {
            let now = std::cell::Cell::new(Some(now));
            web::serve(listener, 2, move |request| {
                let id = request.headers().get("last-event-id");
                let id = id.and_then(|id| id.to_str().ok()).map(str::to_owned);
                noted
                    .lock()
                    .unwrap_or_else(|broken| broken.into_inner())
                    .push(id);
                let mut answer = now.take().map_or_else(
                    || {
                        let mut none = whole("");
                        *none.status_mut() = StatusCode::NO_CONTENT;
                        none
                    },
                    pieces,
                );
                let media_type = HeaderValue::from_static("Text/Event-Stream ; charset=utf-8");
                answer.headers_mut().insert("content-type", media_type);
                async { answer }
            })
        });
        let (following, called) = following(net, usize::MAX);
        expect_called(net, &called, "Your client begins", &[Called::Connect]);
        for (piece, completes) in [
            (lines(1), vec![event(1)]),
            ("id: 2\nda".to_owned(), vec![]),
            ("ta: event 2\n".to_owned(), vec![]),
            ("\n".to_owned(), vec![event(2)]),
            (": nothing happens\n\n".to_owned(), vec![]),
            (
                format!("{}{}id: 5\nda", lines(3), lines(4)),
                vec![event(3), event(4)],
            ),
        ] {
            let when = format!(
                "hyper sends a chunk with \"{}\", and then nothing for now; a chunk is not an event (RFC 6202 section 3.2), and an event is given as soon as it is complete",
                piece.escape_debug()
            );
            happens.send(piece.into()).map_err(io::Error::other)?;
            expect_called(net, &called, &when, &took(&completes));
        }
        drop(happens);
        let when = "hyper's answer ends in order: your client asks again";
        expect_called(net, &called, when, &again(PAUSE));
        let followed = following.join(net);
        assert!(
            followed.is_ok(),
            "hyper's answer to the second request was 204: follow() should be done, and says {followed:?}"
        );
        expect_called(
            net,
            &called,
            "hyper's answer to the second request was 204",
            &[],
        );
        serving.join(net)?;
        let asked = asked.lock().unwrap_or_else(|broken| broken.into_inner());
        let right = [None, Some("4".to_owned())];
        assert!(
            *asked == right,
            "Your client has asked a first time, and again when the answer has ended within the event with the id 5. The values of Last-Event-ID should be {right:?}, and are {asked:?}"
        );
        io::Result::Ok(())
    });
}

/// How the bare server ends.
#[derive(Clone, Copy, Debug)]
enum End {
    /// The last chunk, and then a FIN.
    InOrder,
    /// A FIN in the middle.
    Fin,
    /// A reset.
    Reset,
}

/// The bare server takes the next connection, reads the request, and checks behind which id it asks.
#[track_caller]
fn asked(net: &mut Net, listener: &Socket, last_id: Option<&str>) -> io::Result<Socket> {
    let server = net.server().run(|| accept(listener))?;
    let request = net
        .server()
        .run(|| http::Head::read(&mut BufReader::new(&server)))?;
    let found = request
        .as_ref()
        .and_then(|head| head.value("last-event-id"));
    assert!(
        request.is_some() && found == last_id,
        "Your client's request should have the Last-Event-ID {last_id:?}, and is {request:?}"
    );
    Ok(server)
}

fn ended(net: &mut Net, mut server: Socket, end: End) -> io::Result<()> {
    net.server().run(|| match end {
        End::InOrder => server.write_all(&http::chunk(b"")),
        End::Fin => Ok(()),
        End::Reset => abort(server.try_clone()?),
    })?;
    net.server().run(|| drop(server));
    Ok(())
}

/// Connections that bring something, and connections that do not.
pub(crate) fn broken_off() {
    Lab::run(|net| {
        let listener = net.server().run(|| listen(addresses::server(PORT)))?;
        let (following, called) = following(net, usize::MAX);
        expect_called(net, &called, "Your client begins", &[Called::Connect]);
        let (forty, seventy) = (Duration::from_millis(40), Duration::from_millis(70));
        let answers: [(_, _, &[Event], End, _); 6] = [
            (
                None,
                "retry: 40\n\nid: 1\ndata: a\n\nid: 2\ndata: b",
                &[message("1", "a")],
                End::Reset,
                forty,
            ),
            (Some("1"), "", &[], End::Fin, forty),
            (
                Some("1"),
                "event: x\ndata: half\n",
                &[],
                End::InOrder,
                forty,
            ),
            (
                Some("1"),
                "data: c\n\nretry: 99000\n",
                &[message("1", "c")],
                End::Fin,
                Duration::from_secs(60),
            ),
            (
                Some("1"),
                "id: \u{20ac}\nretry: 70\n\n",
                &[],
                End::InOrder,
                seventy,
            ),
            (
                Some("\u{20ac}"),
                "data: d\n\nid\n\n",
                &[message("\u{20ac}", "d")],
                End::Reset,
                seventy,
            ),
        ];
        for (last_id, content, events, end, pause) in answers {
            let mut server = asked(net, &listener, last_id)?;
            let answer = [http::STREAM, &http::chunk(content.as_bytes())].concat();
            let answer = if content.is_empty() {
                http::STREAM
            } else {
                &answer
            };
            net.server().run(|| server.write_all(answer))?;
            let when = format!("On a connection comes \"{}\"", content.escape_debug());
            expect_called(net, &called, &when, &took(events));
            ended(net, server, end)?;
            let when = format!(
                "{when}, and then its end: {end:?}. Your client pauses, and goes on; only {ATTEMPTS} connections in a row without an event are the end"
            );
            expect_called(net, &called, &when, &again(pause));
        }
        let mut server = asked(net, &listener, None)?;
        net.server()
            .run(|| server.write_all(b"HTTP/1.1 204 No Content\r\n\r\n"))?;
        let followed = following.join(net);
        assert!(
            followed.is_ok(),
            "The server says 204: follow() should be done, and says {followed:?}"
        );
        expect_called(net, &called, "The server says 204", &[]);
        net.server().run(|| drop(server));
        io::Result::Ok(())
    });
}

/// Nobody there, or nobody who says anything.
pub(crate) fn gives_up() {
    let mut attempts = vec![Called::Connect];
    attempts.extend((1..ATTEMPTS).flat_map(|_| again(PAUSE)));
    let attempts = &attempts;
    Lab::run(move |net| {
        let (following, called) = following(net, usize::MAX);
        let followed = following.join(net);
        let when = "Nobody listens at the server's port";
        expect_called(net, &called, when, attempts);
        assert!(
            matches!(&followed, Err(error) if error.kind() == ErrorKind::ConnectionRefused),
            "{when}. follow() should say ConnectionRefused, and says {followed:?}"
        );
        io::Result::Ok(())
    });
    let half = http::chunk(b": nothing happens\n\nevent: x\ndata: half\n");
    let half = [http::STREAM, &half].concat();
    for (what, answer, end, kind) in [
        (
            "an answer without an event",
            half,
            End::InOrder,
            ErrorKind::UnexpectedEof,
        ),
        ("nothing", vec![], End::Fin, ErrorKind::UnexpectedEof),
        (
            "an answer's head",
            http::STREAM.to_vec(),
            End::Reset,
            ErrorKind::ConnectionReset,
        ),
    ] {
        Lab::run(move |net| {
            let listener = net.server().run(|| listen(addresses::server(PORT)))?;
            let (following, called) = following(net, usize::MAX);
            expect_called(net, &called, "Your client begins", &[Called::Connect]);
            let when = format!(
                "On each connection comes {what}, and then its end: {end:?}. The client gives up after {ATTEMPTS} of them"
            );
            for attempt in 1..=ATTEMPTS {
                let mut server = asked(net, &listener, None)?;
                net.server().run(|| server.write_all(&answer))?;
                ended(net, server, end)?;
                let last = attempt == ATTEMPTS;
                let right = if last { vec![] } else { again(PAUSE) };
                let when = format!("{when}. This was number {attempt}");
                expect_called(net, &called, &when, &right);
            }
            let followed = following.join(net);
            assert!(
                matches!(&followed, Err(error) if error.kind() == kind),
                "{when}. follow() should say {kind:?}, and says {followed:?}"
            );
            io::Result::Ok(())
        });
    }
}

/// Answers that will not be better the next time.
pub(crate) fn does_not_ask_again() {
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\ndata: a\n\n";
    let similar = "HTTP/1.1 200 OK\r\nContent-Type: text/event-streams\r\nContent-Length: 9\r\n\r\ndata: a\n\n";
    let untyped = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ndata: a\n\n";
    let error = "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/event-stream\r\nContent-Length: 9\r\n\r\ndata: a\n\n";
    let created = "HTTP/1.1 201 Created\r\nContent-Type: text/event-stream\r\nContent-Length: 9\r\n\r\ndata: a\n\n";
    let no_chunk = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: a\n\n\r\ndata: b\n\n\r\n";
    let long = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: a\n\n:{}",
        "x".repeat(LINE)
    );
    for (what, answer, events) in [
        ("a page and no event stream", page, vec![]),
        (
            "something whose type only begins like that of an event stream",
            similar,
            vec![],
        ),
        ("something of no type", untyped, vec![]),
        ("the status 500", error, vec![]),
        ("the status 201", created, vec![]),
        ("no HTTP at all", "data: a\r\n\r\n", vec![]),
        (
            "an event in a chunk, and then something that is no chunk",
            no_chunk,
            vec![message("", "a")],
        ),
        (
            "an event, and then a line that is too long",
            &long,
            vec![message("", "a")],
        ),
    ] {
        let answer = answer.to_owned();
        Lab::run(move |net| {
            let listener = net.server().run(|| listen(addresses::server(PORT)))?;
            let (following, called) = following(net, usize::MAX);
            let mut server = asked(net, &listener, None)?;
            net.server().run(|| server.write_all(answer.as_bytes()))?;
            let mut right = vec![Called::Connect];
            right.extend(took(&events));
            let when =
                format!("The server's answer is {what}; it will not be better the next time");
            expect_called(net, &called, &when, &right);
            let followed = following.join(net);
            assert!(
                matches!(&followed, Err(error) if error.kind() == ErrorKind::InvalidData),
                "{when}. follow() should say InvalidData, and says {followed:?}"
            );
            net.server().run(|| drop(server));
            io::Result::Ok(())
        });
    }
}

/// The program has had enough in the middle of what has come.
pub(crate) fn has_seen_enough() {
    Lab::run(|net| {
        let listener = net.server().run(|| listen(addresses::server(PORT)))?;
        let (following, called) = following(net, 2);
        let mut server = asked(net, &listener, None)?;
        let three = http::chunk((1..=3).map(lines).collect::<String>().as_bytes());
        net.server()
            .run(|| server.write_all(&[http::STREAM, &three].concat()))?;
        let followed = following.join(net);
        let when =
            "Three events come in one chunk, and with the second the program has seen enough";
        let right = [
            Called::Connect,
            Called::Take(event(1)),
            Called::Take(event(2)),
        ];
        expect_called(net, &called, when, &right);
        assert!(
            followed.is_ok(),
            "{when}. follow() should be done, and says {followed:?}"
        );
        let ends = |bit| {
            let mut segments = net.trace().sent_by(Side::Client);
            segments.any(|segment| segment.control.contains(bit))
        };
        let closed = ends(ControlBits::FIN) || ends(ControlBits::RST);
        assert!(
            closed,
            "{when}. Your client should have closed the connection"
        );
        net.server().run(|| drop(server));
        io::Result::Ok(())
    });
}
