//! Which names a new chapter may have.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use crate::Failure;
use crate::exercise::{self, Exercise};
use crate::place::Place;
use crate::summary::Part;

/// What Rust keeps for itself, of the words that a package's library could be called otherwise.
const KEPT_BY_RUST: &[&str] = &[
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "core",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc_macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];

/// What would be markup in a heading or in the text of a link.
const MARKUP: [char; 9] = ['[', ']', '{', '}', '<', '>', '*', '`', '\\'];

/// The place that `PART/SLUG` names.
///
/// # Errors
/// It is no such pair, or one of the two cannot be the name of a folder, a package and a module.
pub(super) fn place(name: &str) -> Result<Place, Failure> {
    let Some((part, slug)) = name.split_once('/') else {
        return Err(Failure::cannot(
            format!("`{name}` names no part"),
            format!("a chapter belongs to a part: cargo course new sockets/{name} --title \"...\""),
        ));
    };
    for word in [part, slug] {
        let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let ends = word.ends_with('-') || word.contains("--");
        if !word.starts_with(|c: char| c.is_ascii_lowercase()) || !word.chars().all(inner) || ends {
            return Err(Failure::cannot(
                format!("`{word}` cannot be the name of a folder, a package and a module"),
                "begin with a letter from a to z; then letters, digits, and single hyphens between them: why-three",
            ));
        }
        if KEPT_BY_RUST.contains(&module(word).as_str()) {
            return Err(Failure::cannot(
                format!("`{word}` cannot be the name of a module: Rust keeps the word for itself"),
                "say it in two words, with a hyphen between them",
            ));
        }
    }
    Ok(Place::new(part, slug))
}

/// What Rust calls a package or a folder of that name: `why_three`.
pub(super) fn module(name: &str) -> String {
    name.replace('-', "_")
}

/// Whether a title can stand in the table of contents and above the page as it is.
///
/// # Errors
/// It cannot.
pub(super) fn title(title: &str) -> Result<(), Failure> {
    if title.trim().is_empty() || title.trim() != title {
        return Err(Failure::cannot(
            format!("{title:?} is no title"),
            "give the chapter's heading, a question or a plain noun: --title \"Why three?\"",
        ));
    }
    let odd = |c: &char| c.is_control() || MARKUP.contains(c);
    if let Some(odd) = title.chars().find(odd) {
        return Err(Failure::cannot(
            format!("{odd:?} cannot stand in a title"),
            "the title is the text of a link and of a heading: leave markup out of it",
        ));
    }
    Ok(())
}

/// Whether a slug is free: a package, a chapter and an entry in the readers' notes can have it.
///
/// # Errors
/// It is not; by whom it is taken is said.
pub(super) fn free(root: &Path, parts: &[Part], place: &Place) -> Result<(), Failure> {
    let slug = &place.slug;
    let chapters = parts.iter().flat_map(|part| &part.chapters);
    let mut taken: Vec<Place> = chapters.filter_map(|chapter| chapter.place()).collect();
    let exercises = exercise::places(root, "exercises")?;
    taken.extend(exercises.iter().cloned());
    taken.extend(exercise::places(root, "solutions")?);
    let another =
        "choose another: the slug names the package, and the chapter within the whole course";
    if let Some(taken) = taken.iter().find(|taken| taken.slug == *slug) {
        return Err(Failure::cannot(
            format!("`{slug}` is taken by {taken}"),
            another,
        ));
    }
    // An exercise that cannot be read is told by `check`, and hides no name but an old one.
    let readable = exercises
        .iter()
        .filter_map(|place| Exercise::read(root, place).ok());
    for exercise in readable {
        if exercise.meta.formerly.contains(slug) {
            return Err(Failure::cannot(
                format!("`{slug}` is what {} was called before", exercise.place),
                "choose another: readers' points are noted under the old name",
            ));
        }
    }
    let ours = [module(slug), module(&place.solution_package())];
    let used = packages(root)?;
    if let Some(package) = used.iter().find(|package| ours.contains(&module(package))) {
        return Err(Failure::cannot(
            format!("`{slug}` would be called as the package `{package}`, which the course uses"),
            another,
        ));
    }
    Ok(())
}

/// Every package of the course and of what it is built on. Before the first build there is no list of them, and cargo itself
/// refuses two packages of one name.
fn packages(root: &Path) -> Result<BTreeSet<String>, Failure> {
    #[derive(Deserialize)]
    struct Lock {
        #[serde(default)]
        package: Vec<Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        name: String,
    }
    let file = root.join("Cargo.lock");
    if !file.exists() {
        return Ok(BTreeSet::new());
    }
    let lock: Lock = std::fs::read_to_string(&file)
        .map_err(|error| error.to_string())
        .and_then(|text| toml::from_str(&text).map_err(|error| error.message().to_owned()))
        .map_err(|error| {
            Failure::cannot(
                format!("cannot read Cargo.lock: {error}"),
                "`git checkout Cargo.lock` brings it back",
            )
        })?;
    Ok(lock
        .package
        .into_iter()
        .map(|package| package.name)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_part_and_a_slug() {
        assert_eq!(
            place("handshake/why-three"),
            Ok(Place::new("handshake", "why-three"))
        );
        assert_eq!(place("http/http-1-0"), Ok(Place::new("http", "http-1-0")));
        for wrong in [
            "why-three",
            "/a",
            "a/",
            "a/b/c",
            "a/B",
            "a/3b",
            "a/b_c",
            "a/-b",
            "a/b-",
            "a/b--c",
            "a/é",
            "a/../b",
            "../b",
            "a/b c",
        ] {
            assert!(place(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn no_module_has_a_word_of_rust() {
        for wrong in ["a/loop", "a/test", "a/proc-macro", "use/a", "a/gen"] {
            let Failure::Cannot { what, .. } = place(wrong).unwrap_err() else {
                panic!("{wrong}");
            };
            assert!(what.contains("Rust keeps the word"), "{what}");
        }
        assert!(place("a/closed-loop").is_ok());
        assert!(KEPT_BY_RUST.is_sorted());
    }

    #[test]
    fn a_title_is_a_line_without_markup() {
        for right in ["Why three?", "Who's there", "Naïve: 2^32 & more (SO_ERROR)"] {
            assert_eq!(title(right), Ok(()), "{right}");
        }
        for wrong in [
            "",
            " ",
            " a",
            "a\nb",
            "a]",
            "`a`",
            "{{#title a}}",
            "<b>",
            "*a*",
        ] {
            assert!(title(wrong).is_err(), "{wrong}");
        }
    }
}
