//! `cargo course list`: what there is to read and to solve.

use std::path::Path;

use crate::Failure;
use crate::exercise::{self, Exercise};
use crate::summary::{self, Part};
use crate::table::{Align, Table};

/// Prints the parts, their chapters, and each chapter's exercise.
///
/// # Errors
/// A table of contents or a manifest that cannot be read.
pub fn list(root: &Path) -> Result<(), Failure> {
    let parts = summary::read(root)?;
    let exercises = exercise::all(root, &parts)?;
    print!("{}", overview(&parts, &exercises));
    Ok(())
}

fn overview(parts: &[Part], exercises: &[Exercise]) -> String {
    let mut table = Table::new(&[Align::Left, Align::Left, Align::Right, Align::Right]);
    for part in parts {
        if !part.title.is_empty() {
            table.row([part.title.as_str()]);
        }
        for chapter in &part.chapters {
            let place = chapter.place();
            match exercises
                .iter()
                .find(|exercise| Some(&exercise.place) == place.as_ref())
            {
                Some(exercise) => table.row([
                    format!("  {}", chapter.title),
                    exercise.place.slug.clone(),
                    format!("{} min", exercise.meta.minutes),
                    count(exercise.meta.total(), "point"),
                ]),
                None => table.row([format!("  {}", chapter.title)]),
            }
        }
    }
    let minutes: u32 = exercises.iter().map(|exercise| exercise.meta.minutes).sum();
    let points: u32 = exercises.iter().map(|exercise| exercise.meta.total()).sum();
    table.row([
        "All exercises".to_owned(),
        exercises.len().to_string(),
        format!("{minutes} min"),
        count(points, "point"),
    ]);
    format!(
        "{table}\nRead: cargo course serve. Solve: edit exercises/PART/NAME/src/lib.rs, then cargo course test NAME.\n"
    )
}

/// `1 point`, `2 points`.
#[must_use]
pub fn count(number: u32, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
