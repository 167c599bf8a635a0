//! The book as `cargo course build` leaves it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The root of the course.
#[must_use]
pub fn root() -> PathBuf {
    let browser = Path::new(env!("CARGO_MANIFEST_DIR"));
    browser.ancestors().nth(2).unwrap_or(browser).to_path_buf()
}

/// A page of the built book.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Page {
    /// Its path below the book: `handshake/why-three.html`.
    pub path: String,
    /// Its HTML.
    pub html: String,
}

impl Page {
    /// Whether it shows a recorded exchange.
    #[must_use]
    pub fn has_figure(&self) -> bool {
        self.html.contains("<figure class=\"exchange\"")
    }

    /// Whether it is the page for printing, which has what is on all the others.
    #[must_use]
    pub fn is_for_printing(&self) -> bool {
        self.path == "print.html"
    }

    /// Whether it shows a header bit by bit.
    #[must_use]
    pub fn has_header(&self) -> bool {
        self.html.contains("<figure class=\"header-map\"")
    }

    /// Whether it has the decoder for headers.
    #[must_use]
    pub fn has_decoder(&self) -> bool {
        self.html.contains("<form class=\"decoder\"")
    }

    /// Whether it shows a diagram.
    #[must_use]
    pub fn has_diagram(&self) -> bool {
        self.html.contains("<pre class=\"mermaid\"")
    }
}

/// Every page that a reader can come to, sorted by path. `toc.html` is a part of the others, for browsers without scripts.
///
/// # Panics
/// The book has not been built.
#[must_use]
pub fn pages() -> Vec<Page> {
    let book = folder();
    let page = |path: &PathBuf| Page {
        path: shown(path.strip_prefix(&book).expect("a page below the book")),
        html: std::fs::read_to_string(path).expect("a page in UTF-8"),
    };
    let files = files_below(&book, "html");
    let files = files.iter().filter(|path| !path.ends_with("toc.html"));
    let mut pages: Vec<Page> = files.map(page).collect();
    pages.sort();
    pages
}

/// Every recording of the book, by its name.
///
/// # Panics
/// The book's folder cannot be read.
#[must_use]
pub fn recordings() -> BTreeMap<String, Vec<u8>> {
    let recording = |path: PathBuf| {
        let name = path.file_stem().expect("a file has a name");
        let octets = std::fs::read(&path).expect("a recording that can be read");
        (shown(Path::new(name)), octets)
    };
    let files = files_below(&root().join("book"), "pcapng");
    files.into_iter().map(recording).collect()
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Every file below a folder whose name ends so.
fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for path in entries.map(|entry| entry.expect("a folder that can be listed").path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == extension) {
                found.push(path);
            }
        }
    }
    found
}

/// The first page for which `is` holds, where there must be one.
///
/// # Panics
/// There is none: a test without a page to look at has shown nothing.
#[must_use]
pub fn first(what: &str, is: impl Fn(&Page) -> bool) -> Page {
    let reader = |page: &Page| page.path != "print.html" && is(page);
    pages()
        .into_iter()
        .find(reader)
        .unwrap_or_else(|| panic!("the book has no page with {what}"))
}

/// Where the built book is.
///
/// # Panics
/// It has not been built.
#[must_use]
pub fn folder() -> PathBuf {
    let book = root().join("target/book");
    assert!(
        book.join("index.html").is_file(),
        "there is no book in {}: run `cargo course build` first",
        book.display()
    );
    book
}
