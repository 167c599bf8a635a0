//! HTTP and sockets: a file for each chapter of the part.

pub mod http_1_0;
pub mod http_or_sockets;
pub mod message_framing;
mod peers;
pub mod persistent_connections;
pub mod pipelining;
pub mod server_push;
pub mod websocket;
