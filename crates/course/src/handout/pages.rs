//! Pages without what is for instructors.
//!
//! Two forms say what that is: a chapter's section with the summary "For instructors", and, anywhere in a page,
//! `<!-- instructor -->` up to `<!-- /instructor -->`.

use std::path::Path;

use crate::Problem;

const SUMMARY: &str = "<summary>For instructors</summary>";
const MARK: (&str, &str) = ("<!-- instructor -->", "<!-- /instructor -->");
const SECTION: (&str, &str) = (
    "<details>\n<summary>For instructors</summary>",
    "</details>",
);

/// The text of a Markdown page as readers get it.
///
/// # Errors
/// A part for instructors that does not end, has another inside, or does not begin.
pub(super) fn for_readers(file: &Path, text: &str) -> Result<String, Problem> {
    let wrong = |at: usize, what: &str| {
        Problem::new(
            file,
            what,
            format!(
                "what is for instructors stands between `{}` and `{}`, or in a section that begins with \
                 `<details>` and, on the next line, `{SUMMARY}`",
                MARK.0, MARK.1
            ),
        )
        .at(text[..at].matches('\n').count() + 1)
    };
    let mut left = String::new();
    let mut at = 0;
    loop {
        let next = [MARK, SECTION]
            .into_iter()
            .filter_map(|part| Some((at + text[at..].find(part.0)?, part)))
            .min_by_key(|(start, _)| *start);
        let kept = &text[at..next.map_or(text.len(), |(start, _)| start)];
        for stray in [MARK.1, SUMMARY] {
            if let Some(place) = kept.find(stray) {
                return Err(wrong(at + place, &format!("`{stray}` has no beginning")));
            }
        }
        left.push_str(kept);
        let Some((start, (begin, end))) = next else {
            return Ok(left);
        };
        let inside = start + begin.len();
        let Some(length) = text[inside..].find(end) else {
            return Err(wrong(start, "a part for instructors does not end"));
        };
        let opening = begin.lines().next().unwrap_or(begin);
        if let Some(place) = text[inside..inside + length].find(opening) {
            return Err(wrong(
                inside + place,
                "another part begins in a part for instructors",
            ));
        }
        at = inside + length + end.len();
        // The lines that the part had to itself go with it, and one of the two empty lines around it.
        let before = left.len() - left.trim_end_matches('\n').len();
        if left.is_empty() || before > 0 {
            let after = text[at..].len() - text[at..].trim_start_matches('\n').len();
            at += after.min(before.max(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readers(text: &str) -> Result<String, Problem> {
        for_readers(Path::new("book/page.md"), text)
    }

    #[test]
    fn what_is_for_instructors_goes_with_its_lines() {
        let page = "# One\n\ntext\n\n<details>\n<summary>For instructors</summary>\n\n**Timing.** Long.\n\n</details>\n\n## Two\n";
        assert_eq!(readers(page).unwrap(), "# One\n\ntext\n\n## Two\n");
        let page = "- a\n<!-- instructor -->\n- b\n<!-- /instructor -->\n- c<!-- instructor --> and d<!-- /instructor -->.\n";
        assert_eq!(readers(page).unwrap(), "- a\n- c.\n");
        let page = "a\n\n<details>\n<summary>For instructors</summary>\nb\n</details>\n";
        assert_eq!(readers(page).unwrap(), "a\n\n");
    }

    #[test]
    fn other_pages_and_sections_stay() {
        for page in [
            "",
            "# One\n",
            "<details>\n<summary>An answer</summary>\n\nYes.\n\n</details>\n",
        ] {
            assert_eq!(readers(page).unwrap(), page);
        }
    }

    #[test]
    fn a_part_without_beginning_or_end_is_refused_at_its_line() {
        for (page, line) in [
            ("a\n<!-- instructor -->\nb\n", 2),
            ("a\n\n<!-- /instructor -->\nb\n", 3),
            (
                "<!-- instructor -->\n<!-- instructor -->\n<!-- /instructor -->",
                2,
            ),
            (
                "a\n<details>\n\n<summary>For instructors</summary>\n</details>",
                4,
            ),
            (
                "<details>\n<summary>For instructors</summary>\n<details>\n</details>\n</details>",
                3,
            ),
            ("<details>\n<summary>For instructors</summary>\n", 1),
        ] {
            assert_eq!(readers(page).unwrap_err().line, Some(line), "{page}");
        }
    }
}
