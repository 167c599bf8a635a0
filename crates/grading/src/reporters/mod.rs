//! Reports in the forms that people and programs read. Each is a pure function.
//!
//! What a submission said has been made harmless before, by [`crate::clean`].

pub mod classroom;
pub mod csv;
pub mod gradescope;
pub mod json;
pub mod junit;
pub mod text;

use crate::report::{ExerciseReport, Report, TestReport, Verdict};

/// How far an exercise came, in a few words.
#[must_use]
pub fn mark(exercise: &ExerciseReport) -> String {
    match &exercise.verdict {
        Verdict::NotHandedIn => "not handed in".to_owned(),
        Verdict::NotTaken(_) => "its files were not taken".to_owned(),
        Verdict::DoesNotCompile(_) => "does not compile".to_owned(),
        Verdict::Ran => {
            let failed = exercise.tests.iter().filter(|test| !test.passed).count();
            match failed {
                0 => "solved".to_owned(),
                failed => format!("{failed} of {} tests failed", exercise.tests.len()),
            }
        }
    }
}

/// Why the exercise's tests did not run; nothing if they did, or if there is no more to say than [`mark`] does.
#[must_use]
pub fn why(exercise: &ExerciseReport) -> Option<&str> {
    match &exercise.verdict {
        Verdict::NotTaken(why) | Verdict::DoesNotCompile(why) => Some(why),
        Verdict::NotHandedIn | Verdict::Ran => None,
    }
}

/// What is said of a test that did not pass. Why an exercise's tests did not run stands at its first.
fn said(exercise: &ExerciseReport, test: &TestReport) -> String {
    if exercise.verdict == Verdict::Ran {
        return if test.said.is_empty() {
            "The test failed and said nothing.".to_owned()
        } else {
            test.said.clone()
        };
    }
    let short = format!("The test did not run: {}.", mark(exercise));
    let first = exercise
        .tests
        .first()
        .is_some_and(|first| first.name == test.name);
    match why(exercise) {
        Some(why) if first => format!("{short}\n\n{why}"),
        _ => short,
    }
}

/// The test's name; with its exercise's if the submission is graded on several.
fn test_name(report: &Report, exercise: &ExerciseReport, test: &TestReport) -> String {
    if report.exercises.len() == 1 {
        test.name.clone()
    } else {
        format!("{}: {}", exercise.slug, test.name)
    }
}
