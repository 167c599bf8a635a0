use super::super::figure;
use super::*;
use crate::samples::{client_segment, row, states};
use crate::{ControlBits, Fate, Origin, Row, Side, State, TcpOption};

/// A note, then a SYN with options that begin in the middle of a row, then a frame that is no segment.
fn trace() -> Trace {
    let mut segment = client_segment(ControlBits::SYN, 0x0102_0304);
    segment.options = vec![
        TcpOption::MaximumSegmentSize(1460),
        TcpOption::NoOperation,
        TcpOption::WindowScale(7),
        TcpOption::NoOperation,
        TcpOption::NoOperation,
        TcpOption::Timestamps { value: 1, echo: 2 },
    ];
    segment.payload = b"data".to_vec();
    let syn = row(
        &segment,
        Origin::Host,
        Fate::Delivered,
        State::SynSent,
        State::SynReceived,
    );
    let mut short = syn.clone();
    if let crate::Event::Frame { bytes, .. } = &mut short.event {
        bytes.truncate(20);
    }
    let note = Row {
        event: crate::Event::Note {
            side: Side::Client,
            text: "connect()".to_owned(),
        },
        states: states(State::Closed, State::Listen),
    };
    Trace {
        rows: vec![note, syn, short],
        ..Trace::default()
    }
}

fn drawn() -> String {
    header(&trace(), "x", 1, "x.pcapng").unwrap()
}

fn between<'a>(html: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    html.split(start)
        .skip(1)
        .map(|rest| rest.split(end).next().unwrap())
        .collect()
}

#[test]
fn the_bits_of_the_rows_are_the_header_without_its_data() {
    let html = drawn();
    let cells = between(&html, r#"<div class="header-bits""#, "</div>")[0];
    let bits: String = between(cells, r#"class="cell-bits" aria-hidden="true">"#, "</span>")
        .concat()
        .chars()
        .filter(|c| matches!(c, '0' | '1'))
        .collect();
    let trace = trace();
    let frame = frame(&trace, 1).unwrap();
    let expected: String = frame[34..frame.len() - 4]
        .iter()
        .map(|octet| format!("{octet:08b}"))
        .collect();
    assert_eq!(bits, expected);
    assert_eq!(expected.len(), 40 * 8);
}

#[test]
fn every_row_is_full_on_a_wide_and_on_a_narrow_page() {
    let html = drawn();
    for narrow in [false, true] {
        let columns = if narrow { 16 } else { 32 };
        let mut at = 0;
        for width in between(&html, "--bits:", "\"") {
            let width: usize = width.parse().unwrap();
            assert!(
                width == 32 && at == 0 || at + width <= columns,
                "{width} bits at {at} of {columns}"
            );
            at = (at + width) % columns;
        }
        assert_eq!(at, 0);
    }
}

#[test]
fn a_field_is_cut_at_the_ends_of_rows_only() {
    for (field, cut) in [
        (0..32, vec![32]),
        (0..16, vec![16]),
        (16..48, vec![16, 16]),
        (8..32, vec![8, 16]),
        (32..104, vec![32, 32, 8]),
    ] {
        let pieces = pieces(field.clone());
        let widths: Vec<usize> = pieces.iter().map(ExactSizeIterator::len).collect();
        assert_eq!(widths, cut, "{field:?}");
        assert_eq!(pieces[0].start, field.start);
        assert!(pieces.windows(2).all(|two| two[0].end == two[1].start));
    }
}

#[test]
fn every_field_is_explained_once_and_every_cell_leads_to_its_explanation() {
    let html = drawn();
    let ids = between(&html, r#"<li class="field" id=""#, "\"");
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), ids.len());
    for id in [
        "x-1-header-source-port",
        "x-1-header-reserved",
        "x-1-header-ae",
        "x-1-header-urgent-pointer",
        "x-1-header-maximum-segment-size-kind",
    ] {
        assert!(ids.contains(&id), "{id} is not in {ids:?}");
    }
    for link in between(&html, r##"href="#"##, "\"") {
        assert!(ids.contains(&link), "{link}");
    }
    let window = between(
        &html,
        r#"<li class="field" id="x-1-header-window""#,
        "</li>",
    )[0];
    for part in [
        "octets 14 and 15",
        "willing to accept",
        "<b>Here:</b> The sender of this segment has room for 1000 octets",
        "RFC 9293 §3.1",
    ] {
        assert!(window.contains(part), "{part} is not in {window}");
    }
}

#[test]
fn what_is_no_segment_has_no_header() {
    let none = |step| header(&trace(), "x", step, "").unwrap_err();
    assert_eq!(none(0), NoHeader::NoSuchStep { steps: 2 });
    assert_eq!(none(2), NoHeader::NoSegment);
    assert_eq!(none(3), NoHeader::NoSuchStep { steps: 2 });
}

#[test]
fn it_is_one_line_in_which_mdbook_finds_no_directive_and_shares_no_id_with_the_figure() {
    let html = drawn();
    assert!(!html.contains('\n') && !html.contains('{'));
    let other = figure(&trace(), "x", "X", "x.pcapng");
    let theirs = between(&other, " id=\"", "\"");
    for id in between(&html, " id=\"", "\"") {
        assert!(!theirs.contains(&id), "{id}");
    }
}
