//! Where the book's recordings pass through the states and arrows of figure 5.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use trace::State;
use trace::figure5::TRANSITIONS;
use trace::html::escape;
use trace::passage::{Happening, passages};

use super::super::directive::Directive;
use super::super::manuscript::{Manuscript, relative};
use super::super::recording;
use super::super::scan;

/// A recording, and the page that shows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Recording {
    /// The place of its page in the book and of its directive in the page; recordings that no page shows come last.
    order: (usize, usize),
    /// Its file, relative to the book's folder.
    file: PathBuf,
    /// Its name, without `.pcapng`.
    pub(super) name: String,
    /// The page, and whether the recording is there as a figure with steps.
    shown: Option<(PathBuf, bool)>,
    /// How many steps it has.
    steps: usize,
}

/// The recordings that pass somewhere: each by its place in [`Atlas::recordings`], with the first step that does.
pub(super) type Steps = BTreeMap<usize, usize>;

/// All recordings, and where they pass.
#[derive(Debug)]
pub(super) struct Atlas {
    /// In the order of the book.
    pub(super) recordings: Vec<Recording>,
    /// Who takes each arrow.
    pub(super) arrows: Vec<Steps>,
    /// Who comes through each state.
    pub(super) states: BTreeMap<State, Steps>,
    /// Who shows each event in each state.
    pub(super) events: BTreeMap<(Happening, State), Steps>,
}

impl Atlas {
    /// Reads every recording of the book.
    ///
    /// # Errors
    /// A recording that cannot be read: what is wrong and what to do.
    pub(super) fn of(manuscript: &Manuscript) -> Result<Atlas, (String, String)> {
        let shown = shown(manuscript);
        let mut read = Vec::new();
        for file in &manuscript.recordings {
            let name = file
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let trace = recording::Recording::read(manuscript, file.clone(), &name)?.trace;
            let place = shown.get(file);
            let recording = Recording {
                order: place.map_or((usize::MAX, 0), |place| place.order),
                file: file.clone(),
                name,
                shown: place.map(|place| (place.page.clone(), place.figure)),
                steps: trace
                    .rows
                    .iter()
                    .filter(|row| row.frame().is_some())
                    .count(),
            };
            read.push((recording, passages(&trace)));
        }
        read.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut atlas = Atlas {
            recordings: Vec::new(),
            arrows: vec![Steps::new(); TRANSITIONS.len()],
            states: BTreeMap::new(),
            events: BTreeMap::new(),
        };
        for (index, (recording, passages)) in read.into_iter().enumerate() {
            atlas.recordings.push(recording);
            for passage in passages {
                let note = |steps: &mut Steps| {
                    steps.entry(index).or_insert(passage.step);
                };
                if let Some(arrow) = passage.arrow {
                    note(&mut atlas.arrows[arrow]);
                }
                for state in [passage.before, passage.after] {
                    note(atlas.states.entry(state).or_default());
                }
                for happening in passage.happenings {
                    note(atlas.events.entry((happening, passage.before)).or_default());
                }
            }
        }
        Ok(atlas)
    }

    /// The recordings that come through a state and take none of its arrows there.
    pub(super) fn beside(&self, state: State) -> Steps {
        let touching = TRANSITIONS.iter().zip(&self.arrows);
        let by_arrow: BTreeSet<&usize> = touching
            .filter(|(arrow, _)| arrow.from == state || arrow.to == state)
            .flat_map(|(_, steps)| steps.keys())
            .collect();
        let mut beside = self.states.get(&state).cloned().unwrap_or_default();
        beside.retain(|recording, _| !by_arrow.contains(recording));
        beside
    }

    /// The recording of that name, if it has that step.
    pub(super) fn find(&self, name: &str, step: usize) -> Option<usize> {
        let has = |recording: &Recording| recording.name == name && step <= recording.steps;
        self.recordings.iter().position(has)
    }
}

impl Recording {
    /// A link from a page to that step; step 0 is what was so before the first.
    pub(super) fn link(&self, from: &Path, step: usize) -> String {
        let (address, download) = match &self.shown {
            Some((page, true)) if step == 0 => {
                (format!("{}#figure-{}", relative(from, page), self.name), "")
            }
            Some((page, true)) => (format!("{}#{}-{step}", relative(from, page), self.name), ""),
            Some((page, false)) => (relative(from, page), ""),
            None => (relative(from, &self.file), " download"),
        };
        format!(
            r#"<a href="{}"{download}>{}</a>"#,
            escape(&address),
            escape(&self.name)
        )
    }

    /// The page that shows it.
    pub(super) fn page(&self) -> Option<&Path> {
        self.shown.as_ref().map(|(page, _)| page.as_path())
    }
}

/// Where a page shows a recording.
struct Place {
    order: (usize, usize),
    page: PathBuf,
    figure: bool,
    beside: bool,
}

/// The best place of each recording that a page shows: as a figure rather than in another form, in the recording's own
/// folder rather than elsewhere, and then the first.
fn shown(manuscript: &Manuscript) -> BTreeMap<PathBuf, Place> {
    let mut places: BTreeMap<PathBuf, Place> = BTreeMap::new();
    for (number, page) in manuscript.pages.iter().enumerate() {
        for found in scan::directives(&page.text) {
            let (names, figure) = match Directive::parse(found.body) {
                _ if found.in_code => continue,
                Ok(Directive::Figure(name)) => (name, true),
                Ok(
                    Directive::States(name, _) | Directive::Header(name, _) | Directive::Ways(name),
                ) => (name, false),
                _ => continue,
            };
            for name in names.split_whitespace() {
                // A name without a recording is a problem of that page.
                let Ok(file) = recording::find(manuscript, &page.file, name) else {
                    continue;
                };
                let place = Place {
                    order: (number, found.range.start),
                    page: page.file.clone(),
                    figure,
                    beside: page.file.parent() == file.parent(),
                };
                let better = |old: &Place| (place.figure, place.beside) > (old.figure, old.beside);
                if places.get(&file).is_none_or(better) {
                    places.insert(file, place);
                }
            }
        }
    }
    places
}
