//! Your server, and hyper's client, which tells what it reads as it comes.

use std::io::{self, ErrorKind, Read, Write};
use std::sync::mpsc::{Receiver, Sender, channel};

use lab::peer::{abort, accept, connect, listen};
use lab::{Lab, Net, Task, addresses};
use server_push::{Event, http, serve};
use web::Client;

use super::{CLIENT_PORT, PORT, event, lines};
use crate::octets::message;

/// What hyper's client has found.
#[derive(Debug, PartialEq)]
enum Told {
    /// The answer's head: its status and the type of its content.
    Head(u16, String),
    Content(String),
    /// The content has ended: in order, or not.
    End(bool),
}

/// What a server's program knows: what has happened, and what happens now.
fn log(mut past: Vec<Event>, now: Receiver<Event>) -> impl FnMut(&str) -> Option<Event> {
    let mut calls = 0;
    move |id| {
        calls += 1;
        assert!(
            calls < 100,
            "your serve() asks again and again for what is behind `{id}`: each event has an id, and the next one is behind it"
        );
        let next = match id {
            "" => 0,
            id => past.iter().position(|event| event.id == id)? + 1,
        };
        while past.len() <= next {
            past.push(now.recv().ok()?);
        }
        past.get(next).cloned()
    }
}

/// Your server, with what has happened before; and how to tell it of more.
fn serving(net: &mut Net, past: Vec<Event>) -> io::Result<(Task<io::Result<()>>, Sender<Event>)> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let (happens, now) = channel();
    let serving = net
        .server()
        .start(move || serve(accept(&listener)?, log(past, now)));
    Ok((serving, happens))
}

/// hyper's client, and what it tells.
fn following(
    net: &mut Net,
    last_id: Option<&'static str>,
) -> (Task<io::Result<()>>, Receiver<Told>) {
    let (tell, told) = channel();
    let following = net.client().start(move || {
        let socket = connect(addresses::client(CLIENT_PORT), addresses::server(PORT))?;
        let mut server = Client::over(socket)?;
        let fields: Vec<_> = last_id
            .map(|id| ("last-event-id", id))
            .into_iter()
            .collect();
        let mut response = server.get_with("/news", &fields)?;
        let media_type = response.headers().get("content-type");
        let media_type = media_type.and_then(|value| value.to_str().ok());
        let head = Told::Head(
            response.status().as_u16(),
            media_type.unwrap_or_default().to_owned(),
        );
        // The test may have ended.
        let _ = tell.send(head);
        loop {
            let told = match server.piece(&mut response) {
                Ok(Some(piece)) => Told::Content(String::from_utf8_lossy(&piece).into_owned()),
                Ok(None) => Told::End(true),
                Err(_) => Told::End(false),
            };
            let is_end = matches!(told, Told::End(_));
            let _ = tell.send(told);
            if is_end {
                return Ok(());
            }
        }
    });
    (following, told)
}

/// What hyper has told by now; chunks are joined, since where they end is no matter.
fn by_now(net: &mut Net, told: &Receiver<Told>) -> Vec<Told> {
    net.settle();
    let mut all: Vec<Told> = Vec::new();
    for next in told.try_iter() {
        match (all.last_mut(), next) {
            (Some(Told::Content(content)), Told::Content(more)) => content.push_str(&more),
            (_, next) => all.push(next),
        }
    }
    all
}

#[track_caller]
fn expect_told(net: &mut Net, told: &Receiver<Told>, when: &str, right: &[Told]) {
    let found = by_now(net, told);
    assert!(
        found == right,
        "{when}.\nhyper's client should find now: {right:?}\nit finds: {found:?}"
    );
}

fn head() -> Told {
    Told::Head(200, "text/event-stream".to_owned())
}

#[track_caller]
fn expect_ok(served: &io::Result<()>, when: &str) {
    assert!(
        served.is_ok(),
        "{when}. serve() should be done, and says {served:?}"
    );
}

