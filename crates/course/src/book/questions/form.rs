//! A question as its author has written it.

use std::collections::HashSet;
use std::ops::Range;

use mdbook_markdown::pulldown_cmark::{Event, Tag, TagEnd};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};

use super::{Kind, Mark, Wrong};
use crate::book::directive::Directive;

/// A question in a page; ranges are those of the page's text.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    /// Its own name.
    pub(super) name: &'a str,
    /// What the reader does.
    pub(super) kind: Kind,
    /// Its first line.
    pub(super) open: Range<usize>,
    /// The line that ends what is asked.
    pub(super) answer: Range<usize>,
    /// The words of that line.
    pub(super) argument: &'a str,
    /// Its last line.
    pub(super) end: Range<usize>,
}

impl Asked<'_> {
    /// What is asked, with the list if it has one.
    pub(super) fn body(&self) -> Range<usize> {
        self.open.end..self.answer.start
    }

    /// Why the answer is so.
    pub(super) fn explanation(&self) -> Range<usize> {
        self.answer.end..self.end.start
    }
}

/// Offset, what is wrong, what to do.
type Problem = (usize, String, String);

/// The questions whose directives stand at `marks`, and what is wrong with these.
pub(super) fn questions<'a>(text: &str, marks: &[Mark<'a>]) -> (Vec<Asked<'a>>, Vec<Problem>) {
    const FORM: &str = "a question is {{#choose NAME}}, {{#order NAME}} or {{#number NAME}}, what is asked, {{#answer}}, why, {{#end}}, \
                        each of these on a line of its own";
    let mut questions = Vec::new();
    let mut problems: Vec<Problem> = Vec::new();
    let mut names = HashSet::new();
    let mut rest = marks;
    while let [(open, first), more @ ..] = rest {
        let Directive::Question(kind, name) = *first else {
            problems.push((
                open.start,
                "no question begins above this".to_owned(),
                FORM.to_owned(),
            ));
            rest = more;
            continue;
        };
        let [
            (answer, Directive::Answer(argument)),
            (end, Directive::End),
            others @ ..,
        ] = more
        else {
            problems.push((
                open.start,
                format!("the question `{name}` has no answer, or does not end"),
                FORM.to_owned(),
            ));
            // What belongs to it is not blamed as well.
            let next = more
                .iter()
                .position(|(_, directive)| matches!(directive, Directive::Question(..)));
            rest = &more[next.unwrap_or(more.len())..];
            continue;
        };
        rest = others;
        let indented = [open, answer, end]
            .into_iter()
            .find(|mark| mark.start > 0 && !text[..mark.start].ends_with('\n'));
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if let Some(mark) = indented {
            problems.push((
                mark.start,
                format!("a line of the question `{name}` is indented"),
                "begin it at the start of the line: a question stands in no list and no quotation"
                    .to_owned(),
            ));
        } else if !name.chars().all(is_plain) {
            problems.push((
                open.start,
                format!("`{name}` is no name of a question"),
                "use small letters, digits and hyphens".to_owned(),
            ));
        } else if !names.insert(name) {
            problems.push((
                open.start,
                format!("there is a question `{name}` in this chapter already"),
                "give it a name of its own".to_owned(),
            ));
        } else {
            questions.push(Asked {
                name,
                kind,
                open: open.clone(),
                answer: answer.clone(),
                argument,
                end: end.clone(),
            });
        }
    }
    (questions, problems)
}

/// A list in a question; ranges are those of the page's text.
#[derive(Debug)]
pub(super) struct List {
    pub(super) range: Range<usize>,
    pub(super) items: Vec<Item>,
}

/// A line of a list.
#[derive(Debug)]
pub(super) struct Item {
    /// Its box, and whether there is a cross in it.
    pub(super) mark: Option<(Range<usize>, bool)>,
    /// Its first paragraph, without the box.
    pub(super) text: Range<usize>,
}

