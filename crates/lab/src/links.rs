//! Links, addresses, routes and neighbours, by rtnetlink.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::{AsRawFd, BorrowedFd};

use netlink_packet_core::{
    NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REQUEST, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_route::address::{AddressAttribute, AddressFlags, AddressMessage};
use netlink_packet_route::link::{
    InfoData, InfoKind, InfoVeth, LinkAttribute, LinkFlags, LinkInfo, LinkMessage,
};
use netlink_packet_route::neighbour::{
    NeighbourAddress, NeighbourAttribute, NeighbourMessage, NeighbourState,
};
use netlink_packet_route::route::{
    RouteAddress, RouteAttribute, RouteHeader, RouteMessage, RouteMetric, RouteProtocol,
    RouteScope, RouteType,
};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};
use trace::frame::MacAddress;

use crate::refusal::{Call, Refusal};

/// The number of `RTAX_RTO_MIN`: a metric whose bit in `RTAX_LOCK` makes TCP obey it.
const RTAX_RTO_MIN: u32 = 13;

/// A connection to the routing part of one network namespace: the one in which it was opened.
pub(crate) struct Links(Socket);

impl Links {
    /// Opens it for the network namespace of the calling thread.
    pub(crate) fn open() -> Result<Links, Refusal> {
        let open = || {
            let mut socket = Socket::new(NETLINK_ROUTE)?;
            socket.bind_auto()?;
            socket.connect(&SocketAddr::new(0, 0))?;
            Ok(socket)
        };
        open()
            .map(Links)
            .map_err(|error| Refusal::new(Call::Netlink, error))
    }

    /// Creates a veth pair: `near` here, and `eth0` in the namespace `far` with the address `mac`.
    pub(crate) fn add_veth(
        &self,
        near: &str,
        far: BorrowedFd<'_>,
        mac: MacAddress,
    ) -> Result<(), Refusal> {
        let mut peer = LinkMessage::default();
        peer.attributes = vec![
            LinkAttribute::IfName("eth0".to_owned()),
            LinkAttribute::Address(mac.0.to_vec()),
            LinkAttribute::NetNsFd(far.as_raw_fd()),
        ];
        let mut link = LinkMessage::default();
        link.attributes = vec![
            LinkAttribute::IfName(near.to_owned()),
            LinkAttribute::LinkInfo(vec![
                LinkInfo::Kind(InfoKind::Veth),
                LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(peer))),
            ]),
        ];
        self.request(
            RouteNetlinkMessage::NewLink(link),
            NLM_F_CREATE | NLM_F_EXCL,
        )
        .map_err(|error| Refusal::new(Call::Veth, error))
    }

    /// Brings an interface up.
    pub(crate) fn up(&self, index: u32) -> Result<(), Refusal> {
        let mut link = LinkMessage::default();
        link.header.index = index;
        link.header.flags = LinkFlags::Up;
        link.header.change_mask = LinkFlags::Up;
        self.request(RouteNetlinkMessage::SetLink(link), 0)
            .map_err(|error| Refusal::new(Call::LinkUp, error))
    }

    /// Gives an interface an address, without the route that the kernel would add by itself.
    pub(crate) fn add_address(&self, index: u32, address: Ipv4Addr) -> Result<(), Refusal> {
        let mut message = AddressMessage::default();
        message.header.family = AddressFamily::Inet;
        message.header.prefix_len = 24;
        message.header.index = index;
        message.attributes = vec![
            AddressAttribute::Local(IpAddr::V4(address)),
            AddressAttribute::Address(IpAddr::V4(address)),
            AddressAttribute::Flags(AddressFlags::Noprefixroute),
        ];
        self.configure(RouteNetlinkMessage::NewAddress(message))
    }

    /// The route to the lab's network, 192.0.2.0/24, with the metrics that keep most of TCP's timers out of a script.
    pub(crate) fn add_route(
        &self,
        index: u32,
        source: Ipv4Addr,
        metrics: Metrics,
    ) -> Result<(), Refusal> {
        let mut message = RouteMessage::default();
        message.header = RouteHeader {
            address_family: AddressFamily::Inet,
            destination_prefix_length: 24,
            table: RouteHeader::RT_TABLE_MAIN,
            protocol: RouteProtocol::Static,
            scope: RouteScope::Link,
            kind: RouteType::Unicast,
            ..RouteHeader::default()
        };
        let mut told = vec![
            RouteMetric::Lock(1 << RTAX_RTO_MIN),
            RouteMetric::RtoMin(metrics.rto_min_ms),
            RouteMetric::QuickAck(u32::from(metrics.quickack)),
            RouteMetric::Window(metrics.largest_window),
        ];
        told.extend(
            metrics
                .announced_mss
                .map(|mss| RouteMetric::Advmss(mss.into())),
        );
        message.attributes = vec![
            RouteAttribute::Destination(RouteAddress::Inet(Ipv4Addr::new(192, 0, 2, 0))),
            RouteAttribute::Oif(index),
            RouteAttribute::PrefSource(RouteAddress::Inet(source)),
            RouteAttribute::Metrics(told),
        ];
        self.configure(RouteNetlinkMessage::NewRoute(message))
    }

    /// Tells a host a neighbour's Ethernet address for good, so that it need not ask by ARP.
    pub(crate) fn add_neighbour(
        &self,
        index: u32,
        address: Ipv4Addr,
        mac: MacAddress,
    ) -> Result<(), Refusal> {
        let mut message = NeighbourMessage::default();
        message.header.family = AddressFamily::Inet;
        message.header.ifindex = index;
        message.header.state = NeighbourState::Permanent;
        message.attributes = vec![
            NeighbourAttribute::Destination(NeighbourAddress::Inet(address)),
            NeighbourAttribute::LinkLayerAddress(mac.0.to_vec()),
        ];
        self.configure(RouteNetlinkMessage::NewNeighbour(message))
    }

    fn configure(&self, message: RouteNetlinkMessage) -> Result<(), Refusal> {
        self.request(message, NLM_F_CREATE | NLM_F_EXCL)
            .map_err(|error| Refusal::new(Call::Route, error))
    }

    /// Sends one request and waits for the kernel's verdict on it.
    fn request(&self, message: RouteNetlinkMessage, flags: u16) -> io::Result<()> {
        let mut packet = NetlinkMessage::from(message);
        packet.header.flags = NLM_F_REQUEST | NLM_F_ACK | flags;
        packet.finalize();
        let mut bytes = vec![0; packet.buffer_len()];
        packet.serialize(&mut bytes);
        self.0.send(&bytes, 0)?;
        let (answer, _) = self.0.recv_from_full()?;
        let answer = NetlinkMessage::<RouteNetlinkMessage>::deserialize(&answer)
            .map_err(io::Error::other)?;
        match answer.payload {
            NetlinkPayload::Error(verdict) if verdict.code.is_some() => Err(verdict.to_io()),
            NetlinkPayload::Error(_) => Ok(()),
            other => Err(io::Error::other(format!("the kernel answered {other:?}"))),
        }
    }
}

/// What the route tells TCP.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Metrics {
    /// Acknowledge at once (`quickack 1`); otherwise the kernel may wait about 40 ms for company.
    pub(crate) quickack: bool,
    /// The least time before a retransmission, in milliseconds.
    pub(crate) rto_min_ms: u32,
    /// No window grows beyond this many octets. The window scale in a SYN is chosen by it; otherwise it would depend on
    /// `net.core.rmem_max` too, a setting of the whole machine.
    pub(crate) largest_window: u32,
    /// The MSS to announce (`advmss`), where the MTU is not to decide.
    pub(crate) announced_mss: Option<u16>,
}
