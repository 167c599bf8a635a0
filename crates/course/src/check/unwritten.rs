//! Nothing is left to be written: no line has the mark that a new chapter's files have.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::exercise;
use crate::place::Place;
use crate::{Failure, Problem};

use super::pairs;

/// The mark; what stands behind it says what is to be written in its place.
pub(crate) const MARK: &str = "WRITE:";

/// The folders of an exercise and of a solution that hold what somebody writes.
const WRITTEN: [&str; 5] = ["", "src", "tests", "tests/snapshots", "wrong"];

/// Every marked line of a text: its number, counted from 1, and what it asks for.
pub(crate) fn marks(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().filter_map(|(index, line)| {
        let (_, asked) = line.split_once(MARK)?;
        Some((index + 1, asked.trim_end_matches("-->").trim()))
    })
}

pub(super) fn problems(root: &Path, only: Option<&Place>) -> Result<Vec<Problem>, Failure> {
    let mut problems = Vec::new();
    for file in files(root, only)? {
        // A recording has no lines, and what cannot be read is told by the check that needs it.
        let Ok(text) = std::fs::read_to_string(root.join(&file)) else {
            continue;
        };
        problems.extend(marks(&text).map(|(line, asked)| {
            let remedy = format!("write it, and take the comment with `{MARK}` out");
            Problem::new(&file, format!("is still to be written: {asked}"), remedy).at(line)
        }));
    }
    Ok(problems)
}

/// The files of the chapters, their exercises and their solutions, relative to the root.
fn files(root: &Path, only: Option<&Place>) -> Result<Vec<PathBuf>, Failure> {
    let mut places: BTreeSet<Place> = pairs::chapters(root)?.into_iter().collect();
    for folder in ["exercises", "solutions"] {
        places.extend(exercise::places(root, folder)?);
    }
    places.retain(|place| only.is_none_or(|only| only == place));
    let mut files = Vec::new();
    for place in places {
        files.push(place.page());
        for folder in [place.exercise(), place.solution()] {
            for written in WRITTEN {
                files.extend(in_folder(root, &folder.join(written))?);
            }
        }
    }
    Ok(files)
}

/// The files of a folder, sorted; a folder that is not there has none.
fn in_folder(root: &Path, folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::cannot(
            format!("cannot read the folder {}: {error}", folder.display()),
            "look at its permissions",
        )
    };
    if !root.join(folder).is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(root.join(folder)).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if entry.path().is_file() {
            files.push(folder.join(entry.file_name()));
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_found_with_its_line_and_what_it_asks() {
        let text = "# T\n<!-- WRITE: two lines. -->\n\nminutes = 10 # WRITE: minutes\n<!-- WRITE: more,\nat length -->\n";
        assert_eq!(
            marks(text).collect::<Vec<_>>(),
            [(2, "two lines."), (4, "minutes"), (5, "more,")]
        );
    }
}
