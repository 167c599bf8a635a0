//! The files of a new chapter, from the templates in `crates/course/templates/`.

use std::path::PathBuf;

use super::names::module;
use crate::place::Place;

/// A file's place below the chapter, the exercise or the solution, and its text.
type Template = (&'static str, &'static str);

const EXERCISE: [Template; 5] = [
    ("Cargo.toml", include_str!("../../templates/exercise.toml")),
    ("src/lib.rs", include_str!("../../templates/starter.rs")),
    ("tests/grade.rs", include_str!("../../templates/grade.rs")),
    (
        "tests/snapshots/one-word.snap",
        include_str!("../../templates/one-word.snap"),
    ),
    ("hints.md", include_str!("../../templates/hints.md")),
];

const SOLUTION: [Template; 3] = [
    ("Cargo.toml", include_str!("../../templates/solution.toml")),
    ("src/lib.rs", include_str!("../../templates/solution.rs")),
    (
        "wrong/octet_by_octet.patch",
        include_str!("../../templates/octet_by_octet.patch"),
    ),
];

/// Every file of the chapter at `place`, relative to the root, with its text.
pub(super) fn files(place: &Place, title: &str) -> Vec<(PathBuf, String)> {
    let fill = |template: &str| {
        template
            .replace("@PART@", &place.part)
            .replace("@SLUG@", &place.slug)
            .replace("@LIB@", &module(&place.slug))
            .replace("@TITLE@", title)
    };
    let chapter = (
        place.page(),
        fill(include_str!("../../templates/chapter.md")),
    );
    let below = |folder: PathBuf, templates: &[Template]| {
        let file = |(name, text): &Template| (folder.join(name), fill(text));
        templates.iter().map(file).collect::<Vec<_>>()
    };
    let exercise = below(place.exercise(), &EXERCISE);
    let solution = below(place.solution(), &SOLUTION);
    [vec![chapter], exercise, solution].concat()
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    #[test]
    fn every_placeholder_is_filled() {
        let files = files(&Place::new("one", "two-three"), "Four?");
        assert_eq!(files[0].0, PathBuf::from("book/one/two-three.md"));
        assert!(files[0].1.starts_with("# Four?\n"));
        let placeholder = Regex::new("@[A-Z]+@").unwrap();
        for (file, text) in &files {
            let left = placeholder.find(text).map(|left| left.as_str());
            assert_eq!(left, None, "{}", file.display());
        }
        let texts: Vec<&str> = files.iter().map(|(_, text)| text.as_str()).collect();
        for filled in [
            "name = \"two-three-solution\"",
            "use two_three::",
            "one/two-three",
            "{{#exercise two-three}}",
        ] {
            assert!(texts.concat().contains(filled), "{filled}");
        }
    }
}
