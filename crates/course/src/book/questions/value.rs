//! Answers that a recording gives.

use std::path::Path;

use trace::ladder::{Arrow, Middle};
use trace::{Event, Ladder, Origin, Side, Trace, annotate, html};

use super::Wrong;
use crate::book::manuscript::Manuscript;
use crate::book::recording::Recording;

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Value {
    /// As a reader would write it.
    pub(super) shown: String,
    /// What it counts, if that is said.
    pub(super) unit: String,
    /// The recording and its step that say so; no step where the whole recording does.
    pub(super) source: Option<(String, Option<usize>)>,
}

const FORM: &str = "write {{#answer RECORDING STEP FIELD}}, with `client` or `server` for a state, `from`, `control`, what the ladder calls it \
                    (seq, ack, len, win, mss), or the end of a link to a field of the step, such as window; \
                    or {{#answer RECORDING segments}}, client-segments or server-segments";

/// What `RECORDING STEP FIELD` or `RECORDING COUNT` finds, with the words behind it as its unit.
pub(super) fn of(manuscript: &Manuscript, page: &Path, words: &str) -> Result<Value, Wrong> {
    let words: Vec<&str> = words.split_whitespace().collect();
    let [name, second, rest @ ..] = words.as_slice() else {
        let what = "{{#answer}} says too little".to_owned();
        return Err((what, FORM.to_owned()));
    };
    let Recording {
        shown: file, trace, ..
    } = Recording::open(manuscript, page, name)?;
    let value = |shown: String, unit: &[&str], step| Value {
        shown,
        unit: unit.join(" "),
        source: Some(((*name).to_owned(), step)),
    };
    if let Some(count) = count(&trace, second) {
        return Ok(value(count.to_string(), rest, None));
    }
    let [field, unit @ ..] = rest else {
        let what = format!("`{second}` is nothing that can be counted in a recording");
        return Err((what, FORM.to_owned()));
    };
    let number = step(second)?;
    let shown = at(&trace, &file, number, field)?;
    Ok(value(shown, unit, Some(number)))
}

/// A number: `1460 octets`, or what a recording says.
pub(super) fn number(manuscript: &Manuscript, page: &Path, words: &str) -> Result<Value, Wrong> {
    let (first, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|c| c.is_ascii_digit());
    if is_number(first) {
        return Ok(Value {
            shown: plain(first),
            unit: rest.trim().to_owned(),
            source: None,
        });
    }
    let found = of(manuscript, page, words)?;
    if !is_number(&found.shown) {
        let what = format!("the answer is `{}`, which is no whole number", found.shown);
        let remedy = "let the reader choose: {{#choose NAME}}, with that as one of the items";
        return Err((what, remedy.to_owned()));
    }
    Ok(found)
}

/// A number without zeros before it, as the script compares it.
fn plain(digits: &str) -> String {
    match digits.trim_start_matches('0') {
        "" => "0".to_owned(),
        digits => digits.to_owned(),
    }
}

/// The steps of `RECORDING FIRST-LAST` as lines.
pub(super) fn rows(
    manuscript: &Manuscript,
    page: &Path,
    words: &str,
) -> Result<Vec<String>, Wrong> {
    let form = || {
        (
            format!("`{words}` names no steps of a recording"),
            "write the recording, the first and the last step: {{#answer RECORDING 1-3}}"
                .to_owned(),
        )
    };
    let (name, range) = words.split_once(char::is_whitespace).ok_or_else(form)?;
    let (first, last) = range.trim().split_once('-').ok_or_else(form)?;
    let (first, last) = (step(first)?, step(last)?);
    let Recording {
        shown: file, trace, ..
    } = Recording::open(manuscript, page, name)?;
    let ladder = Ladder::of(&trace);
    (first..=last)
        .map(|number| Ok(line(arrow(&ladder, &file, number)?.1)))
        .collect()
}

/// `server: SYN,ACK seq=0 ack=1`
fn line(arrow: &Arrow) -> String {
    let items: Vec<String> = arrow.items.iter().map(ToString::to_string).collect();
    format!("{}: `{}`", arrow.from.name(), items.join(" "))
}

fn step(word: &str) -> Result<usize, Wrong> {
    word.parse().map_err(|_| {
        (
            format!("`{word}` is no number of a step"),
            "write the number that the step has in its figure: 1 for the first".to_owned(),
        )
    })
}

/// How many segments the hosts have sent; one that the wire has held is one.
fn count(trace: &Trace, what: &str) -> Option<usize> {
    let of = match what {
        "segments" => None,
        "client-segments" => Some(Side::Client),
        "server-segments" => Some(Side::Server),
        _ => return None,
    };
    let sent = trace.rows.iter().filter(|row| {
        let by_host = matches!(
            row.event,
            Event::Frame {
                origin: Origin::Host,
                ..
            }
        );
        by_host
            && row
                .segment()
                .is_some_and(|(from, _)| of.is_none_or(|side| side == from))
    });
    Some(sent.count())
}

/// The line of a step, and its arrow.
fn arrow<'a>(
    ladder: &'a Ladder,
    file: &str,
    number: usize,
) -> Result<(&'a trace::ladder::Line, &'a Arrow), Wrong> {
    let steps = ladder.lines.iter().filter_map(|line| line.number);
    let last = steps.max().unwrap_or(0);
    let line = ladder.lines.iter().find(|line| line.number == Some(number));
    match line.map(|line| (line, &line.middle)) {
        Some((line, Middle::Arrow(arrow))) => Ok((line, arrow)),
        _ => Err((
            format!("{file} has no step {number}: it has steps 1 to {last}"),
            "take the number of a step as its figure counts them".to_owned(),
        )),
    }
}

/// What a step says of a field.
fn at(trace: &Trace, file: &str, number: usize, field: &str) -> Result<String, Wrong> {
    let ladder = Ladder::of(trace);
    let (line, arrow) = arrow(&ladder, file, number)?;
    let state = match field {
        "client" => line.client,
        "server" => line.server,
        "from" => return Ok(arrow.from.name().to_owned()),
        "control" => {
            let control = trace.rows[arrow.row]
                .segment()
                .map(|(_, segment)| segment.control);
            return control.map(|control| control.to_string()).ok_or_else(|| {
                (
                    format!("step {number} of {file} is no TCP segment"),
                    FORM.to_owned(),
                )
            });
        }
        _ => None,
    };
    if let Some(state) = state {
        return Ok(state.to_string());
    }
    if let Some(item) = arrow.items.iter().find(|item| item.name == field) {
        return Ok(item.shown.clone());
    }
    let fields = trace.rows[arrow.row]
        .frame()
        .and_then(|frame| annotate::annotate(frame).ok())
        .unwrap_or_default();
    let names = html::parts(&fields);
    // What the ladder would call so is a number, and no control bit.
    let place = names
        .iter()
        .position(|name| name == field && !matches!(field, "ack" | "urg"));
    match place {
        Some(index) => Ok(fields[index].value.clone()),
        None => {
            let items = arrow.items.iter().map(|item| item.name);
            let items: Vec<&str> = items.filter(|name| !name.is_empty()).collect();
            let what = format!("step {number} of {file} has no field `{field}`");
            let remedy = format!(
                "it has client, server, from, control, {}, {}",
                items.join(", "),
                names.join(", ")
            );
            Err((what, remedy))
        }
    }
}
