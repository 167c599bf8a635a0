//! What of a page can be found: its words by headings, without the octets of its figures.

use std::path::Path;
use std::sync::LazyLock;

use mdbook_markdown::pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};
use regex::Regex;
use trace::html::section_name;

use super::claims::Claim;
use super::directive::Directive;
use super::links;
use super::manuscript::{Manuscript, Page};
use super::recording::Recording;
use super::requirements::Requirement;
use super::{includes, requirements_page, scan};

/// What a search can find as one result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where it leads: `header/flags.html#psh-no-boundary-no-shortcut`.
    pub(super) address: String,
    /// The page's name in the table of contents.
    pub(super) page: String,
    /// Its heading.
    pub(super) title: String,
    /// Its words.
    pub(super) body: String,
}

/// Headings down to this level begin an entry.
const DEEPEST: HeadingLevel = HeadingLevel::H3;

/// The entries of a page. `name` is what the table of contents calls it.
pub(super) fn of(manuscript: &Manuscript, page: &Page, name: &str) -> Vec<Entry> {
    let html = page.file.with_extension("html");
    let html = html.to_string_lossy().replace('\\', "/");
    let entry = |place: &str, title: &str, body: String| Entry {
        address: match place {
            "" => html.clone(),
            place => format!("{html}#{place}"),
        },
        page: name.to_owned(),
        title: title.to_owned(),
        body,
    };
    let directives = scan::directives(&page.text);
    let has = |wanted: Directive<'_>| {
        let mut found = directives.iter().filter(|found| !found.in_code);
        found.any(|found| Directive::parse(found.body) == Ok(wanted))
    };
    let mut entries: Vec<Entry> = sections(&in_words(manuscript, page))
        .into_iter()
        .map(|section| entry(&section.place, &section.title, section.body))
        .collect();
    if has(Directive::Ledger) {
        let rows = manuscript.ledger.claims.iter();
        entries.extend(
            rows.map(|claim| entry(&format!("claim-{}", claim.id), &claim.says, of_claim(claim))),
        );
    }
    if has(Directive::Requirements) {
        for rows in requirements_page::by_section(&manuscript.requirements) {
            let section = &rows[0].sections[0];
            let numbers: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
            entries.push(entry(
                &requirements_page::place(section),
                &format!("{} {}", section.section, section.heading),
                format!("{}: {}", named(section), numbers.join(", ")),
            ));
            let title = |row: &Requirement| format!("{}: {}", row.id, row.asks);
            let rows = rows.iter();
            entries.extend(rows.map(|row| entry(&row.id, &title(row), of_requirement(row))));
        }
    }
    entries
}

fn of_claim(claim: &Claim) -> String {
    let sections = claim.rfc.iter().map(named);
    let sections: Vec<String> = sections.collect();
    format!(
        "{}: {} {} {}",
        claim.verdict.name(),
        claim.because,
        claim.evidence,
        sections.join(", ")
    )
}

fn of_requirement(requirement: &Requirement) -> String {
    let Requirement {
        seen,
        differs,
        not_shown,
        ..
    } = requirement;
    let sections: Vec<String> = requirement.sections.iter().map(named).collect();
    [seen, differs, not_shown, &sections.join(", ")]
        .into_iter()
        .filter(|words| !words.is_empty())
        .map(String::as_str)
        .collect::<Vec<&str>>()
        .join(" ")
}

fn named(citation: &super::Citation) -> String {
    section_name(citation.number, &citation.section)
}

/// The page's text with words for its directives.
fn in_words(manuscript: &Manuscript, page: &Page) -> String {
    let mut text = String::with_capacity(page.text.len());
    let mut end = 0;
    for found in scan::directives(&page.text) {
        let directive = Directive::parse(found.body);
        let is_include = matches!(directive, Ok(Directive::Include(_)));
        if !found.closed || found.in_code && !is_include {
            continue;
        }
        text.push_str(&page.text[end..found.range.start]);
        if let Ok(directive) = directive {
            text.push_str(&words(manuscript, &page.file, directive));
        }
        end = found.range.end;
    }
    text.push_str(&page.text[end..]);
    text
}

