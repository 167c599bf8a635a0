//! `cargo course test`: the tests of an exercise, and its points.

use std::path::Path;

use crate::Failure;
use crate::cargo::{self, Show};
use crate::exercise::{self, Exercise};
use crate::grade::{Grade, Outcome, TIME_LIMIT};
use crate::list::count;
use crate::summary;
use crate::table::{Align, Table};

/// Tests the exercise of that name, or all of them in the book's order up to the first unsolved one.
///
/// # Errors
/// An exercise that is not solved, or not there.
pub fn test(root: &Path, name: Option<&str>) -> Result<(), Failure> {
    let exercises = exercise::all(root, &summary::read(root)?)?;
    match name {
        Some(name) => grade(root, find(&exercises, name)?, Detail::Full),
        None => all(root, &exercises),
    }
}

fn find<'a>(exercises: &'a [Exercise], name: &str) -> Result<&'a Exercise, Failure> {
    exercises
        .iter()
        .find(|exercise| exercise.place.slug == name || exercise.place.to_string() == name)
        .ok_or_else(|| {
            let names: Vec<&str> = exercises
                .iter()
                .map(|exercise| exercise.place.slug.as_str())
                .collect();
            Failure::cannot(
                format!("there is no exercise `{name}`"),
                format!(
                    "there are: {}. `cargo course list` shows them with their chapters",
                    names.join(", ")
                ),
            )
        })
}

fn all(root: &Path, exercises: &[Exercise]) -> Result<(), Failure> {
    for exercise in exercises {
        grade(root, exercise, Detail::WhenUnsolved)?;
    }
    println!("All {} exercises are solved.", exercises.len());
    Ok(())
}

/// How much is said of an exercise that is solved.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Detail {
    Full,
    WhenUnsolved,
}

fn grade(root: &Path, exercise: &Exercise, detail: Detail) -> Result<(), Failure> {
    let place = &exercise.place;
    let build = cargo::build(
        root,
        &["--quiet", "-p", &place.slug, "--test", "grade"],
        Show::Everything,
    )?;
    let folder = root.join(place.exercise());
    let Some(program) = build
        .program(&folder.join("Cargo.toml"))
        .filter(|_| build.success)
    else {
        println!(
            "{place} does not compile yet: 0 of {}. The compiler's messages are above; \
             your code is in {}/src/lib.rs.",
            count(exercise.meta.total(), "point"),
            place.exercise().display(),
        );
        return Err(Failure::Found);
    };
    let grade = Grade {
        program,
        folder: &folder,
    };
    let worth = |test: &str| {
        exercise
            .meta
            .points
            .iter()
            .find(|(name, _)| name == test)
            .map_or(0, |(_, points)| *points)
    };

    let mut results = Vec::new();
    for test in in_order(exercise, grade.tests()?)? {
        let outcome = grade.test(&test, TIME_LIMIT)?;
        if let Outcome::Failed(output) = &outcome {
            println!("---- {test} ----\n{}\n", message(output, &test).trim());
        }
        results.push((test, outcome.passed()));
    }
    let earned: u32 = results
        .iter()
        .filter(|(_, passed)| *passed)
        .map(|(test, _)| worth(test))
        .sum();
    let solved = results.iter().all(|(_, passed)| *passed);
    let total = exercise.meta.total();
    if solved && detail == Detail::WhenUnsolved {
        println!("  solved  {place}  {earned} / {}", count(total, "point"));
        return Ok(());
    }

    let mut table = Table::new(&[Align::Left, Align::Right, Align::Left]);
    let width = total.to_string().len();
    let of = |earned: u32, worth: u32| format!("{earned} / {worth:>width$}");
    for (test, passed) in &results {
        let worth = worth(test);
        table.row([
            if *passed { "passed" } else { "failed" },
            &of(if *passed { worth } else { 0 }, worth),
            test,
        ]);
    }
    table.row(["", &of(earned, total), &format!("points for {place}")]);
    print!("{table}");
    if solved {
        println!("Solved. {}", exercise.meta.solved.trim());
        Ok(())
    } else {
        println!(
            "Your code is in {}/src/lib.rs; the chapter is {}.",
            place.exercise().display(),
            place.page().display()
        );
        Err(Failure::Found)
    }
}

/// The tests in the order of the manifest, which rises, and then those without points.
fn in_order(exercise: &Exercise, mut tests: Vec<String>) -> Result<Vec<String>, Failure> {
    let points = &exercise.meta.points;
    if let Some((missing, _)) = points.iter().find(|(name, _)| !tests.contains(name)) {
        let folder = exercise.place.exercise();
        let folder = folder.display();
        return Err(Failure::cannot(
            format!("{folder}/Cargo.toml gives points for `{missing}`, which is no test"),
            format!(
                "put {folder}/tests and {folder}/Cargo.toml back as they were: `git checkout {folder}/tests {folder}/Cargo.toml`"
            ),
        ));
    }
    tests.sort_by_key(|test| {
        points
            .iter()
            .position(|(name, _)| name == test)
            .unwrap_or(points.len())
    });
    Ok(tests)
}

/// What the test itself said, without what libtest prints around it.
fn message<'a>(output: &'a str, test: &str) -> &'a str {
    let inner = |output: &'a str| {
        let (_, rest) = output.split_once(&format!("---- {test} stdout ----\n"))?;
        let (inner, _) = rest.rsplit_once("\nfailures:\n")?;
        Some(inner)
    };
    inner(output).unwrap_or(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_of_a_failure_is_what_the_test_said() {
        let output = "\nrunning 1 test\ntest a ... FAILED\n\nfailures:\n\n---- a stdout ----\n\nthread 'a' panicked:\nno SYN\n\n\n\
                      failures:\n    a\n\ntest result: FAILED. 0 passed; 1 failed\n\n";
        assert_eq!(message(output, "a").trim(), "thread 'a' panicked:\nno SYN");
        assert_eq!(message("killed", "a"), "killed");
    }
}
