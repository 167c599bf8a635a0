//! Which submissions are found, and what is taken of them.

mod support;

use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use course::place::Place;
use grading::collect::{Found, find};
use grading::take::Taken;
use support::{Folder, a, only_a, patched, take, wanted, zip, zip_with};
use zip::write::SimpleFileOptions;

fn found(dirs: &[PathBuf], out: &Path) -> Found {
    find(dirs, out, &wanted()).unwrap()
}

fn names(found: &Found) -> Vec<&str> {
    found
        .submissions
        .iter()
        .map(|handed| handed.name.as_str())
        .collect()
}

/// The exercise, and the paths and contents taken of it.
fn files(taken: &Taken, place: &Place) -> Vec<(String, String)> {
    assert_eq!(taken.refused.get(place), None);
    taken.sources[place]
        .iter()
        .map(|(path, content)| {
            (
                path.display().to_string(),
                String::from_utf8_lossy(content).into_owned(),
            )
        })
        .collect()
}

fn pair(path: &str, content: &str) -> (String, String) {
    (path.to_owned(), content.to_owned())
}

#[test]
fn of_a_checkout_only_src_of_the_exercises_is_taken() {
    let one = Folder::new();
    one.write("exercises/p/a/src/lib.rs", "a");
    one.write("exercises/p/a/src/deep/er.rs", "deeper");
    one.write("exercises/p/a/tests/grade.rs", "passes");
    one.write("exercises/p/a/Cargo.toml", "mine");
    one.write("exercises/q/c/src/lib.rs", "c");
    one.write("exercises/q/unknown/src/lib.rs", "u");
    one.write(".git/config", "x");
    one.write("Cargo.toml", "mine");
    let before = one.everything();
    let taken = take(&one.path(), &wanted());
    assert_eq!(
        files(&taken, &a()),
        [pair("deep/er.rs", "deeper"), pair("lib.rs", "a")]
    );
    assert_eq!(files(&taken, &Place::new("q", "c")), [pair("lib.rs", "c")]);
    assert_eq!(taken.sources.len(), 2);
    assert_eq!(taken.refused.len(), 0);
    assert_eq!(one.everything(), before);
}

#[test]
fn only_what_is_asked_for_is_taken() {
    let one = Folder::new();
    one.write("exercises/p/a/src/lib.rs", "a");
    one.write("exercises/p/b/src/lib.rs", "b");
    assert_eq!(
        take(&one.path(), &only_a())
            .sources
            .into_keys()
            .collect::<Vec<_>>(),
        [a()]
    );
}

#[test]
fn an_exercise_can_be_handed_in_without_the_rest_of_the_tree() {
    let class = Folder::new();
    class.write("one/p/a/src/lib.rs", "a");
    class.write("two/a/src/lib.rs", "a");
    class.write("a/src/lib.rs", "a");
    for folder in ["one", "two", "a"] {
        assert_eq!(
            files(&take(&class.at(folder), &wanted()), &a()),
            [pair("lib.rs", "a")]
        );
    }
    // The folder is called neither like this exercise nor like another.
    class.write("four/src/lib.rs", "a");
    assert_eq!(take(&class.at("four"), &wanted()), Taken::default());
    assert_eq!(
        files(&take(&class.at("four"), &only_a()), &a()),
        [pair("lib.rs", "a")]
    );
    class.write("b/src/lib.rs", "b");
    assert_eq!(take(&class.at("b"), &only_a()), Taken::default());
}

