//! What the reader has done is noted, shown, and never lost.

mod fixture;

use fixture::Course;

const ADD: &str = "exercises/numbers/add/src/lib.rs";
const PROGRESS: &str = ".course/progress.toml";
const SATURATES: &str = include_str!("fixture/course/wrong_saturates.rs");
const SOLUTION: &str = include_str!("fixture/course/solution.rs");

#[test]
fn at_first_nothing_is_solved_and_the_first_chapter_comes_next() {
    let course = Course::new().with_a_second_exercise();
    course
        .run(&[])
        .code(0)
        .says("  Numbers\n    Addition     add      0 / 5\n    Doubling     double   0 / 5\n  All exercises          0 / 10  0 of 2 solved\n")
        .says("Read next: \"Addition\" (book/numbers/add.md,")
        .says("run: cargo course test add\n");
    assert!(!course.path(PROGRESS).exists());
}

#[test]
fn a_test_notes_the_best_run() {
    let course = Course::new().with_a_second_exercise();
    course.write(ADD, SATURATES);
    course
        .run(&["test"])
        .code(1)
        .says("2 / 5  points for numbers/add")
        .says("Stuck? cargo course hint add");
    course
        .run(&[])
        .says("Addition     add      2 / 5  begun")
        .says("cargo course test add");
    course.write(ADD, include_str!("fixture/course/starter.rs"));
    course.run(&["test", "add"]).code(1).says("0 / 5  points");
    let entry = &course.progress()["exercise"]["add"];
    assert_eq!(entry["points"].as_integer(), Some(2));
    assert_eq!(entry["passed"][0].as_str(), Some("small_numbers_add_up"));
    assert_eq!(entry["solved"].as_bool(), Some(false));
}

#[test]
fn a_solved_exercise_is_explained_and_the_next_one_named() {
    let course = Course::new().with_a_second_exercise();
    course.write(ADD, SOLUTION);
    // Where something is left blank, the run ends with what is said of the exercise before.
    course
        .run(&["test"])
        .code(0)
        .says("Solved. It works because it is right.")
        .says("Read next: \"Doubling\" (book/numbers/double.md,")
        .says("run: cargo course test double\n")
        .says_not("add the numbers");
    course
        .run(&[])
        .says("Addition     add      5 / 5  solved")
        .says("1 of 2 solved")
        .says("cargo course test double");
    course
        .run(&["test"])
        .code(1)
        .says("0 / 5  points for numbers/double");
}

#[test]
fn who_skips_an_exercise_is_led_on_from_there() {
    let course = Course::new().with_a_second_exercise();
    course.edit(
        "book/SUMMARY.md",
        "- [Doubling]",
        "- [Halving](numbers/half.md)\n- [Doubling]",
    );
    course.write("book/numbers/half.md", "# Halving\n");
    course.write("exercises/numbers/double/src/lib.rs", SOLUTION);
    course
        .run(&["test", "double"])
        .code(0)
        .says("points for numbers/double")
        .says("\nFill in exercises/numbers/add/src/lib.rs (10 minutes)")
        .says_not("Read next");
    course.write(PROGRESS, "");
    course.write(ADD, SOLUTION);
    course
        .run(&["test", "add"])
        .code(0)
        .says("Read next: \"Halving\"")
        .says("run: cargo course test double\n");
}

#[test]
fn exercises_that_turn_out_to_be_solved_are_passed_through() {
    let course = Course::new().with_a_second_exercise();
    course.write(ADD, SOLUTION);
    course.write("exercises/numbers/double/src/lib.rs", SOLUTION);
    course
        .run(&["test"])
        .code(0)
        .says("points for numbers/add")
        .says("points for numbers/double")
        .says("All 2 exercises are solved.");
    course
        .run(&["test"])
        .code(0)
        .says("All 2 exercises are solved.");
    course
        .run(&[])
        .says("10 / 10  2 of 2 solved")
        .says("All 2 exercises are solved.");
}

#[test]
fn what_is_solved_stays_solved() {
    let course = Course::new();
    course.write(PROGRESS, "[exercise.add]\nsolved = true\n");
    course
        .run(&["test", "add"])
        .code(1)
        .says("You have solved this exercise before; that stays noted.");
    assert_eq!(
        course.progress()["exercise"]["add"]["solved"].as_bool(),
        Some(true)
    );
}

#[test]
fn a_renamed_exercise_keeps_its_points_and_strangers_keep_theirs() {
    let course = Course::new();
    course.edit(
        "exercises/numbers/add/Cargo.toml",
        "minutes = 10",
        "minutes = 10\nformerly = [\"plus\"]",
    );
    course.write(PROGRESS, "edition = 7\n[exercise.plus]\nsolved = true\nmood = \"fine\"\n[exercise.gone]\nhints = 2\n");
    course.run(&[]).code(0).says("add  5 / 5  solved");
    course.run(&["hint", "add"]).code(0);
    let progress = course.progress();
    assert_eq!(progress["edition"].as_integer(), Some(7));
    assert_eq!(progress["exercise"]["add"]["mood"].as_str(), Some("fine"));
    assert_eq!(progress["exercise"]["gone"]["hints"].as_integer(), Some(2));
    assert!(progress["exercise"].get("plus").is_none());
}

