//! Where the reader stands: the course's exercises, and what has been done of them.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::exercise::{self, Exercise};
use crate::file::write_whole;
use crate::place::Place;
use crate::progress::{self, Progress, Standing};
use crate::summary::{self, Chapter, Part};
use crate::{Failure, Problem};

/// The course as its reader has it.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    /// The root of the course.
    pub root: &'a Path,
    /// The table of contents.
    pub parts: Vec<Part>,
    /// Every exercise, in the order of the book.
    pub exercises: Vec<Exercise>,
    /// What has been done.
    pub progress: Progress,
}

impl<'a> Reader<'a> {
    /// Reads the table of contents, the manifests and the progress.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub fn open(root: &'a Path) -> Result<Reader<'a>, Failure> {
        let parts = summary::read(root)?;
        let exercises = exercise::all(root, &parts)?;
        let progress = read(root, &exercises).map_err(cannot)?;
        Ok(Reader {
            root,
            parts,
            exercises,
            progress,
        })
    }

    /// The exercise of that name; without one the next.
    ///
    /// # Errors
    /// There is no such exercise, or none is left.
    pub fn choose(&self, name: Option<&str>) -> Result<&Exercise, Failure> {
        match name {
            Some(name) => exercise::find(&self.exercises, name),
            None => self.next().ok_or_else(|| {
                Failure::cannot(
                    "all exercises are solved, so none is the next",
                    "name one; `cargo course list` shows them",
                )
            }),
        }
    }

    /// The first exercise that is not solved. One that was given up waits until no other is left.
    #[must_use]
    pub fn next(&self) -> Option<&Exercise> {
        let first = |wanted: &[Standing]| {
            self.exercises
                .iter()
                .find(|exercise| wanted.contains(&self.standing(exercise)))
        };
        first(&[Standing::Untouched, Standing::Begun]).or_else(|| first(&[Standing::GivenUp]))
    }

    /// The first exercise behind that place that is not solved, and otherwise the next.
    #[must_use]
    pub fn next_after(&self, place: &Place) -> Option<&Exercise> {
        self.exercises
            .iter()
            .skip_while(|exercise| exercise.place != *place)
            .find(|exercise| {
                matches!(
                    self.standing(exercise),
                    Standing::Untouched | Standing::Begun
                )
            })
            .or_else(|| self.next())
    }

    /// How far the reader is with that exercise.
    #[must_use]
    pub fn standing(&self, exercise: &Exercise) -> Standing {
        self.progress.standing(&exercise.place.slug)
    }

    /// The chapter of that place, and the one that follows it in the book.
    #[must_use]
    pub fn chapter(&self, place: &Place) -> (Option<&Chapter>, Option<&Chapter>) {
        let mut chapters = self.parts.iter().flat_map(|part| &part.chapters);
        let this = chapters.find(|chapter| chapter.place().as_ref() == Some(place));
        (this, chapters.next())
    }

    /// Changes the progress, on the disk too. What another command has noted meanwhile is kept.
    ///
    /// # Errors
    /// The file cannot be read or written; then it is as it was.
    pub fn note(&mut self, change: impl FnOnce(&mut Progress)) -> Result<(), Failure> {
        let _lock = lock(self.root).map_err(unwritable)?;
        let mut progress = read(self.root, &self.exercises).map_err(cannot)?;
        let before = progress.clone();
        change(&mut progress);
        // A file in which nothing changes is left alone: the book is built again when it changes.
        if progress != before {
            write_whole(&self.root.join(progress::FILE), progress.text().as_bytes())
                .map_err(unwritable)?;
        }
        self.progress = progress;
        Ok(())
    }
}

/// The progress of the course at `root`; nothing where there is no file.
///
/// # Errors
/// The file is there and cannot be read, or is wrong.
pub fn read(root: &Path, exercises: &[Exercise]) -> Result<Progress, Problem> {
    let mut progress = match std::fs::read_to_string(root.join(progress::FILE)) {
        Ok(text) => Progress::parse(&text)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Progress::default(),
        Err(error) => {
            return Err(Problem::new(
                progress::FILE,
                format!("cannot be read: {error}"),
                progress::REMEDY,
            ));
        }
    };
    progress.follow_renames(exercises);
    Ok(progress)
}

/// Keeps two commands from writing over each other's notes, until it is dropped.
fn lock(root: &Path) -> io::Result<Option<File>> {
    let folder = root.join(".course");
    std::fs::create_dir_all(&folder)?;
    let file = File::create(folder.join("progress.lock"))?;
    match file.lock() {
        Ok(()) => Ok(Some(file)),
        // Some file systems cannot; the moment in which it matters is short.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(None),
        Err(error) => Err(error),
    }
}

fn unwritable(error: io::Error) -> Failure {
    Failure::cannot(
        format!("cannot note this in {}: {error}", progress::FILE),
        "see that the disk has space and that you may write there; plain `cargo test` needs no notes",
    )
}

fn cannot(problem: Problem) -> Failure {
    let Problem {
        file,
        line,
        what,
        remedy,
    } = problem;
    let line = line.map_or_else(String::new, |line| format!(":{line}"));
    Failure::cannot(format!("{}{line}: {what}", file.display()), remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_that_note_at_once_lose_nothing() {
        let root = tempfile::tempdir().unwrap();
        let note = |number: usize| {
            let mut reader = Reader {
                root: root.path(),
                parts: Vec::new(),
                exercises: Vec::new(),
                progress: Progress::default(),
            };
            reader.note(|progress| {
                progress.change(&format!("e{number}"), |entry| entry.hints = number)
            })
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (1..=16)
                .map(|number| scope.spawn(move || note(number)))
                .collect();
            for thread in threads {
                thread.join().unwrap().unwrap();
            }
        });
        let progress = read(root.path(), &[]).unwrap();
        for number in 1..=16 {
            assert_eq!(progress.entry(&format!("e{number}")).hints, number);
        }
        let mut left: Vec<_> = std::fs::read_dir(root.path().join(".course"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        left.sort();
        assert_eq!(left, ["progress.lock", "progress.toml"]);
    }

    #[test]
    fn a_note_that_changes_nothing_leaves_the_file_alone() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join(progress::FILE);
        let text = "# my own words\n[exercise.add]\nhints = 1\npoints = 0\npassed = []\nsolved = false\ngiven-up = false\n";
        write_whole(&file, text.as_bytes()).unwrap();
        let mut reader = Reader {
            root: root.path(),
            parts: Vec::new(),
            exercises: Vec::new(),
            progress: Progress::default(),
        };
        reader
            .note(|progress| progress.change("add", |entry| entry.hints = 1))
            .unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
        assert_eq!(reader.progress.entry("add").hints, 1);
    }
}
