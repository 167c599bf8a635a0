//! For every input, not only for those that somebody thought of.

mod arbitrary;
mod checksum;

use proptest::prelude::*;
use trace::frame::Packet;
use trace::{Frame, Layer, Trace, annotate, build, pcapng};

proptest! {
    #[test]
    fn a_built_frame_decodes_to_its_segment(segment in arbitrary::segment()) {
        let bytes = build::frame(arbitrary::MAC, arbitrary::MAC, &segment);
        let decoded = Frame::decode(&bytes).unwrap();
        let found = decoded.segment().unwrap();
        prop_assert!(found.checksum_ok);
        // The two fields that follow from the rest, and the padding.
        let mut expected = segment;
        expected.checksum = found.checksum;
        expected.data_offset = found.data_offset;
        arbitrary::pad(&mut expected.options, found.data_offset);
        prop_assert_eq!(found, &expected);
        prop_assert_eq!(build::frame(arbitrary::MAC, arbitrary::MAC, found), bytes);
    }

    #[test]
    fn a_built_segment_is_the_end_of_its_frame_and_the_packet_decodes_alone(segment in arbitrary::segment()) {
        let frame = build::frame(arbitrary::MAC, arbitrary::MAC, &segment);
        prop_assert!(frame.ends_with(&build::segment(&segment)));
        let decoded = Frame::decode(&frame).unwrap();
        let packet = Packet::decode(&frame[14..]).unwrap();
        prop_assert_eq!(packet.segment(), decoded.segment());
        prop_assert_eq!(frame.len(), 14 + 20 + build::segment(&segment).len());
    }

    #[test]
    fn a_changed_octet_of_a_segment_spoils_its_checksum(segment in arbitrary::segment(), at in any::<prop::sample::Index>()) {
        let mut bytes = build::frame(arbitrary::MAC, arbitrary::MAC, &segment);
        let payload = bytes.len() - segment.payload.len();
        prop_assume!(payload < bytes.len());
        let at = payload + at.index(bytes.len() - payload);
        bytes[at] ^= 0x10;
        prop_assert!(!Frame::decode(&bytes).unwrap().segment().unwrap().checksum_ok);
    }

    #[test]
    fn padding_of_the_ethernet_is_ignored(segment in arbitrary::segment(), padding in prop::collection::vec(any::<u8>(), 0..50)) {
        let bytes = build::frame(arbitrary::MAC, arbitrary::MAC, &segment);
        let padded = [&bytes[..], &padding].concat();
        prop_assert_eq!(Frame::decode(&bytes), Frame::decode(&padded));
    }

    #[test]
    fn no_octets_make_the_decoder_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Frame::decode(&bytes);
        let _ = Packet::decode(&bytes);
        let _ = annotate::annotate(&bytes);
        prop_assert_eq!(annotate::packet(&bytes).map(drop), Packet::decode(&bytes).map(drop));
        let _ = annotate::segment(&bytes);
    }

    #[test]
    fn a_segment_has_the_same_fields_alone_in_a_packet_and_in_a_frame(segment in arbitrary::segment()) {
        let frame = build::frame(arbitrary::MAC, arbitrary::MAC, &segment);
        let of = |fields: Vec<annotate::Field>, start: usize| -> Vec<_> {
            let tcp = fields.into_iter().filter(|field| field.layer == Layer::Tcp);
            tcp.map(|field| (field.name, field.first_bit - 8 * start, field.bits, field.value, field.cite)).collect()
        };
        let in_frame = of(annotate::annotate(&frame).unwrap(), 34);
        prop_assert_eq!(&of(annotate::packet(&frame[14..]).unwrap(), 20), &in_frame);
        prop_assert_eq!(&of(annotate::segment(&frame[34..]).unwrap(), 0), &in_frame);
    }

    #[test]
    fn no_damage_to_a_frame_makes_the_decoder_panic(bytes in arbitrary::damaged_frame()) {
        let decoded = Frame::decode(&bytes).map(drop);
        let annotated = annotate::annotate(&bytes).map(drop);
        prop_assert_eq!(decoded, annotated);
    }

    #[test]
    fn the_fields_of_a_frame_cover_every_bit_once(bytes in arbitrary::damaged_frame()) {
        let Ok(fields) = annotate::annotate(&bytes) else { return Ok(()) };
        let mut next = 0;
        for field in &fields {
            prop_assert_eq!(field.first_bit, next, "{:?}", field);
            prop_assert!(field.bits > 0 && !field.meaning.is_empty() && !field.name.is_empty(), "{:?}", field);
            next += field.bits;
        }
        prop_assert_eq!(next, bytes.len() * 8);
    }

    #[test]
    fn a_recording_is_read_as_it_was_written(trace in arbitrary::trace()) {
        let bytes = pcapng::write(&trace);
        prop_assert_eq!(pcapng::read(&bytes).unwrap(), trace);
    }

    #[test]
    fn a_recording_that_breaks_off_is_read_up_to_there(trace in arbitrary::trace(), cut in any::<prop::sample::Index>()) {
        let bytes = pcapng::write(&trace);
        let cut = cut.index(bytes.len());
        let (prefix, error) = pcapng::read_prefix(&bytes[..cut]);
        prop_assert!(trace.rows.starts_with(&prefix.rows));
        if error.is_none() {
            prop_assert_eq!(pcapng::write(&prefix), &bytes[..cut]);
        }
        prop_assert!(prefix == Trace::default() || (&prefix.view, &prefix.provenance) == (&trace.view, &trace.provenance));
    }

    #[test]
    fn no_damage_to_a_recording_goes_unnoticed(trace in arbitrary::trace(), changes in arbitrary::changes()) {
        let mut bytes = pcapng::write(&trace);
        arbitrary::change(&mut bytes, &changes);
        // Either the place of the damage, or a trace that is written as exactly these octets.
        if let Ok(read) = pcapng::read(&bytes) {
            prop_assert_eq!(pcapng::write(&read), bytes);
        }
    }

    #[test]
    fn no_octets_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(pcapng::read(&bytes).is_err());
    }

    #[test]
    fn every_trace_has_a_ladder(trace in arbitrary::trace()) {
        let ladder = trace::Ladder::of(&trace).to_string();
        prop_assert!(ladder.lines().all(|line| line.trim_end() == line));
    }
}