/// The words of what a directive becomes; what has a page or an entry of its own has none here.
fn words(manuscript: &Manuscript, page: &Path, directive: Directive<'_>) -> String {
    match directive {
        Directive::Figure(name) => {
            Recording::open(manuscript, page, name).map_or_else(|_| String::new(), Recording::words)
        }
        Directive::Rfc(number, section) => number
            .parse()
            .map_or_else(|_| String::new(), |number| section_name(number, section)),
        Directive::Claim(id) => manuscript
            .ledger
            .claim(id)
            .map_or_else(String::new, |claim| claim.says.clone()),
        Directive::Include(target) => {
            let folder = manuscript.folder();
            let folder = folder.join(page.parent().unwrap_or(Path::new("")));
            includes::lines(&folder, target).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// A heading, and the words up to the next one.
#[derive(Default)]
struct Section {
    place: String,
    title: String,
    body: String,
}

/// The sections of a text, and the terms that it defines.
fn sections(text: &str) -> Vec<Section> {
    static TAG: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"<[^>]*>").expect("a regular expression"));
    let mut places = links::Names::default();
    let mut sections = vec![Section::default()];
    // Words of a heading that begins no entry belong to the entry before it, like those of a paragraph.
    let mut heading: Option<(Option<String>, String)> = None;
    let mut begins = false;
    for event in new_cmark_parser(text, &MarkdownOptions::default()) {
        match event {
            Event::Start(Tag::Heading { id, level, .. }) => {
                begins = level <= DEEPEST;
                heading = Some((id.map(|id| id.to_string()), String::new()));
            }
            Event::Start(Tag::DefinitionListTitle) => {
                begins = true;
                heading = Some((None, String::new()));
            }
            Event::End(TagEnd::Heading(_) | TagEnd::DefinitionListTitle) => {
                let (id, title) = heading.take().unwrap_or_default();
                let place = id.unwrap_or_else(|| places.next(&title));
                let begun = Section {
                    place,
                    title,
                    body: String::new(),
                };
                match sections.last_mut() {
                    Some(last) if !begins => {
                        last.body.push_str(&begun.title);
                        last.body.push(' ');
                    }
                    _ => sections.push(begun),
                }
            }
            Event::Text(words) | Event::Code(words) => {
                let section = sections.last_mut().map(|section| &mut section.body);
                if let Some(into) = heading.as_mut().map(|(_, words)| words).or(section) {
                    into.push_str(&words);
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                if let (None, Some(section)) = (&heading, sections.last_mut()) {
                    section.body.push_str(&TAG.replace_all(&html, " "));
                }
            }
            Event::SoftBreak
            | Event::HardBreak
            | Event::End(
                TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell | TagEnd::CodeBlock,
            ) => {
                if let (None, Some(section)) = (&heading, sections.last_mut()) {
                    section.body.push(' ');
                }
            }
            _ => {}
        }
    }
    for section in &mut sections {
        let words: Vec<&str> = section.body.split_whitespace().collect();
        section.body = words.join(" ");
    }
    sections.retain(|section| !(section.title.is_empty() && section.body.is_empty()));
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_headings_and_terms_and_keeps_its_words() {
        let text = "# Why *three*?\n\nTwo\nlines, `code`.\n\n#### Deep\n\n## A {#b}\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n\
                    <details>\n<summary>Q</summary>\n\nAnswer.\n\n</details>\n\n## Words\n\nTIME-WAIT\n: A state.\n";
        let found: Vec<(String, String, String)> = sections(text)
            .into_iter()
            .map(|section| (section.place, section.title, section.body))
            .collect();
        let expected = [
            ("why-three", "Why three?", "Two lines, code. Deep"),
            ("b", "A", "x y 1 2 Q Answer."),
            ("words", "Words", ""),
            ("time-wait", "TIME-WAIT", "A state."),
        ];
        assert_eq!(
            found,
            expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned()))
        );
    }
}
