//! From a trace to the octets of a file.

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
use pcap_file::pcapng::{Block, PcapNgWriter};
use pcap_file::{DataLink, Endianness};

use crate::state::States;
use crate::{Event, Provenance, Row, Side, View, comments};

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
