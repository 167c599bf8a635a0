//! `results.json` for Gradescope, as its "Autograder Specifications" describe it under "Output format":
//! <https://gradescope-autograders.readthedocs.io/en/latest/specs/>.

use std::time::Duration;

use serde::Serialize;

use super::json::pretty;
use super::{said, test_name, text};
use crate::report::Report;

#[derive(Serialize)]
struct Results {
    /// The sum.
    score: u32,
    /// Seconds.
    execution_time: f64,
    /// What is said of the whole submission.
    output: String,
    output_format: &'static str,
    visibility: &'static str,
    tests: Vec<Test>,
}

#[derive(Serialize)]
struct Test {
    score: u32,
    max_score: u32,
    status: &'static str,
    name: String,
    name_format: &'static str,
    /// Exercise and test, counted from 1.
    number: String,
    output: String,
    output_format: &'static str,
    visibility: &'static str,
}

/// The file for one submission.
#[must_use]
pub fn results(report: &Report) -> String {
    let mut tests = Vec::new();
    for (exercise, number) in report.exercises.iter().zip(1..) {
        for (test, inner) in exercise.tests.iter().zip(1..) {
            tests.push(Test {
                score: test.points(),
                max_score: test.worth,
                status: if test.passed { "passed" } else { "failed" },
                name: test_name(report, exercise, test),
                name_format: "text",
                number: format!("{number}.{inner}"),
                output: if test.passed {
                    String::new()
                } else {
                    said(exercise, test)
                },
                output_format: "text",
                visibility: "visible",
            });
        }
    }
    let all = report.exercises.iter().flat_map(|exercise| &exercise.tests);
    let milliseconds: u64 = all.map(|test| test.milliseconds).sum();
    pretty(&Results {
        score: report.points(),
        execution_time: Duration::from_millis(milliseconds).as_secs_f64(),
        output: text::submission(report),
        output_format: "text",
        visibility: "visible",
        tests,
    })
}
