//! The reports on the disk, from which a run goes on where another stopped.
//!
//! Each submission has a folder, and `report.json` there holds its report with a fingerprint of everything that it
//! depends on. It is written whole or not at all. A report whose fingerprint still fits is taken; any other, and one
//! that cannot be read, is made again.

use std::path::{Path, PathBuf};
use std::process::Command;

use course::Failure;
use course::exercise::Exercise;
use course::file::write_whole;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::clean;
use crate::folder::folder;
use crate::report::Report;
use crate::reporters::{classroom, csv, gradescope, json, junit, text};
use crate::take::Taken;

/// The number of the form of `report.json`.
const VERSION: u32 = 1;

/// Folders of the course that no grade depends on.
const ASIDE: [&str; 4] = ["target", "tests", "benches", "fuzz"];

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    fingerprint: String,
    report: Report,
}

/// Where the results go.
#[derive(Clone, Debug)]
pub struct Store {
    out: PathBuf,
}

impl Store {
    /// The results in that folder, which is made if it is not there.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn open(out: &Path) -> Result<Store, Failure> {
        std::fs::create_dir_all(out).map_err(|error| unwritable(out, &error))?;
        Ok(Store {
            out: out.to_path_buf(),
        })
    }

    /// The report of that submission, if there is one with that fingerprint.
    #[must_use]
    pub fn known(&self, submission: &str, fingerprint: &str) -> Option<Report> {
        let file = self.out.join(folder(submission)).join("report.json");
        let stored: Stored = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
        let fits = stored.version == VERSION
            && stored.fingerprint == fingerprint
            && stored.report.submission == submission;
        fits.then(|| clean::report(stored.report))
    }

    /// Keeps a report.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn keep(&self, report: &Report, fingerprint: &str) -> Result<(), Failure> {
        let stored = Stored {
            version: VERSION,
            fingerprint: fingerprint.to_owned(),
            report: report.clone(),
        };
        let json = serde_json::to_vec_pretty(&stored)
            .expect("text, numbers and lists of them can always be written");
        self.write(&folder(&report.submission), "report.json", &json)
    }

    /// Writes one submission's results in every form.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn write_submission(&self, report: &Report) -> Result<(), Failure> {
        let folder = folder(&report.submission);
        for (file, content) in [
            ("grades.txt", text::submission(report)),
            ("junit.xml", junit::results(report)),
            ("results.json", gradescope::results(report)),
            ("classroom.json", classroom::results(report)),
            ("classroom.output", classroom::output(report)),
        ] {
            self.write(&folder, file, content.as_bytes())?;
        }
        Ok(())
    }

    /// Writes the results of all submissions together.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn write_class(&self, reports: &[Report]) -> Result<(), Failure> {
        for (file, content) in [
            ("grades.txt", text::all(reports)),
            ("grades.json", json::grades(reports)),
            ("grades.csv", csv::grades(reports)),
        ] {
            self.write("", file, content.as_bytes())?;
        }
        Ok(())
    }

    fn write(&self, folder: &str, file: &str, content: &[u8]) -> Result<(), Failure> {
        let file = self.out.join(folder).join(file);
        write_whole(&file, content).map_err(|error| unwritable(&file, &error))
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::cannot(
        format!("cannot write {}: {error}", path.display()),
        "see that the disk has space and that you may write there, or name another folder with --out",
    )
}

/// A checksum of all that the grades depend on, beside the submission: the exercises that are asked for with their
/// tests, the crates and the recordings of the course, and the toolchain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course(String);

impl Course {
    /// The checksum for the course at `root`.
    ///
    /// # Errors
    /// A file of the course, or the compiler's version, cannot be read.
    pub fn of(root: &Path, exercises: &[Exercise]) -> Result<Course, Failure> {
        Course::with(root, exercises, &toolchain(root)?)
    }

    /// The checksum, for a toolchain that calls itself so.
    ///
    /// # Errors
    /// A file of the course cannot be read.
    pub fn with(root: &Path, exercises: &[Exercise], toolchain: &str) -> Result<Course, Failure> {
        let mut sum = Sum::default();
        sum.add(toolchain.as_bytes());
        let mut paths: Vec<PathBuf> = ["Cargo.toml", "Cargo.lock", ".cargo/config.toml"]
            .map(PathBuf::from)
            .into();
        files(root, Path::new("crates"), &ASIDE, &mut paths)?;
        // Some tests read the book's recordings.
        let mut book = Vec::new();
        files(root, Path::new("book"), &[], &mut book)?;
        paths.extend(
            book.into_iter()
                .filter(|path| path.extension().is_some_and(|e| e == "pcapng")),
        );
        for exercise in exercises {
            files(root, &exercise.place.exercise(), &["target"], &mut paths)?;
            // Which exercises are asked for, and in which order, is part of a report.
            sum.add(exercise.place.to_string().as_bytes());
        }
        for path in paths {
            let content = match std::fs::read(root.join(&path)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(unreadable(&root.join(path), &error));
                }
                content => content.unwrap_or_default(),
            };
            sum.add(path.as_os_str().as_encoded_bytes());
            sum.add(&content);
        }
        Ok(Course(sum.end()))
    }

    /// The fingerprint of a report on what was taken of a submission.
    #[must_use]
    pub fn fingerprint(&self, taken: &Taken) -> String {
        let mut sum = Sum::default();
        sum.add(self.0.as_bytes());
        for (place, sources) in &taken.sources {
            sum.add(place.to_string().as_bytes());
            sum.add(sources.len().to_string().as_bytes());
            for (path, content) in sources {
                sum.add(path.as_os_str().as_encoded_bytes());
                sum.add(content);
            }
        }
        for (place, why) in &taken.refused {
            sum.add(place.to_string().as_bytes());
            sum.add(why.as_bytes());
        }
        sum.end()
    }
}

/// A checksum of several things; each is preceded by its length, so that no two sequences are alike.
#[derive(Default)]
struct Sum(Sha256);

impl Sum {
    fn add(&mut self, octets: &[u8]) {
        self.0.update((octets.len() as u64).to_be_bytes());
        self.0.update(octets);
    }

    fn end(self) -> String {
        data_encoding::HEXLOWER.encode(&self.0.finalize())
    }
}

/// Every file below a folder of the course, relative to its root and sorted.
fn files(
    root: &Path,
    folder: &Path,
    aside: &[&str],
    found: &mut Vec<PathBuf>,
) -> Result<(), Failure> {
    let broken = |error: std::io::Error| unreadable(&root.join(folder), &error);
    let mut entries = std::fs::read_dir(root.join(folder))
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(broken)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = folder.join(entry.file_name());
        if !entry.file_type().map_err(broken)?.is_dir() {
            found.push(path);
        } else if !aside.iter().any(|name| entry.file_name() == *name) {
            files(root, &path, aside, found)?;
        }
    }
    Ok(())
}

/// What the compiler calls itself.
fn toolchain(root: &Path) -> Result<String, Failure> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .arg("-vV")
        .current_dir(root)
        .output()
        .map_err(|error| {
            Failure::cannot(
                format!("cannot run rustc: {error}"),
                "install Rust from https://rustup.rs and see that `rustc -vV` works",
            )
        })?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::cannot(
        format!("cannot read {}: {error}", path.display()),
        "it is a part of the course; `git status` tells whether it is as it should be",
    )
}
