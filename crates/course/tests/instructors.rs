//! What instructors use to publish and to grade: that it fits this course, and that its scripts do what they say.
//!
//! The scripts are run with a `cargo` that only notes how it was called: what grading does is tested where it is done.
//! Their language, and the form of the workflows, is checked by `.ci/instructors/run`.
#![cfg(target_os = "linux")]

#[path = "instructors/class.rs"]
mod class;
#[path = "instructors/fits.rs"]
mod fits;
#[path = "instructors/gradescope.rs"]
mod gradescope;
#[path = "instructors/scratch.rs"]
mod scratch;
