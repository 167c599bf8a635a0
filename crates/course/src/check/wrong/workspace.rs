//! The workspace in which wrong answers are compiled.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use toml::{Table, Value};

use crate::Failure;
use crate::workspace::{absolute_path, make_absolute, manifest, put, read, unwritable};

use super::super::scratch;
use super::{Answer, patch};

/// The workspace's folder.
///
/// What a patch makes of `solutions/PART/SLUG/src/lib.rs` is `src/lib.rs` of a package in
/// there, and so stands as deep below the root: `#[path = "../../../../exercises/..."]` means the same file in both.
pub(super) const FOLDER: &str = "target/wrong-answers";

/// Writes the workspace, and returns its folder.
pub(super) fn write(root: &Path, answers: &[Answer]) -> Result<PathBuf, Failure> {
    let folder = scratch(root, FOLDER)?;
    let course = read(&root.join("Cargo.toml"))?;
    let members = answers
        .iter()
        .map(|answer| Value::from(answer.package.as_str()))
        .collect();
    put(
        &folder.join("Cargo.toml"),
        &manifest(root, &course, members),
    )?;
    for answer in answers {
        let solution = read(&root.join(&answer.solution).join("Cargo.toml"))?;
        let package = folder.join(&answer.package);
        std::fs::create_dir_all(&package).map_err(|error| unwritable(&package, &error))?;
        put(
            &package.join("Cargo.toml"),
            &of_answer(root, solution, answer),
        )?;
        if let Some(patched) = &answer.patched {
            write_patched(root, answer, patched, &package)
                .map_err(|error| unwritable(&package, &error))?;
        }
    }
    let lock = root.join("Cargo.lock");
    if lock.is_file() {
        std::fs::copy(&lock, folder.join("Cargo.lock"))
            .map_err(|error| unwritable(&folder, &error))?;
    }
    Ok(folder)
}

/// The solution's sources, with the patched one among them.
///
/// Each is as old as the files that it comes from, so that cargo compiles again only what has changed.
fn write_patched(root: &Path, answer: &Answer, patched: &str, package: &Path) -> io::Result<()> {
    let solution = root.join(&answer.solution);
    copy(&solution.join("src"), &package.join("src"))?;
    let file = package.join(patch::SOURCE);
    std::fs::write(&file, patched)?;
    let changed = modified(&root.join(&answer.file))?.max(modified(&solution.join(patch::SOURCE))?);
    set_modified(&file, changed)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy(&from, &to)?;
        } else {
            std::fs::copy(&from, &to)?;
            set_modified(&to, modified(&from)?)?;
        }
    }
    Ok(())
}

fn modified(file: &Path) -> io::Result<SystemTime> {
    std::fs::metadata(file)?.modified()
}

fn set_modified(file: &Path, time: SystemTime) -> io::Result<()> {
    File::options().write(true).open(file)?.set_modified(time)
}

/// The solution's manifest, with the wrong answer as its library.
fn of_answer(root: &Path, mut manifest: Table, answer: &Answer) -> Table {
    let solution = root.join(&answer.solution);
    set(&mut manifest, "package", "name", &answer.package);
    let library = match answer.patched {
        Some(_) => patch::SOURCE.into(),
        None => root.join(&answer.file),
    };
    set(&mut manifest, "lib", "path", &library.to_string_lossy());
    for key in ["dependencies", "dev-dependencies", "build-dependencies"] {
        if let Some(Value::Table(dependencies)) = manifest.get_mut(key) {
            make_absolute(&solution, dependencies);
        }
    }
    if let Some(Value::Array(tests)) = manifest.get_mut("test") {
        for test in tests.iter_mut().filter_map(Value::as_table_mut) {
            absolute_path(&solution, test);
        }
    }
    manifest
}

fn set(manifest: &mut Table, section: &str, key: &str, value: &str) {
    let section = manifest
        .entry(section)
        .or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(section) = section {
        section.insert(key.to_owned(), Value::from(value));
    }
}
