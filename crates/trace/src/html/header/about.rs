//! What each field of a TCP header is, whatever it says in one segment.

/// One sentence or two for a beginner. The section is the one that the field's annotation names.
pub(super) fn about(name: &str) -> &'static str {
    match name {
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
        _ => "What the option carries.",
    }
}
