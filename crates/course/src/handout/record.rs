//! `.handout/files.toml`: what was handed out, from text to text.
//!
//! A later edition tells by it which files the reader has changed since.

use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::Problem;

/// The file, relative to the root of a handed-out course.
pub const FILE: &str = ".handout/files.toml";

const HEADER: &str = "\
# What was handed out, with the SHA-256 of each file. `cargo course handout --update` tells by it which files are yours
# by now. Leave it as it is.

";

/// What was handed out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The commit of the course that it was made from.
    pub commit: String,
    /// Each file's SHA-256 in hexadecimal digits, by its path with `/` between the folders.
    pub files: BTreeMap<String, String>,
}

/// The SHA-256 of a file's octets, in hexadecimal digits.
#[must_use]
pub fn hash(octets: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(octets)
        .iter()
        .fold(String::new(), |mut digits, octet| {
            let Ok(()) = write!(digits, "{octet:02x}") else {
                unreachable!("a string takes what is written to it")
            };
            digits
        })
}

impl Record {
    /// The record of the course at `root`; none if that was not handed out.
    ///
    /// # Errors
    /// A file that cannot be read, or is wrong.
    pub fn read(root: &Path) -> Result<Option<Record>, Problem> {
        match std::fs::read_to_string(root.join(FILE)) {
            Ok(text) => Record::parse(&text).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Problem::new(
                FILE,
                format!("cannot be read: {error}"),
                "look at its permissions",
            )),
        }
    }

    /// Reads the text of the file.
    ///
    /// # Errors
    /// Text that is not such a record, or one that names a path outside the course.
    pub fn parse(text: &str) -> Result<Record, Problem> {
        let remedy = "take the file from the handout as it was given to you; nothing was changed";
        let record: Record = toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .map(|span| text[..span.start].matches('\n').count() + 1);
            let problem = Problem::new(FILE, error.message().trim(), remedy);
            Problem { line, ..problem }
        })?;
        let inside = |path: &String| {
            !path.is_empty()
                && Path::new(path)
                    .components()
                    .all(|part| matches!(part, Component::Normal(_)))
        };
        match record.files.keys().find(|path| !inside(path)) {
            Some(path) => Err(Problem::new(
                FILE,
                format!("names `{path}`, which is not inside the course"),
                remedy,
            )),
            None => Ok(record),
        }
    }

    /// The text of the file.
    #[must_use]
    pub fn text(&self) -> String {
        let Ok(text) = toml::to_string(self) else {
            unreachable!("a record is TOML")
        };
        format!("{HEADER}{text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let record = Record {
            commit: "0123abcd".to_owned(),
            files: BTreeMap::from([("book/a \"b\".md".to_owned(), hash(b"abc"))]),
        };
        assert_eq!(Record::parse(&record.text()).unwrap(), record);
        // FIPS 180-4's example.
        assert_eq!(
            hash(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn a_record_that_is_wrong_is_refused() {
        let wrong = |text: &str| Record::parse(text).unwrap_err();
        assert_eq!(wrong("commit = \"a\"\nfiles = 3\n").line, Some(2));
        for path in ["../a", "/etc/passwd", "a/../../b", ""] {
            let problem = wrong(&format!("commit = \"a\"\n[files]\n\"{path}\" = \"00\"\n"));
            assert!(problem.what.contains("not inside the course"), "{problem}");
        }
    }
}
