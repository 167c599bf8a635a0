//! What the reader has done: `.course/progress.toml`, from text to text.
//!
//! The file is the reader's own, and may come from an older or a newer course. So it is kept as the
//! table that it is, and only what this course knows of it is read and set.

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::Problem;
use crate::exercise::Exercise;

/// The file, relative to the root of the course.
pub const FILE: &str = ".course/progress.toml";

const HEADER: &str =
    "# What you have done so far. README.md beside this file says what may be edited.\n\n";

/// What the reader has done in all exercises.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    table: Table,
}

/// What the reader has done in one exercise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Entry {
    /// The points of the best run.
    pub points: u32,
    /// The tests that passed in it.
    pub passed: Vec<String>,
    /// How many hints were given.
    pub hints: usize,
    /// Whether all tests passed in one run.
    pub solved: bool,
    /// Whether the solution was shown before.
    pub given_up: bool,
}

/// How far the reader is with an exercise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is known of it.
    Untouched,
    /// Tested, or a hint was taken.
    Begun,
    /// The solution was shown, and it is not solved.
    GivenUp,
    /// All tests passed.
    Solved,
}

impl Standing {
    /// One word or two; none for an exercise that is untouched.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Standing::Untouched => "",
            Standing::Begun => "begun",
            Standing::GivenUp => "given up",
            Standing::Solved => "solved",
        }
    }
}

/// What is read of the file; other keys are nobody's business.
#[derive(Deserialize)]
struct Known {
    #[serde(default, rename = "exercise")]
    _exercise: std::collections::BTreeMap<String, Entry>,
}

impl Progress {
    /// Reads the text of the file.
    ///
    /// # Errors
    /// Text that is no TOML, or has a known key with another kind of value.
    pub fn parse(text: &str) -> Result<Progress, Problem> {
        toml::from_str::<Known>(text)
            .and_then(|_| toml::from_str(text))
            .map(|table| Progress { table })
            .map_err(|error| {
                let line = error
                    .span()
                    .map(|span| text[..span.start].matches('\n').count() + 1);
                let problem = Problem::new(FILE, error.message().trim(), REMEDY);
                Problem { line, ..problem }
            })
    }

    /// The text of the file: everything that was read, with what has been set since.
    #[must_use]
    pub fn text(&self) -> String {
        let Ok(table) = toml::to_string_pretty(&self.table) else {
            unreachable!("a table is TOML")
        };
        format!("{HEADER}{table}")
    }

    /// What is known of the exercise of that slug.
    #[must_use]
    pub fn entry(&self, slug: &str) -> Entry {
        self.value(slug)
            .and_then(|value| value.clone().try_into().ok())
            .unwrap_or_default()
    }

    /// How far the reader is with the exercise of that slug.
    #[must_use]
    pub fn standing(&self, slug: &str) -> Standing {
        let entry = self.entry(slug);
        match self.value(slug) {
            None => Standing::Untouched,
            Some(_) if entry.solved => Standing::Solved,
            Some(_) if entry.given_up => Standing::GivenUp,
            Some(_) => Standing::Begun,
        }
    }

    /// The points that the reader has in an exercise, at what its tests are worth today.
    #[must_use]
    pub fn earned(&self, exercise: &Exercise) -> u32 {
        let entry = self.entry(&exercise.place.slug);
        if entry.solved {
            return exercise.meta.total();
        }
        entry.points.min(exercise.meta.total())
    }

    /// Notes a run of an exercise's tests. A run that is worse than an earlier one changes nothing.
    pub fn tested(&mut self, exercise: &Exercise, passed: &[String], solved: bool) {
        self.change(&exercise.place.slug, |entry| {
            let points = passed.iter().map(|test| exercise.meta.worth(test)).sum();
            if solved || (!entry.solved && points >= entry.points) {
                entry.points = points;
                entry.passed = passed.to_vec();
            }
            entry.solved |= solved;
        });
    }

    /// Changes what is known of the exercise of that slug; keys that this course does not know stay.
    pub fn change(&mut self, slug: &str, change: impl FnOnce(&mut Entry)) {
        let mut entry = self.entry(slug);
        change(&mut entry);
        let Ok(known) = Table::try_from(entry) else {
            unreachable!("an entry is a table")
        };
        let exercises = self.exercises();
        match exercises.get_mut(slug) {
            Some(Value::Table(table)) => table.extend(known),
            _ => drop(exercises.insert(slug.to_owned(), known.into())),
        }
    }

    /// Moves what stands under a former slug of an exercise to the slug of today.
    pub fn follow_renames(&mut self, exercises: &[Exercise]) {
        for exercise in exercises {
            let slug = &exercise.place.slug;
            for old in &exercise.meta.formerly {
                let still_there = exercises.iter().any(|other| other.place.slug == *old);
                if self.value(slug).is_none()
                    && !still_there
                    && let Some(value) = self.exercises().remove(old)
                {
                    self.exercises().insert(slug.clone(), value);
                }
            }
        }
    }

    fn value(&self, slug: &str) -> Option<&Value> {
        self.table.get("exercise")?.get(slug)
    }

    fn exercises(&mut self) -> &mut Table {
        let value = self
            .table
            .entry("exercise")
            .or_insert_with(|| Table::new().into());
        match value {
            Value::Table(table) => table,
            _ => unreachable!("parse() has seen that it is a table"),
        }
    }
}

