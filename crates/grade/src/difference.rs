//! Two ladders that differ, told so that one can act on it.

use std::fmt::Write;

/// Says what was expected, what was seen, and where the two part for the first time.
pub(crate) fn explain(source: &str, expected: &str, seen: &str) -> String {
    let (expected, seen): (Vec<&str>, Vec<&str>) =
        (expected.lines().collect(), seen.lines().collect());
    let first = (0..).find(|line| {
        words(&expected, *line) != words(&seen, *line) || ends(&expected, &seen, *line)
    });
    let first = first.unwrap_or_default();
    let mut text = format!("The wire did not see what was expected ({source}).\n\nExpected:\n");
    write_ladder(&mut text, &expected, first);
    text.push_str("\nSeen:\n");
    write_ladder(&mut text, &seen, first);
    text.push_str("\nThe first difference: ");
    let what = |lines: &[&str]| match lines.get(first) {
        Some(line) => format!(
            "`{}`",
            line.split_whitespace().collect::<Vec<_>>().join(" ")
        ),
        None => "nothing more".to_owned(),
    };
    let _ = write!(
        text,
        "expected {}, and saw {}.",
        what(&expected),
        what(&seen)
    );
    text
}

/// A line without its alignment, which depends on the widest line of its ladder.
fn words<'a>(lines: &[&'a str], line: usize) -> Option<Vec<&'a str>> {
    lines
        .get(line)
        .map(|line| line.split_whitespace().collect())
}

/// Whether both ladders have ended: then they differ in their spacing only.
fn ends(expected: &[&str], seen: &[&str], line: usize) -> bool {
    line >= expected.len() && line >= seen.len()
}

/// Writes a ladder with a mark at the line of that index.
fn write_ladder(text: &mut String, lines: &[&str], marked: usize) {
    for (index, line) in lines.iter().enumerate() {
        let mark = if index == marked { '>' } else { ' ' };
        let _ = writeln!(text, "{mark}{line}");
    }
    if marked >= lines.len() {
        text.push_str(">     (nothing more)\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HANDSHAKE: &str = "     client          server\n  1  SYN-SENT  -- SYN -->  SYN-RECEIVED\n  \
                             2  ESTABLISHED  <- SYN,ACK --  SYN-RECEIVED";

    #[test]
    fn the_first_step_that_differs_is_marked_in_both_ladders() {
        let seen = HANDSHAKE.replace("<- SYN,ACK", "<- RST,ACK");
        let text = explain("RFC 9293 section 3.5", HANDSHAKE, &seen);
        assert!(text.contains("\n>  2  ESTABLISHED  <- SYN,ACK"), "{text}");
        assert!(text.contains("\n>  2  ESTABLISHED  <- RST,ACK"), "{text}");
        assert!(text.ends_with(
            "expected `2 ESTABLISHED <- SYN,ACK -- SYN-RECEIVED`, and saw `2 ESTABLISHED <- RST,ACK -- SYN-RECEIVED`."
        ), "{text}");
        assert!(text.contains("(RFC 9293 section 3.5)"), "{text}");
    }

    #[test]
    fn a_missing_step_and_one_too_many_are_told() {
        let shorter = HANDSHAKE
            .rsplit_once('\n')
            .map_or("", |(shorter, _)| shorter);
        let missing = explain("", HANDSHAKE, shorter);
        assert!(missing.contains("and saw nothing more."), "{missing}");
        let surplus = explain("", shorter, HANDSHAKE);
        assert!(
            surplus.contains("expected nothing more, and saw `2 ESTABLISHED"),
            "{surplus}"
        );
    }

    #[test]
    fn alignment_is_no_difference_of_steps() {
        let wider = HANDSHAKE
            .replace(" -->", "      -->")
            .replace("<- SYN,ACK", "<- RST");
        let text = explain("", HANDSHAKE, &wider);
        assert!(text.contains("\n>  2  ESTABLISHED  <- RST"), "{text}");
    }

    #[test]
    fn ladders_that_differ_only_in_spacing_do_not_hang() {
        assert!(explain("", "a b", "a  b").contains("expected nothing more, and saw nothing more"));
    }
}
