//! The Gradescope autograder: whatever happens, `results.json` is there and says what it was.

use std::process::Command;

use serde_json::Value;

use crate::scratch::{Run, Scratch, command, root, run};

const NOT_GRADED: &str = "NOT GRADED: ";
/// What the stub of cargo does when it grades: `$1 $2` are `course grade`, `$3` the submission, `$5` the place for results.
const GRADES: &str = r#"mkdir -p "$5/one" && echo '{"score": 3}' >"$5/one/results.json""#;

/// Gradescope's folder, with a submission and with a cargo that does what `script` says.
fn autograder(script: &str) -> Scratch {
    let scratch = Scratch::new();
    scratch.write("source/course/Cargo.toml", "");
    scratch.write("submission/exercises/numbers/add/src/lib.rs", "");
    let noted = format!("echo \"$PWD: $*\" >>\"$AUTOGRADER_ROOT/calls\"\n{script}");
    scratch.program("rust/cargo/bin/cargo", &noted);
    scratch
}

fn script(scratch: &Scratch, name: &str) -> Command {
    let mut command = command(root().join("instructors/gradescope").join(name));
    command.env("AUTOGRADER_ROOT", scratch.folder());
    command
}

fn grade(scratch: &Scratch) -> Run {
    run(&mut script(scratch, "run_autograder"))
}

