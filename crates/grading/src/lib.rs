//! Grading what readers have handed in.
//!
//! A [`Submission`] is what somebody handed in: the files below `src/` of each exercise, and nothing else of
//! theirs. Each is built and tested with the course's own tests in a process that reaches nothing but its own
//! files. What came out is a [`Report`], which the reporters write in the forms that people and programs read.
//!
//! # Two walls
//!
//! Code that is graded stands before two walls, and each is tested without the other. In front of them, [`given`] sees
//! that the types by which the tests compare are still those of the exercise.
//!
//! 1. **Rules** (`rules`, `rules/clippy.toml`) keep code from giving itself points. The tests run in one process with
//!    it, so what could end that process, replace it, or write to what it has open is refused by the compiler itself.
//!    `tests/hostile.rs` tries ways around them, and proves that every solution of the course keeps them. A crate that
//!    an exercise newly depends on, and a function that the standard library newly has, may belong on the list: look for
//!    what is safe to call and opens a file, starts a program, or ends the process.
//! 2. **Confinement** ([`confine`]) keeps code from everything else: the network, other submissions, the grader's files,
//!    the machine's memory. It holds for the compiler as well as for the tests, and it does not trust the rules.
//!    `tests/confine.rs` tries it with shells.
//!
//! # The way of a submission
//!
//! [`Engine::prepare`] writes the pristine exercises into a workspace of their own (`workspace`), lets cargo build what
//! they depend on, and records how cargo would call the compiler for them (`record`). [`Engine::grade`] makes these calls
//! for the submission's code, confined and under the rules, and then runs each test in a process of its own, confined
//! again. So cargo never sees a submission, and nothing that one leaves is there for the next.
//!
//! # What the walls do not do
//!
//! - The memory of a confined program is limited for each process, and their number is limited; their sum is not, because
//!   that takes a control group, which an ordinary user may not make everywhere. When the machine's memory runs out, the
//!   kernel takes it from the confined program first.
//! - The compiler and the kernel are trusted to be without holes.

pub mod class;
pub mod clean;
pub mod cli;
pub mod collect;
pub mod confine;
pub mod engine;
pub mod folder;
pub mod given;
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