#[test]
fn an_archive_is_read_like_a_folder() {
    let class = Folder::new();
    let content: &[u8] = b"a";
    for (archive, files) in [
        ("one.zip", vec![("exercises/p/a/src/lib.rs", content)]),
        (
            "two.zip",
            vec![
                ("top/exercises/p/a/src/lib.rs", content),
                ("top/README.md", b""),
            ],
        ),
        (
            "three.zip",
            vec![("p/", b""), ("p/a/src/", b""), ("p/a/src/lib.rs", content)],
        ),
        ("four.zip", vec![("a/src/lib.rs", content)]),
        (
            "five.zip",
            vec![
                ("top/a/src/lib.rs", content),
                ("__MACOSX/top/a/src/._lib.rs", b"x"),
            ],
        ),
        ("six.zip", vec![("exercises\\p\\a\\src\\lib.rs", content)]),
        ("a.zip", vec![("src/lib.rs", content)]),
        ("eight.ZIP", vec![("a/src/lib.rs", content)]),
    ] {
        class.write(archive, zip(&files));
        assert_eq!(
            files_of(&take(&class.at(archive), &wanted())),
            [pair("lib.rs", "a")],
            "{archive}"
        );
    }
    class.write("seven.zip", zip(&[("top/src/lib.rs", content)]));
    assert_eq!(take(&class.at("seven.zip"), &wanted()), Taken::default());
    assert_eq!(
        files_of(&take(&class.at("seven.zip"), &only_a())),
        [pair("lib.rs", "a")]
    );
}

fn files_of(taken: &Taken) -> Vec<(String, String)> {
    files(taken, &a())
}

#[test]
fn a_folder_of_submissions_is_looked_through_and_nothing_is_passed_over_in_silence() {
    let class = Folder::new();
    class.write("two/exercises/p/a/src/lib.rs", "a");
    class.write("one/notes.txt", "nothing of the course");
    class.write("three.zip", zip(&[("a/src/lib.rs", b"a")]));
    class.write("four.tar.gz", "x");
    class.write(".hidden/a/src/lib.rs", "x");
    class.write("__MACOSX/x", "x");
    class.write("grades/one/report.json", "x");
    let dir = class.path();
    let all = found(std::slice::from_ref(&dir), &class.at("grades"));
    assert_eq!(names(&all), ["one", "three", "two"]);
    assert_eq!(all.left_out, [class.at("four.tar.gz")]);
    // One of them by itself.
    assert_eq!(
        names(&found(&[class.at("two")], &class.at("grades"))),
        ["two"]
    );
    assert_eq!(
        names(&found(&[class.at("three.zip")], &class.at("grades"))),
        ["three"]
    );
    // The same one in two ways is one.
    assert_eq!(
        names(&found(&[class.at("two"), dir], &class.at("grades"))).len(),
        3
    );
}

#[test]
fn a_folder_with_nothing_but_an_archive_stands_for_it() {
    let class = Folder::new();
    class.write("one/a.zip", zip(&[("src/lib.rs", b"a")]));
    class.write("two/sent.zip", zip(&[("top/a/src/lib.rs", b"a")]));
    class.write("two/note.txt", "here it is");
    class.write("three/first.zip", zip(&[("a/src/lib.rs", b"a")]));
    class.write("three/second.zip", zip(&[("a/src/lib.rs", b"a")]));
    class.write("four/sent.zip", "no archive");
    let found = found(&[class.path()], &class.at("grades"));
    assert_eq!(names(&found), ["four", "one", "three", "two"]);
    let taken = |index: usize| found.submissions[index].take(&wanted());
    assert_eq!(taken(0).refused.len(), 3);
    assert_eq!(files_of(&taken(1)), [pair("lib.rs", "a")]);
    // Which of two is meant, nobody can know.
    assert_eq!(taken(2), Taken::default());
    assert_eq!(files_of(&taken(3)), [pair("lib.rs", "a")]);
}

#[test]
fn a_submission_that_would_hide_others_is_an_error() {
    let class = Folder::new();
    class.write("one/a/src/lib.rs", "a");
    class.write("a/src/lib.rs", "a");
    let failure = find(&[class.path()], &class.at("grades"), &wanted())
        .unwrap_err()
        .to_string();
    assert!(
        failure.contains("has an exercise in it, and also a whole submission, one"),
        "{failure}"
    );
    assert_eq!(
        names(&found(
            &[class.at("a"), class.at("one")],
            &class.at("grades")
        )),
        ["a", "one"]
    );
    // What belongs to the exercises is no other submission.
    let tree = Folder::new();
    tree.write("one/p/a/src/lib.rs", "a");
    tree.write("one/b/src/lib.rs", "b");
    tree.write("one/src/main.rs", "");
    assert_eq!(
        names(&found(&[tree.at("one")], &class.at("grades"))),
        ["one"]
    );
}

