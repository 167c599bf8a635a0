use std::collections::HashSet;

use super::*;
use crate::exchange::{Event, Fate, Origin, Provenance, Row, Side, View};
use crate::samples::{client_segment, row, server_segment, states};
use crate::{ControlBits, State};

/// A SYN lost, then held, then let go while the script adds one of its own; a note; an answer that
/// is copied and changed.
fn every_fate() -> Trace {
    let syn = client_segment(ControlBits::SYN, 500);
    let answer = server_segment(ControlBits::SYN | ControlBits::ACK, 900);
    let (sent, received) = (State::SynSent, State::SynReceived);
    let mut changed = row(&answer, Origin::Copy(4), Fate::Delivered, sent, received);
    if let Event::Frame { altered, .. } = &mut changed.event {
        *altered = true;
    }
    let note = Row {
        event: Event::Note {
            side: Side::Client,
            text: "connect() waits <still>".to_owned(),
        },
        states: states(sent, received),
    };
    Trace {
        provenance: Provenance {
            scene: "every_fate".to_owned(),
            title: "Every fate".to_owned(),
            kernel: "Linux 6.18".to_owned(),
            sysctls: [("net.ipv4.tcp_ecn".to_owned(), "0".to_owned())].into(),
        },
        view: View::default(),
        start: states(State::Closed, State::Listen),
        rows: vec![
            row(&syn, Origin::Host, Fate::Lost, sent, State::Listen),
            row(&syn, Origin::Host, Fate::Held, sent, State::Listen),
            row(&syn, Origin::Script, Fate::Delivered, sent, received),
            row(&syn, Origin::Held(1), Fate::Delivered, sent, received),
            row(&answer, Origin::Host, Fate::Delivered, sent, received),
            note,
            changed,
        ],
    }
}

fn drawn() -> String {
    figure(
        &every_fate(),
        "every-fate",
        "Every fate",
        "every-fate.pcapng",
    )
}

/// What stands in the figure once every tag is taken out, as a screen reader reads it.
fn words(html: &str) -> String {
    let mut words = String::new();
    let mut inside = false;
    for character in html.chars() {
        match character {
            '<' => inside = true,
            '>' => inside = false,
            other if !inside => words.push(other),
            _ => {}
        }
    }
    words
}

fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    html.split(start.as_str())
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

#[test]
fn the_figure_is_one_line_in_which_mdbook_finds_no_directive() {
    let html = drawn();
    assert!(!html.contains('\n'));
    assert!(!html.contains('{'));
    assert!(html.starts_with(r#"<figure class="exchange" id="figure-every-fate""#));
    assert!(html.ends_with("</figure>"));
}

#[test]
fn every_tag_that_opens_closes_in_order() {
    let html = drawn();
    let mut open = Vec::new();
    for tag in html.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap();
        let name = tag.split([' ', '/']).find(|word| !word.is_empty()).unwrap();
        match (tag.starts_with('/'), tag.ends_with('/')) {
            (true, _) => assert_eq!(open.pop(), Some(name), "</{name}>"),
            (false, false) => open.push(name),
            (false, true) => {}
        }
    }
    assert_eq!(open, Vec::<&str>::new());
}

#[test]
fn no_id_is_there_twice_and_every_field_will_have_one() {
    let html = drawn();
    let mut ids: Vec<String> = attributes(&html, "id")
        .into_iter()
        .map(str::to_owned)
        .collect();
    ids.extend(places(&every_fate(), "every-fate"));
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), ids.len());
    for id in [
        "every-fate-1",
        "every-fate-2-ack",
        "every-fate-6-sequence-number",
        "every-fate-1-ipv4-version",
        "every-fate-play-0",
        "every-fate-play-5.1",
        "every-fate-play-6",
    ] {
        assert!(ids.contains(&id.to_owned()), "{id} is not in {ids:?}");
    }
}

#[test]
fn what_became_of_each_frame_stands_in_words() {
    let words = words(&drawn());
    for remark in [
        "Step 1: client to server, SYN seq=0500 lost, client is now SYN-SENT, server stays LISTEN",
        "Step 2: client to server, SYN seq=0500 held on the wire, client stays SYN-SENT",
        "Step 3: client to server, SYN seq=0500 made by the script, no kernel sent it",
        "server is now SYN-RECEIVED",
        "Step 4: client to server, SYN seq=0500 let go, held since step 2",
        "Step 5: server to client, SYN,ACK seq=0900",
        "client’s program: connect() waits &lt;still&gt;",
        "a copy of step 5 changed on the way",
        "before the first frame",
    ] {
        assert!(words.contains(remark), "{remark}\nis not in\n{words}");
    }
}

