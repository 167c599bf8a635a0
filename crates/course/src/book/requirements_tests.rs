use super::*;

fn row(id: &str) -> String {
    format!(
        "[[requirement]]\nid = \"{id}\"\nsections = [\"3.1\"]\nlevel = \"MUST\"\nasks = \"x\"\n\
         recordings = [\"a\"]\nseen = \"y\"\n"
    )
}

fn problems(text: &str) -> Vec<String> {
    let (_, problems) = parse(text, Path::new("book/requirements.toml"));
    let said = problems
        .iter()
        .map(|problem| format!("{}: {}", problem.line.unwrap(), problem.what));
    said.collect()
}

#[test]
fn the_list_of_the_book_has_every_number_of_the_rfc() {
    let text = include_str!("../../../../book/requirements.toml");
    let (requirements, problems) = parse(text, Path::new("book/requirements.toml"));
    assert_eq!(problems, []);
    let count = |kind: &str| {
        let mut numbers: Vec<u16> = requirements
            .iter()
            .filter_map(|found| found.id.strip_prefix(kind)?.strip_prefix('-')?.parse().ok())
            .collect();
        numbers.sort_unstable();
        let last = u16::try_from(numbers.len()).unwrap();
        assert_eq!(numbers, (1..=last).collect::<Vec<u16>>(), "{kind}");
        last
    };
    // As the text numbers them, and MUST-22 of its appendix.
    assert_eq!(["MUST", "SHLD", "MAY", "REC"].map(count), [69, 31, 18, 1]);
}

#[test]
fn a_row_is_read_with_its_section_and_the_lines_of_what_it_names() {
    let (requirements, problems) = parse(&row("MUST-6"), Path::new("r"));
    assert_eq!(problems, []);
    let [found] = requirements.as_slice() else {
        panic!("{requirements:?}")
    };
    assert_eq!(found.sections[0].heading, "Header Format");
    assert_eq!(
        (found.recordings[0].name.as_str(), found.recordings[0].line),
        ("a", 6)
    );
    assert!(found.is_shown());
}

#[test]
fn every_wrong_value_is_reported_with_its_line() {
    let text = row("MUST-6")
        + &row("MUST-6")
        + &row("SHALL-1").replace("3.1", "3.99")
        + &row("SHLD-1")
        + &row("MUST-7")
            .replace("[\"3.1\"]", "[]")
            .replace("\"x\"", "\" \"");
    assert_eq!(
        problems(&text),
        [
            "9: `MUST-6` is already the id of the row in line 2",
            "16: `SHALL-1` is no number of a requirement",
            "17: RFC 9293 has no section 3.99",
            "25: the level `MUST` does not go with SHLD-1",
            "31: `sections` is empty",
            "30: MUST-7 says nothing in `asks`",
        ]
    );
}

#[test]
fn a_row_is_shown_or_says_why_not() {
    let text = row("MUST-1")
        + "not_shown = \"z\"\n"
        + &row("MUST-2").replace("recordings = [\"a\"]\n", "")
        + &row("MUST-3").replace("seen = \"y\"\n", "")
        + &row("MUST-4").replace("recordings = [\"a\"]\n", "not_shown = \"z\"\n");
    assert_eq!(
        problems(&text),
        [
            "2: MUST-1 is shown and has a reason why it is not",
            "10: nothing shows MUST-2, and it does not say why",
            "16: MUST-3 does not say what there is to see",
            "22: MUST-4 says what there is to see, and nothing shows it",
        ]
    );
}

#[test]
fn keys_that_are_unknown_and_text_that_is_no_toml_are_reported_with_their_line() {
    let text = row("MUST-1") + &row("MUST-2").replace("asks", "ask");
    assert_eq!(problems(&text).len(), 1);
    assert!(
        problems(&text)[0].starts_with("12: unknown field `ask`"),
        "{:?}",
        problems(&text)
    );
    assert!(problems("[[requirement]]\nid = \n")[0].starts_with("2: "));
}