/// The last list in that part of a text, unless something follows it.
pub(super) fn list(text: &str, part: Range<usize>) -> Option<List> {
    let mut found = None;
    let mut list: Option<List> = None;
    let mut depth = 0_usize;
    // Whether the first paragraph of an item is being read.
    let mut reading = false;
    let parser = new_cmark_parser(&text[part.clone()], &MarkdownOptions::default());
    for (event, range) in parser.into_offset_iter() {
        let range = part.start + range.start..part.start + range.end;
        match event {
            Event::Start(Tag::List(_)) => {
                depth += 1;
                reading = false;
                if depth == 1 {
                    list = Some(List {
                        range,
                        items: Vec::new(),
                    });
                }
            }
            Event::End(TagEnd::List(_)) => {
                depth -= 1;
                if depth == 0 {
                    found = list.take();
                }
            }
            Event::Start(Tag::Item) if depth == 1 => {
                reading = true;
                if let Some(list) = &mut list {
                    list.items.push(Item {
                        mark: None,
                        text: range.end..range.end,
                    });
                }
            }
            Event::Start(Tag::Paragraph) if reading => {}
            Event::End(TagEnd::Paragraph | TagEnd::Item)
            | Event::Start(Tag::BlockQuote(_) | Tag::CodeBlock(_) | Tag::HtmlBlock) => {
                reading = false;
                if depth == 0 {
                    found = None;
                }
            }
            event if reading => {
                let Some(item) = list.as_mut().and_then(|list| list.items.last_mut()) else {
                    continue;
                };
                if let Event::TaskListMarker(crossed) = event {
                    item.mark = Some((range, crossed));
                } else if item.text.is_empty() {
                    item.text = range;
                } else {
                    item.text.end = item.text.end.max(range.end);
                }
            }
            _ => {}
        }
    }
    found
}

/// The items of a list that are right, counted from 0: those with a cross, or the one that says `value`.
pub(super) fn right(text: &str, list: &List, value: Option<&str>) -> Result<Vec<usize>, Wrong> {
    let crossed = |item: &Item| item.mark.as_ref().map(|(_, crossed)| *crossed);
    let marked = list.items.iter().filter(|item| item.mark.is_some()).count();
    let says = |item: &Item| text[item.text.clone()].trim().trim_matches('`').to_owned();
    let right: Vec<usize> = (0..list.items.len())
        .filter(|index| {
            let item = &list.items[*index];
            value.map_or(crossed(item) == Some(true), |value| says(item) == value)
        })
        .collect();
    let wrong = |what: String, remedy: &str| Err((what, remedy.to_owned()));
    match value {
        Some(_) if marked > 0 => wrong(
            "boxes say what is right, and {{#answer}} names a recording".to_owned(),
            "take the boxes out: - ESTABLISHED, or the words behind {{#answer",
        ),
        Some(value) if right.len() != 1 => wrong(
            format!("{} items say `{value}`, which is the answer", right.len()),
            "write it as one of the items",
        ),
        None if marked < list.items.len() => wrong(
            format!("{marked} of {} items have a box", list.items.len()),
            "begin each by - [x] or - [ ], or name a recording behind {{#answer",
        ),
        _ if right.is_empty() => wrong("no item is right".to_owned(), "begin one by - [x]"),
        _ if right.len() == list.items.len() => wrong(
            "no item is wrong".to_owned(),
            "add what somebody could take for right, and begin it by - [ ]",
        ),
        _ => Ok(right),
    }
}

/// The lines of a list that is to be put into order.
pub(super) fn rows(text: &str, list: &List) -> Result<Vec<String>, Wrong> {
    if text[list.range.clone()].contains("{{#") || list.items.iter().any(|item| item.mark.is_some())
    {
        let what = "a line that is to be put into order has a box or a directive".to_owned();
        let remedy = "write its words alone, and sections below {{#answer}}";
        return Err((what, remedy.to_owned()));
    }
    let words = |item: &Item| {
        let words = text[item.text.clone()].split_whitespace();
        words.collect::<Vec<_>>().join(" ")
    };
    Ok(list.items.iter().map(words).collect())
}
