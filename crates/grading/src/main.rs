//! `grading`: the program behind `cargo course grade`.

use std::process::ExitCode;

fn main() -> ExitCode {
    grading::confine::stage().unwrap_or_else(grading::cli::main)
}
