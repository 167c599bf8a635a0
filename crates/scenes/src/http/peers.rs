//! What several chapters' programs do: hyper's usual server and client, and reading messages by hand.

use std::io::{self, BufRead, ErrorKind, Read};

use lab::peer::connect;
use lab::{Net, Task, addresses};
use socket2::Socket;
use web::Client;
use web::server::whole;

use crate::programs::PORT;

/// hyper's server, which takes so many connections and answers every request with its target.
pub(super) fn serve_targets(
    net: &mut Net,
    listener: Socket,
    connections: usize,
) -> Task<io::Result<()>> {
    net.server().start(move || {
        web::serve(listener, connections, |request| async move {
            whole(format!("this is {}", request.uri()))
        })
    })
}

/// A new connection from that port, for a program that makes its calls itself.
pub(super) fn connected(net: &mut Net, port: u16) -> io::Result<Socket> {
    net.client()
        .run(|| connect(addresses::client(port), addresses::server(PORT)))
}

/// hyper's client on a new connection.
pub(super) fn hyper(port: u16) -> io::Result<Client> {
    Client::over(connect(addresses::client(port), addresses::server(PORT))?)
}

/// Reads as far as a text that stands at the end of a message.
pub(super) fn read_until(socket: &mut Socket, end: &str) -> io::Result<String> {
    let mut read = Vec::new();
    while !read.ends_with(end.as_bytes()) {
        let mut buffer = [0; 1024];
        match socket.read(&mut buffer)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            length => read.extend_from_slice(&buffer[..length]),
        }
    }
    String::from_utf8(read).map_err(io::Error::other)
}

/// A response by a server that does without hyper.
pub(super) fn response(content: &str) -> String {
    let length = content.len();
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{content}")
}

/// Reads a response, of which the field `content-length` says where it ends.
// ANCHOR: read_response
pub(super) fn read_response(server: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut content = vec![0; read_head(server)?];
    server.read_exact(&mut content)?;
    Ok(content)
}
// ANCHOR_END: read_response

/// Reads a head, and returns what its field `content-length` says; 0 without the field. The heads of these scenes are short.
pub(super) fn read_head(peer: &mut impl BufRead) -> io::Result<usize> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        peer.take(1_000).read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
            None if line == "\r\n" => return Ok(length),
            None if line.is_empty() => return Err(ErrorKind::UnexpectedEof.into()),
            _ => {}
        }
    }
}
