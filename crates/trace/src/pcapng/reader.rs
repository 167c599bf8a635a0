//! From the octets of a file to a trace. `pcap-file` parses the blocks, [`comments`] the lines in
//! them; then every block is written again and compared, so that nothing in it goes unread.

use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketOption;
use pcap_file::pcapng::blocks::interface_statistics::InterfaceStatisticsOption;
use pcap_file::pcapng::blocks::section_header::SectionHeaderOption;
use pcap_file::pcapng::{Block, PcapNgParser};
use pcap_file::{Endianness, PcapError};

use super::{RecordingError, Writer};
use crate::comments::{self, Happened};
use crate::{Event, Row, Side, Trace};

/// The types of the blocks that are given to the parser; it never sees others.
const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE_STATISTICS: u32 = 5;
const ENHANCED_PACKET: u32 = 6;

/// Fills `trace` with what is whole, block by block.
pub(super) fn read_into(bytes: &[u8], trace: &mut Trace) -> Result<(), RecordingError> {
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
