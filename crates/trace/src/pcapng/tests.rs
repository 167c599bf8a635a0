//! The text of a recording's comments, and what is said of a damaged one.

use super::*;
use crate::samples::{client_segment, frame_of, states};
use crate::state::State;
use crate::{
    ControlBits, Event, Fate, Numbering, Origin, Payload, Provenance, Row, Side, View, comments,
};

fn sample() -> Trace {
    let bytes = frame_of(&client_segment(ControlBits::SYN, 1));
    let frame = |origin, fate, altered| Event::Frame {
        time: 5,
        from: Side::Client,
        origin,
        fate,
        altered,
        bytes: bytes.clone(),
    };
    let rows = [
        frame(Origin::Host, Fate::Held, false),
        Event::Note {
            side: Side::Server,
            text: "first line\nsecond\\\0".to_owned(),
        },
        frame(Origin::Held(0), Fate::Delivered, true),
        frame(Origin::Copy(2), Fate::Lost, false),
        frame(Origin::Script, Fate::Delivered, false),
    ];
    Trace {
        provenance: Provenance {
            scene: "sample".to_owned(),
            title: "A sample".to_owned(),
            kernel: "Linux 6.18.44".to_owned(),
            sysctls: [("net.ipv4.tcp_sack".to_owned(), "0".to_owned())].into(),
        },
        view: View {
            server: Numbering::Absolute,
            payload: Payload::Text,
            ..View::default()
        },
        start: states(State::Closed, State::Listen),
        rows: rows
            .map(|event| Row {
                event,
                states: states(State::SynSent, State::Listen),
            })
            .into(),
    }
}

#[test]
fn comments_read_like_this() {
    let trace = sample();
    assert_eq!(
        comments::header(&trace.provenance, &trace.view, &trace.start),
        "recording 1\n\
         scene sample\n\
         title A sample\n\
         kernel Linux 6.18.44\n\
         sysctl net.ipv4.tcp_sack = 0\n\
         view client=0 server=absolute mss payload\n\
         server LISTEN 192.0.2.2:80"
    );
    let sockets = "\nclient SYN-SENT 192.0.2.1:40000 > 192.0.2.2:80\nserver LISTEN 192.0.2.2:80";
    let expected = [
        "row 0: held",
        "row 1: server notes: first line\\u{a}second\\u{5c}\\u{0}",
        "row 2: held since row 0, delivered, altered",
        "row 3: copy of row 2, lost",
        "row 4: made by the script, delivered",
    ];
    for (index, (row, expected)) in trace.rows.iter().zip(expected).enumerate() {
        assert_eq!(comments::row(index, row), format!("{expected}{sockets}"));
    }
}

#[test]
fn a_comment_longer_than_an_option_is_cut_and_joined() {
    let mut trace = sample();
    trace.provenance.scene = "é".repeat(70_000);
    trace.provenance.kernel = "k".repeat(70_000);
    trace.rows[1].event = Event::Note {
        side: Side::Client,
        text: "ü".repeat(40_000),
    };
    assert_eq!(read(&write(&trace)), Ok(trace));
}

#[test]
fn a_writers_pieces_are_the_file() {
    let trace = sample();
    let (mut writer, mut journal) = Writer::new(&trace.provenance, &trace.view, &trace.start);
    for (index, row) in trace.rows.iter().enumerate() {
        let (so_far, error) = read_prefix(&journal);
        assert_eq!((so_far.rows, error), (trace.rows[..index].to_vec(), None));
        journal.extend(writer.row(row));
    }
    assert_eq!(journal, write(&trace));
}

#[test]
fn a_journal_that_breaks_off_keeps_its_whole_rows() {
    let trace = sample();
    let bytes = write(&trace);
    let (prefix, error) = read_prefix(&bytes[..bytes.len() - 1]);
    assert_eq!(prefix.rows, trace.rows[..4]);
    let error = error.unwrap();
    assert_eq!(error.problem, "the file ends in the middle of a block");
    assert!(error.offset < bytes.len());
}

#[track_caller]
fn refused(bytes: &[u8], offset: usize, problem: &str) {
    let error = read(bytes).unwrap_err();
    assert_eq!((error.offset, error.problem.as_str()), (offset, problem));
}

#[test]
fn other_files_are_refused_with_the_reason() {
    let bytes = write(&sample());
    refused(
        b"",
        0,
        "not a pcapng file: it does not begin with a section header",
    );
    refused(
        b"GIF89a",
        0,
        "not a pcapng file: it does not begin with a section header",
    );
    refused(&bytes[..20], 0, "the file ends in the middle of a block");
    // A section header whose length is 4 GiB.
    let mut huge = bytes.clone();
    huge[4..8].copy_from_slice(&[0xfc, 0xff, 0xff, 0xff]);
    refused(&huge, 0, "the file ends in the middle of a block");
    // A second section.
    let twice = [&bytes[..], &bytes].concat();
    refused(
        &twice,
        bytes.len(),
        "a block that is neither a packet nor a note",
    );
    // A recording in which somebody changed a word.
    let at = bytes.windows(4).position(|word| word == b"held").unwrap();
    let mut edited = bytes.clone();
    edited[at..at + 4].copy_from_slice(b"told");
    let error = read(&edited).unwrap_err();
    assert_eq!(
        error.problem,
        "\"told\" does not say what became of the frame"
    );
    // One that another program saved: the name of the application differs.
    let at = bytes
        .windows(7)
        .position(|word| word == b"segment")
        .unwrap();
    let mut saved = bytes;
    saved[at..at + 7].copy_from_slice(b"Another");
    refused(
        &saved,
        at,
        "not as this program writes it: was the file edited, or saved by another program?",
    );
}
