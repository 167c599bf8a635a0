//! `cargo course completions`: what a shell needs to complete the commands.

use std::io::Write;

use clap::Command;
use clap_complete::Shell;

/// The name that is completed. No shell can complete `cargo course`, which is a word of cargo's.
const NAME: &str = "course";

/// Prints the definition of `course`, and what completes it.
pub fn print(shell: Shell, command: &mut Command) {
    // Usage lines of the completions say what is typed.
    command.set_bin_name(NAME);
    let mut script = Vec::new();
    clap_complete::generate(shell, command, NAME, &mut script);
    // A pipe whose reader has gone has got what it wanted.
    let _ =
        std::io::stdout().write_all(&[definition(shell).as_bytes(), script.as_slice()].concat());
}

/// `course` as the short form of `cargo course`.
fn definition(shell: Shell) -> &'static str {
    match shell {
        Shell::Bash | Shell::Zsh => "course() { cargo course \"$@\"; }\n",
        Shell::Fish => "function course; cargo course $argv; end\n",
        Shell::Elvish => "fn course {|@a| cargo course $@a }\n",
        _ => "function course { cargo course @args }\n",
    }
}
