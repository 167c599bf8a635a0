//! Grading what readers have handed in.
//!
//! A [`Submission`] is what somebody handed in: the files below `src/` of each exercise, and nothing else of
//! theirs. Each is built and tested with the course's own tests in a process that reaches nothing but its own
//! files. What came out is a [`Report`], which the reporters write in the forms that people and programs read.

pub mod class;
pub mod clean;
pub mod cli;
pub mod collect;
pub mod confine;
pub mod engine;
pub mod folder;
mod record;
pub mod report;
pub mod reporters;
mod rules;
pub mod shard;
pub mod store;
pub mod submission;
pub mod take;
pub mod tree;
mod workspace;

pub use engine::{Engine, Uses};
pub use report::{ExerciseReport, Report, TestReport, Verdict};
pub use submission::{Sources, Submission};

/// The first thing that `main` does, before it reads any argument. The grader starts itself again to confine programs
/// ([`confine`]), and cargo starts it in the compiler's place: if this process is one of those, it has done its work here and
/// ends with the code that is returned.
#[must_use]
pub fn stage() -> Option<std::process::ExitCode> {
    record::stage().or_else(confine::stage)
}
