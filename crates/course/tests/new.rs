//! `cargo course new` makes a whole chapter or nothing, and `check` says what has to be written.

mod fixture;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use fixture::{Course, Run};

const SUMMARY: &str = "book/SUMMARY.md";

/// Every file of the course with its content, and every folder.
fn everything(course: &Course) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    fn collect(folder: &Path, into: &mut BTreeMap<PathBuf, Option<Vec<u8>>>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, into);
                into.insert(path, None);
            } else {
                let content = std::fs::read(&path).unwrap();
                into.insert(path, Some(content));
            }
        }
    }
    let mut all = BTreeMap::new();
    collect(&course.path(""), &mut all);
    all
}

fn new(course: &Course, place: &str) -> Run {
    course.run(&["new", place, "--title", "Subtraction"])
}

/// The command refuses, says why, and leaves everything as it was.
#[track_caller]
fn refused(course: &Course, place: &str, why: &str) {
    let before = everything(course);
    new(course, place).code(2).says(why);
    assert!(everything(course) == before, "something has changed");
}

#[test]
fn a_chapter_has_everything_that_belongs_to_it() {
    let course = Course::new();
    let before = everything(&course);
    let run = new(&course, "numbers/subtract").code(0);
    let after = everything(&course);
    let made = after
        .iter()
        .filter(|(path, content)| content.is_some() && !before.contains_key(*path));
    let mut made: Vec<String> = made
        .map(|(path, _)| {
            path.strip_prefix(course.path(""))
                .unwrap()
                .display()
                .to_string()
        })
        .collect();
    made.sort();
    assert_eq!(
        made,
        [
            "book/numbers/subtract.md",
            "exercises/numbers/subtract/Cargo.toml",
            "exercises/numbers/subtract/hints.md",
            "exercises/numbers/subtract/src/lib.rs",
            "exercises/numbers/subtract/tests/grade.rs",
            "exercises/numbers/subtract/tests/snapshots/one-word.snap",
            "solutions/numbers/subtract/Cargo.toml",
            "solutions/numbers/subtract/src/lib.rs",
            "solutions/numbers/subtract/wrong/octet_by_octet.patch",
        ]
    );
    for file in &made {
        assert!(
            run.text.contains(file.as_str()),
            "{file} is not in:\n{}",
            run.text
        );
    }
    assert!(
        course
            .read("book/numbers/subtract.md")
            .starts_with("# Subtraction\n")
    );
    assert_eq!(
        course.read(SUMMARY),
        "# Summary\n\n# Numbers\n\n- [Addition](numbers/add.md)\n- [Subtraction](numbers/subtract.md)\n"
    );
    let code: Vec<&String> = made.iter().filter(|file| file.ends_with(".rs")).collect();
    let mut format = Command::new("rustfmt");
    format.args(["--check", "--edition", "2024"]).args(code);
    let format = format.current_dir(course.path("")).output().unwrap();
    assert!(format.status.success(), "not formatted: {format:?}");
    run.says("cargo course check subtract").says_not("is new");
}

#[test]
fn a_new_part_gets_a_heading_and_is_told_where_its_scenes_go() {
    let course = Course::new();
    new(&course, "large-numbers/subtract")
        .code(0)
        .says("The part large-numbers is new")
        .says("crates/scenes/src/large_numbers");
    assert_eq!(
        course.read(SUMMARY),
        "# Summary\n\n# Numbers\n\n- [Addition](numbers/add.md)\n\n# Large numbers\n\n\
         - [Subtraction](large-numbers/subtract.md)\n"
    );
}

#[test]
fn names_that_do_not_work_are_refused() {
    let course = Course::new();
    refused(&course, "subtract", "`subtract` names no part");
    refused(&course, "numbers/Subtract", "`Subtract` cannot be the name");
    refused(&course, "../subtract", "`..` cannot be the name");
    refused(&course, "numbers/loop", "Rust keeps the word for itself");
    let before = everything(&course);
    course
        .run(&["new", "numbers/subtract", "--title", "[Subtraction]"])
        .code(2)
        .says("'[' cannot stand in a title");
    assert!(everything(&course) == before);
}

#[test]
fn names_that_are_taken_are_refused() {
    let course = Course::new();
    refused(&course, "numbers/add", "`add` is taken by numbers/add");
    refused(&course, "letters/add", "`add` is taken by numbers/add");
    course.edit(
        "exercises/numbers/add/Cargo.toml",
        "minutes = 10",
        "minutes = 10\nformerly = [\"sum\"]",
    );
    refused(
        &course,
        "numbers/sum",
        "`sum` is what numbers/add was called before",
    );
    course.write(
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"sum_up\"\nversion = \"1.0.0\"\n",
    );
    refused(
        &course,
        "numbers/sum-up",
        "called as the package `sum_up`, which the course uses",
    );
}

