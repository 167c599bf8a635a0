//! Directives become HTML; everything that is wrong is collected.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::boxes;
use super::claims::Claim;
use super::curriculum::Curriculum;
use super::directive::Directive;
use super::links::{self, Places};
use super::manuscript::{Manuscript, Page, REQUIREMENTS, relative};
use super::mentions;
use super::requirements_page::{self, Shown};
use super::scan::{self, line_of};
use super::{figure, includes, ledger_page, mermaid, rfc, tables};
use crate::Problem;
use crate::exercise::{self, Exercise};

/// The pages with their directives replaced, and what was wrong.
pub(super) struct Expanded {
    /// Every page in the manuscript's order; a directive that is wrong is left as it was.
    pub(super) pages: Vec<Page>,
    /// In the order of files and lines.
    pub(super) problems: Vec<Problem>,
}

/// Replaces every directive of every page.
pub(super) fn expand(manuscript: &Manuscript) -> Expanded {
    let mut problems = manuscript.problems.clone();
    let ledger_page = page_with(manuscript, Directive::Ledger);
    let map_page = page_with(manuscript, Directive::Requirements);
    let shown = Shown::of(manuscript);
    problems.extend(shown.missing(
        &manuscript.requirements,
        &manuscript.shown(Path::new(REQUIREMENTS)),
    ));
    let mut pages = Vec::new();
    let mut places = Places::new();
    for page in &manuscript.pages {
        let mut writer = Writer {
            manuscript,
            page,
            ledger_page,
            map_page,
            shown: &shown,
            problems: Vec::new(),
            places: HashSet::new(),
            lacks_a_box: false,
        };
        let text = writer.text();
        problems.append(&mut writer.problems);
        // A figure that could not be drawn would make every link to its steps wrong as well.
        if !writer.lacks_a_box {
            writer.places.extend(links::places(&text));
            places.insert(page.file.clone(), writer.places);
        }
        pages.push(Page {
            file: page.file.clone(),
            text,
        });
    }
    problems.extend(
        manuscript
            .pages
            .iter()
            .flat_map(|page| links::broken(manuscript, page, &places)),
    );
    problems.sort();
    problems.dedup();
    Expanded { pages, problems }
}

/// The file of the first page that has a directive.
fn page_with<'a>(manuscript: &'a Manuscript, wanted: Directive<'_>) -> Option<&'a Path> {
    let has = |text: &str| {
        scan::directives(text).iter().any(|found| {
            !found.in_code && found.closed && Directive::parse(found.body) == Ok(wanted)
        })
    };
    let page = manuscript.pages.iter().find(|page| has(&page.text))?;
    Some(&page.file)
}

/// Writes one page.
struct Writer<'a> {
    manuscript: &'a Manuscript,
    page: &'a Page,
    ledger_page: Option<&'a Path>,
    map_page: Option<&'a Path>,
    shown: &'a Shown,
    problems: Vec<Problem>,
    /// The places in figures that are not there before a step is unfolded.
    places: HashSet<String>,
    /// Whether a directive could not be replaced.
    lacks_a_box: bool,
}

/// What a directive becomes, or what is wrong and what to do.
type Outcome = Result<String, (String, String)>;

