//! What a submission says, made harmless for terminals and for every format that it is written in.
//!
//! The one place where this is done: names when they are found, reports as soon as there is one.

use crate::report::{Report, Verdict};

/// How many characters a message may have.
pub const LONGEST_TEXT: usize = 16_000;
/// How many characters a name may have.
pub const LONGEST_LINE: usize = 100;

/// Several lines: no colours, nothing that moves the cursor or turns the direction of writing, and not too long.
#[must_use]
pub fn text(said: &str) -> String {
    let plain = anstream::adapter::strip_str(said).to_string();
    let lines = plain.replace("\r\n", "\n");
    let harmless: String = lines.chars().map(harmless).collect();
    cut(harmless, LONGEST_TEXT)
}

/// The same on one line.
#[must_use]
pub fn line(said: &str) -> String {
    let text = text(said).replace(['\n', '\t'], " ");
    cut(text, LONGEST_LINE)
}

/// The report with everything that comes from the submission made harmless.
#[must_use]
pub fn report(mut report: Report) -> Report {
    report.submission = line(&report.submission);
    for exercise in &mut report.exercises {
        match &mut exercise.verdict {
            Verdict::NotTaken(why) | Verdict::DoesNotCompile(why) => *why = text(why),
            Verdict::NotHandedIn | Verdict::Ran => {}
        }
        for test in &mut exercise.tests {
            test.said = text(&test.said);
        }
    }
    report
}

/// At most `longest` characters with a note of what is missing, or this note alone.
#[must_use]
pub fn cut(text: String, longest: usize) -> String {
    let characters = text.chars().count();
    if characters <= longest {
        return text;
    }
    // The note is part of what is allowed, so that what was cut once stays as it is.
    let note = |kept: usize| format!(" [{} more characters]", characters - kept);
    let kept = longest.saturating_sub(note(0).chars().count());
    text.chars().take(kept).collect::<String>() + &note(kept)
}

fn harmless(character: char) -> char {
    match character {
        '\n' | '\t' => character,
        '\r' | '\u{2028}' | '\u{2029}' => '\n',
        // Marks that turn the direction of writing, and what is no character.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            '\u{fffd}'
        }
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        other if other.is_control() => '\u{fffd}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn colours_and_cursor_movements_are_gone() {
        assert_eq!(text("\u{1b}[31mred\u{1b}[0m\r\nnext\u{7}"), "red\nnext");
        assert_eq!(
            text("10 %\r20 %\u{8}\u{9b}5A née"),
            "10 %\n20 %\u{fffd}5A née"
        );
        assert_eq!(text("\u{1b}]0;title\u{7}rest"), "rest");
        assert_eq!(line("a\n\u{202e}b\tc"), "a \u{fffd}b c");
    }

    #[test]
    fn what_is_too_long_is_cut_and_says_so() {
        let long = text(&"x".repeat(20_000));
        assert!(long.chars().count() <= LONGEST_TEXT);
        assert!(
            long.ends_with("x [4024 more characters]"),
            "{}",
            &long[15_900..]
        );
        assert_eq!(cut("short".to_owned(), 5), "short");
    }

    proptest! {
        #[test]
        fn nothing_harmful_is_left_and_twice_is_as_good_as_once(said in any::<String>(), repeat in 1..1000_usize) {
            let said = said.repeat(repeat);
            let once = text(&said);
            prop_assert_eq!(&text(&once), &once);
            prop_assert!(once.chars().count() <= LONGEST_TEXT);
            prop_assert!(once.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()));
            let once = line(&said);
            prop_assert_eq!(&line(&once), &once);
            prop_assert!(!once.contains('\n') && once.chars().count() <= LONGEST_LINE);
        }
    }
}
