//! Several requests on one connection, and how it is closed.

use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::net::Shutdown;
use std::sync::mpsc;
use std::time::Duration;

use lab::filter::{data, fin};
use lab::peer::{accept, listen};
use lab::{Net, Side, Task, addresses};
use socket2::Socket;
use web::Client;
use web::server::whole;

use super::peers::{connected, hyper, read_head, read_response, response, serve_targets};
use crate::programs::{CLIENT_PORT, PORT, note_failure};
use crate::view::MESSAGES;
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "three-requests-http11",
        title: "Three requests by HTTP/1.1: one connection",
        view: MESSAGES,
        adjust: as_usual,
        script: three_requests_http11,
    },
    Scene {
        name: "two-answers-to-one-request",
        title: "A client asks before it sends its content, and is answered twice",
        view: MESSAGES,
        adjust: as_usual,
        script: two_answers_to_one_request,
    },
    Scene {
        name: "closed-while-idle",
        title: "A request crosses the end of an idle connection, and is sent again on a new one",
        view: MESSAGES,
        adjust: as_usual,
        script: closed_while_idle,
    },
    Scene {
        name: "refusal-destroyed",
        title: "A server refuses content and closes at once",
        view: MESSAGES,
        adjust: as_usual,
        script: refusal_destroyed,
    },
    Scene {
        name: "staged-close",
        title: "The same refusal, from a server that closes in stages",
        view: MESSAGES,
        adjust: as_usual,
        script: staged_close,
    },
];

/// The server is hyper's. Between the first two requests a second passes, in which nothing comes, and no end either: RFC 9112 §9.3 keeps the
/// connection, and no rule ends it after a time (§9.5). The last request says that it is the last, and hyper ends the connection (§9.6).
fn three_requests_http11(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let serving = serve_targets(net, listener, 1);
    let client = connected(net, CLIENT_PORT)?;
    let mut client = BufReader::new(client);
    net.client().run(|| ask(&mut client, "/1", ""))?;
    let second = Duration::from_secs(1);
    client.get_ref().set_read_timeout(Some(second))?;
    let nothing = net.client().run(|| client.fill_buf().map(<[u8]>::len));
    client.get_ref().set_read_timeout(None)?;
    note_failure(
        net.client(),
        nothing,
        ErrorKind::WouldBlock,
        "recv() waits for a second: nothing, and no end",
    )?;
    net.client().run(|| ask(&mut client, "/2", ""))?;
    net.client().note("the next request says Connection: close");
    net.client()
        .run(|| ask(&mut client, "/3", "Connection: close\r\n"))?;
    net.client().run(move || drop(client));
    serving.join(net)
}

/// One request and its response, of which the field `content-length` says where it ends (RFC 9112 §6.3): what comes behind it is left for the next.
// ANCHOR: ask
fn ask(server: &mut BufReader<Socket>, target: &str, fields: &str) -> io::Result<Vec<u8>> {
    let request = format!("GET {target} HTTP/1.1\r\nHost: server\r\n{fields}\r\n");
    server.get_mut().write_all(request.as_bytes())?;
    read_response(server)
}
// ANCHOR_END: ask

/// The server is hyper's, which sends 100 (Continue) when its program wants to read the content (RFC 9110 §10.1.1).
fn two_answers_to_one_request(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let serving = net.server().start(|| {
        web::serve(listener, 1, |request| async move {
            let content = web::server::content(request).await;
            whole(format!(
                "{} octets",
                content.map_or(0, |content| content.len())
            ))
        })
    });
    let client = connected(net, CLIENT_PORT)?;
    let mut client = BufReader::new(client);
    net.client().run(|| {
        client.get_mut().write_all(
            b"POST / HTTP/1.1\r\nHost: server\r\nContent-Length: 12\r\nExpect: 100-continue\r\n\r\n",
        )?;
        read_head(&mut client)
    })?;
    net.client().note("sends the content only now");
    net.client().run(|| {
        client.get_mut().write_all(b"some content")?;
        read_response(&mut client)
    })?;
    net.client().run(move || drop(client));
    serving.join(net)
}

