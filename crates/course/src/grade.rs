//! Runs the tests of an exercise, each in a process of its own.
//!
//! libtest prints one line per test, but a test can print such lines too, and a library that ends
//! the process ends its tests with it. So each test runs alone, under a time limit, and has passed
//! when its process succeeded and libtest's closing line counts one test.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::Failure;
use crate::bar::Bar;
use crate::cargo::grading_environment;
use crate::exercise::Exercise;
use crate::run::{End, Ended, run};

/// How long one test may take. Tests of the lab end themselves much earlier.
pub const TIME_LIMIT: Duration = Duration::from_secs(60);

/// How one test ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It passed.
    Passed,
    /// It did not pass, and this is what it printed.
    Failed(String),
}

impl Outcome {
    /// Whether the test passed.
    #[must_use]
    pub fn passed(&self) -> bool {
        *self == Outcome::Passed
    }
}

/// A test program that can be run with arguments: here, or elsewhere by whoever has another way.
pub trait TestProgram {
    /// Runs it with these arguments.
    ///
    /// # Errors
    /// The program does not run.
    fn run(&self, args: &[&str], limit: Duration) -> Result<Ended, Failure>;

    /// The names of all tests.
    ///
    /// # Errors
    /// The program does not run, or is no test program.
    fn tests(&self) -> Result<Vec<String>, Failure> {
        let listed = self.run(&["--list", "--format", "terse"], TIME_LIMIT)?;
        if !listed.success() {
            return Err(Failure::cannot(
                format!(
                    "the program of tests/grade.rs does not list its tests:\n{}",
                    listed.output
                ),
                "tests/grade.rs has ordinary #[test] functions and no harness of its own",
            ));
        }
        Ok(listed
            .output
            .lines()
            .filter_map(|line| line.strip_suffix(": test"))
            .map(str::to_owned)
            .collect())
    }

    /// Runs one test.
    ///
    /// # Errors
    /// The program does not run.
    fn test(&self, name: &str, limit: Duration) -> Result<Outcome, Failure> {
        let Ended { end, output } = self.run(&["--exact", name], limit)?;
        Ok(match end {
            End::Ended(status) if status.success() && counts_one_pass(&output) => Outcome::Passed,
            End::Ended(status) if status.success() => Outcome::Failed(format!(
                "{}\nThe process ended before the test did: something called `std::process::exit`, \
                 or the test is marked #[ignore].",
                output.trim_end()
            )),
            End::Ended(_) => Outcome::Failed(output),
            End::Stopped(limit) => Outcome::Failed(format!(
                "{}\nThe test {limit} and was stopped.",
                output.trim_end()
            )),
        })
    }
}

/// A test program and the folder of its package, in which cargo would run it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grade<'a> {
    /// The program that cargo built from `tests/grade.rs`.
    pub program: &'a Path,
    /// The package's folder.
    pub folder: &'a Path,
}

impl TestProgram for Grade<'_> {
    fn run(&self, args: &[&str], limit: Duration) -> Result<Ended, Failure> {
        let mut command = Command::new(self.program);
        grading_environment(&mut command);
        command
            .args(args)
            .current_dir(self.folder)
            .env("CARGO_MANIFEST_DIR", self.folder)
            // Where a program panics is said without a list of its callers.
            .env("RUST_BACKTRACE", "0");
        run(&mut command, limit)
    }
}

/// Whether libtest's closing line, the last that it prints, counts exactly one passed test.
fn counts_one_pass(output: &str) -> bool {
    output
        .lines()
        .rev()
        .find(|line| line.starts_with("test result: "))
        .is_some_and(|line| line.starts_with("test result: ok. 1 passed; 0 failed; 0 ignored;"))
}

/// The tests in the order of the manifest, which rises, and then those without points.
///
/// # Errors
/// The manifest gives points for something that is no test.
pub fn in_order(exercise: &Exercise, mut tests: Vec<String>) -> Result<Vec<String>, Failure> {
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

/// Does `work` for every item on as many threads as the machine has processors, and shows how far it is; results keep
/// the order.
pub fn parallel<T: Sync, R: Send>(items: &[T], bar: &Bar, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    bar.count(items.len());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    on_threads(items, threads, |item, _| {
        let result = work(item);
        bar.step();
        result
    })
}

/// Does `work` for every item on so many threads, each with its number, counted from 0; results keep the order.
pub fn on_threads<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T, usize) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(items.len()));
    std::thread::scope(|scope| {
        for thread in 0..threads.min(items.len()) {
            let (next, done, work) = (&next, &done, &work);
            scope.spawn(move || {
                while let Some((index, item)) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    items.get(index).map(|item| (index, item))
                } {
                    let result = work(item, thread);
                    done.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push((index, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_closing_line_counts() {
        let ok = "running 1 test\ntest a ... ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.00s\n";
        assert!(counts_one_pass(ok));
        assert!(!counts_one_pass("running 1 test\ntest a ... ok\n"));
        assert!(!counts_one_pass(&ok.replace("1 passed", "0 passed")));
        let lied = format!("{ok}test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured\n");
        assert!(!counts_one_pass(&lied));
    }

    #[test]
    fn parallel_results_keep_their_order() {
        let bar = Bar::start("doubling");
        let items: Vec<u32> = (0..100).collect();
        assert_eq!(
            parallel(&items, &bar, |item| item * 2),
            (0..100).map(|item| item * 2).collect::<Vec<_>>()
        );
        assert!(parallel::<u32, u32>(&[], &bar, |item| *item).is_empty());
    }
}
