//! The picture of a header, and the decoder in the page: what it says is what `trace` says.
//!
//! `cargo course build` comes first.

// The same made-up and damaged segments that `trace` itself is tested with.
#[allow(dead_code, reason = "a part is enough here")]
#[path = "../../trace/tests/arbitrary/mod.rs"]
mod arbitrary;
#[path = "../../trace/tests/checksum/mod.rs"]
mod checksum;
#[path = "../../trace/tests/handmade/mod.rs"]
mod handmade;

use std::path::Path;

use browser::Session;
use browser::book::{Page, first, root};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use thirtyfour::Key;
use trace::annotate::{self, Field};
use trace::{DecodeError, Event, Frame, Layer, Trace, build, html, pcapng};

fn page_with_decoder() -> Session {
    let session = Session::start();
    session.open(&first("a decoder", Page::has_decoder).path);
    session.until("document.querySelector('.decoder').checkVisibility()");
    session
}

fn page_with_header() -> Session {
    let session = Session::start();
    session.open(&first("a header bit by bit", Page::has_header).path);
    session.until("document.querySelector('.header-map.is-live')");
    session
}

/// Waits until this field is the one that is explained below the picture.
#[track_caller]
fn until_explained(session: &Session, field: &str) {
    session.until(&format!(
        "document.querySelector('.header-now .field-name')?.textContent === '{field}'"
    ));
}

#[test]
fn a_field_is_explained_under_the_mouse_the_finger_and_the_focus() {
    let session = page_with_header();
    let explained =
        session.js("return document.querySelectorAll('.header-now .field-name').length;");
    assert_eq!(explained, 0, "at first none is");
    session.hover(".header-cell[href$=-window]");
    until_explained(&session, "Window");
    session.click(".header-cell[href$=-syn]");
    until_explained(&session, "SYN");
    // An arrow goes to the next field.
    session.press(Key::Right);
    until_explained(&session, "FIN");
    session.press(Key::Home);
    until_explained(&session, "Source Port");
    session.hover(".header-cell[href$=-checksum]");
    until_explained(&session, "Checksum");
    // Without the mouse it is the chosen field again.
    session.hover("h1");
    until_explained(&session, "Source Port");
    session.press(Key::Tab);
    let inside = session.js("return document.activeElement.matches('.header-bits *');");
    assert_eq!(inside, false, "the fields of the picture are one stop");
}

#[test]
fn a_link_to_a_field_of_the_picture_chooses_it() {
    let session = Session::start();
    let page = first("a header bit by bit", Page::has_header);
    session.open(&page.path);
    let id = session.js("return document.querySelector('.header-map .field:nth-child(4)').id;");
    let id = id.as_str().expect("a field has an id");
    session.open(&format!("{}#{id}", page.path));
    until_explained(&session, "Acknowledgment Number");
}

#[test]
fn an_address_that_is_badly_written_keeps_no_script_from_its_work() {
    let session = Session::start();
    let page = first("a decoder", Page::has_decoder);
    session.open(&format!("{}#%", page.path));
    session.until("document.querySelector('.decoder').checkVisibility()");
    assert_eq!(session.errors(), Vec::<String>::new());
}

#[test]
fn all_explanations_are_there_on_paper_and_at_the_press_of_a_button() {
    let session = page_with_header();
    let shown = "document.querySelector('.header-map > .fields').checkVisibility()";
    session.until(&format!("!{shown}"));
    session.click(".header-map .figure-tools button");
    session.until(shown);
    session.click(".header-map .figure-tools button");
    session.until(&format!("!{shown}"));
    session.print();
    session.until(shown);
    session.until("!document.querySelector('.header-now').checkVisibility()");
}

/// What octets begin with, as the decoder's select has it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Start {
    Frame,
    Packet,
    Segment,
}

impl Start {
    const ALL: [Start; 3] = [Start::Frame, Start::Packet, Start::Segment];

    fn value(self) -> &'static str {
        match self {
            Start::Frame => "frame",
            Start::Packet => "packet",
            Start::Segment => "segment",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Start::Frame => "an Ethernet frame",
            Start::Packet => "an IPv4 packet",
            Start::Segment => "a TCP header",
        }
    }

    fn annotate(self, octets: &[u8]) -> Result<Vec<Field>, DecodeError> {
        match self {
            Start::Frame => annotate::annotate(octets),
            Start::Packet => annotate::packet(octets),
            Start::Segment => annotate::segment(octets),
        }
    }
}

