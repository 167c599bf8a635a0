//! The ladder of each recording in the book, the snapshot of its scene's test, and a fresh run of
//! the scene are the same.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::bar::Bar;
use crate::grade::parallel;
use crate::place::Place;
use crate::scenes::{Recorder, Scene};
use crate::{Failure, Problem, book};

use super::scratch;

pub(super) fn problems(
    root: &Path,
    only: Option<&Place>,
    bar: &Bar,
) -> Result<Vec<Problem>, Failure> {
    let shown = only.map(|place| shown_by(root, place));
    if shown.as_ref().is_some_and(BTreeSet::is_empty) {
        return Ok(Vec::new());
    }
    let recorder = Recorder::build(root)?;
    let scenes = recorder.scenes()?;
    let folder = scratch(root, "target/course/check/recordings")?;
    let mut problems = strangers(root, &scenes)?;
    let asked_for = |scene: &&Scene| match &shown {
        Some(shown) => shown.contains(&scene.place.slug),
        None => true,
    };
    let scenes: Vec<&Scene> = scenes.iter().filter(asked_for).collect();
    let found = parallel(&scenes, bar, |scene| {
        of_scene(root, scene, recorder.record(scene, &folder))
    });
    problems.extend(found.into_iter().flatten());
    Ok(problems)
}

/// The recordings that a chapter shows; a page that cannot be read shows none, and is told by the other checks.
fn shown_by(root: &Path, place: &Place) -> BTreeSet<String> {
    let text = std::fs::read_to_string(root.join(place.page())).unwrap_or_default();
    book::recordings_shown(&text)
}

fn of_scene(root: &Path, scene: &Scene, fresh: Result<PathBuf, Problem>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let name = &scene.place.slug;
    let snapshot = snapshot(root, scene)
        .map_err(|problem| problems.push(problem))
        .ok();
    let remedy = format!("`cargo course record {name}`");
    let recorded = ladder(&root.join(scene.recording()))
        .map_err(|error| problems.push(Problem::new(scene.recording(), error, remedy.as_str())))
        .ok();
    let fresh = fresh
        .and_then(|file| {
            ladder(&file).map_err(|error| {
                Problem::new(
                    scene.recording(),
                    format!("a fresh run: {error}"),
                    "mend the scene",
                )
            })
        })
        .map_err(|problem| problems.push(problem))
        .ok();
    if let (Some(fresh), Some(snapshot)) = (&fresh, &snapshot)
        && let Some(difference) = difference(fresh, snapshot)
    {
        problems.push(Problem::new(
            scene.snapshot(),
            format!("differs from a fresh run of the scene: {difference}"),
            format!(
                "if the snapshot was edited, `git checkout {}`; if the scene has changed, read the new ladder and \
                 accept it: INSTA_UPDATE=always cargo test -p scenes",
                scene.snapshot().display()
            ),
        ));
    }
    if let (Some(recorded), Some(other)) = (&recorded, fresh.as_ref().or(snapshot.as_ref()))
        && let Some(difference) = difference(recorded, other)
    {
        problems.push(Problem::new(
            scene.recording(),
            format!("differs from a fresh run of the scene: {difference}"),
            remedy,
        ));
    }
    problems
}

/// Recordings and snapshots that no scene makes.
fn strangers(root: &Path, scenes: &[Scene]) -> Result<Vec<Problem>, Failure> {
    let known: BTreeSet<PathBuf> = scenes
        .iter()
        .flat_map(|scene| [scene.recording(), scene.snapshot()])
        .collect();
    let mut found = Vec::new();
    let book = root.join("book");
    if let Ok(entries) = std::fs::read_dir(&book) {
        for part in entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.is_dir())
        {
            found.extend(files(&part, "pcapng"));
        }
    }
    found.extend(files(
        &root.join("crates/scenes/tests/scenes/snapshots"),
        "snap",
    ));
    let relative = found.iter().filter_map(|file| file.strip_prefix(root).ok());
    Ok(relative
        .filter(|file| !known.contains(*file))
        .map(|file| {
            Problem::new(
                file,
                "no scene makes this file",
                "delete it, or add its scene to crates/scenes",
            )
        })
        .collect())
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == extension))
        .collect()
}

/// The ladder of a recording, as text.
fn ladder(file: &Path) -> Result<String, String> {
    let bytes = std::fs::read(file).map_err(|error| format!("cannot be read: {error}"))?;
    let trace = trace::pcapng::read(&bytes).map_err(|error| error.to_string())?;
    Ok(trace::Ladder::of(&trace).to_string())
}

/// The text of a scene's snapshot.
fn snapshot(root: &Path, scene: &Scene) -> Result<String, Problem> {
    let problem = |what: String| {
        Problem::new(
            scene.snapshot(),
            what,
            "every scene has a test: INSTA_UPDATE=new cargo test -p scenes writes its snapshot",
        )
    };
    let text = std::fs::read_to_string(root.join(scene.snapshot()))
        .map_err(|error| problem(format!("cannot be read: {error}")))?;
    contents(&text)
        .map(str::to_owned)
        .ok_or_else(|| problem("is no snapshot of insta".to_owned()))
}

/// What stands below a snapshot's header.
fn contents(snapshot: &str) -> Option<&str> {
    let (_, contents) = snapshot.strip_prefix("---\n")?.split_once("\n---\n")?;
    Some(contents)
}

/// The first line in which two ladders differ. Line ends at the ends do not count, because insta drops them.
fn difference(have: &str, want: &str) -> Option<String> {
    let lines = |text: &str| {
        text.trim_matches('\n')
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect::<Vec<_>>()
    };
    let (have, want) = (lines(have), lines(want));
    let first = (0..have.len().max(want.len())).find(|&line| have.get(line) != want.get(line))?;
    let line = |lines: &[String]| {
        lines
            .get(first)
            .cloned()
            .unwrap_or_else(|| "(the ladder ends)".to_owned())
    };
    Some(format!(
        "line {}\nhere:  {}\nthere: {}",
        first + 1,
        line(&have),
        line(&want)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_of_a_snapshot_is_left_out() {
        assert_eq!(
            contents("---\nsource: a.rs\nexpression: b\n---\n  one\n"),
            Some("  one\n")
        );
        assert_eq!(contents("no snapshot"), None);
    }

    #[test]
    fn the_first_difference_is_told() {
        assert_eq!(difference("a\nb\n", "\na\nb"), None);
        assert_eq!(
            difference("a\nb", "a\nc").as_deref(),
            Some("line 2\nhere:  b\nthere: c")
        );
        assert_eq!(
            difference("a", "a\nb").as_deref(),
            Some("line 2\nhere:  (the ladder ends)\nthere: b")
        );
    }
}
