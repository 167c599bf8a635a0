//! Every scene gives the same ladder every time.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use grade::expect_ladder;
use trace::{Ladder, State, Trace, pcapng};

/// Makes a test of each scene of a chapter: the ladder that two kernels play now is the one in `snapshots/`.
macro_rules! scenes {
    ($($test:ident)*) => {
        /// The scenes that are tested here.
        pub(crate) const TESTED: &[&str] = &[$(stringify!($test)),*];

        $(
            #[test]
            fn $test() {
                let name = stringify!($test).replace('_', "-");
                let scene = scenes::named(&name).expect("each test is named after a scene");
                let trace = lab::Lab::run_with(scene.settings(), |net| (scene.script)(net));
                grade::expect_ladder!(name, scene.title, trace);
            }
        )*
    };
}

mod backlog;
mod checksum;
mod flags;
mod half_close;
mod handshake_by_hand;
mod header_fields;
mod http_1_0;
mod http_or_sockets;
mod initial_sequence_numbers;
mod keepalive;
mod layers;
mod message_framing;
mod options;
mod orderly_close;
mod persistent_connections;
mod pipelining;
mod port_scan;
mod refused_and_lost;
mod reset;
mod sequence_numbers;
mod server_push;
mod simultaneous_close;
mod simultaneous_open;
mod stream_and_datagram;
mod three_way_handshake;
mod time_wait;
mod websocket;
mod what_is_a_socket;
mod why_three;
mod window;

#[test]
fn every_scene_has_its_test() {
    let tested: BTreeSet<String> = [
        backlog::TESTED,
        checksum::TESTED,
        flags::TESTED,
        half_close::TESTED,
        handshake_by_hand::TESTED,
        header_fields::TESTED,
        http_1_0::TESTED,
        http_or_sockets::TESTED,
        initial_sequence_numbers::TESTED,
        keepalive::TESTED,
        layers::TESTED,
        message_framing::TESTED,
        options::TESTED,
        orderly_close::TESTED,
        persistent_connections::TESTED,
        pipelining::TESTED,
        port_scan::TESTED,
        refused_and_lost::TESTED,
        reset::TESTED,
        sequence_numbers::TESTED,
        server_push::TESTED,
        simultaneous_close::TESTED,
        simultaneous_open::TESTED,
        stream_and_datagram::TESTED,
        three_way_handshake::TESTED,
        time_wait::TESTED,
        websocket::TESTED,
        what_is_a_socket::TESTED,
        why_three::TESTED,
        window::TESTED,
    ]
    .concat()
    .iter()
    .map(|test| test.replace('_', "-"))
    .collect();
    let scenes: BTreeSet<String> = scenes::all().map(|scene| scene.name.to_owned()).collect();
    assert_eq!(tested, scenes);
    assert_eq!(
        scenes.len(),
        scenes::all().count(),
        "two scenes have the same name"
    );
}

/// The figures of the book are drawn from recordings; these must show what the scenes show now.
#[test]
fn the_recordings_in_the_book_show_the_same_ladders() {
    for scene in scenes::all() {
        let recording = recording(scene);
        let bytes = fs::read(&recording).unwrap_or_else(|error| {
            panic!(
                "{}: {error}; run `cargo course record`",
                recording.display()
            )
        });
        let trace =
            pcapng::read(&bytes).unwrap_or_else(|error| panic!("{}: {error}", recording.display()));
        expect_ladder!(scene.name, scene.title, trace);
    }
}

/// The ledger's row `missing-other-states` says so.
#[test]
fn three_recordings_pass_through_all_ten_real_states() {
    let mut seen = BTreeSet::new();
    for name in ["three-way-handshake", "close-in-four", "simultaneous-close"] {
        for line in Ladder::of(&recorded(name)).lines {
            seen.extend([line.client, line.server].into_iter().flatten());
        }
    }
    let all: BTreeSet<State> = State::ALL
        .into_iter()
        .filter(|state| *state != State::Closed)
        .collect();
    seen.remove(&State::Closed);
    assert_eq!(seen, all);
}

/// What the book's recording of a scene shows.
fn recorded(name: &str) -> Trace {
    let scene = scenes::named(name).expect("the book has this scene");
    let recording = fs::read(recording(scene)).expect("it is recorded");
    pcapng::read(&recording).expect("it can be read")
}

fn recording(scene: &scenes::Scene) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join(format!("../../book/{}/{}.pcapng", scene.part(), scene.name))
}
