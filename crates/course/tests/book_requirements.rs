//! The list of what RFC 9293 requires: as a page, and as what chapters name.

mod book;

use book::Book;

const LIST: &str = "[[requirement]]\nid = \"MUST-10\"\nsections = [\"3.5\"]\nlevel = \"MUST\"\nasks = \"Two <calls> at once.\"\n\
                    recordings = [\"three-way-handshake\"]\nexercises = [\"three-way-handshake\"]\nseen = \"One connection.\"\n\
                    differs = \"Not at all.\"\n\n\
                    [[requirement]]\nid = \"SHLD-2\"\nsections = [\"3.5.3\"]\nlevel = \"SHOULD\"\nasks = \"Resets with data.\"\n\
                    not_shown = \"Nobody sends one.\"\n";
const PAGE: &str = "# Welcome\n\n{{#requirements}}\n\nThe end.\n";
const CHAPTER: &str = "book/handshake/three-way-handshake.md";

fn book() -> Book {
    let book = Book::new();
    book.write("book/requirements.toml", LIST);
    book.write("book/welcome.md", PAGE);
    book
}

#[test]
fn every_row_stands_under_its_section_with_what_shows_it_or_why_nothing_does() {
    let page = book().page("welcome.md");
    for part in [
        "<strong>1 of 2</strong> numbered requirements are shown.",
        "## 3.5 Establishing a Connection {#section-3-5}",
        "## 3.5.3 Reset Processing {#section-3-5-3}",
        r#"<li class="requirement" id="MUST-10" data-verdict="shown exercise differs">"#,
        "Two &lt;calls&gt; at once.",
        r#"<a href="handshake/three-way-handshake.md#figure-three-way-handshake">three-way-handshake</a>"#,
        r#"<a href="handshake/three-way-handshake.md#exercise-three-way-handshake">three-way-handshake</a>"#,
        "Linux differs:</span> Not at all.",
        r#"<li class="requirement" id="SHLD-2" data-verdict="not-shown">"#,
        "Not shown:</span> Nobody sends one.",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    assert!(page.ends_with("\n\nThe end.\n"));
}

#[test]
fn the_counts_are_those_of_the_rows() {
    let page = book().page("welcome.md");
    for cells in [
        r#"MUST</span></th><td>1</td><td>1</td><td>1</td><td>1</td><td>0</td></tr>"#,
        r#"SHOULD</span></th><td>1</td><td>0</td><td>0</td><td>0</td><td>1</td></tr>"#,
        r#"together</th><td>2</td><td>1</td><td>1</td><td>1</td><td>1</td></tr>"#,
    ] {
        assert!(page.contains(cells), "{cells}\n{page}");
    }
}

#[test]
fn a_number_in_a_chapter_leads_to_its_row() {
    let book = book();
    let text = book.read(CHAPTER) + "\nBoth may call (MUST-10, `MUST-10`).\n";
    book.write(CHAPTER, &text);
    let page = book.page("handshake/three-way-handshake.md");
    assert!(
        page.ends_with("\nBoth may call ([MUST-10](../welcome.md#MUST-10), `MUST-10`).\n"),
        "{page}"
    );
}

#[test]
fn what_the_list_names_and_no_page_shows_is_reported_with_its_line() {
    let book = book();
    let list = LIST
        .replace(
            "[\"three-way-handshake\"]\nexercises",
            "[\"no-such\"]\nexercises",
        )
        .replace("exercises = [\"three-way", "exercises = [\"four-way");
    book.write("book/requirements.toml", &list);
    assert_eq!(
        book.problems(),
        [
            "book/requirements.toml:6: no page shows the recording `no-such`",
            "book/requirements.toml:7: no page shows the exercise `four-way-handshake`",
        ]
    );
}

#[test]
fn a_number_that_the_list_lacks_is_reported_where_a_chapter_names_it() {
    let book = book();
    let text = book.read(CHAPTER) + "\nBoth may call (MUST-11).\n\n```text\nMUST-12\n```\n";
    book.write(CHAPTER, &text);
    let line = text
        .lines()
        .position(|line| line.contains("MUST-11"))
        .unwrap()
        + 1;
    assert_eq!(
        book.problems(),
        [format!(
            "{CHAPTER}:{line}: RFC 9293 has no requirement MUST-11, as far as the list goes"
        )]
    );
}

#[test]
fn mistakes_in_the_list_fail_the_build_as_well() {
    let book = book();
    book.write("book/requirements.toml", &LIST.replace("3.5.3", "3.55"));
    let output = book.preprocess();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("book/requirements.toml:13: RFC 9293 has no section 3.55"),
        "{said}"
    );
}

#[test]
fn a_page_without_a_list_has_nothing_to_show() {
    let book = Book::new();
    book.write("book/welcome.md", PAGE);
    assert_eq!(
        book.problems(),
        ["book/welcome.md:3: there are no requirements to show"]
    );
}
