//! The hints of an exercise.

use std::path::Path;

use crate::Problem;
use crate::exercise::Exercise;

/// How many hints there are: where to look, what to do, and nearly the code.
const HINTS: usize = 3;

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
    let hints = hints(&text);
    if hints.len() != HINTS {
        problems.push(Problem::new(
            &file,
            format!("there are {} hints instead of {HINTS}", hints.len()),
            remedy,
        ));
    }
    for (line, _) in hints.iter().filter(|(_, body)| body.trim().is_empty()) {
        problems.push(Problem::new(&file, "the hint is empty", remedy).at(*line));
    }
    problems
}

/// Each hint: the line of its heading, and its text.
fn hints(text: &str) -> Vec<(usize, String)> {
    let mut hints: Vec<(usize, String)> = Vec::new();
    let mut in_code = false;
    for (index, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            in_code = !in_code;
        }
        if !in_code && line.starts_with("## ") {
            hints.push((index + 1, String::new()));
        } else if let Some((_, body)) = hints.last_mut() {
            body.push_str(line);
            body.push('\n');
        }
    }
    hints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_is_a_heading_and_what_follows() {
        let found = hints(
            "# Hints\n\n## Look at\nthe figure\n## Then\n```\n## no hint\n```\n## Nearly the code\n",
        );
        let lines: Vec<(usize, bool)> = found
            .iter()
            .map(|(line, body)| (*line, body.trim().is_empty()))
            .collect();
        assert_eq!(lines, [(3, false), (5, false), (9, true)]);
    }
}
