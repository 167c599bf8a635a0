//! `cargo course` alone: where the reader stands, and what comes next.

use std::path::Path;

use crate::Failure;
use crate::exercise::Exercise;
use crate::list::count;
use crate::place::Place;
use crate::progress::Standing;
use crate::reader::Reader;
use crate::summary::Chapter;
use crate::table::{Align, Table};

/// Prints every exercise with its points and its mark, the sum, and the next step.
///
/// # Errors
/// The table of contents, a manifest or the progress cannot be read.
pub fn status(root: &Path) -> Result<(), Failure> {
    let reader = Reader::open(root)?;
    print!("{}", overview(&reader));
    println!("\n{}", next(&reader));
    println!("All commands: cargo course help");
    Ok(())
}

fn overview(reader: &Reader<'_>) -> Table {
    let mut table = Table::new(&[Align::Left, Align::Left, Align::Right, Align::Left]);
    let exercise_of = |chapter: &Chapter| {
        let place = chapter.place()?;
        reader
            .exercises
            .iter()
            .find(|exercise| exercise.place == place)
    };
    for part in &reader.parts {
        let mut chapters = part
            .chapters
            .iter()
            .filter_map(|chapter| Some((chapter, exercise_of(chapter)?)))
            .peekable();
        if chapters.peek().is_some() && !part.title.is_empty() {
            table.row([part.title.as_str()]);
        }
        for (chapter, exercise) in chapters {
            table.row([
                format!("  {}", chapter.title),
                exercise.place.slug.clone(),
                of(reader.progress.earned(exercise), exercise.meta.total()),
                reader.standing(exercise).name().to_owned(),
            ]);
        }
    }
    let earned = |exercise| reader.progress.earned(exercise);
    let solved = reader
        .exercises
        .iter()
        .filter(|exercise| reader.standing(exercise) == Standing::Solved)
        .count();
    table.row([
        "All exercises".to_owned(),
        String::new(),
        of(
            reader.exercises.iter().map(earned).sum(),
            reader
                .exercises
                .iter()
                .map(|exercise| exercise.meta.total())
                .sum(),
        ),
        format!("{solved} of {} solved", reader.exercises.len()),
    ]);
    table
}

fn of(earned: u32, total: u32) -> String {
    format!("{earned} / {total}")
}

/// What to read and to solve next.
fn next(reader: &Reader<'_>) -> String {
    let next = reader.next();
    let chapter = next.and_then(|exercise| reader.chapter(&exercise.place).0);
    steps(reader, chapter, next)
}

/// What to read and to solve after the exercise at `place`, which is solved.
#[must_use]
pub fn after(reader: &Reader<'_>, place: &Place) -> String {
    let (_, following) = reader.chapter(place);
    steps(reader, following, reader.next_after(place))
}

fn steps(reader: &Reader<'_>, chapter: Option<&Chapter>, exercise: Option<&Exercise>) -> String {
    let read = chapter.map(|chapter| {
        format!(
            "Read next: \"{}\" (book/{}, or in the browser: cargo course serve)\n",
            chapter.title,
            chapter.file.display()
        )
    });
    let solve = exercise.map_or_else(
        || all_solved(reader),
        |exercise| {
            format!(
                "{} {}/src/lib.rs ({} minutes) and run: cargo course test {}",
                if read.is_some() {
                    "Then fill in"
                } else {
                    "Fill in"
                },
                exercise.place.exercise().display(),
                exercise.meta.minutes,
                exercise.place.slug,
            )
        },
    );
    read.unwrap_or_default() + &solve
}

/// Said when nothing is left.
#[must_use]
pub fn all_solved(reader: &Reader<'_>) -> String {
    let number = u32::try_from(reader.exercises.len()).unwrap_or(u32::MAX);
    match number {
        1 => "The only exercise is solved.".to_owned(),
        _ => format!("All {} are solved.", count(number, "exercise")),
    }
}
