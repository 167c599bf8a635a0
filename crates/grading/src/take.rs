//! What is taken of a submission: the files below `src` of each exercise, within limits, and nothing else.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use course::place::Place;

use crate::submission::Sources;
use crate::tree::{Kind, Tree};

/// How many files and folders may be below an exercise's `src`.
pub const MOST_FILES: usize = 100;
/// How many octets they may have together.
pub const MOST_OCTETS: u64 = 1 << 20;
/// How many octets the path of a file may have, below `src`.
pub const LONGEST_PATH: usize = 200;

/// The exercises that submissions are looked through for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Every exercise of the course.
    pub all: Vec<Place>,
    /// Those that are graded, in the order of the book.
    pub asked: Vec<Place>,
}

/// What was taken of a submission.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// The files of each exercise that is in it.
    pub sources: BTreeMap<Place, Sources>,
    /// Exercises that are in it but cannot be taken, and why.
    pub refused: BTreeMap<Place, String>,
}

/// Whether anything of the course is in the tree.
#[must_use]
pub fn is_submission(tree: &Tree, name: &str, wanted: &Wanted) -> bool {
    let bases = bases(tree, name);
    wanted
        .all
        .iter()
        .any(|place| !matches!(locate(tree, &bases, place, wanted), Ok(None)))
}

/// Takes the exercises that are asked for.
#[must_use]
pub fn take(tree: &Tree, name: &str, wanted: &Wanted) -> Taken {
    let mut taken = Taken::default();
    let bases = bases(tree, name);
    for place in &wanted.asked {
        let sources = locate(tree, &bases, place, wanted).and_then(|src| match src {
            Some(src) => sources(tree, &src).map(Some),
            None => Ok(None),
        });
        match sources {
            Ok(Some(sources)) => {
                taken.sources.insert(place.clone(), sources);
            }
            Ok(None) => {}
            Err(why) => {
                taken.refused.insert(place.clone(), why);
            }
        }
    }
    taken
}

/// A folder of a submission that may hold everything, with the names by which it may say which exercise it is.
struct Base {
    folder: PathBuf,
    names: Vec<String>,
}

/// The submission itself, and an archive's only folder: many programs pack a folder and not what is in it.
fn bases(tree: &Tree, name: &str) -> Result<Vec<Base>, String> {
    let itself = Base {
        folder: PathBuf::new(),
        names: vec![name.to_owned()],
    };
    if matches!(tree, Tree::Folder(_)) {
        return Ok(vec![itself]);
    }
    let listed = tree.list(Path::new("")).map_err(unreadable("."))?;
    let mut entries = listed
        .iter()
        // What macOS adds to an archive.
        .filter(|(entry, _)| *entry != "__MACOSX");
    Ok(match (entries.next(), entries.next()) {
        (Some((only, Kind::Folder)), None) => vec![
            itself,
            Base {
                folder: PathBuf::from(only),
                names: vec![only.to_string_lossy().into_owned(), name.to_owned()],
            },
        ],
        _ => vec![itself],
    })
}

/// Where the exercise's `src` is, if it is there.
fn locate(
    tree: &Tree,
    bases: &Result<Vec<Base>, String>,
    place: &Place,
    wanted: &Wanted,
) -> Result<Option<PathBuf>, String> {
    for Base { folder, names } in bases.as_ref().map_err(Clone::clone)? {
        let mut candidates = vec![
            folder.join(place.exercise()).join("src"),
            folder.join(&place.part).join(&place.slug).join("src"),
            folder.join(&place.slug).join("src"),
        ];
        // A folder that is the exercise: its name says so, or it says nothing and only this one is asked for.
        let named = |place: &Place| names.contains(&place.slug);
        let only = wanted.asked == [place.clone()] && !wanted.all.iter().any(named);
        if named(place) || only {
            candidates.push(folder.join("src"));
        }
        for candidate in candidates {
            if is_there(tree, &candidate)? {
                return Ok(Some(candidate));
            }
        }
    }
    Ok(None)
}

/// Whether a folder is there, reached through nothing but folders.
fn is_there(tree: &Tree, folder: &Path) -> Result<bool, String> {
    let ancestors: Vec<&Path> = folder.ancestors().collect();
    for step in ancestors.into_iter().rev().skip(1) {
        match tree.kind(step).map_err(unreadable(step))? {
            Some(Kind::Folder) => {}
            Some(Kind::Other(what)) => return Err(not_ordinary(step, what)),
            Some(Kind::File) if step == folder => {
                return Err(not_ordinary(step, "is a file and no folder"));
            }
            Some(Kind::File) | None => return Ok(false),
        }
    }
    Ok(true)
}

/// The files below `src`.
fn sources(tree: &Tree, src: &Path) -> Result<Sources, String> {
    let mut sources = Sources::new();
    let mut folders = vec![src.to_path_buf()];
    let (mut entries, mut octets) = (0, 0);
    while let Some(folder) = folders.pop() {
        for (name, kind) in tree.list(&folder).map_err(unreadable(&folder))? {
            let at = folder.join(&name);
            let inner = at.strip_prefix(src).unwrap_or(&at).to_path_buf();
            entries += 1;
            if entries > MOST_FILES {
                return Err(format!(
                    "{} holds more than {MOST_FILES} files and folders; hand in only what belongs to the exercise",
                    src.display()
                ));
            }
            if name.to_str().is_none() {
                return Err(format!(
                    "{}: the name is not UTF-8; call the file by letters, digits and `_`",
                    at.display()
                ));
            }
            if inner.as_os_str().len() > LONGEST_PATH {
                return Err(format!(
                    "{} holds a path of more than {LONGEST_PATH} octets; give its files shorter names",
                    src.display()
                ));
            }
            match kind {
                Kind::Folder => folders.push(at),
                Kind::Other(what) => return Err(not_ordinary(&at, what)),
                Kind::File => {
                    let content = tree
                        .read(&at, MOST_OCTETS - octets)
                        .map_err(|why| format!("{} {why}", at.display()))?;
                    octets += content.len() as u64;
                    if octets > MOST_OCTETS {
                        return Err(format!(
                            "{} holds more than {MOST_OCTETS} octets; hand in only what belongs to the exercise",
                            src.display()
                        ));
                    }
                    sources.insert(inner, content);
                }
            }
        }
    }
    if !sources.contains_key(Path::new("lib.rs")) {
        return Err(format!(
            "{} has no lib.rs; hand in the exercise's whole folder `src`",
            src.display()
        ));
    }
    Ok(sources)
}

fn not_ordinary(at: &Path, what: &str) -> String {
    format!(
        "{} {what}; only ordinary files and folders are taken",
        at.display()
    )
}

fn unreadable(at: impl AsRef<Path>) -> impl Fn(std::io::Error) -> String {
    move |error| {
        format!(
            "{} cannot be read: {error}; see that everybody may read it",
            at.as_ref().display()
        )
    }
}
