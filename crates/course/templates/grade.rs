//! What the wire saw of your code.

// WRITE: two to six tests whose names are sentences about the protocol; each says on failure what was expected, and why

use std::io::{self, Read};
use std::net::SocketAddr;

use grade::expect_ladder;
use lab::{Lab, Net, addresses, peer};
use socket2::Socket;

use @LIB@::say;

const PORT: u16 = 80;
const CLIENT_PORT: u16 = 40000;
const WORD: &[u8] = b"hello";

/// A server listens, and the client says the word to it: both ends of the connection.
fn said(net: &mut Net) -> io::Result<(Socket, Socket)> {
    let from: SocketAddr = addresses::client(CLIENT_PORT);
    let to: SocketAddr = addresses::server(PORT);
    let listener = net.server().run(|| peer::listen(to))?;
    let client = net.client().run(|| say(WORD, from, to))?;
    let server = net.server().run(|| peer::accept(&listener))?;
    Ok((client, server))
}

#[test]
fn the_word_arrives() {
    Lab::run(|net| {
        let (_client, mut server) = said(net)?;
        let mut word = [0; WORD.len()];
        net.server().run(|| server.read_exact(&mut word))?;
        assert_eq!(
            word, WORD,
            "the server should read the word that the client was given"
        );
        io::Result::Ok(())
    });
}

// The ladder is compared with tests/snapshots/one-word.snap. To write a snapshot anew:
// INSTA_UPDATE=always cargo test -p @SLUG@-solution
#[test]
fn one_word_is_one_segment() {
    let trace = Lab::run(|net| {
        let (_client, mut server) = said(net)?;
        net.server().run(|| server.read_exact(&mut [0; WORD.len()]))
    });
    expect_ladder!("one-word", "RFC 9293 section 3.9.1.2", trace);
}
