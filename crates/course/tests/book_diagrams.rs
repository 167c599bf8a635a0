//! The script that draws diagrams is fetched from mdbook-mermaid, where a page has a diagram.
#![cfg(unix)]

mod book;

use std::os::unix::fs::PermissionsExt;

use book::Book;

const SCRIPT: &str = "book/mermaid.min.js";
const DIAGRAM: &str = "# Welcome\n\n```mermaid\ngraph TD\n    accTitle: T\n    accDescr: D\n    A --> B\n```\n\n[First](handshake/three-way-handshake.md)\n";

/// A program that does what `mdbook-mermaid install FOLDER` does, where the course installs its own.
fn with_tool(book: &Book, program: &str) {
    let file = "target/tools/bin/mdbook-mermaid";
    book.write(file, &format!("#!/bin/sh\n{program}\n"));
    std::fs::set_permissions(book.path(file), PermissionsExt::from_mode(0o755)).unwrap();
}

#[test]
fn without_a_diagram_nothing_is_fetched() {
    let book = Book::new();
    assert!(book.preprocess_without_tools().status.success());
    assert!(!book.path(SCRIPT).exists());
}

#[test]
fn a_diagram_brings_the_script_once() {
    let book = Book::new();
    book.write("book/welcome.md", DIAGRAM);
    with_tool(
        &book,
        "test -f \"$2/book.toml\" && echo \"$1\" > \"$2/mermaid.min.js\"",
    );
    assert!(book.preprocess_without_tools().status.success());
    assert_eq!(book.read(SCRIPT), "install\n");
    let written = std::fs::metadata(book.path(SCRIPT))
        .unwrap()
        .modified()
        .unwrap();
    assert!(book.preprocess_without_tools().status.success());
    assert_eq!(
        std::fs::metadata(book.path(SCRIPT))
            .unwrap()
            .modified()
            .unwrap(),
        written
    );
}

#[test]
fn a_script_of_another_version_is_replaced() {
    let book = Book::new();
    book.write("book/welcome.md", DIAGRAM);
    book.write(SCRIPT, "old");
    with_tool(&book, "echo new > \"$2/mermaid.min.js\"");
    assert!(book.preprocess_without_tools().status.success());
    assert_eq!(book.read(SCRIPT), "new\n");
}

#[test]
fn without_mdbook_mermaid_a_diagram_says_what_to_run() {
    let book = Book::new();
    book.write("book/welcome.md", DIAGRAM);
    let output = book.preprocess_without_tools();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("book/mermaid.min.js: the diagrams need mdbook-mermaid"),
        "{said}"
    );
    assert!(said.contains("cargo course serve"), "{said}");
}

#[test]
fn a_script_that_is_there_already_is_enough() {
    let book = Book::new();
    book.write("book/welcome.md", DIAGRAM);
    book.write(SCRIPT, "there");
    assert!(book.preprocess_without_tools().status.success());
    assert_eq!(book.read(SCRIPT), "there");
}

#[test]
fn a_tool_that_fails_is_quoted() {
    let book = Book::new();
    book.write("book/welcome.md", DIAGRAM);
    with_tool(&book, "echo no space left >&2; exit 1");
    let output = book.preprocess_without_tools();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("`mdbook-mermaid install` failed: no space left")
    );
}
