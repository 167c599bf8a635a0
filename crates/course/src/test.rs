//! `cargo course test`: the tests of an exercise, and its points.

use std::collections::HashMap;
use std::path::Path;

use crate::Failure;
use crate::cargo::{self, Show};
use crate::exercise::Exercise;
use crate::grade::{Grade, Outcome, TIME_LIMIT, TestProgram, in_order, on_threads};
use crate::list::count;
use crate::progress::Standing;
use crate::reader::Reader;
use crate::said;
use crate::status;
use crate::table::{Align, Table};

/// Tests the exercise of that name; without one the next, and those after it while they pass.
///
/// # Errors
/// An exercise that is not solved, or not there.
pub fn test(root: &Path, name: Option<&str>) -> Result<(), Failure> {
    let mut reader = Reader::open(root)?;
    if name.is_none() && reader.next().is_none() {
        println!("{}", status::all_solved(&reader));
        return Ok(());
    }
    let mut exercise = reader.choose(name)?.clone();
    loop {
        run(&mut reader, &exercise)?;
        let next = match (name, reader.next()) {
            (None, Some(next)) if may_be_solved(root, next) => next.clone(),
            _ => break,
        };
        exercise = next;
        println!();
    }
    println!("\n{}", status::after(&reader, &exercise.place));
    Ok(())
}

/// Whether an exercise has no blank left. One that has is not solved, and its failures would only
/// hide what is said of the exercise before it.
fn may_be_solved(root: &Path, exercise: &Exercise) -> bool {
    std::fs::read_to_string(root.join(exercise.place.exercise()).join("src/lib.rs"))
        .is_ok_and(|code| !code.contains("todo!("))
}

/// Runs the tests of one exercise, notes what passed, and says it.
fn run(reader: &mut Reader<'_>, exercise: &Exercise) -> Result<(), Failure> {
    let place = &exercise.place;
    let Some(results) = results(reader.root, exercise)? else {
        println!(
            "{place} does not compile yet: 0 of {}. The compiler's messages are above; \
             your code is in {}/src/lib.rs.",
            count(exercise.meta.total(), "point"),
            place.exercise().display(),
        );
        return Err(Failure::Found);
    };
    print!("{}", failures(&results));
    print!("{}", points(exercise, &results));

    let passed: Vec<String> = results
        .iter()
        .filter(|(_, outcome)| outcome.passed())
        .map(|(test, _)| test.clone())
        .collect();
    let solved = passed.len() == results.len();
    let before = reader.standing(exercise);
    reader.note(|progress| progress.tested(exercise, &passed, solved))?;
    if solved {
        println!("Solved. {}", exercise.meta.solved.trim());
        return Ok(());
    }
    println!(
        "Your code is in {}/src/lib.rs; the chapter is {}.\nStuck? cargo course hint {}",
        place.exercise().display(),
        place.page().display(),
        place.slug,
    );
    if before == Standing::Solved {
        println!("You have solved this exercise before; that stays noted.");
    }
    Err(Failure::Found)
}

/// How each test ended, in order; nothing if the exercise does not compile.
fn results(root: &Path, exercise: &Exercise) -> Result<Option<Vec<(String, Outcome)>>, Failure> {
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
        return Ok(None);
    };
    let grade = Grade {
        program,
        folder: &folder,
    };
    let tests = in_order(exercise, grade.tests()?)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    // Each test has a process of its own, and a network of its own where it needs one.
    let outcomes = on_threads(&tests, threads, |test, _| grade.test(test, TIME_LIMIT));
    let outcomes: Vec<Outcome> = outcomes.into_iter().collect::<Result<_, _>>()?;
    Ok(Some(tests.into_iter().zip(outcomes).collect()))
}

/// What each failing test said; words that an earlier one has said already are not said again.
fn failures(results: &[(String, Outcome)]) -> String {
    let mut text = String::new();
    let mut said_by: HashMap<String, &str> = HashMap::new();
    for (test, outcome) in results {
        let Outcome::Failed(output) = outcome else {
            continue;
        };
        let message = said::message(output, test);
        match said_by.get(&message) {
            Some(earlier) => text += &format!("---- {test} ----\nas in {earlier}\n\n"),
            None => {
                text += &format!("---- {test} ----\n{message}\n\n");
                said_by.insert(message, test);
            }
        }
    }
    text
}

/// What each test earned, and the sum.
fn points(exercise: &Exercise, results: &[(String, Outcome)]) -> Table {
    let total = exercise.meta.total();
    let mut table = Table::new(&[Align::Left, Align::Right, Align::Left]);
    let width = total.to_string().len();
    let of = |earned: u32, worth: u32| format!("{earned} / {worth:>width$}");
    let mut sum = 0;
    for (test, outcome) in results {
        let worth = exercise.meta.worth(test);
        let (word, earned) = if outcome.passed() {
            ("passed", worth)
        } else {
            ("failed", 0)
        };
        table.row([word, &of(earned, worth), test]);
        sum += earned;
    }
    let of_what = format!("points for {}", exercise.place);
    table.row(["", &of(sum, total), &of_what]);
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_tests_say_is_said_once() {
        let failed = |text: &str| Outcome::Failed(text.to_owned());
        let results = [
            ("a".to_owned(), failed("no SYN")),
            ("b".to_owned(), Outcome::Passed),
            ("c".to_owned(), failed("no SYN")),
            ("d".to_owned(), failed("no ACK")),
        ];
        assert_eq!(
            failures(&results),
            "---- a ----\nno SYN\n\n---- c ----\nas in a\n\n---- d ----\nno ACK\n\n"
        );
    }
}
