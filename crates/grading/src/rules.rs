//! What a graded exercise may not use.
//!
//! The tests run in one process with the code that they test. Code that ends the process after libtest's closing line,
//! starts the test program as another test, or writes into the lab's report would give itself points. Nothing of this
//! is possible in safe Rust without what `rules/clippy.toml` lists. So each library is compiled by `clippy-driver`, the
//! compiler with clippy's lints, which are forbidden on its command line: no attribute can allow what is forbidden there.
//! What is linted is what runs: there is no second build.
//!
//! Clippy's other lints stay silent, unless the code itself asks for them.

/// The list, which goes into a folder as `clippy.toml`.
pub(crate) const LIST: &str = include_str!("rules/clippy.toml");

/// Where `clippy-driver` is told that folder.
pub(crate) const LIST_FOLDER: &str = "CLIPPY_CONF_DIR";

/// The last arguments of a compilation under the rules.
pub(crate) const ARGUMENTS: [&str; 8] = [
    "-A",
    "clippy::all",
    "-F",
    "unsafe_code",
    "-F",
    "clippy::disallowed_methods",
    "-F",
    "clippy::disallowed_types",
];

/// What the compiler said, with a word before it if it is about a rule.
pub(crate) fn explained(said: &str) -> String {
    let rules = [
        "`-F clippy::disallowed",
        "`-F unsafe-code`",
        "-F unsafe_code",
        "clippy::disallowed_",
    ];
    let said: Vec<&str> = said
        .lines()
        .filter(|line| {
            !NOISE
                .iter()
                .any(|noise| line.trim_start().starts_with(noise))
        })
        .collect();
    let said = said.join("\n");
    let said = said.trim();
    if rules.iter().any(|rule| said.contains(rule)) {
        format!(
            "This uses what a graded exercise may not use. No exercise needs it, and with it code could reach out of its \
             test. The places, and why:\n\n{said}"
        )
    } else {
        said.to_owned()
    }
}

/// Lines that help nobody who writes an exercise.
const NOISE: [&str; 2] = [
    "= help: for further information visit https://rust-lang.github.io/rust-clippy",
    "For more information about this error, try `rustc --explain",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rules_are_explained() {
        assert_eq!(explained("error: expected `;`\n"), "error: expected `;`");
        let said = explained(
            "error: usage of an `unsafe` block\n = note: requested on the command line with `-F unsafe-code`\n",
        );
        assert!(
            said.starts_with("This uses what a graded exercise may not use."),
            "{said}"
        );
    }
}
