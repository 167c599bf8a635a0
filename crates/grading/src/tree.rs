//! A folder or a `.zip` of somebody else's, looked at without trusting it: nothing is followed, unpacked or written.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

/// The largest archive that is opened, in octets. Its table of contents is read into memory.
const LARGEST_ARCHIVE: u64 = 50 << 20;
/// How many files and folders it may have; a checkout of the course has about a thousand.
const MOST_ENTRIES: usize = 20_000;

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An ordinary file.
    File,
    /// A folder.
    Folder,
    /// Neither; and what it is, as in "is a link".
    Other(&'static str),
}

/// A folder, or an archive that is read like one.
#[derive(Debug)]
pub enum Tree {
    /// A folder on the disk.
    Folder(PathBuf),
    /// A `.zip`.
    Archive(Archive),
}

/// The table of contents of a `.zip`.
#[derive(Debug)]
pub struct Archive {
    zip: RefCell<ZipArchive<File>>,
    /// By path: octets, separated by `/`, without a name that is empty or `.`. A folder need not be listed.
    entries: BTreeMap<Vec<u8>, Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    kind: Kind,
    index: usize,
}

impl Tree {
    /// Opens the folder or the archive.
    ///
    /// # Errors
    /// Why it cannot be read, in words for whoever handed it in.
    pub fn open(path: &Path) -> Result<Tree, String> {
        if path.is_dir() {
            return Ok(Tree::Folder(path.to_path_buf()));
        }
        Archive::open(path).map(Tree::Archive)
    }

    /// What stands at that path; nothing if nothing does.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn kind(&self, path: &Path) -> io::Result<Option<Kind>> {
        match self {
            Tree::Folder(root) => match std::fs::symlink_metadata(root.join(path)) {
                Ok(metadata) => Ok(Some(kind_of(metadata.file_type()))),
                Err(error) => match error.kind() {
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Ok(None),
                    _ => Err(error),
                },
            },
            Tree::Archive(archive) => Ok(archive.kind(path.as_os_str().as_bytes())),
        }
    }

    /// What is directly in a folder, by name.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn list(&self, folder: &Path) -> io::Result<BTreeMap<OsString, Kind>> {
        match self {
            Tree::Folder(root) => std::fs::read_dir(root.join(folder))?
                .map(|entry| {
                    let entry = entry?;
                    Ok((entry.file_name(), kind_of(entry.file_type()?)))
                })
                .collect(),
            Tree::Archive(archive) => Ok(archive.list(folder.as_os_str().as_bytes())),
        }
    }

    /// The file's octets; one more than `limit` at most, whatever the file says of its length.
    ///
    /// # Errors
    /// Why it cannot be read, in words for whoever handed it in.
    pub fn read(&self, file: &Path, limit: u64) -> Result<Vec<u8>, String> {
        let mut octets = Vec::new();
        match self {
            Tree::Folder(root) => File::open(root.join(file))
                .and_then(|file| file.take(limit + 1).read_to_end(&mut octets))
                .map_err(|error| format!("cannot be read: {error}"))?,
            Tree::Archive(archive) => archive.read(file, limit, &mut octets)?,
        };
        Ok(octets)
    }
}

fn kind_of(kind: std::fs::FileType) -> Kind {
    if kind.is_file() {
        Kind::File
    } else if kind.is_dir() {
        Kind::Folder
    } else if kind.is_symlink() {
        Kind::Other("is a link")
    } else {
        Kind::Other("is no ordinary file")
    }
}

impl Archive {
    fn open(path: &Path) -> Result<Archive, String> {
        let broken = |error: &dyn std::fmt::Display| {
            format!(
                "the archive cannot be read: {error}; pack it again as an ordinary .zip without a password"
            )
        };
        let file = File::open(path).map_err(|error| broken(&error))?;
        let length = file.metadata().map_err(|error| broken(&error))?.len();
        let too_large = || {
            format!(
                "the archive has more than {} MiB or {MOST_ENTRIES} files; pack it again without the folder `target`",
                LARGEST_ARCHIVE >> 20
            )
        };
        if length > LARGEST_ARCHIVE {
            return Err(too_large());
        }
        let mut zip = ZipArchive::new(file).map_err(|error| broken(&error))?;
        if zip.len() > MOST_ENTRIES {
            return Err(too_large());
        }
        let mut entries: BTreeMap<Vec<u8>, Entry> = BTreeMap::new();
        for index in 0..zip.len() {
            let entry = zip.by_index_raw(index).map_err(|error| broken(&error))?;
            let Some((path, leaves)) = inner_path(entry.name_raw()) else {
                continue;
            };
            let kind = if leaves {
                Kind::Other("is a path that leaves the folder")
            } else {
                kind_in_archive(entry.is_dir(), entry.is_symlink(), entry.unix_mode())
            };
            entries
                .entry(path)
                .and_modify(|known| {
                    if (known.kind, kind) != (Kind::Folder, Kind::Folder) {
                        known.kind = TWICE;
                    }
                })
                .or_insert(Entry { kind, index });
        }
        Ok(Archive {
            zip: RefCell::new(zip),
            entries,
        })
    }