fn results(scratch: &Scratch) -> Value {
    let text = scratch.read("results/results.json");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Results that no one can take for those of a graded submission, with this reason.
#[track_caller]
fn says_not_graded(results: &Value, reason: &str) {
    let output = results["output"].as_str().expect("a text for the student");
    assert!(output.starts_with(NOT_GRADED), "{output}");
    assert!(output.contains(reason), "no `{reason}` in: {output}");
    assert_eq!(results["extra_data"]["graded"], false);
    assert!(results["score"].is_number(), "Gradescope asks for a score");
}

#[test]
fn the_graders_results_are_taken_as_they_are() {
    let scratch = autograder(GRADES);
    grade(&scratch).code(0);
    assert_eq!(scratch.read("results/results.json"), "{\"score\": 3}\n");
    let call = scratch.read("calls");
    let (submission, course) = (scratch.path("submission"), scratch.path("source/course"));
    let expected = format!(
        "{}: course grade {} --out ",
        course.display(),
        submission.display()
    );
    assert!(call.starts_with(&expected), "{call}");
    assert!(!call.contains("--exercise"), "{call}");
}

#[test]
fn only_the_exercises_of_the_assignment_count() {
    let scratch = autograder(GRADES);
    scratch.write("source/exercises.txt", "add\nsubtract\n");
    grade(&scratch).code(0);
    let call = scratch.read("calls");
    assert!(
        call.ends_with(" --exercise add --exercise subtract\n"),
        "{call}"
    );
}

#[test]
fn files_alone_are_the_source_of_the_only_exercise() {
    let scratch = autograder(&format!(
        "ls -R \"$3\" >\"$AUTOGRADER_ROOT/seen\"\n{GRADES}"
    ));
    std::fs::remove_dir_all(scratch.path("submission")).expect("a submission");
    scratch.write("submission/lib.rs", "mod more;");
    scratch.write("submission/more.rs", "");
    scratch.write("source/exercises.txt", "add\n");
    grade(&scratch).code(0);
    let seen = scratch.read("seen");
    assert!(
        seen.contains("/submission/add/src:\nlib.rs\nmore.rs\n"),
        "{seen}"
    );
}

#[test]
fn a_grader_that_cannot_work_is_no_zero() {
    let scratch = autograder("echo 'refused: unshare(CLONE_NEWUSER): not permitted' >&2; exit 2");
    grade(&scratch)
        .code(1)
        .says("refused: unshare(CLONE_NEWUSER)");
    let results = results(&scratch);
    says_not_graded(&results, "the grader ended with code 2");
    says_not_graded(&results, "refused: unshare(CLONE_NEWUSER): not permitted");
}

#[test]
fn a_grader_that_writes_nothing_is_no_zero() {
    let scratch = autograder("true");
    grade(&scratch).code(1).says("0 results");
    says_not_graded(&results(&scratch), "wrote 0 results where one was expected");
}

#[test]
fn results_of_two_submissions_are_none() {
    let scratch = autograder(&format!("{GRADES}; cp -r \"$5/one\" \"$5/two\""));
    grade(&scratch).code(1);
    says_not_graded(&results(&scratch), "wrote 2 results where one was expected");
}

#[test]
fn an_empty_submission_is_called_empty() {
    let scratch = autograder(GRADES);
    std::fs::remove_dir_all(scratch.path("submission/exercises")).expect("a submission");
    grade(&scratch).code(1);
    says_not_graded(&results(&scratch), "the submission is empty");
    assert!(
        !scratch.path("calls").exists(),
        "there was nothing to grade"
    );
}

#[test]
fn an_autograder_without_the_course_says_how_to_make_one_with_it() {
    let scratch = autograder(GRADES);
    std::fs::remove_file(scratch.path("source/course/Cargo.toml")).expect("a course");
    grade(&scratch).code(1);
    says_not_graded(&results(&scratch), "instructors/gradescope/pack");
}

#[test]
fn a_machine_without_cargo_is_no_zero() {
    let scratch = autograder(GRADES);
    std::fs::remove_file(scratch.path("rust/cargo/bin/cargo")).expect("a cargo");
    let mut run_autograder = script(&scratch, "run_autograder");
    run(run_autograder.env("PATH", "/usr/bin:/bin")).code(1);
    says_not_graded(&results(&scratch), "the grader ended with code 127");
}

#[test]
fn a_grader_that_is_ended_early_leaves_its_reason() {
    let scratch = autograder(&format!(
        "cp \"$AUTOGRADER_ROOT/results/results.json\" \"$AUTOGRADER_ROOT/meanwhile.json\"\n{GRADES}"
    ));
    grade(&scratch).code(0);
    let meanwhile = serde_json::from_str(&scratch.read("meanwhile.json")).expect("JSON");
    says_not_graded(&meanwhile, "ended before it was done");
}

#[test]
fn nothing_that_is_printed_breaks_the_results() {
    let scratch = autograder(r#"printf '\033[31m"\\\t\0\xff\xc3\xa9 </script>\r\n{}\n'; exit 2"#);
    grade(&scratch).code(1);
    says_not_graded(&results(&scratch), "?[31m\"\\\t??? </script>?\n{}\n");
}

#[test]
fn setting_up_brings_rust_and_tries_the_grader() {
    let scratch = autograder("");
    std::fs::rename(scratch.path("rust/cargo/bin/cargo"), scratch.path("cargo")).expect("a cargo");
    scratch.program("bin/apt-get", "");
    // What rustup's installer would do, and a note of how it was asked.
    scratch.program(
        "bin/curl",
        "echo '#!/bin/bash'; \
         echo 'echo \"rustup $*\" >>\"$AUTOGRADER_ROOT/calls\"; cp \"$AUTOGRADER_ROOT/cargo\" \"$CARGO_HOME/bin/\"'",
    );
    let path = format!("{}:/usr/bin:/bin", scratch.path("bin").display());
    run(script(&scratch, "setup.sh").env("PATH", &path)).code(0);
    let calls = scratch.read("calls");
    for call in [
        "rustup -y --no-modify-path --profile minimal --component clippy --default-toolchain 1.",
        ": fetch --locked\n",
        ": course grade --out ",
    ] {
        assert!(calls.contains(call), "no `{call}` in:\n{calls}");
    }

    scratch.program("cargo", "echo \"refused: $*\" >&2; [[ \"$*\" != *--out* ]]");
    run(script(&scratch, "setup.sh").env("PATH", &path))
        .code(0)
        .says("refused: course grade --out ")
        .says("WARNING: the grader does not work while this image is built");

    scratch.program("bin/curl", "echo 'no connection' >&2; exit 6");
    let failed = run(script(&scratch, "setup.sh").env("PATH", &path)).code(6);
    assert_eq!(failed.text, "no connection\n");
}

#[test]
fn the_archive_has_the_scripts_at_its_root_and_the_course_in_a_folder() {
    let scratch = Scratch::new();
    for name in ["setup.sh", "run_autograder", "pack"] {
        let path = format!("course/instructors/gradescope/{name}");
        scratch.write(&path, "");
        let original = root().join("instructors/gradescope").join(name);
        std::fs::copy(original, scratch.path(&path)).expect("a script");
    }
    scratch.write("course/Cargo.toml", "");
    scratch.write("course/exercises/numbers/add/Cargo.toml", "");
    scratch.write("course/.gitignore", "/target\n");
    scratch.commit("course");
    let pack = |slugs: &[&str]| {
        run(command(scratch.path("course/instructors/gradescope/pack")).args(slugs))
    };
    let archive = || {
        entries(&std::fs::read(scratch.path("course/target/gradescope.zip")).expect("an archive"))
    };
    let has = |name: &str, executable: bool| archive().contains(&(name.to_owned(), executable));

    pack(&[]).code(0);
    for (name, executable) in [
        ("setup.sh", true),
        ("run_autograder", true),
        ("course/Cargo.toml", false),
        ("course/exercises/numbers/add/Cargo.toml", false),
    ] {
        assert!(has(name, executable), "no {name} in {:?}", archive());
    }
    assert!(!has("exercises.txt", false), "{:?}", archive());

    pack(&["add"]).code(0);
    assert!(has("exercises.txt", false), "{:?}", archive());

    scratch.write("course/Cargo.toml", "# changed");
    pack(&[])
        .code(0)
        .says("note: what is not committed is not in the archive");
    pack(&["subtract"])
        .code(2)
        .says("there is no exercise subtract");
}

/// The names in a zip archive, and whether they may be executed: its central directory.
fn entries(zip: &[u8]) -> Vec<(String, bool)> {
    let number = |at: usize| usize::from(u16::from_le_bytes([zip[at], zip[at + 1]]));
    let heads = zip
        .windows(4)
        .enumerate()
        .filter(|(_, word)| *word == b"PK\x01\x02");
    heads
        .map(|(head, _)| {
            let name = &zip[head + 46..][..number(head + 28)];
            let mode = number(head + 40);
            (
                String::from_utf8_lossy(name).into_owned(),
                mode & 0o111 != 0,
            )
        })
        .collect()
}
