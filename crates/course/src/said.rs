//! What a failing test said, without what libtest, the panic handler and insta print around it.

use std::sync::LazyLock;

use regex::Regex;

static PANIC: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^thread '.*' (?:\(\d+\) )?panicked at (.+:\d+):\d+:$")
        .expect("the pattern is right")
});

/// The words of a test that failed: `output` is what its process printed.
#[must_use]
pub fn message(output: &str, test: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut places = Vec::new();
    for line in of_the_test(output, test).lines() {
        if let Some(found) = PANIC.captures(line) {
            let place = found.get(1).map_or("", |place| place.as_str());
            places.extend(in_the_readers_code(place).then_some(place));
            continue;
        }
        let again_empty = line.is_empty() && kept.last().is_none_or(|last| last.is_empty());
        if !is_noise(line) && !again_empty {
            kept.push(line);
        }
    }
    let mut text = kept.join("\n").trim_end().to_owned();
    for place in places {
        text += &format!("\n(at {place})");
    }
    text
}

/// What stands between libtest's own lines.
fn of_the_test<'a>(output: &'a str, test: &str) -> &'a str {
    let inner = || {
        let (_, rest) = output.split_once(&format!("---- {test} stdout ----\n"))?;
        Some(rest.rsplit_once("\nfailures:\n")?.0)
    };
    inner().unwrap_or(output)
}

/// A test is found by its name, and a library is not the reader's to mend.
fn in_the_readers_code(place: &str) -> bool {
    place.starts_with("exercises/") && place.contains("/src/")
}

fn is_noise(line: &str) -> bool {
    // The ladders above it say what differs.
    let insta = line.starts_with("snapshot assertion for '") && line.contains("' failed in line ");
    insta || line.starts_with("note: run with `RUST_BACKTRACE=1`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(inner: &str) -> String {
        format!(
            "\nrunning 1 test\ntest a ... FAILED\n\nfailures:\n\n---- a stdout ----\n{inner}\n\n\
             failures:\n    a\n\ntest result: FAILED. 0 passed; 1 failed\n\n"
        )
    }

    #[test]
    fn only_the_tests_own_words_are_left() {
        let output = around(
            "\nthread 'a' (12) panicked at exercises/p/a/tests/grade.rs:29:17:\nno SYN\n\n\nThe wire saw nothing.\n\n\
             note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n",
        );
        assert_eq!(message(&output, "a"), "no SYN\n\nThe wire saw nothing.");
        assert_eq!(message("killed\n", "a"), "killed");
    }

    #[test]
    fn a_panic_in_the_readers_code_keeps_its_place() {
        let output = around(
            "\nthread '<unnamed>' panicked at exercises/p/a/src/lib.rs:7:5:\nnot yet implemented: add\n",
        );
        assert_eq!(
            message(&output, "a"),
            "not yet implemented: add\n(at exercises/p/a/src/lib.rs:7)"
        );
    }

    #[test]
    fn ladders_that_differ_need_no_word_of_insta() {
        let output = around(
            "The wire did not see it.\n\nthread 'a' (1) panicked at /home/r/insta-1.49.0/src/runtime.rs:734:13:\n\
             snapshot assertion for 'three' failed in line 64\n",
        );
        assert_eq!(message(&output, "a"), "The wire did not see it.");
    }
}
