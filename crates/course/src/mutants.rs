//! `cargo course mutants`: what could be changed in a solution without any graded test noticing.
//!
//! The wrong answers of the course are mistakes that somebody thought of. cargo-mutants makes the ones that nobody thought of: it
//! changes one operator, one constant, one body at a time, in a copy of the course, and runs the exercise's tests.

mod equivalent;
mod outcomes;
mod score;

use std::path::Path;

use crate::exercise::{self, Exercise};
use crate::tools::MUTANTS;
use crate::{Failure, Problem, cargo, handout, summary};
use equivalent::Equivalent;
use outcomes::Outcome;
use score::Score;

/// Where cargo-mutants writes what it found, relative to the root.
const OUTPUT: &str = "target/course/mutants";
/// How long the tests of one mutant may take, in seconds. They take less than ten; a mutant that makes them hang is noticed.
const TIME_LIMIT: &str = "30";

/// Tries every mutant of the solutions of those names, or of all, and prints how many are noticed.
///
/// # Errors
/// A mutant that changes what somebody can see is not noticed; there is no such exercise; cargo-mutants cannot work here.
pub fn mutants(root: &Path, names: &[String]) -> Result<(), Failure> {
    handout::needs_solutions(root, "they are what is changed")?;
    let exercises = exercise::all(root, &summary::read(root)?)?;
    let chosen: Vec<&Exercise> = if names.is_empty() {
        exercises.iter().collect()
    } else {
        names
            .iter()
            .map(|name| exercise::find(&exercises, name))
            .collect::<Result<_, _>>()?
    };
    let equivalents = chosen
        .iter()
        .map(|exercise| Equivalent::all(root, &exercise.place))
        .collect::<Result<Vec<_>, _>>()?;
    let outcomes = try_all(root, &chosen)?;

    let mut scores = Vec::new();
    let mut problems: Vec<Problem> = Vec::new();
    for (exercise, equivalents) in chosen.iter().zip(&equivalents) {
        let source = exercise.place.solution().join("src");
        let own = outcomes
            .iter()
            .filter(|outcome| outcome.file.starts_with(&source));
        let (score, found) = Score::of(&exercise.place, own, equivalents);
        scores.push(score);
        problems.extend(found);
    }
    print!("\n{}", score::table(&scores));
    for problem in &problems {
        println!("\n{problem}");
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Failure::Found)
    }
}

/// What became of every mutant of these solutions.
fn try_all(root: &Path, exercises: &[&Exercise]) -> Result<Vec<Outcome>, Failure> {
    let program = MUTANTS.ready(root)?;
    let output = root.join(OUTPUT);
    std::fs::create_dir_all(&output).map_err(|error| {
        Failure::cannot(
            format!("cannot make {OUTPUT}: {error}"),
            "see that the disk has space and that you may write there",
        )
    })?;
    let mut command = std::process::Command::new(program);
    cargo::grading_environment(&mut command);
    command
        .current_dir(root)
        // The copy builds into its own folder.
        .env_remove("CARGO_TARGET_DIR")
        .args(["mutants", "--baseline", "skip", "--timeout", TIME_LIMIT])
        .args(["--no-shuffle", "--cap-lints=true", "--output"])
        .arg(&output);
    for exercise in exercises {
        let sources = exercise.place.solution().join("src/**/*.rs");
        command.arg("--file").arg(sources);
    }
    let status = command.status().map_err(|error| {
        Failure::cannot(
            format!("cannot run cargo-mutants: {error}"),
            "see that target/tools may hold programs that run",
        )
    })?;
    match status.code() {
        // All noticed; some not; some hung.
        Some(0 | 2 | 3) => outcomes::read(root, &output.join("mutants.out/outcomes.json")),
        _ => Err(Failure::cannot(
            format!("cargo-mutants did not finish ({status}; its message is above)"),
            "`cargo course check` says whether the solutions pass as they are",
        )),
    }
}

/// A line of a file below the root, without what it is indented by.
fn line_of(root: &Path, file: &Path, line: usize) -> Option<String> {
    let text = std::fs::read_to_string(root.join(file)).ok()?;
    Some(text.lines().nth(line.checked_sub(1)?)?.trim().to_owned())
}
