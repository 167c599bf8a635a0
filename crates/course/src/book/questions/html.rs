//! A question as the page has it: complete without a script, which `questions.js` makes a form that answers.

use std::ops::Range;
use std::path::Path;

use trace::html::escape;

use super::form::{Asked, List};
use super::value::Value;
use super::{Edits, Wrong};

/// A question and its place in the book.
pub(super) struct Sheet<'a> {
    /// Its page.
    pub(super) page: &'a Path,
    pub(super) asked: &'a Asked<'a>,
    /// Its number in the page.
    pub(super) count: usize,
}

/// Where the script counts the right answers of a page.
pub(super) fn progress(page: &Path) -> String {
    format!(
        "\n\n<p class=\"questions-progress\" data-page=\"{}\" hidden><span></span> <button type=\"button\">Forget my answers</button></p>\n",
        place(page)
    )
}

/// `handshake/three-way-handshake`
fn place(page: &Path) -> String {
    let page = page.with_extension("");
    let parts: Vec<_> = page.iter().map(|part| part.to_string_lossy()).collect();
    escape(&parts.join("/"))
}

const ANSWER: &str = "<details class=\"question-answer\"><summary>Show the answer</summary>\n";
const CHECK: &str = "<div class=\"question-do\"><button>Check</button> <span class=\"question-verdict\" role=\"status\"></span></div>\n\
                     </fieldset>\n";

impl Sheet<'_> {
    /// The name by which the browser remembers the question.
    fn id(&self) -> String {
        format!("{}/{}", place(self.page), self.asked.name)
    }

    /// The start of every id in it. The page for printing has all chapters, so it names the chapter.
    fn prefix(&self) -> String {
        format!("check-{}", self.id().replace('/', "-"))
    }

    fn open(&self, doing: &str, answer: &str) -> String {
        let id = self.id();
        format!(
            concat!(
                r#"<form class="question" id="{prefix}" data-question="{id}" data-page="{page}" data-kind="{kind}" "#,
                r#"data-key="{key}" autocomplete="off"><fieldset aria-describedby="{prefix}-asks">"#,
                "\n<legend>{count}. {doing}</legend>\n",
                r#"<div class="question-asks" id="{prefix}-asks">"#,
                "\n",
            ),
            prefix = self.prefix(),
            id = id,
            page = place(self.page),
            kind = self.asked.kind.name(),
            key = key(&id, answer),
            count = self.count,
            doing = doing,
        )
    }

    /// The edits of the three lines of directives: what is before, between and behind what the author has written.
    fn around(&self, open: String, answer: String) -> Edits {
        vec![
            (self.asked.open.clone(), open),
            (self.asked.answer.clone(), answer),
            (self.asked.end.clone(), "</details></form>\n".to_owned()),
        ]
    }

    /// Things to choose from.
    pub(super) fn choose(
        &self,
        text: &str,
        list: &List,
        right: &[usize],
        found: Option<&Value>,
    ) -> Edits {
        let (doing, kind) = match right {
            [_] => ("Choose one", "radio"),
            _ => ("Choose all that are right", "checkbox"),
        };
        let numbers: Vec<String> = right.iter().map(|index| (index + 1).to_string()).collect();
        let letters: Vec<String> = right.iter().map(|index| letter(*index)).collect();
        let answer = format!(
            "</div>\n{CHECK}{ANSWER}<p class=\"question-right\">Right: <b>{}</b>{}</p>\n",
            letters.join(" and "),
            source(found)
        );
        let mut edits = self.around(self.open(doing, &numbers.join(",")), answer);
        let start = list.range.start;
        edits.push((
            start..start,
            "</div>\n<div class=\"question-choices\">\n\n".to_owned(),
        ));
        let prefix = self.prefix();
        for (index, item) in list.items.iter().enumerate() {
            let place = match &item.mark {
                // With the blank behind it.
                Some((mark, _)) => mark.start..item.text.start,
                None => item.text.start..item.text.start,
            };
            let label = format!(
                r#"<label><input type="{kind}" name="{prefix}" value="{}"> <b>{}</b> "#,
                index + 1,
                letter(index)
            );
            edits.push((place, label));
            let end = item.text.start + text[item.text.clone()].trim_end().len();
            edits.push((end..end, "</label>".to_owned()));
        }
        edits
    }

    /// Lines that come in their right order, and are shown in another. `written` is where the author has them.
    pub(super) fn order(
        &self,
        rows: Vec<String>,
        written: Option<Range<usize>>,
    ) -> Result<Edits, Wrong> {
        let shown = mixed(&self.id(), &rows).ok_or_else(|| {
            (
                "there are not two different lines to put into order".to_owned(),
                "take more lines, or ask in another way".to_owned(),
            )
        })?;
        // Lines that say the same have the same name: either may be first.
        let name = |row: &String| {
            let place = shown.iter().position(|other| other == row);
            letter(place.unwrap_or_default())
        };
        let names: Vec<String> = rows.iter().map(&name).collect();
        let prefix = self.prefix();
        let shown_rows: String = (1..)
            .zip(&shown)
            .map(|(place, row)| {
                format!(
                    concat!(
                        r#"1. <span class="row-words" id="{prefix}-{place}" data-row="{name}">{row}</span> "#,
                        r#"<span class="row-moves"><button type="button" data-move="-1" aria-label="Up" aria-describedby="{prefix}-{place}">&#8593;</button>"#,
                        r#"<button type="button" data-move="1" aria-label="Down" aria-describedby="{prefix}-{place}">&#8595;</button></span>"#,
                        "\n"
                    ),
                    prefix = prefix,
                    place = place,
                    name = name(row),
                    row = row
                )
            })
            .collect();
        let right_rows: String = rows.iter().map(|row| format!("1. {row}\n")).collect();
        let answer = format!(
            "</div>\n<div class=\"question-rows\">\n\n{shown_rows}\n</div>\n{CHECK}{ANSWER}\n<div class=\"question-right\">\n\nThe right order:\n\n{right_rows}\n</div>\n"
        );
        let mut edits = self.around(self.open("Put into order", &names.concat()), answer);
        edits.extend(written.map(|range| (range, String::new())));
        Ok(edits)
    }

    /// A number to fill in.
    pub(super) fn number(&self, found: &Value) -> Edits {
        let unit = match found.unit.as_str() {
            "" => String::new(),
            unit => format!(" {}", escape(unit)),
        };
        let answer = format!(
            concat!(
                "</div>\n<p class=\"question-value\"><label>Your answer: ",
                "<input type=\"text\" inputmode=\"numeric\" size=\"12\"></label>{unit}</p>\n",
                "{check}{answer}<p class=\"question-right\">Right: <b>{shown}</b>{unit}{source}</p>\n",
            ),
            unit = unit,
            check = CHECK,
            answer = ANSWER,
            shown = escape(&found.shown),
            source = source(Some(found)),
        );
        self.around(self.open("Fill in a number", &found.shown), answer)
    }
}

