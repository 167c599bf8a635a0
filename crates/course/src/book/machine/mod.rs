//! Figure 5 of RFC 9293 over all recordings of the book, and every event of §3.10 in every state.

mod atlas;
mod events;

use std::path::Path;

use trace::State;
use trace::figure5::TRANSITIONS;
use trace::html::{Dress, Part, escape, figure5, section_url};

use super::manuscript::Manuscript;
use super::rfc;
use atlas::{Atlas, Steps};
use events::{Event, Events, FILE, Kind};

/// What of it a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum View {
    /// The diagram with the recordings of every arrow and state.
    Diagram,
    /// The tables of events and states.
    Events,
}

/// Draws it for a page.
///
/// ```text
/// {{#statemachine diagram}}
/// {{#statemachine events}}
/// ```
///
/// # Errors
/// A recording that cannot be read; a section or a recording that the table names and that does not exist; an arrow
/// that no recording takes without a reason, or with a reason though one takes it.
pub(super) fn draw(
    manuscript: &Manuscript,
    page: &Path,
    view: View,
) -> Result<String, (String, String)> {
    let sheet = Sheet {
        manuscript,
        page,
        atlas: Atlas::of(manuscript)?,
        events: Events::get(),
    };
    sheet.check()?;
    Ok(match view {
        View::Diagram => sheet.diagram(),
        View::Events => sheet.tables(),
    })
}

struct Sheet<'a> {
    manuscript: &'a Manuscript,
    page: &'a Path,
    atlas: Atlas,
    events: &'static Events,
}