#[test]
fn submissions_of_one_name_are_told_apart() {
    let both = Folder::new();
    for folder in ["first/one", "second/one", "first/two", "second/only"] {
        both.write(&format!("{folder}/a/src/lib.rs"), folder);
    }
    both.write("first/two.zip", zip(&[("a/src/lib.rs", b"archive")]));
    let found = found(&[both.at("first"), both.at("second")], &both.at("grades"));
    assert_eq!(
        names(&found),
        ["first/one", "only", "second/one", "two", "two.zip"]
    );
    let content = |index: usize| {
        files_of(&found.submissions[index].take(&wanted()))[0]
            .1
            .clone()
    };
    assert_eq!(content(0), "first/one");
    assert_eq!(content(2), "second/one");
    assert_eq!(content(4), "archive");
}

#[test]
fn names_cannot_write_on_the_terminal() {
    let class = Folder::new();
    class.write("\u{1b}[31mone\n/a/src/lib.rs", "a");
    class.write("one /a/src/lib.rs", "b");
    let found = found(&[class.path()], &class.at("grades"));
    assert_eq!(found.submissions.len(), 2);
    for name in names(&found) {
        assert!(
            name.contains("one ") && !name.contains(char::is_control),
            "{name:?}"
        );
    }
    assert_ne!(found.submissions[0].name, found.submissions[1].name);
}

#[test]
fn what_has_nothing_of_the_course_is_an_error_that_says_what_was_looked_for() {
    let class = Folder::new();
    class.write("one/notes.txt", "");
    class.write("two.txt", "");
    class.write("three.zip", zip(&[("notes.txt", b"")]));
    let said = |path: &str| {
        let dirs = [class.at(path)];
        find(&dirs, &class.at("grades"), &wanted())
            .unwrap_err()
            .to_string()
    };
    for path in [".", "one", "two.txt", "three.zip"] {
        let said = said(path);
        assert!(said.contains("has nothing of the course in it"), "{said}");
        assert!(
            said.contains("exercises/PART/SLUG/src, PART/SLUG/src and SLUG/src"),
            "{said}"
        );
    }
    assert!(
        said("absent").contains("absent: No such file"),
        "{}",
        said("absent")
    );
}

#[track_caller]
fn refused(path: &Path, why: &str) {
    let taken = take(path, &wanted());
    assert_eq!(taken.sources.get(&a()), None);
    assert_eq!(taken.refused.get(&a()).map(String::as_str), Some(why));
}

#[test]
fn links_and_special_files_are_refused() {
    let class = Folder::new();
    class.write("elsewhere/src/lib.rs", "secret");
    class.write("one/a/src/lib.rs", "a");
    symlink(
        class.at("elsewhere/src/lib.rs"),
        class.at("one/a/src/more.rs"),
    )
    .unwrap();
    refused(
        &class.at("one"),
        "a/src/more.rs is a link; only ordinary files and folders are taken",
    );
    std::fs::create_dir_all(class.at("two/a")).unwrap();
    symlink(class.at("elsewhere/src"), class.at("two/a/src")).unwrap();
    refused(
        &class.at("two"),
        "a/src is a link; only ordinary files and folders are taken",
    );
    std::fs::create_dir_all(class.at("three")).unwrap();
    symlink(class.at("elsewhere"), class.at("three/a")).unwrap();
    refused(
        &class.at("three"),
        "a is a link; only ordinary files and folders are taken",
    );
    class.write("four/a/src/lib.rs", "a");
    let _socket = std::os::unix::net::UnixListener::bind(class.at("four/a/src/socket")).unwrap();
    refused(
        &class.at("four"),
        "a/src/socket is no ordinary file; only ordinary files and folders are taken",
    );
    class.write("five/a/src", "a");
    refused(
        &class.at("five"),
        "a/src is a file and no folder; only ordinary files and folders are taken",
    );
}

