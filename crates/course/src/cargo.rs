//! Cargo, run as a program: what it built, and what the compiler said.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::Failure;

/// A cargo command in `folder`, free of the variables by which a caller could change how tests
/// compare their snapshots.
#[must_use]
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(folder);
    grading_environment(&mut command);
    command
}

/// What decides how a test compares its snapshot, with its only right value.
pub const INSTA: [(&str, &str); 3] = [
    ("INSTA_UPDATE", "no"),
    ("INSTA_FORCE_PASS", "0"),
    ("INSTA_OUTPUT", "none"),
];

/// Sets what decides how a test compares its snapshot: never rewriting it, never passing in spite
/// of a difference.
pub fn grading_environment(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("INSTA_") {
            command.env_remove(name);
        }
    }
    command.envs(INSTA);
}

/// The folder into which cargo builds for the course at `root`.
#[must_use]
pub fn target_folder(root: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root.join(folder),
        None => root.join("target"),
    }
}

/// What one cargo build did.
#[derive(Debug, Default)]
pub struct Build {
    /// Whether everything compiled.
    pub success: bool,
    /// The programs that it made, each with the folder of its package.
    pub programs: Vec<Program>,
    /// What the compiler said of the packages asked for.
    pub diagnostics: Vec<Diagnostic>,
}

/// A program that cargo made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The manifest of its package.
    pub manifest: PathBuf,
    /// The target's name: `grade`.
    pub name: String,
    /// Where it is.
    pub file: PathBuf,
}

/// A warning or an error of the compiler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The manifest of the package that it is about.
    pub manifest: PathBuf,
    /// Whether it kept the package from compiling.
    pub error: bool,
    /// The first line of the message.
    pub message: String,
    /// The source file, where there is one, as the compiler names it, and its line.
    pub at: Option<(PathBuf, usize)>,
}

impl Build {
    /// The program of the package whose manifest this is.
    #[must_use]
    pub fn program(&self, manifest: &Path) -> Option<&Path> {
        self.programs
            .iter()
            .find(|program| program.manifest == manifest)
            .map(|program| program.file.as_path())
    }

    /// What the compiler said of the package whose manifest this is.
    pub fn diagnostics_of<'a>(
        &'a self,
        manifest: &'a Path,
    ) -> impl Iterator<Item = &'a Diagnostic> {
        self.diagnostics
            .iter()
            .filter(move |diagnostic| diagnostic.manifest == manifest)
    }
}

/// How a build shows what the compiler says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// As usual, with colours and progress, on standard error.
    Everything,
    /// Not at all; the caller looks at [`Build::diagnostics`].
    Nothing,
}

/// Runs `cargo build ARGS` in `folder`.
///
/// # Errors
/// Cargo could not be run at all, or refused before it compiled anything. A package that does not compile is no error:
/// see [`Build::success`].
pub fn build(folder: &Path, args: &[&str], show: Show) -> Result<Build, Failure> {
    let mut command = command(folder);
    command.arg("build").args(args);
    match show {
        Show::Everything => command
            .arg("--message-format=json-render-diagnostics")
            .stderr(Stdio::inherit()),
        Show::Nothing => command
            .args(["--quiet", "--message-format=json"])
            .stderr(Stdio::piped()),
    };
    let output = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .and_then(|child| child.wait_with_output());
    let output = output.map_err(|error| {
        Failure::cannot(
            format!("cannot run cargo: {error}"),
            "install Rust from https://rustup.rs and see that `cargo --version` works",
        )
    })?;
    let mut build = Build {
        success: output.status.success(),
        ..Build::default()
    };
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        if let Ok(message) = serde_json::from_str(line) {
            build.take(message);
        }
    }
    let compiled_nothing = build.programs.is_empty() && build.diagnostics.is_empty();
    if !build.success && compiled_nothing && show == Show::Nothing {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Failure::cannot(
            format!("cargo build {} failed:\n{said}", args.join(" ")),
            format!("run it yourself in {} to see more", folder.display()),
        ));
    }
    Ok(build)
}

#[derive(Deserialize)]
#[serde(tag = "reason")]
enum Message {
    #[serde(rename = "compiler-artifact")]
    Built {
        manifest_path: PathBuf,
        target: Target,
        executable: Option<PathBuf>,
    },
    #[serde(rename = "compiler-message")]
    Said {
        manifest_path: PathBuf,
        message: Rustc,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

#[derive(Deserialize)]
struct Rustc {
    level: String,
    message: String,
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Span {
    file_name: PathBuf,
    line_start: usize,
    is_primary: bool,
}

impl Build {
    fn take(&mut self, message: Message) {
        match message {
            Message::Built {
                manifest_path: manifest,
                target,
                executable: Some(file),
            } => {
                self.programs.push(Program {
                    manifest,
                    name: target.name,
                    file,
                });
            }
            Message::Said {
                manifest_path: manifest,
                message,
            } => {
                let at = message
                    .spans
                    .iter()
                    .find(|span| span.is_primary)
                    .map(|span| (span.file_name.clone(), span.line_start));
                let error = message.level.starts_with("error");
                // Without a place it is the compiler's count of what it said before.
                if at.is_some() && (error || message.level == "warning") {
                    self.diagnostics.push(Diagnostic {
                        manifest,
                        error,
                        message: message.message,
                        at,
                    });
                }
            }
            _ => {}
        }
    }
}
