//! What the wire implies of both ends' sequence variables, against what their kernels say: whoever acknowledges puts its
//! RCV.NXT into the segment (RFC 9293 §3.10.7.4). Looked at is every segment of every recording of the book.

use std::path::{Path, PathBuf};

use trace::sequence::after_each_row;
use trace::{ControlBits, Event, Origin, SeqNumber, Side, Trace, pcapng};

/// The steps in which the two differ, and why.
const OTHERWISE: [(&str, &[usize], &str); 6] = [
    (
        "a-length-of-zero",
        &[5],
        "the server takes a SYN whose options cannot be read, so that no number is known of it",
    ),
    (
        "nobody-waits",
        &[7],
        "the client's kernel keeps no record in TIME-WAIT, and acknowledges once more all the same",
    ),
    (
        "strange-flags",
        &[9, 15],
        "a program makes the segment by hand and has no connection",
    ),
    (
        "syn-cookies",
        &[2],
        "the server answers without a record: its numbers are in the cookie",
    ),
    (
        "syn-flood-with-cookies",
        &[6],
        "the server answers without a record: its numbers are in the cookie",
    ),
    (
        "without-the-filter",
        &[4],
        "the client's kernel has reset what the program goes on with",
    ),
];

#[test]
fn whoever_acknowledges_says_what_it_expects() {
    let mut looked_at = 0;
    let mut differ = Vec::new();
    for (name, trace) in recordings() {
        let acknowledging = acknowledging(&trace);
        looked_at += acknowledging.len();
        differ.extend(
            acknowledging
                .into_iter()
                .filter(|(_, agrees)| !agrees)
                .map(|(step, _)| (name.clone(), step)),
        );
    }
    let expected: Vec<(String, usize)> = OTHERWISE
        .iter()
        .flat_map(|(name, steps, _)| steps.iter().map(|step| ((*name).to_owned(), *step)))
        .collect();
    assert_eq!(differ, expected);
    assert!(looked_at > 1000, "only {looked_at} segments acknowledge");
}

/// Each step in which a host acknowledges, and whether it says what we think that it expects. A segment may have been sent
/// before others arrived that came before it on the wire: then it says what was expected at that time. What the wire has changed
/// says nothing about its sender, and neither does a reset.
fn acknowledging(trace: &Trace) -> Vec<(usize, bool)> {
    let mut expected: [Vec<u32>; 2] = Default::default();
    let mut found = Vec::new();
    let mut step = 0;
    for (row, after) in trace.rows.iter().zip(after_each_row(trace)) {
        for (side, known) in [Side::Client, Side::Server].into_iter().zip(&mut expected) {
            known.extend(
                after
                    .of(side)
                    .receive_next
                    .iter()
                    .map(|next| next.absolute.0),
            );
        }
        step += usize::from(row.frame().is_some());
        let kernel = matches!(
            row.event,
            Event::Frame {
                origin: Origin::Host,
                altered: false,
                ..
            }
        );
        if let Some((from, segment)) = row.segment()
            && kernel
            && segment.control.contains(ControlBits::ACK)
            && !segment.control.contains(ControlBits::RST)
        {
            let known = &expected[usize::from(from == Side::Server)];
            let now = after.of(from).receive_next.is_some();
            found.push((step, now && known.contains(&segment.acknowledgment.0)));
        }
    }
    found
}

/// Recordings in which an end has more acknowledged than the other expects, because the two do not remember the same connection: one
/// has begun anew, or has taken a SYN that is older than the one that the first has sent.
const NOT_THE_SAME: [&str; 4] = [
    "fast-open-replay",
    "half-open-discovery",
    "old-duplicate-syn",
    "old-syn-meets-time-wait",
];

#[test]
fn nobody_has_more_acknowledged_than_was_sent_and_has_arrived() {
    let mut not_the_same = Vec::new();
    for (name, trace) in recordings() {
        for (index, after) in after_each_row(&trace).iter().enumerate() {
            for side in [Side::Client, Side::Server] {
                let (own, other) = (after.of(side), after.of(side.other()));
                let [oldest, next, expected] =
                    [&own.unacknowledged, &own.send_next, &other.receive_next]
                        .map(|number| number.as_ref().map(|number| number.absolute));
                let later = |one: Option<SeqNumber>, other: Option<SeqNumber>| {
                    one.zip(other)
                        .is_some_and(|(one, other)| other.precedes(one))
                };
                assert!(!later(oldest, next), "{name}, row {index}: {after:?}");
                if later(oldest, expected) {
                    not_the_same.push(name.clone());
                }
            }
        }
    }
    not_the_same.dedup();
    assert_eq!(not_the_same, NOT_THE_SAME);
}

/// Every recording of the book by its name.
fn recordings() -> Vec<(String, Trace)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../book")];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).expect("a folder of the book");
        for path in entries.map(|entry| entry.expect("an entry of a folder").path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "pcapng") {
                found.push(recording(&path));
            }
        }
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    found
}

fn recording(path: &PathBuf) -> (String, Trace) {
    let name = path.file_stem().expect("a file has a name");
    let octets = std::fs::read(path).expect("a recording that can be read");
    let trace = pcapng::read(&octets).expect("a recording");
    (name.to_string_lossy().into_owned(), trace)
}
