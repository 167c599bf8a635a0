//! A wrong answer that says only what it changes in the solution: a unified diff.

use std::path::Path;

use diffy::{Hunk, Line, Patch};

use crate::Problem;

/// The file of the solution that a patch is about: the only one that readers edit.
pub(super) const SOURCE: &str = "src/lib.rs";

/// How a patch is made.
const MAKE: &str = "make the mistake in a copy of src/lib.rs, and take what \
    `diff -U1 --label src/lib.rs --label src/lib.rs src/lib.rs COPY` says, in the solution's folder; \
    with -U2 or more, if a hunk fits at several places";

/// What the patch in this file makes of the solution.
///
/// Each hunk fits at one place. So it stays with the lines that it is about when others come or go around them, and
/// a solution that has changed under it is noticed.
pub(super) fn apply(file: &Path, text: &str, solution: &str) -> Result<String, Problem> {
    let wrong = |what: String| Problem::new(file, what, MAKE);
    let patch = Patch::from_str(text).map_err(|error| wrong(error.to_string()))?;
    if (patch.original(), patch.modified()) != (Some(SOURCE), Some(SOURCE)) {
        return Err(wrong(format!(
            "is no patch from `--- {SOURCE}` to `+++ {SOURCE}`"
        )));
    }
    let headers = text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.starts_with("@@ "));
    for (hunk, (above, _)) in patch.hunks().iter().zip(headers) {
        let places = places(hunk, solution);
        if places != 1 {
            return Err(wrong(format!(
                "the hunk fits at {places} places of the solution, instead of one"
            ))
            .at(above + 1));
        }
    }
    let patched = diffy::apply(solution, &patch).map_err(|error| wrong(error.to_string()))?;
    if patched == solution {
        return Err(wrong("changes nothing in the solution".to_owned()));
    }
    Ok(patched)
}

/// At how many places of the solution the lines stand that the hunk expects.
fn places(hunk: &Hunk<str>, solution: &str) -> usize {
    let expected: Vec<&str> = hunk
        .lines()
        .iter()
        .filter_map(|line| match line {
            Line::Context(line) | Line::Delete(line) => Some(*line),
            Line::Insert(_) => None,
        })
        .collect();
    let lines: Vec<&str> = solution.split_inclusive('\n').collect();
    // Without any line to look for, a hunk could stand anywhere.
    if expected.is_empty() {
        return lines.len() + 1;
    }
    lines
        .windows(expected.len())
        .filter(|place| *place == expected)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOLUTION: &str = "fn one() {\n    1\n}\n\nfn two() {\n    2\n}\n";
    const HEAD: &str = "Wrong: x\n--- src/lib.rs\n+++ src/lib.rs\n";

    fn apply_hunks(hunks: &str) -> Result<String, String> {
        apply(Path::new("x.patch"), &format!("{HEAD}{hunks}"), SOLUTION)
            .map_err(|problem| problem.to_string())
    }

    #[test]
    fn a_patch_may_have_moved() {
        let patched = apply_hunks("@@ -2 +2 @@\n-    2\n+    3\n").unwrap();
        assert_eq!(patched, SOLUTION.replace("    2", "    3"));
    }

    #[test]
    fn a_patch_fits_at_one_place() {
        for (hunk, places) in [
            ("@@ -1 +1 @@\n-    3\n+    4\n", "0 places"),
            ("@@ -3,1 +3,2 @@\n }\n+// end\n", "2 places"),
            ("@@ -3,0 +4 @@\n+// end\n", "8 places"),
        ] {
            let said = apply_hunks(hunk).unwrap_err();
            assert!(said.starts_with("x.patch:4: the hunk fits at "), "{said}");
            assert!(said.contains(places), "{said}");
        }
    }

    #[test]
    fn a_patch_changes_something() {
        for hunks in ["", "@@ -2 +2 @@\n     2\n"] {
            let said = apply_hunks(hunks).unwrap_err();
            assert!(said.starts_with("x.patch: changes nothing"), "{said}");
        }
    }

    #[test]
    fn a_patch_that_counts_wrongly_is_none() {
        let said = apply_hunks("@@ -2,5 +2,5 @@\n-    2\n+    3\n").unwrap_err();
        assert!(
            said.starts_with("x.patch: error parsing patch at "),
            "{said}"
        );
    }

    #[test]
    fn a_patch_is_of_the_file_that_readers_edit() {
        for head in [
            "",
            "--- a/src/lib.rs\n+++ b/src/lib.rs\n",
            "--- src/lib.rs\n",
        ] {
            let text = format!("{head}@@ -2 +2 @@\n-    2\n+    3\n");
            let said = apply(Path::new("x.patch"), &text, SOLUTION).unwrap_err();
            assert!(
                said.what.contains("is no patch from `--- src/lib.rs`"),
                "{said}"
            );
        }
    }

    #[test]
    fn a_patch_is_of_one_file() {
        let said = apply_hunks(&format!(
            "@@ -2 +2 @@\n-    2\n+    3\n{HEAD}@@ -2 +2 @@\n-    1\n+    3\n"
        ))
        .unwrap_err();
        assert!(said.contains("error parsing patch"), "{said}");
    }
}
