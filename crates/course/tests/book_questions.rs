//! Questions that are answered in the page: what becomes of them, and what can be wrong with them.

mod book;

use std::path::Path;

use book::Book;

const PAGE: &str = "book/welcome.md";

/// A book with a real recording, whose first page has these questions.
fn book(questions: &str) -> Book {
    let book = Book::new();
    let recording = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../book/handshake/three-way-handshake.pcapng");
    book.write_bytes(
        "book/handshake/opening.pcapng",
        &std::fs::read(recording).unwrap(),
    );
    book.write(
        PAGE,
        &format!("# Welcome\n\n## Check yourself\n\n{questions}"),
    );
    book
}

/// A question whose explanation cites a section.
fn question(open: &str, body: &str, answer: &str) -> String {
    format!(
        "{{{{#{open}}}}}\n\nWhat?\n\n{body}\n\n{{{{#answer{answer}}}}}\n\nSo ({{{{#rfc 9293 3.5}}}}).\n\n{{{{#end}}}}\n"
    )
}

fn page(questions: &str) -> String {
    book(questions).page("welcome.md")
}

/// The parts of a page in their order.
#[track_caller]
fn assert_has(page: &str, parts: &[&str]) {
    let mut rest = page;
    for part in parts {
        let found = rest
            .find(part)
            .unwrap_or_else(|| panic!("{part:?} is not in, or not there in\n{page}"));
        rest = &rest[found + part.len()..];
    }
}

#[test]
fn something_to_choose_from_is_a_form_with_its_answer_folded() {
    let list = "- [ ] **One**, {{#rfc 9293 3.4}}\n  > Not so.\n- [x] Two\n- [x] Three";
    let page = page(&question("choose a-name", list, ""));
    assert_has(
        &page,
        &[
            "## Check yourself\n\n<p class=\"questions-progress\" data-page=\"welcome\" hidden>",
            "<form class=\"question\" id=\"check-welcome-a-name\" data-question=\"welcome/a-name\" data-page=\"welcome\" data-kind=\"choose\" data-key=\"",
            "<legend>1. Choose all that are right</legend>",
            "What?",
            "<div class=\"question-choices\">\n\n- <label><input type=\"checkbox\" name=\"check-welcome-a-name\" value=\"1\"> <b>A</b> **One**, <a ",
            "</a></label>\n  > Not so.\n- <label>",
            "value=\"2\"> <b>B</b> Two</label>\n",
            "<button>Check</button>",
            "</fieldset>\n<details class=\"question-answer\"><summary>Show the answer</summary>",
            "Right: <b>B and C</b></p>",
            "So (<a ",
            "</details></form>",
        ],
    );
}

#[test]
fn a_recording_says_which_choice_is_right() {
    let list = "- LISTEN\n  > No more.\n- `ESTABLISHED`";
    let page = page(&question("choose state", list, " opening 3 server"));
    assert_has(
        &page,
        &[
            "<legend>1. Choose one</legend>",
            "- <label><input type=\"radio\" name=\"check-welcome-state\" value=\"1\"> <b>A</b> LISTEN</label>\n  > No more.\n",
            "value=\"2\"> <b>B</b> `ESTABLISHED`</label>",
            "Right: <b>B</b>, by step 3 of the recording <code>opening</code>",
        ],
    );
}

#[test]
fn lines_to_put_into_order_are_mixed_and_the_answer_has_them_right() {
    for (body, answer, rows) in [
        (
            "1. First\n2. Then\n   that\n3. Last",
            "",
            ["First", "Then that", "Last"],
        ),
        (
            "",
            " opening 1-3",
            [
                "client: `SYN seq=0 mss=1460`",
                "server: `SYN,ACK seq=0 ack=1 mss=1460`",
                "client: `ACK seq=1 ack=1`",
            ],
        ),
    ] {
        let page = page(&question("order rows", body, answer));
        let (asked, told) = page.split_once("question-answer").unwrap();
        assert_has(told, &rows);
        let places = rows.map(|row| asked.find(&format!("\">{row}</span>")).unwrap());
        assert!(!places.is_sorted(), "{asked}");
    }
}

#[test]
fn a_number_is_given_or_read_from_a_recording() {
    for (answer, right) in [
        (" 007 octets", "<b>7</b> octets</p>"),
        (
            " opening 2 ack",
            "<b>1</b>, by step 2 of the recording <code>opening</code></p>",
        ),
        (" opening 1 mss octets", "<b>1460</b> octets, by step 1 of"),
        (" opening 1 data-offset", "<b>6</b>, by step 1 of"),
        (" opening 1 ipv4-time-to-live", "<b>64</b>, by step 1 of"),
        (
            " opening segments",
            "<b>5</b>, counted in the recording <code>opening</code></p>",
        ),
        (" opening client-segments", "<b>3</b>, counted"),
        (" opening server-segments", "<b>2</b>, counted"),
    ] {
        assert_has(
            &page(&question("number n", "", answer)),
            &[
                "<input type=\"text\" inputmode=\"numeric\"",
                "Right: ",
                right,
            ],
        );
    }
}

