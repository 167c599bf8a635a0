//! Grades one submission after the other: builds it under the rules, and runs each of its tests in confinement.

use std::path::{Path, PathBuf};

use course::Failure;
use course::exercise::Exercise;

use crate::{Report, Submission};

/// Everything that is made once, before the first submission.
#[derive(Debug)]
pub struct Engine {
    root: PathBuf,
    exercises: Vec<Exercise>,
    jobs: usize,
}

impl Engine {
    /// Builds what all submissions share: the pristine exercises' dependencies, once for each job.
    ///
    /// # Errors
    /// This machine cannot grade: it refuses namespaces, or has no clippy, or the course does not compile.
    pub fn prepare(root: &Path, exercises: &[Exercise], jobs: usize) -> Result<Engine, Failure> {
        Ok(Engine {
            root: root.to_path_buf(),
            exercises: exercises.to_vec(),
            jobs,
        })
    }

    /// Grades one submission as the job of that number, counted from 0. Two submissions may be graded at the same
    /// time if their jobs differ.
    ///
    /// # Errors
    /// This machine cannot do it. What is wrong with the submission is in the report.
    pub fn grade(&self, submission: &Submission, job: usize) -> Result<Report, Failure> {
        Err(Failure::cannot(
            format!(
                "cannot grade {} as job {job} of {}: {} exercises in {}",
                submission.name,
                self.jobs,
                self.exercises.len(),
                self.root.display()
            ),
            "this build of the grader has no engine yet",
        ))
    }
}
