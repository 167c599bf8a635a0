//! The figure of a recorded exchange as HTML: a ladder between two hosts, every frame of which
//! unfolds to its octets and fields; and the picture of a single header.
//!
//! The HTML can be read without a script: steps are `<details>` with the octets in them. A script names the octets
//! field by field when a step is unfolded, from what the figure says of them. The HTML is one line without a blank line in
//! it, so that it survives inside Markdown, and it contains no `{`, so that mdBook finds no directive in a payload.

mod arrow;
mod cover;
mod header;
mod octets;
mod steps;

use crate::exchange::Trace;
use crate::ladder::{Ladder, Line, Middle};

pub use cover::cover;
pub use header::{NoHeader, header};

/// Draws a trace as a `<figure>`.
///
/// `name` becomes the start of every id (`three-way-handshake-2` is its second step), so it must be unique in its page;
/// `title` is the caption; `download` is the address of the recording, relative to the page.
///
/// # Examples
/// ```
/// let html = trace::html::figure(&trace::Trace::default(), "empty", "Nothing", "empty.pcapng");
/// assert!(html.starts_with(r#"<figure class="exchange" id="figure-empty""#));
/// ```
#[must_use]
pub fn figure(trace: &Trace, name: &str, title: &str, download: &str) -> String {
    let ladder = Ladder::of(trace);
    let name = escape(name);
    let mut sheet = octets::Sheet::default();
    let steps = steps::ladder(trace, &ladder, &name, &mut sheet);
    format!(
        concat!(
            r#"<figure class="exchange" id="figure-{name}" data-sheet="{sheet}" aria-labelledby="{name}-caption">"#,
            r#"<figcaption id="{name}-caption">{title}</figcaption>"#,
            r#"<div class="figure-tools" hidden>"#,
            r#"<button type="button" data-exchange="bytes" aria-pressed="false">Show all bytes</button>"#,
            r#"<button type="button" data-exchange="numbers" aria-pressed="false">Numbers as on the wire</button>"#,
            "</div>{steps}{text}{source}</figure>",
        ),
        name = name,
        sheet = sheet.attribute(),
        title = escape(title),
        steps = steps,
        text = as_text(&ladder, title),
        source = source(trace, download),
    )
}

/// The ids that the fields of a figure's steps have once a step is unfolded: `three-way-handshake-2-ack` is the ACK bit
/// of its second step.
#[must_use]
pub fn places(trace: &Trace, name: &str) -> Vec<String> {
    let frame_of = |line: &Line| match &line.middle {
        Middle::Arrow(arrow) => Some((line.number?, trace.rows[arrow.row].frame()?)),
        _ => None,
    };
    let frames = Ladder::of(trace).lines;
    let frames = frames.iter().filter_map(frame_of);
    frames
        .flat_map(|(number, frame)| octets::places(frame, &format!("{name}-{number}")))
        .collect()
}

/// Where a section of an RFC can be read: `https://www.rfc-editor.org/rfc/rfc9293.html#section-3.5`.
/// Appendices have an anchor of their own; a heading without a number has none.
#[must_use]
pub fn section_url(rfc: u16, section: &str) -> String {
    let page = format!("https://www.rfc-editor.org/rfc/rfc{rfc}.html");
    let mut start = section.chars();
    match (start.next(), start.next()) {
        (Some('0'..='9'), _) => format!("{page}#section-{section}"),
        (Some('A'..='Z'), None | Some('.')) => format!("{page}#appendix-{section}"),
        _ => page,
    }
}

/// How a section of an RFC is named in a sentence: `RFC 9293 §3.5`, `RFC 768, Format`.
#[must_use]
pub fn section_name(rfc: u16, section: &str) -> String {
    if section_url(rfc, section).contains('#') {
        format!("RFC {rfc} §{section}")
    } else {
        format!("RFC {rfc}, {section}")
    }
}

/// Text as it stands between tags or in a quoted attribute. Line ends become references, since a
/// blank line ends an HTML block in Markdown, and so do braces, since mdBook reads `{{#...}}`.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '{' => escaped.push_str("&#123;"),
            '\n' => escaped.push_str("&#10;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// The ladder as it stands in the snapshots, for those who would rather read or copy text.
fn as_text(ladder: &Ladder, title: &str) -> String {
    format!(
        concat!(
            r#"<details class="exchange-text"><summary>As text</summary>"#,
            r#"<pre tabindex="0" role="group" aria-label="{title} as text">{text}</pre></details>"#,
        ),
        title = escape(title),
        text = escape(ladder.to_string().trim_end()),
    )
}

/// Where the figure comes from, and where the recording is.
fn source(trace: &Trace, download: &str) -> String {
    let provenance = &trace.provenance;
    let settings: String = provenance
        .sysctls
        .iter()
        .map(|(name, value)| format!("<li>{} = {}</li>", escape(name), escape(value)))
        .collect();
    let settings = if settings.is_empty() {
        String::new()
    } else {
        format!(
            r#"<details class="exchange-settings"><summary>Kernel settings</summary><ul>{settings}</ul></details>"#
        )
    };
    format!(
        r#"<p class="figure-source">{}</p>{settings}"#,
        recorded(trace, download)
    )
}

/// The kernel, the scene and the file, in sentences.
fn recorded(trace: &Trace, download: &str) -> String {
    let provenance = &trace.provenance;
    format!(
        concat!(
            r#"Recorded on {kernel}, scene <span class="mono">{scene}</span>. "#,
            r#"<a href="{download}" download>Download the recording</a> (pcapng, for Wireshark)."#,
        ),
        kernel = escape(&provenance.kernel),
        scene = escape(&provenance.scene),
        download = escape(download),
    )
}

#[cfg(test)]
mod tests;
