//! What the book's recordings hold.

use trace::{Row, Segment, pcapng};

/// Every frame of a recording that carries a segment, and what this course's own decoder reads in it.
///
/// # Panics
/// The file is no recording of this course.
#[must_use]
pub fn recorded(file: &[u8]) -> Vec<(Vec<u8>, Segment)> {
    let trace = pcapng::read(file).expect("a recording of this course");
    let pair = |row: &Row| Some((row.frame()?.to_vec(), row.segment()?.1));
    trace.rows.iter().filter_map(pair).collect()
}
