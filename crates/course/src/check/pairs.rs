//! The table of contents, the chapters, the exercises and the solutions match one to one.

use std::path::{Path, PathBuf};

use crate::exercise::{self, Exercise};
use crate::place::Place;
use crate::summary::{self, place_of_page};
use crate::{Failure, Problem};

pub(super) fn problems(root: &Path) -> Result<Vec<Problem>, Failure> {
    let chapters = chapters(root)?;
    let exercises = exercise::places(root, "exercises")?;
    let solutions = exercise::places(root, "solutions")?;
    let mut problems = Vec::new();

    for place in &chapters {
        if !root.join(place.page()).is_file() {
            problems.push(Problem::new(
                "book/SUMMARY.md",
                format!("lists {place}.md, which is not there"),
                format!("write {}, or take it off the list", place.page().display()),
            ));
        }
        if !exercises.contains(place) {
            problems.push(Problem::new(
                place.page(),
                "the chapter has no exercise",
                format!(
                    "add {}; every chapter ends in one",
                    place.exercise().display()
                ),
            ));
        }
    }
    for page in pages(root)? {
        if place_of_page(&page).is_some_and(|place| !chapters.contains(&place)) {
            problems.push(Problem::new(
                Path::new("book").join(&page),
                "the chapter is not in the table of contents",
                format!("add it to book/SUMMARY.md as ({})", page.display()),
            ));
        }
    }
    for place in &exercises {
        if !chapters.contains(place) {
            problems.push(Problem::new(
                place.exercise(),
                "the exercise has no chapter",
                format!(
                    "write {} and add it to book/SUMMARY.md",
                    place.page().display()
                ),
            ));
        }
        if !solutions.contains(place) {
            problems.push(Problem::new(
                place.exercise(),
                "the exercise has no solution",
                format!("add {}", place.solution().display()),
            ));
        }
        match Exercise::read(root, place) {
            Ok(exercise) => problems.extend(references(&exercise, &exercises)),
            Err(problem) => problems.push(problem),
        }
    }
    for place in solutions.iter().filter(|place| !exercises.contains(place)) {
        problems.push(Problem::new(
            place.solution(),
            "the solution has no exercise",
            format!("add {}, or remove the solution", place.exercise().display()),
        ));
    }
    for (index, place) in exercises.iter().enumerate() {
        if let Some(twin) = exercises[..index]
            .iter()
            .find(|other| other.slug == place.slug)
        {
            problems.push(Problem::new(
                place.exercise(),
                format!("two exercises have the same name: {twin} and {place}"),
                "rename one; the name is also the package's",
            ));
        }
    }
    Ok(problems)
}

/// The chapters that the table of contents lists, in its order.
pub(super) fn chapters(root: &Path) -> Result<Vec<Place>, Failure> {
    Ok(summary::read(root)?
        .iter()
        .flat_map(|part| &part.chapters)
        .filter_map(|chapter| chapter.place())
        .collect())
}

/// The chapter and the prerequisites that an exercise names.
fn references(exercise: &Exercise, exercises: &[Place]) -> Vec<Problem> {
    let manifest = exercise.place.exercise().join("Cargo.toml");
    let mut problems = Vec::new();
    if exercise.meta.chapter != exercise.place.slug
        && exercise.meta.chapter != exercise.place.to_string()
    {
        problems.push(Problem::new(
            &manifest,
            format!("names the chapter `{}`", exercise.meta.chapter),
            format!(
                "an exercise belongs to the chapter of its own name: chapter = \"{}\"",
                exercise.place.slug
            ),
        ));
    }
    for name in &exercise.meta.prerequisites {
        if !exercises
            .iter()
            .any(|place| place.slug == *name || place.to_string() == *name)
        {
            problems.push(Problem::new(
                &manifest,
                format!("names the prerequisite `{name}`, which is no exercise"),
                "prerequisites are names of exercises, as `cargo course list` shows them",
            ));
        }
    }
    problems
}

/// Every page in the folders of the parts, relative to `book/`.
fn pages(root: &Path) -> Result<Vec<PathBuf>, Failure> {
    let book = root.join("book");
    let unreadable = |error: std::io::Error| {
        Failure::cannot(
            format!("cannot read the folder book: {error}"),
            "look at its permissions",
        )
    };
    let mut pages = Vec::new();
    for part in std::fs::read_dir(&book).map_err(unreadable)? {
        let part = part.map_err(unreadable)?.path();
        if !part.is_dir() {
            continue;
        }
        for page in std::fs::read_dir(&part).map_err(unreadable)? {
            let page = page.map_err(unreadable)?.path();
            if let (true, Ok(page)) = (
                page.extension().is_some_and(|end| end == "md"),
                page.strip_prefix(&book),
            ) {
                pages.push(page.to_path_buf());
            }
        }
    }
    pages.sort();
    Ok(pages)
}
