//! The command line of the course, and the mdBook preprocessor.
//!
//! [`book`] turns the
//! chapters' directives into pages and finds what is wrong in them.

pub mod book;
pub mod problem;

pub use problem::Problem;
