//! What is handed out: the readers' version of the course, file by file.

use std::collections::BTreeMap;
use std::io::{Seek, Write};
use std::path::Path;
use std::process::Stdio;

use super::left_out::is_handed_out;
use super::record::{self, Record, hash};
use super::{STARTERS, pages, workspace};
use crate::exercise::Exercise;
use crate::file::write_whole;
use crate::git::git;
use crate::place::Place;
use crate::{Failure, Problem, book, cargo, reset};

/// Files by their path in the course, with `/` between the folders.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// The readers' version of the course at one commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Edition {
    pub(super) commit: String,
    pub(super) files: Files,
}

impl Edition {
    /// The readers' version of the course at `root`, which may have been handed out itself.
    pub(super) fn of(root: &Path) -> Result<Edition, Failure> {
        match Record::read(root).map_err(unusable)? {
            Some(record) => of_handout(root, record),
            None => of_course(root),
        }
    }

    /// What a later edition needs to know of this one.
    pub(super) fn record(&self) -> Record {
        let hashes = self
            .files
            .iter()
            .map(|(file, octets)| (file.clone(), hash(octets)));
        Record {
            commit: self.commit.clone(),
            files: hashes.collect(),
        }
    }

    /// The exercises.
    pub(super) fn exercises(&self) -> Result<Vec<Exercise>, Failure> {
        places(self.files.keys())
            .iter()
            .map(|place| {
                let manifest = &self.files[&format!("exercises/{place}/Cargo.toml")];
                Exercise::parse(place, &String::from_utf8_lossy(manifest)).map_err(unusable)
            })
            .collect()
    }

    /// Writes every file below the folder.
    pub(super) fn write(&self, folder: &Path) -> std::io::Result<()> {
        self.files
            .iter()
            .try_for_each(|(file, octets)| write_whole(&folder.join(file), octets))
    }
}

/// The places of the exercises among these files.
pub(super) fn places<'a>(files: impl Iterator<Item = &'a String>) -> Vec<Place> {
    files
        .filter_map(|file| match file.split('/').collect::<Vec<_>>()[..] {
            ["exercises", part, slug, "Cargo.toml"] => Some(Place::new(part, slug)),
            _ => None,
        })
        .collect()
}

/// The place of the exercise to whose `src` a file belongs, and its path there.
pub(super) fn in_src(file: &str) -> Option<(Place, &str)> {
    let (part, rest) = file.strip_prefix("exercises/")?.split_once('/')?;
    let (slug, rest) = rest.split_once('/')?;
    Some((Place::new(part, slug), rest.strip_prefix("src/")?))
}

fn of_course(root: &Path) -> Result<Edition, Failure> {
    let commit = run(root, &["rev-parse", "HEAD"], Stdio::null())?;
    let mut files = committed(root)?;
    // An instructor may have solved an exercise and committed that.
    files.retain(|file, _| in_src(file).is_none());
    for place in places(files.keys()) {
        for (file, octets) in reset::committed(root, &place)? {
            let file = file.to_string_lossy();
            files.insert(format!("{STARTERS}/{place}/{file}"), octets.clone());
            files.insert(format!("exercises/{place}/src/{file}"), octets);
        }
    }
    for (file, octets) in &mut files {
        // The pages' templates below crates/ are part of the program.
        if file.ends_with(".md")
            && !file.starts_with("crates/")
            && let Ok(text) = std::str::from_utf8(octets)
        {
            *octets = pages::for_readers(Path::new(file), text)
                .map_err(unusable)?
                .into_bytes();
        }
    }
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    if let Some(manifest) = files.get("Cargo.toml") {
        let adapted = workspace::adapted(&String::from_utf8_lossy(manifest), &names)
            .map_err(|error| unusable(Problem::new("Cargo.toml", error.to_string(), MEND)))?;
        files.insert("Cargo.toml".to_owned(), adapted.into_bytes());
    }
    let mut edition = Edition {
        commit: String::from_utf8_lossy(&commit).trim().to_owned(),
        files,
    };
    prove(&mut edition)?;
    Ok(edition)
}

/// Lays the edition out in a folder of its own, takes out of `Cargo.lock` what no package needs any more, and sees that
/// the book holds without what is left out.
fn prove(edition: &mut Edition) -> Result<(), Failure> {
    let unwritable = |error: std::io::Error| {
        Failure::cannot(
            format!("cannot lay the handout out in a temporary folder: {error}"),
            "see that the disk has space and that you may write there",
        )
    };
    let folder = tempfile::tempdir().map_err(unwritable)?;
    edition.write(folder.path()).map_err(unwritable)?;
    if edition.files.contains_key("Cargo.lock") {
        let done = cargo::command(folder.path())
            .args(["update", "--workspace", "--offline", "--quiet"])
            .stdin(Stdio::null())
            .output()
            .map_err(unwritable)?;
        if !done.status.success() {
            return Err(Failure::cannot(
                format!(
                    "cargo does not accept the workspace without what is left out:\n{}",
                    String::from_utf8_lossy(&done.stderr).trim()
                ),
                "if it misses a download, run `cargo fetch`; otherwise mend what it says in the course",
            ));
        }
        let lock = std::fs::read(folder.path().join("Cargo.lock")).map_err(unwritable)?;
        edition.files.insert("Cargo.lock".to_owned(), lock);
    }
    let problems = book::problems(folder.path());
    if problems.is_empty() {
        return Ok(());
    }
    let listed: Vec<String> = problems.iter().map(ToString::to_string).collect();
    Err(Failure::cannot(
        format!(
            "the book does not hold without what is left out:\n{}",
            listed.join("\n")
        ),
        "if `cargo course check` finds nothing, a page needs something that readers do not get: mark that part of the \
         page for instructors",
    ))
}

