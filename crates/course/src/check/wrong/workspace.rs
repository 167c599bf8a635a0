//! The workspace in which wrong answers are compiled.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::Failure;
use crate::workspace::{absolute_path, make_absolute, manifest, put, read, unwritable};

use super::super::scratch;
use super::Answer;

/// Writes the workspace, and returns its folder.
pub(super) fn write(root: &Path, answers: &[Answer]) -> Result<PathBuf, Failure> {
    let folder = scratch(root, "wrong")?;
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
    }
    let lock = root.join("Cargo.lock");
    if lock.is_file() {
        std::fs::copy(&lock, folder.join("Cargo.lock"))
            .map_err(|error| unwritable(&folder, &error))?;
    }
    Ok(folder)
}

/// The solution's manifest, with the wrong answer as its library.
fn of_answer(root: &Path, mut manifest: Table, answer: &Answer) -> Table {
    let solution = root.join(&answer.solution);
    set(&mut manifest, "package", "name", &answer.package);
    set(
        &mut manifest,
        "lib",
        "path",
        &root.join(&answer.file).to_string_lossy(),
    );
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
