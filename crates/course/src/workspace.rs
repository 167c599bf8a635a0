//! A workspace made of parts of the course: its manifest takes what all packages share from the course's.

use std::path::Path;

use toml::{Table, Value};

use crate::Failure;

/// What such a workspace takes from the course's.
const SHARED: [&str; 5] = ["resolver", "package", "dependencies", "lints", "metadata"];

/// The manifest of a workspace with these members, given that of the course at `root`. The course's own crates are used
/// where they stand.
#[must_use]
pub fn manifest(root: &Path, course: &Table, members: Vec<Value>) -> Table {
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

/// Makes the dependencies' paths, which are relative to `folder`, absolute.
pub fn make_absolute(folder: &Path, dependencies: &mut Table) {
    for (_, dependency) in dependencies.iter_mut() {
        if let Value::Table(dependency) = dependency {
            absolute_path(folder, dependency);
        }
    }
}

/// Makes a table's `path`, if it has one that is relative to `folder`, absolute.
pub fn absolute_path(folder: &Path, table: &mut Table) {
    if let Some(Value::String(path)) = table.get_mut("path") {
        *path = folder.join(&path).to_string_lossy().into_owned();
    }
}

/// Reads a manifest.
///
/// # Errors
/// It cannot be read, or is no TOML.
pub fn read(file: &Path) -> Result<Table, Failure> {
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

/// Writes a manifest.
///
/// # Errors
/// Those of the file system.
pub fn put(file: &Path, manifest: &Table) -> Result<(), Failure> {
    std::fs::write(file, manifest.to_string()).map_err(|error| unwritable(file, &error))
}

/// A file or a folder cannot be written.
#[must_use]
pub fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::cannot(
        format!("cannot write {}: {error}", path.display()),
        "see that the disk has space and that you may write there",
    )
}
