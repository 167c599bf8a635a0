//! What grading a submission came to. Pure: reporters turn it into text, JSON and other forms.

use serde::{Deserialize, Serialize};

/// What grading one submission came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The submission's name.
    pub submission: String,
    /// Every exercise that was asked for, in the order of the book.
    pub exercises: Vec<ExerciseReport>,
}

/// What grading one exercise came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExerciseReport {
    /// The part: `handshake`.
    pub part: String,
    /// The exercise: `three-way-handshake`.
    pub slug: String,
    /// How far it came.
    pub verdict: Verdict,
    /// Each test in the order of the manifest. Whatever the verdict is, all are here: tests that did not run
    /// have not passed.
    pub tests: Vec<TestReport>,
}

/// How far an exercise came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "verdict", content = "why")]
pub enum Verdict {
    /// It is not in the submission.
    NotHandedIn,
    /// Its files cannot be taken: too many, too large, no UTF-8, a link, or without what the exercise gives.
    NotTaken(String),
    /// It does not compile, or uses what a graded exercise may not use. What the compiler said.
    DoesNotCompile(String),
    /// Its tests ran.
    Ran,
}

/// How one test ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestReport {
    /// Its name, a sentence about the protocol.
    pub name: String,
    /// What it is worth, in points.
    pub worth: u32,
    /// Whether it passed.
    pub passed: bool,
    /// What it said, if it did not pass; empty otherwise.
    pub said: String,
    /// How long it took, in milliseconds; 0 if it did not run. Information only: nothing depends on it.
    pub milliseconds: u64,
}

impl TestReport {
    /// The points that it earned.
    #[must_use]
    pub fn points(&self) -> u32 {
        if self.passed { self.worth } else { 0 }
    }
}

impl ExerciseReport {
    /// The points that it earned.
    #[must_use]
    pub fn points(&self) -> u32 {
        self.tests.iter().map(TestReport::points).sum()
    }

    /// The points that it is worth.
    #[must_use]
    pub fn worth(&self) -> u32 {
        self.tests.iter().map(|test| test.worth).sum()
    }
}

impl Report {
    /// The points that it earned.
    #[must_use]
    pub fn points(&self) -> u32 {
        self.exercises.iter().map(ExerciseReport::points).sum()
    }

    /// The points that it is worth.
    #[must_use]
    pub fn worth(&self) -> u32 {
        self.exercises.iter().map(ExerciseReport::worth).sum()
    }
}
