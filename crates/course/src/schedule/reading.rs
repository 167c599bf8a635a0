//! How long a page takes to read.

use std::fmt;

/// How many words are read in a minute, figures included, where a page does not say its minutes. The chapters that do
/// have about 75 words for each of theirs.
pub(super) const WORDS_IN_A_MINUTE: usize = 75;

/// How long a page takes to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// In minutes.
    pub(super) minutes: u32,
    /// Whether the page does not say so itself.
    pub(super) estimated: bool,
}

impl Reading {
    /// What the page's opening says in words ("Twenty-five minutes; read ... first"), and otherwise an estimate.
    pub(super) fn of(page: &str) -> Reading {
        match stated(page) {
            Some(minutes) => Reading {
                minutes,
                estimated: false,
            },
            None => Reading {
                minutes: u32::try_from(page.split_whitespace().count().div_ceil(WORDS_IN_A_MINUTE))
                    .unwrap_or(u32::MAX),
                estimated: true,
            },
        }
    }
}

impl fmt::Display for Reading {
    /// `~` stands before an estimate.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.estimated { "~" } else { "" };
        write!(f, "{mark}{}", self.minutes)
    }
}

/// The minutes that the first paragraph behind the title names.
fn stated(page: &str) -> Option<u32> {
    let opening = page
        .split("\n\n")
        .map(str::trim)
        .find(|paragraph| !paragraph.is_empty() && !paragraph.starts_with('#'))?;
    let words: Vec<&str> = opening.split_whitespace().collect();
    words.windows(2).find_map(|pair| {
        let unit = pair[1].trim_end_matches(|symbol: char| !symbol.is_alphabetic());
        matches!(unit, "minute" | "minutes").then(|| number(pair[0]))?
    })
}

/// A number from one to ninety-nine in words, or in digits.
fn number(word: &str) -> Option<u32> {
    const ONES: [&str; 19] = [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = [
        "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ];
    let find = |names: &[&str], name: &str| {
        let index = names.iter().position(|other| *other == name)?;
        u32::try_from(index).ok()
    };
    let word = word.to_lowercase();
    let ones = |name: &str| Some(find(&ONES, name)? + 1);
    let tens = |name: &str| Some((find(&TENS, name)? + 2) * 10);
    let number = match word.split_once('-') {
        Some((ten, one)) => tens(ten)? + ones(one).filter(|one| *one < 10)?,
        None => word
            .parse()
            .ok()
            .or_else(|| ones(&word))
            .or_else(|| tens(&word))?,
    };
    (number > 0).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_its_minutes_in_its_opening() {
        let minutes = |opening: &str| {
            let reading = Reading::of(&format!(
                "# Title\n\n{opening}\n\n## More\n\nNinety minutes.\n"
            ));
            (!reading.estimated).then_some(reading.minutes)
        };
        assert_eq!(
            minutes("What it does.\nTwenty-five minutes; read that first."),
            Some(25)
        );
        assert_eq!(minutes("Forty minutes."), Some(40));
        assert_eq!(minutes("All of it in eleven minutes, or so."), Some(11));
        assert_eq!(minutes("It takes 35 minutes."), Some(35));
        for none in [
            "Few minutes.",
            "Twenty- minutes",
            "0 minutes",
            "twenty-ten minutes",
            "Minutes",
        ] {
            assert_eq!(minutes(none), None, "{none}");
        }
    }

    #[test]
    fn otherwise_the_words_are_counted() {
        let reading = Reading::of(&"word ".repeat(WORDS_IN_A_MINUTE * 2 + 1));
        assert_eq!(reading.to_string(), "~3");
        assert_eq!(Reading::of("").minutes, 0);
    }
}