/// Every file of the last commit that is handed out.
fn committed(root: &Path) -> Result<Files, Failure> {
    let tree = run(root, &["ls-tree", "-r", "-z", "HEAD"], Stdio::null())?;
    let tree = String::from_utf8_lossy(&tree);
    let mut wanted = Vec::new();
    for entry in tree.split_terminator('\0') {
        let (about, file) = entry.split_once('\t').unwrap_or_default();
        let about: Vec<&str> = about.split(' ').collect();
        match about[..] {
            _ if !is_handed_out(file) => {}
            ["100644" | "100755", "blob", id] => wanted.push((file, id)),
            _ => {
                return Err(Failure::cannot(
                    format!("{file} is no ordinary file, and only those can be handed out"),
                    "replace the link by what it leads to",
                ));
            }
        }
    }
    let unwritable = |error: std::io::Error| {
        Failure::cannot(
            format!("cannot write a temporary file: {error}"),
            "see that the disk has space",
        )
    };
    let mut ids = tempfile::tempfile().map_err(unwritable)?;
    for (_, id) in &wanted {
        writeln!(ids, "{id}").map_err(unwritable)?;
    }
    ids.rewind().map_err(unwritable)?;
    let blobs = run(root, &["cat-file", "--batch"], ids.into())?;
    let mut rest = &blobs[..];
    let mut files = Files::new();
    for (file, _) in wanted {
        let Some(octets) = next_blob(&mut rest) else {
            return Err(Failure::cannot(
                format!("git does not give {file} of its last commit"),
                "run `git fsck`; it says what is wrong with the repository",
            ));
        };
        files.insert(file.to_owned(), octets.to_vec());
    }
    Ok(files)
}

/// The next of what `git cat-file --batch` prints: a line that ends in the length, the octets, the end of a line.
fn next_blob<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = rest.iter().position(|octet| *octet == b'\n')?;
    let line = std::str::from_utf8(&rest[..end]).ok()?;
    let length: usize = line.rsplit_once(" blob ")?.1.parse().ok()?;
    let (octets, behind) = rest.get(end + 1..)?.split_at_checked(length)?;
    *rest = behind.strip_prefix(b"\n")?;
    Some(octets)
}

/// A course that was handed out is handed out again as it was, without what its reader has done.
fn of_handout(root: &Path, record: Record) -> Result<Edition, Failure> {
    let mut files = Files::new();
    for (file, was) in &record.files {
        let from = match in_src(file) {
            Some((place, inside)) => format!("{STARTERS}/{place}/{inside}"),
            None => file.clone(),
        };
        let changed = |why: String| {
            Failure::cannot(
                format!("{from} {why}"),
                "hand out from the course itself, or from a handed-out course that nobody has worked in",
            )
        };
        let octets = std::fs::read(root.join(&from))
            .map_err(|error| changed(format!("cannot be read: {error}")))?;
        if hash(&octets) != *was {
            return Err(changed("was changed since it was handed out".to_owned()));
        }
        files.insert(file.clone(), octets);
    }
    Ok(Edition {
        commit: record.commit,
        files,
    })
}

/// How many files of the course have changes that no commit has; none in a course that was handed out.
pub(super) fn uncommitted(root: &Path) -> Result<usize, Failure> {
    if root.join(record::FILE).is_file() {
        return Ok(0);
    }
    let args = ["--no-optional-locks", "status", "--porcelain", "--", "."];
    let status = run(root, &args, Stdio::null())?;
    Ok(String::from_utf8_lossy(&status).lines().count())
}

fn run(root: &Path, args: &[&str], input: Stdio) -> Result<Vec<u8>, Failure> {
    git(root, args, input).map_err(|said| {
        Failure::cannot(
            format!("a handout is made from the last commit of the course, and {said}"),
            "run this in a clone of the course's git repository that has a commit",
        )
    })
}

const MEND: &str = "mend it, and commit that";

/// A problem that keeps a command from its work.
pub(super) fn unusable(problem: Problem) -> Failure {
    let line = problem
        .line
        .map_or_else(String::new, |line| format!(":{line}"));
    Failure::cannot(
        format!("{}{line}: {}", problem.file.display(), problem.what),
        problem.remedy,
    )
}
