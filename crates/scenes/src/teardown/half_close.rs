//! Done sending, still reading: one direction closed, the other in use.

use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;

use lab::peer::{call_from, listen};
use lab::{HostHandle, Net, Settings, addresses};
use socket2::Socket;

use super::CLIENT_ISN;
use crate::programs::{CLIENT_PORT, Connection, PORT, establish, note_failure};
use crate::view::PLAIN;
use crate::{Scene, as_usual, repeats_after_a_second};

const QUESTION: &[u8] = b"question";
const ANSWER: &[u8] = b"an answer";

const REQUESTS: [&[u8]; 2] = [
    b"GET /1 HTTP/1.1\r\nHost: server\r\n\r\n",
    b"GET /2 HTTP/1.1\r\nHost: server\r\n\r\n",
];
const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\none";

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "half-close-then-answer",
        title: "The client has finished sending, and reads an answer that comes afterwards",
        view: PLAIN,
        adjust: as_usual,
        script: half_close_then_answer,
    },
    Scene {
        name: "late-data-after-close",
        title: "The same answer, and nobody is left to read it",
        view: PLAIN,
        adjust: as_usual,
        script: late_data_after_close,
    },
    Scene {
        name: "shut-read-sends-nothing",
        title: "The client wants to read no more, and the server does not hear of it",
        view: PLAIN,
        adjust: as_usual,
        script: shut_read_sends_nothing,
    },
    Scene {
        name: "fin-wait-2-timeout",
        title: "Two connections in FIN-WAIT-2: only the one without a program has a time limit",
        view: PLAIN,
        adjust: four_seconds,
        script: fin_wait_2_timeout,
    },
    Scene {
        name: "close-with-unread-request",
        title: "The server answers and closes while a request still lies unread",
        view: PLAIN,
        adjust: as_usual,
        script: close_with_unread_request,
    },
    Scene {
        name: "close-in-stages",
        title: "The same server shuts down its sending side, reads to the end, and closes then",
        view: PLAIN,
        adjust: as_usual,
        script: close_in_stages,
    },
];

/// RFC 9293 §3.6 and §3.6.1: after its FIN the client sends no more and reads on; the server sends in CLOSE-WAIT.
// ANCHOR: half_close_then_answer
fn half_close_then_answer(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        mut server,
    } = establish(net, CLIENT_ISN)?;
    net.client().run(|| client.write_all(QUESTION))?;
    net.client().note("shutdown(SHUT_WR)");
    net.client().run(|| client.shutdown(Shutdown::Write))?;
    let more = net.client().run(|| client.write(b"?"));
    note_failure(
        net.client(),
        more,
        ErrorKind::BrokenPipe,
        "send() fails: EPIPE",
    )?;
    read_to_the_end(net.server(), &mut server, QUESTION)?;
    net.server().run(|| server.write_all(ANSWER))?;
    net.server().note("close()");
    net.server().run(|| drop(server));
    read_to_the_end(net.client(), &mut client, ANSWER)
}
// ANCHOR_END: half_close_then_answer

/// The half-duplex close that RFC 9293 §3.6.1 permits: the same FIN as after a `shutdown()`, the same acknowledgment of
/// it, and a reset for the data that comes afterwards.
fn late_data_after_close(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        mut server,
    } = establish(net, CLIENT_ISN)?;
    net.client().run(|| client.write_all(QUESTION))?;
    net.client().note("close()");
    net.client().run(|| drop(client));
    read_to_the_end(net.server(), &mut server, QUESTION)?;
    net.server().run(|| server.write_all(ANSWER))?;
    net.server().note("send() has returned, as ever");
    let more = net.server().run(|| server.write(b"?"));
    note_failure(
        net.server(),
        more,
        ErrorKind::BrokenPipe,
        "the next send() fails: EPIPE",
    )
}

