//! The map of RFC 9293 as a page: every numbered requirement under its section, what shows it, and both counted.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use trace::html::escape;

use super::Citation;
use super::directive::Directive;
use super::filter::{self, Choice};
use super::manuscript::{Manuscript, relative};
use super::requirements::{KINDS, Named, Requirement, kind};
use super::scan;
use crate::Problem;

/// The pages that show recordings and exercises, by their names.
pub(super) struct Shown {
    figures: HashMap<String, PathBuf>,
    exercises: HashMap<String, PathBuf>,
}

impl Shown {
    /// Where the pages show what; the first page counts.
    pub(super) fn of(manuscript: &Manuscript) -> Shown {
        let mut shown = Shown {
            figures: HashMap::new(),
            exercises: HashMap::new(),
        };
        for page in &manuscript.pages {
            for found in scan::directives(&page.text) {
                let (places, name) = match Directive::parse(found.body) {
                    _ if found.in_code => continue,
                    Ok(Directive::Figure(name)) => (&mut shown.figures, name),
                    Ok(Directive::Exercise(name)) => (&mut shown.exercises, name),
                    _ => continue,
                };
                places
                    .entry(name.to_owned())
                    .or_insert_with(|| page.file.clone());
            }
        }
        shown
    }

    /// What the list names and no page shows; `file` is the list.
    pub(super) fn missing(&self, requirements: &[Requirement], file: &Path) -> Vec<Problem> {
        let wrong = |named: &Named, what: &str, directive: &str| {
            Problem::new(
                file,
                format!("no page shows the {what} `{}`", named.name),
                format!(
                    "name one that a page shows by {{{{#{directive} {}}}}}, or let a page show it",
                    named.name
                ),
            )
            .at(named.line)
        };
        let mut problems = Vec::new();
        for requirement in requirements {
            let recordings = requirement.recordings.iter();
            problems.extend(
                recordings
                    .filter(|named| !self.figures.contains_key(&named.name))
                    .map(|named| wrong(named, "recording", "figure")),
            );
            let exercises = requirement.exercises.iter();
            problems.extend(
                exercises
                    .filter(|named| !self.exercises.contains_key(&named.name))
                    .map(|named| wrong(named, "exercise", "exercise")),
            );
        }
        problems
    }
}

/// Draws the map for the page `file`.
///
/// Headings are Markdown, so that mdBook links and indexes them; the filter is hidden until the page's script shows it.
pub(super) fn page(requirements: &[Requirement], shown: &Shown, file: &Path) -> String {
    let mut page = format!("{}\n\n{}\n\n", counts(requirements), choices(requirements));
    for rows in by_section(requirements) {
        let section = &rows[0].sections[0];
        let items: String = rows.iter().map(|row| item(row, shown, file)).collect();
        page.push_str(&format!(
            concat!(
                r#"<section class="ledger-part" data-part="{part}">"#,
                "\n\n## {section} {heading} {{#{place}}}\n\n",
                r#"<ol class="ledger" role="list">{items}</ol>"#,
                "\n</section>\n\n",
            ),
            part = part(&section.section),
            section = section.section,
            heading = section.heading,
            place = place(section),
            items = items,
        ));
    }
    page
}

/// The rows of each section, in the order of the list.
pub(super) fn by_section(requirements: &[Requirement]) -> impl Iterator<Item = &[Requirement]> {
    requirements.chunk_by(|a, b| a.sections[0].section == b.sections[0].section)
}

/// The id of a section's heading.
pub(super) fn place(section: &Citation) -> String {
    format!("section-{}", section.section.replace('.', "-"))
}

/// The section by which the filter tells rows apart: `3.8` of `3.8.6.1`.
fn part(section: &str) -> &str {
    match section.match_indices('.').nth(1) {
        Some((dot, _)) => &section[..dot],
        None => section,
    }
}

/// What the filter may ask of a row.
const MARKS: [(&str, &str); 4] = [
    ("shown", "shown"),
    ("exercise", "in an exercise"),
    ("differs", "Linux differs"),
    ("not-shown", "not shown"),
];

fn has(requirement: &Requirement, mark: &str) -> bool {
    match mark {
        "shown" => requirement.is_shown(),
        "exercise" => !requirement.exercises.is_empty(),
        "differs" => !requirement.differs.is_empty(),
        _ => !requirement.is_shown(),
    }
}

fn marks(requirement: &Requirement) -> String {
    let marks = MARKS.iter().map(|(mark, _)| *mark);
    marks
        .filter(|mark| has(requirement, mark))
        .collect::<Vec<&str>>()
        .join(" ")
}

