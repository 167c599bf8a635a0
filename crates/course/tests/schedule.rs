//! `cargo course schedule` divides the chapters among sessions.

mod fixture;

use fixture::Course;

/// Two parts with three chapters: 15 and 10 minutes, 20 and 10, an estimate and none.
fn course() -> Course {
    let course = Course::new().with_a_second_exercise();
    course.write("book/numbers/add.md", "# Addition\n\nFifteen minutes.\n");
    course.write(
        "book/numbers/double.md",
        "# Doubling\n\nTwenty minutes; read the other first.\n",
    );
    course.write("book/numbers/README.md", "# Numbers\n\nNot timed.\n");
    course.write("book/first.md", "# First\n\nFive minutes.\n");
    course.write(
        "book/more/zero.md",
        format!("# Zero\n\n{}\n", "word ".repeat(148)),
    );
    course.write(
        "book/SUMMARY.md",
        "# Summary\n\n[First](first.md)\n\n# Numbers\n\n- [Numbers](numbers/README.md)\n  - [Addition](numbers/add.md)\n  \
         - [Doubling](numbers/double.md)\n\n# More\n\n- [Zero](more/zero.md)\n",
    );
    course
}

#[test]
fn chapters_stay_whole_where_they_fit() {
    let course = course();
    course.run(&["schedule", "--session", "30"]).code(0).says(
        "\
Before the first session, at home: First (5 min).

                text  exercise  minutes
  Session 1                          25
    Numbers
      Addition    15        10       25
  Session 2                          30
      Doubling    20        10       30
  Session 3                           2
    More
      Zero        ~2                  2

3 sessions of 30 minutes: 37 minutes of text, 20 of exercises.
With the text read at home, these exercises take 1 session.
~ estimated: the chapter does not say how long it takes, and 75 words are read in a minute.
",
    );
    course
        .run(&["schedule", "--session", "60"])
        .code(0)
        .says("1 session of 60 minutes: ");
}

#[test]
fn what_is_longer_than_a_session_is_divided_and_said() {
    course()
        .run(&["schedule", "--session", "16"])
        .code(0)
        .says("  Session 3                          20  4 too many: the end is for home\n      Doubling    20                 20\n  Session 4                          12\n      Doubling              10       10\n");
}

#[test]
fn for_so_many_sessions_it_says_what_is_left_out() {
    let course = course();
    course
        .run(&["schedule", "--session", "30", "--sessions", "1"])
        .code(0)
        .says("1 session of 30 minutes: 15 minutes of text, 10 of exercises.\n")
        .says("The whole course takes 3 sessions.\n  Numbers: 1 of 2 chapters\n  More: left out\n")
        .says_not("Session 2")
        .says_not("estimated");
    course
        .run(&["schedule", "--session", "20", "--sessions", "3"])
        .code(0)
        .says("  Numbers: 1 of 2 chapters\n    Doubling: the exercise, 10 minutes, is for home\n  More: left out\n");
    course
        .run(&["schedule", "--session", "30", "--sessions", "9"])
        .code(0)
        .says_not("left out");
}

#[test]
fn an_exercise_before_one_that_it_needs_is_refused() {
    let course = course();
    course.edit(
        "exercises/numbers/add/Cargo.toml",
        "prerequisites = []",
        "prerequisites = [\"double\"]",
    );
    course
        .run(&["schedule", "--session", "30"])
        .code(2)
        .says("exercises/numbers/add/Cargo.toml: needs `double`, which does not stand before it in the book");
}

#[test]
fn a_session_has_a_length() {
    let course = Course::new();
    for args in [
        &["schedule"][..],
        &["schedule", "--session", "0"],
        &["schedule", "--session", "soon"],
        &["schedule", "--session", "30", "--sessions", "0"],
    ] {
        course.run(args).code(2).says("--session");
    }
}