/// `shutdown()` for reading is no event of the protocol. Linux goes on taking in data and acknowledging it, and the
/// program can even read it.
fn shut_read_sends_nothing(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        mut server,
    } = establish(net, CLIENT_ISN)?;
    net.client().note("shutdown(SHUT_RD)");
    net.client().run(|| client.shutdown(Shutdown::Read))?;
    let read = net.client().run(|| client.read(&mut [0; 16]))?;
    net.client().note(&format!("recv() returns {read} at once"));
    net.server().run(|| server.write_all(ANSWER))?;
    let read = net.client().run(|| client.read(&mut [0; 16]))?;
    net.client().note(&format!("recv() returns {read}"));
    Ok(())
}

/// The limit is four seconds instead of sixty. The retransmission timeout is not the laboratory's 30 s: Linux keeps
/// an orphan for at least three and a half of them, whatever the limit says.
fn four_seconds(settings: Settings) -> Settings {
    repeats_after_a_second(settings).with_sysctls(&[("net.ipv4.tcp_fin_timeout", "4")])
}

/// One program shuts down its sending side and keeps its socket, another closes. Both connections are in FIN-WAIT-2, the
/// first for longer than the second. The kernel gives the second up; the standard knows no such limit.
fn fin_wait_2_timeout(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let (kept, mut to_kept) = call_from(net, CLIENT_PORT, &listener)?;
    let (closed, mut to_closed) = call_from(net, CLIENT_PORT + 1, &listener)?;
    net.client().note("shutdown(SHUT_WR), port 40000");
    net.client().run(|| kept.shutdown(Shutdown::Write))?;
    net.client().note("close(), port 40001");
    net.client().run(|| drop(closed));
    net.wait_for_states("the end of the closed connection", |states| {
        states.client.len() == 1
    });
    net.client()
        .note("tcp_fin_timeout has passed: port 40001 is gone");
    net.server().run(|| to_closed.write_all(ANSWER))?;
    net.server().run(|| to_kept.write_all(ANSWER))
}

/// RFC 9112 §9.6, the hazard: a server that closes with received data unread resets the connection
/// (RFC 9293 §3.6.1).
fn close_with_unread_request(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        server,
    } = one_request_answered(net)?;
    net.server().note("close()");
    net.server().run(|| drop(server));
    let mut response = [0; RESPONSE.len()];
    net.client().run(|| client.read_exact(&mut response))?;
    net.client().note("recv() returns the response");
    let next = net.client().run(|| client.read(&mut [0; 1]));
    note_failure(
        net.client(),
        next,
        ErrorKind::ConnectionReset,
        "the next recv() fails: ECONNRESET",
    )
}

/// RFC 9112 §9.6, the way out: a half-close, then reading until the client closes too.
fn close_in_stages(net: &mut Net) -> io::Result<()> {
    let Connection {
        listener: _listener,
        mut client,
        mut server,
    } = one_request_answered(net)?;
    net.server().note("shutdown(SHUT_WR)");
    net.server().run(|| server.shutdown(Shutdown::Write))?;
    read_to_the_end(net.client(), &mut client, RESPONSE)?;
    net.client().note("close()");
    net.client().run(|| drop(client));
    read_to_the_end(net.server(), &mut server, REQUESTS[1])?;
    net.server().note("close()");
    net.server().run(|| drop(server));
    Ok(())
}

/// The client sends two requests; the server reads one of them and answers it.
fn one_request_answered(net: &mut Net) -> io::Result<Connection> {
    let mut connection = establish(net, CLIENT_ISN)?;
    for request in REQUESTS {
        net.client().run(|| connection.client.write_all(request))?;
    }
    let mut first = [0; REQUESTS[0].len()];
    net.server()
        .run(|| connection.server.read_exact(&mut first))?;
    net.server().note("recv() returns the first request");
    net.server().run(|| connection.server.write_all(RESPONSE))?;
    Ok(connection)
}

/// The host's program reads until the other side has finished; writes down how much that was, and fails if it was not
/// what was sent.
fn read_to_the_end(mut host: HostHandle<'_>, from: &mut Socket, sent: &[u8]) -> io::Result<()> {
    let mut read = Vec::new();
    host.run(|| from.read_to_end(&mut read))?;
    if read != sent {
        return Err(io::Error::other("what was read is not what was sent"));
    }
    host.note(&format!("recv() returns {}, then 0: the end", sent.len()));
    Ok(())
}
