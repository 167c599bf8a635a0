//! The program itself, with the course's own exercises.

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::Folder;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap()
        .to_path_buf()
}

/// `cargo course grade ARGS` at the root of the course: exit code, standard output, standard error.
fn grade(args: &[&str]) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_grading"))
        .args(args)
        .current_dir(root())
        .env_remove("RUST_BACKTRACE")
        .output()
        .unwrap();
    let text = |octets| String::from_utf8(octets).unwrap();
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn the_help_is_that_of_the_command() {
    let (code, said, _) = grade(&["--help"]);
    assert_eq!(code, Some(0));
    for part in [
        "Usage: cargo course grade [OPTIONS] [DIR]...",
        "--shard <I/N>",
        "Examples:",
        "Exit codes: 0",
    ] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
}

#[test]
fn what_cannot_be_done_is_said_with_exit_code_2_and_leaves_nothing() {
    let folder = Folder::new();
    folder.write("empty/notes.txt", "");
    let out = folder.at("grades").display().to_string();
    let empty = folder.at("empty").display().to_string();
    let absent = folder.at("absent").display().to_string();
    for (args, why) in [
        (vec![&*empty], "has nothing of the course in it"),
        (vec![&*absent], "absent: No such file or directory"),
        (
            vec!["--exercise", "absent"],
            "there is no exercise `absent`",
        ),
        (vec!["--shard", "3/2"], "must be I/N with I from 1 to N"),
        (vec!["--jobs", "0"], "--jobs <N>"),
    ] {
        let (code, said, error) = grade(&[&args[..], &["--out", &out]].concat());
        assert_eq!((code, said.as_str()), (Some(2), ""), "{error}");
        assert!(error.contains(why), "{error}");
    }
    assert_eq!(folder.everything().len(), 2);
}
