//! Sockets: a file for each chapter of the part.

pub mod layers;
pub mod stream_and_datagram;
pub mod what_is_a_socket;
