//! The fields of TCP options: kind, length and value of each.

use super::{Cite, Sheet, count, hex, says};
use crate::frame::{DecodeError, Layer};
use crate::options::{self, ACCURATE_ECN};
use crate::{SeqNumber, TcpOption};

const GENERAL: Cite = Cite {
    rfc: 9293,
    section: "3.1",
};
const DEFINITIONS: Cite = Cite {
    rfc: 9293,
    section: "3.2",
};

/// The options from here to `end`, and what follows the end of their list.
pub(super) fn fields(sheet: &mut Sheet<'_>, end: usize) -> Result<(), DecodeError> {
    for (option, place) in options::placed(sheet.frame, sheet.octet()..end)? {
        let (name, cite) = about(&option);
        head(sheet, &option, name, cite);
        if place.len() > 2 {
            value(sheet, &option, name, cite, place.end);
        }
    }
    sheet.octets(Layer::Tcp, "Padding", end, GENERAL, |octets| {
        let filled = if octets.iter().all(|octet| *octet == 0) {
            "zeros, as they must be"
        } else {
            "which must be zero but are not"
        };
        says(
            hex(octets),
            format!(
                "{} behind the end of the options, {filled}.",
                count(octets.len(), "octet")
            ),
        )
    });
    Ok(())
}

/// The option's name, and where it is specified.
fn about(option: &TcpOption) -> (&'static str, Cite) {
    let cite = |rfc, section| Cite { rfc, section };
    match option {
        TcpOption::EndOfOptionList => ("End of Option List", DEFINITIONS),
        TcpOption::NoOperation => ("No-Operation", DEFINITIONS),
        TcpOption::MaximumSegmentSize(_) => ("Maximum Segment Size", DEFINITIONS),
        TcpOption::WindowScale(_) => ("Window Scale", cite(7323, "2.2")),
        TcpOption::SackPermitted => ("SACK Permitted", cite(2018, "2")),
        TcpOption::Sack(_) => ("SACK", cite(2018, "3")),
        TcpOption::Timestamps { .. } => ("Timestamps", cite(7323, "3.2")),
        TcpOption::UserTimeout { .. } => ("User Timeout", cite(5482, "3.3")),
        TcpOption::FastOpen(_) => ("Fast Open", cite(7413, "4.1.1")),
        TcpOption::AccurateEcn { .. } => ("Accurate ECN", cite(9768, "3.2.3")),
        TcpOption::Unknown { .. } => ("Other option", GENERAL),
    }
}

/// Kind, and length where the option has one.
fn head(sheet: &mut Sheet<'_>, option: &TcpOption, name: &str, cite: Cite) {
    let meaning = match option {
        TcpOption::EndOfOptionList => "The list of options ends here.",
        TcpOption::NoOperation => "Means nothing; fills up the space between options.",
        TcpOption::MaximumSegmentSize(_) => {
            "The largest segment that the sender of this option wants to receive follows."
        }
        TcpOption::WindowScale(_) => {
            "By how many bits the sender of this option will shift its windows follows."
        }
        TcpOption::SackPermitted => {
            "The sender of this option understands selective acknowledgments."
        }
        TcpOption::Sack(_) => "Which blocks have arrived beyond the acknowledgment number follows.",
        TcpOption::Timestamps { .. } => {
            "The sender's clock and the last clock value that it has seen follow."
        }
        TcpOption::UserTimeout { .. } => {
            "How long unacknowledged data may stay so before the sender gives up follows."
        }
        TcpOption::FastOpen(cookie) if cookie.is_empty() => {
            "The client asks the server for a Fast Open cookie."
        }
        TcpOption::FastOpen(_) => {
            "A Fast Open cookie follows: it lets a later SYN carry data that the server accepts at once."
        }
        TcpOption::AccurateEcn { .. } => {
            "Counters of the octets that arrived with each ECN mark follow."
        }
        TcpOption::Unknown { .. } => {
            "Not decoded here, or not of the length that this kind has; a receiver that does not know it skips it by its length."
        }
    };
    sheet.number(Layer::Tcp, &format!("{name}: Kind"), 8, cite, |value| {
        says(value, meaning)
    });
    if !matches!(option, TcpOption::EndOfOptionList | TcpOption::NoOperation) {
        sheet.number(Layer::Tcp, &format!("{name}: Length"), 8, cite, |value| {
            says(
                value,
                format!("The option is {value} octets long, kind and length included."),
            )
        });
    }
}

/// What follows kind and length, up to the octet `end`.
fn value(sheet: &mut Sheet<'_>, option: &TcpOption, name: &str, cite: Cite, end: usize) {
    let mut field = |part: &str, bits: usize, meaning: String| {
        sheet.number(
            Layer::Tcp,
            &format!("{name}: {part}"),
            bits,
            cite,
            |value| says(value, meaning),
        );
    };
    match option {
        TcpOption::MaximumSegmentSize(size) => {
            field("Maximum Segment Size", 16, format!("Segments with up to {size} octets of data, if neither IP nor TCP options take room."));
        }
        TcpOption::WindowScale(shift) => {
            let used = (*shift).min(14);
            field("shift.cnt", 8, format!("Windows from this sender count in units of {} octets, if the other side sends this option too.", 1u32 << used));
        }
        TcpOption::Sack(blocks) => {
            for (index, (left, right)) in blocks.iter().enumerate() {
                let number = index + 1;
                let last = SeqNumber(right.0.wrapping_sub(1));
                field(&format!("Left Edge of Block {number}"), 32, format!("The octet with number {left} has arrived, and those after it in this block."));
                field(&format!("Right Edge of Block {number}"), 32, format!("The last octet of this block is number {last}; the block ends before {right}."));
            }
        }
        TcpOption::Timestamps { echo, .. } => {
            field("TSval", 32, "The clock of the sender of this segment, in ticks of its own.".to_owned());
            let meaning = if *echo == 0 { "No clock value to echo, or the value zero." } else { "A clock value that the other side had sent, echoed so that it can tell how long the way took." };
            field("TSecr", 32, meaning.to_owned());
        }
        TcpOption::UserTimeout { minutes, time } => {
            let unit = if *minutes { "minute" } else { "second" };
            field("Granularity", 1, format!("The time counts {unit}s."));
            field("User Timeout", 15, format!("The sender's user timeout is {}.", count(usize::from(*time), unit)));
        }
        TcpOption::AccurateEcn { kind, counters } => {
            let order = if *kind == ACCURATE_ECN[0] { ["EE0B", "ECEB", "EE1B"] } else { ["EE1B", "ECEB", "EE0B"] };
            for name in order.into_iter().take(counters.len() / 3) {
                let mark = match name {
                    "EE0B" => "ECT(0)",
                    "EE1B" => "ECT(1)",
                    _ => "CE",
                };
                field(name, 24, format!("Counts the octets of data that arrived in packets marked {mark}, modulo 2^24."));
            }
        }
        TcpOption::FastOpen(_) => sheet.octets(Layer::Tcp, "Fast Open: Cookie", end, cite, |cookie| {
            says(hex(cookie), "Only the server can make this cookie for this client, and only the server can check it.")
        }),
        _ => sheet.octets(Layer::Tcp, "Other option: Data", end, cite, |data| {
            says(hex(data), format!("{} of the option's data.", count(data.len(), "octet")))
        }),
    }
}