/// What the page has to say of octets.
#[derive(Debug, PartialEq)]
enum Said {
    /// Each field: octets, name, bits, value, meaning, section.
    Fields(Vec<[String; 6]>),
    /// The sentence.
    Wrong(String),
    /// Any sentence that says that there is no TCP segment: `trace` reads more than that.
    NoSegment,
}

fn expected(start: Start, octets: &[u8]) -> Said {
    match start.annotate(octets) {
        Err(error) if matches!(error.layer, Layer::Arp | Layer::Udp | Layer::Icmp) => {
            Said::NoSegment
        }
        Err(error) => Said::Wrong(format!("Read as {}. {error}.", start.words())),
        Ok(fields) => {
            let tcp: Vec<_> = fields
                .iter()
                .filter(|field| field.layer == Layer::Tcp)
                .map(|field| shown(octets, field))
                .collect();
            if tcp.is_empty() {
                Said::NoSegment
            } else {
                Said::Fields(tcp)
            }
        }
    }
}

fn shown(octets: &[u8], field: &Field) -> [String; 6] {
    [
        pattern(octets, field),
        field.name.clone(),
        format!(
            "{} bit{}",
            field.bits,
            if field.bits == 1 { "" } else { "s" }
        ),
        field.value.clone(),
        field.meaning.clone(),
        html::section_name(field.cite.rfc, field.cite.section),
    ]
}

/// Whole octets as hexadecimal digits, at most 16 of them; bits of an octet with dots for the others.
fn pattern(octets: &[u8], field: &Field) -> String {
    let (start, end) = (field.first_bit, field.first_bit + field.bits);
    if start % 8 == 0 && end % 8 == 0 {
        let all: Vec<String> = octets[start / 8..end / 8]
            .iter()
            .map(|octet| format!("{octet:02x}"))
            .collect();
        let more = if all.len() > 16 { " …" } else { "" };
        return all[..all.len().min(16)].join(" ") + more;
    }
    let mut text = String::new();
    for bit in start / 8 * 8..end.div_ceil(8) * 8 {
        if bit % 4 == 0 && !text.is_empty() {
            text.push(' ');
        }
        let set = octets[bit / 8] >> (7 - bit % 8) & 1;
        text += if !(start..end).contains(&bit) {
            "."
        } else if set == 1 {
            "1"
        } else {
            "0"
        };
    }
    text
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// What the page says of each text, read as what the select is set to.
fn page_says(session: &Session, cases: &[(&str, String)]) -> Vec<Value> {
    let mut all = Vec::new();
    for some in cases.chunks(200) {
        let script = format!(
            "const cases = {};
             const form = document.querySelector('.decoder');
             const result = form.querySelector('.decoder-result');
             const text = node => node ? node.textContent : null;
             return cases.map(([start, octets]) => {{
                 form.querySelector('select').value = start;
                 const area = form.querySelector('textarea');
                 area.value = octets;
                 area.dispatchEvent(new Event('input'));
                 const parts = ['octets', 'name', 'bits', 'value', 'meaning'].map(part => `.field-${{part}}`).concat('.cite');
                 return {{
                     said: text(result.querySelector('.decoder-said')),
                     wrong: text(result.querySelector('.decoder-wrong')),
                     marked: text(result.querySelector('mark')),
                     fields: [...result.querySelectorAll('.field')].map(field => parts.map(part => text(field.querySelector(part)))),
                 }};
             }});",
            json!(some)
        );
        let found = session.js(&script);
        all.extend(found.as_array().expect("a list").clone());
    }
    assert_eq!(all.len(), cases.len());
    all
}

fn said(found: &Value) -> Said {
    match found["wrong"].as_str() {
        Some(wrong) => Said::Wrong(wrong.to_owned()),
        None => Said::Fields(
            serde_json::from_value(found["fields"].clone()).expect("six texts for each field"),
        ),
    }
}

/// Every segment that was recorded for the book.
fn recorded() -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("book")];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).expect("a folder of the book");
        for path in entries.map(|entry| entry.expect("an entry").path()) {
            if path.is_dir() {
                folders.push(path);
            } else if is_recording(&path) {
                let trace = pcapng::read(&std::fs::read(&path).expect("a file"))
                    .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                found.extend(frames(trace));
            }
        }
    }
    found
}

fn is_recording(path: &Path) -> bool {
    path.extension() == Some("pcapng".as_ref())
}

fn frames(trace: Trace) -> impl Iterator<Item = Vec<u8>> {
    trace.rows.into_iter().filter_map(|row| match row.event {
        Event::Frame { bytes, .. } => Some(bytes),
        Event::Note { .. } => None,
    })
}

