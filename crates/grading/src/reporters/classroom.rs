//! The result that GitHub Classroom's reporter takes from a step of a workflow, `classroom-resources/autograding-grading-reporter`:
//! JSON of the form that `classroom-resources/autograding-command-grader` gives, in base64, as the step's output `result`.
//!
//! The reporter's own README calls it deprecated, because GitHub Classroom is being given up. It needs no Classroom: it only
//! reads the variable, shows the tests in the log, and notes the points at the run.

use data_encoding::BASE64;
use serde::Serialize;

use super::json::pretty;
use super::{said, test_name};
use crate::clean;
use crate::report::{Report, Verdict};

/// How many octets the output may have. The reporter gets it in a variable of its environment, and Linux allows
/// 128 KiB for one.
const LONGEST_OUTPUT: usize = 120 << 10;

/// How many characters of a message are kept: the first that makes the whole short enough.
const MESSAGES: [usize; 5] = [clean::LONGEST_TEXT, 2_000, 500, 150, 0];

#[derive(Serialize)]
struct Results {
    version: u32,
    status: &'static str,
    max_score: u32,
    tests: Vec<Test>,
}

#[derive(Serialize)]
struct Test {
    name: String,
    status: &'static str,
    message: Option<String>,
    /// What the reporter shows as the test's code: the command that runs it.
    test_code: String,
    filename: String,
    line_no: u32,
    /// Seconds.
    duration: f64,
    score: u32,
}

/// The JSON for one submission.
#[must_use]
pub fn results(report: &Report) -> String {
    let fitting = MESSAGES
        .iter()
        .map(|longest| pretty(&shortened(report, *longest)))
        .find(|json| output_of(json).len() <= LONGEST_OUTPUT);
    fitting.unwrap_or_else(|| pretty(&shortened(report, 0)))
}

/// The line for a workflow: `cat` it to `$GITHUB_OUTPUT`.
#[must_use]
pub fn output(report: &Report) -> String {
    output_of(&results(report))
}

fn output_of(json: &str) -> String {
    format!("result={}\n", BASE64.encode(json.as_bytes()))
}

fn shortened(report: &Report, longest: usize) -> Results {
    let mut tests = Vec::new();
    for exercise in &report.exercises {
        for test in &exercise.tests {
            let message = (!test.passed).then(|| clean::cut(said(exercise, test), longest));
            tests.push(Test {
                name: test_name(report, exercise, test),
                status: match (test.passed, &exercise.verdict) {
                    (true, _) => "pass",
                    (false, Verdict::Ran | Verdict::NotHandedIn) => "fail",
                    (false, Verdict::NotTaken(_) | Verdict::DoesNotCompile(_)) => "error",
                },
                message: message.filter(|message| !message.is_empty()),
                test_code: format!("cargo course test {}", exercise.slug),
                filename: format!(
                    "exercises/{}/{}/tests/grade.rs",
                    exercise.part, exercise.slug
                ),
                line_no: 0,
                duration: std::time::Duration::from_millis(test.milliseconds).as_secs_f64(),
                score: test.points(),
            });
        }
    }
    Results {
        version: 1,
        status: if tests.iter().all(|test| test.status == "pass") {
            "pass"
        } else {
            "fail"
        },
        max_score: report.worth(),
        tests,
    }
}
