//! Recordings: a [`Trace`] as a pcapng file that Wireshark opens, and back.
//!
//! The file is a little-endian section header, two Ethernet interfaces named `client` and `server`
//! with nanosecond times, and then one block per row: an enhanced packet block for a frame, on the
//! interface of the side that it comes from, and an interface statistics block (without
//! statistics) for a note. So frames have the same numbers in Wireshark as in the ladder.
//!
//! What pcapng has no field for stands in comments, as lines of text. A comment may be cut into
//! several where it is longer than an option may be; they are read as one. Section header:
//!
//! ```text
//! recording 1                             version of these lines
//! scene NAME
//! title WHAT IT SHOWS
//! kernel Linux 6.18.44
//! sysctl net.ipv4.tcp_sack = 0            any number of these, sorted
//! view client=0 server=absolute mss       numberings, then what is shown: window mss options payload messages
//! client LISTEN 192.0.2.1:80              the sockets before the first row, the client's first
//! ```
//!
//! Each row's block: first what happened, then every socket of both hosts afterwards. Rows are
//! counted from 0, notes included, as in [`Trace::rows`].
//!
//! ```text
//! row 5: held since row 3, delivered, altered
//! client ESTABLISHED 192.0.2.1:40000 > 192.0.2.2:80
//! ```
//!
//! The first line is `row N: `, then for a frame an origin (nothing for a host's own frame, `held since
//! row N, `, `copy of row N, `, `made by the script, `), a fate (`delivered`, `held`, `lost`), and
//! `, altered` where the wire changed it; for a note `client notes: TEXT` or `server notes: TEXT`.
//! In names and notes, backslashes and control characters are written `\u{5c}`, so that each
//! keeps to its line; in the names of sysctls so is `=`.
//!
//! Reading is strict: what [`write()`] would have written differently is refused with its place.
//! A journal that a [`Writer`] has not finished is read with [`read_prefix`].

mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub use writer::Writer;

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
///
/// Every trace can be written, and [`read`] gives it back.
#[must_use]
pub fn write(trace: &Trace) -> Vec<u8> {
    let (mut writer, mut bytes) = Writer::new(&trace.provenance, &trace.view, &trace.start);
    for row in &trace.rows {
        bytes.extend(writer.row(row));
    }
    bytes
}

/// Reads a recording.
///
/// # Errors
/// Any bytes that [`write()`] could not have written give the place and the reason. No input panics.
pub fn read(bytes: &[u8]) -> Result<Trace, RecordingError> {
    match read_prefix(bytes) {
        (trace, None) => Ok(trace),
        (_, Some(error)) => Err(error),
    }
}

/// Reads as much of a recording as is whole: a journal ends where its program was killed, perhaps
/// in the middle of a block. The error says why there is no more; without one, the trace is complete.
/// If not even the header is whole, the trace is empty.
#[must_use]
pub fn read_prefix(bytes: &[u8]) -> (Trace, Option<RecordingError>) {
    let mut trace = Trace::default();
    let error = reader::read_into(bytes, &mut trace).err();
    (trace, error)
}