/// Segments of every kind as `proptest` makes them up, the same ones each time.
fn made_up(count: usize) -> Vec<Vec<u8>> {
    let mut runner = TestRunner::deterministic();
    (0..count)
        .map(|index| {
            if index % 2 == 0 {
                let tree = arbitrary::segment().new_tree(&mut runner);
                let segment = tree.expect("a segment").current();
                build::frame(arbitrary::MAC, arbitrary::MAC, &segment)
            } else {
                let tree = arbitrary::damaged_frame().new_tree(&mut runner);
                tree.expect("a frame").current()
            }
        })
        .collect()
}

/// A SYN with every octet of its offset and its options changed to what may be wrong there, and cut off everywhere.
fn faulty() -> Vec<Vec<u8>> {
    let frame = frames(handmade::trace()).next().expect("a frame");
    let mut faulty: Vec<Vec<u8>> = (0..frame.len()).map(|end| frame[..end].to_vec()).collect();
    for words in 0..16u8 {
        let mut changed = frame.clone();
        changed[46] = words << 4 | changed[46] & 15;
        faulty.push(changed);
    }
    for at in 54..frame.len() {
        for value in [0, 1, 2, 3, 4, 5, 9, 28, 34, 40, 172, 174, 255] {
            let mut changed = frame.clone();
            changed[at] = value;
            faulty.push(changed);
        }
    }
    // The first octets of the IPv4 header, with a checksum that is right again and one that is not.
    for at in [14, 16, 17, 20, 21, 23, 24, 26] {
        for value in [0x00, 0x20, 0x41, 0x45, 0x4f, 0x65, 0xff] {
            let mut changed = frame.clone();
            changed[at] = value;
            faulty.push(changed.clone());
            checksum::mend(&mut changed);
            faulty.push(changed);
        }
    }
    faulty
}

#[test]
fn the_decoder_says_of_all_octets_what_the_course_says() {
    let mut frames: Vec<Vec<u8>> = frames(handmade::trace()).collect();
    frames.extend(recorded());
    frames.extend(made_up(600));
    frames.extend(faulty());
    let mut cases = Vec::new();
    for frame in &frames {
        for (start, from) in Start::ALL.into_iter().zip([0, 14, 34]) {
            if let Some(octets) = frame.get(from..)
                && !octets.is_empty()
            {
                cases.push((start, octets));
            }
        }
    }
    let asked: Vec<(&str, String)> = cases
        .iter()
        .map(|(start, octets)| (start.value(), hex(octets)))
        .collect();
    let session = page_with_decoder();
    let (mut right, mut wrong, mut none) = (0, 0, 0);
    for ((start, octets), found) in cases.iter().zip(page_says(&session, &asked)) {
        let expected = expected(*start, octets);
        let said = said(&found);
        let case = || format!("{start:?} {}", hex(octets));
        match &expected {
            Said::Fields(_) => right += 1,
            Said::Wrong(_) => {
                wrong += 1;
                let DecodeError { offset, .. } = start.annotate(octets).expect_err("an error");
                let marked = octets.get(offset).map(|octet| format!("{octet:02x}"));
                assert_eq!(found["marked"], json!(marked), "{}", case());
            }
            Said::NoSegment => {
                none += 1;
                let Said::Wrong(sentence) = &said else {
                    panic!("{}: {said:?}", case())
                };
                let words = ["no IPv4 packet", "no TCP segment", "is a fragment"];
                assert!(
                    words.iter().any(|words| sentence.contains(words)),
                    "{}: {sentence}",
                    case()
                );
                continue;
            }
        }
        assert_eq!(said, expected, "{}", case());
    }
    println!("{right} decoded, {wrong} refused, {none} without a segment");
    assert!(
        right > 1000 && wrong > 500 && none > 50,
        "{right} {wrong} {none}"
    );
}

#[test]
fn the_decoder_finds_out_what_recorded_octets_begin_with() {
    let mut cases = Vec::new();
    for frame in recorded() {
        if Frame::decode(&frame).is_ok_and(|frame| frame.segment().is_some()) {
            cases.extend(
                Start::ALL
                    .into_iter()
                    .zip([0, 14, 34].map(|at| hex(&frame[at..]))),
            );
        }
    }
    assert!(cases.len() > 300);
    let asked: Vec<(&str, String)> = cases
        .iter()
        .map(|(_, octets)| ("", octets.clone()))
        .collect();
    let session = page_with_decoder();
    for ((start, octets), found) in cases.iter().zip(page_says(&session, &asked)) {
        let said = found["said"].as_str().unwrap_or_default();
        assert!(
            said.starts_with(&format!("Read as {}: ", start.words())),
            "{octets}: {found}"
        );
    }
}

