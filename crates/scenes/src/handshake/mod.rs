//! Opening a connection: a file for each chapter of the part.

pub mod backlog;
pub mod handshake_by_hand;
pub mod initial_sequence_numbers;
pub mod port_scan;
pub mod refused_and_lost;
pub mod simultaneous_open;
pub mod three_way_handshake;
pub mod why_three;
