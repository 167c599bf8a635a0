//! Everything that is wrong with a book is reported at once, by the check and by the build alike.

mod book;

use book::Book;

#[test]
fn a_chapter_with_five_mistakes_reports_all_five() {
    let book = Book::new();
    book.write(
        "book/handshake/three-way-handshake.md",
        "# Three segments\n\n{{#figure four-way-handshake}}\n\nSee {{#rfc 9293 3.99}} and {{#rfcs 9293 3.5}}.\n\n\
         {{#claim no-such-claim}}\n\n[next](why-three.md)\n",
    );
    assert_eq!(
        book.problems(),
        [
            "book/handshake/three-way-handshake.md:3: there is no recording book/handshake/four-way-handshake.pcapng",
            "book/handshake/three-way-handshake.md:5: RFC 9293 has no section 3.99",
            "book/handshake/three-way-handshake.md:5: no directive is called `rfcs`",
            "book/handshake/three-way-handshake.md:7: the ledger has no row `no-such-claim`",
            "book/handshake/three-way-handshake.md:9: the link why-three.md leads to a page that the book does not have",
        ]
    );
}

#[test]
fn a_header_needs_a_step_that_is_a_segment() {
    let book = Book::new();
    book.write(
        "book/welcome.md",
        "# Welcome\n\n{{#header three-way-handshake one}}\n\n{{#header three-way-handshake 1}}\n\n{{#header syn 1}}\n\n{{#header three-way-handshake 2}}\n",
    );
    assert_eq!(
        book.problems(),
        [
            "book/welcome.md:3: `one` is no number of a step",
            "book/welcome.md:5: step 1 of book/handshake/three-way-handshake.pcapng is no TCP segment",
            "book/welcome.md:7: there is no recording book/syn.pcapng",
            "book/welcome.md:9: book/handshake/three-way-handshake.pcapng has no step 2: it has steps 1 to 1",
        ]
    );
}

#[test]
fn states_need_a_recording_in_which_they_change() {
    let book = Book::new();
    book.write(
        "book/welcome.md",
        "# Welcome\n\n{{#states three-way-handshake}}\n\n{{#states three-way-handshake closing}}\n",
    );
    assert_eq!(
        book.problems(),
        [
            "book/welcome.md:3: in book/handshake/three-way-handshake.pcapng neither side takes an arrow of figure 5",
            "book/welcome.md:5: in book/handshake/three-way-handshake.pcapng nothing closes: neither side takes an arrow of \
             figure 5 from ESTABLISHED on",
        ]
    );
}

#[test]
fn ways_need_recordings_with_events() {
    let book = Book::new();
    book.write(
        "book/welcome.md",
        "# Welcome\n\n{{#ways three-way-handshake}}\n\n{{#ways syn three-way-handshake}}\n",
    );
    assert_eq!(
        book.problems(),
        [
            "book/welcome.md:3: book/handshake/three-way-handshake.pcapng has no event",
            "book/welcome.md:5: there is no recording book/syn.pcapng",
        ]
    );
}

#[test]
fn mistakes_of_several_files_are_reported_together() {
    let book = Book::new();
    book.write(
        "book/welcome.md",
        "# Welcome\n\n[a](handshake/three-way-handshake.md#no-such-place) ![b](no.png)\n",
    );
    let ledger = book.read("book/claims.toml");
    book.write(
        "book/claims.toml",
        &ledger.replacen("\"right\"", "\"rigth\"", 1),
    );
    book.write(
        "book/handshake/three-way-handshake.md",
        "# Three segments\n\n```rust\n{{#include gone.rs:a}}\n```\n",
    );
    let found = book.problems();
    assert_eq!(found.len(), 4, "{found:#?}");
    assert_eq!(found[0], "book/claims.toml:8: `rigth` is no verdict");
    assert!(
        found[1]
            .starts_with("book/handshake/three-way-handshake.md:4: gone.rs cannot be included: "),
        "{found:#?}"
    );
    assert_eq!(
        found[2],
        "book/welcome.md:3: book/handshake/three-way-handshake.md has no place `no-such-place`"
    );
    assert_eq!(
        found[3],
        "book/welcome.md:3: the link no.png leads to a file that is not there"
    );
}

