//! The ledger: what is commonly said, the verdict, the sections, the evidence (`book/claims.toml`).
//!
//! ```toml
//! [parts]                              # the article's sections, in its order
//! handshake = "The three segments"
//!
//! [[claim]]
//! id = "one-name-for-each-row"
//! part = "handshake"                   # a key of [parts]
//! says = "What is said, or with the verdict \"missing\", what is left out."
//! verdict = "imprecise"                # right, imprecise, outdated, wrong, missing
//! because = "What is so."
//! rfc = ["9293 §3.5"]                  # at least one section that exists
//! evidence = "What shows it on the wire or in the kernel."
//! chapter = "why-three"                # the chapter that settles it
//! ```

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::curriculum::Curriculum;
use super::rfc::{self, Citation};
use crate::Problem;

/// What the course says of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Verdict {
    Right,
    Imprecise,
    Outdated,
    Wrong,
    Missing,
}

impl Verdict {
    /// All five.
    pub const ALL: [Verdict; 5] = [
        Verdict::Right,
        Verdict::Imprecise,
        Verdict::Outdated,
        Verdict::Wrong,
        Verdict::Missing,
    ];

    /// As the ledger spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Right => "right",
            Verdict::Imprecise => "imprecise",
            Verdict::Outdated => "outdated",
            Verdict::Wrong => "wrong",
            Verdict::Missing => "missing",
        }
    }
}

/// A row of the ledger.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the module's example explains the keys")]
pub struct Claim {
    pub id: String,
    pub part: String,
    pub says: String,
    pub verdict: Verdict,
    pub because: String,
    pub rfc: Vec<Citation>,
    pub evidence: String,
    pub chapter: String,
}

/// All rows, and the sections of the article that they come from.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Slug and heading of each section of the article, in its order.
    pub parts: Vec<(String, String)>,
    /// The rows in their order.
    pub claims: Vec<Claim>,
}

/// A row before its values are checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: Spanned<String>,
    part: Spanned<String>,
    says: Spanned<String>,
    verdict: Spanned<String>,
    because: Spanned<String>,
    rfc: Spanned<Vec<Spanned<String>>>,
    evidence: Spanned<String>,
    chapter: Spanned<String>,
}

const FORM: &str =
    "a row has id, part, says, verdict, because, rfc, evidence and chapter; no other key";

impl Ledger {
    /// Reads the ledger's text; `file` is what problems name. What can be read of a ledger with
    /// problems is returned beside them.
    #[must_use]
    pub fn parse(text: &str, file: &Path) -> (Ledger, Vec<Problem>) {
        let mut reader = Reader {
            text,
            file,
            lines: HashMap::new(),
            problems: Vec::new(),
        };
        let ledger = match DeTable::parse(text) {
            Ok(table) => reader.ledger(table.get_ref()),
            Err(error) => {
                reader.wrong(
                    error.span().map_or(0, |span| span.start),
                    error.message(),
                    "mend the TOML",
                );
                Ledger::default()
            }
        };
        (ledger, reader.problems)
    }

    /// The row of that id.
    #[must_use]
    pub fn claim(&self, id: &str) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.id == id)
    }
}