fn counts(requirements: &[Requirement]) -> String {
    let count = |kind_of: Option<&str>, mark: Option<&str>| {
        requirements
            .iter()
            .filter(|row| kind_of.is_none_or(|wanted| kind(&row.id) == wanted))
            .filter(|row| mark.is_none_or(|mark| has(row, mark)))
            .count()
    };
    let cells = |kind_of: Option<&str>| {
        let mut cells = format!("<td>{}</td>", count(kind_of, None));
        for (mark, _) in MARKS {
            cells.push_str(&format!("<td>{}</td>", count(kind_of, Some(mark))));
        }
        cells
    };
    let rows: String = KINDS
        .iter()
        .map(|(known, word, _)| {
            let cells = cells(Some(known));
            format!(
                r#"<tr><th scope="row"><span class="level level-{known}">{word}</span></th>{cells}</tr>"#
            )
        })
        .collect();
    format!(
        concat!(
            r#"<p class="map-total"><strong>{shown} of {total}</strong> numbered requirements are shown.</p>"#,
            r#"<table class="map-counts"><thead><tr><th scope="col">Level</th><th scope="col">all</th><th scope="col">shown</th>"#,
            r#"<th scope="col">in an exercise</th><th scope="col">Linux differs</th><th scope="col">not shown</th></tr></thead>"#,
            r#"<tbody>{rows}</tbody><tfoot><tr><th scope="row">together</th>{all}</tr></tfoot></table>"#,
        ),
        shown = count(None, Some("shown")),
        total = requirements.len(),
        rows = rows,
        all = cells(None),
    )
}

fn choices(requirements: &[Requirement]) -> String {
    let marks: String = MARKS
        .iter()
        .map(|(mark, words)| {
            let count = requirements.iter().filter(|row| has(row, mark)).count();
            filter::option(mark, words, count)
        })
        .collect();
    let sections: String = requirements
        .chunk_by(|a, b| part(&a.sections[0].section) == part(&b.sections[0].section))
        .map(|rows| {
            let part = part(&rows[0].sections[0].section);
            filter::option(part, &format!("section {part}"), rows.len())
        })
        .collect();
    filter::form(
        &Choice {
            label: "Requirements",
            all: "all",
            options: marks,
        },
        &Choice {
            label: "Of",
            all: "the whole RFC",
            options: sections,
        },
        requirements.len(),
    )
}

/// A requirement: what it asks, and what shows it or why nothing does.
fn item(requirement: &Requirement, shown: &Shown, file: &Path) -> String {
    let Requirement {
        id,
        level,
        asks,
        seen,
        differs,
        not_shown,
        ..
    } = requirement;
    let links = |names: &[Named], places: &HashMap<String, PathBuf>, anchor: &str| {
        let links = names.iter().filter_map(|named| {
            let page = relative(file, places.get(&named.name)?);
            let name = escape(&named.name);
            Some(format!(
                r#"<li><a href="{page}#{anchor}-{name}">{name}</a></li>"#
            ))
        });
        links.collect::<String>()
    };
    let list = |label: &str, links: String| match links.as_str() {
        "" => String::new(),
        links => format!(
            r#"<p class="requirement-label">{label}</p><ul class="requirement-where">{links}</ul>"#
        ),
    };
    let said = |class: &str, label: &str, words: &str| match words {
        "" => String::new(),
        words => format!(
            r#"<p class="{class}"><span class="requirement-label">{label}</span> {}</p>"#,
            escape(words)
        ),
    };
    let sections: Vec<String> = requirement.sections.iter().map(Citation::link).collect();
    format!(
        concat!(
            r#"<li class="requirement" id="{id}" data-verdict="{marks}">"#,
            r##"<p class="requirement-head"><a class="requirement-id" href="#{id}">{id}</a> <span class="level level-{kind}">{level}</span>"##,
            r#"<span class="requirement-sections">{sections}</span></p><p class="requirement-asks">{asks}</p>"#,
            r#"{seen}{not_shown}{differs}{recordings}{exercises}</li>"#,
        ),
        id = id,
        marks = marks(requirement),
        kind = kind(id),
        level = level,
        sections = sections.join(" · "),
        asks = escape(asks),
        seen = said("requirement-seen", "Shown:", seen),
        not_shown = said("requirement-not-shown", "Not shown:", not_shown),
        differs = said("requirement-differs", "Linux differs:", differs),
        recordings = list(
            "Recordings",
            links(&requirement.recordings, &shown.figures, "figure")
        ),
        exercises = list(
            "Exercises",
            links(&requirement.exercises, &shown.exercises, "exercise")
        ),
    )
}
