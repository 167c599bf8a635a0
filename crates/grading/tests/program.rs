//! The program itself, with the course's own exercises.

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use data_encoding::BASE64;
use serde_json::Value;
use support::{Folder, zip};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap()
        .to_path_buf()
}

/// `cargo course grade ARGS` at the root of the course: exit code, standard output, standard error.
fn grade(args: &[&str]) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_grading"))
        .args(args)
        .current_dir(root())
        .env_remove("RUST_BACKTRACE")
        .output()
        .unwrap();
    let text = |octets| String::from_utf8(octets).unwrap();
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn the_help_is_that_of_the_command() {
    let (code, said, _) = grade(&["--help"]);
    assert_eq!(code, Some(0));
    for part in [
        "Usage: cargo course grade [OPTIONS] [DIR]...",
        "--shard <I/N>",
        "Examples:",
        "Exit codes: 0",
    ] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
}

#[test]
fn what_cannot_be_done_is_said_with_exit_code_2_and_leaves_nothing() {
    let folder = Folder::new();
    folder.write("empty/notes.txt", "");
    let out = folder.at("grades").display().to_string();
    let empty = folder.at("empty").display().to_string();
    let absent = folder.at("absent").display().to_string();
    for (args, why) in [
        (vec![&*empty], "has nothing of the course in it"),
        (vec![&*absent], "absent: No such file or directory"),
        (
            vec!["--exercise", "absent"],
            "there is no exercise `absent`",
        ),
        (vec!["--shard", "3/2"], "must be I/N with I from 1 to N"),
        (vec!["--jobs", "0"], "--jobs <N>"),
    ] {
        let (code, said, error) = grade(&[&args[..], &["--out", &out]].concat());
        assert_eq!((code, said.as_str()), (Some(2), ""), "{error}");
        assert!(error.contains(why), "{error}");
    }
    assert_eq!(folder.everything().len(), 2);
}

/// An exercise that needs no lab.
const EXERCISE: &str = "header/sequence-numbers";

/// The test that fails where half of the circle is taken for less than half.
const FAILING: &str = "before_and_after_are_decided_on_the_circle";

#[test]
fn three_submissions_are_graded_and_a_second_run_takes_what_is_there() {
    let slug = EXERCISE.rsplit('/').next().unwrap();
    let solution = root().join("solutions").join(EXERCISE).join("src/lib.rs");
    let solution = std::fs::read_to_string(solution).unwrap();
    let wrong = solution.replace("(1..1 << 31)", "(1..=1 << 31)");
    assert_ne!(wrong, solution);
    let class = Folder::new();
    class.write(
        "in/one.zip",
        zip(&[(
            &format!("top/exercises/{EXERCISE}/src/lib.rs"),
            solution.as_bytes(),
        )]),
    );
    class.write(&format!("in/two/{slug}/src/lib.rs"), wrong);
    class.write("in/three/src/lib.rs", "pub fn broken( {");
    let [dir, out] = ["in", "out"].map(|folder| class.at(folder).display().to_string());
    let args = [&*dir, "--exercise", slug, "--out", &out, "--jobs", "2"];
    let (code, said, error) = grade(&args);
    assert_eq!(code, Some(0), "{said}{error}");
    assert_eq!(said.lines().count(), 7, "{said}");
    assert_eq!(
        class.read("out/grades.txt").lines().next(),
        said.lines().next()
    );

    let grades: Value = serde_json::from_str(&class.read("out/grades.json")).unwrap();
    let submissions = grades["submissions"].as_array().unwrap();
    let points = |index: usize| submissions[index]["points"].as_u64().unwrap();
    let worth = submissions[0]["worth"].as_u64().unwrap();
    let verdict = |index: usize| {
        submissions[index]["exercises"][0]["verdict"]
            .as_str()
            .unwrap()
    };
    assert_eq!(
        [0, 1, 2].map(|index| submissions[index]["name"].as_str().unwrap()),
        ["one", "three", "two"]
    );
    assert_eq!(
        [verdict(0), verdict(1), verdict(2)],
        ["ran", "does-not-compile", "ran"]
    );
    assert_eq!((points(0), points(1)), (worth, 0), "{grades:#}");
    assert!((1..worth).contains(&points(2)), "{grades:#}");
    let tests = submissions[2]["exercises"][0]["tests"].as_array().unwrap();
    let failed = tests.iter().find(|test| test["name"] == FAILING).unwrap();
    assert!(!failed["passed"].as_bool().unwrap() && !failed["said"].as_str().unwrap().is_empty());

    let mut sheet = csv::Reader::from_path(class.at("out/grades.csv")).unwrap();
    assert_eq!(
        sheet.headers().unwrap(),
        vec!["submission", "points", "worth", slug]
    );
    assert_eq!(sheet.records().map(Result::unwrap).count(), 3);
    for (index, name) in ["one", "three", "two"].into_iter().enumerate() {
        let file = |file: &str| class.read(&format!("out/{name}/{file}"));
        let xml = file("junit.xml");
        let xml = roxmltree::Document::parse(&xml).unwrap();
        let cases = xml
            .descendants()
            .filter(|node| node.has_tag_name("testcase"));
        assert_eq!(cases.count(), tests.len());
        let gradescope: Value = serde_json::from_str(&file("results.json")).unwrap();
        assert_eq!(gradescope["score"], points(index));
        let classroom: Value = serde_json::from_str(&file("classroom.json")).unwrap();
        assert_eq!(classroom["max_score"], worth);
        let output = file("classroom.output");
        let encoded = output.strip_prefix("result=").unwrap().trim_end();
        let decoded = BASE64.decode(encoded.as_bytes()).unwrap();
        assert_eq!(
            serde_json::from_slice::<Value>(&decoded).unwrap(),
            classroom
        );
    }

    let before = class.everything();
    let (code, again, error) = grade(&args);
    assert_eq!((code, again), (Some(0), said));
    assert_eq!(error.matches("(was there)").count(), 3, "{error}");
    assert_eq!(class.everything(), before);
}
