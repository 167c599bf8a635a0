//! Mutants that no test can notice, because nothing that anybody can see is different.

use std::path::Path;

use serde::Deserialize;

use super::outcomes::Outcome;
use crate::Failure;
use crate::place::Place;

/// A mutant that is the same program to everybody who uses it, and why.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(super) struct Equivalent {
    /// As cargo-mutants names it: `replace | with ^ in cookie`.
    pub(super) change: String,
    /// The line of the solution that it changes, without what it is indented by.
    pub(super) line: String,
    /// Why nothing is different.
    pub(super) why: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    equivalent: Vec<Equivalent>,
}

/// Its name in the solution's folder.
pub(super) const FILE: &str = "mutants.toml";

impl Equivalent {
    /// Those that a solution's `mutants.toml` lists; none where there is no such file.
    ///
    /// # Errors
    /// A file that cannot be read, or an entry without a reason.
    pub(super) fn all(root: &Path, place: &Place) -> Result<Vec<Equivalent>, Failure> {
        let file = place.solution().join(FILE);
        let failed = |what: String| {
            Failure::cannot(
                format!("{}: {what}", file.display()),
                "each [[equivalent]] has `change` and `line`, as `cargo course mutants` prints them, and `why`",
            )
        };
        let text = match std::fs::read_to_string(root.join(&file)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            text => text.map_err(|error| failed(format!("cannot be read: {error}")))?,
        };
        let all: File = toml::from_str(&text).map_err(|error| failed(error.to_string()))?;
        match all
            .equivalent
            .iter()
            .find(|entry| entry.why.trim().is_empty())
        {
            Some(entry) => Err(failed(format!("`{}` has no reason", entry.change))),
            None => Ok(all.equivalent),
        }
    }

    /// Whether it is this mutant.
    pub(super) fn is(&self, outcome: &Outcome) -> bool {
        self.change == outcome.change && self.line == outcome.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_needs_a_reason() {
        let root = tempfile::tempdir().unwrap();
        let place = Place::new("numbers", "add");
        assert_eq!(Equivalent::all(root.path(), &place), Ok(Vec::new()));
        let folder = root.path().join(place.solution());
        std::fs::create_dir_all(&folder).unwrap();
        let read = |why: &str| {
            let text = format!("[[equivalent]]\nchange = \"a\"\nline = \"b\"\nwhy = \"{why}\"\n");
            std::fs::write(folder.join(FILE), text).unwrap();
            Equivalent::all(root.path(), &place)
        };
        assert_eq!(read("so it is").unwrap()[0].why, "so it is");
        let failure = read(" ").unwrap_err().to_string();
        assert!(
            failure.contains("mutants.toml: `a` has no reason"),
            "{failure}"
        );
    }
}
