//! Offloads, turned off: what a real network card would do to segments on their way.
//!
//! With checksum offload a captured checksum is not yet computed; with segmentation offload one captured
//! "segment" is larger than the MSS. Both would make the recordings untrue.
#![allow(unsafe_code, reason = "SIOCETHTOOL takes pointers to C structures")]

use std::io;
use std::os::fd::AsRawFd;

use socket2::{Domain, Socket, Type};

use crate::refusal::{Call, Refusal};

const ETHTOOL_SRXCSUM: u32 = 0x15;
const ETHTOOL_STXCSUM: u32 = 0x17;
const ETHTOOL_STSO: u32 = 0x1f;
const ETHTOOL_SGSO: u32 = 0x24;
const ETHTOOL_SGRO: u32 = 0x2c;

/// `struct ethtool_value` of linux/ethtool.h.
#[repr(C)]
struct EthtoolValue {
    cmd: u32,
    data: u32,
}

/// Turns all of them off on an interface of the calling thread's network namespace.
pub(crate) fn turn_off(interface: &str) -> Result<(), Refusal> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)
        .map_err(|error| Refusal::new(Call::Offload, error))?;
    for cmd in [
        ETHTOOL_SRXCSUM,
        ETHTOOL_STXCSUM,
        ETHTOOL_STSO,
        ETHTOOL_SGSO,
        ETHTOOL_SGRO,
    ] {
        match set(&socket, interface, &mut EthtoolValue { cmd, data: 0 }) {
            // The kernel fixes this one for veth on some versions; what it fixes is off already or harmless.
            Err(error)
                if error.raw_os_error() == Some(libc::EOPNOTSUPP) && cmd == ETHTOOL_SRXCSUM => {}
            result => result.map_err(|error| Refusal::new(Call::Offload, error))?,
        }
    }
    Ok(())
}

fn set(socket: &Socket, interface: &str, value: &mut EthtoolValue) -> io::Result<()> {
    // SAFETY: all-zero bytes are a valid `ifreq`: an empty name and a null pointer.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    // One octet is left for the terminating zero.
    for (to, from) in request
        .ifr_name
        .iter_mut()
        .take(libc::IFNAMSIZ - 1)
        .zip(interface.bytes())
    {
        *to = from as libc::c_char;
    }
    request.ifr_ifru.ifru_data = std::ptr::from_mut(value).cast();
    // SAFETY: the socket is open, and `request` and the `value` that it points to live through the call.
    let result = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCETHTOOL, &raw mut request) };
    if result == -1 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}
