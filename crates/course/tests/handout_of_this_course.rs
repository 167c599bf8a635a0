//! What is handed out of this course itself: no solution is in it, and its exercises are graded in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// Every file below the folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Runs a program, and returns whether it succeeded and what it printed.
fn run(command: &mut Command) -> (bool, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    (
        status.success(),
        String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned(),
    )
}

#[test]
fn a_reader_gets_no_solution_and_can_write_one() {
    let root = root();
    // The same place each time, so that cargo does not build for another one with each run.
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let given = scratch.join("handout");
    if given.exists() {
        std::fs::remove_dir_all(&given).unwrap();
    }
    let mut handout = Command::new(env!("CARGO_BIN_EXE_course"));
    handout
        .args(["handout".as_ref(), given.as_os_str()])
        .current_dir(&root)
        // The repository may belong to somebody else than to whoever runs the tests.
        .envs([
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", "safe.directory"),
            ("GIT_CONFIG_VALUE_0", "*"),
        ]);
    let (success, said) = run(&mut handout);
    assert!(success, "{said}");

    let mut answers = Vec::new();
    for file in files(&root.join("solutions")) {
        let in_build = file.components().any(|part| part.as_os_str() == "target");
        if file
            .extension()
            .is_some_and(|end| end == "rs" || end == "patch")
            && !in_build
        {
            answers.push((std::fs::read_to_string(&file).unwrap(), file));
        }
    }
    assert!(answers.len() >= 30 * 4, "{} answers", answers.len());
    let handed_out = files(&given);
    assert!(handed_out.len() > 500, "{} files", handed_out.len());
    for file in &handed_out {
        let name = file.strip_prefix(&given).unwrap();
        let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
        let of_answers = parts.iter().any(|part| part == "solutions")
            || parts[0] == "exercises" && parts.iter().any(|part| part == "wrong");
        assert!(!of_answers, "{}", name.display());
        let octets = std::fs::read(file).unwrap();
        // The recordings are no text.
        let text = String::from_utf8_lossy(&octets);
        for (answer, of) in &answers {
            let inside = text.contains(answer.as_str());
            assert!(!inside, "{} has {}", name.display(), of.display());
        }
        let notes = parts[0] != "crates"
            && name.extension().is_some_and(|end| end == "md")
            && text.contains("For instructors");
        assert!(!notes, "{}", name.display());
    }

    // Not where the course itself is built: cargo tells packages of one name apart by their places in their workspaces,
    // which are the same here and there.
    let cargo = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO"));
        command
            .args(args)
            .current_dir(&given)
            .env("CARGO_TARGET_DIR", scratch.join("handout-target"));
        run(&mut command)
    };
    let (success, said) = cargo(&["tree", "--workspace", "--locked", "--offline", "--quiet"]);
    assert!(success, "{said}");

    let test = ["test", "-p", "layers", "--locked", "--offline"];
    let (success, said) = cargo(&test);
    assert!(!success && said.contains("not yet implemented"), "{said}");
    let solution = root.join("solutions/sockets/layers/src/lib.rs");
    std::fs::copy(solution, given.join("exercises/sockets/layers/src/lib.rs")).unwrap();
    let (success, said) = cargo(&test);
    assert!(success && said.contains("test result: ok. "), "{said}");
    std::fs::remove_dir_all(&given).unwrap();
}
