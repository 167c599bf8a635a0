//! The fields of IPv4 and UDP.

use super::link::ipv4;
use super::{Cite, Sheet, count, hex, icmp, says, tcp};
use crate::decode::UDP_HEADER;
use crate::frame::{DecodeError, Layer, Packet, Transport};
use crate::items::quoted;

const IPV4: Cite = Cite {
    rfc: 791,
    section: "3.1",
};
const ECN: Cite = Cite {
    rfc: 3168,
    section: "5",
};
const UDP: Cite = Cite {
    rfc: 768,
    section: "Fields",
};

pub(super) fn fields(sheet: &mut Sheet<'_>, packet: &Packet) -> Result<(), DecodeError> {
    let start = sheet.octet();
    let (mut words, mut total) = (5, 20);
    let layer = Layer::Ipv4;
    sheet.number(layer, "Version", 4, IPV4, |value| {
        says(value, "The packet has an IPv4 header.")
    });
    sheet.number(layer, "IHL", 4, IPV4, |value| {
        words = value as usize;
        says(
            value,
            format!(
                "The internet header is {value} words of 32 bits long: {} octets.",
                value * 4
            ),
        )
    });
    sheet.number(layer, "Type of Service", 6, IPV4, |value| match value {
        0 => says(
            0,
            "Nothing special is asked for in the handling of this packet.",
        ),
        other => says(
            other,
            "How the sender would like the packet to be handled on its way.",
        ),
    });
    sheet.number(layer, "ECN", 2, ECN, |value| {
        let (name, meaning) = match value {
            0 => ("Not-ECT", "Not using ECN: a router that is congested can only drop this packet."),
            1 => ("ECT(1)", "Both ends understand ECN: a router that is congested may mark this packet instead of dropping it."),
            2 => ("ECT(0)", "Both ends understand ECN: a router that is congested may mark this packet instead of dropping it."),
            _ => ("CE", "A router was congested and marked this packet instead of dropping it."),
        };
        says(format!("{value:02b} {name}"), meaning)
    });
    sheet.number(layer, "Total Length", 16, IPV4, |value| {
        total = value as usize;
        says(
            value,
            format!("The packet is {value} octets long, this header included."),
        )
    });
    sheet.number(layer, "Identification", 16, IPV4, |value| {
        says(
            format!("{value:#06x}"),
            "A number by which the fragments of one datagram are known to belong together.",
        )
    });
    sheet.number(layer, "Flags: reserved", 1, IPV4, |value| {
        says(
            value,
            "Reserved; zero in every packet that keeps to RFC 791.",
        )
    });
    sheet.number(layer, "Flags: Don't Fragment", 1, IPV4, |value| {
        says(
            value,
            if value == 1 {
                "The packet may not be cut into fragments."
            } else {
                "The packet may be cut into fragments."
            },
        )
    });
    sheet.number(layer, "Flags: More Fragments", 1, IPV4, |value| {
        says(
            value,
            if value == 1 {
                "More fragments of this datagram follow."
            } else {
                "No fragment follows: this is the last one, or the datagram is whole."
            },
        )
    });
    sheet.number(layer, "Fragment Offset", 13, IPV4, |value| {
        says(
            value,
            format!(
                "The data here begins {} octets into the data of the whole datagram.",
                value * 8
            ),
        )
    });
    sheet.number(layer, "Time to Live", 8, IPV4, |value| {
        says(
            value,
            "Each router on the way counts this down; at zero the packet is destroyed.",
        )
    });
    sheet.number(layer, "Protocol", 8, IPV4, |value| {
        let name = match value {
            1 => "an ICMP message",
            6 => "a TCP segment",
            17 => "a UDP datagram",
            _ => "another protocol, which is not decoded here",
        };
        says(value, format!("The packet carries {name}."))
    });
    sheet.number(layer, "Header Checksum", 16, IPV4, |value| {
        says(
            format!("{value:#06x}"),
            "Right: the header arrived as it was sent. It does not cover what follows the header.",
        )
    });
    for (name, word) in [("Source Address", "from"), ("Destination Address", "for")] {
        sheet.number(layer, name, 32, IPV4, |value| {
            says(
                ipv4(value),
                format!("The packet is {word} the host {}.", ipv4(value)),
            )
        });
    }
    sheet.octets(layer, "Options", start + words * 4, IPV4, |octets| {
        says(
            hex(octets),
            format!(
                "{} of options, which are not decoded here.",
                count(octets.len(), "octet")
            ),
        )
    });
    let end = start + total;
    match &packet.body {
        Transport::Tcp(segment) => tcp::fields(sheet, segment, end, tcp::Addresses::Known)?,
        Transport::Udp { payload, .. } => udp(sheet, payload.len()),
        Transport::Icmp { kind, code, .. } => icmp::fields(sheet, *kind, *code, end),
        Transport::Fragment { .. } | Transport::Other { .. } => {}
    }
    sheet.octets(layer, "Data", end, IPV4, |octets| {
        says(
            hex(octets),
            format!(
                "{} of the packet's data, which are not decoded here.",
                count(octets.len(), "octet")
            ),
        )
    });
    Ok(())
}

fn udp(sheet: &mut Sheet<'_>, payload: usize) {
    let layer = Layer::Udp;
    for (name, word) in [("Source Port", "from"), ("Destination Port", "for")] {
        sheet.number(layer, name, 16, UDP, |value| {
            says(value, format!("The datagram is {word} port {value}."))
        });
    }
    sheet.number(layer, "Length", 16, UDP, |value| {
        says(
            value,
            format!("The datagram is {value} octets long, of which {UDP_HEADER} are this header."),
        )
    });
    sheet.number(layer, "Checksum", 16, UDP, |value| match value {
        0 => says("0x0000", "The sender computed no checksum."),
        other => says(
            format!("{other:#06x}"),
            "Covers the addresses, this header and the data, so that damage is noticed.",
        ),
    });
    let end = sheet.octet() + payload;
    sheet.octets(layer, "Data", end, UDP, |octets| {
        says(
            quoted(octets),
            format!(
                "{} from the program that sent the datagram.",
                count(octets.len(), "octet")
            ),
        )
    });
}
