//! Any octets as a recording: what can be read is written as the same octets, and can be drawn.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trace::{Ladder, pcapng};

fuzz_target!(|bytes: &[u8]| {
    let (trace, error) = pcapng::read_prefix(bytes);
    let _ = Ladder::of(&trace).to_string();
    let written = pcapng::write(&trace);
    match error {
        None => assert_eq!(written, bytes),
        // What could be read, if it was more than nothing, stands at the beginning.
        Some(_) if trace != trace::Trace::default() => assert!(bytes.starts_with(&written)),
        Some(_) => {}
    }
});
