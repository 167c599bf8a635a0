//! Many questions, answers in order.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::sync::mpsc;

use lab::filter::data;
use lab::peer::{call_from, listen};
use lab::{Net, addresses};
use socket2::Socket;

use super::peers::{connected, read_head, read_response, response, serve_targets};
use crate::programs::{CLIENT_PORT, PORT, note_failure};
use crate::view::MESSAGES;
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "pipelined",
        title: "Three requests in one segment",
        view: MESSAGES,
        adjust: as_usual,
        script: pipelined,
    },
    Scene {
        name: "head-of-line",
        title: "The second answer is ready first, and waits",
        view: MESSAGES,
        adjust: as_usual,
        script: head_of_line,
    },
    Scene {
        name: "two-connections",
        title: "The same two requests on two connections",
        view: MESSAGES,
        adjust: as_usual,
        script: two_connections,
    },
    Scene {
        name: "one-level-down",
        title: "The segment with the second of five answers is lost",
        view: MESSAGES,
        // Segments that are sent again go out as they were.
        adjust: |settings| settings.with_sysctls(&[("net.ipv4.tcp_retrans_collapse", "0")]),
        script: one_level_down,
    },
    Scene {
        name: "cut-short",
        title: "The connection ends after one answer of four",
        view: MESSAGES,
        adjust: as_usual,
        script: cut_short,
    },
];

/// The server is hyper's.
fn pipelined(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let serving = serve_targets(net, listener, 1);
    let client = connected(net, CLIENT_PORT)?;
    let mut client = BufReader::new(client);
    net.client()
        .run(|| ask_all(&mut client, &["/1", "/2", "/3"]))?;
    net.client().run(move || drop(client));
    serving.join(net)
}

/// All requests in one call, and then all responses: the first belongs to the first request, and so on (RFC 9112 §9.2).
// ANCHOR: ask_all
fn ask_all(server: &mut BufReader<Socket>, targets: &[&str]) -> io::Result<()> {
    let requests: String = targets.iter().map(|target| get(target)).collect();
    server.get_mut().write_all(requests.as_bytes())?;
    read_all(server, targets)
}

fn read_all(server: &mut BufReader<Socket>, targets: &[&str]) -> io::Result<()> {
    for target in targets {
        let content = read_response(server)?;
        expect_content(target, &content)?;
    }
    Ok(())
}

fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: server\r\n\r\n")
}
// ANCHOR_END: ask_all

/// A scene in which a response belonged to another request would not be recorded.
fn expect_content(target: &str, content: &[u8]) -> io::Result<()> {
    if content == format!("this is {target}").as_bytes() {
        return Ok(());
    }
    let content = content.escape_ascii();
    Err(io::Error::other(format!("{target}: \"{content}\"")))
}

/// RFC 9112 §9.3.2: both requests are worked on at the same time, and the second handler finishes first.
fn head_of_line(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let (client, server) = call_from(net, CLIENT_PORT, &listener)?;
    let asking = net.client().start(move || {
        let mut client = BufReader::new(client);
        ask_all(&mut client, &["/slow", "/fast"])?;
        Ok::<_, io::Error>(client)
    });
    let (finish, finished) = mpsc::channel();
    let answering = net.server().start(move || {
        server.set_tcp_nodelay(true)?;
        let mut requests = BufReader::new(&server);
        read_head(&mut requests)?;
        read_head(&mut requests)?;
        answer_in_order(&server, finished)?;
        Ok::<_, io::Error>(server)
    });
    net.settle();
    for (number, target) in [(1, "/fast"), (0, "/slow")] {
        has_finished(net, target);
        let content = format!("this is {target}");
        finish.send((number, content)).map_err(io::Error::other)?;
        net.settle();
    }
    drop(finish);
    let _server = answering.join(net)?;
    let _client = asking.join(net)?;
    Ok(())
}

/// What a server writes while its handlers finish in any order.
// ANCHOR: in_order
fn answer_in_order(
    mut client: &Socket,
    finished: mpsc::Receiver<(usize, String)>,
) -> io::Result<()> {
    let mut ready = BTreeMap::new();
    let mut next = 0;
    for (number, content) in finished {
        ready.insert(number, content);
        while let Some(content) = ready.remove(&next) {
            client.write_all(response(&content).as_bytes())?;
            next += 1;
        }
    }
    Ok(())
}
// ANCHOR_END: in_order

