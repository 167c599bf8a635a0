//! A program in a process that reaches nothing but what it is given.

use std::process::ExitCode;

/// The stages of confinement, for which the grader starts itself again. The first thing that `main` does is to ask
/// whether this process is one of them, before it reads any argument: if so, it ends with the code that is returned.
#[must_use]
pub fn stage() -> Option<ExitCode> {
    None
}
