//! What a lab costs: `cargo bench -p lab`. The targets stand on the README.

use lab::{Lab, Restart, Settings};

fn main() {
    // The benchmark is started again for each lab, and comes to its script by this argument.
    if std::env::args().any(|argument| argument == PLAY) {
        lab_as_a_whole_process();
        return;
    }
    divan::main();
}

const PLAY: &str = "--play-a-lab";

/// The process of one lab test: started, network built, script played, ended.
#[divan::bench(sample_count = 100)]
fn lab_as_a_whole_process() {
    let settings = Settings {
        restart: Restart::Program(vec![PLAY.to_owned()]),
        ..Settings::default()
    };
    Lab::run_with(settings, |net| net.settle());
}
