//! What a kernel says of its TCP sockets, by sock_diag: the states in a ladder.

use std::io;
use std::net::{IpAddr, SocketAddrV4};

use netlink_packet_core::{NLM_F_DUMP, NLM_F_REQUEST, NetlinkMessage, NetlinkPayload};
use netlink_packet_sock_diag::SockDiagMessage;
use netlink_packet_sock_diag::constants::{AF_INET, IPPROTO_TCP};
use netlink_packet_sock_diag::inet::{
    ExtensionFlags, InetRequest, InetResponseHeader, SocketId, StateFlags,
};
use netlink_sys::{Socket as Netlink, SocketAddr, protocols::NETLINK_SOCK_DIAG};
use trace::{Socket, State};

use crate::refusal::{Call, Refusal};

/// A connection to the socket list of one network namespace: the one in which it was opened.
pub(crate) struct SocketList(Netlink);

impl SocketList {
    /// Opens it for the network namespace of the calling thread.
    pub(crate) fn open() -> Result<SocketList, Refusal> {
        let open = || {
            let mut socket = Netlink::new(NETLINK_SOCK_DIAG)?;
            socket.bind_auto()?;
            socket.connect(&SocketAddr::new(0, 0))?;
            Ok(socket)
        };
        // Read once, so that a kernel without the listing of TCP sockets is found out here.
        open()
            .map(SocketList)
            .and_then(|list| list.read().map(|_| list))
            .map_err(|error| Refusal::new(Call::SockDiag, error))
    }

    /// Every TCP socket over IPv4 with its state, sorted.
    pub(crate) fn read(&self) -> io::Result<Vec<Socket>> {
        let request = InetRequest {
            family: AF_INET,
            protocol: IPPROTO_TCP,
            extensions: ExtensionFlags::empty(),
            states: StateFlags::all(),
            socket_id: SocketId::new_v4(),
        };
        let mut packet = NetlinkMessage::from(SockDiagMessage::InetRequest(request));
        packet.header.flags = NLM_F_REQUEST | NLM_F_DUMP;
        packet.finalize();
        let mut bytes = vec![0; packet.buffer_len()];
        packet.serialize(&mut bytes);
        self.0.send(&bytes, 0)?;

        let mut sockets = Vec::new();
        loop {
            let (datagram, _) = self.0.recv_from_full()?;
            let mut rest = datagram.as_slice();
            while !rest.is_empty() {
                let message = NetlinkMessage::<SockDiagMessage>::deserialize(rest)
                    .map_err(io::Error::other)?;
                match message.payload {
                    NetlinkPayload::Done(_) => {
                        sockets.sort_unstable();
                        return Ok(sockets);
                    }
                    NetlinkPayload::Error(error) => return Err(error.to_io()),
                    NetlinkPayload::InnerMessage(SockDiagMessage::InetResponse(response)) => {
                        sockets.extend(socket(&response.header));
                    }
                    _ => {}
                }
                // Messages in a datagram are aligned to four octets.
                let length = (message.header.length as usize).next_multiple_of(4);
                rest = rest.get(length..).unwrap_or_default();
            }
        }
    }
}

/// One line of the list; `None` for a socket that is bound and no more.
fn socket(header: &InetResponseHeader) -> Option<Socket> {
    let state = state(header.state)?;
    let id = &header.socket_id;
    let (IpAddr::V4(local), IpAddr::V4(remote)) = (id.source_address, id.destination_address)
    else {
        return None;
    };
    Some(Socket {
        local: SocketAddrV4::new(local, id.source_port),
        remote: (state != State::Listen).then(|| SocketAddrV4::new(remote, id.destination_port)),
        state,
    })
}

/// Linux's numbers for the states (`enum` in include/net/tcp_states.h). A connection that is not yet
/// accepted by the handshake has 3 or 12 by the kernel's version: both are SYN-RECEIVED.
pub(crate) fn state(number: u8) -> Option<State> {
    Some(match number {
        1 => State::Established,
        2 => State::SynSent,
        3 | 12 => State::SynReceived,
        4 => State::FinWait1,
        5 => State::FinWait2,
        6 => State::TimeWait,
        8 => State::CloseWait,
        9 => State::LastAck,
        10 => State::Listen,
        11 => State::Closing,
        _ => return None,
    })
}
