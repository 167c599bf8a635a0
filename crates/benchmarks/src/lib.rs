//! Benchmarks of the lab: `cargo bench -p benchmarks`. They are a package of their own so that no
//! test and no exercise has to compile what measures them.

use std::time::Duration;

use lab::{Lab, Restart, Settings};

/// The argument with which a benchmark's program is started again to play a lab.
pub const PLAY: &str = "--play-a-lab";

/// One lab with an empty script, as the whole process that a test is: started, built, ended.
///
/// # Panics
/// Where the lab cannot be built.
pub fn empty_lab() {
    Lab::run_with(again("empty"), |net| net.settle());
}

/// How long one lab took to build its network of two hosts, without the process around it.
///
/// # Panics
/// Where the lab cannot be built.
#[must_use]
pub fn set_up_time() -> Duration {
    let trace = Lab::run_with(again("set-up"), |net| {
        let nanoseconds = net.set_up_time().as_nanos().to_string();
        net.client().note(&nanoseconds);
    });
    let nanoseconds = trace.rows.iter().find_map(|row| match &row.event {
        trace::Event::Note { text, .. } => text.parse().ok(),
        trace::Event::Frame { .. } => None,
    });
    Duration::from_nanos(nanoseconds.expect("the script has noted its time"))
}

/// The handshake scene with its five segments, as a whole process.
///
/// # Panics
/// Where the lab cannot be built.
pub fn handshake() {
    let scene = scenes::named("three-way-handshake").expect("the book begins with it");
    Lab::run_with(again("handshake"), |net| (scene.script)(net));
}

/// Plays what the arguments name, if this process was started by one of the above.
pub fn play_if_asked_to() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments
        .iter()
        .skip_while(|argument| *argument != PLAY)
        .nth(1)
        .map(String::as_str)
    {
        Some("empty") => empty_lab(),
        Some("set-up") => drop(set_up_time()),
        Some("handshake") => handshake(),
        _ => {}
    }
}

fn again(what: &str) -> Settings {
    Settings {
        restart: Restart::Program(vec![PLAY.to_owned(), what.to_owned()]),
        ..Settings::default()
    }
}
