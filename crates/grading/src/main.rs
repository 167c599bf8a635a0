//! `grading`: the program behind `cargo course grade`.

use std::process::ExitCode;

fn main() -> ExitCode {
    grading::stage().unwrap_or_else(grading::cli::main)
}
