//! A handed-out course, brought up to date: what has to be done, and the doing of it.
//!
//! First the reader's versions of all files that will be replaced are kept aside, then the new files are written, each
//! whole, then the old ones removed, and the record of what was handed out comes last. So wherever this is interrupted,
//! the next run finds what the reader had, and finishes.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use super::edition::{Edition, Files, in_src, places};
use super::record::{self, Record, hash};
use crate::file::write_whole;
use crate::place::Place;
use crate::{Failure, aside};

/// What has to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// The reader's versions of files that are replaced or removed.
    pub(super) aside: Files,
    /// What is written.
    pub(super) write: Files,
    /// What is removed.
    pub(super) remove: BTreeSet<String>,
    /// Exercises that the reader has worked on, and of which the course has another starter now.
    pub(super) kept: Vec<Place>,
    /// Exercises that the reader has worked on, each with its new place.
    pub(super) carried: Vec<(Place, Place)>,
}

/// The packages that are no longer in the course.
pub(super) fn gone<'a>(edition: &'a Edition, handed: &'a Record) -> impl Iterator<Item = &'a str> {
    handed
        .files
        .keys()
        .filter(|file| !edition.files.contains_key(*file))
        .filter_map(|file| file.strip_suffix("/Cargo.toml"))
}

/// What has to be done to bring a course up to date that was handed out as `handed` says. `disk` has what is there now of
/// the files of both editions, and everything in packages that are gone; `renamed` are the exercises' old and new places.
pub(super) fn plan(
    edition: &Edition,
    handed: &Record,
    disk: &Files,
    renamed: &[(Place, Place)],
) -> Plan {
    let changed = |file: &str| {
        disk.get(file).is_some_and(|now| {
            edition.files.get(file) != Some(now) && handed.files.get(file) != Some(&hash(now))
        })
    };
    let now = edition.record();
    let mut plan = Plan::default();
    let mut carried = Files::new();
    for (old, new) in renamed {
        let own: Files = disk
            .iter()
            .filter(|(file, _)| changed(file))
            .filter_map(|(file, octets)| {
                let (place, inside) = in_src(file)?;
                (place == *old).then(|| (format!("exercises/{new}/src/{inside}"), octets.clone()))
            })
            .collect();
        let free = disk
            .iter()
            .filter(|(file, _)| in_src(file).is_some_and(|(place, _)| place == *new))
            .all(|(file, now)| edition.files.get(file) == Some(now) || own.get(file) == Some(now));
        if free && !own.is_empty() {
            carried.extend(own);
            plan.carried.push((old.clone(), new.clone()));
        }
    }
    let worked_on: BTreeSet<Place> = disk
        .keys()
        .filter(|file| changed(file) && !carried.contains_key(*file))
        .filter_map(|file| in_src(file))
        .map(|(place, _)| place)
        .filter(|place| places(edition.files.keys()).contains(place))
        .collect();
    for place in &worked_on {
        let of_place = |file: &str| in_src(file).is_some_and(|(of, _)| of == *place);
        let starter = |record: &Record| -> BTreeMap<String, String> {
            let mut files = record.files.clone();
            files.retain(|file, _| of_place(file));
            files
        };
        if starter(&now) != starter(handed) {
            plan.kept.push(place.clone());
        }
    }

    let files: BTreeSet<&String> = edition
        .files
        .keys()
        .chain(handed.files.keys())
        .chain(disk.keys())
        .collect();
    for file in files {
        if in_src(file).is_some_and(|(place, _)| worked_on.contains(&place)) {
            continue;
        }
        let new = carried.get(file).or_else(|| edition.files.get(file));
        let now = disk.get(file);
        if now == new {
            continue;
        }
        if let Some(now) = now
            && changed(file)
        {
            plan.aside.insert(file.clone(), now.clone());
        }
        match new {
            Some(new) => drop(plan.write.insert(file.clone(), new.clone())),
            None => drop(plan.remove.insert(file.clone())),
        }
    }
    plan
}

