//! Files that a page includes. mdBook logs a file that is not there and builds the page all the
//! same, and renders nothing for an anchor that is not there.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

/// What is wrong with an include, and what to do; `target` is the path with what follows it, the
/// path relative to `folder`.
///
/// ```text
/// connect.rs:socket    lines between the comments ANCHOR: socket and ANCHOR_END: socket
/// connect.rs:5:10      lines 5 to 10
/// ```
pub(super) fn wrong(folder: &Path, target: &str) -> Option<(String, String)> {
    let target = target.split_whitespace().next().unwrap_or_default();
    let (path, part) = target.split_once(':').unwrap_or((target, ""));
    let text = match std::fs::read_to_string(folder.join(path)) {
        Ok(text) => text,
        Err(error) => {
            return Some((
                format!("{path} cannot be included: {error}"),
                "the path is relative to the chapter's own folder".to_owned(),
            ));
        }
    };
    let first = part.split(':').next().unwrap_or_default();
    match first.parse::<usize>() {
        _ if first.is_empty() => None,
        Ok(line) => too_few_lines(&text, path, part, line),
        Err(_) => no_anchor(&text, path, first),
    }
}

/// The lines that an include of an anchor brings, if they are there.
pub(super) fn lines(folder: &Path, target: &str) -> Option<String> {
    let (path, name) = target.split_once(':')?;
    let text = std::fs::read_to_string(folder.join(path)).ok()?;
    let is = |line: &&str, mark: &str| {
        let found = line.split_once(mark).map(|(_, found)| found.trim());
        found == Some(name)
    };
    let lines = text
        .lines()
        .skip_while(|line| !is(line, "ANCHOR:"))
        .skip(1)
        .take_while(|line| !is(line, "ANCHOR_END:"));
    Some(lines.collect::<Vec<&str>>().join("\n"))
}

fn too_few_lines(text: &str, path: &str, part: &str, first: usize) -> Option<(String, String)> {
    let lines = text.lines().count();
    let last = part
        .split(':')
        .nth(1)
        .and_then(|end| end.parse().ok())
        .unwrap_or(first);
    let fits = 1 <= first && first <= last && last <= lines;
    (!fits).then(|| {
        (
            format!("{path} has {lines} lines, so lines {part} cannot be included"),
            "name an anchor in place of line numbers: it stays with its lines".to_owned(),
        )
    })
}

fn no_anchor(text: &str, path: &str, name: &str) -> Option<(String, String)> {
    // The patterns by which mdBook finds anchors.
    static START: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"ANCHOR:\s*([\w_-]+)").expect("a regular expression"));
    static END: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"ANCHOR_END:\s*([\w_-]+)").expect("a regular expression"));
    let names = |pattern: &Regex| -> Vec<String> {
        pattern
            .captures_iter(text)
            .map(|found| found[1].to_owned())
            .collect()
    };
    let (starts, ends) = (names(&START), names(&END));
    let has = |names: &[String]| names.iter().any(|other| other == name);
    if has(&starts) && has(&ends) {
        return None;
    }
    let lacking = if has(&starts) { "ANCHOR_END" } else { "ANCHOR" };
    let remedy = match starts.as_slice() {
        [] => "it has no anchor at all".to_owned(),
        names => format!("its anchors are {}", names.join(", ")),
    };
    Some((format!("{path} has no line `{lacking}: {name}`"), remedy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_anchors_and_lines_are_looked_up() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("a.rs"),
            "// ANCHOR: one\nx\n// ANCHOR_END: one\n// ANCHOR: two\n",
        )
        .unwrap();
        let wrong = |target: &str| wrong(folder.path(), target).map(|(what, _)| what);
        assert_eq!(wrong("a.rs"), None);
        assert_eq!(wrong("a.rs:one"), None);
        assert_eq!(wrong("a.rs:2:3"), None);
        assert_eq!(wrong("a.rs:4"), None);
        assert_eq!(wrong("a.rs::2"), None);
        assert_eq!(wrong("a.rs editable"), None);
        assert_eq!(
            wrong("a.rs:two").unwrap(),
            "a.rs has no line `ANCHOR_END: two`"
        );
        assert_eq!(wrong("a.rs:on").unwrap(), "a.rs has no line `ANCHOR: on`");
        assert_eq!(
            wrong("a.rs:3:9").unwrap(),
            "a.rs has 4 lines, so lines 3:9 cannot be included"
        );
        assert!(
            wrong("b.rs")
                .unwrap()
                .starts_with("b.rs cannot be included: ")
        );
    }
}
