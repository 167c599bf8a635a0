//! The RFCs that the book may cite, and their sections.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use trace::html::{escape, section_name, section_url};

/// What is known of an RFC.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rfc {
    /// Its title.
    pub title: String,
    /// Month and year.
    pub date: String,
    /// `Internet Standard`, `Proposed Standard`, `Informational`.
    pub status: String,
    /// The RFCs that replace it.
    #[serde(default)]
    pub obsoleted_by: Vec<u16>,
    /// Heading by number.
    pub sections: BTreeMap<String, String>,
    /// Headings without a number.
    #[serde(default)]
    pub unnumbered: Vec<String>,
}

/// A section that exists.
#[derive(Clone, Debug)]
pub struct Citation {
    /// The RFC's number.
    pub number: u16,
    /// The RFC.
    pub rfc: &'static Rfc,
    /// The section's number, or its heading where it has none.
    pub section: String,
    /// The section's heading.
    pub heading: String,
}

/// Why something is no citation: what is wrong and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Uncitable {
    pub(super) what: String,
    pub(super) remedy: String,
}

static INDEX: LazyLock<BTreeMap<u16, Rfc>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../data/sections.json"))
        .expect("data/sections.json is read by this module's tests")
});

/// Looks a section up.
pub(super) fn cite(number: &str, section: &str) -> Result<Citation, Uncitable> {
    let found = number
        .parse()
        .ok()
        .and_then(|number: u16| Some((number, INDEX.get(&number)?)));
    let Some((number, rfc)) = found else {
        return Err(Uncitable {
            what: format!("no RFC {number} in the index"),
            remedy: "the RFCs that can be cited are the keys of crates/course/data/sections.json"
                .to_owned(),
        });
    };
    let heading = rfc
        .sections
        .get(section)
        .or_else(|| rfc.unnumbered.iter().find(|heading| *heading == section));
    match heading {
        Some(heading) => Ok(Citation {
            number,
            rfc,
            section: section.to_owned(),
            heading: heading.clone(),
        }),
        None => Err(Uncitable {
            what: format!("RFC {number} has no section {section}"),
            remedy: nearby(rfc, section),
        }),
    }
}

/// The sections of an RFC that a writer may have meant.
fn nearby(rfc: &Rfc, section: &str) -> String {
    let chapter = section.split('.').next().unwrap_or_default();
    let in_chapter: Vec<&str> = rfc
        .sections
        .keys()
        .map(String::as_str)
        .filter(|number| number.split('.').next() == Some(chapter))
        .collect();
    let choice = match (in_chapter.is_empty(), rfc.sections.is_empty()) {
        (false, _) => in_chapter,
        (true, false) => rfc
            .sections
            .keys()
            .map(String::as_str)
            .filter(|number| !number.contains('.'))
            .collect(),
        (true, true) => rfc.unnumbered.iter().map(String::as_str).collect(),
    };
    format!("it has {}", choice.join(", "))
}

impl Citation {
    /// `RFC 9293 §3.5` as a link, with heading and title where the reader points at it.
    ///
    /// ```text
    /// {{#rfc 9293 3.5}}
    /// <a class="cite" href="https://www.rfc-editor.org/rfc/rfc9293.html#section-3.5"
    ///    title="Establishing a Connection: Transmission Control Protocol (TCP), August 2022">RFC 9293 §3.5</a>
    /// ```
    #[must_use]
    pub fn link(&self) -> String {
        let replaced = match self.rfc.obsoleted_by.as_slice() {
            [] => String::new(),
            newer => {
                let newer: Vec<String> = newer.iter().map(u16::to_string).collect();
                format!(", obsoleted by RFC {}", newer.join(", "))
            }
        };
        let title = format!(
            "{}: {}, {}{replaced}",
            self.heading, self.rfc.title, self.rfc.date
        );
        format!(
            r#"<a class="cite" href="{}" title="{}">{}</a>"#,
            escape(&section_url(self.number, &self.section)),
            escape(&title),
            escape(&section_name(self.number, &self.section)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_becomes_a_link_with_its_heading() {
        assert_eq!(
            cite("9293", "3.5").unwrap().link(),
            r#"<a class="cite" href="https://www.rfc-editor.org/rfc/rfc9293.html#section-3.5" title="Establishing a Connection: Transmission Control Protocol (TCP), August 2022">RFC 9293 §3.5</a>"#
        );
    }

    #[test]
    fn an_obsolete_rfc_says_what_replaces_it() {
        assert!(
            cite("793", "3.4")
                .unwrap()
                .link()
                .contains("September 1981, obsoleted by RFC 9293")
        );
    }

    #[test]
    fn a_heading_without_a_number_is_cited_by_its_words_and_an_appendix_by_its_letter() {
        let link = cite("768", "User Interface").unwrap().link();
        assert!(
            link.contains(r#"href="https://www.rfc-editor.org/rfc/rfc768.html""#),
            "{link}"
        );
        assert!(link.contains("RFC 768, User Interface"), "{link}");
        let link = cite("9112", "C.2.2").unwrap().link();
        assert!(link.contains("rfc9112.html#appendix-C.2.2"), "{link}");
    }

    #[test]
    fn what_does_not_exist_cannot_be_cited_and_what_is_near_is_named() {
        let unknown = cite("9293", "3.12").unwrap_err();
        assert_eq!(unknown.what, "RFC 9293 has no section 3.12");
        assert!(unknown.remedy.contains("3.10.7.4"), "{}", unknown.remedy);
        assert!(
            cite("9293", "12")
                .unwrap_err()
                .remedy
                .starts_with("it has 1, 2, 3")
        );
        assert_eq!(
            cite("9999", "1").unwrap_err().what,
            "no RFC 9999 in the index"
        );
        assert_eq!(
            cite("http", "1").unwrap_err().what,
            "no RFC http in the index"
        );
    }
}
