//! What is told apart line by line: a change, a terminal's text, and TOML without strings of several lines.

use super::{Kind, Pieces};

/// The pieces of each line, by what `of` finds in it, with the ends of lines between them.
pub(super) fn pieces(code: &str, of: impl Fn(&str) -> Pieces<'_>) -> Pieces<'_> {
    let mut pieces = Pieces::new();
    for line in code.split_inclusive('\n') {
        let words = line.trim_end_matches('\n');
        let found = of(words).into_iter();
        pieces.extend(found.filter(|(_, text)| !text.is_empty()));
        if words.len() < line.len() {
            pieces.push((None, "\n"));
        }
    }
    pieces
}

/// A line of a unified diff.
pub(super) fn diff(line: &str) -> Pieces<'_> {
    let is = |start| line.starts_with(start);
    let kind = if is("@@") || is("--- ") || is("+++ ") {
        Some(Kind::Meta)
    } else if is("+") {
        Some(Kind::Added)
    } else if is("-") {
        Some(Kind::Removed)
    } else {
        None
    };
    vec![(kind, line)]
}

/// A line that is typed behind a prompt, up to a comment, or what a program has said.
pub(super) fn console(line: &str) -> Pieces<'_> {
    let Some(typed) = line.strip_prefix("$ ") else {
        return vec![(None, line)];
    };
    let (typed, comment) = typed.split_at(typed.find(" # ").unwrap_or(typed.len()));
    vec![
        (Some(Kind::Meta), "$"),
        (None, &line[1..2 + typed.len()]),
        (Some(Kind::Comment), comment),
    ]
}

/// A table's name, a key with its value, or a comment.
pub(super) fn toml(line: &str) -> Pieces<'_> {
    let (line, comment) = line.split_at(comment(line));
    let mut pieces = match line.split_once('=') {
        _ if line.trim_start().starts_with('[') => vec![(Some(Kind::Section), line)],
        Some((key, _)) => {
            let (key, value) = line.split_at(key.trim_end().len());
            let mut pieces = vec![(Some(Kind::Key), key)];
            pieces.extend(strings(value));
            pieces
        }
        None => strings(line),
    };
    pieces.push((Some(Kind::Comment), comment));
    pieces
}

/// Where the comment of a line of TOML begins, or the line ends.
fn comment(line: &str) -> usize {
    let mut quoted = false;
    for (index, character) in line.char_indices() {
        match character {
            '"' => quoted = !quoted,
            '#' if !quoted => return index,
            _ => {}
        }
    }
    line.len()
}

fn strings(text: &str) -> Pieces<'_> {
    let mut pieces = Pieces::new();
    let mut rest = text;
    while let Some((before, quoted)) = rest.split_once('"') {
        let length = quoted.find('"').map_or(quoted.len(), |end| end + 1);
        let (string, after) = rest[before.len()..].split_at(1 + length);
        pieces.extend([(None, before), (Some(Kind::String), string)]);
        rest = after;
    }
    pieces.push((None, rest));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_kinds(of: fn(&str) -> Pieces<'_>, code: &str, expected: &[(Kind, &str)]) {
        let found = pieces(code, of);
        let whole: String = found.iter().map(|(_, text)| *text).collect();
        assert_eq!(whole, code, "nothing is lost");
        let kinds: Vec<_> = found
            .into_iter()
            .filter_map(|(kind, text)| Some((kind?, text)))
            .collect();
        assert_eq!(kinds, expected);
    }

    #[test]
    fn a_diff() {
        assert_kinds(
            diff,
            "--- a\n+++ b\n@@ -1 +1 @@\n c\n-d\n+e\n",
            &[
                (Kind::Meta, "--- a"),
                (Kind::Meta, "+++ b"),
                (Kind::Meta, "@@ -1 +1 @@"),
                (Kind::Removed, "-d"),
                (Kind::Added, "+e"),
            ],
        );
    }

    #[test]
    fn a_terminal() {
        assert_kinds(
            console,
            "$ ls a#b # all\nsaid # as it is\n\n$ x",
            &[
                (Kind::Meta, "$"),
                (Kind::Comment, " # all"),
                (Kind::Meta, "$"),
            ],
        );
    }

    #[test]
    fn toml_tables_keys_strings_and_comments() {
        assert_kinds(
            toml,
            "[a.b] # c\nd = [\"e#\", \"f\"] # g\nh = 1\n  \"i\",\n]\n\"open",
            &[
                (Kind::Section, "[a.b] "),
                (Kind::Comment, "# c"),
                (Kind::Key, "d"),
                (Kind::String, "\"e#\""),
                (Kind::String, "\"f\""),
                (Kind::Comment, "# g"),
                (Kind::Key, "h"),
                (Kind::String, "\"i\""),
                (Kind::String, "\"open"),
            ],
        );
    }
}
