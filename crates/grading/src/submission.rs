//! What somebody handed in.

use std::collections::BTreeMap;
use std::path::PathBuf;

use course::place::Place;

/// The files below an exercise's `src`, by their path there. Nothing else is taken of a submission.
pub type Sources = BTreeMap<PathBuf, Vec<u8>>;

/// What somebody handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// What it is called in the reports: the name of its folder or archive.
    pub name: String,
    /// The exercises that are in it.
    pub exercises: BTreeMap<Place, Sources>,
}
