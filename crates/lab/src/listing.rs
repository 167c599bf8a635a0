//! A host's own list of its TCP sockets, with the timers that run for them: `/proc/net/tcp`, the list behind `netstat`.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;
use std::{fs, io};

use trace::{Socket, State};

use crate::sockets;

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Both ends, and the state.
    pub socket: Socket,
    /// How long until the kernel's timer for this socket runs out, in steps of a hundredth of a second; `None` if none runs.
    pub timer: Option<Duration>,
    /// The number of the file that a program holds; 0 for a socket that belongs to no program.
    pub inode: u64,
}

/// What the kernel lists for the host of the calling program: every TCP socket over IPv4, sorted by both ends.
///
/// # Errors
/// The list cannot be read, or has a line of an unknown form.
pub fn listing() -> io::Result<Vec<Listed>> {
    let list = fs::read_to_string("/proc/thread-self/net/tcp")?;
    let mut sockets: Vec<Listed> = list
        .lines()
        .skip(1)
        .map(|line| listed(line).ok_or_else(|| io::Error::other(format!("unreadable: {line}"))))
        .collect::<io::Result<_>>()?;
    sockets.sort_unstable_by_key(|listed| listed.socket);
    Ok(sockets)
}

/// A line: its number, both ends, the state, two queues, the timer's kind and time, and further on the inode.
fn listed(line: &str) -> Option<Listed> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let state = sockets::state(u8::from_str_radix(fields.get(3)?, 16).ok()?)?;
    let (kind, hundredths) = fields.get(5)?.split_once(':')?;
    let hundredths = u64::from_str_radix(hundredths, 16).ok()?;
    Some(Listed {
        socket: Socket {
            local: end(fields.get(1)?)?,
            remote: if state == State::Listen {
                None
            } else {
                Some(end(fields.get(2)?)?)
            },
            state,
        },
        timer: (kind != "00").then(|| Duration::from_millis(10 * hundredths)),
        inode: fields.get(9)?.parse().ok()?,
    })
}

/// An address as the kernel has it in memory, on machines that are little-endian, and a port.
fn end(text: &str) -> Option<SocketAddrV4> {
    let (address, port) = text.split_once(':')?;
    let address = u32::from_str_radix(address, 16).ok()?;
    let port = u16::from_str_radix(port, 16).ok()?;
    Some(SocketAddrV4::new(
        Ipv4Addr::from(address.to_le_bytes()),
        port,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_both_ends_the_state_the_timer_and_the_owner() {
        let line = "   1: 0100000A:9C40 0200000A:0050 06 00000000:00000000 03:0000176F 00000000     0        0 0 3 0000000000000000";
        let expected = Listed {
            socket: Socket {
                local: SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 1), 40000),
                remote: Some(SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 2), 80)),
                state: State::TimeWait,
            },
            timer: Some(Duration::from_millis(59_990)),
            inode: 0,
        };
        assert_eq!(listed(line), Some(expected));
    }

    #[test]
    fn a_line_of_another_form_is_not_taken_for_one() {
        for line in [
            "",
            "1: x y z",
            "  sl  local_address rem_address   st tx_queue",
        ] {
            assert_eq!(listed(line), None);
        }
    }
}
