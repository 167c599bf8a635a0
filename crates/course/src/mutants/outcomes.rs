//! What cargo-mutants wrote down.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::line_of;
use crate::Failure;

/// What became of one mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    /// The file that was changed, relative to the root.
    pub(super) file: PathBuf,
    /// The line of the change, counted from 1.
    pub(super) line: usize,
    /// What that line says in the solution.
    pub(super) text: String,
    /// `replace | with ^ in cookie`
    pub(super) change: String,
    pub(super) end: End,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// A test failed, or did not end.
    Noticed,
    /// Every test passed.
    Unnoticed,
    /// It does not compile, so it is no answer to anything.
    Impossible,
}

/// The parts of outcomes.json that are looked at.
#[derive(Deserialize)]
struct Written {
    outcomes: Vec<WrittenOutcome>,
    total_mutants: usize,
}

#[derive(Deserialize)]
struct WrittenOutcome {
    scenario: Scenario,
    summary: String,
}

#[derive(Deserialize)]
enum Scenario {
    Baseline,
    Mutant(Mutant),
}

#[derive(Deserialize)]
struct Mutant {
    name: String,
    file: PathBuf,
    span: Span,
}

#[derive(Deserialize)]
struct Span {
    start: Position,
}

#[derive(Deserialize)]
struct Position {
    line: usize,
}

/// Reads `outcomes.json` of a run over the course at `root`.
///
/// # Errors
/// It cannot be read, does not have every mutant, or says of one what we do not know.
pub(super) fn read(root: &Path, file: &Path) -> Result<Vec<Outcome>, Failure> {
    let failed = |what: String| {
        Failure::cannot(
            format!("{}: {what}", file.display()),
            "run this again; it takes a few minutes",
        )
    };
    let text = std::fs::read_to_string(file)
        .map_err(|error| failed(format!("cannot be read: {error}")))?;
    let written: Written = serde_json::from_str(&text)
        .map_err(|error| failed(format!("is not what cargo-mutants writes: {error}")))?;
    let mut outcomes = Vec::new();
    for outcome in written.outcomes {
        let Scenario::Mutant(mutant) = outcome.scenario else {
            continue;
        };
        let end = match outcome.summary.as_str() {
            "CaughtMutant" | "Timeout" => End::Noticed,
            "MissedMutant" => End::Unnoticed,
            "Unviable" => End::Impossible,
            other => return Err(failed(format!("says `{other}` of {}", mutant.name))),
        };
        let line = mutant.span.start.line;
        let text = line_of(root, &mutant.file, line)
            .ok_or_else(|| failed(format!("{} has no line {line}", mutant.file.display())))?;
        outcomes.push(Outcome {
            line,
            text,
            change: change(&mutant.name).to_owned(),
            file: mutant.file,
            end,
        });
    }
    if outcomes.len() != written.total_mutants {
        return Err(failed(format!(
            "has {} of {} mutants",
            outcomes.len(),
            written.total_mutants
        )));
    }
    Ok(outcomes)
}

/// What a mutant's name says behind `FILE:LINE:COLUMN: `.
fn change(name: &str) -> &str {
    name.split_once(": ").map_or(name, |(_, change)| change)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("lib.rs"), "one\n    two\n").unwrap();
        root
    }

    fn read_text(text: &str) -> Result<Vec<Outcome>, String> {
        let root = course();
        let file = root.path().join("outcomes.json");
        std::fs::write(&file, text).unwrap();
        read(root.path(), &file).map_err(|failure| failure.to_string())
    }

    fn outcomes(summary: &str, total: usize) -> String {
        format!(
            r#"{{"outcomes": [
                {{"scenario": "Baseline", "summary": "Success"}},
                {{"scenario": {{"Mutant": {{"name": "lib.rs:2:5: replace | with ^ in add", "file": "lib.rs",
                    "span": {{"start": {{"line": 2, "column": 5}}}}}}}}, "summary": "{summary}"}}
            ], "total_mutants": {total}}}"#
        )
    }

    #[test]
    fn a_mutant_is_read_with_the_line_that_it_changes() {
        for (summary, end) in [
            ("CaughtMutant", End::Noticed),
            ("Timeout", End::Noticed),
            ("MissedMutant", End::Unnoticed),
            ("Unviable", End::Impossible),
        ] {
            let expected = Outcome {
                file: "lib.rs".into(),
                line: 2,
                text: "two".to_owned(),
                change: "replace | with ^ in add".to_owned(),
                end,
            };
            assert_eq!(read_text(&outcomes(summary, 1)), Ok(vec![expected]));
        }
    }

    #[test]
    fn what_is_not_understood_is_no_success() {
        for (text, what) in [
            (outcomes("CaughtMutant", 2), "has 1 of 2 mutants"),
            (outcomes("Success", 1), "says `Success` of lib.rs:2:5"),
            (
                outcomes("Timeout", 1).replace("2, ", "9, "),
                "lib.rs has no line 9",
            ),
            ("{}".to_owned(), "is not what cargo-mutants writes"),
        ] {
            let failure = read_text(&text).unwrap_err();
            assert!(failure.contains(what), "{failure}");
        }
    }
}
