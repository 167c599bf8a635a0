use super::*;

/// The manuscript of this course, without some of its recordings.
fn book(without: &[&str]) -> Manuscript {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap();
    let mut book = Manuscript::read(root).unwrap();
    book.recordings.retain(|file| {
        !without
            .iter()
            .any(|name| file.file_stem() == Some(name.as_ref()))
    });
    book
}

fn drawn(view: View) -> String {
    draw(&book(&[]), Path::new("state-machine.md"), view).unwrap()
}

fn refused(without: &[&str]) -> (String, String) {
    draw(&book(without), Path::new("state-machine.md"), View::Events).unwrap_err()
}

#[test]
fn every_arrow_and_state_of_the_diagram_leads_to_its_list() {
    let html = drawn(View::Diagram);
    for index in 0..TRANSITIONS.len() {
        assert_eq!(html.matches(&format!(r#"id="arrow-{index}""#)).count(), 1);
        assert!(html.contains(&format!(
            r##"<a data-arrow="{index}" href="#arrow-{index}""##
        )));
    }
    for state in State::ALL {
        assert_eq!(html.matches(&format!(r#"id="state-{state}""#)).count(), 1);
    }
}

#[test]
fn a_recording_is_listed_at_the_step_that_takes_the_arrow_in_the_chapter_beside_it() {
    let html = drawn(View::Diagram);
    let closing = html.split(r#"id="arrow-14""#).nth(1).unwrap();
    let closing = closing.split("</li></ul></details>").next().unwrap();
    assert!(
        closing.contains(r##"<a href="teardown/simultaneous-close.md#simultaneous-close-6">simultaneous-close</a>"##),
        "{closing}"
    );
}

#[test]
fn an_arrow_without_a_recording_is_marked_and_has_a_reason() {
    let html = drawn(View::Diagram);
    assert!(html.contains(r##"<a data-arrow="4" href="#arrow-4" class="unseen">"##));
    let from = html.find(r#"<li class="unseen" id="arrow-4""#).unwrap();
    assert!(html[from..].contains("ends in EPIPE"));
    let marked = html.matches(r#"class="unseen"><title>"#).count();
    assert_eq!(marked, Events::get().unseen.len());
}

#[test]
fn every_cell_has_a_section_and_a_recording_or_says_that_there_is_none() {
    let tables = drawn(View::Events);
    let cells: Vec<&str> = tables.split("<td").skip(1).collect();
    assert_eq!(cells.len(), State::ALL.len() * Events::get().events.len());
    for cell in cells {
        assert!(cell.contains(r#"class="cite""#), "{cell}");
        assert_eq!(
            cell.starts_with(r#" class="seen""#),
            !cell.contains("no recording"),
            "{cell}"
        );
    }
}

#[test]
fn a_recording_that_the_table_names_must_be_there() {
    let (what, remedy) = refused(&["linger-zero"]);
    assert_eq!(
        what,
        "crates/course/data/events.toml: there is no step 4 of a recording linger-zero"
    );
    assert_eq!(remedy, "name another step that shows ABORT in ESTABLISHED");
}

#[test]
fn an_arrow_that_loses_its_last_recording_needs_a_reason() {
    let (what, _) = refused(&["restart-at-once"]);
    assert_eq!(
        what,
        "no recording goes from LISTEN to CLOSED, and crates/course/data/events.toml does not say why"
    );
}
