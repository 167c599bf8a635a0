//! `cargo course grade`: hands over to the package `grading`, which readers need not compile.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::Failure;
use crate::cargo::{self, Show};

/// Builds the program that grades submissions, and becomes it: its help and its exit codes are this command's.
///
/// # Errors
/// It does not compile, or does not start.
pub fn grade(root: &Path, args: &[OsString]) -> Result<(), Failure> {
    let build = cargo::build(
        root,
        &["--quiet", "--package", "grading", "--bin", "grading"],
        Show::Everything,
    )?;
    match build
        .programs
        .into_iter()
        .find(|program| program.name == "grading")
    {
        Some(program) if build.success => become_it(Command::new(program.file).args(args)),
        _ => Err(Failure::cannot(
            "the program that grades does not compile (the compiler's messages are above)",
            "mend crates/grading; it needs Linux, and Rust as rust-version in Cargo.toml says",
        )),
    }
}

#[cfg(unix)]
fn become_it(command: &mut Command) -> Result<(), Failure> {
    let error = std::os::unix::process::CommandExt::exec(command);
    Err(Failure::cannot(
        format!(
            "cannot run {}: {error}",
            command.get_program().to_string_lossy()
        ),
        "see that it is there and may be run, and try again",
    ))
}

#[cfg(not(unix))]
fn become_it(_: &mut Command) -> Result<(), Failure> {
    Err(Failure::cannot(
        "submissions can only be graded on Linux",
        "grade them there: it confines them with what the Linux kernel has for that",
    ))
}
