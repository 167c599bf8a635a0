//! The command line of the course, and the mdBook preprocessor.
//!
//! [`cli`] says which commands there are; each has a module of its own. [`book`] turns the
//! chapters' directives into pages and finds what is wrong in them.

pub mod aside;
pub mod bar;
pub mod book;
pub mod cargo;
pub mod check;
pub mod cli;
pub mod completions;
pub mod doctor;
pub mod exercise;
pub mod failure;
pub mod file;
pub mod git;
pub mod grade;
pub mod grading;
pub mod handout;
pub mod hint;
pub mod list;
pub mod mutants;
pub mod new;
pub mod place;
pub mod problem;
pub mod progress;
pub mod reader;
pub mod record;
pub mod reset;
pub mod root;
pub mod run;
pub mod said;
pub mod scenes;
pub mod schedule;
pub mod serve;
pub mod solution;
pub mod status;
pub mod summary;
pub mod table;
pub mod test;
pub mod tools;
pub mod uninterrupted;
pub mod watch;
pub mod workspace;

pub use failure::Failure;
pub use problem::Problem;
