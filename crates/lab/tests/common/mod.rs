#![allow(dead_code, reason = "each test program uses some of it")]
//! What the programs in these tests do.

use std::io;

use lab::peer::{call_from, listen};
use lab::{Net, addresses};
use socket2::Socket;

/// The listener, the client's end and the server's end of a new connection to port 80.
pub(crate) fn establish(net: &mut Net) -> io::Result<(Socket, Socket, Socket)> {
    establish_at(net, 80)
}

/// The same to another port.
pub(crate) fn establish_at(net: &mut Net, port: u16) -> io::Result<(Socket, Socket, Socket)> {
    let listener = net.server().run(|| listen(addresses::server(port)))?;
    let (client, server) = call_from(net, 40000, &listener)?;
    Ok((listener, client, server))
}
