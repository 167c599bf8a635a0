//! The chapters: their directives, the ledger of claims, the sections that they cite.
//!
//! A chapter is Markdown with directives, which mdBook hands to [`preprocess`] before it draws the
//! pages:
//!
//! | in the chapter | in the page |
//! |---|---|
//! | `{{#figure three-way-handshake}}` | the recorded exchange, step by step, down to its bytes |
//! | `{{#cover three-way-handshake}}` | how the connection of that recording is opened, as a picture that moves |
//! | `{{#states three-way-handshake}}` | the states of RFC 9293's figure 5 with both sides' paths in that recording |
//! | `{{#states close-in-four closing}}` | the same, from ESTABLISHED on |
//! | `{{#header three-way-handshake 1}}` | the TCP header of that recording's step 1, bit by bit, in rows of 32 bits |
//! | `{{#ways ten-events-websocket ten-events-bare-socket}}` | a table of what the same events cost in each of these recordings |
//! | `{{#rfc 9293 3.5}}` | a link to that section, `RFC 9293 §3.5` |
//! | `{{#claim socket-is-a-protocol}}` | a row of the ledger as a box |
//! | `{{#settled why-three}}` | the rows that a chapter settles, as a list |
//! | `{{#ledger}}` | the whole ledger |
//! | `{{#statemachine diagram}}` | figure 5 of RFC 9293 with the recordings that take each of its arrows |
//! | `{{#statemachine events}}` | what RFC 9293 §3.10 does with each event in each state, with a recording of each |
//! | `{{#requirements}}` | the numbered requirements of RFC 9293, and what shows each |
//! | `{{#exercise why-three}}` | the card of an exercise |
//! | `{{#choose NAME}}`, `{{#order NAME}}`, `{{#number NAME}}` up to `{{#end}}` | a question that is answered in the page, in the form that `questions.rs` describes |
//!
//! Only `rfc` may stand inside a sentence; the others have a line to themselves. A directive in a
//! code block or behind a backslash is text. [`problems`] lists everything that is wrong with the
//! chapters by the same code that builds them.

use std::collections::BTreeSet;
use std::path::Path;

use crate::Problem;
use directive::Directive;

mod boxes;
mod claims;
mod curriculum;
mod directive;
mod expand;
mod figure;
mod filter;
mod highlight;
mod includes;
mod ledger_page;
mod links;
mod machine;
mod manuscript;
mod mentions;
mod mermaid;
pub mod preprocess;
mod questions;
mod recording;
mod requirements;
mod requirements_page;
mod rfc;
mod scan;
mod search;
mod search_entries;
mod states;
mod tables;
mod ways;

pub use claims::{Claim, Ledger, Verdict};
pub use curriculum::Curriculum;
pub use rfc::{Citation, Rfc};

/// Everything that is wrong with the book of the course at `root`: directives, citations, claims,
/// figures, included files, links between pages. In the order of files and lines.
#[must_use]
pub fn problems(root: &Path) -> Vec<Problem> {
    match manuscript::Manuscript::read(root) {
        Ok(manuscript) => expand::expand(&manuscript).problems,
        Err(problems) => problems,
    }
}

/// The names of the recordings that a chapter's text shows, in whatever form.
#[must_use]
pub fn recordings_shown(text: &str) -> BTreeSet<String> {
    let directives = scan::directives(text);
    let shown = directives.iter().filter(|found| !found.in_code);
    shown
        .filter_map(|found| match Directive::parse(found.body) {
            Ok(
                Directive::Figure(name)
                | Directive::Cover(name)
                | Directive::States(name, _)
                | Directive::Header(name, _),
            ) => Some(name),
            Ok(Directive::Ways(names)) => Some(names),
            _ => None,
        })
        .flat_map(str::split_whitespace)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chapter_shows_recordings_in_five_ways() {
        let text = "{{#figure a}}\n\n{{#states b closing}}\n\n{{#header c 1}}\n\n{{#ways d e}}\n\n\
                    {{#cover f}}\n\n{{#rfc 9293 3.5}} `{{#figure g}}` \\{{#figure h}}\n";
        let shown = recordings_shown(text);
        assert_eq!(
            shown.iter().map(String::as_str).collect::<String>(),
            "abcdef"
        );
    }
}
