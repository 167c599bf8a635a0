//! What the directives become.

mod book;

use std::net::{Ipv4Addr, SocketAddrV4};

use book::{Book, preprocess};
use trace::frame::MacAddress;
use trace::{ControlBits, Event, Fate, Origin, Row, Segment, Side, States, Trace, build, pcapng};

const CHAPTER: &str = "handshake/three-way-handshake.md";

#[test]
fn a_chapter_keeps_its_words_around_what_its_directives_become() {
    let page = Book::new().page(CHAPTER);
    let lines: Vec<&str> = page.lines().collect();
    assert_eq!(lines[0], "# Three segments");
    assert!(lines[2].starts_with(r#"<figure class="exchange" id="figure-three-way-handshake""#));
    assert!(lines[2].ends_with("</figure>"));
    assert_eq!(
        lines[5],
        r#"By <a class="cite" href="https://www.rfc-editor.org/rfc/rfc9293.html#section-3.5" title="Establishing a Connection: Transmission Control Protocol (TCP), August 2022">RFC 9293 §3.5</a>, `{{#rfc x}}` and \{{#rfc y}}."#
    );
    assert!(page.contains("\n## Settled here\n\n<ul class=\"settled\">"));
}

#[test]
fn a_box_ends_before_a_blank_line_so_that_markdown_goes_on_behind_it() {
    let page = Book::new().page(CHAPTER);
    let claim = page.find("<div class=\"claim").unwrap();
    let card = page.find("<section class=\"exercise-card\"").unwrap();
    assert!(
        page[claim..card].ends_with("</div>\n\n"),
        "{}",
        &page[claim..card]
    );
    assert_eq!(page[claim..card].trim_end().lines().count(), 1);
}

#[test]
fn a_claim_shows_what_is_said_and_what_is_so_and_leads_to_the_ledger() {
    let page = Book::new().page(CHAPTER);
    let start = page.find("<div class=\"claim").unwrap();
    let claim = page[start..].lines().next().unwrap();
    assert!(
        claim.starts_with(r#"<div class="claim claim-right" id="claim-opened-in-three-steps""#),
        "{claim}"
    );
    for part in [
        "A connection is opened in three steps.",
        "Three segments pass.",
        "The figure.",
        "</svg>right</span>",
        ">RFC 9293 §3.5</a>",
        r#"<a href="../ledger.md#claim-opened-in-three-steps">In the ledger</a>"#,
    ] {
        assert!(claim.contains(part), "{part}\n{claim}");
    }
}

#[test]
fn an_exercise_shows_its_time_points_files_and_command() {
    let page = Book::new().page(CHAPTER);
    for part in [
        "Open one connection",
        "Opening a connection.",
        "<li>20 minutes</li><li>25 points</li>",
        "exercises/handshake/three-way-handshake/src/lib.rs",
        "<code class=\"language-console\">cargo test -p three-way-handshake</code>",
        "<li>the wire sees three segments <span>(10)</span></li>",
        "exercises/handshake/three-way-handshake/hints.md",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
}

#[test]
fn the_ledger_lists_every_row_and_links_those_whose_chapter_is_written() {
    let page = Book::new().page("ledger.md");
    assert!(page.contains("## The handshake {#ledger-handshake}"));
    assert!(page.contains(r#"<li class="claim claim-right" id="claim-opened-in-three-steps""#));
    assert!(page.contains(
        r#"Settled in <a href="handshake/three-way-handshake.md">Three segments, step by step</a>"#
    ));
    assert!(page.contains("The control bits: chapter not written yet"));
    assert!(page.contains("The state is &lt;SYN_SEND&gt;."));
    assert!(
        page.contains("</svg>wrong</span> 1</li>") && page.contains("</svg>missing</span> 0</li>")
    );
    assert!(page.ends_with("\n\nThe end.\n"));
}

#[test]
fn a_figure_from_another_folder_is_downloaded_from_there() {
    let book = Book::new();
    book.write(
        "book/welcome.md",
        "# Welcome\n\n{{#figure three-way-handshake}}\n",
    );
    let page = book.page("welcome.md");
    assert!(page.contains(r#"<a href="handshake/three-way-handshake.pcapng" download>"#));
}

#[test]
fn a_page_with_a_recorded_connection_has_figure_5_once_for_its_players() {
    let picture = r#"<script type="image/svg+xml" id="figure-5">"#;
    let book = Book::new();
    record_a_syn(&book, "book/handshake/syn.pcapng");
    record_a_syn(&book, "book/handshake/again.pcapng");
    book.write(
        "book/welcome.md",
        "# Welcome\n\n{{#figure syn}}\n\n{{#figure again}}\n\n[The first step](#syn-play-1)\n",
    );
    assert_eq!(book.page("welcome.md").matches(picture).count(), 1);
    // Its recording has no connection.
    assert_eq!(book.page(CHAPTER).matches(picture).count(), 0);
}

#[test]
fn a_header_is_drawn_from_the_step_that_is_named() {
    let book = Book::new();
    record_a_syn(&book, "book/handshake/syn.pcapng");
    book.write(
        "book/welcome.md",
        "# Welcome\n\n{{#header syn 1}}\n\n[the SYN bit](#syn-1-header-syn)\n",
    );
    let page = book.page("welcome.md");
    assert!(
        page.contains("\n<figure class=\"header-map\" id=\"syn-1-header\""),
        "{page}"
    );
    assert!(page.contains(r#"<a href="handshake/syn.pcapng" download>"#));
}

/// A recording of one SYN.
fn record_a_syn(book: &Book, file: &str) {
    let there = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 80);
    let syn = Segment {
        control: ControlBits::SYN,
        ..Segment::between(there, there)
    };
    let event = Event::Frame {
        time: 0,
        from: Side::Client,
        origin: Origin::Host,
        fate: Fate::Delivered,
        altered: false,
        bytes: build::frame(MacAddress::default(), MacAddress::default(), &syn),
    };
    let states = States::default();
    let recording = pcapng::write(&Trace {
        rows: vec![Row { event, states }],
        ..Trace::default()
    });
    book.write_bytes(file, &recording);
}

#[test]
fn only_pages_of_html_are_supported() {
    assert_eq!(
        preprocess(&["supports", "html"], b"").status.code(),
        Some(0)
    );
    assert_eq!(
        preprocess(&["supports", "epub"], b"").status.code(),
        Some(1)
    );
    let output = preprocess(&["html"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("is not what mdBook asks")
    );
}

#[test]
fn code_is_coloured_and_directives_are_left_alone() {
    assert!(
        preprocess(&["highlight", "supports", "html"], b"")
            .status
            .success()
    );
    let book = Book::new();
    let mut sent = book.sent();
    sent[1]["items"][0]["Chapter"]["content"] = "{{#ledger}}\n\n```rust\nlet x = 1;\n```\n".into();
    let output = preprocess(&["highlight"], sent.to_string().as_bytes());
    let page: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        page["items"][0]["Chapter"]["content"],
        "{{#ledger}}\n\n<pre><code class=\"language-rust hljs\"><span class=\"hljs-keyword\">let</span> x = \
         <span class=\"hljs-number\">1</span>;&#10;</code></pre>\n"
    );
}

#[test]
fn input_that_is_no_book_is_refused() {
    let output = preprocess(&[], b"{}");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("standard input is no book of mdBook 0.5")
    );
}

#[test]
fn what_is_solved_is_marked_on_its_card_and_in_the_contents() {
    let book = Book::new();
    let before = book.chapter(CHAPTER);
    book.write(
        ".course/progress.toml",
        "[exercise.three-way-handshake]\nhints = 3\n",
    );
    assert_eq!(book.chapter(CHAPTER), before);

    book.write(
        ".course/progress.toml",
        "[exercise.three-way-handshake]\nsolved = true\n",
    );
    let solved = book.chapter(CHAPTER);
    assert_eq!(solved["name"], format!("{CHAPTER} \u{2713}"));
    let page = solved["content"].as_str().unwrap();
    assert!(page.contains(r#"<section class="exercise-card exercise-solved""#));
    assert!(page.contains("</svg>solved</span></p>"));
    assert_eq!(book.chapter("ledger.md")["name"], "ledger.md");
}

#[test]
fn a_broken_progress_file_is_a_warning_and_the_book_is_as_without() {
    let book = Book::new();
    let before = book.preprocess();
    book.write(".course/progress.toml", "[exercise\n");
    let after = book.preprocess();
    assert!(after.status.success());
    assert_eq!(after.stdout, before.stdout);
    let said = String::from_utf8(after.stderr).unwrap();
    assert!(
        said.contains("warning: the book does not show what is solved\n.course/progress.toml:1: "),
        "{said}"
    );
}