#[test]
fn every_kind_of_mistake_is_found() {
    let claim = "opened-in-three-steps";
    for (text, what) in [
        ("{{#figure}}", "`{{#figure}}` has too few or too many words"),
        (
            "## By {{#rfc 9293 3.5}}",
            "`{{#rfc 9293 3.5}}` stands in a heading or in the text of a link",
        ),
        (
            "See {{#claim opened-in-three-steps}}.",
            "`{{#claim opened-in-three-steps}}` stands among other words",
        ),
        ("{{#ledger", "`{{#ledger` does not end on its line"),
        ("{{#exercise juggling}}", "there is no exercise `juggling`"),
        ("{{#settled juggling}}", "there is no chapter `juggling`"),
        (
            "{{#settled websocket}}",
            "no row of the ledger is settled in `websocket`",
        ),
        (
            "[a](/welcome.md)",
            "the link /welcome.md begins at the root of the server",
        ),
        ("[a]()", "a link leads nowhere"),
        (
            "<a href=\"gone.html\">a</a>",
            "the link gone.html leads to a page that the book does not have",
        ),
        ("[a](#nowhere)", "book/welcome.md has no place `nowhere`"),
        (
            "```mermaid\ngraph TD\nA --> B\n```",
            "a diagram has no accTitle or no accDescr",
        ),
        (
            "| a | |\n|---|---|\n| 1 | 2 |",
            "a column of the table has no name",
        ),
        (
            "`x`\n\n    {{#include claims.toml:99:100}}",
            "claims.toml has 22 lines, so lines 99:100 cannot be included",
        ),
        (
            "{{#include claims.toml:start}}",
            "claims.toml has no line `ANCHOR: start`",
        ),
    ] {
        let book = Book::new();
        book.write("book/welcome.md", &format!("# Welcome\n\n{text}\n"));
        let found = book.problems();
        assert_eq!(found.len(), 1, "{text}: {found:#?}");
        assert!(
            found[0].starts_with("book/welcome.md:") && found[0].ends_with(what),
            "{text}: {found:#?}"
        );
    }
    let book = Book::new();
    book.write(
        "book/welcome.md",
        &format!("# Welcome\n\n{{{{#claim {claim}}}}}\n\n{{{{#claim   {claim} }}}}\n"),
    );
    assert_eq!(
        book.problems(),
        ["book/welcome.md:5: `{{#claim   opened-in-three-steps}}` is in this chapter already"]
    );
}

#[test]
fn a_recording_that_cannot_be_read_names_the_place_in_it() {
    let book = Book::new();
    book.write("book/handshake/three-way-handshake.pcapng", "no recording");
    let found = book.problems();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(
        found[0].starts_with("book/handshake/three-way-handshake.md:3: book/handshake/three-way-handshake.pcapng: recording, octet "),
        "{found:#?}"
    );
}

#[test]
fn two_recordings_of_one_name_elsewhere_are_not_chosen_between() {
    let book = Book::new();
    let bytes = std::fs::read(book.path("book/handshake/three-way-handshake.pcapng")).unwrap();
    for folder in ["header", "http"] {
        book.write_bytes(&format!("book/{folder}/twice.pcapng"), &bytes);
    }
    book.write("book/welcome.md", "# Welcome\n\n{{#figure twice}}\n");
    assert_eq!(
        book.problems(),
        ["book/welcome.md:3: there is more than one twice.pcapng"]
    );
}

#[test]
fn a_page_that_the_table_of_contents_lists_must_be_there() {
    let book = Book::new();
    std::fs::remove_file(book.path("book/welcome.md")).unwrap();
    let found = book.problems();
    assert!(
        found[0].starts_with("book/welcome.md: cannot be read: "),
        "{found:#?}"
    );
}

#[test]
fn a_book_that_is_right_has_no_problems() {
    assert_eq!(Book::new().problems(), Vec::<String>::new());
}

#[test]
fn the_preprocessor_reports_the_same_problems_and_hands_no_book_back() {
    let book = Book::new();
    book.write(
        "book/welcome.md",
        "# Welcome\n\n{{#figure gone}} and {{#rfc 9293 99}}\n\n{{#settled gone}}\n",
    );
    let problems = book.problems();
    let output = book.preprocess();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout, b"");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(problems.len(), 3, "{problems:#?}");
    for problem in problems {
        assert!(said.contains(&problem), "{said}");
    }
    assert!(said.ends_with("3 problems in the book\n"), "{said}");
}