fn has_finished(net: &mut Net, target: &str) {
    net.server()
        .note(&format!("the handler of {target} has finished"));
}

/// RFC 9112 §9.4: nothing of one connection stands before anything of another.
fn two_connections(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let mut open = Vec::new();
    for (port, target) in (CLIENT_PORT..).zip(["/slow", "/fast"]) {
        let (mut client, server) = call_from(net, port, &listener)?;
        net.client()
            .run(|| client.write_all(get(target).as_bytes()))?;
        net.server()
            .run(|| read_head(&mut BufReader::new(&server)))?;
        open.push((client, server, target));
    }
    for (client, server, target) in open.iter_mut().rev() {
        has_finished(net, target);
        let content = format!("this is {target}");
        net.server()
            .run(|| server.write_all(response(&content).as_bytes()))?;
        let content = net
            .client()
            .run(|| read_response(&mut BufReader::new(&*client)))?;
        expect_content(target, &content)?;
    }
    Ok(())
}

/// RFC 9114 §1.1: what a lost segment does to everything behind it on the same connection. The third duplicate of the acknowledgment before it brings it
/// back (RFC 5681 §3.2).
fn one_level_down(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let (client, server) = call_from(net, CLIENT_PORT, &listener)?;
    let targets = ["/1", "/2", "/3", "/4", "/5"];
    let mut client = BufReader::new(client);
    net.client().run(|| {
        let requests = targets.map(get).concat();
        client.get_mut().write_all(requests.as_bytes())
    })?;
    net.server().run(|| {
        server.set_tcp_nodelay(true)?;
        let mut requests = BufReader::new(&server);
        targets
            .iter()
            .try_for_each(|_| read_head(&mut requests).map(drop))
    })?;
    let answer = |net: &mut Net, target: &str| {
        let response = response(&format!("this is {target}"));
        net.server()
            .run(|| (&server).write_all(response.as_bytes()))
    };
    answer(net, "/1")?;
    net.client().run(|| read_all(&mut client, &targets[..1]))?;
    net.wire().lose_next(data());
    for target in ["/2", "/3", "/4"] {
        answer(net, target)?;
    }
    client.get_ref().set_nonblocking(true)?;
    let nothing = net.client().run(|| client.fill_buf().map(<[u8]>::len));
    client.get_ref().set_nonblocking(false)?;
    note_failure(
        net.client(),
        nothing,
        ErrorKind::WouldBlock,
        "recv(): nothing, with two answers in its kernel",
    )?;
    answer(net, "/5")?;
    net.client().run(|| read_all(&mut client, &targets[1..]))?;
    net.client().note("reads four answers, in their order");
    Ok(())
}

/// RFC 9112 §9.3.2: the first connection ends with three requests unanswered, and nothing has announced that. On the second the client first asks for one
/// thing alone. There the server is hyper's.
fn cut_short(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let (client, server) = call_from(net, CLIENT_PORT, &listener)?;
    let asking = net.client().start(move || {
        let mut client = BufReader::new(client);
        let asked = ask_all(&mut client, &["/1", "/2", "/3", "/4"]);
        let ended = client.fill_buf().is_ok_and(<[u8]>::is_empty);
        Ok::<_, io::Error>((asked, ended))
    });
    net.server().run(|| {
        let mut requests = BufReader::new(&server);
        for _ in 0..4 {
            read_head(&mut requests)?;
        }
        (&server).write_all(response("this is /1").as_bytes())
    })?;
    net.server().note("the program falls over");
    net.server().run(move || drop(server));
    match asking.join(net)? {
        (Err(error), true) if error.kind() == ErrorKind::UnexpectedEof => {}
        other => return Err(io::Error::other(format!("{other:?}"))),
    }
    net.client()
        .note("/1 is answered; /2, /3 and /4 are all GET, and are asked again");

    let serving = serve_targets(net, listener, 1);
    let client = connected(net, CLIENT_PORT + 1)?;
    let mut client = BufReader::new(client);
    net.client().run(|| ask_all(&mut client, &["/2"]))?;
    net.client().run(|| ask_all(&mut client, &["/3", "/4"]))?;
    net.client().run(move || drop(client));
    serving.join(net)
}
