//! The fields of a TCP header and its payload.

use super::{Cite, Sheet, count, says, tcp_options};
use crate::frame::{DecodeError, Layer};
use crate::items::quoted;
use crate::{ControlBits, Segment};

pub(super) const HEADER: Cite = Cite {
    rfc: 9293,
    section: "3.1",
};
const ECN: Cite = Cite {
    rfc: 3168,
    section: "6.1",
};
const ACCURATE_ECN: Cite = Cite {
    rfc: 9768,
    section: "3.1.1",
};

/// Whether an IP header has told the addresses of both ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Addresses {
    Known,
    Unknown,
}

pub(super) fn fields(
    sheet: &mut Sheet<'_>,
    segment: &Segment,
    end: usize,
    addresses: Addresses,
) -> Result<(), DecodeError> {
    let layer = Layer::Tcp;
    let start = sheet.octet();
    let has = |bit| segment.control.contains(bit);
    for (name, word, address) in [
        ("Source Port", "from", segment.source),
        ("Destination Port", "for", segment.destination),
    ] {
        let host = match addresses {
            Addresses::Known => format!(" of {}", address.ip()),
            Addresses::Unknown => String::new(),
        };
        sheet.number(layer, name, 16, HEADER, |value| {
            says(value, format!("The segment is {word} port {value}{host}."))
        });
    }
    sheet.number(layer, "Sequence Number", 32, HEADER, |value| {
        let data = segment.payload.len();
        let meaning = match (has(ControlBits::SYN), data) {
            (true, _) => format!(
                "The initial sequence number: the first octet of data will have number {}.",
                segment.sequence.plus(1)
            ),
            (false, 0) if has(ControlBits::FIN) => {
                "No data here: the number of the FIN itself.".to_owned()
            }
            (false, 0) => {
                "No data here: the number that the sender's next octet will have.".to_owned()
            }
            (false, _) => format!(
                "The first of the {} of data here has this number.",
                count(data, "octet")
            ),
        };
        says(value, meaning)
    });
    sheet.number(layer, "Acknowledgment Number", 32, HEADER, |value| {
        let meaning = if has(ControlBits::ACK) {
            "Everything before this number has arrived; the sender of this segment expects this number next."
        } else {
            "Without meaning: the control bit ACK is not set."
        };
        says(value, meaning)
    });
    sheet.number(layer, "Data Offset", 4, HEADER, |value| {
        says(
            value,
            format!(
                "The TCP header is {value} words of 32 bits long: {} octets, options included.",
                value * 4
            ),
        )
    });
    sheet.number(layer, "Reserved", 3, HEADER, |value| {
        let meaning = if value == 0 {
            "Reserved for future use, and zero as it must be."
        } else {
            "Reserved for future use: a receiver that knows no such use ignores them."
        };
        says(format!("{value:03b}"), meaning)
    });
    for (bit, name, cite) in CONTROL {
        let is_answer = has(ControlBits::SYN)
            && has(ControlBits::ACK)
            && matches!(bit, ControlBits::AE | ControlBits::CWR | ControlBits::ECE);
        let meaning = match (has(bit), is_answer) {
            (true, true) => ECN_ANSWER.to_owned(),
            (true, false) => set(bit, segment),
            (false, true) => format!("Not set: {ECN_ANSWER}"),
            (false, false) => format!("Not set: {}", not_set(bit, segment)),
        };
        sheet.number(layer, name, 1, cite, |value| says(value, meaning));
    }
    sheet.number(layer, "Window", 16, HEADER, |value| {
        let meaning = match (value, has(ControlBits::SYN)) {
            (0, _) => "The sender of this segment has no room for data at present.".to_owned(),
            (_, true) => format!("The sender of this segment has room for {value} octets; in a SYN this is never scaled."),
            (_, false) => format!("The sender of this segment has room for {value} octets, or more if both sides announced a window scale."),
        };
        says(value, meaning)
    });
    sheet.number(layer, "Checksum", 16, HEADER, |value| {
        let meaning = match addresses {
            Addresses::Unknown => {
                "Covers this header, the data and the IP addresses, and cannot be checked without those."
            }
            Addresses::Known if segment.checksum_ok => {
                "Right for this header, this data and the IP addresses."
            }
            Addresses::Known => "Wrong: a receiver discards this segment.",
        };
        says(format!("{value:#06x}"), meaning)
    });
    sheet.number(layer, "Urgent Pointer", 16, HEADER, |value| {
        let meaning = if has(ControlBits::URG) {
            format!(
                "Urgent data ends before number {}.",
                segment.sequence.plus(u32::from(segment.urgent_pointer))
            )
        } else {
            "Without meaning: the control bit URG is not set.".to_owned()
        };
        says(value, meaning)
    });
    tcp_options::fields(sheet, start + usize::from(segment.data_offset) * 4)?;
    sheet.octets(layer, "Data", end, HEADER, |octets| {
        says(
            quoted(octets),
            format!(
                "{} of the stream that a program wrote.",
                count(octets.len(), "octet")
            ),
        )
    });
    Ok(())
}