#[test]
fn what_is_refused_of_one_exercise_leaves_the_others() {
    let one = Folder::new();
    one.write("exercises/p/b/src/lib.rs", "b");
    one.write("exercises/p/a/src/main.rs", "a");
    refused(
        &one.path(),
        "exercises/p/a/src has no lib.rs; hand in the exercise's whole folder `src`",
    );
    let taken = take(&one.path(), &wanted());
    assert_eq!(files(&taken, &Place::new("p", "b")), [pair("lib.rs", "b")]);
}

#[test]
fn too_much_is_refused() {
    let class = Folder::new();
    for number in 0..100 {
        class.write(&format!("one/a/src/f{number}.rs"), "");
    }
    assert!(take(&class.at("one"), &wanted()).refused[&a()].contains("no lib.rs"));
    class.write("one/a/src/lib.rs", "");
    let many =
        "a/src holds more than 100 files and folders; hand in only what belongs to the exercise";
    refused(&class.at("one"), many);
    class.write(&format!("two/a/src/{}lib.rs", "d/".repeat(99)), "");
    assert!(take(&class.at("two"), &wanted()).refused[&a()].contains("200 octets"));
    class.write("three/a/src/lib.rs", vec![b' '; (1 << 20) - 1]);
    class.write("three/a/src/z.rs", "x");
    assert!(take(&class.at("three"), &wanted()).refused.is_empty());
    class.write("three/a/src/z.rs", "xy");
    refused(
        &class.at("three"),
        "a/src holds more than 1048576 octets; hand in only what belongs to the exercise",
    );
}

#[test]
fn names_that_are_not_utf_8_are_refused() {
    let one = Folder::new();
    one.write("a/src/lib.rs", "");
    std::fs::write(
        one.at("a/src")
            .join(std::ffi::OsStr::from_bytes(b"\xff.rs")),
        "",
    )
    .unwrap();
    refused(
        &one.path(),
        "a/src/\u{fffd}.rs: the name is not UTF-8; call the file by letters, digits and `_`",
    );
}

#[test]
fn an_archive_that_means_harm_is_refused() {
    let class = Folder::new();
    let lib: (&str, &[u8]) = ("a/src/lib.rs", b"a");
    let bomb = vec![0; 8 << 20];
    let deep = format!("a/src/{}x", "d/".repeat(30_000));
    let link = zip_with(|zip| {
        zip.start_file("a/src/lib.rs", SimpleFileOptions::default())
            .unwrap();
        zip.add_symlink("a/src/more.rs", "/etc/passwd", SimpleFileOptions::default())
            .unwrap();
    });
    let special = zip_with(|zip| {
        zip.start_file("a/src/lib.rs", SimpleFileOptions::default())
            .unwrap();
        zip.add_symlink("a/src/more.rs", "x", SimpleFileOptions::default())
            .unwrap();
    });
    let only_ordinary = "only ordinary files and folders are taken";
    for (archive, content, why) in [
        (
            "slip.zip",
            zip(&[lib, ("a/src/../../../../evil.rs", b"evil")]),
            format!("a/src/.. is a path that leaves the folder; {only_ordinary}"),
        ),
        (
            "bomb.zip",
            zip(&[lib, ("a/src/z.rs", &bomb)]),
            "a/src holds more than 1048576 octets; hand in only what belongs to the exercise".to_owned(),
        ),
        (
            // What it says of its length is a lie.
            "lie.zip",
            patched(
                zip(&[lib, ("a/src/z.rs", &bomb[..0x0030_0001])]),
                &0x0030_0001_u32.to_le_bytes(),
                &1_u32.to_le_bytes(),
            ),
            "a/src/z.rs cannot be unpacked: File is larger than its declared uncompressed size; pack it again as an ordinary .zip".to_owned(),
        ),
        (
            "deep.zip",
            zip(&[lib, (&deep, b"")]),
            "a/src holds more than 100 files and folders; hand in only what belongs to the exercise".to_owned(),
        ),
        ("link.zip", link, format!("a/src/more.rs is a link; {only_ordinary}")),
        (
            "special.zip",
            // A link's mode, turned into a pipe's.
            patched(special, &0o120_777_u16.to_le_bytes(), &0o010_777_u16.to_le_bytes()),
            format!("a/src/more.rs is no ordinary file; {only_ordinary}"),
        ),
        (
            "twice.zip",
            zip(&[lib, ("a/src/xx.rs", b""), ("a/src//xx.rs", b"")]),
            format!("a/src/xx.rs is in the archive twice; {only_ordinary}"),
        ),
        (
            "both.zip",
            zip(&[lib, ("a/src/xx", b""), ("a/src/xx/y.rs", b"")]),
            format!("a/src/xx is in the archive twice; {only_ordinary}"),
        ),
        (
            "name.zip",
            patched(zip(&[lib, ("a/src/QQ.rs", b"")]), b"QQ.rs", b"\xff\xfe.rs"),
            "a/src/\u{fffd}\u{fffd}.rs: the name is not UTF-8; call the file by letters, digits and `_`".to_owned(),
        ),
    ] {
        class.write(archive, content);
        let taken = take(&class.at(archive), &wanted());
        assert_eq!(taken.refused.get(&a()), Some(&why), "{archive}");
        assert!(taken.sources.is_empty(), "{archive}");
    }
    assert!(!class.at("evil.rs").exists());
}

