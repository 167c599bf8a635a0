//! curl, where the machine has it.

use std::io;
use std::process::{Command, Stdio};

/// Runs curl without the user's own settings, and returns what it has written to its standard output.
///
/// # Errors
/// There is no curl ([`io::ErrorKind::NotFound`]), or it has failed: the error then says what it has written to its standard error.
pub fn curl(arguments: &[&str]) -> io::Result<Vec<u8>> {
    let output = Command::new("curl")
        .args(["--disable", "--silent", "--show-error"])
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdin(Stdio::null())
        .output()?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!(
        "{}: {}",
        output.status,
        said.trim()
    )))
}
