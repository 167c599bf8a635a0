//! Socket options that socket2 does not have.
#![allow(unsafe_code, reason = "setsockopt() takes a pointer and a length")]

use std::os::fd::{AsRawFd, BorrowedFd};
use std::{io, mem};

/// Sets an option whose value is one integer.
pub(crate) fn set(
    socket: BorrowedFd<'_>,
    level: libc::c_int,
    name: libc::c_int,
    value: libc::c_int,
) -> io::Result<()> {
    // SAFETY: the pointer is to an integer of the stated length, which lives through the call.
    let result = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            level,
            name,
            (&raw const value).cast(),
            mem::size_of_val(&value) as libc::socklen_t,
        )
    };
    if result == -1 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}
