//! The index of the search: what it has of a book, and where it is written.

mod book;

use book::{Book, preprocess};
use serde_json::{Value, json};

const INDEX: &str = "book/search-index.js";

/// Runs the preprocessor as mdBook does for pages with a search box.
fn index(book: &Book) -> Value {
    let mut sent = book.sent();
    sent[0]["config"]["output"] = json!({"html": {"search": {"use-boolean-and": true}}});
    let output = preprocess(&[], sent.to_string().as_bytes());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let script = book.read(INDEX);
    let json = script
        .strip_prefix("Object.assign(window.search, ")
        .and_then(|rest| rest.strip_suffix(");\n"));
    serde_json::from_str(json.unwrap()).unwrap()
}

/// Address, title and words of each entry.
fn entries(index: &Value) -> Vec<[String; 3]> {
    let docs = &index["index"]["documentStore"]["docs"];
    let addresses = index["doc_urls"].as_array().unwrap();
    let entry = |(number, address): (usize, &Value)| {
        let doc = &docs[number.to_string()];
        [address, &doc["title"], &doc["body"]].map(|part| part.as_str().unwrap().to_owned())
    };
    addresses.iter().enumerate().map(entry).collect()
}

fn entry(index: &Value, address: &str) -> [String; 3] {
    let mut entries = entries(index).into_iter();
    entries
        .find(|entry| entry[0] == address)
        .unwrap_or_else(|| panic!("no {address}"))
}

#[test]
fn a_heading_has_its_words_and_those_of_its_directives_without_octets() {
    let book = Book::new();
    book.write(
        "book/a.rs",
        "// ANCHOR: a\nlet port = 80;\n// ANCHOR_END: a\nlet other = 81;\n",
    );
    let text = book.read("book/welcome.md")
        + "\n## In code\n\n```rust\n{{#include a.rs:a}}\n```\n\n<p>Some <b>HTML</b>.</p>\n";
    book.write("book/welcome.md", &text);
    let index = index(&book);
    let chapter = "handshake/three-way-handshake.html";
    let [_, title, words] = entry(&index, &format!("{chapter}#three-segments"));
    assert_eq!(title, "Three segments");
    assert_eq!(
        words,
        "By RFC 9293 §3.5, {{#rfc x}} and {{#rfc y}}. A connection is opened in three steps."
    );
    let [_, _, code] = entry(&index, "welcome.html#in-code");
    assert_eq!(code, "let port = 80; Some HTML .");
    let [_, says, because] = entry(&index, "ledger.html#claim-names-the-state");
    assert_eq!(says, "The state is <SYN_SEND>.");
    assert_eq!(because, "wrong: It is SYN-SENT. ss. RFC 9293 §3.3.2");
    assert_eq!(index["search_options"]["bool"], "AND");
}

#[test]
fn an_index_that_is_as_it_was_is_not_written_again() {
    let book = Book::new();
    index(&book);
    let before = std::fs::metadata(book.path(INDEX))
        .unwrap()
        .modified()
        .unwrap();
    index(&book);
    let after = std::fs::metadata(book.path(INDEX))
        .unwrap()
        .modified()
        .unwrap();
    assert_eq!(before, after);
}

#[test]
fn a_book_without_a_search_box_has_no_index() {
    let book = Book::new();
    book.page("welcome.md");
    assert!(!book.path(INDEX).exists());
}

#[test]
fn an_index_that_cannot_be_written_is_a_problem_of_the_book() {
    let book = Book::new();
    std::fs::create_dir(book.path(INDEX)).unwrap();
    let mut sent = book.sent();
    sent[0]["config"]["output"] = json!({"html": {}});
    let output = preprocess(&[], sent.to_string().as_bytes());
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("book/search-index.js: cannot be written"),
        "{said}"
    );
}