#[test]
fn digits_may_be_written_in_any_usual_form_and_a_mistake_is_named_with_its_place() {
    const HEADER: &str = "00500051000000010000000250020003000400 05";
    let plain: String = HEADER.split(' ').collect();
    let pairs: Vec<&str> = (0..20).map(|at| &plain[2 * at..2 * at + 2]).collect();
    let good = [
        plain.clone(),
        plain.to_uppercase(),
        pairs.join(" "),
        pairs.join(":"),
        pairs.join("\r\n\t"),
        format!("0x{}", pairs.join(", 0x")),
        format!("  0X{}\n{}\n", &plain[..8], &plain[8..]),
    ];
    let bad = [
        (
            "00 5",
            "Line 1, character 4: “5” has an odd number of digits, 1. An octet has two.",
        ),
        (
            "00 50\n00 0g",
            "Line 2, character 5: “g” is no hexadecimal digit.",
        ),
        ("0x", "Line 1, character 3: no digits follow “0x”."),
        ("0xx0", "Line 1, character 3: “x” is no hexadecimal digit."),
        (
            "\n\n 0x123456789abcdef",
            "Line 3, character 4: “123456789abc…” has an odd number of digits, 15. An octet has two.",
        ),
        ("00🙂", "Line 1, character 3: “🙂” is no hexadecimal digit."),
        (
            "00",
            "Read as a TCP header. TCP, octet 0: the header needs 20 octets, 1 are left.",
        ),
    ];
    let mut asked: Vec<(&str, String)> = good.iter().map(|text| ("", text.clone())).collect();
    asked.extend(bad.iter().map(|(text, _)| ("", (*text).to_owned())));
    asked.push(("", " \n".to_owned()));
    let session = page_with_decoder();
    let found = page_says(&session, &asked);
    let octets: Vec<u8> = pairs
        .iter()
        .map(|pair| u8::from_str_radix(pair, 16).expect("digits"))
        .collect();
    for (text, found) in good.iter().zip(&found) {
        assert_eq!(said(found), expected(Start::Segment, &octets), "{text:?}");
    }
    for ((text, sentence), found) in bad.iter().zip(&found[good.len()..]) {
        assert_eq!(found["wrong"], *sentence, "{text:?}");
    }
    let nothing = found.last().expect("the last");
    assert_eq!(
        (&nothing["wrong"], &nothing["said"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn a_fault_of_the_decoder_is_not_blamed_on_the_octets() {
    let session = page_with_decoder();
    let header = "0050005100000001000000025002000300040005".to_owned();
    let read = page_says(&session, &[("", header.clone())]);
    assert_ne!(read[0]["said"], Value::Null);
    let _ = session.js("Math.ceil = () => { throw new TypeError('a fault'); };");
    let broken = page_says(&session, &[("", header)]);
    assert_eq!(
        (&broken[0]["said"], &broken[0]["wrong"]),
        (&Value::Null, &Value::Null)
    );
    let errors = session.errors();
    assert!(
        errors.iter().any(|error| error.contains("a fault")),
        "{errors:?}"
    );
}

#[test]
fn what_is_pasted_is_never_read_as_html() {
    let session = page_with_decoder();
    let tag = "<img/src=x/onerror=document.title='read'>";
    // As text that is refused, and as data that is shown.
    let mut octets = vec![0; 20];
    octets[12] = 0x50;
    octets.extend(tag[..30].bytes());
    let found = page_says(&session, &[("", tag.to_owned()), ("segment", hex(&octets))]);
    assert_eq!(
        found[0]["wrong"],
        "Line 1, character 1: “<” is no hexadecimal digit."
    );
    assert_eq!(
        found[1]["fields"][18][3],
        format!("\"{}\"", tag[..30].replace('\'', "\\'"))
    );
    let images = session.js("return document.querySelectorAll('.decoder img').length;");
    assert_eq!(images, 0);
}

#[test]
fn the_decoder_takes_the_picture_and_keeps_its_keys_to_itself() {
    let session = page_with_decoder();
    session.click(".decoder button");
    let header = session.js("return document.querySelector('.header-map').dataset.octets;");
    session.until("document.querySelector('.decoder-said')");
    let taken =
        session.js("return document.querySelector('.decoder textarea').value.replaceAll(' ', '');");
    assert_eq!(taken, header);
    session.click(".decoder textarea");
    let page = session.js("return location.href;");
    session.press(Key::Left);
    session.press(Key::Right);
    session.press("s");
    assert_eq!(
        session.js("return location.href;"),
        page,
        "no page is turned"
    );
    assert_eq!(
        session.js("return document.activeElement.tagName;"),
        "TEXTAREA",
        "no search is opened"
    );
}
