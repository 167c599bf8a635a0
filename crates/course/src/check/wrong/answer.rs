//! A wrong answer, and what its first lines say of it.

use std::path::{Path, PathBuf};

use crate::exercise::Exercise;
use crate::{Failure, Problem};

use super::patch;

/// A file of `solutions/PART/SLUG/wrong/`: the whole source, `NAME.rs`, or what it changes in the solution, `NAME.patch`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// The file, relative to the root.
    pub(super) file: PathBuf,
    /// The solution that it stands in for, relative to the root.
    pub(super) solution: PathBuf,
    /// The name of the package made of it: `SLUG-wrong-FILE`.
    pub(super) package: String,
    /// `Wrong:` what is wrong, in a few words.
    pub(super) wrong: String,
    /// `Fails:` the test that sees it.
    pub(super) fails: String,
    /// `Claim:` the row of the ledger that it comes from.
    pub(super) claim: Option<String>,
    /// What a patch makes of the solution's `src/lib.rs`.
    pub(super) patched: Option<String>,
}

/// The wrong answers of an exercise, and what is wrong with those that cannot be tried.
pub(super) fn all(
    root: &Path,
    exercise: &Exercise,
) -> Result<(Vec<Answer>, Vec<Problem>), Failure> {
    let folder = exercise.place.solution().join("wrong");
    let unreadable = |error| {
        Failure::cannot(
            format!("cannot read {}: {error}", folder.display()),
            "look at its permissions",
        )
    };
    let mut files = Vec::new();
    if root.join(&folder).is_dir() {
        for entry in std::fs::read_dir(root.join(&folder)).map_err(unreadable)? {
            let name = PathBuf::from(entry.map_err(unreadable)?.file_name());
            if name
                .extension()
                .is_some_and(|end| end == "rs" || end == "patch")
            {
                files.push(folder.join(name));
            }
        }
    }
    files.sort();
    let (mut good, mut bad): (Vec<Answer>, _) = (Vec::new(), Vec::new());
    for file in files {
        match Answer::read(root, exercise, file) {
            Ok(answer) => match good.iter().find(|other| other.package == answer.package) {
                Some(other) => bad.push(Problem::new(
                    &answer.file,
                    format!("has the name of {}", other.file.display()),
                    "keep one of them, or give it a name of its own",
                )),
                None => good.push(answer),
            },
            Err(problem) => bad.push(problem),
        }
    }
    Ok((good, bad))
}

impl Answer {
    fn read(root: &Path, exercise: &Exercise, file: PathBuf) -> Result<Answer, Problem> {
        let text = read(root, &file)?;
        let solution = exercise.place.solution();
        let is_patch = file.extension().is_some_and(|end| end == "patch");
        let head: Vec<&str> = if is_patch {
            text.lines()
                .take_while(|line| !line.starts_with("--- "))
                .collect()
        } else {
            text.lines()
                .map_while(|line| line.strip_prefix("//!"))
                .collect()
        };
        let (Some(wrong), Some(fails)) = (field(&head, "Wrong"), field(&head, "Fails")) else {
            return Err(Problem::new(
                &file,
                "does not say what is wrong and which test sees it",
                "begin the file with `Wrong: ...` and `Fails: name_of_the_test`, each after `//!` if it is a .rs file",
            )
            .at(1));
        };
        let patched = if is_patch {
            let unpatched = read(root, &solution.join(patch::SOURCE))?;
            Some(patch::apply(&file, &text, &unpatched)?)
        } else {
            None
        };
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        Ok(Answer {
            package: format!("{}-wrong-{}", exercise.place.slug, name.replace('_', "-")),
            wrong,
            fails: fails.trim_matches('`').to_owned(),
            claim: field(&head, "Claim"),
            patched,
            solution,
            file,
        })
    }
}

fn read(root: &Path, file: &Path) -> Result<String, Problem> {
    std::fs::read_to_string(root.join(file)).map_err(|error| {
        Problem::new(
            file,
            format!("cannot be read: {error}"),
            "see that it is there, that it is text in UTF-8, and that you may read it",
        )
    })
}

/// The text after `NAME:`, among the lines that begin the file.
fn field(head: &[&str], name: &str) -> Option<String> {
    head.iter()
        .find_map(|line| line.trim_start().strip_prefix(name)?.strip_prefix(':'))
        .map(|value| value.trim().trim_end_matches('.').to_owned())
        .filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_its_name_and_a_text() {
        let head = [
            " Wrong: accepts any SYN-ACK.",
            "",
            "Fails: checks_the_number",
            "Claim:",
        ];
        assert_eq!(
            field(&head, "Wrong").as_deref(),
            Some("accepts any SYN-ACK")
        );
        assert_eq!(field(&head, "Fails").as_deref(), Some("checks_the_number"));
        assert_eq!(field(&head, "Claim"), None);
        assert_eq!(field(&head, "Number"), None);
    }
}
