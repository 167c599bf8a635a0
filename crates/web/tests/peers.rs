//! The peers do in the lab what they do anywhere, and their ladders are the same each time.
#![cfg(target_os = "linux")]

use std::io::{self, Read, Write};

use lab::{Lab, Net, addresses, peer};
use socket2::Socket;
use web::server::{content, content_and_trailers, pieces, whole};
use web::websocket::{self, Message};
use web::{Client, curl, serve};

const PORT: u16 = 80;

fn listen(net: &mut Net) -> io::Result<Socket> {
    net.server().run(|| peer::listen(addresses::server(PORT)))
}

fn connect(net: &mut Net) -> io::Result<Socket> {
    net.client()
        .run(|| peer::connect(addresses::client(40000), addresses::server(PORT)))
}

#[test]
fn hypers_server_answers_a_bare_socket() {
    Lab::run(|net| {
        let listener = listen(net)?;
        let serving = net.server().start(|| {
            serve(listener, 1, |request| async move {
                whole(request.uri().path().to_owned())
            })
        });
        let mut client = connect(net)?;
        let read = net.client().run(|| {
            client.write_all(b"GET /1 HTTP/1.0\r\n\r\n")?;
            let mut read = String::new();
            client.read_to_string(&mut read).map(|_| read)
        })?;
        assert!(read.starts_with("HTTP/1.0 200 OK\r\n"), "{read}");
        assert!(read.ends_with("\r\n\r\n/1"), "{read}");
        net.client().run(|| drop(client));
        serving.join(net)
    });
}

#[test]
fn hypers_client_reads_pieces_of_hypers_server_as_they_come() {
    Lab::run(|net| {
        let listener = listen(net)?;
        let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
        let receiver = std::cell::Cell::new(Some(receiver));
        for text in ["one", "two"] {
            sender.send(text.into()).map_err(io::Error::other)?;
        }
        drop(sender);
        let serving = net.server().start(|| {
            serve(listener, 1, move |_| {
                let answer = receiver.take().map_or_else(|| whole("again"), pieces);
                async { answer }
            })
        });
        let client = connect(net)?;
        let read = net.client().run(|| {
            let mut client = Client::over(client)?;
            let response = client.get("/")?;
            let first = client.content(response)?;
            let response = client.get("/")?;
            Ok::<_, io::Error>([first, client.content(response)?])
        })?;
        assert_eq!(read, [b"onetwo".to_vec(), b"again".to_vec()]);
        serving.join(net)
    });
}

#[test]
fn hypers_client_sends_content_and_then_asks_on_the_same_connection() {
    Lab::run(|net| {
        let listener = listen(net)?;
        let serving = net.server().start(|| {
            serve(listener, 1, |request| async move {
                let length = request.headers().get("content-length").cloned();
                let read = content(request).await.map(|content| content.len()).ok();
                whole(format!("{length:?} {read:?}"))
            })
        });
        let client = connect(net)?;
        let read = net.client().run(|| {
            let mut client = Client::over(client)?;
            let response = client.post("/", vec![0; 5_000])?;
            let first = client.content(response)?;
            let response = client.get("/")?;
            Ok::<_, io::Error>([first, client.content(response)?])
        })?;
        let read = read.map(|content| String::from_utf8_lossy(&content).into_owned());
        assert_eq!(read, ["Some(\"5000\") Some(5000)", "None Some(0)"]);
        serving.join(net)
    });
}

#[test]
fn hypers_client_sends_further_fields_and_takes_nothing_unasked() {
    Lab::run(|net| {
        let listener = listen(net)?;
        let client = connect(net)?;
        let mut server = net.server().run(|| peer::accept(&listener))?;
        let asking = net.client().start(|| {
            let mut client = Client::over(client)?;
            let response = client.get_with("/", &[("x-further", "field")])?;
            let content = client.content(response)?;
            Ok::<_, io::Error>((content, client.ended()))
        });
        net.settle();
        let response = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n";
        let request = net.server().run(|| {
            let mut request = [0; 200];
            let length = server.read(&mut request)?;
            server.write_all(&[response, &b"1"[..]].concat())?;
            Ok::<_, io::Error>(String::from_utf8_lossy(&request[..length]).into_owned())
        })?;
        assert!(request.contains("\r\nx-further: field\r\n"), "{request}");
        net.server().run(|| server.write_all(response))?;
        let (content, ended) = asking.join(net)?;
        assert_eq!(content, b"1");
        assert!(ended.is_err(), "the second response was for nobody");
        io::Result::Ok(())
    });
}

#[test]
fn a_reset_is_told_by_hypers_client_as_what_it_is() {
    Lab::run(|net| {
        let listener = listen(net)?;
        let client = connect(net)?;
        let server = net.server().run(|| peer::accept(&listener))?;
        let asking = net
            .client()
            .start(|| Client::over(client)?.get("/").map(|_| ()));
        net.settle();
        net.server().run(|| peer::abort(server))?;
        let asked = asking.join(net).map_err(|error| error.kind());
        assert_eq!(asked, Err(io::ErrorKind::ConnectionReset));
        io::Result::Ok(())
    });
}

#[test]
fn hypers_server_reads_chunks_and_trailers() {
    Lab::run(|net| {
        let listener = listen(net)?;
        let serving = net.server().start(|| {
            serve(listener, 1, |request| async move {
                let read = content_and_trailers(request).await;
                whole(format!("{:?}", read.ok()))
            })
        });
        let mut client = connect(net)?;
        let head = "POST / HTTP/1.1\r\nHost: server\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
        let body = "3\r\none\r\n3;x\r\ntwo\r\n0\r\nA: 1\r\n\r\n";
        let read = net.client().run(|| {
            client.write_all(format!("{head}{body}").as_bytes())?;
            let mut read = String::new();
            client.read_to_string(&mut read).map(|_| read)
        })?;
        assert!(
            read.ends_with("Some((b\"onetwo\", {\"a\": \"1\"}))"),
            "{read}"
        );
        net.client().run(|| drop(client));
        serving.join(net)
    });
}

#[test]
fn curl_asks_hypers_server_twice_on_one_connection() {
    Lab::run(|net| {
        let listener = listen(net)?;
        let serving = net
            .server()
            .start(|| serve(listener, 1, |_| async { whole("hi") }));
        let url = format!("http://{}/", addresses::server(PORT));
        let read = net.client().run(|| curl::curl(&[&url, &url]))?;
        assert_eq!(read, b"hihi");
        serving.join(net)
    });
}

#[test]
fn two_ends_of_tungstenite_understand_each_other() {
    Lab::run(|net| {
        let listener = listen(net)?;
        let serving = net.server().start(move || {
            let mut endpoint = websocket::accept(peer::accept(&listener)?)?;
            let message = websocket::read(&mut endpoint)?;
            websocket::send(&mut endpoint, message)
        });
        let client = connect(net)?;
        let read = net.client().run(|| {
            let mut endpoint = websocket::connect(client, "ws://server/")?;
            websocket::send(&mut endpoint, Message::text("hello"))?;
            websocket::read(&mut endpoint)
        })?;
        assert_eq!(read, Message::text("hello"));
        serving.join(net)
    });
}
