//! What the laboratories of both sides need.

use std::io;

use lab::{Net, Side, addresses, peer};
use socket2::Socket;
use trace::Segment;

pub(crate) const PORT: u16 = 80;
pub(crate) const CLIENT_PORT: u16 = 40000;

pub(crate) fn listen(net: &mut Net) -> io::Result<Socket> {
    net.server().run(|| peer::listen(addresses::server(PORT)))
}

/// Whether one side has sent such a segment on the connection from that port of the client's.
pub(crate) fn sent(net: &Net, from: Side, port: u16, such: impl Fn(&Segment) -> bool) -> bool {
    let mut sent = net.trace().sent_by(from);
    sent.any(|segment| segment.has_port(port) && such(&segment))
}
