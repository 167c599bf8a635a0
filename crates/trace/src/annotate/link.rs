//! The fields of Ethernet and ARP.

use std::net::Ipv4Addr;

use super::{Cite, Says, Sheet, count, hex, internet, says};
use crate::frame::{Body, DecodeError, Frame, Layer, MacAddress};

const ETHERNET: Cite = Cite {
    rfc: 1122,
    section: "2.3.3",
};
const ARP: Cite = Cite {
    rfc: 826,
    section: "Packet format",
};

pub(super) fn fields(sheet: &mut Sheet<'_>, frame: &Frame) -> Result<(), DecodeError> {
    let layer = Layer::Ethernet;
    sheet.number(layer, "Destination", 48, ETHERNET, |value| {
        let address = mac(value);
        if address.0 == [0xff; 6] {
            says(
                address,
                "For everybody: a broadcast, which every host on this network takes in.",
            )
        } else {
            says(
                address,
                format!("For the network interface with the address {address}."),
            )
        }
    });
    sheet.number(layer, "Source", 48, ETHERNET, |value| {
        let address = mac(value);
        says(
            address,
            format!("Sent by the network interface with the address {address}."),
        )
    });
    sheet.number(layer, "Type", 16, ETHERNET, |value| {
        let meaning = match value {
            0x0800 => "The frame carries an IPv4 packet.".to_owned(),
            0x0806 => "The frame carries an ARP message.".to_owned(),
            other => format!("The frame carries protocol {other:#06x}, which is not decoded here."),
        };
        says(format!("{value:#06x}"), meaning)
    });
    match &frame.body {
        Body::Arp(_) => arp(sheet),
        Body::Ipv4(packet) => internet::fields(sheet, packet)?,
        Body::Other { .. } => {
            let end = sheet.frame.len();
            sheet.octets(layer, "Data", end, ETHERNET, |octets| {
                says(
                    hex(octets),
                    format!("{} of that protocol.", count(octets.len(), "octet")),
                )
            });
        }
    }
    let end = sheet.frame.len();
    sheet.octets(layer, "Padding", end, ETHERNET, |octets| {
        let meaning = format!(
            "{} of filling: an Ethernet frame has a least length, and the packet inside says where it ends itself.",
            count(octets.len(), "octet")
        );
        says(hex(octets), meaning)
    });
    Ok(())
}

fn mac(value: u64) -> MacAddress {
    let [_, _, address @ ..] = value.to_be_bytes();
    MacAddress(address)
}

fn arp(sheet: &mut Sheet<'_>) {
    let mut field =
        |name, bits, says: fn(u64) -> Says| sheet.number(Layer::Arp, name, bits, ARP, says);
    field("Hardware address space (ar$hrd)", 16, |value| {
        says(value, "The hardware addresses are Ethernet's.")
    });
    field("Protocol address space (ar$pro)", 16, |value| {
        says(
            format!("{value:#06x}"),
            "The protocol addresses are IPv4's.",
        )
    });
    field("Length of a hardware address (ar$hln)", 8, |value| {
        says(value, format!("A hardware address has {value} octets."))
    });
    field("Length of a protocol address (ar$pln)", 8, |value| {
        says(value, format!("A protocol address has {value} octets."))
    });
    field("Operation (ar$op)", 16, |value| {
        let meaning = match value {
            1 => "A request: who has the target's protocol address?",
            2 => "A reply: the sender has the sender's protocol address.",
            _ => "An operation that RFC 826 does not define.",
        };
        says(value, meaning)
    });
    field("Sender's hardware address (ar$sha)", 48, |value| {
        says(
            mac(value),
            format!("The sender's interface has the address {}.", mac(value)),
        )
    });
    field("Sender's protocol address (ar$spa)", 32, |value| {
        says(ipv4(value), format!("The sender is {}.", ipv4(value)))
    });
    field("Target's hardware address (ar$tha)", 48, |value| {
        says(
            mac(value),
            "Whom a reply goes to; in a request, nobody knows it yet and it says nothing.",
        )
    });
    field("Target's protocol address (ar$tpa)", 32, |value| {
        says(
            ipv4(value),
            format!(
                "A request asks for the owner of {0}; a reply goes to {0}.",
                ipv4(value)
            ),
        )
    });
}

pub(super) fn ipv4(value: u64) -> Ipv4Addr {
    let [.., a, b, c, d] = value.to_be_bytes();
    Ipv4Addr::new(a, b, c, d)
}
