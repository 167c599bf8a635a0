//! Finds the submissions in the folders and archives that are named to be graded.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use course::Failure;

use crate::clean;
use crate::take::{Taken, Wanted, is_submission, take};
use crate::tree::{Kind, Tree};

/// A submission that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handed {
    /// What it is called in the reports; no two are called the same.
    pub name: String,
    /// Its folder or archive.
    pub path: PathBuf,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The submissions, sorted by name.
    pub submissions: Vec<Handed>,
    /// Files beside them that are no `.zip`, so that nobody's work is passed over in silence.
    pub left_out: Vec<PathBuf>,
}

impl Handed {
    /// Takes what it has of the exercises that are asked for. What cannot be read is refused with its reason.
    #[must_use]
    pub fn take(&self, wanted: &Wanted) -> Taken {
        match open(&self.path, wanted) {
            Ok((tree, name)) => take(&tree, &name, wanted),
            Err(why) => Taken {
                refused: wanted
                    .asked
                    .iter()
                    .map(|place| (place.clone(), why.clone()))
                    .collect(),
                ..Taken::default()
            },
        }
    }
}

/// The submissions in `dirs`: each of these is one, or is a folder of them. `out`, where the results go, is none.
///
/// # Errors
/// A path that is not there, or that has nothing of the course in it.
pub fn find(dirs: &[PathBuf], out: &Path, wanted: &Wanted) -> Result<Found, Failure> {
    let mut found = Found::default();
    let mut paths = BTreeSet::new();
    let out = out.canonicalize().ok();
    for dir in dirs {
        let path = dir.canonicalize().map_err(|error| {
            Failure::cannot(
                format!("{}: {error}", dir.display()),
                "name a folder or a .zip that is there",
            )
        })?;
        if has_something(&path, wanted) {
            is_nothing_else(dir, &path, wanted)?;
            paths.insert(path);
            continue;
        }
        let (mut inner, left_out) = class(dir, &path)?;
        inner.retain(|path| Some(path) != out.as_ref());
        let any = inner.iter().any(|path| match open(path, wanted) {
            Ok((tree, name)) => is_submission(&tree, &name, wanted),
            Err(_) => true,
        });
        if !any {
            return Err(nothing_in(dir));
        }
        paths.extend(inner);
        found.left_out.extend(left_out);
    }
    found.submissions = named(paths);
    Ok(found)
}

/// The submission's tree, and the name by which it may say which exercise it is.
///
/// A folder with nothing of the course but one archive stands for this: so do platforms give out what was sent to them.
fn open(path: &Path, wanted: &Wanted) -> Result<(Tree, String), String> {
    let name = plain_name(path);
    let tree = Tree::open(path)?;
    if path.is_dir()
        && !is_submission(&tree, &name, wanted)
        && let Some(archive) = only_archive(&tree, path)
    {
        return Ok((Tree::open(&archive)?, plain_name(&archive)));
    }
    Ok((tree, name))
}

