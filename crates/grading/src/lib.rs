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
pub mod given;
pub mod report;
pub mod reporters;
pub mod shard;
pub mod store;
pub mod submission;
pub mod take;
pub mod tree;

pub use engine::Engine;
pub use report::{ExerciseReport, Report, TestReport, Verdict};
pub use submission::{Sources, Submission};
