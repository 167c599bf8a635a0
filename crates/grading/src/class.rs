//! Grades many submissions, several at a time, and goes on where an earlier run stopped.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use course::Failure;
use course::grade::on_threads;
use course::place::Place;

use crate::clean;
use crate::collect::Handed;
use crate::report::{Report, Verdict};
use crate::store::{Course, Store};
use crate::submission::Submission;
use crate::take::Wanted;

/// What is to be graded, and where the results go.
#[derive(Debug)]
pub struct Class<'a> {
    /// The submissions.
    pub handed: &'a [Handed],
    /// The exercises.
    pub wanted: &'a Wanted,
    /// What the grades depend on beside the submissions.
    pub course: &'a Course,
    /// Where the reports are kept.
    pub store: &'a Store,
    /// How many are graded at the same time.
    pub jobs: usize,
    /// Whether reports are made again that are there and still fit.
    pub again: bool,
}

impl Class<'_> {
    /// The report of each submission, in their order; each is kept and written in every form as soon as it is there.
    ///
    /// `prepare` gives what grades a submission as one of the jobs, counted from 0. It is not called if every report is
    /// there already. `progress` gets a line for each submission.
    ///
    /// # Errors
    /// The machine cannot grade, or results cannot be written. What was finished before is kept.
    pub fn grade<G>(
        &self,
        prepare: impl FnOnce() -> Result<G, Failure>,
        progress: impl Fn(&str) + Sync,
    ) -> Result<Vec<Report>, Failure>
    where
        G: Fn(&Submission, usize) -> Result<Report, Failure> + Sync,
    {
        let mut reports: BTreeMap<usize, Report> = BTreeMap::new();
        let mut open = Vec::new();
        let done = AtomicUsize::new(0);
        let line = |report: &Report, note: &str| {
            let number = done.fetch_add(1, Ordering::Relaxed) + 1;
            let mut exercises = report.exercises.iter();
            let nothing = exercises.all(|exercise| exercise.verdict == Verdict::NotHandedIn);
            let found = if nothing {
                ": none of the exercises is in it"
            } else {
                ""
            };
            progress(&format!(
                "[{number}/{}] {}: {} / {}{found}{note}",
                self.handed.len(),
                report.submission,
                report.points(),
                report.worth()
            ));
        };
        for (index, handed) in self.handed.iter().enumerate() {
            match self.known(handed) {
                Some(report) => {
                    self.store.write_submission(&report)?;
                    line(&report, " (was there)");
                    reports.insert(index, report);
                }
                None => open.push((index, handed)),
            }
        }
        if !open.is_empty() {
            let grade = prepare()?;
            // After a failure nothing new is begun.
            let stopped = AtomicBool::new(false);
            let made = on_threads(&open, self.jobs, |(index, handed), job| {
                if stopped.load(Ordering::Relaxed) {
                    return None;
                }
                let report = self.make(handed, |submission| grade(submission, job));
                match &report {
                    Ok(report) => line(report, ""),
                    Err(_) => stopped.store(true, Ordering::Relaxed),
                }
                Some(report.map(|report| (*index, report)))
            });
            let made: Vec<_> = made.into_iter().flatten().collect::<Result<_, Failure>>()?;
            reports.extend(made);
        }
        Ok(reports.into_values().collect())
    }

    fn known(&self, handed: &Handed) -> Option<Report> {
        if self.again {
            return None;
        }
        let fingerprint = self.course.fingerprint(&handed.take(self.wanted));
        self.store.known(&handed.name, &fingerprint)
    }

    fn make(
        &self,
        handed: &Handed,
        grade: impl FnOnce(&Submission) -> Result<Report, Failure>,
    ) -> Result<Report, Failure> {
        let taken = handed.take(self.wanted);
        let fingerprint = self.course.fingerprint(&taken);
        let report = grade(&Submission {
            name: handed.name.clone(),
            exercises: taken.sources,
        })?;
        let report = clean::report(with_refusals(report, &taken.refused));
        self.store.keep(&report, &fingerprint)?;
        self.store.write_submission(&report)?;
        Ok(report)
    }
}

/// The report, with the reasons why exercises were not taken: what grades a submission sees only those that were.
fn with_refusals(mut report: Report, refused: &BTreeMap<Place, String>) -> Report {
    for exercise in &mut report.exercises {
        let place = Place::new(&*exercise.part, &*exercise.slug);
        if let Some(why) = refused.get(&place) {
            exercise.verdict = Verdict::NotTaken(why.clone());
        }
    }
    report
}
