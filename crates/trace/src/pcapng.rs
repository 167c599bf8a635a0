//! Recordings: a [`Trace`] as a pcapng file that Wireshark opens, and back.

use crate::Trace;

/// Why a file is no recording of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("recording, octet {offset}: {problem}")]
pub struct RecordingError {
    /// Where in the file, as near as can be told.
    pub offset: usize,
    /// What is wrong.
    pub problem: String,
}

/// The recording as the bytes of a pcapng file.
#[must_use]
pub fn write(_trace: &Trace) -> Vec<u8> {
    todo!()
}

/// Reads a recording.
///
/// # Errors
/// Any bytes that [`write`] could not have written give the place and the reason. No input panics.
pub fn read(_bytes: &[u8]) -> Result<Trace, RecordingError> {
    todo!()
}
