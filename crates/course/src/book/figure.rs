//! The figures that are drawn from a recording.

use std::path::{Path, PathBuf};

use trace::cost::Way;
use trace::html::NoHeader;
use trace::{Event, Ladder, Trace, html, pcapng};

use super::manuscript::{Manuscript, relative};
use super::states::{self, Extent};
use super::ways::{self, Recorded};
use crate::Problem;

/// A figure, and the places in it that links can name besides the ids that stand in it.
pub(super) struct Drawn {
    pub(super) html: String,
    pub(super) places: Vec<String>,
}

/// Draws the recording of that name in a page.
///
/// ```text
/// {{#figure three-way-handshake}}    in book/handshake/why-three.md
/// <figure class="exchange" id="figure-three-way-handshake" ...>...</figure>
/// ```
///
/// `three-way-handshake.pcapng` is looked for beside the page, then anywhere in the book.
///
/// # Errors
/// What is wrong and what to do, in that order.
pub(super) fn draw(
    manuscript: &Manuscript,
    page: &Path,
    name: &str,
) -> Result<Drawn, (String, String)> {
    let file = find(manuscript, page, name)?;
    let trace = read(manuscript, &file, name)?;
    let title = &trace.provenance.title;
    Ok(Drawn {
        html: html::figure(&trace, name, title, &relative(page, &file)),
        places: html::places(&trace, name),
    })
}

/// Draws how the connection of a recording is opened, as a picture that moves.
///
/// # Errors
/// As [`draw`], and where the recording does not come to an open connection, or only after a loss.
pub(super) fn cover(
    manuscript: &Manuscript,
    page: &Path,
    name: &str,
) -> Result<String, (String, String)> {
    let file = find(manuscript, page, name)?;
    let trace = read(manuscript, &file, name)?;
    html::cover(&trace, name, &relative(page, &file)).ok_or_else(|| {
        let shown = manuscript.shown(&file).display().to_string();
        (
            format!("{shown} does not begin with a connection that is opened without a loss"),
            "name a recording in which both sides come to ESTABLISHED and every frame arrives"
                .to_owned(),
        )
    })
}

/// The states of RFC 9293's figure 5 with the paths that both sides took in a recording, for mermaid.
///
/// # Errors
/// As [`draw`], and where neither side takes an arrow that is drawn.
pub(super) fn states(
    manuscript: &Manuscript,
    page: &Path,
    name: &str,
    extent: Extent,
) -> Result<String, (String, String)> {
    let file = find(manuscript, page, name)?;
    let trace = read(manuscript, &file, name)?;
    states::diagram(&Ladder::of(&trace), extent).ok_or_else(|| {
        let shown = manuscript.shown(&file).display().to_string();
        match extent {
            Extent::Whole => (
                format!("in {shown} neither side takes an arrow of figure 5"),
                "name a recording of a TCP connection".to_owned(),
            ),
            Extent::Closing => (
                format!("in {shown} nothing closes: neither side takes an arrow of figure 5 from ESTABLISHED on"),
                "name a recording in which a side sends or receives a FIN, or leave out `closing`".to_owned(),
            ),
        }
    })
}

/// Draws the TCP header of one step of a recording, bit by bit.
///
/// ```text
/// {{#header three-way-handshake 1}}
/// <figure class="header-map" id="three-way-handshake-1-header" ...>...</figure>
/// ```
///
/// # Errors
/// As [`draw`], and where the recording has no such step with a TCP segment.
pub(super) fn header(
    manuscript: &Manuscript,
    page: &Path,
    name: &str,
    step: &str,
) -> Result<String, (String, String)> {
    let file = find(manuscript, page, name)?;
    let trace = read(manuscript, &file, name)?;
    let number = step.parse().map_err(|_| {
        (
            format!("`{step}` is no number of a step"),
            "write the number that the step has in its figure: 1 for the first".to_owned(),
        )
    })?;
    html::header(&trace, name, number, &relative(page, &file)).map_err(|reason| {
        let shown = manuscript.shown(&file).display().to_string();
        match reason {
            NoHeader::NoSuchStep { steps } => (
                format!("{shown} has no step {step}: it has steps 1 to {steps}"),
                "take the number of a step as its figure counts them".to_owned(),
            ),
            NoHeader::NoSegment => (
                format!("step {step} of {shown} is no TCP segment"),
                "take the number of a step that is one, as its figure counts them".to_owned(),
            ),
        }
    })
}

