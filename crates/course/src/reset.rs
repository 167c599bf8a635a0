//! `cargo course reset`: an exercise as it was at first, with the reader's version kept aside.
//!
//! First the reader's files are copied and the copy is compared with them; only then is anything
//! replaced, file by file, each whole. Wherever this is interrupted, both versions can be had.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::Failure;
use crate::aside::{self, ASIDE, Files};
use crate::file::write_whole;
use crate::place::Place;
use crate::uninterrupted::uninterrupted;
use crate::{exercise, handout, summary};

/// Puts the starter of the exercise of that name back.
///
/// # Errors
/// There is no such exercise, git does not have its starter, or the disk refuses.
pub fn reset(root: &Path, name: &str) -> Result<(), Failure> {
    let exercises = exercise::all(root, &summary::read(root)?)?;
    let place = &exercise::find(&exercises, name)?.place;
    let starter = match handed_out(root, place)? {
        files if files.is_empty() => committed(root, place)?,
        files => files,
    };
    let src = place.exercise().join("src");
    let own = aside::read(&root.join(&src)).map_err(|error| {
        unchanged(
            format!("cannot read {}: {error}", src.display()),
            "look at its permissions",
        )
    })?;

    let is_surplus = |file: &Path| !starter.contains_key(file) && is_rust(file);
    let surplus: Vec<&PathBuf> = own.keys().filter(|file| is_surplus(file)).collect();
    let changed: Vec<&PathBuf> = starter
        .keys()
        .filter(|file| own.get(*file) != starter.get(*file))
        .collect();
    if surplus.is_empty() && changed.is_empty() {
        println!("{} is as it was at first; nothing to do.", src.display());
        return Ok(());
    }
    uninterrupted(|| {
        keep_aside(root, place, &own)?;
        replace(&root.join(&src), &starter, &changed, &surplus).map_err(|error| {
            Failure::cannot(
                format!("cannot put the starter into {}: {error}", src.display()),
                "see that the disk has space and that you may write there, and run this again",
            )
        })
    })?;
    println!(
        "{} is as it was at first. What you have earned stays noted.",
        src.display()
    );
    Ok(())
}

/// Keeps the reader's version, if there is one, and says where.
fn keep_aside(root: &Path, place: &Place, own: &Files) -> Result<(), Failure> {
    if own.is_empty() {
        return Ok(());
    }
    let aside = aside::keep(root, &place.slug, own).map_err(|error| {
        unchanged(
            format!("cannot keep your version aside in {ASIDE}: {error}"),
            "see that the disk has space and that you may write there",
        )
    })?;
    println!("Your version is kept in {}.", aside.display());
    Ok(())
}

/// Writes what differs from the starter, and removes what it does not have.
fn replace(
    src: &Path,
    starter: &Files,
    changed: &[&PathBuf],
    surplus: &[&PathBuf],
) -> io::Result<()> {
    for file in changed {
        write_whole(&src.join(file), &starter[*file])?;
    }
    for file in surplus {
        std::fs::remove_file(src.join(file))?;
    }
    Ok(())
}

/// The starter that a handed-out course carries with it; in the course itself there is none.
fn handed_out(root: &Path, place: &Place) -> Result<Files, Failure> {
    let folder = handout::starter(place);
    aside::read(&root.join(&folder)).map_err(|error| {
        unchanged(
            format!("cannot read {}: {error}", folder.display()),
            "look at its permissions",
        )
    })
}

/// The starter as the course has it now: the files below the exercise's `src`. Readers leave the tests and the manifest alone, so the commit
/// that last changed these has a starter. Later commits of `src` are the course's own or the reader's:
/// the newest counts that has as many blanks still.
///
/// # Errors
/// Git does not have it.
pub fn committed(root: &Path, place: &Place) -> Result<Files, Failure> {
    let folder = format!("exercises/{place}");
    let (src, tests) = (format!("{folder}/src"), format!("{folder}/tests"));
    let manifest = format!("{folder}/Cargo.toml");
    let log = git(root, &["log", "-1", "--format=%H", "--", &tests, &manifest])?;
    let base = String::from_utf8_lossy(&log).trim().to_owned();
    if base.is_empty() {
        return Err(unchanged(
            format!("git has no commit of {tests}, so there is no starter to put back"),
            "take the starter from the place that you have the course from",
        ));
    }
    let starter = files_at(root, &base, &src)?;
    let left = blanks(&starter);
    if left == 0 {
        let short = base.get(..12).unwrap_or(&base);
        return Err(unchanged(
            format!(
                "the commit {short}, which last changed the tests of {place}, has no starter: \
                 its {src} has no todo!(...) in it"
            ),
            format!(
                "`git log --oneline -- {src}` lists the versions of your files; \
                 `git show COMMIT:{src}/lib.rs` shows one"
            ),
        ));
    }
    let log = git(
        root,
        &["log", "--format=%H", &format!("{base}..HEAD"), "--", &src],
    )?;
    for commit in String::from_utf8_lossy(&log).lines() {
        let files = files_at(root, commit, &src)?;
        if blanks(&files) >= left {
            return Ok(files);
        }
    }
    Ok(starter)
}

/// The files below that folder in a commit.
fn files_at(root: &Path, commit: &str, folder: &str) -> Result<Files, Failure> {
    let below = format!("{folder}/");
    let names = git(
        root,
        &["ls-tree", "-r", "-z", "--name-only", commit, "--", &below],
    )?;
    let mut files = Files::new();
    for name in String::from_utf8_lossy(&names).split_terminator('\0') {
        if let Some(file) = name.strip_prefix(&below) {
            let blob = git(root, &["cat-file", "blob", &format!("{commit}:./{name}")])?;
            files.insert(file.into(), blob);
        }
    }
    Ok(files)
}

/// How much is left to fill in.
fn blanks(files: &Files) -> usize {
    files
        .iter()
        .filter(|(file, _)| is_rust(file))
        .map(|(_, code)| String::from_utf8_lossy(code).matches("todo!(").count())
        .sum()
}

/// What git prints.
fn git(root: &Path, args: &[&str]) -> Result<Vec<u8>, Failure> {
    crate::git::git(root, args, Stdio::null()).map_err(|said| {
        unchanged(
            format!("the starter comes from git, and {said}"),
            "in a copy of the course without git, take the starter from the place that you have it from",
        )
    })
}

fn unchanged(what: String, remedy: impl Into<String>) -> Failure {
    Failure::cannot(what, format!("{}. Nothing was changed", remedy.into()))
}

/// An editor's own files, and notes, are not the exercise's.
fn is_rust(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "rs")
}