/// RFC 9112 §9.5: the server closes an idle connection while the client's next request is on its way. hyper's client gets no response; to
/// repeat a GET is harmless (RFC 9110 §9.2.2), so its program asks again.
fn closed_while_idle(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let (ask_again, asks_again) = mpsc::channel();
    let asking = net.client().start(move || {
        let mut server = hyper(CLIENT_PORT)?;
        get(&mut server, "/1")?;
        asks_again.recv().map_err(io::Error::other)?;
        Ok::<_, io::Error>(get(&mut server, "/2"))
    });
    let mut server = net.server().run(|| accept(&listener))?;
    net.server().run(|| answer(&mut server))?;
    net.settle();
    net.wire().hold_next(fin().from(Side::Server));
    net.server().note("close(): nothing has come for too long");
    net.server().run(move || drop(server));
    ask_again.send(()).map_err(io::Error::other)?;
    let asked = asking.join(net)?;
    no_response(net, asked)?;
    net.wire().release();

    let asking = net
        .client()
        .start(|| get(&mut hyper(CLIENT_PORT + 1)?, "/2"));
    let mut server = net.server().run(|| accept(&listener))?;
    net.server().run(|| answer(&mut server))?;
    asking.join(net)?;
    net.server().run(move || drop(server));
    Ok(())
}

/// The client's program has been told of a reset, and of nothing else.
fn no_response<T>(net: &mut Net, asked: io::Result<T>) -> io::Result<()> {
    note_failure(
        net.client(),
        asked,
        ErrorKind::ConnectionReset,
        "no response: ECONNRESET",
    )
}

fn get(server: &mut Client, target: &str) -> io::Result<Vec<u8>> {
    let response = server.get(target)?;
    server.content(response)
}

/// Reads one request without content, and answers it.
fn answer(client: &mut Socket) -> io::Result<()> {
    read_head(&mut BufReader::new(&*client))?;
    client.write_all(response("hi").as_bytes())
}

const REFUSAL: &[u8] =
    b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// RFC 9112 §9.6, the risk: the server answers without reading the content, and closes. The response is still on its way when the reset
/// comes.
fn refusal_destroyed(net: &mut Net) -> io::Result<()> {
    let (uploading, refusing) = upload_refused(net, refuse_and_close)?;
    let uploaded = uploading.join(net);
    no_response(net, uploaded)?;
    refusing.join(net)
}

// ANCHOR: refuse_and_close
fn refuse_and_close(mut client: Socket) -> io::Result<()> {
    client.write_all(REFUSAL)?;
    drop(client);
    Ok(())
}
// ANCHOR_END: refuse_and_close

/// RFC 9112 §9.6, the way out, with the same slow response. hyper's client closes when it has read `Connection: close`.
fn staged_close(net: &mut Net) -> io::Result<()> {
    let (uploading, refusing) = upload_refused(net, refuse_in_stages)?;
    let status = uploading.join(net)?;
    net.client().note(&format!("the response: {status}"));
    refusing.join(net)
}

// ANCHOR: refuse_in_stages
fn refuse_in_stages(mut client: Socket) -> io::Result<()> {
    client.write_all(REFUSAL)?;
    client.shutdown(Shutdown::Write)?;
    io::copy(&mut client, &mut io::sink())?;
    drop(client);
    Ok(())
}
// ANCHOR_END: refuse_in_stages

/// A program that was started.
type Program<T> = Task<io::Result<T>>;

/// hyper's client sends 1,000 octets of content, all in one segment, and a server refuses them. The wire is slow with the response, and lets it go after what has
/// overtaken it. Returns both programs: the client's ends with the status.
fn upload_refused(
    net: &mut Net,
    refuse: impl FnOnce(Socket) -> io::Result<()> + Send + 'static,
) -> io::Result<(Program<u16>, Program<()>)> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let uploading = net.client().start(|| {
        let response = hyper(CLIENT_PORT)?.post("/", vec![b'.'; 1_000])?;
        Ok(response.status().as_u16())
    });
    let server = net.server().run(|| accept(&listener))?;
    net.settle();
    net.wire().hold_next(data().from(Side::Server));
    let refusing = net.server().start(move || {
        // What is read ahead does not lie unread.
        let mut little = BufReader::with_capacity(100, &server);
        read_head(&mut little)?;
        refuse(server)
    });
    net.settle();
    net.wire().release();
    Ok((uploading, refusing))
}