#[test]
fn a_file_that_cannot_be_read_is_said_so_and_left_alone() {
    let course = Course::new();
    let broken = "[exercise.add]\nsolved = maybe\n";
    course.write(PROGRESS, broken);
    for command in [
        &[][..],
        &["test"],
        &["hint", "add"],
        &["solution", "add", "--give-up"],
    ] {
        course
            .run(command)
            .code(2)
            .says("error: .course/progress.toml:2: ")
            .says("mend it (.course/README.md describes it), or move it away");
        assert_eq!(course.read(PROGRESS), broken);
    }
    course.write(PROGRESS, [0xff, 0xfe]);
    course
        .run(&["test"])
        .code(2)
        .says("error: .course/progress.toml: cannot be read: ");
    assert_eq!(std::fs::read(course.path(PROGRESS)).unwrap(), [0xff, 0xfe]);
}

#[test]
fn where_notes_cannot_be_written_the_result_is_said_all_the_same() {
    let course = Course::new();
    course.write(ADD, SOLUTION);
    course.write(".course", "a file where the folder should be");
    course
        .run(&["test", "add"])
        .code(2)
        .says(".course/progress.toml: cannot be read: ");
    course.remove(".course");
    std::fs::create_dir_all(course.path(".course/progress.lock")).unwrap();
    course
        .run(&["test", "add"])
        .code(2)
        .says("5 / 5  points for numbers/add")
        .says("error: cannot note this in .course/progress.toml: ")
        .says("plain `cargo test` needs no notes");
}

#[test]
fn hints_come_one_after_the_other_and_the_last_one_again() {
    let course = Course::new().with_a_second_exercise();
    course.write(PROGRESS, "[exercise.add]\nsolved = true\n");
    course
        .run(&["hint"])
        .code(0)
        .says("Hint 1 of 3 for numbers/double: One\n\nLook.\n\nHints cost no points. The next one: cargo course hint double\n")
        .says_not("Think.");
    course
        .run(&["hint", "double"])
        .code(0)
        .says("Hint 2 of 3 for numbers/double: Two\n\nThink.\n");
    course
        .run(&["hint", "double"])
        .code(0)
        .says("Use `wrapping_add`.")
        .says("cargo course solution double --give-up")
        .says_not("These were all");
    course
        .run(&["hint", "double"])
        .code(0)
        .says("These were all 3 hints; here is the last one again.\n\nHint 3 of 3 for numbers/double: Three\n\nUse `wrapping_add`.\n")
        .says("cargo course solution double --give-up");
    assert_eq!(
        course.progress()["exercise"]["double"]["hints"].as_integer(),
        Some(3)
    );
    course.remove("exercises/numbers/double/hints.md");
    course
        .run(&["hint", "double"])
        .code(2)
        .says("exercises/numbers/double/hints.md cannot be read");
}

#[test]
fn when_all_is_solved_a_name_is_asked_for() {
    let course = Course::new();
    course.write(PROGRESS, "[exercise.add]\nsolved = true\n");
    course
        .run(&["hint"])
        .code(2)
        .says("all exercises are solved")
        .says("name one");
}

#[test]
fn a_solution_is_shown_when_it_is_solved_or_given_up() {
    let course = Course::new().with_a_second_exercise();
    course.write("solutions/numbers/add/src/carry.rs", "// no\n");
    course
        .run(&["solution", "add"])
        .code(2)
        .says("error: numbers/add is not solved, as far as `cargo course test add` has seen")
        .says("cargo course hint add")
        .says("cargo course solution add --give-up")
        .says_not("one.wrapping_add(other)");
    course
        .run(&["solution", "--give-up"])
        .code(0)
        .says("solutions/numbers/add/src/lib.rs:\n\n//! Add two numbers.")
        .says("one.wrapping_add(other)")
        .says("It goes on in solutions/numbers/add/src/carry.rs.")
        .says("yours to solve still");
    course
        .run(&[])
        .says("add      0 / 5  given up")
        .says("cargo course test double");
    course.run(&["solution", "add"]).code(0);
    course.write(ADD, SOLUTION);
    course.run(&["test", "add"]).code(0);
    course
        .run(&["solution", "add"])
        .code(0)
        .says_not("yours to solve still");
    course.run(&[]).says("add      5 / 5  solved");
}

#[test]
fn a_course_handed_out_without_solutions_says_so() {
    let course = Course::new();
    std::fs::remove_dir_all(course.path("solutions")).unwrap();
    course
        .run(&["solution", "add", "--give-up"])
        .code(2)
        .says("this copy of the course has no solution of numbers/add");
    assert!(!course.path(PROGRESS).exists());
}