fn only_archive(tree: &Tree, folder: &Path) -> Option<PathBuf> {
    let listed = tree.list(Path::new("")).ok()?;
    let mut archives = listed
        .iter()
        .filter(|(_, kind)| **kind == Kind::File)
        .map(|(name, _)| folder.join(name))
        .filter(|file| is_zip(file));
    match (archives.next(), archives.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// Whether it is a submission; an archive that cannot be opened is one that somebody has to be told about.
fn has_something(path: &Path, wanted: &Wanted) -> bool {
    if !path.is_dir() && !is_zip(path) {
        return false;
    }
    Tree::open(path).map_or(true, |tree| is_submission(&tree, &plain_name(path), wanted))
}

/// A folder with an exercise directly in it that also holds whole submissions would hide these.
fn is_nothing_else(dir: &Path, path: &Path, wanted: &Wanted) -> Result<(), Failure> {
    if !path.is_dir() || path.join("exercises").exists() {
        return Ok(());
    }
    let own = |inner: &PathBuf| {
        let name = plain_name(inner);
        wanted
            .all
            .iter()
            .any(|place| place.part == name || place.slug == name)
    };
    let (inner, _) = class(dir, path)?;
    match inner
        .iter()
        .find(|inner| !own(inner) && has_something(inner, wanted))
    {
        Some(other) => Err(Failure::cannot(
            format!(
                "{} has an exercise in it, and also a whole submission, {}",
                dir.display(),
                plain_name(other)
            ),
            "give each submission a folder of its own, or name them one by one",
        )),
        None => Ok(()),
    }
}

/// The folders and archives in a folder of submissions, and the files that are neither.
fn class(dir: &Path, path: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Failure> {
    if !path.is_dir() {
        return Err(nothing_in(dir));
    }
    let unreadable = |error: std::io::Error| {
        Failure::cannot(
            format!("cannot read the folder {}: {error}", dir.display()),
            "look at its permissions",
        )
    };
    let (mut inner, mut left_out) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        if name.as_encoded_bytes().starts_with(b".") || name == "__MACOSX" {
            continue;
        }
        let path = entry.path();
        if path.is_dir() || is_zip(&path) {
            inner.push(path);
        } else {
            left_out.push(dir.join(name));
        }
    }
    left_out.sort();
    Ok((inner, left_out))
}

fn nothing_in(dir: &Path) -> Failure {
    Failure::cannot(
        format!("{} has nothing of the course in it", dir.display()),
        "looked for exercises/PART/SLUG/src, PART/SLUG/src and SLUG/src there and in each folder and .zip in it. \
         A folder with `src` directly in it must be called like the exercise, or be graded with one --exercise SLUG",
    )
}

fn is_zip(path: &Path) -> bool {
    path.is_file()
        && path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("zip"))
}

/// The folder's name, or the archive's without `.zip`.
fn plain_name(path: &Path) -> String {
    let name = if is_zip(path) {
        path.file_stem()
    } else {
        path.file_name()
    };
    clean::line(&name.unwrap_or(OsStr::new("course")).to_string_lossy())
}

/// Gives each a name of its own: as short as it can be, and the same however often it is looked for.
fn named(paths: BTreeSet<PathBuf>) -> Vec<Handed> {
    let whole = |path: &Path| {
        let name = path.file_name().unwrap_or(OsStr::new("course"));
        clean::line(&name.to_string_lossy())
    };
    let with_parent = |path: &Path| match path.parent() {
        Some(parent) => format!("{}/{}", plain_name(parent), whole(path)),
        None => whole(path),
    };
    let ways: [&dyn Fn(&Path) -> String; 3] = [&plain_name, &whole, &with_parent];
    let mut open: Vec<PathBuf> = paths.into_iter().collect();
    let mut names: BTreeMap<String, PathBuf> = BTreeMap::new();
    for way in ways {
        let mut groups: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
        for path in open.drain(..) {
            groups.entry(way(&path)).or_default().push(path);
        }
        for (name, mut group) in groups {
            // Of a folder and an archive of one name, the folder keeps it.
            if group.len() == 2 && is_zip(&group[0]) != is_zip(&group[1]) {
                let folder = group.iter().position(|path| !is_zip(path)).unwrap_or(0);
                names.entry(name).or_insert_with(|| group.remove(folder));
            } else if group.len() == 1 && !names.contains_key(&name) {
                names.extend(group.pop().map(|path| (name, path)));
            }
            open.extend(group);
        }
        open.sort();
    }
    for path in open {
        let name = with_parent(&path);
        let numbered = (2..).map(|number| format!("{name} ({number})"));
        let free = std::iter::once(name.clone())
            .chain(numbered)
            .find(|name| !names.contains_key(name));
        names.extend(free.map(|name| (name, path)));
    }
    names
        .into_iter()
        .map(|(name, path)| Handed { name, path })
        .collect()
}
