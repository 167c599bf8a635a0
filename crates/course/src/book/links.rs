//! Links between pages, and to places in them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::sync::LazyLock;

use mdbook_markdown::pulldown_cmark::{Event, Tag, TagEnd};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};
use regex::Regex;

use super::manuscript::{Manuscript, Page};
use super::scan::line_of;
use crate::Problem;

/// The places that links can name, by the page's file; pages whose places are not known are left out.
pub(super) type Places = BTreeMap<PathBuf, HashSet<String>>;

/// Every link and image of a page whose target is not there.
pub(super) fn broken(manuscript: &Manuscript, page: &Page, places: &Places) -> Vec<Problem> {
    targets(&page.text)
        .into_iter()
        .filter_map(|(offset, target)| {
            let (what, remedy) = wrong(manuscript, &page.file, &target, places)?;
            Some(
                Problem::new(manuscript.shown(&page.file), what, remedy)
                    .at(line_of(&page.text, offset)),
            )
        })
        .collect()
}

/// Where links and images of a text lead, with the place of each in the text.
fn targets(text: &str) -> Vec<(usize, String)> {
    static ATTRIBUTE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"\s(?:href|src)\s*=\s*["']([^"']*)["']"#).expect("a regular expression")
    });
    let mut targets = Vec::new();
    for (event, range) in new_cmark_parser(text, &MarkdownOptions::default()).into_offset_iter() {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                targets.push((range.start, dest_url.to_string()));
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                for found in ATTRIBUTE.captures_iter(&html) {
                    let attribute = found.get(1).expect("always matches");
                    targets.push((
                        range.start + attribute.start(),
                        attribute.as_str().to_owned(),
                    ));
                }
            }
            _ => {}
        }
    }
    targets
}

fn wrong(
    manuscript: &Manuscript,
    page: &Path,
    target: &str,
    places: &Places,
) -> Option<(String, String)> {
    static SCHEME: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:[A-Za-z][A-Za-z0-9+.-]*:|//)").expect("a regular expression")
    });
    if SCHEME.is_match(target) {
        return None;
    }
    let (path, anchor) = target
        .split_once('#')
        .map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    if path.starts_with('/') {
        let remedy = "a link within the book is relative to its page, so that it works wherever the book is served";
        return Some((
            format!("the link {target} begins at the root of the server"),
            remedy.to_owned(),
        ));
    }
    if path.is_empty() && anchor.is_none() {
        return Some((
            "a link leads nowhere".to_owned(),
            "write its target between the parentheses".to_owned(),
        ));
    }
    let file = if path.is_empty() {
        page.to_path_buf()
    } else {
        normalise(&page.with_file_name(path))
    };
    let file = if file
        .extension()
        .is_some_and(|extension| extension == "html")
    {
        file.with_extension("md")
    } else {
        file
    };
    if file.extension().is_none_or(|extension| extension != "md") {
        let there = manuscript.folder().join(&file).exists();
        return (!there).then(|| {
            (
                format!("the link {target} leads to a file that is not there"),
                format!("it would be {}", manuscript.shown(&file).display()),
            )
        });
    }
    if !manuscript.has_page(&file) {
        let remedy = format!(
            "put {} into SUMMARY.md, or mend the link",
            manuscript.shown(&file).display()
        );
        return Some((
            format!("the link {target} leads to a page that the book does not have"),
            remedy,
        ));
    }
    let anchor = anchor.filter(|anchor| !anchor.is_empty())?;
    let known = places.get(&file)?;
    (!known.contains(anchor)).then(|| {
        (
            format!(
                "{} has no place `{anchor}`",
                manuscript.shown(&file).display()
            ),
            nearest(known, anchor),
        )
    })
}

/// The places that begin like what was looked for, or a few others.
fn nearest(known: &HashSet<String>, anchor: &str) -> String {
    let beginning: String = anchor.chars().take(3).collect();
    let mut names: Vec<&str> = known
        .iter()
        .map(String::as_str)
        .filter(|name| name.starts_with(&beginning))
        .collect();
    names.sort_unstable();
    names.truncate(6);
    match names.as_slice() {
        [] => "headings give places their names: \"Why three?\" is #why-three".to_owned(),
        names => format!("it has {}", names.join(", ")),
    }
}

