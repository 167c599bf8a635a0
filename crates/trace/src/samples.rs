//! What the unit tests of several modules start from.

use std::net::{Ipv4Addr, SocketAddrV4};

use crate::frame::MacAddress;
use crate::state::{Socket, State, States};
use crate::{ControlBits, Event, Fate, Origin, Row, Segment, SeqNumber, Side, build};

pub(crate) const CLIENT: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 1), 40000);
pub(crate) const SERVER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 2), 80);
pub(crate) const CLIENT_MAC: MacAddress = MacAddress([2, 0, 0, 0, 0, 1]);
pub(crate) const SERVER_MAC: MacAddress = MacAddress([2, 0, 0, 0, 0, 2]);

/// A segment without options and payload; fields that a test does not care about are zero.
pub(crate) fn segment(
    source: SocketAddrV4,
    destination: SocketAddrV4,
    control: ControlBits,
    sequence: u32,
) -> Segment {
    Segment {
        source,
        destination,
        sequence: SeqNumber(sequence),
        acknowledgment: SeqNumber(0),
        data_offset: 5,
        reserved: 0,
        control,
        window: 1000,
        checksum: 0,
        checksum_ok: true,
        urgent_pointer: 0,
        options: Vec::new(),
        payload: Vec::new(),
    }
}

pub(crate) fn client_segment(control: ControlBits, sequence: u32) -> Segment {
    segment(CLIENT, SERVER, control, sequence)
}

pub(crate) fn server_segment(control: ControlBits, sequence: u32) -> Segment {
    segment(SERVER, CLIENT, control, sequence)
}

/// The frame that carries the segment, from the side that the segment's source address names.
pub(crate) fn frame_of(segment: &Segment) -> Vec<u8> {
    if segment.source.ip() == CLIENT.ip() {
        build::frame(CLIENT_MAC, SERVER_MAC, segment)
    } else {
        build::frame(SERVER_MAC, CLIENT_MAC, segment)
    }
}

/// A row that shows the segment, with the connection in these states on both sides.
pub(crate) fn row(
    segment: &Segment,
    origin: Origin,
    fate: Fate,
    client: State,
    server: State,
) -> Row {
    let from = if segment.source.ip() == CLIENT.ip() {
        Side::Client
    } else {
        Side::Server
    };
    let event = Event::Frame {
        time: 0,
        from,
        origin,
        fate,
        altered: false,
        bytes: frame_of(segment),
    };
    Row {
        event,
        states: states(client, server),
    }
}

/// The sockets of the sample connection; CLOSED is no socket.
pub(crate) fn states(client: State, server: State) -> States {
    States {
        client: sockets(CLIENT, SERVER, client),
        server: sockets(SERVER, CLIENT, server),
    }
}

fn sockets(local: SocketAddrV4, remote: SocketAddrV4, state: State) -> Vec<Socket> {
    match state {
        State::Closed => Vec::new(),
        State::Listen => vec![Socket {
            local,
            remote: None,
            state,
        }],
        _ => vec![Socket {
            local,
            remote: Some(remote),
            state,
        }],
    }
}
