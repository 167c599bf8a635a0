//! `cargo course reset` brings the starter back and loses nothing.

mod fixture;

use fixture::Course;

const LIB: &str = "exercises/numbers/add/src/lib.rs";
const STARTER: &str = include_str!("fixture/course/starter.rs");

/// A course that somebody has cloned.
fn cloned() -> Course {
    let course = Course::new();
    course.git(&["init", "--quiet"]);
    course.git(&["add", "."]);
    course.git(&["commit", "--quiet", "-m", "Begin"]);
    course
}

#[test]
fn the_starter_comes_back_and_the_readers_version_is_kept() {
    let course = cloned();
    course.write(LIB, "mod more;\n");
    course.write("exercises/numbers/add/src/more.rs", "// mine\n");
    course.write("exercises/numbers/add/src/notes.txt", "remember");
    course
        .run(&["reset", "add"])
        .code(0)
        .says("Your version is kept in .course/aside/add-1.\n")
        .says("exercises/numbers/add/src is as it was at first.");
    assert_eq!(course.read(LIB), STARTER);
    assert!(!course.path("exercises/numbers/add/src/more.rs").exists());
    assert_eq!(
        course.read("exercises/numbers/add/src/notes.txt"),
        "remember"
    );
    assert_eq!(course.read(".course/aside/add-1/lib.rs"), "mod more;\n");
    assert_eq!(course.read(".course/aside/add-1/more.rs"), "// mine\n");

    course.write(LIB, "again\n");
    course
        .run(&["reset", "numbers/add"])
        .code(0)
        .says(".course/aside/add-2");
    assert_eq!(course.read(".course/aside/add-1/lib.rs"), "mod more;\n");
    assert_eq!(course.read(".course/aside/add-2/lib.rs"), "again\n");
}

#[test]
fn a_starter_is_left_as_it_is() {
    let course = cloned();
    course.run(&["reset", "add"]).code(0).says("nothing to do");
    assert!(!course.path(".course/aside").exists());
}

#[test]
fn a_reader_who_commits_gets_the_starter_all_the_same() {
    let course = cloned();
    course.write(LIB, "solved\n");
    course.git(&["commit", "--quiet", "-a", "-m", "Solve it"]);
    course.run(&["reset", "add"]).code(0);
    assert_eq!(course.read(LIB), STARTER);
}

#[test]
fn a_starter_that_was_mended_later_counts_and_a_readers_commit_does_not() {
    let course = cloned();
    let mended = STARTER.replace("//! Add two numbers.", "//! Add two whole numbers.");
    course.write(LIB, &mended);
    course.git(&["commit", "--quiet", "-a", "-m", "Say it better"]);
    course.run(&["reset", "add"]).code(0).says("nothing to do");
    course.write(LIB, "solved\n");
    course.git(&["commit", "--quiet", "-a", "-m", "Solve it"]);
    course.run(&["reset", "add"]).code(0);
    assert_eq!(course.read(LIB), mended);
}

#[test]
fn a_course_inside_a_larger_repository_has_its_starter_too() {
    let course = cloned();
    std::fs::remove_dir_all(course.path(".git")).unwrap();
    let root = course.path("");
    let outer = Course::new();
    let inner = outer.path("course");
    std::fs::rename(root, &inner).unwrap();
    outer.git(&["init", "--quiet"]);
    outer.git(&["add", "."]);
    outer.git(&["commit", "--quiet", "-m", "Begin"]);
    outer.write(&format!("course/{LIB}"), "solved\n");
    let mut command = outer.command(&["reset", "add"]);
    command.current_dir(&inner);
    fixture::Run::of(command, &outer.path("")).code(0);
    assert_eq!(outer.read(&format!("course/{LIB}")), STARTER);
}

#[test]
fn an_exercise_whose_folder_is_gone_comes_back() {
    let course = cloned();
    std::fs::remove_dir_all(course.path("exercises/numbers/add/src")).unwrap();
    course.run(&["reset", "add"]).code(0).says_not("kept in");
    assert_eq!(course.read(LIB), STARTER);
}

#[test]
fn without_a_starter_nothing_is_changed() {
    let without_blank = cloned();
    without_blank.write(LIB, "solved\n");
    without_blank.edit(
        "exercises/numbers/add/Cargo.toml",
        "minutes = 10",
        "minutes = 11",
    );
    without_blank.git(&["commit", "--quiet", "-a", "-m", "Change both"]);

    let without_repository = Course::new();
    let not_committed = Course::new();
    not_committed.git(&["init", "--quiet"]);
    not_committed.git(&["commit", "--quiet", "--allow-empty", "-m", "Nothing"]);

    for (course, said) in [
        (
            &without_blank,
            "has no starter: its exercises/numbers/add/src has no todo!(...) in it",
        ),
        (
            &without_repository,
            "the starter comes from git, and git says: ",
        ),
        (
            &not_committed,
            "git has no commit of exercises/numbers/add/tests",
        ),
    ] {
        course.write(LIB, "mine\n");
        course
            .run(&["reset", "add"])
            .code(2)
            .says(said)
            .says("Nothing was changed");
        assert_eq!(course.read(LIB), "mine\n");
        assert!(!course.path(".course").exists());
    }
    let mut command = without_blank.command(&["reset", "add"]);
    command.env("PATH", without_blank.path("no-programs"));
    fixture::Run::of(command, &without_blank.path(""))
        .code(2)
        .says("git cannot be run");
}

#[test]
fn where_nothing_can_be_kept_aside_nothing_is_changed() {
    let course = cloned();
    course.write(LIB, "mine\n");
    course.write(".course", "a file where the folder should be");
    course
        .run(&["reset", "add"])
        .code(2)
        .says("cannot keep your version aside in .course/aside")
        .says("Nothing was changed");
    assert_eq!(course.read(LIB), "mine\n");
}

#[test]
fn where_the_starter_cannot_be_written_the_readers_version_is_in_both_places() {
    let course = cloned();
    course.remove(LIB);
    course.write(&format!("{LIB}/part.rs"), "mine\n");
    course
        .run(&["reset", "add"])
        .code(2)
        .says("Your version is kept in .course/aside/add-1.\n")
        .says("cannot put the starter into exercises/numbers/add/src: ");
    for kept in [
        &format!("{LIB}/part.rs"),
        ".course/aside/add-1/lib.rs/part.rs",
    ] {
        assert_eq!(course.read(kept), "mine\n");
    }
}
