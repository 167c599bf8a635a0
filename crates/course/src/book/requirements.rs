//! The numbered requirements of RFC 9293, and what of the course shows each (`book/requirements.toml`).
//!
//! ```toml
//! [[requirement]]
//! id = "MUST-6"                        # as the text of the RFC numbers it: MUST-n, SHLD-n, MAY-n, REC-n
//! sections = ["3.1"]                   # where its number stands; under the first one it is listed
//! level = "MUST"                       # the text's own word
//! asks = "What is required, in our own words."
//! recordings = ["a-length-of-zero"]    # shown by figures of these recordings
//! exercises = ["options"]              # and checked by the tests of these exercises
//! seen = "What to look at there."
//! differs = "What Linux does otherwise."
//! not_shown = "Why not."               # instead of recordings, exercises and seen
//! ```

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::rfc::{self, Citation};
use super::scan::line_of;
use crate::Problem;

/// The RFC whose requirements these are.
const RFC: &str = "9293";

/// The kinds of requirements: how a number begins, the word for it, and its opposite.
pub(super) const KINDS: [(&str, &str, &str); 4] = [
    ("MUST", "MUST", "MUST NOT"),
    ("SHLD", "SHOULD", "SHOULD NOT"),
    ("MAY", "MAY", "MAY"),
    ("REC", "RECOMMENDED", "NOT RECOMMENDED"),
];

/// A numbered requirement.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the module's example explains the keys")]
pub(super) struct Requirement {
    pub(super) id: String,
    pub(super) sections: Vec<Citation>,
    pub(super) level: String,
    pub(super) asks: String,
    pub(super) recordings: Vec<Named>,
    pub(super) exercises: Vec<Named>,
    pub(super) seen: String,
    pub(super) differs: String,
    pub(super) not_shown: String,
}

/// What a row names, and the line on which it does.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) line: usize,
}

impl Requirement {
    /// Whether a reader can see it obeyed, or a test checks it.
    pub(super) fn is_shown(&self) -> bool {
        !(self.recordings.is_empty() && self.exercises.is_empty())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    requirement: Vec<Row>,
}

/// A row before its values are checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: Spanned<String>,
    sections: Spanned<Vec<Spanned<String>>>,
    level: Spanned<String>,
    asks: String,
    #[serde(default)]
    recordings: Vec<Spanned<String>>,
    #[serde(default)]
    exercises: Vec<Spanned<String>>,
    #[serde(default)]
    seen: String,
    #[serde(default)]
    differs: String,
    #[serde(default)]
    not_shown: String,
}

/// Reads the text of the list; `file` is what problems name. Rows without problems are returned beside them.
pub(super) fn parse(text: &str, file: &Path) -> (Vec<Requirement>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut wrong = |offset: usize, (what, remedy): (String, String)| {
        problems.push(Problem::new(file, what, remedy).at(line_of(text, offset)));
    };
    let rows = match toml::from_str::<File>(text) {
        Ok(found) => found.requirement,
        Err(error) => {
            let remedy = "a row has id, sections, level and asks; recordings, exercises and seen, or not_shown; and differs, \
                          where Linux does";
            wrong(
                error.span().map_or(0, |span| span.start),
                (error.message().to_owned(), remedy.to_owned()),
            );
            Vec::new()
        }
    };
    let mut lines: HashMap<String, usize> = HashMap::new();
    let mut requirements = Vec::new();
    for row in rows {
        let start = row.id.span().start;
        let id = row.id.get_ref();
        let mut good = true;
        let mut check = |offset: usize, found: Option<(String, String)>| {
            if let Some(found) = found {
                good = false;
                wrong(offset, found);
            }
        };
        let first = lines.insert(id.clone(), line_of(text, start));
        check(
            start,
            first.map(|line| {
                (
                    format!("`{id}` is already the id of the row in line {line}"),
                    "each number of the RFC has one row: put both into one".to_owned(),
                )
            }),
        );
        check(start, bad_id(id));
        check(row.level.span().start, bad_level(id, row.level.get_ref()));
        if row.sections.get_ref().is_empty() {
            let remedy = "name the section in which the number stands".to_owned();
            check(
                row.sections.span().start,
                Some(("`sections` is empty".to_owned(), remedy)),
            );
        }
        let mut sections = Vec::new();
        for section in row.sections.get_ref() {
            match rfc::cite(RFC, section.get_ref()) {
                Ok(citation) => sections.push(citation),
                Err(unknown) => check(section.span().start, Some((unknown.what, unknown.remedy))),
            }
        }
        check(start, contradiction(&row));
        let named = |names: &[Spanned<String>]| {
            let named = names.iter().map(|name| Named {
                name: name.get_ref().clone(),
                line: line_of(text, name.span().start),
            });
            named.collect::<Vec<Named>>()
        };
        if good {
            requirements.push(Requirement {
                sections,
                recordings: named(&row.recordings),
                exercises: named(&row.exercises),
                id: row.id.into_inner(),
                level: row.level.into_inner(),
                asks: row.asks,
                seen: row.seen,
                differs: row.differs,
                not_shown: row.not_shown,
            });
        }
    }
    (requirements, problems)
}

/// The kind of a number: `MUST` of `MUST-6`.
pub(super) fn kind(id: &str) -> &str {
    id.split('-').next().unwrap_or(id)
}

fn bad_id(id: &str) -> Option<(String, String)> {
    let good = id.split_once('-').is_some_and(|(kind, number)| {
        KINDS.iter().any(|(known, ..)| *known == kind) && number.parse::<u16>().is_ok()
    });
    (!good).then(|| {
        let remedy = "the RFC numbers them MUST-1, SHLD-1, MAY-1 and REC-1".to_owned();
        (format!("`{id}` is no number of a requirement"), remedy)
    })
}

fn bad_level(id: &str, level: &str) -> Option<(String, String)> {
    let (_, word, not) = KINDS.into_iter().find(|(known, ..)| *known == kind(id))?;
    (level != word && level != not).then(|| {
        (
            format!("the level `{level}` does not go with {id}"),
            format!("it is {word} or {not}, whichever the text says"),
        )
    })
}

/// What a row says that does not go together.
fn contradiction(row: &Row) -> Option<(String, String)> {
    let id = row.id.get_ref();
    let is_shown = !(row.recordings.is_empty() && row.exercises.is_empty());
    let said = |what: String, remedy: &str| Some((what, remedy.to_owned()));
    match (is_shown, row.seen.is_empty(), row.not_shown.is_empty()) {
        _ if row.asks.trim().is_empty() => said(
            format!("{id} says nothing in `asks`"),
            "say in one line what is required",
        ),
        (true, _, false) => said(
            format!("{id} is shown and has a reason why it is not"),
            "leave out `not_shown`, or what shows it",
        ),
        (false, _, true) => said(
            format!("nothing shows {id}, and it does not say why"),
            "name recordings or exercises, or say why there are none in `not_shown`",
        ),
        (true, true, _) => said(
            format!("{id} does not say what there is to see"),
            "say in `seen` what to look at",
        ),
        (false, false, _) => said(
            format!("{id} says what there is to see, and nothing shows it"),
            "name the recordings or exercises, or leave out `seen`",
        ),
        _ => None,
    }
}

#[cfg(test)]
#[path = "requirements_tests.rs"]
mod tests;
