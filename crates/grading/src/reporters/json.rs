//! `grades.json`: everything, for programs of your own.
//!
//! The form has a number, [`VERSION`]. It grows when a key changes its meaning or goes away; keys may be added without
//! that. Points are whole numbers. Text has no control characters but line ends and tabs.

use serde::Serialize;

use super::why;
use crate::report::{Report, Verdict};

/// The number of the form.
pub const VERSION: u32 = 1;

/// The whole file.
#[derive(Serialize)]
struct Grades<'a> {
    /// The number of the form.
    version: u32,
    /// Each submission, sorted by name.
    submissions: Vec<Submission<'a>>,
}

#[derive(Serialize)]
struct Submission<'a> {
    /// What the submission is called: the name of its folder or archive.
    name: &'a str,
    /// The folder of its own results, beside this file.
    folder: String,
    /// What it earned.
    points: u32,
    /// What can be earned.
    worth: u32,
    /// Every exercise that was graded, in the order of the book.
    exercises: Vec<Exercise<'a>>,
}

#[derive(Serialize)]
struct Exercise<'a> {
    /// The part of the book.
    part: &'a str,
    /// The exercise's name.
    slug: &'a str,
    /// What it earned.
    points: u32,
    /// What can be earned.
    worth: u32,
    /// `not-handed-in`, `not-taken`, `does-not-compile` or `ran`.
    verdict: &'static str,
    /// Why it was not taken or does not compile; not there otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    /// Every test, whether it ran or not.
    tests: Vec<Test<'a>>,
}

#[derive(Serialize)]
struct Test<'a> {
    /// Its name, a sentence about the protocol.
    name: &'a str,
    /// What it earned: all that it is worth, or nothing.
    points: u32,
    /// What it is worth.
    worth: u32,
    /// Whether it passed.
    passed: bool,
    /// What it said, if it ran and failed; empty otherwise.
    said: &'a str,
    /// How long it took; 0 if it did not run.
    milliseconds: u64,
}

/// The file for these submissions.
#[must_use]
pub fn grades(reports: &[Report]) -> String {
    let submissions = reports.iter().map(|report| Submission {
        name: &report.submission,
        folder: crate::folder::folder(&report.submission),
        points: report.points(),
        worth: report.worth(),
        exercises: report
            .exercises
            .iter()
            .map(|exercise| Exercise {
                part: &exercise.part,
                slug: &exercise.slug,
                points: exercise.points(),
                worth: exercise.worth(),
                verdict: match exercise.verdict {
                    Verdict::NotHandedIn => "not-handed-in",
                    Verdict::NotTaken(_) => "not-taken",
                    Verdict::DoesNotCompile(_) => "does-not-compile",
                    Verdict::Ran => "ran",
                },
                why: why(exercise),
                tests: exercise
                    .tests
                    .iter()
                    .map(|test| Test {
                        name: &test.name,
                        points: test.points(),
                        worth: test.worth,
                        passed: test.passed,
                        said: &test.said,
                        milliseconds: test.milliseconds,
                    })
                    .collect(),
            })
            .collect(),
    });
    pretty(&Grades {
        version: VERSION,
        submissions: submissions.collect(),
    })
}

/// JSON with a line for each key.
pub(super) fn pretty(value: &impl Serialize) -> String {
    let json = serde_json::to_string_pretty(value);
    json.expect("text, numbers and lists of them can always be written") + "\n"
}
