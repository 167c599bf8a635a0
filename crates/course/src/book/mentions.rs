//! Where chapters name a numbered requirement of RFC 9293: each name leads to its row on the map.

use std::ops::Range;
use std::sync::LazyLock;

use mdbook_markdown::pulldown_cmark::{Event, Tag, TagEnd};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};
use regex::Regex;

/// A number in a chapter's words, outside of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    /// Where it stands.
    pub(super) range: Range<usize>,
    /// Whether it can become a link: it is in no heading, and in no other link.
    pub(super) is_free: bool,
}

/// The numbers that a chapter names, in their order.
pub(super) fn mentions(text: &str) -> Vec<Mention> {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b(?:MUST|SHLD|MAY|REC)-[0-9]+\b").expect("a regular expression")
    });
    let mut found = Vec::new();
    let mut code = false;
    let mut within = 0_usize;
    for (event, range) in new_cmark_parser(text, &MarkdownOptions::default()).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(_)) => code = true,
            Event::End(TagEnd::CodeBlock) => code = false,
            Event::Start(Tag::Heading { .. } | Tag::Link { .. } | Tag::Image { .. }) => within += 1,
            Event::End(TagEnd::Heading(_) | TagEnd::Link | TagEnd::Image) => within -= 1,
            Event::InlineHtml(html) if html.starts_with("<a ") => within += 1,
            Event::InlineHtml(html) if html.starts_with("</a") => within = within.saturating_sub(1),
            Event::Text(_) if !code => {
                let words = &text[range.clone()];
                found.extend(NUMBER.find_iter(words).map(|number| Mention {
                    range: range.start + number.start()..range.start + number.end(),
                    is_free: within == 0,
                }));
            }
            _ => {}
        }
    }
    found
}

/// The same text with a link for each number that `address` knows.
///
/// ```text
/// It MUST be checked (MUST-3).    It MUST be checked ([MUST-3](../map.md#MUST-3)).
/// ```
pub(super) fn linked(text: &str, address: impl Fn(&str) -> Option<String>) -> String {
    let mut written = String::with_capacity(text.len());
    let mut end = 0;
    for mention in mentions(text).into_iter().filter(|mention| mention.is_free) {
        let number = &text[mention.range.clone()];
        if let Some(address) = address(number) {
            written.push_str(&text[end..mention.range.start]);
            written.push_str(&format!("[{number}]({address})"));
            end = mention.range.end;
        }
    }
    written.push_str(&text[end..]);
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_in_words_and_not_in_code() {
        let text = "# MUST-1\n\nA (MUST-2, SHLD-30) `MUST-3` [MAY-4](a.md) MUST-5a\n\n```text\nMUST-6\n```\n\n    MUST-7\n";
        let found: Vec<(&str, bool)> = mentions(text)
            .into_iter()
            .map(|mention| (&text[mention.range], mention.is_free))
            .collect();
        assert_eq!(
            found,
            [
                ("MUST-1", false),
                ("MUST-2", true),
                ("SHLD-30", true),
                ("MAY-4", false)
            ]
        );
    }

    #[test]
    fn a_free_number_becomes_a_link_and_nothing_else_changes() {
        let text = "> A (MUST-2, REC-1)\n> <a href=\"b\">MUST-2</a> ([MUST-2](c)).\n\n<p>MUST-2</p>\n\n| MUST-2 |\n|---|\n";
        let address = |number: &str| (number == "MUST-2").then(|| "map.md#MUST-2".to_owned());
        assert_eq!(
            linked(text, address),
            text.replacen("MUST-2", "[MUST-2](map.md#MUST-2)", 1)
                .replace("| MUST-2 |", "| [MUST-2](map.md#MUST-2) |")
        );
    }
}
