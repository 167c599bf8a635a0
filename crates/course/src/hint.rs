//! `cargo course hint`: the hints of an exercise, one after the other.

use std::path::Path;

use crate::Failure;
use crate::handout::record;
use crate::reader::Reader;

/// How many hints each exercise has: where to look, what to do, and nearly the code.
pub const HINTS: usize = 3;

/// A hint as it stands in `hints.md`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The line of its heading.
    pub line: usize,
    /// Its heading.
    pub title: String,
    /// Its text, in Markdown.
    pub text: String,
}

/// The hints in the text of a `hints.md`: each is a heading of the second level and what follows.
#[must_use]
pub fn parse(text: &str) -> Vec<Hint> {
    let mut hints: Vec<Hint> = Vec::new();
    let mut in_code = false;
    for (index, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            in_code = !in_code;
        }
        if let Some(title) = line.strip_prefix("## ").filter(|_| !in_code) {
            hints.push(Hint {
                line: index + 1,
                title: title.trim().to_owned(),
                text: String::new(),
            });
        } else if let Some(hint) = hints.last_mut() {
            hint.text.push_str(line);
            hint.text.push('\n');
        }
    }
    hints
}

/// Shows the next hint for the exercise of that name, or for the next exercise.
///
/// # Errors
/// There is no such exercise, or it has no hints.
pub fn hint(root: &Path, name: Option<&str>) -> Result<(), Failure> {
    let mut reader = Reader::open(root)?;
    let place = reader.choose(name)?.place.clone();
    let file = place.exercise().join("hints.md");
    let hints = std::fs::read_to_string(root.join(&file))
        .map(|text| parse(&text))
        .map_err(|error| no_hints(&file, &format!("cannot be read: {error}")))?;
    let given = reader.progress.entry(&place.slug).hints;
    let number = (given + 1).min(hints.len());
    let Some(hint) = number.checked_sub(1).and_then(|index| hints.get(index)) else {
        return Err(no_hints(&file, "has no hint in it"));
    };
    reader.note(|progress| {
        progress.change(&place.slug, |entry| entry.hints = entry.hints.max(number))
    })?;

    let all = hints.len();
    if given >= all {
        println!("These were all {all} hints; here is the last one again.\n");
    }
    println!(
        "Hint {number} of {all} for {place}: {}\n\n{}\n",
        hint.title,
        hint.text.trim()
    );
    let slug = &place.slug;
    if number < all {
        println!("Hints cost no points. The next one: cargo course hint {slug}");
    } else if root.join(record::FILE).is_file() {
        println!("Hints cost no points. There are no more.");
    } else {
        println!(
            "Hints cost no points. There are no more; if you would rather see a solution: \
             cargo course solution {slug} --give-up"
        );
    }
    Ok(())
}

fn no_hints(file: &Path, what: &str) -> Failure {
    let file = file.display();
    Failure::cannot(
        format!("{file} {what}"),
        format!("`git checkout {file}` brings the hints back"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_is_a_heading_and_what_follows() {
        let found = parse(
            "# Hints\n\n## Look at\nthe figure\n## Then\n```\n## no hint\n```\n## Nearly the code\n",
        );
        let shown: Vec<(usize, &str, &str)> = found
            .iter()
            .map(|hint| (hint.line, hint.title.as_str(), hint.text.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                (3, "Look at", "the figure\n"),
                (5, "Then", "```\n## no hint\n```\n"),
                (9, "Nearly the code", ""),
            ]
        );
    }
}
