//! The command line of the course: `cargo course`.

use std::process::ExitCode;

fn main() -> ExitCode {
    course::cli::main()
}
