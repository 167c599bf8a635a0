//! Programs that are not ours, in the versions that the course is made for.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{Failure, cargo};

/// A program that the course works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tool {
    /// The program and its crate.
    pub name: &'static str,
    /// The version that the course is made for.
    pub version: &'static str,
    /// What it is asked for its version with.
    asked: &'static [&'static str],
}

/// What builds the book.
pub const TOOLS: [Tool; 2] = [
    Tool {
        name: "mdbook",
        version: "0.5.4",
        asked: &["--version"],
    },
    Tool {
        name: "mdbook-mermaid",
        version: "0.17.1",
        asked: &["--version"],
    },
];

/// What `cargo course mutants` changes the solutions with.
pub const MUTANTS: Tool = Tool {
    name: "cargo-mutants",
    version: "27.1.0",
    // It answers as the command of cargo that it is.
    asked: &["mutants", "--version"],
};

/// Where tools are installed that the machine lacks.
#[must_use]
pub fn folder(root: &Path) -> PathBuf {
    root.join("target/tools")
}

impl Tool {
    /// The version that a program of that name says it has, if it runs: `0.5.4`.
    #[must_use]
    pub fn version_of(self, program: &Path) -> Option<String> {
        let output = Command::new(program)
            .args(self.asked)
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

    /// The program in its right version: this machine's, or the course's own, which is installed if need be.
    ///
    /// # Errors
    /// It is missing and cannot be installed.
    pub fn ready(self, root: &Path) -> Result<PathBuf, Failure> {
        if self.is_right(Path::new(self.name)) {
            return Ok(self.name.into());
        }
        let installed = self.installed(root);
        if !self.is_right(&installed) {
            self.install(root)?;
        }
        Ok(installed)
    }

    fn is_right(self, program: &Path) -> bool {
        self.version_of(program).as_deref() == Some(self.version)
    }

    fn install(self, root: &Path) -> Result<(), Failure> {
        let Tool { name, version, .. } = self;
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
        own_folder_needed |= tool.ready(root)? == tool.installed(root);
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
