//! How many mutants of a solution its tests notice.

use super::equivalent::{Equivalent, FILE};
use super::outcomes::{End, Outcome};
use crate::Problem;
use crate::place::Place;
use crate::table::{Align, Table};

/// One exercise's mutants, counted. Those that do not compile are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Score {
    exercise: String,
    noticed: usize,
    unnoticed: usize,
    equivalent: usize,
}

impl Score {
    /// Counts them, and lists what is wrong: mutants that are not noticed, and entries of `mutants.toml` for what is.
    pub(super) fn of<'a>(
        place: &Place,
        outcomes: impl Iterator<Item = &'a Outcome>,
        equivalents: &[Equivalent],
    ) -> (Score, Vec<Problem>) {
        let list = place.solution().join(FILE);
        let mut score = Score {
            exercise: place.to_string(),
            noticed: 0,
            unnoticed: 0,
            equivalent: 0,
        };
        let mut problems = Vec::new();
        let mut used = vec![false; equivalents.len()];
        for outcome in outcomes {
            match outcome.end {
                End::Impossible => {}
                End::Noticed => score.noticed += 1,
                End::Unnoticed => match equivalents.iter().position(|entry| entry.is(outcome)) {
                    Some(entry) => {
                        used[entry] = true;
                        score.equivalent += 1;
                    }
                    None => {
                        score.unnoticed += 1;
                        problems.push(unnoticed(outcome, &list.display().to_string()));
                    }
                },
            }
        }
        let stale = equivalents.iter().zip(used).filter(|(_, used)| !used);
        problems.extend(stale.map(|(entry, _)| {
            Problem::new(
                &list,
                format!(
                    "`{}` in `{}` is noticed, or is no mutant",
                    entry.change, entry.line
                ),
                "remove the entry, or write its change and its line as this command prints them",
            )
        }));
        (score, problems)
    }

    /// Of the mutants that make a difference, how many are noticed: `97.5 %`.
    fn percent(&self) -> String {
        let all = self.noticed + self.unnoticed;
        if all == 0 {
            return "-".to_owned();
        }
        // Rounded down, so that 100 means all.
        let tenths = self.noticed * 1000 / all;
        format!("{}.{} %", tenths / 10, tenths % 10)
    }
}

fn unnoticed(outcome: &Outcome, list: &str) -> Problem {
    let Outcome { change, text, .. } = outcome;
    Problem::new(
        &outcome.file,
        format!("every test passes with this change: {change}\nthe line is: {text}"),
        format!("add a graded test that fails with it; if nobody can see a difference, say why in {list}"),
    )
    .at(outcome.line)
}

/// A row for each exercise, and their sum.
pub(super) fn table(scores: &[Score]) -> Table {
    let mut table = Table::new(&[
        Align::Left,
        Align::Right,
        Align::Right,
        Align::Right,
        Align::Right,
    ]);
    table.row([
        "exercise",
        "noticed",
        "not noticed",
        "no difference",
        "score",
    ]);
    let sum = |of: fn(&Score) -> usize| scores.iter().map(of).sum();
    let all = Score {
        exercise: "all".to_owned(),
        noticed: sum(|score| score.noticed),
        unnoticed: sum(|score| score.unnoticed),
        equivalent: sum(|score| score.equivalent),
    };
    let sum = (scores.len() > 1).then_some(&all);
    for score in scores.iter().chain(sum) {
        table.row([
            score.exercise.clone(),
            score.noticed.to_string(),
            score.unnoticed.to_string(),
            score.equivalent.to_string(),
            score.percent(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(line: usize, end: End) -> Outcome {
        Outcome {
            file: "solutions/numbers/add/src/lib.rs".into(),
            line,
            text: format!("line {line}"),
            change: "replace + with *".to_owned(),
            end,
        }
    }

    fn entry(line: usize) -> Equivalent {
        Equivalent {
            change: "replace + with *".to_owned(),
            line: format!("line {line}"),
            why: "two and two".to_owned(),
        }
    }

    fn score(outcomes: &[Outcome], entries: &[Equivalent]) -> (Score, Vec<String>) {
        let place = Place::new("numbers", "add");
        let (score, problems) = Score::of(&place, outcomes.iter(), entries);
        (score, problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_is_not_noticed_is_told_with_its_line() {
        let outcomes = [
            outcome(1, End::Noticed),
            outcome(2, End::Unnoticed),
            outcome(3, End::Impossible),
        ];
        let (score, problems) = score(&outcomes, &[]);
        assert_eq!(
            (score.noticed, score.unnoticed, score.equivalent),
            (1, 1, 0)
        );
        let [problem] = &problems[..] else {
            panic!("{problems:?}")
        };
        assert!(
            problem.starts_with(
                "solutions/numbers/add/src/lib.rs:2: every test passes with this change: replace + with *"
            ),
            "{problem}"
        );
    }

    #[test]
    fn what_makes_no_difference_is_not_counted_against_the_tests() {
        let outcomes = [outcome(1, End::Noticed), outcome(2, End::Unnoticed)];
        let (score, problems) = score(&outcomes, &[entry(2)]);
        assert_eq!(problems, [""; 0]);
        assert_eq!(score.percent(), "100.0 %");
    }

    #[test]
    fn an_entry_for_a_mutant_that_is_noticed_is_wrong() {
        let (_, problems) = score(&[outcome(1, End::Noticed)], &[entry(1)]);
        let [problem] = &problems[..] else {
            panic!("{problems:?}")
        };
        assert!(
            problem.contains("mutants.toml: `replace + with *` in `line 1` is noticed"),
            "{problem}"
        );
    }

    #[test]
    fn the_table_ends_with_the_sum() {
        let (one, _) = score(
            &[
                outcome(1, End::Noticed),
                outcome(2, End::Noticed),
                outcome(3, End::Unnoticed),
            ],
            &[],
        );
        let (none, _) = score(&[], &[]);
        assert_eq!(
            table(&[one, none]).to_string(),
            [
                "  exercise     noticed  not noticed  no difference   score\n",
                "  numbers/add        2            1              0  66.6 %\n",
                "  numbers/add        0            0              0       -\n",
                "  all                2            1              0  66.6 %\n",
            ]
            .concat()
        );
    }
}
