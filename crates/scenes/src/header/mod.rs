//! The header: a file for each chapter of the part that has scenes of its own.

pub mod checksum;
pub mod flags;
pub mod header_fields;
pub mod options;
pub mod sequence_numbers;
pub mod window;
