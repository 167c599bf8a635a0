//! Tables that can be read aloud.

use mdbook_markdown::pulldown_cmark::{Event, Tag, TagEnd};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};

/// Where a column of a table has no name, as offsets into the text.
pub(super) fn without_names(text: &str) -> Vec<usize> {
    let mut nameless = Vec::new();
    let mut in_head = false;
    // The place of the cell that is being read, until it turns out to have something in it.
    let mut empty = None;
    for (event, range) in new_cmark_parser(text, &MarkdownOptions::default()).into_offset_iter() {
        match event {
            Event::Start(Tag::TableHead) => in_head = true,
            Event::End(TagEnd::TableHead) => in_head = false,
            Event::Start(Tag::TableCell) if in_head => empty = Some(range.start),
            Event::End(TagEnd::TableCell) => nameless.extend(empty.take()),
            _ => empty = None,
        }
    }
    nameless
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_without_a_name_is_found() {
        let text = "# T\n\n| a | | `c` |\n|---|---|---|\n| | 2 | 3 |\n";
        let found = without_names(text);
        assert_eq!(found.len(), 1);
        assert_eq!(text[..found[0]].matches('\n').count(), 2);
        assert_eq!(without_names("| *a* |\n|---|\n| |\n"), [0; 0]);
    }
}
