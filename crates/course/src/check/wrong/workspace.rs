//! The workspace in which wrong answers are compiled.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::Failure;

use super::super::scratch;
use super::Answer;

/// What the workspace takes from the course's.
const SHARED: [&str; 5] = ["resolver", "package", "dependencies", "lints", "metadata"];

/// Writes the workspace, and returns its folder.
pub(super) fn write(root: &Path, answers: &[Answer]) -> Result<PathBuf, Failure> {
    let folder = scratch(root, "wrong")?;
    let course = read(&root.join("Cargo.toml"))?;
    put(
        &folder.join("Cargo.toml"),
        &of_course(root, &course, answers),
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

fn of_course(root: &Path, course: &Table, answers: &[Answer]) -> Table {
    let mut workspace = Table::new();
    if let Some(shared) = course.get("workspace").and_then(Value::as_table) {
        for key in SHARED {
            if let Some(value) = shared.get(key) {
                workspace.insert(key.to_owned(), value.clone());
            }
        }
    }
    if let Some(Value::Table(dependencies)) = workspace.get_mut("dependencies") {
        make_absolute(root, dependencies);
    }
    let members = answers
        .iter()
        .map(|answer| Value::from(answer.package.as_str()))
        .collect();
    workspace.insert("members".to_owned(), Value::Array(members));
    let mut manifest = Table::new();
    manifest.insert("workspace".to_owned(), Value::Table(workspace));
    for key in ["profile", "patch"] {
        if let Some(value) = course.get(key) {
            manifest.insert(key.to_owned(), value.clone());
        }
    }
    manifest
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

fn make_absolute(folder: &Path, dependencies: &mut Table) {
    for (_, dependency) in dependencies.iter_mut() {
        if let Value::Table(dependency) = dependency {
            absolute_path(folder, dependency);
        }
    }
}

fn absolute_path(folder: &Path, table: &mut Table) {
    if let Some(Value::String(path)) = table.get_mut("path") {
        *path = folder.join(&path).to_string_lossy().into_owned();
    }
}

fn read(file: &Path) -> Result<Table, Failure> {
    std::fs::read_to_string(file)
        .map_err(|error| error.to_string())
        .and_then(|text| toml::from_str(&text).map_err(|error| error.to_string()))
        .map_err(|error| {
            Failure::cannot(
                format!("cannot read {}: {error}", file.display()),
                "mend the manifest",
            )
        })
}

fn put(file: &Path, manifest: &Table) -> Result<(), Failure> {
    std::fs::write(file, manifest.to_string()).map_err(|error| unwritable(file, &error))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::cannot(
        format!("cannot write {}: {error}", path.display()),
        "see that the disk has space and that you may write there",
    )
}