/// RFC 6202 section 3.1: each event is sent when it happens.
pub(crate) fn events_one_by_one() {
    Lab::run(|net| {
        let (serving, happens) = serving(net, Vec::new())?;
        let (following, told) = following(net, None);
        let when = "The request has come, and nothing has happened yet: the answer begins at once";
        expect_told(net, &told, when, &[head()]);
        for number in 1..=3 {
            happens.send(event(number)).map_err(io::Error::other)?;
            let when = format!(
                "Event {number} has happened; it is to be sent before anything else happens, and the answer goes on (RFC 6202 section 3.1)"
            );
            expect_told(net, &told, &when, &[Told::Content(lines(number))]);
        }
        let two = Event {
            kind: "price".to_owned(),
            ..message("4", "7\n8")
        };
        happens.send(two).map_err(io::Error::other)?;
        let right = "event: price\nid: 4\ndata: 7\ndata: 8\n\n";
        expect_told(
            net,
            &told,
            "An event of two lines has happened",
            &[Told::Content(right.to_owned())],
        );
        drop(happens);
        let when =
            "There will be no more events: the last chunk ends the answer (RFC 9112 section 7.1)";
        expect_told(net, &told, when, &[Told::End(true)]);
        following.join(net)?;
        expect_ok(&serving.join(net), when);
        io::Result::Ok(())
    });
}

/// What a client has missed is sent to it, and nothing else.
pub(crate) fn goes_on_behind() {
    for (last_id, first) in [(None, 1), (Some("2"), 3), (Some("3"), 4)] {
        Lab::run(move |net| {
            let (serving, happens) = serving(net, (1..=3).map(event).collect())?;
            let (following, told) = following(net, last_id);
            let missed: String = (first..=3).map(lines).collect();
            let when = format!(
                "Three events have happened, and then a request comes; its Last-Event-ID: {last_id:?}"
            );
            let content = (!missed.is_empty()).then_some(Told::Content(missed));
            let right: Vec<Told> = [Some(head()), content].into_iter().flatten().collect();
            expect_told(net, &told, &when, &right);
            happens.send(event(4)).map_err(io::Error::other)?;
            let when = format!("{when}; and then a fourth event happens");
            expect_told(net, &told, &when, &[Told::Content(lines(4))]);
            drop(happens);
            following.join(net)?;
            expect_ok(&serving.join(net), &when);
            io::Result::Ok(())
        });
    }
}

/// The client has to see that something is missing.
pub(crate) fn an_event_that_cannot_be_written() {
    Lab::run(|net| {
        let evil = message("2\n\ndata: evil", "x");
        let (serving, _happens) = serving(net, vec![event(1), evil])?;
        let (following, told) = following(net, None);
        let when = "Behind an event comes one whose id has a line end; it cannot be written, and the answer breaks off without its last chunk";
        expect_told(
            net,
            &told,
            when,
            &[head(), Told::Content(lines(1)), Told::End(false)],
        );
        following.join(net)?;
        let served = serving.join(net);
        assert!(
            matches!(&served, Err(error) if error.kind() == ErrorKind::InvalidInput),
            "{when}. serve() should say InvalidInput, and says {served:?}"
        );
        io::Result::Ok(())
    });
}

/// A server must not go on for ever for nobody.
pub(crate) fn a_client_that_has_gone() {
    Lab::run(|net| {
        let (serving, happens) = serving(net, Vec::new())?;
        let socket = net
            .client()
            .run(|| connect(addresses::client(CLIENT_PORT), addresses::server(PORT)))?;
        net.client().run(|| {
            (&socket).write_all(&http::request("/news", ""))?;
            (&socket).read_exact(&mut vec![0; http::STREAM.len()])
        })?;
        net.client().run(|| abort(socket))?;
        for number in 1..=3 {
            // It may have noticed.
            let _ = happens.send(event(number));
            net.settle();
        }
        drop(happens);
        let served = serving.join(net);
        assert!(
            served.is_err(),
            "The client has reset the connection, and then three events happen: serve() should return the connection's error, and says {served:?}"
        );
        io::Result::Ok(())
    });
    Lab::run(|net| {
        let (serving, _happens) = serving(net, Vec::new())?;
        net.client()
            .run(|| connect(addresses::client(CLIENT_PORT), addresses::server(PORT)).map(drop))?;
        expect_ok(
            &serving.join(net),
            "The client has closed without a request",
        );
        io::Result::Ok(())
    });
}