/// What is there now of the files of both editions, and everything in packages that are gone.
pub(super) fn disk(folder: &Path, edition: &Edition, handed: &Record) -> Result<Files, Failure> {
    let unreadable = |file: &str, error: &io::Error| {
        Failure::cannot(
            format!("cannot read {}: {error}", folder.join(file).display()),
            "if it is a folder, move it away: the course has a file there; otherwise look at its permissions. \
             Nothing was changed",
        )
    };
    let mut files = Files::new();
    for file in edition.files.keys().chain(handed.files.keys()) {
        match std::fs::read(folder.join(file)) {
            Ok(octets) => drop(files.insert(file.clone(), octets)),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) => {}
            Err(error) => return Err(unreadable(file, &error)),
        }
    }
    for package in gone(edition, handed) {
        let found =
            aside::read(&folder.join(package)).map_err(|error| unreadable(package, &error))?;
        for (file, octets) in found {
            let names: Vec<_> = file.iter().map(|name| name.to_string_lossy()).collect();
            files.insert(format!("{package}/{}", names.join("/")), octets);
        }
    }
    Ok(files)
}

/// Does it. Returns where the reader's versions are kept, if any had to be.
pub(super) fn apply(
    folder: &Path,
    edition: &Edition,
    handed: &Record,
    plan: &Plan,
) -> Result<Option<PathBuf>, Failure> {
    let stopped = |what: String, error: io::Error| {
        Failure::cannot(
            format!("{what}: {error}"),
            "see that nothing else has that name, that the disk has space and that you may write there; then run this \
             again, and it goes on. Nothing of the reader's is lost",
        )
    };
    let kept = if plan.aside.is_empty() {
        None
    } else {
        let files = plan
            .aside
            .iter()
            .map(|(file, octets)| (PathBuf::from(file), octets.clone()))
            .collect();
        let kept = aside::keep(folder, "update", &files).map_err(|error| {
            stopped(
                format!("cannot keep files aside in {}", aside::ASIDE),
                error,
            )
        })?;
        Some(kept)
    };
    for (file, octets) in &plan.write {
        write_whole(&folder.join(file), octets).map_err(|error| {
            stopped(
                format!("cannot write {}", folder.join(file).display()),
                error,
            )
        })?;
    }
    for file in &plan.remove {
        let path = folder.join(file);
        std::fs::remove_file(&path)
            .map_err(|error| stopped(format!("cannot remove {}", path.display()), error))?;
        // A folder that still has something in it stays.
        let parents = Path::new(file).ancestors().skip(1);
        for parent in parents.take_while(|parent| !parent.as_os_str().is_empty()) {
            if std::fs::remove_dir(folder.join(parent)).is_err() {
                break;
            }
        }
    }
    for package in gone(edition, handed) {
        remove_empty(&folder.join(package));
    }
    let text = edition.record().text();
    write_whole(&folder.join(record::FILE), text.as_bytes())
        .map_err(|error| stopped(format!("cannot write {}", record::FILE), error))?;
    Ok(kept)
}

