//! The exchanges that the book shows: each figure is one function, played by two kernels.
//!
//! A scene is a script over [`lab::Net`]. Its test compares the ladder with a snapshot; the binary `record`
//! writes the recording from which the book's figure is drawn. A new scene is a function and a line in
//! [`SCENES`].

use std::io;

use lab::{Net, Settings};
use trace::View;

pub mod handshake;
mod programs;
pub mod teardown;

/// One exchange that the book shows.
pub struct Scene {
    /// Its name in the book and of its files: `three-way-handshake`.
    pub name: &'static str,
    /// The part of the book that holds its recording.
    pub part: &'static str,
    /// What it shows, as a figure's caption.
    pub title: &'static str,
    /// How its ladder is drawn.
    pub view: View,
    /// Settings of both kernels that differ from the preset.
    pub sysctls: &'static [(&'static str, &'static str)],
    /// What happens.
    pub script: fn(&mut Net) -> io::Result<()>,
}

impl Scene {
    /// The laboratory in which it is played.
    #[must_use]
    pub fn settings(&self) -> Settings {
        Settings {
            scene: self.name.to_owned(),
            title: self.title.to_owned(),
            view: self.view,
            sysctls: self.sysctls.to_vec(),
            ..Settings::default()
        }
    }
}

/// All scenes, in the order of the book.
pub static SCENES: &[Scene] = &[
    handshake::THREE_WAY_HANDSHAKE,
    handshake::DATA_COMPLETES_THE_HANDSHAKE,
    handshake::WITHOUT_A_LISTENER,
    handshake::OLD_DUPLICATE_SYN,
    handshake::TWO_PASSIVE_SOCKETS,
    handshake::SIMULTANEOUS_OPEN,
    teardown::CLOSE_IN_FOUR,
    teardown::SIMULTANEOUS_CLOSE,
    teardown::HALF_OPEN_DISCOVERY,
    teardown::HALF_OPEN_BY_DATA,
];

/// The scene of that name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Scene> {
    SCENES.iter().find(|scene| scene.name == name)
}
