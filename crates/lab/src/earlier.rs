//! Several laboratories in one test.
//!
//! The process that plays a laboratory runs the test from its beginning, and comes first to the
//! laboratories before its own. These are not played again: it reads what they recorded.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::Location;

use trace::{Trace, pcapng};

use crate::isolate::EARLIER;
use crate::journal::Journal;
use crate::settings::Restart;

thread_local! {
    /// How often this test has come to a `Lab::run`, by its place in the source. A test has its own thread.
    static VISITS: RefCell<BTreeMap<String, usize>> = const { RefCell::new(BTreeMap::new()) };
    /// The laboratories that this test has had, with their recordings.
    static PLAYED: RefCell<Vec<(String, Journal)>> = const { RefCell::new(Vec::new()) };
}

/// What tells one laboratory of a test from all others: where it stands, and the how many-eth time the
/// test is there. A new process counts the same. A program that is no test is led to one laboratory by its
/// arguments, so nothing is counted there.
pub(crate) fn place(location: &Location<'_>, restart: &Restart) -> String {
    let place = location.to_string().replace([' ', '='], "_");
    if *restart != Restart::Test {
        return place;
    }
    let visit = VISITS.with_borrow_mut(|visits| {
        let visit = visits.entry(place.clone()).or_default();
        *visit += 1;
        *visit
    });
    format!("{place}#{visit}")
}

/// The trace of the laboratory at `place`, if the test had it before this process was started.
pub(crate) fn played_before(place: &str) -> Option<Trace> {
    let known = std::env::var(EARLIER).ok()?;
    let number = known
        .split(' ')
        .find_map(|known| known.strip_prefix(place)?.strip_prefix('='))?;
    let journal = Journal::inherited(number.parse().ok()?).ok()?;
    pcapng::read(&journal.contents().ok()?).ok()
}

/// Keeps a recording for the processes that this test will start later.
pub(crate) fn remember(place: String, recording: Journal) {
    PLAYED.with_borrow_mut(|played| played.push((place, recording)));
}

/// Lends what this test has had so far.
pub(crate) fn with<T>(use_it: impl FnOnce(&[(String, Journal)]) -> T) -> T {
    PLAYED.with_borrow(|played| use_it(played))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_counts_its_visits_and_another_program_does_not() {
        let here = Location::caller();
        let program = Restart::Program(vec!["play".to_owned()]);
        let place_now = place(here, &program);
        assert_eq!(place_now, place(here, &program));
        for visit in 1..=2 {
            assert_eq!(place(here, &Restart::Test), format!("{place_now}#{visit}"));
        }
    }
}
