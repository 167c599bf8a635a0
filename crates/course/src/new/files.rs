//! New files, all of them or none.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::Failure;

/// What has been made so far, in the order of making. When it is dropped, it is removed again, unless [`Made::keep`] was called.
#[derive(Debug)]
pub(super) struct Made<'a> {
    root: &'a Path,
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Made<'_> {
    /// Nothing yet, below that folder.
    pub(super) fn below(root: &Path) -> Made<'_> {
        Made {
            root,
            files: Vec::new(),
            folders: Vec::new(),
        }
    }

    /// Writes a file that is not there yet, named relative to the root, and the folders that it needs.
    ///
    /// # Errors
    /// It cannot be written, or is there already.
    pub(super) fn file(&mut self, file: &Path, text: &str) -> Result<(), Failure> {
        self.write(&self.root.join(file), text).map_err(|error| {
            Failure::cannot(
                format!("cannot write {}: {error}", file.display()),
                "nothing was made; see that the disk has space and that you may write there",
            )
        })
    }

    fn write(&mut self, file: &Path, text: &str) -> io::Result<()> {
        let missing = file
            .ancestors()
            .skip(1)
            .take_while(|folder| !folder.exists());
        let missing: Vec<PathBuf> = missing.map(Path::to_path_buf).collect();
        for folder in missing.into_iter().rev() {
            fs::create_dir(&folder)?;
            self.folders.push(folder);
        }
        let mut opened = OpenOptions::new().write(true).create_new(true).open(file)?;
        self.files.push(file.to_path_buf());
        opened.write_all(text.as_bytes())
    }

    /// Lets it stay.
    pub(super) fn keep(mut self) {
        self.files.clear();
        self.folders.clear();
    }
}

impl Drop for Made<'_> {
    fn drop(&mut self) {
        // What cannot be removed is an error behind the error that is being told; `check` will find it.
        for file in self.files.drain(..) {
            let _ = fs::remove_file(file);
        }
        for folder in self.folders.drain(..).rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}
