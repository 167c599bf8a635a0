//! Something wrong in the course's files: where, what, and what to do about it.

use std::fmt;
use std::path::{Path, PathBuf};

/// One thing that is wrong, with its place and its remedy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, relative to the root of the course.
    pub file: PathBuf,
    /// The line in that file, counted from 1, where one line is to blame.
    pub line: Option<usize>,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl Problem {
    /// A problem of a whole file.
    pub fn new(
        file: impl AsRef<Path>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Problem {
        Problem {
            file: file.as_ref().to_path_buf(),
            line: None,
            what: what.into(),
            remedy: remedy.into(),
        }
    }

    /// The same problem, at a line.
    #[must_use]
    pub fn at(self, line: usize) -> Problem {
        Problem {
            line: Some(line),
            ..self
        }
    }
}

/// `book/header/flags.md:12: what is wrong`, and the remedy on a line of its own.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.what.replace('\n', "\n    "))?;
        write!(f, "\n    remedy: {}", self.remedy.replace('\n', "\n    "))
    }
}
