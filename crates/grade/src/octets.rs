//! Octets in a message.

use std::fmt;

/// So many are enough for the headers of a frame, with options.
const SHOWN: usize = 80;

/// Octets as a message tells them: how many, and the first of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Octets<T>(
    /// What lends the octets.
    pub T,
);

impl<T: AsRef<[u8]>> fmt::Display for Octets<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let octets = self.0.as_ref();
        let shown = &octets[..octets.len().min(SHOWN)];
        let hex: Vec<String> = shown.iter().map(|octet| format!("{octet:02x}")).collect();
        let more = if octets.len() > SHOWN { " ..." } else { "" };
        match octets.len() {
            0 => f.write_str("no octets"),
            1 => write!(f, "1 octet ({})", hex.join(" ")),
            count => write!(f, "{count} octets ({}{more})", hex.join(" ")),
        }
    }
}

/// The same, for what prints its values in this form.
impl<T: AsRef<[u8]>> fmt::Debug for Octets<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_are_counted_and_the_first_are_shown() {
        assert_eq!(Octets(b"hello").to_string(), "5 octets (68 65 6c 6c 6f)");
        assert_eq!(Octets([0xff]).to_string(), "1 octet (ff)");
        assert_eq!(Octets(Vec::new()).to_string(), "no octets");
        let long = format!("{:?}", Octets(&[0; SHOWN + 1]));
        assert!(long.starts_with("81 octets (00 00 "), "{long}");
        assert!(long.ends_with(" 00 ...)"), "{long}");
        assert_eq!(long.matches("00").count(), SHOWN);
    }
}