/// What helps when the file cannot be used.
pub(crate) const REMEDY: &str = "mend it (.course/README.md describes it), or move it away: then `cargo course test` \
                                 counts anew what you have solved. Nothing was written";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exercise::Meta;
    use crate::place::Place;

    fn exercise(slug: &str, formerly: &[&str]) -> Exercise {
        Exercise {
            place: Place::new("numbers", slug),
            description: String::new(),
            lib: String::new(),
            meta: Meta {
                chapter: String::new(),
                trains: String::new(),
                minutes: 1,
                prerequisites: Vec::new(),
                solved: String::new(),
                formerly: formerly.iter().map(|&old| old.to_owned()).collect(),
                points: vec![("one".to_owned(), 2), ("two".to_owned(), 3)],
            },
        }
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut progress = Progress::default();
        assert_eq!(progress.standing("add"), Standing::Untouched);
        progress.tested(&exercise("add", &[]), &names(&["one"]), false);
        progress.change("sub", |entry| entry.given_up = true);
        let text = progress.text();
        assert!(text.contains("[exercise.add]\npoints = 2\n"), "{text}");
        let again = Progress::parse(&text).unwrap();
        assert_eq!(again, progress);
        assert_eq!(again.standing("add"), Standing::Begun);
        assert_eq!(again.standing("sub"), Standing::GivenUp);
        assert_eq!(again.text(), text);
    }

    #[test]
    fn the_best_run_counts() {
        let add = exercise("add", &[]);
        let mut progress = Progress::default();
        progress.tested(&add, &names(&["two"]), false);
        progress.tested(&add, &names(&["one"]), false);
        assert_eq!(progress.entry("add").passed, ["two"]);
        assert_eq!(progress.earned(&add), 3);
        progress.tested(&add, &names(&["one", "two"]), true);
        progress.tested(&add, &[], false);
        let entry = progress.entry("add");
        assert!(entry.solved);
        assert_eq!((entry.points, entry.passed.len()), (5, 2));
    }

    #[test]
    fn points_are_never_more_than_the_tests_are_worth_today() {
        let text = "[exercise.add]\npoints = 9\n[exercise.sub]\nsolved = true\npoints = 1\n";
        let progress = Progress::parse(text).unwrap();
        assert_eq!(progress.earned(&exercise("add", &[])), 5);
        assert_eq!(progress.earned(&exercise("sub", &[])), 5);
        assert_eq!(progress.earned(&exercise("mul", &[])), 0);
    }

    #[test]
    fn what_this_course_does_not_know_is_kept() {
        let text = "since = 2031\n[exercise.add]\nmood = \"fine\"\n[exercise.add.days]\nfirst = 1\n[exercise.gone]\nsolved = true\n[notes]\nfirst = [1, 2]\n";
        let mut progress = Progress::parse(text).unwrap();
        progress.change("add", |entry| entry.hints += 1);
        let table: Table = toml::from_str(&progress.text()).unwrap();
        assert_eq!(table["since"].as_integer(), Some(2031));
        assert_eq!(table["exercise"]["add"]["mood"].as_str(), Some("fine"));
        assert_eq!(table["exercise"]["add"]["hints"].as_integer(), Some(1));
        assert_eq!(
            table["exercise"]["add"]["days"]["first"].as_integer(),
            Some(1)
        );
        assert_eq!(table["exercise"]["gone"]["solved"].as_bool(), Some(true));
        assert_eq!(table["notes"]["first"][1].as_integer(), Some(2));
    }

    #[test]
    fn an_entry_follows_its_exercise_to_a_new_name() {
        let text = "[exercise.plus]\nsolved = true\ncolour = 1\n";
        let mut progress = Progress::parse(text).unwrap();
        progress.follow_renames(&[exercise("add", &["sum", "plus"])]);
        assert_eq!(progress.standing("add"), Standing::Solved);
        assert!(!progress.text().contains("plus"));
        assert!(progress.text().contains("colour = 1"));
    }

    #[test]
    fn an_entry_stays_where_its_exercise_or_a_newer_entry_is() {
        let text = "[exercise.plus]\nsolved = true\n";
        let mut progress = Progress::parse(text).unwrap();
        progress.follow_renames(&[exercise("add", &["plus"]), exercise("plus", &[])]);
        assert_eq!(progress.standing("add"), Standing::Untouched);

        let text = "[exercise.plus]\nsolved = true\n[exercise.add]\nhints = 1\n";
        let mut progress = Progress::parse(text).unwrap();
        progress.follow_renames(&[exercise("add", &["plus"])]);
        assert_eq!(progress.standing("add"), Standing::Begun);
        assert_eq!(progress.standing("plus"), Standing::Solved);
    }

    #[test]
    fn a_file_that_is_wrong_is_refused_at_its_line() {
        let wrong = |text: &str| Progress::parse(text).unwrap_err();
        assert_eq!(wrong("[exercise.add]\nhints = \n").line, Some(2));
        let problem = wrong("[exercise.add]\nhints = 1\nsolved = \"yes\"\n");
        assert_eq!(problem.line, Some(3));
        assert!(problem.to_string().starts_with(".course/progress.toml:3: "));
        assert_eq!(wrong("exercise = 3\n").line, Some(1));
        assert_eq!(wrong("[exercise]\nadd = 3\n").line, Some(2));
        assert_eq!(wrong("[exercise.add]\npoints = -1\n").line, Some(2));
    }
}
