//! The table of contents: which parts and chapters `book/SUMMARY.md` lists.

use std::path::{Component, Path, PathBuf};

use mdbook_summary::{SummaryItem, parse_summary};

use crate::Failure;
use crate::place::Place;

/// A part of the book with its chapters, in reading order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The part's heading; empty for chapters that stand before the first heading.
    pub title: String,
    /// Its chapters.
    pub chapters: Vec<Chapter>,
}

/// A page that the table of contents links to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// What the table of contents calls it.
    pub title: String,
    /// The page, relative to `book/`.
    pub file: PathBuf,
}

impl Chapter {
    /// The chapter's place in the course, if it belongs to a part: pages that stand directly in
    /// `book/`, and a part's own `README.md`, have no exercise.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        place_of_page(&self.file)
    }
}

/// `handshake/why-three` for the page `handshake/why-three.md`; nothing for pages outside the parts.
#[must_use]
pub fn place_of_page(page: &Path) -> Option<Place> {
    let parts: Vec<&str> = page
        .components()
        .map(|component| match component {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect::<Option<_>>()?;
    match parts[..] {
        [part, file] if file != "README.md" && file != "index.md" => {
            Some(Place::new(part, file.strip_suffix(".md")?))
        }
        _ => None,
    }
}

/// Reads the table of contents of the course at `root`.
///
/// # Errors
/// A file that cannot be read, or that mdBook would not accept.
pub fn read(root: &Path) -> Result<Vec<Part>, Failure> {
    let file = root.join("book/SUMMARY.md");
    let text = std::fs::read_to_string(&file).map_err(|error| {
        Failure::cannot(
            format!("cannot read book/SUMMARY.md: {error}"),
            "it is the book's table of contents; `git checkout book/SUMMARY.md` brings it back",
        )
    })?;
    parse(&text)
}

/// The parts and chapters of a table of contents.
///
/// # Errors
/// Text that mdBook would not accept.
pub fn parse(text: &str) -> Result<Vec<Part>, Failure> {
    let summary = parse_summary(text).map_err(|error| {
        Failure::cannot(
            format!("book/SUMMARY.md: {error:#}"),
            "its form is described at https://rust-lang.github.io/mdBook/format/summary.html",
        )
    })?;
    let mut parts = vec![Part {
        title: String::new(),
        chapters: Vec::new(),
    }];
    for items in [
        &summary.prefix_chapters,
        &summary.numbered_chapters,
        &summary.suffix_chapters,
    ] {
        collect(items, &mut parts);
    }
    parts.retain(|part| !part.chapters.is_empty());
    Ok(parts)
}

fn collect(items: &[SummaryItem], parts: &mut Vec<Part>) {
    for item in items {
        match item {
            SummaryItem::PartTitle(title) => {
                parts.push(Part {
                    title: title.clone(),
                    chapters: Vec::new(),
                });
            }
            SummaryItem::Link(link) => {
                if let (Some(file), Some(part)) = (&link.location, parts.last_mut()) {
                    part.chapters.push(Chapter {
                        title: link.name.clone(),
                        file: file.clone(),
                    });
                }
                collect(&link.nested_items, parts);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_hold_their_chapters_in_order() {
        let parts = parse(
            "# Summary\n\n[Welcome](welcome.md)\n\n# Sockets\n\n- [What is a socket?](sockets/what-is-a-socket.md)\n  \
             - [Streams](sockets/streams.md)\n\n# The handshake\n\n- [Why three?](handshake/why-three.md)\n- [Draft]()\n",
        )
        .unwrap();
        let shown: Vec<(&str, Vec<&str>)> = parts
            .iter()
            .map(|part| {
                (
                    part.title.as_str(),
                    part.chapters
                        .iter()
                        .map(|chapter| chapter.title.as_str())
                        .collect(),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("", vec!["Welcome"]),
                ("Sockets", vec!["What is a socket?", "Streams"]),
                ("The handshake", vec!["Why three?"]),
            ]
        );
        assert_eq!(parts[0].chapters[0].place(), None);
        assert_eq!(
            parts[2].chapters[0].place(),
            Some(Place::new("handshake", "why-three"))
        );
    }
}
