//! The fields of ICMP.

use super::link::ipv4;
use super::{Cite, Sheet, count, hex, says};
use crate::frame::Layer;
use crate::items::{icmp_name, quoted};

const fn cite(section: &'static str) -> Cite {
    Cite { rfc: 792, section }
}

const GENERAL: Cite = cite("Message Formats");

/// Code 4 of "destination unreachable" has a field that RFC 792 does not know.
const FRAGMENTATION_NEEDED: (u8, u8) = (3, 4);
const NEXT_HOP_MTU: Cite = Cite {
    rfc: 1191,
    section: "4",
};

/// The section about messages of that type.
fn section(kind: u8) -> Cite {
    cite(match kind {
        3 => "Destination Unreachable Message",
        4 => "Source Quench Message",
        5 => "Redirect Message",
        0 | 8 => "Echo or Echo Reply Message",
        11 => "Time Exceeded Message",
        12 => "Parameter Problem Message",
        13 | 14 => "Timestamp or Timestamp Reply Message",
        15 | 16 => "Information Request or Information Reply Message",
        _ => "Summary of Message Types",
    })
}

pub(super) fn fields(sheet: &mut Sheet<'_>, kind: u8, code: u8, end: usize) {
    let layer = Layer::Icmp;
    let cited = section(kind);
    sheet.number(layer, "Type", 8, cited, |value| {
        says(value, format!("The message is: {}.", icmp_name(kind, code)))
    });
    sheet.number(layer, "Code", 8, cited, |value| {
        says(
            value,
            "Says more exactly what a message of this type is about.",
        )
    });
    sheet.number(layer, "Checksum", 16, GENERAL, |value| {
        says(
            format!("{value:#06x}"),
            "Covers the whole ICMP message, so that damage is noticed.",
        )
    });
    let unused = |value: u64| says(value, "Not used in this message.");
    match kind {
        0 | 8 => {
            sheet.number(layer, "Identifier", 16, cited, |value| {
                says(value, "Helps the asker to match replies with requests.")
            });
            sheet.number(layer, "Sequence Number", 16, cited, |value| {
                says(value, "Tells the asker's requests apart.")
            });
            sheet.octets(layer, "Data", end, cited, |octets| {
                says(
                    quoted(octets),
                    format!(
                        "{} that the reply must bring back.",
                        count(octets.len(), "octet")
                    ),
                )
            });
            return;
        }
        3 if (kind, code) == FRAGMENTATION_NEEDED => {
            sheet.number(layer, "unused", 16, cited, unused);
            sheet.number(layer, "Next-Hop MTU", 16, NEXT_HOP_MTU, |value| {
                says(
                    value,
                    format!("Packets of up to {value} octets fit through the next network."),
                )
            });
        }
        5 => sheet.number(layer, "Gateway Internet Address", 32, cited, |value| {
            says(
                ipv4(value),
                "The gateway to which such packets should go instead.",
            )
        }),
        12 => {
            sheet.number(layer, "Pointer", 8, cited, |value| {
                says(
                    value,
                    format!("The problem is in octet {value} of the packet quoted below."),
                )
            });
            sheet.number(layer, "unused", 24, cited, unused);
        }
        3 | 4 | 11 => sheet.number(layer, "unused", 32, cited, unused),
        _ => {}
    }
    let quotes = matches!(kind, 3 | 4 | 5 | 11 | 12);
    let name = if quotes {
        "Internet Header + 64 bits of Original Data Datagram"
    } else {
        "Data"
    };
    sheet.octets(layer, name, end, cited, |octets| {
        let octets_here = count(octets.len(), "octet");
        let meaning = if quotes {
            format!("{octets_here} of the packet that this message is about, so that its sender knows which one.")
        } else {
            format!("{octets_here}, which are not decoded here.")
        };
        says(hex(octets), meaning)
    });
}