/// What a search should find of a recording: its title, and what its programs did.
pub(super) fn words(manuscript: &Manuscript, page: &Path, name: &str) -> String {
    let file = find(manuscript, page, name);
    let Ok(trace) = file.and_then(|file| read(manuscript, &file, name)) else {
        return String::new();
    };
    let notes = trace.rows.into_iter().filter_map(|row| match row.event {
        Event::Note { text, .. } => Some(text),
        Event::Frame { .. } => None,
    });
    let words = std::iter::once(trace.provenance.title).chain(notes);
    words.collect::<Vec<String>>().join(". ")
}

/// What the same events cost in each of these recordings, as a table.
///
/// # Errors
/// As [`draw`], and where a recording has no events, or another number of them than the others.
pub(super) fn ways(
    manuscript: &Manuscript,
    page: &Path,
    names: &str,
) -> Result<String, (String, String)> {
    let recorded = |name| -> Result<Recorded<'_>, (String, String)> {
        let file = find(manuscript, page, name)?;
        let way = Way::of(&read(manuscript, &file, name)?).ok_or_else(|| {
            (
                format!("{} has no event", manuscript.shown(&file).display()),
                "name a recording in which the server sends `event 1`, `event 2` and so on"
                    .to_owned(),
            )
        })?;
        let address = relative(page, &file);
        Ok(Recorded { name, address, way })
    };
    let rows: Vec<Recorded<'_>> = names
        .split_whitespace()
        .map(recorded)
        .collect::<Result<_, _>>()?;
    ways::table(&rows).map_err(|what| {
        (
            what,
            "name recordings that bring the same events".to_owned(),
        )
    })
}

fn read(manuscript: &Manuscript, file: &Path, name: &str) -> Result<Trace, (String, String)> {
    let shown = manuscript.shown(file).display().to_string();
    let bytes = std::fs::read(manuscript.folder().join(file)).map_err(|error| {
        (
            format!("cannot read {shown}: {error}"),
            "look at its permissions".to_owned(),
        )
    })?;
    let again = || format!("record it again: cargo course record {name}");
    pcapng::read(&bytes).map_err(|error| (format!("{shown}: {error}"), again()))
}

/// The recording's file, relative to the book's folder.
fn find(manuscript: &Manuscript, page: &Path, name: &str) -> Result<PathBuf, (String, String)> {
    let wanted = format!("{name}.pcapng");
    let beside = page.with_file_name(&wanted);
    if manuscript.folder().join(&beside).is_file() {
        return Ok(beside);
    }
    let elsewhere: Vec<&PathBuf> = manuscript
        .recordings
        .iter()
        .filter(|file| file.file_name().is_some_and(|name| name == wanted.as_str()))
        .collect();
    match elsewhere[..] {
        [file] => Ok(file.clone()),
        [] => Err((
            format!(
                "there is no recording {}",
                manuscript.shown(&beside).display()
            ),
            format!(
                "spell the name as its file, without .pcapng, or record it: cargo course record {name}"
            ),
        )),
        [..] => {
            let files: Vec<String> = elsewhere
                .iter()
                .map(|file| manuscript.shown(file).display().to_string())
                .collect();
            Err((
                format!("there is more than one {wanted}"),
                format!("give each of {} a name of its own", files.join(", ")),
            ))
        }
    }
}

/// Every recording below a folder, relative to it.
///
/// # Errors
/// A folder that cannot be read.
pub(super) fn recordings(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        let unreadable = |error: std::io::Error| {
            Problem::new(
                folder.join(&below),
                format!("cannot be read: {error}"),
                "look at its permissions",
            )
        };
        for entry in std::fs::read_dir(folder.join(&below)).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = below.join(entry.file_name());
            if entry.path().is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "pcapng")
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