impl Writer<'_> {
    fn text(&mut self) -> String {
        let text = &self.page.text;
        let mut written = String::with_capacity(text.len());
        let mut end = 0;
        let mut boxes = HashSet::new();
        for found in scan::directives(text) {
            let directive = match Directive::parse(found.body) {
                Ok(Directive::Include(target)) => {
                    self.include(found.range.start, target);
                    continue;
                }
                _ if found.in_code => continue,
                _ if !found.closed => {
                    let remedy = "end it with }} on the same line, or put a backslash before the braces for plain text";
                    self.wrong(
                        found.range.start,
                        format!("`{{{{#{}` does not end on its line", found.body),
                        remedy,
                    );
                    continue;
                }
                Ok(Directive::Title) => continue,
                Ok(directive) => directive,
                Err(misspelt) => {
                    self.wrong(found.range.start, misspelt.what, &misspelt.remedy);
                    continue;
                }
            };
            if found.in_link {
                let what = format!(
                    "`{{{{#{}}}}}` stands in a heading or in the text of a link",
                    found.body
                );
                let remedy = "put it into the sentence beside: a link cannot hold another";
                self.wrong(found.range.start, what, remedy);
                continue;
            }
            if directive.is_block() && !found.alone {
                let what = format!("`{{{{#{}}}}}` stands among other words", found.body);
                self.wrong(found.range.start, what, "give it a line of its own");
                continue;
            }
            // A box has an id in its page, so it can be there once.
            if directive.is_block() && !boxes.insert(directive) {
                let what = format!("`{{{{#{}}}}}` is in this chapter already", found.body);
                self.wrong(found.range.start, what, "refer to the first one by a link");
                continue;
            }
            match self.html(directive) {
                Ok(html) => {
                    written.push_str(&text[end..found.range.start]);
                    written.push_str(&html);
                    if directive.is_block() {
                        // What follows is Markdown again only behind a blank line.
                        written.push('\n');
                    }
                    end = found.range.end;
                }
                Err((what, remedy)) => {
                    self.lacks_a_box = true;
                    self.wrong(found.range.start, what, &remedy);
                }
            }
        }
        written.push_str(&text[end..]);
        self.unknown_requirements();
        for offset in mermaid::without_words(text) {
            let remedy = "say in words what it shows, in two lines below its kind: accTitle: ..., accDescr: ...";
            self.wrong(
                offset,
                "a diagram has no accTitle or no accDescr".to_owned(),
                remedy,
            );
        }
        for offset in tables::without_names(text) {
            let remedy =
                "give each column a word of its own: a table is read aloud column by column";
            self.wrong(
                offset,
                "a column of the table has no name".to_owned(),
                remedy,
            );
        }
        mentions::linked(&written, |number| self.row_of(number))
    }

    /// Each number of a requirement that the page names and the list does not have.
    fn unknown_requirements(&mut self) {
        let text = &self.page.text;
        for mention in mentions::mentions(text) {
            let number = &text[mention.range.clone()];
            if !self.is_requirement(number) {
                let list = self.manuscript.shown(Path::new(REQUIREMENTS));
                let remedy = format!("mend the number, or give it a row in {}", list.display());
                let what = format!("RFC 9293 has no requirement {number}, as far as the list goes");
                self.wrong(mention.range.start, what, &remedy);
            }
        }
    }

    fn is_requirement(&self, number: &str) -> bool {
        let mut requirements = self.manuscript.requirements.iter();
        requirements.any(|requirement| requirement.id == number)
    }

    /// The address of a requirement's row, if the book has a page with the rows.
    fn row_of(&self, number: &str) -> Option<String> {
        let page = relative(&self.page.file, self.map_page?);
        self.is_requirement(number)
            .then(|| format!("{page}#{number}"))
    }

    fn wrong(&mut self, offset: usize, what: String, remedy: &str) {
        let line = line_of(&self.page.text, offset);
        let problem = Problem::new(self.manuscript.shown(&self.page.file), what, remedy).at(line);
        self.problems.push(problem);
    }

    fn include(&mut self, offset: usize, target: &str) {
        let folder = self
            .manuscript
            .folder()
            .join(self.page.file.parent().unwrap_or(Path::new("")));
        if let Some((what, remedy)) = includes::wrong(&folder, target) {
            self.wrong(offset, what, &remedy);
        }
    }

    fn html(&mut self, directive: Directive<'_>) -> Outcome {
        match directive {
            Directive::Figure(name) => {
                let drawn = figure::draw(self.manuscript, &self.page.file, name)?;
                self.places.extend(drawn.places);
                Ok(drawn.html)
            }
            Directive::Cover(name) => figure::cover(self.manuscript, &self.page.file, name),
            Directive::States(name, extent) => {
                figure::states(self.manuscript, &self.page.file, name, extent)
            }
            Directive::Header(name, step) => {
                figure::header(self.manuscript, &self.page.file, name, step)
            }
            Directive::Ways(names) => figure::ways(self.manuscript, &self.page.file, names),
            Directive::Rfc(number, section) => rfc::cite(number, section)
                .map(|found| found.link())
                .map_err(|unknown| (unknown.what, unknown.remedy)),
            Directive::Claim(id) => self.claim(id),
            Directive::Settled(slug) => self.settled(slug),
            Directive::Exercise(slug) => self.exercise(slug),
            Directive::Ledger => Ok(ledger_page::page(&self.manuscript.ledger, |claim| {
                self.settled_in(claim)
            })),
            Directive::Requirements => self.requirements(),
            // mdBook replaces these itself.
            Directive::Include(_) | Directive::Title => Ok(String::new()),
        }
    }

    /// The address of the ledger's page, if the book has one.
    fn ledger(&self) -> Option<String> {
        self.ledger_page.map(|page| relative(&self.page.file, page))
    }

    fn requirements(&self) -> Outcome {
        let requirements = &self.manuscript.requirements;
        if requirements.is_empty() {
            let list = self.manuscript.shown(Path::new(REQUIREMENTS));
            return Err((
                "there are no requirements to show".to_owned(),
                format!("write them into {}", list.display()),
            ));
        }
        Ok(requirements_page::page(
            requirements,
            self.shown,
            &self.page.file,
        ))
    }

    fn claim(&self, id: &str) -> Outcome {
        let ledger = &self.manuscript.ledger;
        let Some(claim) = ledger.claim(id) else {
            let beginning = id.split('-').next().unwrap_or(id);
            let near: Vec<&str> = ledger
                .claims
                .iter()
                .map(|claim| claim.id.as_str())
                .filter(|id| id.starts_with(beginning))
                .take(8)
                .collect();
            let remedy = match near.as_slice() {
                [] => "the ids are in book/claims.toml".to_owned(),
                near => format!("book/claims.toml has {}", near.join(", ")),
            };
            return Err((format!("the ledger has no row `{id}`"), remedy));
        };
        let more = self.ledger().map_or_else(String::new, |page| {
            format!(
                r#" <span class="claim-where"><a href="{page}#claim-{}">In the ledger</a></span>"#,
                claim.id
            )
        });
        Ok(boxes::claim(claim, "div", &more))
    }

    fn settled(&self, slug: &str) -> Outcome {
        if Curriculum::get().chapter(slug).is_none() {
            let remedy = "the chapters are listed in crates/course/data/curriculum.toml";
            return Err((format!("there is no chapter `{slug}`"), remedy.to_owned()));
        }
        let claims: Vec<&Claim> = self
            .manuscript
            .ledger
            .claims
            .iter()
            .filter(|claim| claim.chapter == slug)
            .collect();
        if claims.is_empty() {
            let remedy =
                "name it as the `chapter` of a row in book/claims.toml, or leave the directive out";
            return Err((
                format!("no row of the ledger is settled in `{slug}`"),
                remedy.to_owned(),
            ));
        }
        Ok(boxes::settled(&claims, self.ledger().as_deref()))
    }

    fn exercise(&self, slug: &str) -> Outcome {
        let root = &self.manuscript.root;
        let places = exercise::places(root, "exercises").map_err(|failure| {
            (
                failure.to_string(),
                "look at the folder exercises/".to_owned(),
            )
        })?;
        let Some(place) = places.iter().find(|place| place.slug == slug) else {
            let slugs: Vec<&str> = places.iter().map(|place| place.slug.as_str()).collect();
            return Err((
                format!("there is no exercise `{slug}`"),
                format!("exercises/ has {}", slugs.join(", ")),
            ));
        };
        let exercise = Exercise::read(root, place).map_err(|problem| {
            (
                problem.to_string(),
                "mend the exercise's Cargo.toml".to_owned(),
            )
        })?;
        let standing = self.manuscript.progress.standing(slug);
        Ok(boxes::exercise(&exercise, standing))
    }

    /// The chapter that settles a row, as the end of its box.
    fn settled_in(&self, claim: &Claim) -> String {
        let Some((place, chapter)) = Curriculum::get().chapter(&claim.chapter) else {
            return String::new();
        };
        let file = PathBuf::from(format!("{place}.md"));
        let title = trace::html::escape(&chapter.title);
        let words = if self.manuscript.has_page(&file) {
            format!(
                r#"Settled in <a href="{}">{title}</a>"#,
                relative(&self.page.file, &file)
            )
        } else {
            format!("{title}: chapter not written yet")
        };
        format!(r#" <span class="claim-where">{words}</span>"#)
    }
}
