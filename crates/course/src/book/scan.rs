//! Where directives stand in a chapter.

use std::ops::Range;
use std::sync::LazyLock;

use mdbook_markdown::pulldown_cmark::{Event, Tag};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};
use regex::Regex;

/// Something in a chapter that looks like a directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found<'a> {
    /// Where, from the first brace to the last.
    pub(super) range: Range<usize>,
    /// What stands between `{{#` and `}}`, trimmed.
    pub(super) body: &'a str,
    /// Whether `}}` follows on the same line.
    pub(super) closed: bool,
    /// Whether it is inside a code block or a code span, where only mdBook's own directives work.
    pub(super) in_code: bool,
    /// Whether it is inside a link, an image's text, or a heading, which is a link in the page.
    pub(super) in_link: bool,
    /// Whether it has its line to itself, apart from the marks of lists and quotations before it.
    pub(super) alone: bool,
}

/// Every directive of a chapter that is not behind a backslash, in order.
///
/// ```text
/// See {{#rfc 9293 3.5}}.     one, with the body `rfc 9293 3.5`
/// See \{{#rfc 9293 3.5}}.    none
/// See `{{#rfc 9293 3.5}}`.   one, in code
/// ```
pub(super) fn directives(text: &str) -> Vec<Found<'_>> {
    static DIRECTIVE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(\\?)\{\{\s*#([^{}\n]*)(\}\})?").expect("a regular expression")
    });
    let spans = Spans::of(text);
    DIRECTIVE
        .captures_iter(text)
        .filter(|found| found[1].is_empty())
        .map(|found| {
            let range = found.get(0).expect("the whole match").range();
            let is_in =
                |spans: &[Range<usize>]| spans.iter().any(|span| span.contains(&range.start));
            Found {
                body: found.get(2).expect("always matches").as_str().trim(),
                closed: found.get(3).is_some(),
                in_code: is_in(&spans.code),
                in_link: is_in(&spans.links),
                alone: alone(text, &range),
                range,
            }
        })
        .collect()
}

/// The line that an offset stands in, counted from 1.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    1 + text
        .bytes()
        .take(offset)
        .filter(|octet| *octet == b'\n')
        .count()
}

/// What of a chapter is code and what is a link, as mdBook parses it. A heading is a link in the
/// page.
#[derive(Default)]
struct Spans {
    code: Vec<Range<usize>>,
    links: Vec<Range<usize>>,
}

impl Spans {
    fn of(text: &str) -> Spans {
        let mut spans = Spans::default();
        let parser = new_cmark_parser(text, &MarkdownOptions::default());
        for (event, range) in parser.into_offset_iter() {
            match event {
                Event::Start(Tag::CodeBlock(_)) | Event::Code(_) => spans.code.push(range),
                Event::Start(Tag::Heading { .. } | Tag::Link { .. } | Tag::Image { .. }) => {
                    spans.links.push(range);
                }
                _ => {}
            }
        }
        spans
    }
}

fn alone(text: &str, range: &Range<usize>) -> bool {
    let before = text[..range.start].rsplit('\n').next().unwrap_or_default();
    let after = text[range.end..].split('\n').next().unwrap_or_default();
    let marks = before.chars().all(|c| {
        c.is_whitespace() || matches!(c, '>' | '-' | '*' | '+' | '.' | ')') || c.is_ascii_digit()
    });
    marks && after.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(usize, &str, bool, bool, bool)> {
        directives(text)
            .into_iter()
            .map(|found| {
                (
                    line_of(text, found.range.start),
                    found.body,
                    found.closed,
                    found.in_code,
                    found.alone,
                )
            })
            .collect()
    }

    #[test]
    fn directives_are_found_with_their_lines() {
        assert_eq!(
            found("# T\n\nSee {{#rfc 9293 3.5}} and\n{{ #ledger }}\n\n> {{#claim x}}\n"),
            [
                (3, "rfc 9293 3.5", true, false, false),
                (4, "ledger", true, false, true),
                (6, "claim x", true, false, true),
            ]
        );
    }

    #[test]
    fn code_and_backslashes_are_told_apart() {
        assert_eq!(
            found(
                "`{{#rfc 1 2}}` \\{{#rfc 1 2}}\n\n```rust\n{{#include x.rs:a}}\n```\n\n    {{#rfc 1 2}}\n"
            ),
            [
                (1, "rfc 1 2", true, true, false),
                (4, "include x.rs:a", true, true, true),
                (7, "rfc 1 2", true, true, true),
            ]
        );
    }

    #[test]
    fn a_directive_that_does_not_end_on_its_line_is_found_too() {
        assert_eq!(
            found("{{#figure x\n}}"),
            [(1, "figure x", false, false, true)]
        );
    }

    #[test]
    fn headings_and_links_are_told_apart_from_other_text() {
        let text = "## By {{#rfc 1 2}}\n\n[by {{#rfc 1 2}}](a.md) {{#rfc 1 2}}\n";
        let in_link: Vec<bool> = directives(text).iter().map(|found| found.in_link).collect();
        assert_eq!(in_link, [true, true, false]);
    }
}
