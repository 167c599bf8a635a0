//! `cargo course handout` gives away what is for readers, and brings it up to date without losing what they have done.

mod fixture;

use std::path::{Path, PathBuf};

use fixture::{Course, Run};

const LIB: &str = "exercises/numbers/add/src/lib.rs";
const TESTS: &str = "exercises/numbers/add/tests/grade.rs";
const STARTER: &str = include_str!("fixture/course/starter.rs");
const SOLUTION: &str = include_str!("fixture/course/solution.rs");

/// A course in a repository, and the place of what is handed out of it.
struct School {
    course: Course,
    given: PathBuf,
}

impl School {
    fn new() -> School {
        let course = Course::new();
        course.write(".gitignore", "/given\n/target\n");
        course.write(".course/.gitignore", "/*\n!/.gitignore\n");
        course.git(&["init", "--quiet"]);
        let given = course.path("given");
        let school = School { course, given };
        school.commit();
        school
    }

    /// A school whose reader has the course.
    fn with_a_reader() -> School {
        let school = School::new();
        school.run(&["handout", "given"]).code(0);
        school
    }

    fn commit(&self) {
        self.course.git(&["add", "--all"]);
        self.course.git(&["commit", "--quiet", "-m", "Next"]);
    }

    /// Changes a file of the course, and commits that.
    fn edit(&self, file: &str, from: &str, to: &str) {
        self.course.edit(file, from, to);
        self.commit();
    }

    /// Gives the exercise `numbers/add` the name `numbers/plus`.
    fn rename(&self) {
        for folder in ["exercises", "solutions"] {
            let path = |slug: &str| self.course.path(&format!("{folder}/numbers/{slug}"));
            std::fs::rename(path("add"), path("plus")).unwrap();
        }
        let page = |slug: &str| self.course.path(&format!("book/numbers/{slug}.md"));
        std::fs::rename(page("add"), page("plus")).unwrap();
        self.course
            .edit("book/SUMMARY.md", "numbers/add", "numbers/plus");
        let manifest = "exercises/numbers/plus/Cargo.toml";
        self.course.edit(
            manifest,
            "name = \"add\"\ndescription",
            "name = \"plus\"\ndescription",
        );
        self.edit(
            manifest,
            "chapter = \"add\"",
            "chapter = \"plus\"\nformerly = [\"add\"]",
        );
    }

    fn run(&self, args: &[&str]) -> Run {
        self.course.run(args)
    }

    fn update(&self) -> Run {
        self.run(&["handout", "--update", "given"])
    }

    /// `cargo course ARGS` in what was handed out.
    fn reader(&self, args: &[&str]) -> Run {
        let mut command = self.course.command(args);
        command.current_dir(&self.given);
        Run::of(command, &self.course.path(""))
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.given.join(file))
            .unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    fn write(&self, file: &str, text: &str) {
        let file = self.given.join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    fn has(&self, file: &str) -> bool {
        self.given.join(file).exists()
    }

    /// Every file that was handed out, and every other in that folder.
    fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        list(&mut files, &self.given, &self.given);
        files.sort();
        files
    }
}

fn list(files: &mut Vec<String>, root: &Path, folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list(files, root, &path);
        } else {
            files.push(
                path.strip_prefix(root)
                    .unwrap()
                    .to_string_lossy()
                    .into_owned(),
            );
        }
    }
}

#[test]
fn readers_get_the_course_without_solutions_and_instructors_notes() {
    let school = School::new();
    school.course.write(
        "book/numbers/add.md",
        "# Addition\n\nTwo numbers.\n\n<details>\n<summary>For instructors</summary>\n\nAsk who knows.\n\n</details>\n\nThree.\n",
    );
    school.course.write(
        "README.md",
        "All<!-- instructor --> and the solutions<!-- /instructor -->.\n",
    );
    school
        .course
        .write("CONTRIBUTING.md", "How to change it.\n");
    school.course.write(
        "crates/browser/Cargo.toml",
        "[package]\nname = \"browser\"\nedition = \"2024\"\n",
    );
    school.course.write("crates/browser/src/lib.rs", "");
    school.commit();
    school
        .run(&["handout", "given"])
        .code(0)
        .says("given is the readers' course: 1 exercise in ")
        .says("Made from commit ")
        .says_not("Note: ");
    assert_eq!(
        school.read("book/numbers/add.md"),
        "# Addition\n\nTwo numbers.\n\nThree.\n"
    );
    assert_eq!(school.read("README.md"), "All.\n");
    assert!(
        school
            .read("Cargo.toml")
            .contains("members = [\"crates/*\", \"exercises/*/*\"]\n")
    );
    let files = school.files();
    for file in [
        LIB,
        TESTS,
        "exercises/numbers/add/hints.md",
        fixture::RECORDING,
        ".course/.gitignore",
    ] {
        assert!(
            files.iter().any(|other| other == file),
            "{file} is not in {files:?}"
        );
    }
    for file in &files {
        let text = std::fs::read(school.given.join(file)).unwrap();
        let gives_away = [file.as_bytes(), &text]
            .iter()
            .any(|octets| String::from_utf8_lossy(octets).contains("wrapping_add(other)"));
        assert!(!gives_away, "{file} has a solution");
        for folder in ["solutions/", "crates/browser/", "CONTRIBUTING.md"] {
            assert!(!file.starts_with(folder), "{file}");
        }
    }
    let stray = std::fs::read_dir(school.course.path("")).unwrap();
    for entry in stray {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(!name.starts_with(".handout"), "{name} was left behind");
    }
}

