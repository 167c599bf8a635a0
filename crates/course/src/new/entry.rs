//! A chapter's entry in the table of contents.

use crate::Failure;
use crate::place::Place;
use crate::summary::{self, Chapter, Part};

/// The table of contents with a chapter more, at the end of its part.
///
/// A part that is new gets a heading behind the last one that has chapters: what follows there stands in no part's folder, as
/// the glossary does.
///
/// # Errors
/// Text that mdBook would not accept, or in which the chapter's place is not to be found.
pub(super) fn added(text: &str, place: &Place, title: &str) -> Result<String, Failure> {
    let parts = summary::parse(text)?;
    let expected = Chapter {
        title: title.to_owned(),
        file: format!("{place}.md").into(),
    };
    let entry = format!("- [{title}]({place}.md)");
    let last_of_part = last(&parts, |other| other.part == place.part);
    let (before, lines) = match (last_of_part, last(&parts, |_| true)) {
        (Some(chapter), _) => (Some(chapter), vec![entry]),
        (None, any) => {
            let heading = format!("# {}", heading(&place.part));
            (any, vec![String::new(), heading, String::new(), entry])
        }
    };
    let at = match before {
        Some(chapter) => line_of(text, chapter)? + 1,
        None => text.lines().count(),
    };
    let mut all: Vec<&str> = text.lines().collect();
    all.splice(at..at, lines.iter().map(String::as_str));
    let new = all.join("\n") + "\n";
    if !says_more(&new, &parts, &expected) {
        return Err(by_hand(&format!(
            "cannot put `{title}` into book/SUMMARY.md without changing what else it says"
        )));
    }
    Ok(new)
}

/// A part's heading, as far as the name of its folder tells it: `tcp-by-hand` becomes `Tcp by hand`.
pub(super) fn heading(part: &str) -> String {
    let words = part.replace('-', " ");
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// The last chapter whose place is such a one.
fn last(parts: &[Part], is_such: impl Fn(&Place) -> bool) -> Option<&Chapter> {
    parts
        .iter()
        .flat_map(|part| &part.chapters)
        .rfind(|chapter| chapter.place().is_some_and(|place| is_such(&place)))
}

/// The index of the line that links to that chapter.
fn line_of(text: &str, chapter: &Chapter) -> Result<usize, Failure> {
    let link = format!("]({})", chapter.file.display());
    text.lines()
        .position(|line| line.contains(&link))
        .ok_or_else(|| {
            by_hand(&format!(
                "book/SUMMARY.md links to {} in a way that is not understood",
                chapter.file.display()
            ))
        })
}

fn by_hand(what: &str) -> Failure {
    Failure::cannot(
        what,
        "write each chapter as `- [Title](part/slug.md)` on a line of its own",
    )
}

/// Whether the new table of contents says what the old one said, under the same headings, and the chapter.
fn says_more(new: &str, old: &[Part], chapter: &Chapter) -> bool {
    let Ok(new) = summary::parse(new) else {
        return false;
    };
    let mut listed = flat(&new);
    let Some(at) = listed.iter().position(|(_, listed)| *listed == chapter) else {
        return false;
    };
    listed.remove(at);
    listed == flat(old)
}

/// Every chapter with the heading that it stands under.
fn flat(parts: &[Part]) -> Vec<(&str, &Chapter)> {
    let under = |part| move |chapter| (part, chapter);
    parts
        .iter()
        .flat_map(|part| part.chapters.iter().map(under(part.title.as_str())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Summary\n\n[Welcome](welcome.md)\n\n# Sockets\n\n- [One](sockets/one.md)\n- [Two](sockets/two.md)\n\n\
                        # Header\n\n- [Three](header/three.md)\n\n# Reference\n\n- [Glossary](glossary.md)\n";

    fn add(text: &str, part: &str) -> Result<String, Failure> {
        added(text, &Place::new(part, "new"), "New?")
    }

    #[test]
    fn a_chapter_goes_to_the_end_of_its_part() {
        let two = "- [Two](sockets/two.md)\n";
        let with = format!("{two}- [New?](sockets/new.md)\n");
        assert_eq!(add(TEXT, "sockets").unwrap(), TEXT.replace(two, &with));
    }

    #[test]
    fn a_new_part_goes_behind_the_last_that_has_chapters() {
        let three = "- [Three](header/three.md)\n";
        let with = format!("{three}\n# By hand\n\n- [New?](by-hand/new.md)\n");
        assert_eq!(add(TEXT, "by-hand").unwrap(), TEXT.replace(three, &with));
    }

    #[test]
    fn a_book_without_chapters_gets_its_first_part() {
        let text = "# Summary\n\n[Welcome](welcome.md)\n";
        let with = format!("{text}\n# Sockets\n\n- [New?](sockets/new.md)\n");
        assert_eq!(add(text, "sockets").unwrap(), with);
    }

    #[test]
    fn what_cannot_be_extended_safely_is_refused() {
        // The new heading would take the page behind it out of its part.
        let among = "# Summary\n\n# A\n\n- [One](a/one.md)\n- [Notes](notes.md)\n";
        let by_reference = "# Summary\n\n- [One]\n\n[One]: sockets/one.md\n";
        for (text, part) in [
            (among, "b"),
            (by_reference, "sockets"),
            ("# Summary\n\n- [One", "a"),
        ] {
            assert!(add(text, part).is_err(), "{text}");
        }
        let markup = added(TEXT, &Place::new("sockets", "new"), "New _one_");
        assert!(markup.is_err(), "{markup:?}");
    }
}
