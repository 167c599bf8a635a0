//! The figures that are drawn from a recording.

use std::path::Path;

use trace::cost::Way;
use trace::html::{Dress, NoHeader};
use trace::{Ladder, html};

use super::manuscript::Manuscript;
use super::recording::{Recording, Wrong};
use super::states::{self, Extent};
use super::ways::{self, Recorded};

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
/// # Errors
/// As [`Recording::open`].
pub(super) fn draw(manuscript: &Manuscript, page: &Path, name: &str) -> Result<Drawn, Wrong> {
    let recording = Recording::open(manuscript, page, name)?;
    let trace = &recording.trace;
    let title = &trace.provenance.title;
    Ok(Drawn {
        html: html::figure(trace, name, title, &recording.address(page)),
        places: html::places(trace, name),
    })
}

/// Draws how the connection of a recording is opened, as a picture that moves.
///
/// # Errors
/// As [`Recording::open`], and where the recording does not come to an open connection, or only after a loss.
pub(super) fn cover(manuscript: &Manuscript, page: &Path, name: &str) -> Result<String, Wrong> {
    let recording = Recording::open(manuscript, page, name)?;
    html::cover(&recording.trace, name, &recording.address(page)).ok_or_else(|| {
        let shown = &recording.shown;
        (
            format!("{shown} does not begin with a connection that is opened without a loss"),
            "name a recording in which both sides come to ESTABLISHED and every frame arrives"
                .to_owned(),
        )
    })
}

/// What the players of a page's figures share, to be put at its end: the picture of RFC 9293's figure 5, which
/// they copy. Nothing for a page on which no connection is recorded.
///
/// It stands in a `<script>` that is none, because that is what mdBook's search leaves out: else every chapter would be
/// found by the words of the figure.
pub(super) fn for_players(text: &str) -> String {
    if !text.contains(" data-play=\"") {
        return String::new();
    }
    let picture = html::figure5("The states of a connection", |_| Dress::default());
    format!("\n\n<script type=\"image/svg+xml\" id=\"figure-5\">{picture}</script>\n")
}

/// The states of RFC 9293's figure 5 with the paths that both sides took in a recording, for mermaid.
///
/// # Errors
/// As [`Recording::open`], and where neither side takes an arrow that is drawn.
pub(super) fn states(
    manuscript: &Manuscript,
    page: &Path,
    name: &str,
    extent: Extent,
) -> Result<String, Wrong> {
    let recording = Recording::open(manuscript, page, name)?;
    states::diagram(&Ladder::of(&recording.trace), extent).ok_or_else(|| {
        let shown = &recording.shown;
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
/// As [`Recording::open`], and where the recording has no such step with a TCP segment.
pub(super) fn header(
    manuscript: &Manuscript,
    page: &Path,
    name: &str,
    step: &str,
) -> Result<String, Wrong> {
    let recording = Recording::open(manuscript, page, name)?;
    let number = step.parse().map_err(|_| {
        (
            format!("`{step}` is no number of a step"),
            "write the number that the step has in its figure: 1 for the first".to_owned(),
        )
    })?;
    html::header(&recording.trace, name, number, &recording.address(page)).map_err(|reason| {
        let shown = &recording.shown;
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

/// What the same events cost in each of these recordings, as a table.
///
/// # Errors
/// As [`Recording::open`], and where a recording has no events, or another number of them than the others.
pub(super) fn ways(manuscript: &Manuscript, page: &Path, names: &str) -> Result<String, Wrong> {
    let recorded = |name| -> Result<Recorded<'_>, Wrong> {
        let recording = Recording::open(manuscript, page, name)?;
        let way = Way::of(&recording.trace).ok_or_else(|| {
            (
                format!("{} has no event", recording.shown),
                "name a recording in which the server sends `event 1`, `event 2` and so on"
                    .to_owned(),
            )
        })?;
        let address = recording.address(page);
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