#[test]
fn what_was_handed_out_works_by_itself() {
    let school = School::with_a_reader();
    school.reader(&[]).code(0).says("0 of 1 solved");
    school.reader(&["list"]).code(0).says("All exercises  1");
    school
        .reader(&["test", "add"])
        .code(1)
        .says("0 / 5  points");
    for _ in 0..3 {
        school.reader(&["hint", "add"]).code(0);
    }
    school
        .reader(&["hint", "add"])
        .code(0)
        .says("There are no more.")
        .says_not("solution");
    school
        .reader(&["solution", "add", "--give-up"])
        .code(2)
        .says("this copy of the course has no solution of numbers/add");
    school
        .reader(&["doctor"])
        .says("a wire")
        .says_not("browser tests");
    school
        .reader(&["check"])
        .code(2)
        .says("this course was handed out without solutions");
    school
        .reader(&["new", "numbers/subtract", "--title", "Subtraction"])
        .code(2)
        .says("this course was handed out without solutions");
    school.write(LIB, SOLUTION);
    school
        .reader(&["test", "add"])
        .code(0)
        .says("5 / 5  points");
}

#[test]
fn a_starter_comes_back_without_git() {
    let school = School::with_a_reader();
    school.write(LIB, "mine\n");
    let mut command = school.course.command(&["reset", "add"]);
    command
        .current_dir(&school.given)
        .env("PATH", school.course.path("no-programs"));
    Run::of(command, &school.course.path(""))
        .code(0)
        .says("Your version is kept in .course/aside/add-1.\n");
    assert_eq!(school.read(LIB), STARTER);
    assert_eq!(school.read(".course/aside/add-1/lib.rs"), "mine\n");
}

#[test]
fn it_is_made_from_the_last_commit_and_from_starters() {
    let school = School::new();
    school.course.write("book/new.md", "# New\n");
    school.course.edit("book/numbers/add.md", "third", "sum");
    school
        .run(&["handout", "given"])
        .code(0)
        .says("Note: 2 files here with changes that are not committed. They are not in it.");
    assert!(!school.has("book/new.md"));
    assert!(school.read("book/numbers/add.md").contains("third"));

    // An instructor who tries the exercises commits a solution of his own.
    school.course.write(LIB, SOLUTION);
    school.commit();
    school.update().code(0);
    assert_eq!(school.read(LIB), STARTER);
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let school = School::new();
    school.write("mine.txt", "mine");
    school
        .run(&["handout", "given"])
        .code(2)
        .says("given is not an empty folder");
    assert_eq!(school.files(), ["mine.txt"]);
    school
        .run(&["handout", "Cargo.toml"])
        .code(2)
        .says("Cargo.toml is not an empty folder");

    std::fs::remove_file(school.given.join("mine.txt")).unwrap();
    school.run(&["handout", "given"]).code(0);
    school
        .run(&["handout", "given"])
        .code(2)
        .says("given is a handed-out course already")
        .says("cargo course handout --update given");
    school
        .run(&["handout", "nowhere/given"])
        .code(2)
        .says("cannot write nowhere/given: ");
}

#[test]
fn a_course_that_does_not_hold_without_what_is_left_out_is_not_handed_out() {
    let school = School::new();
    let page = "book/numbers/add.md";
    school.edit(
        page,
        "third.",
        "third.\n\n```rust\n{{#include ../../solutions/numbers/add/src/lib.rs}}\n```",
    );
    school
        .run(&["handout", "given"])
        .code(2)
        .says("the book does not hold without what is left out")
        .says("book/numbers/add.md:6");
    school.edit(page, "{{#include", "<!-- instructor -->\n{{#include");
    school
        .run(&["handout", "given"])
        .code(2)
        .says("book/numbers/add.md:6: a part for instructors does not end");
    assert!(!school.given.exists());

    let without_repository = Course::new();
    without_repository
        .run(&["handout", "given"])
        .code(2)
        .says("a handout is made from the last commit of the course, and git says: ");
}

