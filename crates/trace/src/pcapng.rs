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
//! kernel Linux 6.18.44
//! sysctl net.ipv4.tcp_sack = 0            any number of these, sorted
//! view client=0 server=absolute mss       numberings, then what is shown: window mss options payload
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
//! Reading is strict: what [`write`] would have written differently is refused with its place.
//! A journal that a [`Writer`] has not finished is read with [`read_prefix`].

use std::borrow::Cow;
use std::time::Duration;

use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::blocks::interface_statistics::{
    InterfaceStatisticsBlock, InterfaceStatisticsOption,
};
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};
use pcap_file::pcapng::{Block, PcapNgParser, PcapNgWriter};
use pcap_file::{DataLink, Endianness, PcapError};

use crate::comments::{self, Happened};
use crate::state::States;
use crate::{Event, Provenance, Row, Side, Trace, View};

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

/// Writes a recording piece by piece: whoever appends each piece to a file has, at any moment, a
/// recording of what has happened so far.
pub struct Writer {
    blocks: PcapNgWriter<Vec<u8>>,
    rows: usize,
}

/// Why nothing can go wrong in writing.
const INTO_MEMORY: &str = "writing into memory to an interface that exists does not fail";

impl Writer {
    /// Starts a recording; the octets are the file's first.
    #[must_use]
    pub fn new(provenance: &Provenance, view: &View, start: &States) -> (Writer, Vec<u8>) {
        let text = comments::header(provenance, view, start);
        let mut options: Vec<_> = pieces(&text).map(SectionHeaderOption::Comment).collect();
        // These two are for readers of Wireshark's file properties; the comment has it all.
        let kernel = comments::escape(&provenance.kernel);
        options.extend(pieces(&kernel).take(1).map(SectionHeaderOption::OS));
        options.push(SectionHeaderOption::UserApplication(Cow::Borrowed(
            "segment-by-segment",
        )));
        let section = SectionHeaderBlock {
            endianness: Endianness::Little,
            options,
            ..Default::default()
        };
        let mut blocks =
            PcapNgWriter::with_section_header(Vec::new(), section.into_owned()).expect(INTO_MEMORY);
        for side in [Side::Client, Side::Server] {
            let name = InterfaceDescriptionOption::IfName(Cow::Borrowed(side.name()));
            let options = vec![name, InterfaceDescriptionOption::IfTsResol(9)];
            let interface = InterfaceDescriptionBlock {
                linktype: DataLink::ETHERNET,
                snaplen: 0,
                options,
            };
            blocks.write_pcapng_block(interface).expect(INTO_MEMORY);
        }
        let bytes = std::mem::take(blocks.get_mut());
        (Writer { blocks, rows: 0 }, bytes)
    }

    /// The octets that record the next row.
    #[must_use]
    pub fn row(&mut self, row: &Row) -> Vec<u8> {
        let text = comments::row(self.rows, row);
        self.rows += 1;
        let block = match &row.event {
            Event::Frame {
                time, from, bytes, ..
            } => Block::EnhancedPacket(EnhancedPacketBlock {
                interface_id: interface_of(*from),
                timestamp: Duration::from_nanos(*time),
                original_len: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
                data: Cow::Borrowed(bytes),
                options: pieces(&text).map(EnhancedPacketOption::Comment).collect(),
            }),
            Event::Note { side, .. } => Block::InterfaceStatistics(InterfaceStatisticsBlock {
                interface_id: interface_of(*side),
                timestamp: 0,
                options: pieces(&text)
                    .map(InterfaceStatisticsOption::Comment)
                    .collect(),
            }),
        };
        self.blocks.write_block(&block).expect(INTO_MEMORY);
        std::mem::take(self.blocks.get_mut())
    }
}

fn interface_of(side: Side) -> u32 {
    match side {
        Side::Client => 0,
        Side::Server => 1,
    }
}

/// The text in pieces that fit into a pcapng option, whose length has 16 bits.
fn pieces(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut end = rest.len().min(usize::from(u16::MAX));
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (piece, after) = rest.split_at(end);
        rest = after;
        (!piece.is_empty()).then_some(Cow::Borrowed(piece))
    })
}

/// Reads a recording.
///
/// # Errors
/// Any bytes that [`write`] could not have written give the place and the reason. No input panics.
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
    let error = read_into(bytes, &mut trace).err();
    (trace, error)
}

/// The types of the blocks that are given to the parser; it never sees others.
const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE_STATISTICS: u32 = 5;
const ENHANCED_PACKET: u32 = 6;

