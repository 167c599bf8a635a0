//! Where readers' versions of files are kept before anything replaces them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The folder, relative to the root of the course.
pub const ASIDE: &str = ".course/aside";

/// Files by their path in some folder.
pub type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Copies the files into a folder that was not there before, compares them, and returns the folder, relative to the
/// root: `.course/aside/NAME-1`, or a higher number.
///
/// # Errors
/// Those of the file system, and a copy that differs.
pub fn keep(root: &Path, name: &str, files: &Files) -> io::Result<PathBuf> {
    std::fs::create_dir_all(root.join(ASIDE))?;
    let mut number = 1;
    let aside = loop {
        let aside = Path::new(ASIDE).join(format!("{name}-{number}"));
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
    if read(&folder)? == *files {
        Ok(aside)
    } else {
        Err(io::Error::other("the copy differs from your files"))
    }
}

/// Every file below the folder; a folder that is not there holds none.
///
/// # Errors
/// Those of the file system.
pub fn read(folder: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    read_into(&mut files, folder, Path::new(""))?;
    Ok(files)
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_aside_never_replaces_what_is_there() {
        let root = tempfile::tempdir().unwrap();
        let files = Files::from([
            ("lib.rs".into(), b"mine".to_vec()),
            ("deep/er.rs".into(), vec![0, 255]),
        ]);
        for number in 1..=3 {
            let aside = keep(root.path(), "add", &files).unwrap();
            assert_eq!(aside, Path::new(&format!(".course/aside/add-{number}")));
            assert_eq!(read(&root.path().join(aside)).unwrap(), files);
        }
    }
}
