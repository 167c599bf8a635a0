use super::*;

const PARTS: &str = "[parts]\nheader = \"The header\"\n";

fn row(id: &str) -> String {
    format!(
        "[[claim]]\nid = \"{id}\"\npart = \"header\"\nsays = \"x\"\nverdict = \"wrong\"\nbecause = \"y\"\n\
         rfc = [\"9293 §3.1\"]\nevidence = \"z\"\nchapter = \"flags\"\n"
    )
}

fn problems(text: &str) -> Vec<String> {
    let (_, problems) = Ledger::parse(text, Path::new("book/claims.toml"));
    problems
        .iter()
        .map(|problem| format!("{}: {}", problem.line.unwrap(), problem.what))
        .collect()
}

#[test]
fn the_ledger_of_the_book_is_valid() {
    let text = include_str!("../../../../book/claims.toml");
    let (ledger, problems) = Ledger::parse(text, Path::new("book/claims.toml"));
    assert_eq!(problems, []);
    assert_eq!(ledger.claims.len(), text.matches("[[claim]]").count());
    assert!(ledger.claims.len() > 100);
}

#[test]
fn a_row_is_read_with_its_sections() {
    let (ledger, problems) = Ledger::parse(&(PARTS.to_owned() + &row("a-b")), Path::new("c"));
    assert_eq!(problems, []);
    let claim = ledger.claim("a-b").unwrap();
    assert_eq!(claim.verdict, Verdict::Wrong);
    assert_eq!(claim.rfc[0].heading, "Header Format");
    assert!(ledger.claim("a-c").is_none());
}

#[test]
fn every_wrong_value_is_reported_with_its_line() {
    let text = PARTS.to_owned()
        + &row("a")
        + &row("a")
        + &row("B c")
            .replace("\"header\"", "\"footer\"")
            .replace("\"wrong\"", "\"false\"")
            .replace("§3.1", "§3.99")
            .replace("flags", "flag")
        + &row("d")
            .replace("\"9293 §3.1\"", "\"9293 3.1\"")
            .replace("\"x\"", "\" \"")
        + &row("e").replace("[\"9293 §3.1\"]", "[]");
    assert_eq!(
        problems(&text),
        [
            "13: `a` is already the id of the row in line 4",
            "22: the id `B c` has other characters than a-z, 0-9 and single hyphens",
            "23: `footer` is no part",
            "25: `false` is no verdict",
            "29: `flag` is no chapter",
            "27: RFC 9293 has no section 3.99",
            "33: `says` is empty",
            "36: `9293 3.1` is no section",
            "45: `rfc` is empty",
        ]
    );
}

#[test]
fn unknown_and_lacking_keys_are_reported_row_by_row() {
    let text = PARTS.to_owned()
        + &row("a").replace("evidence", "evidense")
        + &row("b").replace("says = \"x\"\n", "")
        + "[claims]\n";
    let found = problems(&text);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        found[0].starts_with("20: `claims` is not what the ledger has"),
        "{found:?}"
    );
    assert!(
        found[1].starts_with("10: unknown field `evidense`"),
        "{found:?}"
    );
    assert!(
        found[2].starts_with("12: missing field `says`"),
        "{found:?}"
    );
}

#[test]
fn text_that_is_no_toml_is_reported_with_its_line() {
    assert_eq!(problems("[parts]\nheader = \n").len(), 1);
    assert!(problems("[parts]\nheader = \n")[0].starts_with("2: "));
}