fn read_into(bytes: &[u8], trace: &mut Trace) -> Result<(), RecordingError> {
    if !bytes.starts_with(&SECTION_HEADER.to_le_bytes()) {
        return fail(
            0,
            "not a pcapng file: it does not begin with a section header",
        );
    }
    let (mut rest, mut parser) = PcapNgParser::new(bytes).map_err(|error| damaged(0, &error))?;
    if parser.section().endianness != Endianness::Little {
        return fail(8, "the section is big-endian; recordings are little-endian");
    }
    let text: String = parser
        .section()
        .options
        .iter()
        .filter_map(|option| match option {
            SectionHeaderOption::Comment(text) => Some(text.as_ref()),
            _ => None,
        })
        .collect();
    let (provenance, view, start) =
        comments::parse_header(&text).or_else(|problem| fail(0, problem))?;
    let (mut writer, header) = Writer::new(&provenance, &view, &start);
    same(&bytes[..header.len().min(bytes.len())], &header, 0)?;
    for _ in [Side::Client, Side::Server] {
        // The parser must see both interfaces; what they hold has just been compared.
        let offset = bytes.len() - rest.len();
        (rest, _) = parser
            .next_block(rest)
            .map_err(|error| damaged(offset, &error))?;
    }
    (trace.provenance, trace.view, trace.start) = (provenance, view, start);
    while !rest.is_empty() {
        let offset = bytes.len() - rest.len();
        let kind = rest.first_chunk().map(|kind| u32::from_le_bytes(*kind));
        if !matches!(kind, Some(INTERFACE_STATISTICS | ENHANCED_PACKET)) && rest.len() >= 4 {
            return fail(offset, "a block that is neither a packet nor a note");
        }
        let (after, block) = parser
            .next_block(rest)
            .map_err(|error| damaged(offset, &error))?;
        let row = row(&block, trace.rows.len()).or_else(|problem| fail(offset, problem))?;
        let read = rest.len() - after.len();
        same(&rest[..read], &writer.row(&row), offset)?;
        trace.rows.push(row);
        rest = after;
    }
    Ok(())
}

fn row(block: &Block<'_>, index: usize) -> Result<Row, String> {
    let (interface, text): (u32, String) = match block {
        Block::EnhancedPacket(block) => (
            block.interface_id,
            block
                .options
                .iter()
                .filter_map(|option| match option {
                    EnhancedPacketOption::Comment(text) => Some(text.as_ref()),
                    _ => None,
                })
                .collect(),
        ),
        Block::InterfaceStatistics(block) => (
            block.interface_id,
            block
                .options
                .iter()
                .filter_map(|option| match option {
                    InterfaceStatisticsOption::Comment(text) => Some(text.as_ref()),
                    _ => None,
                })
                .collect(),
        ),
        _ => return Err("a block that is neither a packet nor a note".to_owned()),
    };
    let from = match interface {
        0 => Side::Client,
        1 => Side::Server,
        other => {
            return Err(format!(
                "interface {other} is neither the client (0) nor the server (1)"
            ));
        }
    };
    let (happened, states) = comments::parse_row(&text, index)?;
    let event = match (happened, block) {
        (
            Happened::Frame {
                origin,
                fate,
                altered,
            },
            Block::EnhancedPacket(block),
        ) => {
            let time = u64::try_from(block.timestamp.as_nanos())
                .map_err(|_| "the time is out of range")?;
            Event::Frame {
                time,
                from,
                origin,
                fate,
                altered,
                bytes: block.data.to_vec(),
            }
        }
        (Happened::Note { side, text }, Block::InterfaceStatistics(_)) => {
            Event::Note { side, text }
        }
        _ => return Err("the comment and the kind of block contradict each other".to_owned()),
    };
    Ok(Row { event, states })
}

/// Checks that the octets are those that would be written for what has been read from them.
fn same(found: &[u8], expected: &[u8], offset: usize) -> Result<(), RecordingError> {
    if found == expected {
        return Ok(());
    }
    let at = found
        .iter()
        .zip(expected)
        .take_while(|(found, expected)| found == expected)
        .count();
    if at == found.len() {
        return fail(offset + at, "the file ends in the middle of a block");
    }
    fail(
        offset + at,
        "not as this program writes it: was the file edited, or saved by another program?",
    )
}

fn fail<T>(offset: usize, problem: impl Into<String>) -> Result<T, RecordingError> {
    Err(RecordingError {
        offset,
        problem: problem.into(),
    })
}

fn damaged(offset: usize, error: &PcapError) -> RecordingError {
    let problem = match error {
        PcapError::IncompleteBuffer => "the file ends in the middle of a block".to_owned(),
        other => format!("no valid pcapng block: {other}"),
    };
    RecordingError { offset, problem }
}

#[cfg(test)]
mod tests;
