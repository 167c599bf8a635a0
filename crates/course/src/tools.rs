//! mdBook and mdbook-mermaid in the versions that the book is made for.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{Failure, cargo};

/// A program that the book is built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tool {
    /// The program and its crate.
    pub name: &'static str,
    /// The version that the book is made for.
    pub version: &'static str,
}

/// What builds the book.
pub const TOOLS: [Tool; 2] = [
    Tool {
        name: "mdbook",
        version: "0.5.4",
    },
    Tool {
        name: "mdbook-mermaid",
        version: "0.17.1",
    },
];

/// Where tools are installed that the machine lacks.
#[must_use]
pub fn folder(root: &Path) -> PathBuf {
    root.join("target/tools")
}

impl Tool {
    /// The version that `program --version` prints, if it runs: `0.5.4`.
    #[must_use]
    pub fn version_of(program: &Path) -> Option<String> {
        let output = Command::new(program)
            .arg("--version")
            .stdin(Stdio::null())
            .output()
            .ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        let version = text.split_whitespace().nth(1)?;
        Some(version.strip_prefix('v').unwrap_or(version).to_owned())
    }

    /// Where cargo installs it for this course.
    #[must_use]
    pub fn installed(self, root: &Path) -> PathBuf {
        folder(root)
            .join("bin")
            .join(format!("{}{}", self.name, std::env::consts::EXE_SUFFIX))
    }

    fn is_right(self, program: &Path) -> bool {
        Tool::version_of(program).as_deref() == Some(self.version)
    }

    fn install(self, root: &Path) -> Result<(), Failure> {
        let Tool { name, version } = self;
        println!(
            "This machine has no {name} {version}: installing it under target/tools, which takes a few minutes, once."
        );
        // Cargo's settings of this workspace are no business of a tool's build.
        let status = cargo::command(root)
            .args(["install", "--locked", name, "--version", version, "--root"])
            .arg(folder(root))
            .env_remove("CARGO_TARGET_DIR")
            .status();
        match status {
            Ok(status) if status.success() && self.is_right(&self.installed(root)) => Ok(()),
            _ => Err(Failure::cannot(
                format!(
                    "{name} {version} is missing, and `cargo install` could not bring it (its message is above)"
                ),
                format!(
                    "connect to the internet and try again, or put a {name} {version} on PATH; \
                     `cargo install --locked {name} --version {version}` does that"
                ),
            )),
        }
    }
}

/// Makes sure that every tool is there, and returns the `PATH` under which the right ones are found.
///
/// # Errors
/// A tool that is missing and cannot be installed.
pub fn path_with_tools(root: &Path) -> Result<OsString, Failure> {
    let mut own_folder_needed = false;
    for tool in TOOLS {
        if tool.is_right(Path::new(tool.name)) {
            continue;
        }
        own_folder_needed = true;
        if !tool.is_right(&tool.installed(root)) {
            tool.install(root)?;
        }
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    if !own_folder_needed {
        return Ok(path);
    }
    let folders = std::iter::once(folder(root).join("bin")).chain(std::env::split_paths(&path));
    std::env::join_paths(folders).map_err(|error| {
        Failure::cannot(
            format!("cannot put target/tools/bin on PATH: {error}"),
            "move the course to a folder without a colon or a quote in its name",
        )
    })
}