impl Sheet<'_> {
    fn check(&self) -> Result<(), (String, String)> {
        for section in self.events.sections() {
            rfc::cite("9293", section)
                .map_err(|unknown| (format!("{FILE}: {}", unknown.what), unknown.remedy))?;
        }
        for seen in &self.events.seen {
            if self.atlas.find(&seen.recording, seen.step).is_none() {
                return Err((
                    format!(
                        "{FILE}: there is no step {} of a recording {}",
                        seen.step, seen.recording
                    ),
                    format!(
                        "name another step that shows {} in {}",
                        seen.event, seen.state
                    ),
                ));
            }
        }
        for (index, arrow) in TRANSITIONS.iter().enumerate() {
            let (from, to) = (arrow.from, arrow.to);
            let taken = self.atlas.arrows[index].len();
            match (self.unseen(index), taken) {
                (None, 0) => {
                    return Err((
                        format!(
                            "no recording goes from {from} to {to}, and {FILE} does not say why"
                        ),
                        "record one, or give the reason there as [[unseen]]".to_owned(),
                    ));
                }
                (Some(_), 1..) => {
                    return Err((
                        format!(
                            "{FILE} says why no recording goes from {from} to {to}, and one does"
                        ),
                        "take that [[unseen]] out".to_owned(),
                    ));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn unseen(&self, arrow: usize) -> Option<&events::Unseen> {
        let arrow = TRANSITIONS[arrow];
        self.events
            .unseen
            .iter()
            .find(|unseen| unseen.from == arrow.from.name() && unseen.to == arrow.to.name())
    }

    fn diagram(&self) -> String {
        let title = "The states of a connection and the ways between them; each leads to its recordings below";
        let drawing = figure5(title, |part| match part {
            Part::State(state) => Dress {
                class: "",
                href: Some(format!("#state-{state}")),
                remark: format!(": {}", self.events.meaning(state)),
            },
            Part::Arrow(index) => {
                let taken = self.atlas.arrows[index].len();
                Dress {
                    class: if taken == 0 { "unseen" } else { "" },
                    href: Some(format!("#arrow-{index}")),
                    remark: format!(" ({})", count(taken)),
                }
            }
        });
        let (all, taken) = (
            TRANSITIONS.len(),
            self.atlas
                .arrows
                .iter()
                .filter(|steps| !steps.is_empty())
                .count(),
        );
        let legend = format!(
            concat!(
                r#"<p class="figure5-legend"><span><svg viewBox="0 0 34 8" width="34" height="8" aria-hidden="true"><path d="M0 4H34"/></svg> recorded ({taken} of {all} arrows)</span> "#,
                r#"<span><svg class="unseen" viewBox="0 0 34 8" width="34" height="8" aria-hidden="true"><path d="M0 4H34"/></svg> not recorded ({missing})</span></p>"#,
            ),
            taken = taken,
            all = all,
            missing = all - taken,
        );
        let states: String = State::ALL
            .into_iter()
            .map(|state| self.state(state))
            .collect();
        format!(
            concat!(
                r#"<div class="machine" data-recordings="{recordings}"><div class="machine-diagram">{drawing}{legend}</div><div class="machine-list">"#,
                r#"<p class="machine-choice" hidden><output aria-live="polite"></output> <button type="button">Show all</button></p>{states}</div></div>"#,
            ),
            recordings = self.atlas.recordings.len(),
            drawing = drawing,
            legend = legend,
            states = states,
        )
    }

    /// A state, what leads to it, and the arrows that leave it with their recordings.
    fn state(&self, state: State) -> String {
        let through = self.atlas.states.get(&state).map_or(0, Steps::len);
        let into: Vec<String> = TRANSITIONS
            .iter()
            .enumerate()
            .filter(|(_, arrow)| arrow.to == state)
            .map(|(index, arrow)| format!(r##"<a href="#arrow-{index}">{}</a>"##, arrow.from))
            .collect();
        let out: String = TRANSITIONS
            .iter()
            .enumerate()
            .filter(|(_, arrow)| arrow.from == state)
            .map(|(index, _)| self.arrow(index))
            .collect();
        let beside = self.atlas.beside(state);
        let beside = if beside.is_empty() {
            String::new()
        } else {
            format!(
                r#"<li class="machine-beside"><details><summary>by no arrow of the figure <span class="count">{}</span></summary>{}</details></li>"#,
                count(beside.len()),
                self.links(&beside),
            )
        };
        format!(
            concat!(
                r#"<section data-state="{state}"><h3 id="state-{state}">{state}</h3>"#,
                r#"<p>{means} (<span class="count">{through}</span>). From {into}.</p><ul role="list">{out}{beside}</ul></section>"#,
            ),
            state = state,
            means = sentence(self.events.meaning(state)),
            through = count(through),
            into = into.join(", "),
            out = out,
            beside = beside,
        )
    }

    /// An arrow with its recordings, or why there are none.
    fn arrow(&self, index: usize) -> String {
        let arrow = TRANSITIONS[index];
        let steps = &self.atlas.arrows[index];
        let action = if arrow.action.is_empty() {
            String::new()
        } else {
            format!("; {}", arrow.action)
        };
        let name = format!(
            r#"<b>to {}</b> {}{action} <span class="count">{}</span>"#,
            arrow.to,
            arrow.event,
            count(steps.len())
        );
        let (class, inner) = match self.unseen(index) {
            Some(unseen) => (
                r#" class="unseen""#,
                format!(
                    "<p>{name}</p><p>{} {}</p>",
                    escape(&unseen.because),
                    cite(&unseen.section, None)
                ),
            ),
            None => (
                "",
                format!(
                    "<details><summary>{name}</summary>{}</details>",
                    self.links(steps)
                ),
            ),
        };
        format!(
            r#"<li{class} id="arrow-{index}" data-arrow="{index}" data-to="{}">{inner}</li>"#,
            arrow.to
        )
    }

    /// The recordings, under the pages that show them.
    fn links(&self, steps: &Steps) -> String {
        let mut groups: Vec<(Option<&Path>, Vec<String>)> = Vec::new();
        for (&recording, &step) in steps {
            let recording = &self.atlas.recordings[recording];
            let link = recording.link(self.page, step);
            match groups.last_mut() {
                Some((page, links)) if *page == recording.page() => links.push(link),
                _ => groups.push((recording.page(), vec![link])),
            }
        }
        let items: String = groups
            .into_iter()
            .map(|(page, links)| {
                let title = page
                    .and_then(|page| self.title(page))
                    .unwrap_or("On no page");
                format!("<li>{}: {}</li>", escape(title), links.join(", "))
            })
            .collect();
        format!(r#"<ul class="machine-recordings">{items}</ul>"#)
    }

    /// The first heading of a page.
    fn title(&self, page: &Path) -> Option<&str> {
        let page = self
            .manuscript
            .pages
            .iter()
            .find(|other| other.file == page)?;
        page.text.lines().find_map(|line| line.strip_prefix("# "))
    }

    fn tables(&self) -> String {
        [
            (Kind::Call, "What its program calls", "machine-calls"),
            (Kind::Segment, "What arrives", "machine-segments"),
            (Kind::Timeout, "What has taken too long", "machine-timeouts"),
        ]
        .map(|(kind, title, id)| {
            format!("### {title} {{#{id}}}\n\n{}\n\n", self.table(kind, title))
        })
        .concat()
    }

    fn table(&self, kind: Kind, title: &str) -> String {
        let events: Vec<&Event> = self
            .events
            .events
            .iter()
            .filter(|event| event.kind == kind)
            .collect();
        let heads: String = events
            .iter()
            .map(|event| format!(r#"<th scope="col">{}</th>"#, escape(&event.name)))
            .collect();
        let rows: String = State::ALL
            .into_iter()
            .map(|state| {
                let cells: String = events.iter().map(|event| self.cell(event, state)).collect();
                format!(
                    r##"<tr><th scope="row"><a href="#state-{state}">{state}</a></th>{cells}</tr>"##
                )
            })
            .collect();
        format!(
            r#"<table class="machine-events"><caption class="aside">{title}, in each state</caption><thead><tr><th scope="col">State</th>{heads}</tr></thead><tbody>{rows}</tbody></table>"#
        )
    }

    /// What is done with an event in a state, the section, and a recording of it.
    fn cell(&self, event: &Event, state: State) -> String {
        let case = event.case(state);
        let (does, cited) = case.map_or_else(Default::default, |case| {
            (escape(&case.does), cite(&case.section, case.step))
        });
        let computed = event
            .happening()
            .and_then(|happening| self.atlas.events.get(&(happening, state)))
            .and_then(|steps| Some((steps.first_key_value()?, steps.len())));
        let by_hand = || {
            let seen = self
                .events
                .seen
                .iter()
                .find(|seen| seen.event == event.name && seen.state == state.name())?;
            Some((self.atlas.find(&seen.recording, seen.step)?, seen.step))
        };
        let seen = match computed {
            Some(((&recording, &step), number)) => {
                let more = match number {
                    1 => String::new(),
                    _ => format!(" and {} more", number - 1),
                };
                Some(format!(
                    "{}{more}",
                    self.atlas.recordings[recording].link(self.page, step)
                ))
            }
            None => by_hand()
                .map(|(recording, step)| self.atlas.recordings[recording].link(self.page, step)),
        };
        let (class, seen) = match seen {
            Some(seen) => (r#" class="seen""#, seen),
            None => ("", "no recording".to_owned()),
        };
        format!(
            r#"<td{class} data-event="{}"><span class="does">{does}</span> {cited} <span class="shown">{seen}</span></td>"#,
            escape(&event.name)
        )
    }
}

/// `1 recording`, `12 recordings`, `no recording`
fn count(number: usize) -> String {
    match number {
        0 => "no recording".to_owned(),
        1 => "1 recording".to_owned(),
        _ => format!("{number} recordings"),
    }
}

/// The same with a capital at its beginning.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    escape(&format!(
        "{}{}",
        first.unwrap_or_default(),
        letters.as_str()
    ))
}

/// A section of RFC 9293, as a table has room for it: `§3.10.7.4, 5th`.
fn cite(section: &str, step: Option<usize>) -> String {
    let step = match step {
        None => String::new(),
        Some(1) => ", 1st check".to_owned(),
        Some(2) => ", 2nd check".to_owned(),
        Some(3) => ", 3rd check".to_owned(),
        Some(number) => format!(", {number}th check"),
    };
    format!(
        r#"<a class="cite" href="{}">§{section}</a>{step}"#,
        escape(&section_url(9293, section))
    )
}

#[cfg(test)]
mod tests;
