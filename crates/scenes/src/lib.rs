//! The exchanges that the book shows: each figure is one function, played by two kernels.
//!
//! A scene is a script over [`lab::Net`]. Its test compares the ladder with a snapshot; the binary `record`
//! writes the recording from which the book's figure is drawn. Each chapter has a file of its own here, and one in
//! `tests/scenes/`: a new scene is a function and an entry in the file's `SCENES`, and a line in the tests' file.

use std::io;

use lab::{Net, Settings};
use trace::View;

pub mod handshake;
pub mod header;
pub mod http;
mod on_the_way;
mod programs;
pub mod sockets;
pub mod teardown;
mod view;

/// One exchange that the book shows.
pub struct Scene {
    /// Its name in the book and of its files: `three-way-handshake`.
    pub name: &'static str,
    /// What it shows, as a figure's caption.
    pub title: &'static str,
    /// How its ladder is drawn.
    pub view: View,
    /// What its laboratory has otherwise than usual; [`as_usual`] for nothing.
    pub adjust: fn(Settings) -> Settings,
    /// What happens.
    pub script: fn(&mut Net) -> io::Result<()>,
}

impl Scene {
    /// The part of the book that holds its recording: `handshake`.
    ///
    /// # Panics
    /// The scene is not in the list of all scenes.
    #[must_use]
    pub fn part(&self) -> &'static str {
        let has = |(_, chapters): &&(&str, &[&[Scene]])| {
            let mut scenes = chapters.iter().copied().flatten();
            scenes.any(|scene| scene.name == self.name)
        };
        let found = PARTS.iter().find(has);
        found.expect("a scene belongs to a chapter of a part").0
    }

    /// The laboratory in which it is played.
    #[must_use]
    pub fn settings(&self) -> Settings {
        (self.adjust)(Settings {
            scene: self.name.to_owned(),
            title: self.title.to_owned(),
            view: self.view,
            ..Settings::default()
        })
    }
}

/// A laboratory without any changes.
#[must_use]
pub(crate) fn as_usual(settings: Settings) -> Settings {
    settings
}

/// What is not acknowledged is sent again after a second, and then after ever longer pauses: not after the laboratory's half minute.
pub(crate) fn repeats_after_a_second(settings: Settings) -> Settings {
    Settings {
        rto_min_ms: 1_000,
        ..settings
    }
}

/// A SYN is repeated once, as rarely as Linux can be told to: a call that nobody answers ends after three seconds.
pub(crate) fn one_repeat_of_a_syn(settings: Settings) -> Settings {
    settings.with_sysctls(&[("net.ipv4.tcp_syn_retries", "1")])
}

/// A host whose ports are used up but for one. The kernel chooses the port of a socket that is not bound, at random; with one to
/// choose from, its choice is known.
pub(crate) fn one_port_to_choose(settings: Settings) -> Settings {
    settings.with_sysctls(&[("net.ipv4.ip_local_port_range", "40000 40000")])
}

/// The scenes of each part's chapters, in the order of the book.
const PARTS: &[(&str, &[&[Scene]])] = &[
    (
        "sockets",
        &[
            sockets::what_is_a_socket::SCENES,
            sockets::stream_and_datagram::SCENES,
            sockets::layers::SCENES,
        ],
    ),
    (
        "header",
        &[
            header::header_fields::SCENES,
            header::checksum::SCENES,
            header::sequence_numbers::SCENES,
            header::flags::SCENES,
            header::options::SCENES,
            header::window::SCENES,
        ],
    ),
    (
        "handshake",
        &[
            handshake::three_way_handshake::SCENES,
            handshake::handshake_by_hand::SCENES,
            handshake::why_three::SCENES,
            handshake::initial_sequence_numbers::SCENES,
            handshake::simultaneous_open::SCENES,
            handshake::backlog::SCENES,
            handshake::refused_and_lost::SCENES,
            handshake::port_scan::SCENES,
        ],
    ),
    (
        "teardown",
        &[
            teardown::orderly_close::SCENES,
            teardown::half_close::SCENES,
            teardown::simultaneous_close::SCENES,
            teardown::time_wait::SCENES,
            teardown::reset::SCENES,
            teardown::keepalive::SCENES,
        ],
    ),
    (
        "http",
        &[
            http::http_1_0::SCENES,
            http::persistent_connections::SCENES,
            http::message_framing::SCENES,
            http::pipelining::SCENES,
            http::server_push::SCENES,
            http::websocket::SCENES,
            http::http_or_sockets::SCENES,
        ],
    ),
];

/// All scenes, in the order of the book.
pub fn all() -> impl Iterator<Item = &'static Scene> {
    let chapters = PARTS.iter().flat_map(|(_, chapters)| *chapters);
    chapters.copied().flatten()
}

/// The scene of that name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Scene> {
    all().find(|scene| scene.name == name)
}
