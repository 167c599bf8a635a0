//! How cargo calls the compiler for an exercise, learnt once, so that cargo has nothing to do with submissions.
//!
//! Cargo builds what the exercises depend on. For the exercises themselves it calls the grader in the compiler's place
//! (`build.rustc-workspace-wrapper`), which writes down the call and compiles nothing. Each submission is then compiled by
//! the same calls, under the rules and in confinement: neither cargo's home nor its caches need to be there, and nothing
//! that is compiled for one submission is there for the next.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use course::Failure;
use serde::{Deserialize, Serialize};

/// The variable that makes the grader a recorder, with the folder for its records.
pub(crate) const RECORD: &str = "SEGMENT_GRADING_RECORD";

/// A call of the compiler.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Call {
    /// The arguments.
    pub(crate) arguments: Vec<String>,
    /// The variables that cargo has set for the package.
    pub(crate) environment: BTreeMap<String, String>,
}

/// What a call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// The library, which the reader writes.
    Library,
    /// `tests/grade.rs`.
    Tests,
}

impl Target {
    fn file(self, folder: &Path, package: &str) -> PathBuf {
        folder.join(match self {
            Target::Library => format!("{package}.library.json"),
            Target::Tests => format!("{package}.tests.json"),
        })
    }
}

/// Records a call, if this process is one that cargo has started in the compiler's place.
pub(crate) fn stage() -> Option<ExitCode> {
    let folder = PathBuf::from(std::env::var_os(RECORD)?);
    let mut arguments = std::env::args().skip(1);
    let compiler = arguments.next()?;
    let arguments: Vec<String> = arguments.collect();
    let compiles = arguments.iter().any(|argument| argument == "--out-dir");
    let package = std::env::var("CARGO_PKG_NAME").ok().filter(|_| compiles);
    let Some(package) = package else {
        // Cargo asks the compiler about itself.
        let status = Command::new(compiler).args(&arguments).status();
        let code = status.ok().and_then(|status| status.code());
        let code = code.and_then(|code| u8::try_from(code).ok());
        return Some(ExitCode::from(code.unwrap_or(2)));
    };
    let target = if arguments.iter().any(|argument| argument == "--test") {
        Target::Tests
    } else {
        Target::Library
    };
    let call = Call {
        arguments,
        environment: std::env::vars()
            .filter(|(name, _)| name.starts_with("CARGO_PKG_") || KEPT.contains(&name.as_str()))
            .collect(),
    };
    let file = target.file(&folder, &package);
    let written = serde_json::to_vec(&call)
        .map_err(std::io::Error::from)
        .and_then(|text| std::fs::write(&file, text));
    Some(match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: cannot write {}: {error}", file.display());
            ExitCode::from(2)
        }
    })
}

/// Variables for the package, beside `CARGO_PKG_…`.
const KEPT: [&str; 3] = [
    "CARGO_CRATE_NAME",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
];

impl Call {
    /// What was recorded in `folder`.
    ///
    /// # Errors
    /// Nothing was.
    pub(crate) fn read(folder: &Path, package: &str, target: Target) -> Result<Call, Failure> {
        let file = target.file(folder, package);
        std::fs::read(&file)
            .and_then(|text| serde_json::from_slice(&text).map_err(Into::into))
            .map_err(|error| {
                Failure::cannot(
                    format!("cannot read how cargo compiles {package}, {}: {error}", file.display()),
                    "see that the exercise has a library and tests/grade.rs, and that the disk has space",
                )
            })
    }

    /// The same call that writes into `folder` and speaks plainly. Where it uses `library`, it finds that in `folder` too.
    pub(crate) fn redirected(&self, folder: &str, library: Option<&str>) -> Vec<String> {
        let mut arguments = Vec::new();
        let mut rest = self.arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--out-dir" => {
                    rest.next();
                    arguments.extend(["--out-dir".to_owned(), folder.to_owned()]);
                }
                "-C" => match rest.next() {
                    Some(option) if option.starts_with("incremental=") => {}
                    option => {
                        arguments.extend(["-C".to_owned()].into_iter().chain(option.cloned()))
                    }
                },
                "--extern" => {
                    let given = rest.next().cloned().unwrap_or_default();
                    let (name, path) = given.split_once('=').unwrap_or((&given, ""));
                    let file = path.rsplit('/').next().unwrap_or_default();
                    let given = if library.is_some_and(|library| library == file) {
                        format!("{name}={folder}/{file}")
                    } else {
                        given
                    };
                    arguments.extend(["--extern".to_owned(), given]);
                }
                "--error-format" | "--json" | "--diagnostic-width" | "--color" => {
                    rest.next();
                }
                other if PRESENTATION.iter().any(|option| other.starts_with(option)) => {}
                _ => arguments.push(argument.clone()),
            }
        }
        arguments.push("-Cdebuginfo=0".to_owned());
        arguments
    }

    /// `NAME-HASH`, as the compiler names what it makes by this call.
    pub(crate) fn made(&self) -> String {
        let after = |option: &str| {
            let found = self
                .arguments
                .iter()
                .position(|argument| argument == option);
            found.and_then(|index| self.arguments.get(index + 1))
        };
        let hash = self
            .arguments
            .iter()
            .find_map(|argument| argument.strip_prefix("extra-filename="));
        format!(
            "{}{}",
            after("--crate-name").map_or("", String::as_str),
            hash.unwrap_or_default()
        )
    }
}

/// Options that only say how messages look.
const PRESENTATION: [&str; 4] = [
    "--error-format=",
    "--json=",
    "--diagnostic-width=",
    "--color=",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn call(arguments: &str) -> Call {
        Call {
            arguments: arguments.split(' ').map(str::to_owned).collect(),
            environment: BTreeMap::new(),
        }
    }

    #[test]
    fn a_call_goes_elsewhere_and_speaks_plainly() {
        let tests = call(
            "--crate-name grade --error-format=json --json=artifacts -C extra-filename=-1a --test --out-dir /t/deps \
             -C incremental=/t/inc -C metadata=2b -L dependency=/t/deps --extern lab=/t/deps/liblab-3.rlib \
             --extern own=/t/deps/libown-4.rlib",
        );
        assert_eq!(
            tests.redirected("/o", Some("libown-4.rlib")).join(" "),
            "--crate-name grade -C extra-filename=-1a --test --out-dir /o -C metadata=2b -L dependency=/t/deps \
             --extern lab=/t/deps/liblab-3.rlib --extern own=/o/libown-4.rlib -Cdebuginfo=0"
        );
        assert_eq!(tests.made(), "grade-1a");
    }
}