#[test]
fn an_archive_that_is_too_large_is_refused() {
    let class = Folder::new();
    let why = "the archive has more than 50 MiB or 20000 files; pack it again without the folder `target`";
    class.write("one.zip", zip(&[("a/src/lib.rs", b"a")]));
    let large = std::fs::OpenOptions::new()
        .write(true)
        .open(class.at("one.zip"))
        .unwrap();
    large.set_len((50 << 20) + 1).unwrap();
    refused(&class.at("one.zip"), why);
    let names: Vec<String> = (0..=20_000).map(|number| format!("{number}")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    class.write("two.zip", zip(&files));
    refused(&class.at("two.zip"), why);
}

#[test]
fn an_archive_that_cannot_be_read_is_a_submission_that_says_so() {
    let class = Folder::new();
    let whole = zip(&[("a/src/lib.rs", b"a")]);
    class.write("one.zip", "no archive");
    class.write("two.zip", &whole);
    class.write("three.zip", &whole[..whole.len() / 2]);
    let found = found(&[class.path()], &class.at("grades"));
    assert_eq!(names(&found), ["one", "three", "two"]);
    for broken in &found.submissions[..2] {
        let taken = broken.take(&wanted());
        assert_eq!(taken.refused.len(), 3);
        let why = &taken.refused[&a()];
        assert!(why.starts_with("the archive cannot be read: "), "{why}");
        assert!(
            why.ends_with("pack it again as an ordinary .zip without a password"),
            "{why}"
        );
    }
    assert_eq!(
        files_of(&found.submissions[2].take(&wanted())),
        [pair("lib.rs", "a")]
    );
}

#[test]
fn a_file_in_an_archive_that_cannot_be_unpacked_is_refused() {
    let class = Folder::new();
    let content = b"a text that is longer than its checksum ".repeat(50);
    let whole = zip(&[("a/src/lib.rs", &content)]);
    // Behind the names in both headers: the compressed octets themselves.
    let mut damaged = whole.clone();
    let start = whole
        .windows(12)
        .position(|window| window == b"a/src/lib.rs")
        .unwrap()
        + 12;
    for octet in &mut damaged[start + 4..start + 12] {
        *octet ^= 0xff;
    }
    class.write("one.zip", damaged);
    let why = &take(&class.at("one.zip"), &wanted()).refused[&a()];
    assert!(
        why.starts_with("a/src/lib.rs cannot be unpacked: "),
        "{why}"
    );
    // The flag that says it is encrypted, in both headers: after signature and version.
    let locked = zip_with(|zip| {
        let options = SimpleFileOptions::default();
        zip.start_file("a/src/lib.rs", options).unwrap();
        zip.write_all(b"a").unwrap();
    });
    let mut encrypted = locked.clone();
    for (signature, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let at = locked
            .windows(4)
            .position(|window| window == signature)
            .unwrap();
        encrypted[at + flags] |= 1;
    }
    class.write("two.zip", encrypted);
    let why = &take(&class.at("two.zip"), &wanted()).refused[&a()];
    assert!(
        why.starts_with("a/src/lib.rs cannot be unpacked: "),
        "{why}"
    );
}
