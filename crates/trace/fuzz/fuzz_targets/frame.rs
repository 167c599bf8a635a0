//! Any octets as a frame: decoding and annotating agree, and a segment survives being built again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trace::frame::MacAddress;
use trace::{Frame, annotate, build};

#[path = "../../tests/checksum/mod.rs"]
mod checksum;

fuzz_target!(|bytes: &[u8]| {
    check(bytes);
    // A fuzzer hardly ever guesses a checksum; with a right one it sees the layers inside.
    let mut mended = bytes.to_vec();
    checksum::mend(&mut mended);
    check(&mended);
});

fn check(bytes: &[u8]) {
    let decoded = Frame::decode(bytes);
    match (&decoded, annotate::annotate(bytes)) {
        (Ok(_), Ok(fields)) => {
            let bits: usize = fields.iter().map(|field| field.bits).sum();
            assert_eq!(bits, bytes.len() * 8);
        }
        (Err(decoding), Err(annotating)) => assert_eq!(decoding, &annotating),
        (decoded, annotated) => panic!("{decoded:?} but {annotated:?}"),
    }
    if let Some(segment) = decoded.as_ref().ok().and_then(Frame::segment) {
        // The header that is built is shorter than one with IPv4 options, and so always fits.
        let built = build::frame(MacAddress::default(), MacAddress::default(), segment);
        let again = Frame::decode(&built).expect("a built frame is a frame");
        let again = again.segment().expect("a built frame carries a segment");
        assert!(again.checksum_ok);
        assert_eq!(
            (&again.options, &again.payload),
            (&segment.options, &segment.payload)
        );
    }
}
