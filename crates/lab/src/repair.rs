//! A chosen initial sequence number, so that a scene can use the numbers of the RFC's figures.

use std::io;
use std::os::fd::AsFd;

use socket2::Socket;

use crate::option;

// linux/tcp.h; not all of them are in libc.
const TCP_REPAIR: libc::c_int = 19;
const TCP_REPAIR_QUEUE: libc::c_int = 20;
const TCP_QUEUE_SEQ: libc::c_int = 21;
const TCP_REPAIR_ON: libc::c_int = 1;
/// Off, without the window probe that `TCP_REPAIR_OFF` would send.
const TCP_REPAIR_OFF_NO_WP: libc::c_int = -1;
const TCP_SEND_QUEUE: libc::c_int = 2;

/// Makes `isn` the initial sequence number of a socket that is about to `connect()`: the kernel keeps a
/// number that is there already. It must not be 0. A listening socket has no such choice.
///
/// # Errors
/// Those of `setsockopt()`; `EPERM` outside a lab.
pub fn choose_initial_sequence_number(socket: &Socket, isn: u32) -> io::Result<()> {
    set(socket, TCP_REPAIR, TCP_REPAIR_ON)?;
    set(socket, TCP_REPAIR_QUEUE, TCP_SEND_QUEUE)?;
    set(socket, TCP_QUEUE_SEQ, isn.cast_signed())?;
    set(socket, TCP_REPAIR, TCP_REPAIR_OFF_NO_WP)
}

fn set(socket: &Socket, name: libc::c_int, value: libc::c_int) -> io::Result<()> {
    option::set(socket.as_fd(), libc::IPPROTO_TCP, name, value)
}

/// Closes a socket and leaves the other end in the belief that the connection exists: what a reboot does.
///
/// # Errors
/// Those of `setsockopt()`; `EPERM` outside a lab.
pub fn forget(socket: Socket) -> io::Result<()> {
    set(&socket, TCP_REPAIR, TCP_REPAIR_ON)
    // Closed in this mode, it says nothing.
}
