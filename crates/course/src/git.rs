//! Git, run as a program.

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What git prints when it is run in that folder.
///
/// # Errors
/// Git cannot be run, or refuses; the text says which, in git's own words.
pub fn git(folder: &Path, args: &[&str], input: Stdio) -> Result<Vec<u8>, String> {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new("git")
        .args(args)
        .current_dir(folder)
        .stdin(input)
        .output()
        .map_err(|error| format!("git cannot be run: {error}"))?;
    if status.success() {
        return Ok(stdout);
    }
    Err(format!(
        "git says: {}",
        String::from_utf8_lossy(&stderr).trim()
    ))
}
