//! TCP Fast Open (RFC 7413): a request that travels on the SYN. The kernels of a lab have it off until a
//! scene sets `net.ipv4.tcp_fastopen`.

use std::io;
use std::os::fd::AsFd;

use socket2::Socket;

use crate::option;

/// Lets a socket that is about to listen give data that came with a valid cookie to its program at once;
/// `waiting` such connections may be half-open.
///
/// # Errors
/// Those of `setsockopt()`.
pub fn accept_data_on_syn(listener: &Socket, waiting: i32) -> io::Result<()> {
    option::set(
        listener.as_fd(),
        libc::IPPROTO_TCP,
        libc::TCP_FASTOPEN,
        waiting,
    )
}

/// Lets a socket that is about to `connect()` use Fast Open. With a cookie from an earlier connection
/// `connect()` returns at once and the first `write()` sends the SYN, with the data; without one the SYN asks for
/// a cookie.
///
/// # Errors
/// Those of `setsockopt()`.
pub fn send_data_on_syn(socket: &Socket) -> io::Result<()> {
    option::set(
        socket.as_fd(),
        libc::IPPROTO_TCP,
        libc::TCP_FASTOPEN_CONNECT,
        1,
    )
}