/// The control bits from left to right.
const CONTROL: [(ControlBits, &str, Cite); 9] = [
    (ControlBits::AE, "AE", ACCURATE_ECN),
    (ControlBits::CWR, "CWR", ECN),
    (ControlBits::ECE, "ECE", ECN),
    (ControlBits::URG, "URG", HEADER),
    (ControlBits::ACK, "ACK", HEADER),
    (ControlBits::PSH, "PSH", HEADER),
    (ControlBits::RST, "RST", HEADER),
    (ControlBits::SYN, "SYN", HEADER),
    (ControlBits::FIN, "FIN", HEADER),
];

/// What the three bits of ECN say in a SYN,ACK, set or not.
const ECN_ANSWER: &str = "AE, CWR and ECE together answer a SYN that asked about congestion marks.";

fn set(bit: ControlBits, segment: &Segment) -> String {
    let syn = segment.control.contains(ControlBits::SYN);
    let meaning = match bit {
        ControlBits::AE if syn => {
            "Accurate ECN: with CWR and ECE, the sender negotiates more exact feedback about congestion."
        }
        ControlBits::AE => {
            "Accurate ECN: where both sides agreed on it, part of a counter of congestion marks."
        }
        ControlBits::CWR if syn => {
            "With ECE, the sender negotiates explicit congestion notification."
        }
        ControlBits::CWR => {
            "Congestion window reduced: the sender has heard of the congestion and slowed down. With Accurate ECN, part of its counter."
        }
        ControlBits::ECE if syn => {
            "The sender takes part in negotiating explicit congestion notification."
        }
        ControlBits::ECE => {
            "ECN-Echo: a packet arrived here with a mark of congestion. With Accurate ECN, part of its counter."
        }
        ControlBits::URG => "Urgent: the urgent pointer below is significant.",
        ControlBits::ACK => "Acknowledge: the acknowledgment number above is significant.",
        ControlBits::PSH => {
            "Push: what was sent so far shall reach the receiving program without waiting for more."
        }
        ControlBits::RST => "Reset: the connection ends here and now, or never was.",
        ControlBits::SYN => {
            "Synchronise: the sender announces its initial sequence number. This bit takes one sequence number."
        }
        _ => "Finish: the sender has no more data to send. This bit takes one sequence number.",
    };
    meaning.to_owned()
}

fn not_set(bit: ControlBits, segment: &Segment) -> &'static str {
    let syn = segment.control.contains(ControlBits::SYN);
    match bit {
        ControlBits::AE if syn => "no Accurate ECN is asked for.",
        ControlBits::AE => "no Accurate ECN, or a zero in its counter.",
        ControlBits::CWR if syn => "explicit congestion notification is not asked for.",
        ControlBits::CWR => "no slowing down to report.",
        ControlBits::ECE if syn => "no explicit congestion notification is asked for.",
        ControlBits::ECE => "no congestion to report.",
        ControlBits::URG => "no data is urgent.",
        ControlBits::ACK => "nothing is acknowledged.",
        ControlBits::PSH => "no push is asked for.",
        ControlBits::RST => "the connection is not reset.",
        ControlBits::SYN => "no initial sequence number is announced.",
        _ => "the sender may still send more data.",
    }
}
