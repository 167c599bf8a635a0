//! The fields of one frame, as a reader sees them.

use super::annotate;
use crate::samples::{client_segment, frame_of};
use crate::{ControlBits, TcpOption};

/// The TCP fields of a SYN as `name = value (RFC section): meaning`.
fn tcp_fields() -> Vec<String> {
    let mut segment = client_segment(ControlBits::SYN, 1000);
    segment.options = vec![
        TcpOption::MaximumSegmentSize(1460),
        TcpOption::WindowScale(7),
    ];
    let fields = annotate(&frame_of(&segment)).unwrap();
    let lines = fields
        .iter()
        .skip_while(|field| field.name != "Source Port");
    lines
        .map(|f| {
            format!(
                "{} = {} ({} §{}): {}",
                f.name, f.value, f.cite.rfc, f.cite.section, f.meaning
            )
        })
        .collect()
}

#[test]
fn a_syn_is_explained_bit_by_bit() {
    insta::assert_snapshot!(tcp_fields().join("\n"));
}
