//! `cargo course watch`: an exercise's tests, again each time when one of its files is saved.
//!
//! What the operating system tells of the disk only wakes us. What is run is decided by the files
//! themselves: an exercise whose files are not those of its last run is run again. So an editor may
//! write a file three times or replace it, and a save while the tests run leads to one more run.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime};

use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use crate::place::Place;
use crate::reader::Reader;
use crate::{Failure, test};

/// A save is over when the disk has been quiet for so long. Should an editor take longer, what it writes
/// then leads to one more run.
const QUIET: Duration = Duration::from_millis(50);
/// How often we look whether the exercises are back when they are not there at all.
const AGAIN: Duration = Duration::from_millis(500);

/// What tells one version of an exercise's files from another.
type Version = Vec<(PathBuf, SystemTime, u64)>;

/// Runs tests until the reader ends it: those of the exercise of that name, or of any that is saved.
///
/// # Errors
/// There is no such exercise, or the system does not tell of changes.
pub fn watch(root: &Path, name: Option<&str>) -> Result<(), Failure> {
    let reader = Reader::open(root)?;
    let (first, watched): (Option<Place>, Vec<Place>) = match name {
        Some(_) => {
            let place = reader.choose(name)?.place.clone();
            (Some(place.clone()), vec![place])
        }
        None => (
            reader.next().map(|exercise| exercise.place.clone()),
            reader
                .exercises
                .iter()
                .map(|exercise| exercise.place.clone())
                .collect(),
        ),
    };
    let mut disk = Disk::watch(root.join("exercises"))?;
    let mut versions: HashMap<&Place, Version> = watched
        .iter()
        .map(|place| (place, version(root, place)))
        .collect();
    if let Some(place) = &first {
        run(root, place);
    }
    loop {
        println!(
            "\nWatching {}: save a file to run its tests. Ctrl-C ends this.",
            match name {
                Some(_) => watched[0].exercise().join("src").display().to_string(),
                None => "exercises".to_owned(),
            }
        );
        // A save during the last run has left a message, so that this does not wait for another.
        loop {
            disk.wait()?;
            if run_changed(root, &mut versions) {
                break;
            }
        }
    }
}

/// Runs every exercise that is not as it was at its last run; says whether there was one.
fn run_changed(root: &Path, versions: &mut HashMap<&Place, Version>) -> bool {
    let mut changed: Vec<&Place> = Vec::new();
    for (place, last) in versions.iter_mut() {
        let now = version(root, place);
        // Without its library an exercise is in the midst of being saved.
        let whole = root.join(place.exercise()).join("src/lib.rs").is_file();
        if whole && now != *last {
            *last = now;
            changed.push(place);
        }
    }
    changed.sort();
    for place in &changed {
        run(root, place);
    }
    !changed.is_empty()
}

fn run(root: &Path, place: &Place) {
    if std::io::stdout().is_terminal() {
        print!("\x1b[2J\x1b[3J\x1b[H");
    }
    println!("{place}\n");
    // A failure is what the reader watches for.
    if let Err(failure) = test::test(root, Some(&place.to_string()))
        && failure != Failure::Found
    {
        eprintln!("{failure}");
    }
}

/// The `.rs` files below the exercise's `src`.
fn version(root: &Path, place: &Place) -> Version {
    let mut files = Version::new();
    collect(&root.join(place.exercise()).join("src"), &mut files);
    files.sort();
    files
}

fn collect(folder: &Path, files: &mut Version) {
    // What vanishes while we look is in the midst of being saved, and wakes us again.
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let Ok(meta) = entry.metadata() else { continue };
        if meta.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let time = meta.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            files.push((path, time, meta.len()));
        }
    }
}

/// The folder of the exercises, as far as the system tells of its changes.
struct Disk {
    folder: PathBuf,
    watcher: RecommendedWatcher,
    woken: Receiver<()>,
}

impl Disk {
    fn watch(folder: PathBuf) -> Result<Disk, Failure> {
        let (wake, woken) = channel();
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // That a file is read is no change; an error is a reason to look.
            if !event.is_ok_and(|event| event.kind.is_access()) {
                // Nobody listens any more when the command ends.
                let _ = wake.send(());
            }
        })
        .map_err(untold)?;
        let mut disk = Disk {
            folder,
            watcher,
            woken,
        };
        disk.again().map_err(untold)?;
        Ok(disk)
    }

    /// Watches the folder and all that is in it now: what was replaced since is no longer watched.
    fn again(&mut self) -> notify::Result<()> {
        self.watcher.watch(&self.folder, RecursiveMode::Recursive)
    }

    /// Waits for a change, and until all has been quiet for a moment.
    fn wait(&mut self) -> Result<(), Failure> {
        // The other end lives in the watcher, so this ends by a change only.
        let _ = self.woken.recv();
        while self.woken.recv_timeout(QUIET).is_ok() {}
        loop {
            match self.again() {
                Ok(()) => return Ok(()),
                // Away just now, or something in it was while we looked.
                Err(error) if is_missing(&error) => std::thread::sleep(AGAIN),
                Err(error) => return Err(untold(error)),
            }
        }
    }
}

fn is_missing(error: &notify::Error) -> bool {
    match &error.kind {
        notify::ErrorKind::PathNotFound => true,
        notify::ErrorKind::Io(error) => error.kind() == std::io::ErrorKind::NotFound,
        _ => false,
    }
}

fn untold(error: notify::Error) -> Failure {
    Failure::cannot(
        format!("this system does not tell of changes in exercises/: {error}"),
        "run `cargo course test` after each save instead; on Linux `sysctl fs.inotify` shows limits that may be reached",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rust_files_below_src_make_a_version() {
        let root = tempfile::tempdir().unwrap();
        let place = Place::new("numbers", "add");
        let write = |file: &str| {
            let file = root.path().join(place.exercise()).join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "x").unwrap();
        };
        write("src/lib.rs");
        let first = version(root.path(), &place);
        write("src/.lib.rs.swp");
        write("tests/grade.rs");
        assert_eq!(version(root.path(), &place), first);
        write("src/deep/er.rs");
        assert_eq!(version(root.path(), &place).len(), 2);
    }
}
