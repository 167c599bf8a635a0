//! The built book in a real Chromium: what its tests stand on.
//!
//! [`Session`] is a Chromium with a profile of its own, driven over WebDriver, and a server of the
//! book that remembers what was asked of it. Both take free ports, and both end with the session.

pub mod axe;
pub mod book;
pub mod driver;
pub mod server;
pub mod session;

pub use session::Session;