/// `, by step 2 of the recording three-way-handshake`
fn source(found: Option<&Value>) -> String {
    match found.and_then(|found| found.source.as_ref()) {
        Some((name, Some(step))) => {
            format!(
                ", by step {step} of the recording <code>{}</code>",
                escape(name)
            )
        }
        Some((name, None)) => format!(", counted in the recording <code>{}</code>", escape(name)),
        None => String::new(),
    }
}

/// `A` for the first.
fn letter(index: usize) -> String {
    let index = u32::try_from(index).unwrap_or(u32::MAX);
    char::from_u32(u32::from(b'A').saturating_add(index)).map_or_else(String::new, String::from)
}

/// The lines in another order than their own, the same each time. `None` where they all say the same.
fn mixed(id: &str, rows: &[String]) -> Option<Vec<String>> {
    let mut mixed = rows.to_vec();
    mixed.sort_by_key(|row| digest(&format!("{id}{row}")));
    if mixed == rows {
        mixed.reverse();
    }
    (mixed != rows).then_some(mixed)
}

/// What the page knows of the right answer: enough to recognise it, and nothing that is read at a glance.
fn key(id: &str, answer: &str) -> String {
    format!("{:x}", digest(&format!("{id}={answer}")))
}

/// FNV-1a, which `questions.js` computes as well.
fn digest(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |digest, octet| {
        (digest ^ u32::from(octet)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_fnv_1a() {
        assert_eq!(digest(""), 0x811c_9dc5);
        assert_eq!(digest("foobar"), 0xbf9c_f968);
    }

    #[test]
    fn lines_are_never_shown_in_their_right_order() {
        for count in 2..7 {
            let rows: Vec<String> = (0..count).map(|row| row.to_string()).collect();
            for id in ["a", "b", "c", "d", "e", "f"] {
                let shown = mixed(id, &rows).unwrap();
                assert_ne!(shown, rows);
                let mut sorted = shown.clone();
                sorted.sort();
                assert_eq!(sorted, rows);
            }
        }
        assert_eq!(mixed("a", &["1".to_owned(), "1".to_owned()]), None);
    }
}
