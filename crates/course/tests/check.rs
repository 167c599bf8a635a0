//! `cargo course check` finds each thing that can be wrong, and nothing in a course that is right.

mod fixture;

use fixture::{Course, FRESH, RECORDING, SNAPSHOT, recording};

/// The wrong answer that says only what it changes in the solution.
const PATCH: &str = "solutions/numbers/add/wrong/subtracts.patch";

#[test]
fn a_course_in_order_has_nothing_wrong() {
    let course = Course::new();
    course.run(&["check"]).code(0).says("Nothing is wrong.");
}

#[test]
fn a_wrong_answer_that_passes_is_found() {
    let course = Course::new();
    course.edit(
        "solutions/numbers/add/wrong/first.rs",
        "    one\n",
        "    one.wrapping_add(_other)\n",
    );
    course
        .run(&["check"])
        .code(1)
        .says("solutions/numbers/add/wrong/first.rs: the wrong answer (returns the first number) passes `small_numbers_add_up`")
        .says("and every other test too")
        .says("1 wrong.");
}

#[test]
fn a_wrong_answer_that_fails_elsewhere_is_found_with_the_test_that_it_fails_on() {
    let course = Course::new();
    course.edit(
        "solutions/numbers/add/wrong/saturates.rs",
        "the_largest_number_wraps",
        "small_numbers_add_up",
    );
    course
        .run(&["check"])
        .code(1)
        .says("though it fails on the_largest_number_wraps")
        .says("1 wrong.");
}

#[test]
fn a_wrong_answer_that_does_not_compile_is_found_at_its_line() {
    let course = Course::new();
    course.edit(
        "solutions/numbers/add/wrong/first.rs",
        "    one\n",
        "    none\n",
    );
    course
        .run(&["check"])
        .code(1)
        .says("solutions/numbers/add/wrong/first.rs:7: does not compile: cannot find value `none`")
        .says("1 wrong.");
}

#[test]
fn a_patched_answer_that_does_not_compile_is_found_with_the_line_that_the_patch_makes() {
    let course = Course::new();
    course.edit(PATCH, "+    one.wrapping_sub(other)", "+    none");
    course
        .run(&["check"])
        .code(1)
        .says("solutions/numbers/add/wrong/subtracts.patch: does not compile: cannot find value `none`")
        .says("in target/wrong-answers/add-wrong-subtracts/src/lib.rs:6")
        .says("1 wrong.");
}

#[test]
fn a_patch_that_the_solution_has_left_behind_is_found_at_its_hunk() {
    let course = Course::new();
    course.edit(PATCH, "-    one.", "-    two.");
    course
        .run(&["check"])
        .code(1)
        .says("subtracts.patch:6: the hunk fits at 0 places of the solution, instead of one")
        .says("`diff -U1 --label src/lib.rs --label src/lib.rs src/lib.rs COPY`")
        .says("1 wrong.");
}

#[test]
fn a_patch_that_changes_nothing_is_found() {
    let course = Course::new();
    course.edit(PATCH, "wrapping_sub", "wrapping_add");
    course
        .run(&["check"])
        .code(1)
        .says("subtracts.patch: changes nothing in the solution")
        .says("1 wrong.");
}

#[test]
fn a_patch_and_a_file_of_one_name_are_found() {
    let course = Course::new();
    let patch = course.read(PATCH);
    course.write("solutions/numbers/add/wrong/first.patch", patch);
    course
        .run(&["check"])
        .code(1)
        .says("wrong/first.rs: has the name of solutions/numbers/add/wrong/first.patch")
        .says("1 wrong.");
}

#[test]
fn a_patched_solution_keeps_its_other_files() {
    let course = Course::new();
    let solution = "solutions/numbers/add/src/lib.rs";
    course.edit(solution, "/// The sum", "mod own;\n#[path = \"../../../../exercises/numbers/add/src/given.rs\"]\nmod given;\n\n/// The sum");
    course.edit(
        solution,
        "(other)",
        "(other + own::NOTHING + given::NOTHING)",
    );
    for file in [
        "solutions/numbers/add/src/own.rs",
        "exercises/numbers/add/src/given.rs",
    ] {
        course.write(file, "//! Nothing.\n\npub const NOTHING: u32 = 0;\n");
    }
    course.edit(PATCH, "(other)", "(other + own::NOTHING + given::NOTHING)");
    course.run(&["check"]).code(0).says("Nothing is wrong.");
}

