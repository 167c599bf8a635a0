//! Why a command ended without success, and the exit code that says so.

use std::fmt;
use std::process::ExitCode;

/// Why a command ended without success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// What was looked at is wrong or unsolved, and that has been printed: exit code 1.
    Found,
    /// The command could not do its work: exit code 2.
    Cannot {
        /// What went wrong.
        what: String,
        /// What to do about it.
        remedy: String,
    },
}

impl Failure {
    /// The command cannot do its work.
    pub fn cannot(what: impl Into<String>, remedy: impl Into<String>) -> Failure {
        Failure::Cannot {
            what: what.into(),
            remedy: remedy.into(),
        }
    }

    /// The exit code, as the help text documents it.
    #[must_use]
    pub fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Failure::Found => 1,
            Failure::Cannot { .. } => 2,
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Found => Ok(()),
            Failure::Cannot { what, remedy } => write!(f, "error: {what}\n  {remedy}"),
        }
    }
}
