//! The commands for readers: what they print, and the exit codes that their help promises.

mod fixture;

use std::net::TcpListener;

use fixture::{Course, FRESH, RECORDING, Run, recording};

const STARTER: &str = "exercises/numbers/add/src/lib.rs";

#[test]
fn list_shows_parts_chapters_and_exercises() {
    let course = Course::new();
    course
        .run(&["list"])
        .code(0)
        .says("  Numbers\n    Addition     add  10 min  5 points\n")
        .says("  All exercises  1    10 min  5 points\n");
}

#[test]
fn an_unsolved_exercise_shows_each_failure_and_its_points() {
    let course = Course::new();
    let run = course
        .run(&["test", "add"])
        .code(1)
        .says("---- small_numbers_add_up ----")
        .says("add the numbers")
        .says("  failed  0 / 2  small_numbers_add_up\n  failed  0 / 3  the_largest_number_wraps\n          0 / 5  points for numbers/add\n");
    assert!(!run.text.contains("running 1 test"), "{}", run.text);
}

#[test]
fn a_partly_solved_exercise_earns_a_part_of_the_points() {
    let course = Course::new();
    course.write(STARTER, include_str!("fixture/course/wrong_saturates.rs"));
    course
        .run(&["test", "numbers/add"])
        .code(1)
        .says("  passed  2 / 2  small_numbers_add_up\n  failed  0 / 3  the_largest_number_wraps\n          2 / 5")
        .says("after the largest number comes 0");
}

#[test]
fn a_solved_exercise_earns_them_all() {
    let course = Course::new();
    course.write(STARTER, include_str!("fixture/course/solution.rs"));
    course
        .run(&["test", "add"])
        .code(0)
        .says("5 / 5  points for numbers/add")
        .says("Solved. It works because it is right.");
    course
        .run(&["test"])
        .code(0)
        .says("The only exercise is solved.");
}

#[test]
fn code_that_ends_the_process_has_not_passed() {
    let course = Course::new();
    course.edit(
        STARTER,
        "todo!(\"add the numbers\")",
        "std::process::exit(0)",
    );
    course
        .run(&["test", "add"])
        .code(1)
        .says("0 / 5  points")
        .says("The process ended before the test did");
}

#[test]
fn code_that_does_not_compile_is_said_to_be_so() {
    let course = Course::new();
    course.edit(STARTER, "todo!(\"add the numbers\")", "one + ");
    course
        .run(&["test", "add"])
        .code(1)
        .says("error: expected expression")
        .says("numbers/add does not compile yet: 0 of 5 points");
}

#[test]
fn an_unknown_exercise_is_answered_with_those_that_there_are() {
    let course = Course::new();
    course
        .run(&["test", "subtract"])
        .code(2)
        .says("error: there is no exercise `subtract`")
        .says("there are: add.");
}

#[test]
fn outside_of_the_course_the_command_says_where_to_go() {
    let course = Course::new();
    course.remove("book.toml");
    course
        .run(&["list"])
        .code(2)
        .says("[root] is not inside the course");
}

#[test]
fn a_command_that_is_not_understood_has_its_own_exit_code() {
    Course::new()
        .run(&["tset"])
        .code(2)
        .says("unrecognized subcommand");
}

#[test]
fn a_port_in_use_is_named_before_anything_is_built() {
    let course = Course::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    course
        .run(&["serve", "--no-open", "--port", &port])
        .code(2)
        .says(&format!("cannot serve on port {port}"))
        .says("cargo course serve --port ");
}

#[test]
fn a_missing_mdbook_that_cannot_be_installed_is_told() {
    let course = Course::new();
    let mut command = course.command(&["build"]);
    command
        .env("PATH", course.path("no-programs"))
        .env("CARGO_HOME", course.path("empty-cargo-home"));
    Run::of(command, &course.path(""))
        .code(2)
        .says("This machine has no mdbook 0.5.4: installing it under target/tools")
        .says("error: mdbook 0.5.4 is missing, and `cargo install` could not bring it")
        .says("connect to the internet and try again");
}

#[test]
fn record_replaces_a_recording_by_a_fresh_one() {
    let course = Course::new();
    course.write(FRESH, recording("nods"));
    course
        .run(&["record", "wave"])
        .code(0)
        .says("recorded book/numbers/wave.pcapng");
    assert_eq!(
        std::fs::read(course.path(RECORDING)).unwrap(),
        recording("nods")
    );
    course
        .run(&["record", "ripple"])
        .code(2)
        .says("there is no scene `ripple`")
        .says("there are: wave");
}

#[test]
fn a_scene_that_cannot_be_recorded_leaves_the_old_recording() {
    let course = Course::new();
    course.remove(FRESH);
    course
        .run(&["record"])
        .code(1)
        .says("the scene wave cannot be recorded")
        .says("1 of 1 scenes could not be recorded");
    assert_eq!(
        std::fs::read(course.path(RECORDING)).unwrap(),
        recording("waves")
    );
}

#[test]
fn the_doctor_says_what_is_missing_and_how_to_mend_it() {
    let course = Course::new();
    course.run(&["doctor"]).code(0).says("  ok       a wire\n");
    course.write(
        "crates/lab/src/bin/lab-doctor.rs",
        "fn main() {\n    println!(\"missing\\ta wire\\tit is cut\\tbuy another\");\n    std::process::exit(1);\n}\n",
    );
    course
        .run(&["doctor"])
        .code(1)
        .says("  missing  a wire: it is cut\n           buy another\n");
}

#[test]
fn bash_completes_the_commands() {
    let course = Course::new();
    let completions = course.run(&["completions", "bash"]).code(0).text;
    let asked = "COMP_WORDS=(course hi); COMP_CWORD=1; _course course hi course; echo \"${COMPREPLY[@]}\"; type -t course";
    let output = std::process::Command::new("bash")
        .args(["--norc", "-c", &format!("{completions}\n{asked}")])
        .output()
        .expect("bash runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "hint\nfunction\n");
    course
        .run(&["completions", "sh"])
        .code(2)
        .says("possible values: bash");
}

#[test]
fn grade_hands_over_to_the_program_that_grades() {
    let course = Course::new();
    course.write(
        "crates/grading/Cargo.toml",
        "[package]\nname = \"grading\"\nedition = \"2024\"\n",
    );
    course.write(
        "crates/grading/src/main.rs",
        "fn main() {\n    println!(\"{:?}\", std::env::args().skip(1).collect::<Vec<_>>());\n    std::process::exit(2);\n}\n",
    );
    course
        .run(&["grade", "--help", "one two", "--jobs", "3"])
        .code(2)
        .says("[\"--help\", \"one two\", \"--jobs\", \"3\"]\n")
        .says_not("error");
    course.write("crates/grading/src/main.rs", "fn main() {");
    course
        .run(&["grade"])
        .code(2)
        .says("the program that grades does not compile");
}
