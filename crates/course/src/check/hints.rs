//! The hints of an exercise.

use std::path::Path;

use crate::Problem;
use crate::exercise::Exercise;
use crate::hint::{self, HINTS};

pub(super) fn problems(root: &Path, exercise: &Exercise) -> Vec<Problem> {
    let file = exercise.place.exercise().join("hints.md");
    let remedy = "three hints, each under a heading of its own (## ...): where to look, what to do, nearly the code";
    let text = match std::fs::read_to_string(root.join(&file)) {
        Ok(text) => text,
        Err(error) => {
            return vec![Problem::new(
                file,
                format!("cannot be read: {error}"),
                remedy,
            )];
        }
    };
    let mut problems = Vec::new();
    let hints = hint::parse(&text);
    if hints.len() != HINTS {
        problems.push(Problem::new(
            &file,
            format!("there are {} hints instead of {HINTS}", hints.len()),
            remedy,
        ));
    }
    for hint in hints.iter().filter(|hint| hint.text.trim().is_empty()) {
        problems.push(Problem::new(&file, "the hint is empty", remedy).at(hint.line));
    }
    problems
}
