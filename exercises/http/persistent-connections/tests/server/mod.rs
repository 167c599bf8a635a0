//! Your server, and what the wire saw of it.

pub(crate) mod closing;

use std::io::{self, ErrorKind, Read, Write};
use std::thread;
use std::time::Duration;

use lab::peer::{self, accept};
use lab::{Lab, Net, Trace, addresses};
use persistent_connections::message;
use persistent_connections::serve;
use socket2::Socket;

use crate::wire::{CLIENT_PORT, PORT, listen};

/// A patience that no test uses up.
const LONG: Duration = Duration::from_secs(20);

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

/// hyper's client asks three times.
pub(crate) fn three_answers() -> Trace {
    Lab::run(|net| {
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
    })
}

/// The last request of a connection, in all its forms.
pub(crate) fn the_last_request() {
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
}

/// Two requests in one segment, and a pause that is longer than the server's patience: that is for the end.
pub(crate) fn two_requests_after_a_pause() {
    Lab::run(|net| {
        let listener = listen(net)?;
        let serving = serving(net, &listener, Duration::from_millis(200))?;
        let mut client = net
            .client()
            .run(|| peer::connect(addresses::client(CLIENT_PORT), addresses::server(PORT)))?;
        net.client().run(|| {
            // Longer than the server's patience, which must not have begun.
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
}

/// Without an end there is a response, and no end either.
pub(crate) fn a_request_that_is_cut_off() {
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