#[test]
fn a_wrong_answer_needs_a_header_that_names_a_test() {
    let course = Course::new();
    course.edit(
        "solutions/numbers/add/wrong/first.rs",
        "Fails: small_numbers_add_up",
        "Fails: something",
    );
    course.edit(PATCH, "Fails: small_numbers_add_up", "It fails.");
    course
        .run(&["check"])
        .code(1)
        .says("first.rs: says that it fails on `something`, which is no test")
        .says("subtracts.patch:1: does not say what is wrong and which test sees it")
        .says("2 wrong.");
}

#[test]
fn a_wrong_answer_that_names_a_claim_which_the_ledger_lacks_is_found() {
    let course = Course::new();
    let file = "solutions/numbers/add/wrong/first.rs";
    course.edit(file, "//! Fails:", "//! Claim: one-is-enough\n//! Fails:");
    course
        .run(&["check"])
        .code(1)
        .says("first.rs: names the claim `one-is-enough`")
        .says("1 wrong.");
}

#[test]
fn two_wrong_answers_are_too_few() {
    let course = Course::new();
    course.remove("solutions/numbers/add/wrong/first.rs");
    course
        .run(&["check"])
        .code(1)
        .says("there are 2 wrong answers, fewer than 3")
        .says("1 wrong.");
}

#[test]
fn a_missing_chapter_and_a_chapter_that_is_not_listed_are_found() {
    let course = Course::new();
    std::fs::rename(
        course.path("book/numbers/add.md"),
        course.path("book/numbers/sum.md"),
    )
    .unwrap();
    course
        .run(&["check"])
        .code(1)
        .says("book/SUMMARY.md: lists numbers/add.md, which is not there")
        .says("book/numbers/sum.md: the chapter is not in the table of contents");
}

#[test]
fn an_exercise_without_chapter_and_a_solution_without_exercise_are_found() {
    let course = Course::new();
    course.edit(
        "book/SUMMARY.md",
        "- [Addition](numbers/add.md)",
        "- [Welcome](welcome.md)",
    );
    course.write("book/welcome.md", "# Welcome\n");
    course.write(
        "solutions/numbers/multiply/Cargo.toml",
        "[package]\nname = \"multiply-solution\"\n",
    );
    course.write("solutions/numbers/multiply/src/lib.rs", "");
    course
        .run(&["check"])
        .code(1)
        .says("exercises/numbers/add: the exercise has no chapter")
        .says("solutions/numbers/multiply: the solution has no exercise");
}

#[test]
fn an_edited_snapshot_is_found_with_the_line_that_differs() {
    let course = Course::new();
    course.edit(SNAPSHOT, "waves", "nods");
    course
        .run(&["check"])
        .code(1)
        .says(
            "crates/scenes/tests/scenes/snapshots/wave.snap: differs from a fresh run of the scene: line",
        )
        .says("1 wrong.");
}

#[test]
fn an_old_recording_and_one_that_no_scene_makes_are_found() {
    let course = Course::new();
    course.write(RECORDING, recording("nods"));
    course.write("book/numbers/stranger.pcapng", recording("waves"));
    course
        .run(&["check"])
        .code(1)
        .says("book/numbers/wave.pcapng: differs from a fresh run of the scene: line")
        .says("remedy: `cargo course record wave`")
        .says("book/numbers/stranger.pcapng: no scene makes this file")
        .says("2 wrong.");
}

#[test]
fn a_scene_that_runs_otherwise_than_recorded_is_found() {
    let course = Course::new();
    course.write(FRESH, recording("nods"));
    course
        .run(&["check"])
        .code(1)
        .says("wave.snap: differs from a fresh run")
        .says("wave.pcapng: differs from a fresh run");
}

#[test]
fn a_damaged_recording_is_found() {
    let course = Course::new();
    course.write(RECORDING, "no recording");
    course
        .run(&["check"])
        .code(1)
        .says("book/numbers/wave.pcapng: recording, octet 0")
        .says("1 wrong.");
}

#[test]
fn a_hints_file_with_two_hints_is_found() {
    let course = Course::new();
    course.write(
        "exercises/numbers/add/hints.md",
        "## One\nLook.\n\n## Two\n",
    );
    course
        .run(&["check"])
        .code(1)
        .says("exercises/numbers/add/hints.md: there are 2 hints instead of 3")
        .says("exercises/numbers/add/hints.md:4: the hint is empty")
        .says("2 wrong.");
}

#[test]
fn a_starter_that_passes_is_found_test_by_test() {
    let course = Course::new();
    course.edit(
        "exercises/numbers/add/src/lib.rs",
        "todo!(\"add the numbers\")",
        "5",
    );
    course
        .run(&["check"])
        .code(1)
        .says("exercises/numbers/add/tests/grade.rs: `small_numbers_add_up` gives points to the unsolved starter")
        .says("1 wrong.");
}

