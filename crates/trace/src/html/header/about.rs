//! What each field of a TCP header is, whatever it says in one segment.

/// One sentence or two for a beginner; `None` for a name that no field of a TCP header has. The section is the one that the field's annotation names.
pub(super) fn about(name: &str) -> Option<&'static str> {
    Some(match name {
        "Source Port" => "The port number at the end that sent this segment.",
        "Destination Port" => "The port number at the end that is to receive it.",
        "Sequence Number" => {
            "The number of the first octet of data in this segment. In a SYN it is the initial sequence number, and the \
             first octet of data has the next one."
        }
        "Acknowledgment Number" => {
            "The number that the sender of this segment expects to receive next. It counts only if ACK is set."
        }
        "Data Offset" => {
            "The length of the header in words of 32 bits, and so the place where the data begins."
        }
        "Reserved" => {
            "Control bits for future use: sent as zero, and ignored by a receiver that knows no use for them. RFC 9293 \
             counts four of them; AE is the fourth."
        }
        "AE" => "Accurate ECN. RFC 9293 still counts this bit among the reserved ones.",
        "CWR" => {
            "Congestion Window Reduced: how a sender says that it has heard ECE and sends less."
        }
        "ECE" => {
            "ECN-Echo: how a receiver says that the network has marked a packet because of congestion."
        }
        "URG" => "Urgent: whether the urgent pointer is significant.",
        "ACK" => "Acknowledgment: whether the acknowledgment number is significant.",
        "PSH" => "Push: the data is to be passed on without waiting for more.",
        "RST" => "Reset: ends the connection, or refuses to have one.",
        "SYN" => "Synchronise sequence numbers: the sequence number field holds the initial one.",
        "FIN" => "Finish: the sender has no more data.",
        "Window" => {
            "How many octets of data, counted from the acknowledgment number on, the sender of this segment is willing to \
             accept."
        }
        "Checksum" => {
            "A sum over the header, the data and a few values of the IP header, by which damage is noticed. The sender \
             MUST compute it and the receiver MUST check it."
        }
        "Urgent Pointer" => {
            "Added to the sequence number it gives the number of the octet after the urgent data. It counts only if URG \
             is set."
        }
        "Padding" => {
            "Zeros behind the end of the options, which fill the header up to whole words."
        }
        option if option.ends_with(": Kind") => "The first octet of an option says which it is.",
        option if option.ends_with(": Length") => {
            "The second octet of an option says how many octets the option has, these two included."
        }
        option if option.contains(": ") => "What the option carries.",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::about;
    use crate::annotate::annotate;
    use crate::frame::Layer;
    use crate::samples::{client_segment, frame_of};
    use crate::{ControlBits, SeqNumber, TcpOption};

    /// One of each kind, and the forms that show other fields.
    fn options() -> Vec<TcpOption> {
        vec![
            TcpOption::EndOfOptionList,
            TcpOption::NoOperation,
            TcpOption::MaximumSegmentSize(1460),
            TcpOption::WindowScale(7),
            TcpOption::SackPermitted,
            TcpOption::Sack(vec![(SeqNumber(1), SeqNumber(2)); 4]),
            TcpOption::Timestamps { value: 1, echo: 2 },
            TcpOption::UserTimeout {
                minutes: true,
                time: 3,
            },
            TcpOption::FastOpen(vec![7; 8]),
            TcpOption::AccurateEcn {
                kind: 172,
                counters: vec![0; 9],
            },
            TcpOption::AccurateEcn {
                kind: 174,
                counters: vec![0; 9],
            },
            TcpOption::Unknown {
                kind: 253,
                data: vec![1, 2, 3],
            },
        ]
    }

    #[test]
    fn every_field_of_a_header_is_explained_whatever_option_it_has() {
        for option in options() {
            let mut segment = client_segment(ControlBits::SYN, 1);
            segment.options = vec![option];
            let fields = annotate(&frame_of(&segment)).unwrap();
            for field in fields.iter().filter(|field| field.layer == Layer::Tcp) {
                assert!(about(&field.name).is_some(), "{}", field.name);
            }
        }
    }

    #[test]
    fn what_no_header_has_is_not_explained() {
        for name in ["Data", "TTL", "Checksums", "Maximum Segment Size"] {
            assert_eq!(about(name), None, "{name}");
        }
    }
}
