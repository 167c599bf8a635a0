//! `cargo course watch` runs the tests once for each save.

mod fixture;

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use fixture::Course;

const SRC: &str = "exercises/numbers/add/src";
const LIB: &str = "exercises/numbers/add/src/lib.rs";
const DOUBLE: &str = "exercises/numbers/double/src/lib.rs";
const STARTER: &str = include_str!("fixture/course/starter.rs");
const SATURATES: &str = include_str!("fixture/course/wrong_saturates.rs");
const SOLUTION: &str = include_str!("fixture/course/solution.rs");

/// Long enough for any build.
const LIMIT: Duration = Duration::from_secs(60);
/// Longer than a run is put off after a save.
const NO_RUN: Duration = Duration::from_millis(1500);

/// A `watch` and what it prints; it ends with the test.
struct Watch {
    child: Child,
    lines: Receiver<String>,
}

impl Watch {
    fn start(course: &Course, args: &[&str]) -> Watch {
        let mut child = course
            .command(&[&["watch"], args].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        Watch { child, lines }
    }

    /// What is printed until it waits for the next save.
    #[track_caller]
    fn run(&self) -> String {
        let mut text = String::new();
        loop {
            match self.lines.recv_timeout(LIMIT) {
                Ok(line) if line.starts_with("Watching ") => return text,
                Ok(line) => text += &format!("{line}\n"),
                Err(error) => panic!("{error} after:\n{text}"),
            }
        }
    }

    #[track_caller]
    fn is_quiet(&self) {
        assert_eq!(
            self.lines.recv_timeout(NO_RUN),
            Err(RecvTimeoutError::Timeout)
        );
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn each_save_of_any_exercise_runs_its_tests_once() {
    let course = Course::new().with_a_second_exercise();
    let watch = Watch::start(&course, &[]);
    let first = watch.run();
    assert!(first.contains("0 / 5  points for numbers/add"), "{first}");
    assert!(!first.contains('\x1b'), "{first}");

    // Some editors write a file more than once.
    course.write(LIB, "");
    course.write(LIB, SATURATES);
    let saved = watch.run();
    assert!(saved.contains("2 / 5  points for numbers/add"), "{saved}");
    watch.is_quiet();

    course.write(DOUBLE, SOLUTION);
    let other = watch.run();
    assert!(
        other.contains("5 / 5  points for numbers/double"),
        "{other}"
    );
    assert!(!other.contains("numbers/add\n"), "{other}");

    course.write("exercises/numbers/add/src/notes.txt", "not code");
    course.write("exercises/numbers/add/src/.lib.rs.swp", "an editor's");
    course.write("exercises/numbers/add/hints.md", "## no code\n");
    watch.is_quiet();
}

#[test]
fn with_a_name_only_that_exercise_is_run() {
    let course = Course::new().with_a_second_exercise();
    let watch = Watch::start(&course, &["double"]);
    assert!(watch.run().contains("0 / 5  points for numbers/double"));
    course.write(LIB, SOLUTION);
    watch.is_quiet();
    course.write(DOUBLE, SATURATES);
    assert!(watch.run().contains("2 / 5  points for numbers/double"));
}

#[test]
fn a_file_that_is_replaced_and_a_folder_that_comes_back_are_watched_further() {
    let course = Course::new();
    let watch = Watch::start(&course, &["add"]);
    watch.run();

    course.write("exercises/numbers/add/src/lib.rs~", SATURATES);
    std::fs::rename(
        course.path("exercises/numbers/add/src/lib.rs~"),
        course.path(LIB),
    )
    .unwrap();
    assert!(watch.run().contains("2 / 5  points"));

    for gone in [SRC, "exercises/numbers/add", "exercises"] {
        let away = course.path("away");
        std::fs::rename(course.path(gone), &away).unwrap();
        watch.is_quiet();
        std::fs::rename(&away, course.path(gone)).unwrap();
        watch.is_quiet();
        course.write(LIB, SOLUTION);
        assert!(watch.run().contains("5 / 5  points"), "{gone}");
        course.write(LIB, STARTER);
        assert!(watch.run().contains("0 / 5  points"), "{gone}");
    }
}

#[test]
fn a_save_during_a_run_leads_to_one_more() {
    let course = Course::new();
    // A run that goes on until it is told to end.
    let go = course.path("go");
    let waits = format!(
        "//! Waits.\n\n/// Waits.\npub fn add(one: u32, other: u32) -> u32 {{\n    std::fs::write({started:?}, \"\").unwrap();\n    \
         while !std::path::Path::new({go:?}).exists() {{\n        std::thread::yield_now();\n    }}\n    one + other\n}}\n",
        started = course.path("started"),
    );
    course.write(LIB, waits);
    let watch = Watch::start(&course, &["add"]);
    let start = std::time::Instant::now();
    while !course.path("started").exists() {
        assert!(start.elapsed() < LIMIT, "the tests do not start");
        std::thread::sleep(Duration::from_millis(20));
    }
    course.write(LIB, SATURATES);
    course.write(LIB, SOLUTION);
    std::fs::write(go, "").unwrap();
    assert!(watch.run().contains("2 / 5  points"));
    assert!(watch.run().contains("5 / 5  points"));
    watch.is_quiet();
}

#[test]
fn a_name_that_is_none_ends_it_at_once() {
    Course::new()
        .run(&["watch", "subtract"])
        .code(2)
        .says("there is no exercise `subtract`");
}
