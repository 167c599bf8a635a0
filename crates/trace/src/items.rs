//! What a ladder shows of one frame.

use crate::exchange::{Numbering, Payload, Side, View};
use crate::frame::{Arp, Body, Frame, Packet, Transport};
use crate::ladder::{Column, Item};
use crate::numbering::{Connection, Zeros};
use crate::{ControlBits, DecodeError, Segment, SeqNumber, TcpOption};

/// How many octets of a payload a ladder shows.
const PAYLOAD_SHOWN: usize = 32;

impl Item {
    fn same(column: Column, name: &'static str, value: impl ToString) -> Item {
        let shown = value.to_string();
        Item {
            column,
            name,
            absolute: shown.clone(),
            shown,
        }
    }

    /// What a segment carries.
    pub(crate) fn payload(text: String) -> Item {
        Item::same(Column::Payload, "", text)
    }

    pub(crate) fn altered() -> Item {
        Item::same(Column::Altered, "", "altered")
    }
}

/// A segment's items. `many` says whether the trace has several connections.
pub(crate) fn of_segment(
    view: &View,
    zeros: &Zeros,
    many: bool,
    from: Side,
    segment: &Segment,
) -> Vec<Item> {
    let connection = Connection::of(segment, from);
    let number = |column, name, side, number: SeqNumber| Item {
        column,
        name,
        shown: zeros.shown(view, connection, side, number),
        absolute: number.to_string(),
    };
    let mut items = vec![Item::same(Column::Control, "", segment.control)];
    if many {
        items.push(Item::same(Column::Port, "port", connection.client.port()));
    }
    items.push(number(Column::Sequence, "seq", from, segment.sequence));
    if segment.control.contains(ControlBits::ACK) {
        items.push(number(
            Column::Acknowledgment,
            "ack",
            from.other(),
            segment.acknowledgment,
        ));
    }
    if !segment.payload.is_empty() {
        items.push(Item::same(Column::Length, "len", segment.payload.len()));
    }
    if segment.control.contains(ControlBits::URG) {
        items.push(Item::same(Column::Urgent, "urg", segment.urgent_pointer));
    }
    if view.window {
        items.push(Item::same(Column::Window, "win", segment.window));
    }
    for option in &segment.options {
        if let TcpOption::MaximumSegmentSize(size) = option {
            if view.mss {
                items.push(Item::same(Column::MaximumSegmentSize, "mss", size));
            }
        } else if view.options {
            items.extend(of_option(view, zeros, connection, from, option));
        }
    }
    if view.payload == Payload::Text && !segment.payload.is_empty() {
        items.push(Item::payload(quoted(&segment.payload)));
    }
    items
}

/// An option by its name. Values that differ from run to run, such as timestamps and cookies, are
/// left to [`Item::absolute`].
fn of_option(
    view: &View,
    zeros: &Zeros,
    connection: Connection,
    from: Side,
    option: &TcpOption,
) -> Option<Item> {
    let same = |name, value: String| Some(Item::same(Column::Options, name, value));
    let hidden = |shown: &str, value: String| {
        Some(Item {
            column: Column::Options,
            name: "",
            shown: shown.to_owned(),
            absolute: format!("{shown}={value}"),
        })
    };
    match option {
        TcpOption::EndOfOptionList | TcpOption::NoOperation | TcpOption::MaximumSegmentSize(_) => {
            None
        }
        TcpOption::WindowScale(shift) => same("wscale", shift.to_string()),
        TcpOption::SackPermitted => same("", "sack-permitted".to_owned()),
        TcpOption::Sack(blocks) => {
            // The blocks lie in the stream of the side that is being acknowledged.
            let list = |view: &View| {
                let edge = |number| zeros.shown(view, connection, from.other(), number);
                let blocks = blocks
                    .iter()
                    .map(|(left, right)| format!("{}-{}", edge(*left), edge(*right)));
                blocks.collect::<Vec<_>>().join(",")
            };
            let wire = View {
                client: Numbering::Absolute,
                server: Numbering::Absolute,
                ..*view
            };
            Some(Item {
                column: Column::Options,
                name: "sack",
                shown: list(view),
                absolute: list(&wire),
            })
        }
        TcpOption::Timestamps { value, echo } => hidden("timestamps", format!("{value}/{echo}")),
        TcpOption::UserTimeout { minutes, time } => same(
            "user-timeout",
            format!("{time}{}", if *minutes { "min" } else { "s" }),
        ),
        TcpOption::FastOpen(cookie) if cookie.is_empty() => {
            same("", "fast-open-request".to_owned())
        }
        TcpOption::FastOpen(cookie) => hidden("fast-open-cookie", hex(cookie)),
        TcpOption::AccurateEcn { counters, .. } => hidden("accecn", hex(counters)),
        TcpOption::Unknown { kind, .. } => same("option", kind.to_string()),
    }
}

pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// The start of a payload as text.
pub(crate) fn quoted(payload: &[u8]) -> String {
    let start = &payload[..payload.len().min(PAYLOAD_SHOWN)];
    let more = if start.len() < payload.len() {
        "..."
    } else {
        ""
    };
    format!("\"{}\"{more}", start.escape_ascii())
}

/// The items of a frame that carries no TCP segment.
pub(crate) fn of_other(decoded: &Result<Frame, DecodeError>) -> Vec<Item> {
    let text = |text: String| vec![Item::same(Column::Text, "", text)];
    match decoded {
        Err(error) => text(format!("undecodable {}", error.layer)),
        Ok(Frame {
            body: Body::Other { ethertype },
            ..
        }) => text(format!("Ethernet type {ethertype:#06x}")),
        Ok(Frame {
            body: Body::Arp(arp),
            ..
        }) => text(arp_text(arp)),
        Ok(Frame {
            body: Body::Ipv4(Packet { body, .. }),
            ..
        }) => match body {
            Transport::Udp { payload, .. } => {
                vec![
                    Item::same(Column::Text, "", "UDP"),
                    Item::same(Column::Length, "len", payload.len()),
                ]
            }
            Transport::Icmp { kind, code, .. } => text(format!("ICMP {}", icmp_name(*kind, *code))),
            Transport::Fragment { offset } => text(format!("IPv4 fragment at {offset}")),
            Transport::Other { protocol } => text(format!("IPv4 protocol {protocol}")),
            Transport::Tcp(_) => text("TCP".to_owned()),
        },
    }
}

fn arp_text(arp: &Arp) -> String {
    match arp.operation {
        1 => format!("ARP who-has {}", arp.target),
        2 => format!("ARP {} is-at {}", arp.sender, arp.sender_mac),
        other => format!("ARP operation {other}"),
    }
}

/// The name of an ICMP message (RFC 792; codes 4 and 5 of type 3 included).
pub(crate) fn icmp_name(kind: u8, code: u8) -> String {
    let (name, codes): (&str, &[&str]) = match kind {
        0 => ("echo-reply", &[]),
        3 => (
            "destination-unreachable",
            &[
                "net",
                "host",
                "protocol",
                "port",
                "fragmentation needed",
                "source route failed",
            ],
        ),
        4 => ("source-quench", &[]),
        5 => (
            "redirect",
            &["net", "host", "service and net", "service and host"],
        ),
        8 => ("echo", &[]),
        11 => ("time-exceeded", &["in transit", "in reassembly"]),
        12 => ("parameter-problem", &[]),
        _ => return format!("type {kind} code {code}"),
    };
    match (codes.get(usize::from(code)), code) {
        (Some(meaning), _) => format!("{name} ({meaning})"),
        (None, 0) => name.to_owned(),
        (None, _) => format!("{name} (code {code})"),
    }
}