#[test]
fn what_became_of_each_frame_is_drawn_without_colour() {
    let html = drawn();
    let pictures: Vec<&str> = html.split(r#"<svg class="arrow""#).skip(1).collect();
    let cross = "M-6-6L6 6M6-6L-6 6";
    let bars = "M-3-7V7M3-7V7";
    assert!(pictures[0].contains(r#"class="solid""#) && pictures[0].contains(cross));
    assert!(pictures[1].contains(r#"class="dashed""#) && pictures[1].contains(bars));
    assert!(pictures[2].contains(r#"class="dash-dot""#));
    assert!(pictures[3].contains(r#"class="dotted""#));
    assert!(pictures[4].contains(r#"class="solid""#));
    let copy = pictures[5].split("</summary>").next().unwrap();
    assert_eq!(copy.matches("<line").count(), 2);
}

#[test]
fn an_answer_points_the_other_way() {
    let html = drawn();
    let pictures: Vec<&str> = html.split(r#"<svg class="arrow""#).skip(1).collect();
    assert!(
        pictures[2].contains(r#"x1="1%" y1="32%" x2="99%" y2="68%""#),
        "{}",
        &pictures[2][..300]
    );
    assert!(
        pictures[4].contains(r#"x1="99%" y1="32%" x2="1%" y2="68%""#),
        "{}",
        &pictures[4][..300]
    );
}

/// The columns of the fields that the step with this number names, in its order.
fn fields_of_step(html: &str, number: usize) -> Vec<Vec<String>> {
    let sheet: Vec<&str> = attributes(html, "data-sheet")[0].split('\t').collect();
    let sheet: Vec<&[&str]> = sheet.chunks(9).collect();
    let numbers = attributes(html, "data-says")[number - 1].split(' ');
    let numbers = numbers.map(|number| number.parse::<usize>().unwrap());
    let columns = |number: usize| sheet[number].iter().map(|&column| column.to_owned());
    numbers.map(|number| columns(number).collect()).collect()
}

#[test]
fn every_field_has_its_octets_bits_value_meaning_and_section() {
    let fields = fields_of_step(&drawn(), 5);
    let field = |part: &str| fields.iter().find(|field| field[0] == part).unwrap();
    let url = "https://www.rfc-editor.org/rfc/rfc9293.html#section-3.1";
    let number = field("sequence-number");
    assert_eq!(
        number[1..6],
        ["TCP", "Sequence Number", "32", "00 00 03 84", "900"]
    );
    assert!(!number[6].is_empty());
    assert_eq!(number[7..], ["RFC 9293 §3.1", url]);
    assert_eq!(field("ack")[1..6], ["TCP", "ACK", "1", "...1 ....", "1"]);
}

#[test]
fn what_fields_say_is_said_once_in_a_figure() {
    let html = drawn();
    let sheet: Vec<&str> = attributes(&html, "data-sheet")[0].split('\t').collect();
    let fields: Vec<&[&str]> = sheet.chunks(9).collect();
    let different: HashSet<&&[&str]> = fields.iter().collect();
    assert_eq!(different.len(), fields.len());
    let named: usize = (1..=6).map(|step| fields_of_step(&html, step).len()).sum();
    assert!(fields.len() < named / 3, "{} of {named}", fields.len());
}

#[test]
fn all_octets_of_a_frame_are_there_in_order() {
    let html = drawn();
    let step = html.split(r#"class="hex""#).nth(1).unwrap();
    let octets = step.split("</div>").next().unwrap();
    let layers = octets.split(r#"<span class="hex-octets">"#).skip(1);
    let digits: String = layers
        .flat_map(|layer| layer.split('<').next().unwrap().split(' '))
        .collect();
    assert_eq!(
        digits,
        crate::items::hex(every_fate().rows[0].frame().unwrap())
    );
}

#[test]
fn a_long_payload_is_cut_and_says_so() {
    let mut trace = every_fate();
    let mut segment = client_segment(ControlBits::ACK, 501);
    segment.payload = vec![b'x'; 1000];
    trace.rows = vec![row(
        &segment,
        Origin::Host,
        Fate::Delivered,
        State::Established,
        State::Established,
    )];
    let html = figure(&trace, "long", "Long", "long.pcapng");
    assert!(html.contains("and 744 more octets, which the recording has"));
}

#[test]
fn a_frame_that_cannot_be_decoded_is_shown_with_the_reason() {
    let mut trace = every_fate();
    if let Event::Frame { bytes, .. } = &mut trace.rows[0].event {
        bytes.truncate(20);
    }
    let html = figure(&trace, "short", "Short", "short.pcapng");
    assert!(html.contains("These octets are no frame that can be named field by field: "));
}

#[test]
fn the_text_ladder_the_source_and_the_download_belong_to_the_figure() {
    let html = drawn();
    let ladder = Ladder::of(&every_fate()).to_string();
    assert!(html.contains(&escape(ladder.trim_end())));
    assert!(html.contains("Linux 6.18") && html.contains("every_fate"));
    assert!(html.contains("net.ipv4.tcp_ecn = 0"));
    assert!(html.contains(r#"<a href="every-fate.pcapng" download>"#));
}

#[test]
fn sections_have_addresses_and_names() {
    let page = "https://www.rfc-editor.org/rfc/";
    for (rfc, section, url, name) in [
        (
            9293,
            "3.10.7.4",
            "rfc9293.html#section-3.10.7.4",
            "RFC 9293 §3.10.7.4",
        ),
        (
            9112,
            "C.2.2",
            "rfc9112.html#appendix-C.2.2",
            "RFC 9112 §C.2.2",
        ),
        (791, "A", "rfc791.html#appendix-A", "RFC 791 §A"),
        (768, "Format", "rfc768.html", "RFC 768, Format"),
    ] {
        assert_eq!(section_url(rfc, section), format!("{page}{url}"));
        assert_eq!(section_name(rfc, section), name);
    }
}

#[test]
fn a_figure_tells_its_player_something_for_each_line() {
    let html = drawn();
    let lines = attributes(&html, "data-play")[0].split(';').count();
    assert_eq!(lines, Ladder::of(&every_fate()).lines.len());
    let empty = figure(&Trace::default(), "empty", "Empty", "empty.pcapng");
    assert!(!empty.contains("data-play"));
}

#[test]
fn text_is_escaped() {
    assert_eq!(
        escape("<a b=\"c\">&{{#x}}\n"),
        "&lt;a b=&quot;c&quot;&gt;&amp;&#123;&#123;#x}}&#10;"
    );
}