    fn kind(&self, path: &[u8]) -> Option<Kind> {
        let own = self.entries.get(path).map(|entry| entry.kind);
        let folder = self.below(path).next().map(|_| Kind::Folder);
        both(own, folder)
    }

    fn list(&self, folder: &[u8]) -> BTreeMap<OsString, Kind> {
        let mut found: BTreeMap<OsString, Kind> = BTreeMap::new();
        for (rest, entry) in self.below(folder) {
            let (name, kind) = match rest.iter().position(|octet| *octet == b'/') {
                Some(end) => (&rest[..end], Kind::Folder),
                None => (rest, entry.kind),
            };
            let known = found.get(OsStr::from_bytes(name)).copied();
            if let Some(kind) = both(known, Some(kind)) {
                found.insert(OsString::from_vec(name.to_vec()), kind);
            }
        }
        found
    }

    /// What is in a folder and below it, by its path there.
    fn below<'a>(&'a self, folder: &[u8]) -> impl Iterator<Item = (&'a [u8], &'a Entry)> {
        let mut prefix = folder.to_vec();
        if !prefix.is_empty() {
            prefix.push(b'/');
        }
        self.entries
            .range(prefix.clone()..)
            .map_while(move |(path, entry)| Some((path.strip_prefix(&prefix[..])?, entry)))
            .filter(|(rest, _)| !rest.is_empty())
    }

    fn read(&self, file: &Path, limit: u64, octets: &mut Vec<u8>) -> Result<usize, String> {
        let broken = |error: &dyn std::fmt::Display| {
            format!("cannot be unpacked: {error}; pack it again as an ordinary .zip")
        };
        let index = self
            .entries
            .get(file.as_os_str().as_bytes())
            .map(|entry| entry.index)
            .ok_or("is not in the archive")?;
        let mut zip = self.zip.borrow_mut();
        let entry = zip.by_index(index).map_err(|error| broken(&error))?;
        entry
            .take(limit + 1)
            .read_to_end(octets)
            .map_err(|error| broken(&error))
    }
}

const TWICE: Kind = Kind::Other("is in the archive twice");

/// The kind of what is known in two ways.
fn both(one: Option<Kind>, other: Option<Kind>) -> Option<Kind> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => Some(TWICE),
        (one, other) => one.or(other),
    }
}

fn kind_in_archive(folder: bool, link: bool, mode: Option<u32>) -> Kind {
    const TYPE: u32 = 0o170_000;
    const ORDINARY: [u32; 3] = [0, 0o040_000, 0o100_000];
    if link {
        Kind::Other("is a link")
    } else if mode.is_some_and(|mode| !ORDINARY.contains(&(mode & TYPE))) {
        Kind::Other("is no ordinary file")
    } else if folder {
        Kind::Folder
    } else {
        Kind::File
    }
}

/// The path of an entry, up to where it leaves the folder that it was in, and whether it does. Nothing for what begins
/// outside of the archive.
fn inner_path(name: &[u8]) -> Option<(Vec<u8>, bool)> {
    // Some programs for Windows separate with backslashes.
    let mut path: Vec<&[u8]> = Vec::new();
    let mut leaves = false;
    for name in name.split(|octet| matches!(octet, b'/' | b'\\')) {
        match name {
            b"" if path.is_empty() => return None,
            b"" | b"." => {}
            b".." => {
                leaves = true;
                path.push(name);
                break;
            }
            name => path.push(name),
        }
    }
    (!path.is_empty() && path[0] != b"..").then(|| (path.join(&b'/'), leaves))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_in_an_archive_ends_where_it_leaves_its_folder() {
        let inner = |name: &str| inner_path(name.as_bytes());
        let path = |path: &str, leaves| Some((path.as_bytes().to_vec(), leaves));
        assert_eq!(inner("a/./b//c/"), path("a/b/c", false));
        assert_eq!(inner("a\\b"), path("a/b", false));
        assert_eq!(inner("a/src/../../b"), path("a/src/..", true));
        assert_eq!(inner("../a"), None);
        assert_eq!(inner("/etc/passwd"), None);
        assert_eq!(inner(""), None);
    }
}
