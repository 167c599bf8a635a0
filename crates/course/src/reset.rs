//! `cargo course reset`: an exercise as it was at first, with the reader's version kept aside.
//!
//! First the reader's files are copied and the copy is compared with them; only then is anything
//! replaced, file by file, each whole. Wherever this is interrupted, both versions can be had.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Failure;
use crate::file::write_whole;
use crate::place::Place;
use crate::{exercise, summary};

/// Where the readers' versions are kept, relative to the root.
const ASIDE: &str = ".course/aside";

/// The files below an exercise's `src`, by their path there.
type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Puts the starter of the exercise of that name back.
///
/// # Errors
/// There is no such exercise, git does not have its starter, or the disk refuses.
pub fn reset(root: &Path, name: &str) -> Result<(), Failure> {
    let exercises = exercise::all(root, &summary::read(root)?)?;
    let place = &exercise::find(&exercises, name)?.place;
    let starter = starter(root, place)?;
    let src = place.exercise().join("src");
    let mut own = Files::new();
    read_into(&mut own, &root.join(&src), Path::new("")).map_err(|error| {
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
    if !own.is_empty() {
        let aside = keep_aside(root, place, &own).map_err(|error| {
            unchanged(
                format!("cannot keep your version aside in {ASIDE}: {error}"),
                "see that the disk has space and that you may write there",
            )
        })?;
        println!("Your version is kept in {}.", aside.display());
    }
    let written = changed
        .iter()
        .try_for_each(|file| write_whole(&root.join(&src).join(file), &starter[*file]))
        .and_then(|()| {
            surplus
                .iter()
                .try_for_each(|file| std::fs::remove_file(root.join(&src).join(file)))
        });
    written.map_err(|error| {
        Failure::cannot(
            format!("cannot put the starter into {}: {error}", src.display()),
            "see that the disk has space and that you may write there, and run this again",
        )
    })?;
    println!(
        "{} is as it was at first. What you have earned stays noted.",
        src.display()
    );
    Ok(())
}

/// The starter as the course has it now. Readers leave the tests and the manifest alone, so the commit
/// that last changed these has a starter. Later commits of `src` are the course's own or the reader's:
/// the newest counts that has as many blanks still.
fn starter(root: &Path, place: &Place) -> Result<Files, Failure> {
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
    let output = Command::new("git")
        .args(args)
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| {
            unchanged(
                format!("the starter comes from git, and git cannot be run: {error}"),
                "install git, or take the starter from the place that you have the course from",
            )
        })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(unchanged(
            format!("the starter comes from git, which says: {}", said.trim()),
            "in a copy of the course without its git repository, take the starter from the place that you have it from",
        ));
    }
    Ok(output.stdout)
}

fn unchanged(what: String, remedy: impl Into<String>) -> Failure {
    Failure::cannot(what, format!("{}. Nothing was changed", remedy.into()))
}

/// An editor's own files, and notes, are not the exercise's.
fn is_rust(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "rs")
}

/// Every file below the folder; a folder that is not there holds none.
fn read_into(files: &mut Files, folder: &Path, inside: &Path) -> io::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let file = inside.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            read_into(files, &entry.path(), &file)?;
        } else {
            files.insert(file, std::fs::read(entry.path())?);
        }
    }
    Ok(())
}

/// Copies the files into a folder that was not there before, and returns it, relative to the root.
fn keep_aside(root: &Path, place: &Place, files: &Files) -> io::Result<PathBuf> {
    std::fs::create_dir_all(root.join(ASIDE))?;
    let mut number = 1;
    let aside = loop {
        let aside = Path::new(ASIDE).join(format!("{}-{number}", place.slug));
        match std::fs::create_dir(root.join(&aside)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            made => break made.map(|()| aside)?,
        }
    };
    let folder = root.join(&aside);
    for (file, bytes) in files {
        let file = folder.join(file);
        std::fs::create_dir_all(file.parent().unwrap_or(&folder))?;
        let mut copy = File::create_new(file)?;
        copy.write_all(bytes)?;
        copy.sync_all()?;
    }
    let mut kept = Files::new();
    read_into(&mut kept, &folder, Path::new(""))?;
    if kept == *files {
        Ok(aside)
    } else {
        Err(io::Error::other("the copy differs from your files"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_aside_never_replaces_what_is_there() {
        let root = tempfile::tempdir().unwrap();
        let place = Place::new("numbers", "add");
        let files = Files::from([
            ("lib.rs".into(), b"mine".to_vec()),
            ("deep/er.rs".into(), vec![0, 255]),
        ]);
        for number in 1..=3 {
            let aside = keep_aside(root.path(), &place, &files).unwrap();
            assert_eq!(aside, Path::new(&format!(".course/aside/add-{number}")));
            let mut kept = Files::new();
            read_into(&mut kept, &root.path().join(aside), Path::new("")).unwrap();
            assert_eq!(kept, files);
        }
    }
}