/// A path without `.` and `..`, as far as that goes.
fn normalise(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir if normal.file_name().is_some() => {
                normal.pop();
            }
            Component::CurDir => {}
            other => normal.push(other),
        }
    }
    normal
}

/// The places in a page whose directives are replaced: ids in HTML, and those that mdBook gives to
/// headings and definitions.
///
/// ```text
/// ## Why three?          why-three
/// ## Why three?          why-three-1
/// ## Here {#there}       there
/// <p id="x">             x
/// ```
pub(super) fn places(text: &str) -> HashSet<String> {
    static ID: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"\sid\s*=\s*["']([^"']+)["']"#).expect("a regular expression")
    });
    let mut places = HashSet::new();
    let mut names = Names::default();
    let mut heading: Option<(Option<String>, String)> = None;
    for event in new_cmark_parser(text, &MarkdownOptions::default()) {
        match event {
            Event::Start(Tag::Heading { id, .. }) => {
                heading = Some((id.map(|id| id.to_string()), String::new()))
            }
            Event::Start(Tag::DefinitionListTitle) => heading = Some((None, String::new())),
            Event::End(TagEnd::Heading(_) | TagEnd::DefinitionListTitle) => {
                let (id, words) = heading.take().unwrap_or_default();
                places.insert(id.unwrap_or_else(|| names.next(&words)));
            }
            Event::Text(words) | Event::Code(words) => {
                if let Some((_, heading)) = &mut heading {
                    heading.push_str(&words);
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                places.extend(ID.captures_iter(&html).map(|found| found[1].to_owned()));
            }
            _ => {}
        }
    }
    places
}

/// How mdBook makes an id of a heading's words.
fn slug(words: &str) -> String {
    let kept = words.trim().to_lowercase();
    let kept = kept.chars().filter_map(|c| match c {
        c if c.is_alphanumeric() || c == '_' || c == '-' => Some(c),
        c if c.is_whitespace() => Some('-'),
        _ => None,
    });
    kept.collect()
}

/// The ids that mdBook gives to the headings and definitions of one page, in their order.
#[derive(Default)]
pub(super) struct Names {
    counts: HashMap<String, usize>,
}

impl Names {
    /// The id of the next heading; equal ones are told apart by numbers.
    pub(super) fn next(&mut self, words: &str) -> String {
        let id = slug(words);
        let count = self.counts.entry(id.clone()).or_default();
        *count += 1;
        match *count {
            1 => id,
            count => format!("{id}-{}", count - 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_named_as_mdbook_names_them() {
        let text = "# Why *three*?\n\n## The `SYN` -- again\n\n## Why three?\n\n## Here {#there}\n\n<p id=\"x\">y</p>\n\nTerm\n: Words.\n";
        let places = places(text);
        let mut names: Vec<&str> = places.iter().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "term",
                "the-syn--again",
                "there",
                "why-three",
                "why-three-1",
                "x"
            ]
        );
    }

    #[test]
    fn links_images_and_html_have_targets_and_code_has_none() {
        let text = "[a](b.md#c) ![d](e.png)\n`[f](g.md)`\n\n<p>\n<a class=\"x\" href=\"h.md\">i</a></p>\n\n[j]\n\n[j]: k.md\n";
        let found: Vec<(usize, String)> = targets(text)
            .into_iter()
            .map(|(offset, target)| (line_of(text, offset), target))
            .collect();
        let expected = [(1, "b.md#c"), (1, "e.png"), (5, "h.md"), (7, "k.md")];
        assert_eq!(
            found,
            expected.map(|(line, target)| (line, target.to_owned()))
        );
    }

    #[test]
    fn paths_are_normalised() {
        assert_eq!(normalise(Path::new("a/../b/./c.md")), Path::new("b/c.md"));
        assert_eq!(normalise(Path::new("../c.md")), Path::new("../c.md"));
    }
}