#[cfg(unix)]
#[test]
fn a_link_is_not_handed_out() {
    let school = School::new();
    std::os::unix::fs::symlink("SUMMARY.md", school.course.path("book/link.md")).unwrap();
    school.commit();
    school
        .run(&["handout", "given"])
        .code(2)
        .says("book/link.md is no ordinary file");
}

#[test]
fn an_update_replaces_what_the_reader_has_not_changed() {
    let school = School::with_a_reader();
    school.write("notes/mine.txt", "mine");
    school.write(".course/progress.toml", "[exercise.add]\nhints = 2\n");
    school.course.write("book/new.md", "# New\n");
    school.course.remove("exercises/numbers/add/hints.md");
    school
        .course
        .write("exercises/numbers/add/help/hints.md", "# Hints\n");
    school.edit(LIB, "//! Add two numbers.", "//! Add two whole numbers.");
    school
        .update()
        .code(0)
        .says("given is up to date: 4 files written, 1 file removed.")
        .says_not("Kept aside");
    assert_eq!(school.read("book/new.md"), "# New\n");
    assert!(!school.has("exercises/numbers/add/hints.md"));
    assert!(school.read(LIB).starts_with("//! Add two whole numbers."));
    assert_eq!(school.read("notes/mine.txt"), "mine");
    assert_eq!(
        school.read(".course/progress.toml"),
        "[exercise.add]\nhints = 2\n"
    );
    let before = school.files();
    school.update().code(0).says("given is up to date.\n");
    assert_eq!(school.files(), before);
}

#[test]
fn an_update_leaves_the_readers_work() {
    let school = School::with_a_reader();
    school.write(LIB, "mine\n");
    school.write("exercises/numbers/add/src/more.rs", "// mine\n");
    school.edit("book/numbers/add.md", "third", "sum");
    school.update().code(0).says_not("another starter");
    assert!(school.read("book/numbers/add.md").contains("sum"));

    school.edit(LIB, "//! Add two numbers.", "//! Add two whole numbers.");
    school
        .update()
        .code(0)
        .says("exercises/numbers/add/src stays as its reader has it. The course has another starter now: .handout/starters/numbers/add\n")
        .says_not("Kept aside");
    assert_eq!(school.read(LIB), "mine\n");
    assert_eq!(
        school.read("exercises/numbers/add/src/more.rs"),
        "// mine\n"
    );
    let starter = school.read(".handout/starters/numbers/add/lib.rs");
    assert!(starter.starts_with("//! Add two whole numbers."));
    school.update().code(0).says("given is up to date.\n");
    assert_eq!(school.read(LIB), "mine\n");

    school.reader(&["reset", "add"]).code(0);
    assert_eq!(school.read(LIB), starter);
}

#[test]
fn other_files_that_the_reader_changed_are_kept_aside() {
    let school = School::with_a_reader();
    school.write(TESTS, "my tests\n");
    school.write("book/numbers/add.md", "my page\n");
    school.write("exercises/numbers/add/hints.md", "my hints\n");
    std::fs::remove_file(school.given.join("book.toml")).unwrap();
    school.course.remove("exercises/numbers/add/hints.md");
    school.edit("book/numbers/add.md", "third", "sum");
    school
        .update()
        .code(0)
        .says("Kept aside in .course/aside/update-1, because the reader had changed it:\n")
        .says(&format!("  {TESTS}\n"));
    for (file, text) in [
        (TESTS, "my tests\n"),
        ("book/numbers/add.md", "my page\n"),
        ("exercises/numbers/add/hints.md", "my hints\n"),
    ] {
        assert_eq!(school.read(&format!(".course/aside/update-1/{file}")), text);
    }
    assert_eq!(school.read(TESTS), school.course.read(TESTS));
    assert!(school.read("book/numbers/add.md").contains("sum"));
    assert!(!school.has("exercises/numbers/add/hints.md"));
    assert!(school.has("book.toml"));
}

#[test]
fn the_readers_work_follows_its_exercise_to_a_new_name() {
    let school = School::with_a_reader();
    school.write(LIB, SOLUTION);
    school.write("exercises/numbers/add/notes.txt", "mine");
    school.reader(&["test", "add"]).code(0);
    school.rename();
    school
        .update()
        .code(0)
        .says("exercises/numbers/add is called exercises/numbers/plus now");
    assert!(!school.has("exercises/numbers/add"));
    assert_eq!(school.read("exercises/numbers/plus/src/lib.rs"), SOLUTION);
    assert_eq!(
        school.read(&format!(".course/aside/update-1/{LIB}")),
        SOLUTION
    );
    assert_eq!(
        school.read(".course/aside/update-1/exercises/numbers/add/notes.txt"),
        "mine"
    );
    school.reader(&[]).code(0).says("1 of 1 solved");
    school
        .reader(&["test", "plus"])
        .code(0)
        .says("5 / 5  points");
    school.update().code(0).says("given is up to date.\n");
}

