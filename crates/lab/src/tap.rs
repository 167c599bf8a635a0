//! The wire's hold on one cable: an `AF_PACKET` socket on the far end of a host's `eth0`.
#![allow(
    unsafe_code,
    reason = "socket2 leaves link-layer addresses and packet options to the C structures"
)]

use std::io::{self, Read, Write};
use std::mem::{self, MaybeUninit};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use crate::option;
use crate::refusal::{Call, Refusal};

/// `PACKET_IGNORE_OUTGOING` (Linux 4.20): do not give this socket what it sent itself.
const PACKET_IGNORE_OUTGOING: libc::c_int = 23;

/// Larger than any frame of an interface whose MTU is 1500.
const LARGEST_FRAME: usize = 2048;

/// Receives every frame that a host sends, and sends frames to that host.
pub(crate) struct Tap(Socket);

impl Tap {
    /// Opens it on the interface of that index in the calling thread's network namespace.
    pub(crate) fn open(index: u32) -> Result<Tap, Refusal> {
        Tap::open_packet_socket(index)
            .map(Tap)
            .map_err(|error| Refusal::new(Call::PacketSocket, error))
    }

    fn open_packet_socket(index: u32) -> io::Result<Socket> {
        let every_protocol = (libc::ETH_P_ALL as u16).to_be();
        // Protocol 0 until the socket is bound: it must not see the frames of other interfaces.
        let socket = Socket::new(Domain::PACKET, Type::RAW, Some(Protocol::from(0)))?;
        option::set(socket.as_fd(), libc::SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)?;
        socket.set_nonblocking(true)?;
        let mut address = link_layer_address();
        address.sll_protocol = every_protocol;
        address.sll_ifindex = index as libc::c_int;
        socket.bind(&into_socket_address(address))?;
        Ok(socket)
    }

    /// The next frame that the host has sent, if one is waiting.
    pub(crate) fn receive(&self) -> io::Result<Option<Vec<u8>>> {
        let mut frame = vec![0; LARGEST_FRAME];
        match (&self.0).read(&mut frame) {
            Ok(length) => {
                frame.truncate(length);
                Ok(Some(frame))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Gives the host a frame.
    pub(crate) fn send(&self, frame: &[u8]) -> io::Result<()> {
        (&self.0).write(frame).map(drop)
    }

    /// How many frames the kernel had to drop because this socket was full, since the last call.
    pub(crate) fn dropped(&self) -> io::Result<u32> {
        // SAFETY: `tpacket_stats` is two integers, for which all-zero bytes are valid.
        let mut stats: libc::tpacket_stats = unsafe { mem::zeroed() };
        let mut length = mem::size_of_val(&stats) as libc::socklen_t;
        // SAFETY: the pointers are to a structure of the stated length, which lives through the call.
        let result = unsafe {
            libc::getsockopt(
                self.0.as_raw_fd(),
                libc::SOL_PACKET,
                libc::PACKET_STATISTICS,
                (&raw mut stats).cast(),
                &raw mut length,
            )
        };
        if result == -1 {
            Err(io::Error::last_os_error())
        } else {
            Ok(stats.tp_drops)
        }
    }
}

impl AsFd for Tap {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

fn link_layer_address() -> libc::sockaddr_ll {
    // SAFETY: `sockaddr_ll` is integers and an array of octets, for which all-zero bytes are valid.
    let mut address: libc::sockaddr_ll = unsafe { mem::zeroed() };
    address.sll_family = libc::AF_PACKET as u16;
    address
}

fn into_socket_address(address: libc::sockaddr_ll) -> SockAddr {
    // SAFETY: the storage is large enough for every kind of address, and the closure fills as many
    // octets of it as the length says.
    let (_, address) = unsafe {
        SockAddr::try_init(|storage, length| {
            storage
                .cast::<MaybeUninit<libc::sockaddr_ll>>()
                .write(MaybeUninit::new(address));
            *length = mem::size_of::<libc::sockaddr_ll>() as libc::socklen_t;
            Ok(())
        })
    }
    .expect("the closure never fails");
    address
}
