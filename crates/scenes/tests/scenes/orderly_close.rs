use std::time::Duration;

use scenes::teardown::orderly_close::fin_was_acknowledged_alone;
use trace::{ControlBits, Event};

use super::recorded;

scenes! {
    close_in_four
    close_in_three
    close_after_a_pause
    lost_ack_of_a_fin
    nobody_closes
    fin_behind_a_closed_window
    lost_fins
}

#[test]
fn a_stalled_machine_shows_the_other_ladder() {
    assert!(!fin_was_acknowledged_alone(&recorded("close-in-three")));
    assert!(fin_was_acknowledged_alone(&recorded("close-after-a-pause")));
}

/// The chapter says how long the two recordings in the book took. Others take another time.
#[test]
fn the_chapter_tells_the_times_of_its_recordings() {
    let page = include_str!("../../../../book/teardown/orderly-close.md");
    let waited = after_the_fin("close-after-a-pause");
    let sentence = format!("left {} milliseconds after the FIN", waited.as_millis());
    assert!(page.contains(&sentence), "the page should say: {sentence}");
    let at_once = after_the_fin("close-in-three");
    assert!(page.contains("less than one millisecond") && at_once.as_millis() < 1);
}

/// How long after the first FIN of a recording the wire had the next segment.
fn after_the_fin(name: &str) -> Duration {
    let trace = recorded(name);
    let times = trace.rows.iter().filter_map(|row| match row.event {
        Event::Frame { time, .. } => Some(time),
        Event::Note { .. } => None,
    });
    let mut segments = times.zip(trace.segments());
    let (fin, _) = segments
        .find(|(_, (_, segment))| segment.control.contains(ControlBits::FIN))
        .expect("it is about a FIN");
    let (next, _) = segments.next().expect("the FIN is answered");
    Duration::from_nanos(next - fin)
}
