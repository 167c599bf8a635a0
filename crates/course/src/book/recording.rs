//! The recordings of the book, by name.

use std::path::{Path, PathBuf};

use trace::{Event, Trace, pcapng};

use super::manuscript::{Manuscript, relative};
use crate::Problem;

/// What is wrong, and what to do.
pub(super) type Wrong = (String, String);

/// A recording that was read.
pub(super) struct Recording {
    pub(super) trace: Trace,
    /// Its file as messages name it.
    pub(super) shown: String,
    /// Relative to the book's folder.
    file: PathBuf,
}

impl Recording {
    /// The recording of that name: `three-way-handshake.pcapng`, looked for beside the page, then anywhere in the book.
    ///
    /// # Errors
    /// There is none, there are several, or it cannot be read.
    pub(super) fn open(
        manuscript: &Manuscript,
        page: &Path,
        name: &str,
    ) -> Result<Recording, Wrong> {
        Recording::read(manuscript, find(manuscript, page, name)?, name)
    }

    /// The recording in that file of the book.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn read(
        manuscript: &Manuscript,
        file: PathBuf,
        name: &str,
    ) -> Result<Recording, Wrong> {
        let shown = manuscript.shown(&file).display().to_string();
        let bytes = std::fs::read(manuscript.folder().join(&file)).map_err(|error| {
            (
                format!("cannot read {shown}: {error}"),
                "look at its permissions".to_owned(),
            )
        })?;
        let again = || format!("record it again: cargo course record {name}");
        let trace = pcapng::read(&bytes).map_err(|error| (format!("{shown}: {error}"), again()))?;
        Ok(Recording { trace, shown, file })
    }

    /// Its address in a page.
    pub(super) fn address(&self, page: &Path) -> String {
        relative(page, &self.file)
    }

    /// What a search should find of it: its title, and what its programs did.
    pub(super) fn words(self) -> String {
        let notes = self
            .trace
            .rows
            .into_iter()
            .filter_map(|row| match row.event {
                Event::Note { text, .. } => Some(text),
                Event::Frame { .. } => None,
            });
        let words = std::iter::once(self.trace.provenance.title).chain(notes);
        words.collect::<Vec<String>>().join(". ")
    }
}

/// The recording's file, relative to the book's folder.
///
/// # Errors
/// What is wrong and what to do.
pub(super) fn find(manuscript: &Manuscript, page: &Path, name: &str) -> Result<PathBuf, Wrong> {
    let wanted = format!("{name}.pcapng");
    let beside = page.with_file_name(&wanted);
    if manuscript.folder().join(&beside).is_file() {
        return Ok(beside);
    }
    let elsewhere: Vec<&PathBuf> = manuscript
        .recordings
        .iter()
        .filter(|file| file.file_name().is_some_and(|name| name == wanted.as_str()))
        .collect();
    match elsewhere[..] {
        [file] => Ok(file.clone()),
        [] => Err((
            format!(
                "there is no recording {}",
                manuscript.shown(&beside).display()
            ),
            format!(
                "spell the name as its file, without .pcapng, or record it: cargo course record {name}"
            ),
        )),
        [..] => {
            let files: Vec<String> = elsewhere
                .iter()
                .map(|file| manuscript.shown(file).display().to_string())
                .collect();
            Err((
                format!("there is more than one {wanted}"),
                format!("give each of {} a name of its own", files.join(", ")),
            ))
        }
    }
}

/// Every recording below a folder, relative to it.
///
/// # Errors
/// A folder that cannot be read.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        let unreadable = |error: std::io::Error| {
            Problem::new(
                folder.join(&below),
                format!("cannot be read: {error}"),
                "look at its permissions",
            )
        };
        for entry in std::fs::read_dir(folder.join(&below)).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = below.join(entry.file_name());
            if entry.path().is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "pcapng")
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
