//! What a reader does not get.

/// Folders and files of the course that are not handed out, each with its reason.
const LEFT_OUT: [(&str, &str); 10] = [
    (
        "solutions",
        "the answers, right and wrong, and what fuzzes them",
    ),
    (
        "crates/browser",
        "tests of the built pages, which readers do not change; they need Chromium",
    ),
    (
        "crates/benchmarks",
        "how fast the lab is, for those who work on it",
    ),
    (
        "crates/grading",
        "grades the submissions of a class, for its instructor",
    ),
    (
        "crates/course/tests",
        "tests of this program, with a small course that has solutions of its own",
    ),
    (
        "crates/lab/kernels",
        "runs the lab on other kernels, for those who work on it",
    ),
    (
        "instructors",
        "publishes the book and grades a class, for its instructor",
    ),
    (".github", "the workflows of the course's own repository"),
    (".ci", "checks the whole course, with its solutions"),
    (
        "CONTRIBUTING.md",
        "says how to change the course, with its solutions and checks",
    ),
];

/// Whether that file, relative to the root and with `/` between its folders, is handed out.
#[must_use]
pub(super) fn is_handed_out(file: &str) -> bool {
    // Fuzz targets need a nightly compiler, and the workspace excludes them.
    let fuzzes = file.split('/').any(|part| part == "fuzz");
    !fuzzes && !LEFT_OUT.iter().any(|(path, _)| is_below(file, path))
}

/// Whether the file is that path, or lies below it.
#[must_use]
fn is_below(file: &str, path: &str) -> bool {
    file.strip_prefix(path)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solutions_and_what_belongs_to_instructors_stay() {
        for file in [
            "solutions/header/flags/src/lib.rs",
            "solutions/header/flags/wrong/one.rs",
            "crates/trace/fuzz/Cargo.toml",
            ".ci/run",
            ".github/workflows/book.yml",
            "CONTRIBUTING.md",
        ] {
            assert!(!is_handed_out(file), "{file}");
        }
        for file in [
            "exercises/header/flags/tests/grade.rs",
            "crates/course/src/check/wrong.rs",
            "crates/gradings/src/lib.rs",
            ".course/README.md",
            ".devcontainer/devcontainer.json",
            "README.md",
        ] {
            assert!(is_handed_out(file), "{file}");
        }
    }
}
