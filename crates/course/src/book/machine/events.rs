//! What RFC 9293 §3.10 has a TCP do with each event in each state.

use std::sync::LazyLock;

use serde::Deserialize;
use trace::State;
use trace::passage::Happening;

/// The table's file, as problems name it.
pub(super) const FILE: &str = "crates/course/data/events.toml";

/// The table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Events {
    /// The eleven states, in the order of RFC 9293 §3.3.2.
    #[serde(rename = "state")]
    pub(super) states: Vec<Meaning>,
    /// The events in the order of §3.10.
    #[serde(rename = "event")]
    pub(super) events: Vec<Event>,
    /// Recordings of what cannot be computed from them.
    pub(super) seen: Vec<Seen>,
    /// Why no recording takes an arrow of figure 5.
    pub(super) unseen: Vec<Unseen>,
}

/// A state, and what it stands for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Meaning {
    pub(super) name: String,
    pub(super) means: String,
}

/// The three categories of §3.10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    Call,
    Segment,
    Timeout,
}

/// An event.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Event {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) cases: Vec<Case>,
}

/// What is done in some states.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// Their names, with blanks between them.
    states: String,
    /// The section of RFC 9293.
    pub(super) section: String,
    /// The check of SEGMENT ARRIVES in that section.
    pub(super) step: Option<usize>,
    /// In a few words.
    pub(super) does: String,
}

/// A step of a recording that shows an event.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seen {
    pub(super) event: String,
    pub(super) state: String,
    pub(super) recording: String,
    pub(super) step: usize,
}

/// An arrow that no recording takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unseen {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) because: String,
    /// The section of RFC 9293.
    pub(super) section: String,
}

impl Events {
    /// The table of this course.
    pub(super) fn get() -> &'static Events {
        static EVENTS: LazyLock<Events> = LazyLock::new(|| {
            toml::from_str(include_str!("../../../data/events.toml"))
                .expect("data/events.toml is read by this module's tests")
        });
        &EVENTS
    }

    /// What a state stands for.
    pub(super) fn meaning(&self, state: State) -> &str {
        let found = self
            .states
            .iter()
            .find(|meaning| meaning.name == state.name());
        found.map_or("", |meaning| &meaning.means)
    }

    /// Every section that the table cites.
    pub(super) fn sections(&self) -> impl Iterator<Item = &str> {
        let cases = self.events.iter().flat_map(|event| &event.cases);
        let unseen = self.unseen.iter().map(|unseen| unseen.section.as_str());
        cases.map(|case| case.section.as_str()).chain(unseen)
    }
}

impl Event {
    /// What is done in that state.
    pub(super) fn case(&self, state: State) -> Option<&Case> {
        self.cases.iter().find(|case| case.covers(state))
    }

    /// How a recording shows it, as far as that can be computed.
    pub(super) fn happening(&self) -> Option<Happening> {
        Some(match (self.kind, self.name.as_str()) {
            (Kind::Call, "OPEN") => Happening::Open,
            (Kind::Call, "SEND") => Happening::Send,
            (Kind::Call, "RECEIVE") => Happening::Receive,
            (Kind::Call, "CLOSE") => Happening::Close,
            (Kind::Segment, "RST") => Happening::Reset,
            (Kind::Segment, "SYN") => Happening::Syn,
            (Kind::Segment, "ACK") => Happening::Ack,
            (Kind::Segment, "URG") => Happening::Urgent,
            (Kind::Segment, "data") => Happening::Text,
            (Kind::Segment, "FIN") => Happening::Fin,
            (Kind::Timeout, "RETRANSMISSION") => Happening::Again,
            (Kind::Timeout, "TIME-WAIT") => Happening::WaitOver,
            _ => return None,
        })
    }
}

impl Case {
    fn covers(&self, state: State) -> bool {
        self.states
            .split_whitespace()
            .any(|name| name == state.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trace::figure5::TRANSITIONS;

    #[test]
    fn every_event_covers_every_state_once() {
        let events = Events::get();
        let names: Vec<&str> = events.states.iter().map(|state| &*state.name).collect();
        assert_eq!(names, State::ALL.map(State::name));
        assert_eq!(events.events.len(), 15);
        for event in &events.events {
            for state in State::ALL {
                let cases = event.cases.iter().filter(|case| case.covers(state));
                assert_eq!(cases.count(), 1, "{} in {state}", event.name);
            }
            let names = event
                .cases
                .iter()
                .flat_map(|case| case.states.split_whitespace());
            assert_eq!(names.count(), State::ALL.len(), "{}", event.name);
        }
    }

    #[test]
    fn only_calls_and_the_user_timeout_cannot_be_computed() {
        let by_hand: Vec<&str> = Events::get()
            .events
            .iter()
            .filter(|event| event.happening().is_none())
            .map(|event| event.name.as_str())
            .collect();
        assert_eq!(by_hand, ["ABORT", "STATUS", "USER TIMEOUT"]);
    }

    #[test]
    fn what_is_seen_by_hand_and_what_is_unseen_exists() {
        let events = Events::get();
        for seen in &events.seen {
            let event = events.events.iter().find(|event| event.name == seen.event);
            assert!(event.unwrap().happening().is_none(), "{seen:?}");
            assert!(State::from_name(&seen.state).is_some(), "{seen:?}");
        }
        for unseen in &events.unseen {
            let arrow = |arrow: &trace::figure5::Transition| {
                arrow.from.name() == unseen.from && arrow.to.name() == unseen.to
            };
            assert!(TRANSITIONS.iter().any(arrow), "{unseen:?}");
        }
    }

    #[test]
    fn every_section_exists() {
        for section in Events::get().sections() {
            assert!(
                super::super::super::rfc::cite("9293", section).is_ok(),
                "{section}"
            );
        }
    }
}
