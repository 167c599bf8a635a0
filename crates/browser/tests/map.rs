//! The map of RFC 9293: its filter and its links.
//!
//! `cargo course build` comes first.

use browser::Session;
use browser::book::root;
use serde_json::{Value, json};

const MAP: &str = "map.html";

/// The rows that the open page shows.
const SHOWN: &str =
    "[...document.querySelectorAll('.requirement')].filter(row => row.checkVisibility())";

#[test]
fn the_filter_shows_what_is_asked_for_and_counts_it() {
    let session = Session::start();
    session.open(MAP);
    session.until("document.querySelector('.ledger-filter').checkVisibility()");
    let all = session.js(&format!("return {SHOWN}.length;"));
    let rows = std::fs::read_to_string(root().join("book/requirements.toml"))
        .expect("the list")
        .matches("[[requirement]]")
        .count();
    assert_eq!(all, json!(rows), "every row of the list");
    for mark in ["shown", "exercise", "differs", "not-shown"] {
        let found = session.js(&format!(
            "const select = document.querySelector('.ledger-filter select');
             select.value = '{mark}';
             select.dispatchEvent(new Event('change', {{ bubbles: true }}));
             const wanted = document.querySelectorAll('.requirement[data-verdict~={mark}]').length;
             const said = document.querySelector('.ledger-filter output').value;
             return [{SHOWN}.length, wanted, {SHOWN}.every(row => row.matches('[data-verdict~={mark}]')), parseInt(said)];"
        ));
        let [shown, wanted, fit, said] = found.as_array().expect("four").as_slice() else {
            panic!("{found}")
        };
        assert!(shown.as_u64() > Some(0), "{mark}: {found}");
        assert_eq!(
            (shown, said, fit),
            (wanted, wanted, &Value::Bool(true)),
            "{mark}"
        );
    }
    // A link to a row finds it, whatever is hidden.
    session
        .js("location.hash = '#MUST-1'; return null;")
        .is_null();
    session.until("document.querySelector('#MUST-1').checkVisibility()");
}

#[test]
fn a_number_in_a_chapter_leads_to_its_row_and_the_row_to_its_recording() {
    let session = Session::start();
    session.open("header/options.html");
    session.click("main a[href$='map.html#MUST-6']");
    session.until("document.querySelector(':target')?.id === 'MUST-6'");
    session.click("#MUST-6 .requirement-where a");
    session.until("document.querySelector(':target')?.matches('figure.exchange')");
    assert_eq!(session.errors(), Vec::<String>::new());
}