#[test]
fn a_starter_that_warns_or_does_not_compile_is_found_at_its_line() {
    let course = Course::new();
    course.edit("exercises/numbers/add/src/lib.rs", "_other", "other");
    course
        .run(&["check"])
        .code(1)
        .says("exercises/numbers/add/src/lib.rs:5: the starter warns: unused variable: `other`");
    course.edit(
        "exercises/numbers/add/src/lib.rs",
        "other: u32",
        "other: u33",
    );
    course.run(&["check"]).code(1).says(
        "exercises/numbers/add/src/lib.rs:5: the starter does not compile: cannot find type `u33`",
    );
}

#[test]
fn a_crate_that_keeps_every_exercise_from_compiling_is_found_once() {
    let course = Course::new();
    course.write("crates/help/Cargo.toml", "[package]\nname = \"help\"\n");
    course.write(
        "crates/help/src/lib.rs",
        "fn broken() -> u32 {\n    none\n}\n",
    );
    for folder in ["exercises", "solutions"] {
        let manifest = format!("{folder}/numbers/add/Cargo.toml");
        let with = "[dependencies]\nhelp.path = \"../../../crates/help\"\n\n[lints]";
        course.edit(&manifest, "[lints]", with);
    }
    course
        .run(&["check"])
        .code(1)
        .says("crates/help/src/lib.rs:2: does not compile: cannot find value `none`")
        .says("1 wrong.");
}

#[test]
fn points_and_tests_that_do_not_match_are_found() {
    let course = Course::new();
    course.edit(
        "exercises/numbers/add/Cargo.toml",
        "the_largest_number_wraps",
        "numbers_wrap",
    );
    course
        .run(&["check"])
        .code(1)
        .says("the test `the_largest_number_wraps` is worth no points")
        .says("there are points for `numbers_wrap`, which is no test")
        .says("2 wrong.");
}

#[test]
fn a_manifest_with_an_unknown_key_is_found_at_its_line() {
    let course = Course::new();
    course.edit(
        "exercises/numbers/add/Cargo.toml",
        "minutes = 10",
        "minuets = 10",
    );
    course
        .run(&["check"])
        .code(1)
        .says("exercises/numbers/add/Cargo.toml:12: unknown field `minuets`")
        .says("1 wrong.");
}

#[test]
fn a_solution_that_fails_is_found_with_what_the_test_said() {
    let course = Course::new();
    course.edit(
        "solutions/numbers/add/src/lib.rs",
        "-> u32 {\n",
        "-> u32 {\n    if other == 1 {\n        return one.saturating_add(other);\n    }\n",
    );
    course
        .run(&["check"])
        .code(1)
        .says("solutions/numbers/add/src/lib.rs: the solution fails on `the_largest_number_wraps`")
        .says("after the largest number comes 0")
        .says("1 wrong.");
}

#[test]
fn what_a_failed_test_left_beside_a_snapshot_is_found() {
    let course = Course::new();
    course.write(
        "exercises/numbers/add/tests/snapshots/grade__sum.snap.new",
        "---\n---\n5\n",
    );
    course
        .run(&["check"])
        .code(1)
        .says("grade__sum.snap.new: a failed test left this beside its snapshot")
        .says("1 wrong.");
}

#[test]
fn a_caller_cannot_make_tests_pass_by_variables_of_insta() {
    let course = Course::new();
    course.write(
        "exercises/numbers/add/tests/grade.rs",
        "//! Looks at the variables.\n\n#[test]\nfn small_numbers_add_up() {\n    let of = |name| std::env::var(name).unwrap_or_default();\n    \
         assert_eq!((add::add(2, 3), of(\"INSTA_UPDATE\"), of(\"INSTA_FORCE_PASS\")), (5, \"no\".into(), \"0\".into()));\n}\n\n\
         #[test]\nfn the_largest_number_wraps() {\n    assert_eq!(add::add(u32::MAX, 1), 0);\n    assert!(std::env::var(\"INSTA_WORKSPACE_ROOT\").is_err());\n}\n",
    );
    let mut command = course.command(&["check"]);
    command
        .env("INSTA_UPDATE", "always")
        .env("INSTA_FORCE_PASS", "1")
        .env("INSTA_WORKSPACE_ROOT", "/elsewhere");
    fixture::Run::of(command, &course.path("")).code(0);
}