#[test]
fn questions_are_counted_together_with_those_that_are_only_unfolded() {
    let folded = "<details>\n<summary>2. And this?</summary>\n\nYes.\n\n</details>\n\n";
    let three = [
        question("number one", "", " 1"),
        folded.to_owned(),
        question("number two", "", " 1"),
    ];
    assert_has(
        &page(&three.join("\n")),
        &["<legend>1. Fill", "<summary>2. ", "<legend>3. Fill"],
    );
    let wrong = three.join("\n").replace("2. And", "3. And");
    assert_eq!(
        book(&wrong).problems(),
        ["book/welcome.md:18: question 2 has the number 3"]
    );
}

#[test]
fn a_question_in_a_block_of_code_is_text() {
    let text = format!("~~~markdown\n{}~~~\n", question("number one", "", ""));
    assert_eq!(book(&text).problems(), [""; 0]);
    assert!(page(&text).contains("\n{{#number one}}\n"));
}

#[test]
fn what_is_wrong_with_a_question_is_told_with_its_line() {
    let two = "- [x] a\n- [ ] b";
    for (text, line, what) in [
        (
            question("choose n", "", ""),
            5,
            "`n` has nothing to choose from",
        ),
        (
            question("choose n", "- [x] a\n- b", ""),
            9,
            "1 of 2 items have a box",
        ),
        (
            question("choose n", "- [ ] a\n- [ ] b", ""),
            9,
            "no item is right",
        ),
        (
            question("choose n", "- [x] a\n- [x] b", ""),
            9,
            "no item is wrong",
        ),
        (
            question("choose n", two, " opening 3 server"),
            9,
            "boxes say what is right, and {{#answer}} names a recording",
        ),
        (
            question("choose n", "- CLOSED\n- LISTEN", " opening 3 server"),
            9,
            "0 items say `ESTABLISHED`, which is the answer",
        ),
        (
            question("choose n", two, " 7"),
            12,
            "{{#answer}} says too little",
        ),
        (
            question("order n", "", ""),
            5,
            "`n` has no lines to put into order, or has them twice",
        ),
        (
            question("order n", "1. a\n1. b", " opening 1-3"),
            5,
            "`n` has no lines to put into order, or has them twice",
        ),
        (
            question("order n", "1. a {{#rfc 9293 3.5}}\n1. b", ""),
            9,
            "a line that is to be put into order has a box or a directive",
        ),
        (
            question("order n", "1. a\n1. a", ""),
            12,
            "there are not two different lines to put into order",
        ),
        (
            question("order n", "", " opening 2"),
            11,
            "`opening 2` names no steps of a recording",
        ),
        (
            question("order n", "", " opening 2-9"),
            11,
            "book/handshake/opening.pcapng has no step 6: it has steps 1 to 5",
        ),
        (
            question("number n", "", ""),
            11,
            "{{#answer}} says too little",
        ),
        (
            question("number n", "", " seven octets"),
            11,
            "there is no recording book/seven.pcapng",
        ),
        (
            question("number n", "", " gone 1 seq"),
            11,
            "there is no recording book/gone.pcapng",
        ),
        (
            question("number n", "", " opening 6 seq"),
            11,
            "book/handshake/opening.pcapng has no step 6: it has steps 1 to 5",
        ),
        (
            question("number n", "", " opening 1 ack"),
            11,
            "step 1 of book/handshake/opening.pcapng has no field `ack`",
        ),
        (
            question("number n", "", " opening many"),
            11,
            "`many` is nothing that can be counted in a recording",
        ),
        (
            question("number n", "", " opening one seq"),
            11,
            "`one` is no number of a step",
        ),
        (
            question("number n", "", " opening 1 control"),
            11,
            "the answer is `SYN`, which is no whole number",
        ),
        (
            question("number N", "", " 7"),
            5,
            "`N` is no name of a question",
        ),
        (
            question("number n", "", " 7").replace("{{#rfc 9293 3.5}}", "3.5"),
            11,
            "the answer of `n` cites no section",
        ),
        (
            question("number n", "", " 7").replace("\n{{#end}}", "\n  {{#end}}"),
            15,
            "a line of the question `n` is indented",
        ),
        (
            question("number n", "", " 7").replace("{{#end}}", ""),
            5,
            "the question `n` has no answer, or does not end",
        ),
        (
            "{{#answer}}\n".to_owned(),
            5,
            "no question begins above this",
        ),
        (
            [
                question("number n", "", " 7"),
                question("number n", "", " 7"),
            ]
            .concat(),
            16,
            "there is a question `n` in this chapter already",
        ),
    ] {
        assert_eq!(
            book(&text).problems(),
            [format!("book/welcome.md:{line}: {what}")],
            "{text}"
        );
    }
}

#[test]
fn links_and_sections_in_a_question_are_looked_at_as_everywhere() {
    let list = "- [x] [a](gone.md)\n- [ ] b\n  > {{#rfc 9293 3.99}}";
    assert_eq!(
        book(&question("choose n", list, "")).problems(),
        [
            "book/welcome.md:9: the link gone.md leads to a page that the book does not have",
            "book/welcome.md:11: RFC 9293 has no section 3.99",
        ]
    );
}
