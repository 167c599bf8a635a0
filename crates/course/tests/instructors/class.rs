//! Fetching the repositories of a class.

use crate::scratch::{Run, Scratch, command, root, run};

fn collect(scratch: &Scratch, list: &str) -> Run {
    scratch.write("class.txt", list);
    let server = format!("file://{}", scratch.path("server").display());
    run(command(root().join("instructors/github/collect"))
        .args([scratch.path("class.txt"), scratch.path("class")])
        .env("GITHUB_SERVER_URL", server))
}

fn archive(scratch: &Scratch, name: &str) -> Option<String> {
    let archive = std::fs::read(scratch.path(&format!("class/submissions/{name}.zip"))).ok()?;
    Some(String::from_utf8_lossy(&archive).into_owned())
}

#[test]
fn each_repository_becomes_an_archive_of_its_exercises() {
    let scratch = Scratch::new();
    let link = "server/school/one/exercises/numbers/add/src/link.rs";
    scratch.write("server/school/one/exercises/numbers/add/src/lib.rs", "");
    scratch.write("server/school/one/notes.md", "");
    std::os::unix::fs::symlink("/etc/passwd", scratch.path(link)).expect("a link");
    scratch.commit("server/school/one");
    scratch.write("server/school/two/add/src/lib.rs", "");
    scratch.commit("server/school/two");

    collect(
        &scratch,
        "# the class\r\nschool/one  # first\r\n\r\nschool/two",
    )
    .code(0);
    let one = archive(&scratch, "school--one").expect("an archive");
    assert!(one.contains("exercises/numbers/add/src/lib.rs") && !one.contains("notes.md"));
    assert!(
        one.contains("link.rs") && !one.contains("root:"),
        "a link is never followed"
    );
    let two = archive(&scratch, "school--two").expect("an archive");
    assert!(two.contains("add/src/lib.rs"));
    assert_eq!(scratch.read("class/missing.txt"), "");
}

#[test]
fn a_repository_that_cannot_be_fetched_is_named_and_the_others_are_fetched() {
    let scratch = Scratch::new();
    scratch.write("server/school/one/exercises/numbers/add/src/lib.rs", "");
    scratch.commit("server/school/one");
    collect(&scratch, "school/none\nschool/one\n")
        .code(0)
        .says("cannot fetch school/none; git's reason is above");
    assert!(archive(&scratch, "school--one").is_some());
    assert_eq!(scratch.read("class/missing.txt"), "school/none\n");
}

#[test]
fn a_class_of_which_nothing_can_be_fetched_is_an_error() {
    let scratch = Scratch::new();
    collect(&scratch, "school/none\n")
        .code(1)
        .says("no repository could be fetched; may CLASS_TOKEN read them?");
}

#[test]
fn a_line_that_names_no_repository_is_shown_with_its_place() {
    for line in [
        "one",
        "a/b/c",
        "school/..",
        "--upload-pack=x/y",
        "https://example.org/a/b",
    ] {
        let scratch = Scratch::new();
        collect(&scratch, &format!("# class\n{line}\n"))
            .code(2)
            .says(&format!(
                "class.txt:2: {line} is no repository; write OWNER/REPOSITORY"
            ));
        assert!(!scratch.path("class").exists());
    }
}

#[test]
fn a_list_that_is_empty_or_absent_is_an_error() {
    let scratch = Scratch::new();
    collect(&scratch, "# nobody yet\n")
        .code(2)
        .says("names no repository");
    let collect = root().join("instructors/github/collect");
    run(command(&collect)
        .args(["none.txt", "class"])
        .current_dir(scratch.folder()))
    .code(2)
    .says("cannot read none.txt");
    run(&mut command(&collect)).code(2).says("LIST FOLDER");
}
