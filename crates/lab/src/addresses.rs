//! The addresses of the two hosts (RFC 5737 sets 192.0.2.0/24 aside for documentation).

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

use trace::Side;
use trace::frame::MacAddress;

/// The client's address.
pub const CLIENT: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);

/// The server's address.
pub const SERVER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 2);

/// The wire's own address, which no host has: a router's, where a script lets one speak. The wire also asks from it whether
/// a host has finished.
pub const WIRE: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 254);

/// The Ethernet address that goes with [`WIRE`].
pub(crate) const WIRE_MAC: MacAddress = MacAddress([0x02, 0, 0, 0, 0, 0xfe]);

/// The address of one host.
#[must_use]
pub fn address(side: Side) -> Ipv4Addr {
    match side {
        Side::Client => CLIENT,
        Side::Server => SERVER,
    }
}

/// A port of the client, in the form that `socket2` and `std::net` take.
#[must_use]
pub fn client(port: u16) -> SocketAddr {
    SocketAddrV4::new(CLIENT, port).into()
}

/// A port of the server.
#[must_use]
pub fn server(port: u16) -> SocketAddr {
    SocketAddrV4::new(SERVER, port).into()
}

/// The Ethernet address of one host's `eth0`.
#[must_use]
pub fn mac(side: Side) -> MacAddress {
    match side {
        Side::Client => MacAddress([0x02, 0, 0, 0, 0, 1]),
        Side::Server => MacAddress([0x02, 0, 0, 0, 0, 2]),
    }
}
