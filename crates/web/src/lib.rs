//! Peers for the lessons about HTTP and WebSocket: the other host's program is hyper's, tungstenite's or curl's, and not this
//! course's. The reader's side is bare socket calls.
//!
//! Everything here runs on the calling thread, over sockets that the caller has made: in the lab, a host's.

pub mod client;
pub mod curl;
pub mod server;
pub mod websocket;

pub use client::Client;
pub use server::serve;

/// One thread for everything, so that a host's calls come in one order.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
}
