//! A directive's words.

use super::states::Extent;

/// What a chapter asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Directive<'a> {
    /// `figure NAME`
    Figure(&'a str),
    /// `cover NAME`
    Cover(&'a str),
    /// `states NAME` or `states NAME closing`
    States(&'a str, Extent),
    /// `header NAME STEP`
    Header(&'a str, &'a str),
    /// `ways NAME NAME ...`
    Ways(&'a str),
    /// `rfc NUMBER SECTION`; the section may be a heading of several words.
    Rfc(&'a str, &'a str),
    /// `claim ID`
    Claim(&'a str),
    /// `settled SLUG`
    Settled(&'a str),
    /// `exercise SLUG`
    Exercise(&'a str),
    /// `ledger`
    Ledger,
    /// `requirements`
    Requirements,
    /// `include PATH` and its kin, which mdBook itself replaces; the path with what follows it.
    Include(&'a str),
    /// `title TEXT`, which is mdBook's too.
    Title,
}

const STATES: &str = "{{#states NAME}} or {{#states NAME closing}}";

/// What is wrong with a directive, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Misspelt {
    pub(super) what: String,
    pub(super) remedy: String,
}

impl<'a> Directive<'a> {
    /// Reads what stands between `{{#` and `}}`.
    ///
    /// ```text
    /// rfc 9293 3.5    Ok(Rfc("9293", "3.5"))
    /// claim           Err: {{#claim}} takes one word: {{#claim ID}}
    /// rfcs 9293 3.5   Err: no directive is called `rfcs`
    /// ```
    pub(super) fn parse(body: &'a str) -> Result<Directive<'a>, Misspelt> {
        let (name, rest) = body.split_once(char::is_whitespace).unwrap_or((body, ""));
        let rest = rest.trim();
        let words = rest.split_whitespace().count();
        let form = match name {
            "figure" if words == 1 => return Ok(Directive::Figure(rest)),
            "cover" if words == 1 => return Ok(Directive::Cover(rest)),
            "states" if words == 1 => return Ok(Directive::States(rest, Extent::Whole)),
            "states" if words == 2 => match halves(rest) {
                (recording, "closing") => {
                    return Ok(Directive::States(recording, Extent::Closing));
                }
                _ => STATES,
            },
            "ways" if words >= 1 => return Ok(Directive::Ways(rest)),
            "claim" if words == 1 => return Ok(Directive::Claim(rest)),
            "settled" if words == 1 => return Ok(Directive::Settled(rest)),
            "exercise" if words == 1 => return Ok(Directive::Exercise(rest)),
            "ledger" if words == 0 => return Ok(Directive::Ledger),
            "requirements" if words == 0 => return Ok(Directive::Requirements),
            "header" if words == 2 => {
                let (recording, step) = halves(rest);
                return Ok(Directive::Header(recording, step));
            }
            "rfc" if words >= 2 => {
                let (number, section) = halves(rest);
                return Ok(Directive::Rfc(number, section));
            }
            "include" | "rustdoc_include" | "playground" if words >= 1 => {
                return Ok(Directive::Include(rest));
            }
            "title" if words >= 1 => return Ok(Directive::Title),
            "figure" => "{{#figure NAME}}",
            "cover" => "{{#cover NAME}}",
            "states" => STATES,
            "header" => "{{#header NAME STEP}}",
            "ways" => "{{#ways NAME NAME ...}}",
            "claim" => "{{#claim ID}}",
            "settled" => "{{#settled SLUG}}",
            "exercise" => "{{#exercise SLUG}}",
            "ledger" => "{{#ledger}}",
            "requirements" => "{{#requirements}}",
            "rfc" => "{{#rfc NUMBER SECTION}}",
            "include" | "rustdoc_include" | "playground" => "{{#include PATH:ANCHOR}}",
            "title" => "{{#title TEXT}}",
            other => {
                return Err(Misspelt {
                    what: format!("no directive is called `{other}`"),
                    remedy: "there are figure, cover, states, header, ways, rfc, claim, settled, exercise, ledger, requirements, and mdBook's include, \
                             rustdoc_include, playground, title; put a backslash before the braces for plain text"
                        .to_owned(),
                });
            }
        };
        Err(Misspelt {
            what: format!("`{{{{#{body}}}}}` has too few or too many words"),
            remedy: format!("its form is {form}"),
        })
    }

    /// Whether it is drawn as a box of its own, and so needs a line to itself.
    pub(super) fn is_block(self) -> bool {
        !matches!(
            self,
            Directive::Rfc(..) | Directive::Include(_) | Directive::Title
        )
    }
}

/// The first word, and what follows it.
fn halves(rest: &str) -> (&str, &str) {
    let (first, second) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    (first, second.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_directive_is_read() {
        for (body, directive) in [
            (
                "figure three-way-handshake",
                Directive::Figure("three-way-handshake"),
            ),
            ("cover a", Directive::Cover("a")),
            (
                "states three-way-handshake",
                Directive::States("three-way-handshake", Extent::Whole),
            ),
            (
                "states  close-in-four  closing",
                Directive::States("close-in-four", Extent::Closing),
            ),
            (
                "header three-way-handshake  1",
                Directive::Header("three-way-handshake", "1"),
            ),
            ("ways a b  c", Directive::Ways("a b  c")),
            ("rfc 9293 3.5", Directive::Rfc("9293", "3.5")),
            (
                "rfc  768   User Interface",
                Directive::Rfc("768", "User Interface"),
            ),
            ("claim a", Directive::Claim("a")),
            ("settled why-three", Directive::Settled("why-three")),
            ("exercise why-three", Directive::Exercise("why-three")),
            ("ledger", Directive::Ledger),
            ("requirements", Directive::Requirements),
            ("include a.rs:b", Directive::Include("a.rs:b")),
            ("rustdoc_include a.rs", Directive::Include("a.rs")),
            ("title A page", Directive::Title),
        ] {
            assert_eq!(Directive::parse(body), Ok(directive), "{body}");
        }
    }

    #[test]
    fn wrong_words_are_named_with_the_right_form() {
        for (body, remedy) in [
            ("figure", "its form is {{#figure NAME}}"),
            ("figure a b", "its form is {{#figure NAME}}"),
            ("cover a b", "its form is {{#cover NAME}}"),
            ("header a", "its form is {{#header NAME STEP}}"),
            ("ways", "its form is {{#ways NAME NAME ...}}"),
            (
                "states a opening",
                "its form is {{#states NAME}} or {{#states NAME closing}}",
            ),
            ("rfc 9293", "its form is {{#rfc NUMBER SECTION}}"),
            ("ledger all", "its form is {{#ledger}}"),
            ("include", "its form is {{#include PATH:ANCHOR}}"),
        ] {
            assert_eq!(Directive::parse(body).unwrap_err().remedy, remedy, "{body}");
        }
        assert_eq!(
            Directive::parse("figures a").unwrap_err().what,
            "no directive is called `figures`"
        );
        assert_eq!(
            Directive::parse("rfc 9293").unwrap_err().what,
            "`{{#rfc 9293}}` has too few or too many words"
        );
    }
}