/// Cargo takes every folder beside the packages for one, so what is left of a package that is gone goes too, as far as
/// there is nothing in it.
fn remove_empty(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_empty(&entry.path());
        }
    }
    // One that still has something in it stays.
    let _ = std::fs::remove_dir(folder);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The files that the editions and the reader draw from; the exercise `one` may be called `two` later.
    const FILES: [&str; 8] = [
        "book/page.md",
        "exercises/part/one/Cargo.toml",
        "exercises/part/one/src/lib.rs",
        "exercises/part/one/src/more.rs",
        "exercises/part/one/tests/grade.rs",
        "exercises/part/two/Cargo.toml",
        "exercises/part/two/src/lib.rs",
        "exercises/part/two/src/more.rs",
    ];

    fn edition(files: Files) -> Edition {
        Edition {
            commit: String::new(),
            files,
        }
    }

    /// Some of the files, with texts from a few; an exercise without a manifest is none.
    fn course() -> impl Strategy<Value = Edition> {
        prop::collection::vec(prop::option::of("[abc]"), FILES.len()).prop_map(|texts| {
            let mut files = some(texts);
            for place in ["exercises/part/one/", "exercises/part/two/"] {
                if !files.contains_key(&format!("{place}Cargo.toml")) {
                    files.retain(|file, _| !file.starts_with(place));
                }
            }
            edition(files)
        })
    }

    fn some(texts: Vec<Option<String>>) -> Files {
        let files = FILES.into_iter().zip(texts);
        files
            .filter_map(|(file, text)| Some((file.to_owned(), text?.into_bytes())))
            .collect()
    }

    /// What the reader makes of a file: nothing, another text, or no file.
    fn changes() -> impl Strategy<Value = Vec<Option<Option<String>>>> {
        let change = prop_oneof![
            3 => Just(None),
            1 => Just(Some(None)),
            2 => "[abcd]".prop_map(|text| Some(Some(text))),
        ];
        prop::collection::vec(change, FILES.len())
    }

    fn changed(edition: &Edition, changes: Vec<Option<Option<String>>>) -> Files {
        let mut disk = edition.files.clone();
        for (file, change) in FILES.into_iter().zip(changes) {
            match change {
                None => {}
                Some(None) => drop(disk.remove(file)),
                Some(Some(text)) => drop(disk.insert(file.to_owned(), text.into_bytes())),
            }
        }
        disk
    }

    fn renamed(old: &Edition, new: &Edition) -> Vec<(Place, Place)> {
        let (one, two) = (Place::new("part", "one"), Place::new("part", "two"));
        let has = |edition: &Edition, place| places(edition.files.keys()).contains(place);
        match (
            has(old, &one),
            has(old, &two),
            has(new, &one),
            has(new, &two),
        ) {
            (true, false, false, true) => vec![(one, two)],
            _ => Vec::new(),
        }
    }

    /// Plans, and does so many steps of it.
    fn run(old: &Edition, new: &Edition, disk: &mut Files, steps: usize) -> Plan {
        let plan = plan(new, &old.record(), disk, &renamed(old, new));
        let writes = plan.write.iter().map(|(file, text)| (file, Some(text)));
        let removals = plan.remove.iter().map(|file| (file, None));
        for (file, text) in writes.chain(removals).take(steps) {
            match text {
                Some(text) => drop(disk.insert(file.clone(), text.clone())),
                None => drop(disk.remove(file)),
            }
        }
        plan
    }

    proptest! {
        #[test]
        fn nothing_that_the_reader_wrote_is_lost(old in course(), new in course(), changes in changes()) {
            let before = changed(&old, changes);
            let mut disk = before.clone();
            let plan = run(&old, &new, &mut disk, usize::MAX);
            for (file, text) in &before {
                let own = ![&old, &new].iter().any(|of| of.files.get(file) == Some(text));
                let kept = disk.get(file) == Some(text) || plan.aside.get(file) == Some(text);
                prop_assert!(!own || kept, "{file}: {plan:?}");
            }
        }

        #[test]
        fn what_the_reader_left_alone_is_as_in_the_new_edition(old in course(), new in course()) {
            let mut disk = old.files.clone();
            let plan = run(&old, &new, &mut disk, usize::MAX);
            prop_assert_eq!(&disk, &new.files);
            prop_assert!(plan.aside.is_empty() && plan.kept.is_empty() && plan.carried.is_empty());
        }

        #[test]
        fn only_the_readers_work_differs_from_the_new_edition(old in course(), new in course(), changes in changes()) {
            let mut disk = changed(&old, changes);
            run(&old, &new, &mut disk, usize::MAX);
            for file in FILES {
                let same = disk.get(file) == new.files.get(file);
                prop_assert!(same || in_src(file).is_some(), "{}", file);
            }
        }

        #[test]
        fn it_ends_the_same_wherever_it_was_interrupted(
            old in course(), new in course(), changes in changes(), steps in 0..9_usize,
        ) {
            let before = changed(&old, changes);
            let mut whole = before.clone();
            run(&old, &new, &mut whole, usize::MAX);
            let mut disk = before;
            run(&old, &new, &mut disk, steps);
            run(&old, &new, &mut disk, usize::MAX);
            prop_assert_eq!(&disk, &whole);
            // And once it is done, there is nothing left to do.
            let last = run(&new, &new, &mut disk, usize::MAX);
            prop_assert!(last.write.is_empty() && last.remove.is_empty(), "{:?}", last);
        }
    }
}