struct Reader<'a> {
    text: &'a str,
    file: &'a Path,
    /// The line of each id.
    lines: HashMap<String, usize>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn line(&self, offset: usize) -> usize {
        1 + self
            .text
            .bytes()
            .take(offset)
            .filter(|octet| *octet == b'\n')
            .count()
    }

    fn wrong(&mut self, offset: usize, what: impl Into<String>, remedy: impl Into<String>) {
        let problem = Problem::new(self.file, what, remedy).at(self.line(offset));
        self.problems.push(problem);
    }

    fn ledger(&mut self, table: &DeTable<'_>) -> Ledger {
        let mut ledger = Ledger::default();
        for (key, value) in table {
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("parts", DeValue::Table(parts)) => ledger.parts = self.parts(parts),
                ("claim", DeValue::Array(_)) => {}
                (other, _) => self.wrong(
                    key.span().start,
                    format!("`{other}` is not what the ledger has"),
                    "it has one [parts] table and [[claim]] rows",
                ),
            }
        }
        if let Some(DeValue::Array(rows)) = table.get("claim").map(Spanned::get_ref) {
            ledger.claims = rows
                .iter()
                .filter_map(|row| self.claim(row, &ledger.parts))
                .collect();
        }
        ledger
    }

    fn parts(&mut self, table: &DeTable<'_>) -> Vec<(String, String)> {
        let mut parts = Vec::new();
        for (slug, title) in table {
            match title.get_ref().as_str() {
                Some(title) => parts.push((slug.get_ref().to_string(), title.to_owned())),
                None => self.wrong(
                    title.span().start,
                    "a part's heading is a string",
                    "write it in quotes",
                ),
            }
        }
        parts
    }

    fn claim(&mut self, value: &Spanned<DeValue<'_>>, parts: &[(String, String)]) -> Option<Claim> {
        let row = match Row::deserialize(ValueDeserializer::from(value.clone())) {
            Ok(row) => row,
            Err(error) => {
                self.wrong(
                    error.span().unwrap_or(value.span()).start,
                    error.message(),
                    FORM,
                );
                return None;
            }
        };
        let before = self.problems.len();
        let line = self.line(row.id.span().start);
        if let Some(first) = self.lines.insert(row.id.get_ref().clone(), line) {
            let what = format!(
                "`{}` is already the id of the row in line {first}",
                row.id.get_ref()
            );
            self.wrong(row.id.span().start, what, "give every row an id of its own");
        }
        if !is_kebab(row.id.get_ref()) {
            let what = format!(
                "the id `{}` has other characters than a-z, 0-9 and single hyphens",
                row.id.get_ref()
            );
            self.wrong(
                row.id.span().start,
                what,
                "the id becomes part of the page's address: spell it in kebab-case",
            );
        }
        for (name, value) in [
            ("says", &row.says),
            ("because", &row.because),
            ("evidence", &row.evidence),
        ] {
            if value.get_ref().trim().is_empty() {
                self.wrong(
                    value.span().start,
                    format!("`{name}` is empty"),
                    "write at least one sentence",
                );
            }
        }
        if !parts.iter().any(|(slug, _)| slug == row.part.get_ref()) {
            let what = format!("`{}` is no part", row.part.get_ref());
            let slugs: Vec<&str> = parts.iter().map(|(slug, _)| slug.as_str()).collect();
            self.wrong(
                row.part.span().start,
                what,
                format!("the table [parts] has {}", slugs.join(", ")),
            );
        }
        let verdict = Verdict::ALL
            .into_iter()
            .find(|verdict| verdict.name() == row.verdict.get_ref());
        if verdict.is_none() {
            let what = format!("`{}` is no verdict", row.verdict.get_ref());
            let names = Verdict::ALL.map(Verdict::name).join(", ");
            self.wrong(
                row.verdict.span().start,
                what,
                format!("the verdicts are {names}"),
            );
        }
        if Curriculum::get().chapter(row.chapter.get_ref()).is_none() {
            let what = format!("`{}` is no chapter", row.chapter.get_ref());
            self.wrong(
                row.chapter.span().start,
                what,
                "the chapters are listed in crates/course/data/curriculum.toml",
            );
        }
        if row.rfc.get_ref().is_empty() {
            self.wrong(
                row.rfc.span().start,
                "`rfc` is empty",
                "name at least one section that settles the claim",
            );
        }
        let rfc = row
            .rfc
            .get_ref()
            .iter()
            .filter_map(|entry| self.citation(entry))
            .collect();
        (self.problems.len() == before).then_some(())?;
        Some(Claim {
            id: row.id.into_inner(),
            part: row.part.into_inner(),
            says: row.says.into_inner(),
            verdict: verdict?,
            because: row.because.into_inner(),
            rfc,
            evidence: row.evidence.into_inner(),
            chapter: row.chapter.into_inner(),
        })
    }

    fn citation(&mut self, entry: &Spanned<String>) -> Option<Citation> {
        let Some((number, section)) = entry.get_ref().split_once(" §") else {
            let what = format!("`{}` is no section", entry.get_ref());
            self.wrong(
                entry.span().start,
                what,
                "write the RFC's number and the section: \"9293 §3.5\"",
            );
            return None;
        };
        match rfc::cite(number, section) {
            Ok(citation) => Some(citation),
            Err(unknown) => {
                self.wrong(entry.span().start, unknown.what, unknown.remedy);
                None
            }
        }
    }
}

/// `one-name`: what may stand in a page's address as it is.
fn is_kebab(text: &str) -> bool {
    text.split('-').all(|word| {
        !word.is_empty()
            && word
                .bytes()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    })
}

#[cfg(test)]
#[path = "claims_tests.rs"]
mod tests;
