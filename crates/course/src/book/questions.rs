//! Questions that are answered in the page.
//!
//! They are Markdown between directives, so that they read well as they are written:
//!
//! ```text
//! {{#choose whose-number}}
//!
//! The server's first segment has ack=1. Whose number is that?
//!
//! - [x] The client's next one
//! - [ ] The server's next one
//!   > That is what its own sequence number says.
//!
//! {{#answer}}
//!
//! An acknowledgment speaks of the other side's octets ({{#rfc 9293 3.4}}).
//!
//! {{#end}}
//! ```
//!
//! | it begins with | the reader | the right answer |
//! |---|---|---|
//! | `{{#choose NAME}}` | chooses from a list | the items with `[x]`; a quotation below another says why not |
//! | `{{#choose NAME}}` | the same, where no item has a box | the item that says what `{{#answer RECORDING STEP FIELD}}` finds |
//! | `{{#order NAME}}` | puts the lines of a list into order | the order in which they are written |
//! | `{{#order NAME}}` | puts steps of a recording into order | the order of `{{#answer RECORDING FIRST-LAST}}` |
//! | `{{#number NAME}}` | fills in a whole number | `{{#answer 1460 octets}}` |
//! | `{{#number NAME}}` | the same | `{{#answer RECORDING STEP FIELD octets}}`; the unit may be left out |
//!
//! The name is the question's own in its chapter: by it the reader's browser remembers what was answered. Behind
//! `{{#answer}}` stands why it is so, with the section. Questions are counted in their pages together with those that are
//! only unfolded, `<summary>4. ...</summary>`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::directive::Directive;
use super::manuscript::{Manuscript, Page};
use super::scan;
use form::Asked;
use html::Sheet;

mod form;
mod html;
mod value;

/// What a reader does to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Chooses one thing, or several.
    Choose,
    /// Puts lines into order.
    Order,
    /// Fills in a number.
    Number,
}

impl Kind {
    /// The word of its directive.
    fn name(self) -> &'static str {
        match self {
            Kind::Choose => "choose",
            Kind::Order => "order",
            Kind::Number => "number",
        }
    }
}

/// What is wrong and what to do.
use super::recording::Wrong;

/// What is put in the place of parts of a text.
type Edits = Vec<(Range<usize>, String)>;

/// A directive of a question, with its place.
pub(super) type Mark<'a> = (Range<usize>, Directive<'a>);

/// What becomes of the questions of a page.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// What to put in the place of parts of the page. A question with a problem is left as it was.
    pub(super) edits: Edits,
    /// Offset, what is wrong, what to do.
    pub(super) problems: Vec<(usize, String, String)>,
}

/// Writes the questions of a page whose directives stand at `marks`, in order.
pub(super) fn write(manuscript: &Manuscript, page: &Page, marks: &[Mark<'_>]) -> Written {
    let text = &page.text;
    let (questions, mut problems) = form::questions(text, marks);
    let mut edits = Vec::new();
    if let Some(first) = questions.first() {
        // What is answered is counted below the heading that the first question stands under.
        let above = &text[..first.open.start];
        let place = above.rfind("\n## ").map_or(first.open.start, |heading| {
            let line = heading + 1;
            text[line..].find('\n').map_or(line, |end| line + end)
        });
        edits.push((place..place, html::progress(&page.file)));
    }
    let mut folded = folded(text).into_iter().peekable();
    let mut count = 0;
    let mut number = |until: usize, problems: &mut Vec<_>| {
        while let Some((offset, written)) = folded.next_if(|(offset, _)| *offset < until) {
            count += 1;
            if written != count.to_string() {
                let what = format!("question {count} has the number {written}");
                problems.push((
                    offset,
                    what,
                    format!("write {count}. in the place of {written}."),
                ));
            }
        }
        count += 1;
        count
    };
    for asked in &questions {
        let count = number(asked.open.start, &mut problems);
        match one(manuscript, page, asked, count) {
            Ok(written) => edits.extend(written),
            Err((offset, (what, remedy))) => problems.push((offset, what, remedy)),
        }
    }
    if !questions.is_empty() {
        number(text.len(), &mut problems);
    }
    Written { edits, problems }
}

/// One question as edits, or where and what is wrong.
fn one(
    manuscript: &Manuscript,
    page: &Page,
    asked: &Asked<'_>,
    count: usize,
) -> Result<Edits, (usize, Wrong)> {
    let text = &page.text;
    let sheet = Sheet {
        page: &page.file,
        asked,
        count,
    };
    let cites = |found: &scan::Found<'_>| {
        !found.in_code
            && asked.explanation().contains(&found.range.start)
            && matches!(Directive::parse(found.body), Ok(Directive::Rfc(..)))
    };
    if !scan::directives(text).iter().any(cites) {
        let what = format!("the answer of `{}` cites no section", asked.name);
        let remedy =
            "say below {{#answer}} why it is so, and where that is specified: {{#rfc 9293 3.5}}";
        return Err((asked.answer.start, (what, remedy.to_owned())));
    }
    let at_answer = |wrong| (asked.answer.start, wrong);
    let list = form::list(text, asked.body());
    match asked.kind {
        Kind::Choose => {
            let list = list.ok_or_else(|| {
                let what = format!("`{}` has nothing to choose from", asked.name);
                (asked.open.start, (what, "write one list: - [x] for what is right, - [ ] for what is not, and why not below it behind >".to_owned()))
            })?;
            let found = match asked.argument {
                "" => None,
                words => Some(value::of(manuscript, &page.file, words).map_err(at_answer)?),
            };
            let right = form::right(
                text,
                &list,
                found.as_ref().map(|found| found.shown.as_str()),
            )
            .map_err(|wrong| (list.range.start, wrong))?;
            Ok(sheet.choose(text, &list, &right, found.as_ref()))
        }
        Kind::Order => {
            let rows = match (&list, asked.argument) {
                (Some(list), "") => form::rows(text, list)
                    .map_err(|wrong| (list.range.start, wrong))
                    .map(|rows| (rows, Some(list.range.clone())))?,
                (None, words) if !words.is_empty() => {
                    let rows = value::rows(manuscript, &page.file, words).map_err(at_answer)?;
                    (rows, None)
                }
                _ => {
                    let what = format!(
                        "`{}` has no lines to put into order, or has them twice",
                        asked.name
                    );
                    let remedy = "write a list in the right order, or name steps of a recording: {{#answer RECORDING FIRST-LAST}}";
                    return Err((asked.open.start, (what, remedy.to_owned())));
                }
            };
            sheet.order(rows.0, rows.1).map_err(at_answer)
        }
        Kind::Number => {
            let found = value::number(manuscript, &page.file, asked.argument).map_err(at_answer)?;
            Ok(sheet.number(&found))
        }
    }
}

/// Where questions that are only unfolded stand in a page, with their numbers.
fn folded(text: &str) -> Vec<(usize, &str)> {
    static SUMMARY: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?m)^<summary>(\d+)\. ").expect("a regular expression"));
    SUMMARY
        .captures_iter(text)
        .filter_map(|found| Some((found.get(1)?.start(), found.get(1)?.as_str())))
        .collect()
}
