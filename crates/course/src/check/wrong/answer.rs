//! A wrong answer, and what its first lines say of it.

use std::path::{Path, PathBuf};

use crate::exercise::Exercise;
use crate::{Failure, Problem};

/// A file of `solutions/PART/SLUG/wrong/`.
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
}

/// The wrong answers of an exercise, and what is wrong with those that cannot be tried.
pub(super) fn all(
    root: &Path,
    exercise: &Exercise,
) -> Result<(Vec<Answer>, Vec<Problem>), Failure> {
    let solution = exercise.place.solution();
    let folder = solution.join("wrong");
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
            if name.extension().is_some_and(|end| end == "rs") {
                files.push(name);
            }
        }
    }
    files.sort();
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for name in files {
        let file = folder.join(&name);
        let text = std::fs::read_to_string(root.join(&file)).map_err(unreadable)?;
        let stem = name
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .replace('_', "-");
        match (field(&text, "Wrong"), field(&text, "Fails")) {
            (Some(wrong), Some(fails)) => good.push(Answer {
                file,
                solution: solution.clone(),
                package: format!("{}-wrong-{stem}", exercise.place.slug),
                wrong,
                fails: fails.trim_matches('`').to_owned(),
                claim: field(&text, "Claim"),
            }),
            _ => bad.push(
                Problem::new(
                    &file,
                    "does not say what is wrong and which test sees it",
                    "begin the file with `//! Wrong: ...` and `//! Fails: name_of_the_test`",
                )
                .at(1),
            ),
        }
    }
    Ok((good, bad))
}

/// The text after `//! NAME:`, among the comments that begin the file.
fn field(text: &str, name: &str) -> Option<String> {
    text.lines()
        .map_while(|line| line.strip_prefix("//!"))
        .find_map(|line| line.trim_start().strip_prefix(name)?.strip_prefix(':'))
        .map(|value| value.trim().trim_end_matches('.').to_owned())
        .filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_in_the_first_comment() {
        let text = "//! Wrong: accepts any SYN-ACK.\n//!\n//! Fails: checks_the_number\nuse std::io;\n//! Claim: x\n";
        assert_eq!(field(text, "Wrong").as_deref(), Some("accepts any SYN-ACK"));
        assert_eq!(field(text, "Fails").as_deref(), Some("checks_the_number"));
        assert_eq!(field(text, "Claim"), None);
        assert_eq!(field("//! Fails:\n", "Fails"), None);
    }
}