#[test]
fn nothing_is_written_over() {
    let course = Course::new();
    course.write("exercises/numbers/subtract/notes.txt", "mine");
    refused(
        &course,
        "numbers/subtract",
        "exercises/numbers/subtract is there already",
    );
    course.write("book/theme/style.css", "");
    refused(
        &course,
        "theme/subtract",
        "book/theme is there, and the table of contents has no chapter in it",
    );
}

#[test]
fn a_table_of_contents_that_is_not_understood_is_refused() {
    let course = Course::new();
    course.write(SUMMARY, "# Summary\n\n- [Addition](numbers/add.md\n");
    refused(&course, "numbers/subtract", "book/SUMMARY.md");
}

#[test]
fn an_error_half_way_leaves_nothing_behind() {
    let course = Course::new();
    // The page and the exercise can be made, and then a file stands where the solution's part would be.
    course.write("solutions/letters", "");
    refused(
        &course,
        "letters/subtract",
        "cannot write solutions/letters/subtract/Cargo.toml",
    );
}

#[test]
fn what_is_still_to_be_written_is_found_line_by_line() {
    let course = Course::new();
    course.write(
        "book/numbers/add.md",
        "# Addition\n\n<!-- WRITE: what it is\n     for. -->\n",
    );
    course.edit(
        "exercises/numbers/add/Cargo.toml",
        "minutes = 10",
        "# WRITE: minutes\nminutes = 10",
    );
    let lib = "solutions/numbers/add/src/lib.rs";
    course.write(lib, format!("// WRITE: a solution\n{}", course.read(lib)));
    course
        .run(&["check"])
        .code(1)
        .says("book/numbers/add.md:3: is still to be written: what it is\n    remedy: write it, and take the comment with `WRITE:` out")
        .says("exercises/numbers/add/Cargo.toml:12: is still to be written: minutes")
        .says("solutions/numbers/add/src/lib.rs:1: is still to be written: a solution")
        .says("3 wrong.");
}

#[test]
fn a_check_of_one_chapter_leaves_the_others_alone() {
    let course = Course::new().with_a_second_exercise();
    let solution = course.read("solutions/numbers/add/Cargo.toml");
    course.write(
        "solutions/numbers/double/Cargo.toml",
        solution.replace("add", "double"),
    );
    course.write("solutions/numbers/double/src/lib.rs", "none\n");
    course.edit(
        "book/numbers/double.md",
        "# Doubling",
        "# Doubling\n\nWRITE: more",
    );
    course
        .run(&["check", "add"])
        .code(0)
        .says("Nothing is wrong.");
    course
        .run(&["check", "numbers/double"])
        .code(1)
        .says("solutions/numbers/double/src/lib.rs:1: does not compile")
        .says("book/numbers/double.md:3: is still to be written: more")
        .says("there are 0 wrong answers, fewer than 3")
        .says_not("numbers/add");
    course
        .run(&["check", "triple"])
        .code(2)
        .says("there is no chapter `triple`");
}

#[test]
fn a_check_of_one_chapter_looks_at_the_recordings_that_it_shows() {
    let course = Course::new();
    course.write(fixture::RECORDING, fixture::recording("nods"));
    course.run(&["check", "add"]).code(0);
    course.write("book/numbers/add.md", "# Addition\n\n{{#figure wave}}\n");
    course
        .run(&["check", "add"])
        .code(1)
        .says("book/numbers/wave.pcapng: differs from a fresh run of the scene")
        .says("1 wrong.");
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_everything_or_nothing() {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    let whole = Course::new();
    new(&whole, "numbers/subtract").code(0);
    let whole = everything(&whole).len();
    // When the process is far enough to be hit in the midst of it, differs from try to try.
    for _ in 0..20 {
        let course = Course::new();
        let before = everything(&course).len();
        let mut running = course
            .command(&["new", "numbers/subtract", "--title", "Subtraction"])
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let first = course.path("exercises/numbers/subtract");
        let mut ended = false;
        while !first.exists() && !ended {
            ended = running.try_wait().unwrap().is_some();
        }
        if !ended {
            // It has not been waited for, so the number is still its own.
            kill(Pid::from_raw(running.id().cast_signed()), Signal::SIGINT).unwrap();
        }
        running.wait().unwrap();
        let after = everything(&course).len();
        assert!(
            after == before || after == whole,
            "{before} {after} {whole}"
        );
    }
}