#[test]
fn an_exercise_that_is_gone_leaves_the_readers_work_aside() {
    let school = School::with_a_reader();
    school.write(LIB, "mine\n");
    std::fs::create_dir(school.given.join("exercises/numbers/add/empty")).unwrap();
    school.course.git(&[
        "rm",
        "--quiet",
        "-r",
        "exercises/numbers/add",
        "book/numbers/add.md",
    ]);
    school.course.write("book/numbers/README.md", "# Numbers\n");
    school.edit(
        "book/SUMMARY.md",
        "[Addition](numbers/add.md)",
        "[Numbers](numbers/README.md)",
    );
    school.update().code(0);
    assert!(!school.has("exercises/numbers/add"));
    assert_eq!(
        school.read(&format!(".course/aside/update-1/{LIB}")),
        "mine\n"
    );
}

#[test]
fn an_update_that_is_interrupted_is_finished_by_the_next() {
    let school = School::with_a_reader();
    school.write(LIB, SOLUTION);
    school.write(TESTS, "my tests\n");
    // A file stands where the update needs a folder.
    school.write("zone", "mine");
    school.course.write("zone/page.md", "# Zone\n");
    school.rename();
    let record = school.read(".handout/files.toml");
    school
        .update()
        .code(2)
        .says("cannot write given/zone/page.md: ")
        .says("run this again, and it goes on");
    assert_eq!(school.read("zone"), "mine");
    assert_eq!(school.read(".handout/files.toml"), record);
    assert_eq!(school.read("exercises/numbers/plus/src/lib.rs"), SOLUTION);
    assert_eq!(school.read(LIB), SOLUTION);

    std::fs::rename(school.given.join("zone"), school.given.join("mine")).unwrap();
    school
        .update()
        .code(0)
        .says("exercises/numbers/add is called exercises/numbers/plus now");
    assert_eq!(school.read("exercises/numbers/plus/src/lib.rs"), SOLUTION);
    assert_eq!(school.read("zone/page.md"), "# Zone\n");
    assert_eq!(school.read("mine"), "mine");
    assert!(!school.has("exercises/numbers/add"));
    for number in 1..=2 {
        let aside = |file: &str| school.read(&format!(".course/aside/update-{number}/{file}"));
        assert_eq!(aside(TESTS), "my tests\n");
        assert_eq!(aside(LIB), SOLUTION);
    }
    school.update().code(0).says("given is up to date.\n");
}

#[test]
fn where_nothing_can_be_kept_aside_nothing_is_changed() {
    let school = School::with_a_reader();
    school.write(TESTS, "my tests\n");
    school.write(".course/aside", "a file where the folder should be");
    school.edit("book/numbers/add.md", "third", "sum");
    school
        .update()
        .code(2)
        .says("cannot keep files aside in .course/aside: ");
    assert_eq!(school.read(TESTS), "my tests\n");
    assert!(school.read("book/numbers/add.md").contains("third"));

    std::fs::remove_file(school.given.join("book/numbers/add.md")).unwrap();
    std::fs::create_dir(school.given.join("book/numbers/add.md")).unwrap();
    school
        .update()
        .code(2)
        .says("cannot read given/book/numbers/add.md: ")
        .says("Nothing was changed");
}

#[test]
fn a_folder_that_was_not_handed_out_is_refused() {
    let school = School::new();
    school.write("mine.txt", "mine");
    school
        .update()
        .code(2)
        .says("given is no handed-out course: it has no .handout/files.toml");
    school.write(
        ".handout/files.toml",
        "commit = \"a\"\n[files]\n\"../mine\" = \"00\"\n",
    );
    school
        .update()
        .code(2)
        .says(".handout/files.toml: names `../mine`, which is not inside the course");
    assert_eq!(school.read("mine.txt"), "mine");
}

#[test]
fn a_reader_brings_the_own_course_up_to_date_from_a_newer_handout() {
    let school = School::with_a_reader();
    school.write(LIB, "mine\n");
    school.edit("book/numbers/add.md", "third", "sum");
    school.run(&["handout", "given/newer"]).code(0);
    let from = |args: &[&str]| {
        let mut command = school.course.command(args);
        command.current_dir(school.given.join("newer"));
        Run::of(command, &school.course.path(""))
    };
    from(&["handout", "--update", ".."])
        .code(0)
        .says(".. is up to date: 1 file written, 0 files removed.");
    assert_eq!(school.read(LIB), "mine\n");
    assert!(school.read("book/numbers/add.md").contains("sum"));
    from(&["handout", "--update", "."])
        .code(2)
        .says(". is the course that this runs in");

    school.write("newer/book/numbers/add.md", "my page\n");
    from(&["handout", "--update", ".."])
        .code(2)
        .says("book/numbers/add.md was changed since it was handed out");
}
