//! The page of the state machine: what is chosen in the diagram is what its lists show.
//!
//! `cargo course build` comes first.

use std::collections::BTreeMap;

use browser::book::{Page, pages};
use browser::session::Scheme;
use browser::{Session, axe};
use serde_json::Value;
use thirtyfour::Key;

const PAGE: &str = "state-machine.html";

fn page() -> Session {
    let session = Session::start();
    session.open(PAGE);
    session.until("document.querySelector('.machine .figure5 .wide')");
    session
}

/// The arrows whose lists are shown.
fn shown(session: &Session) -> Vec<u64> {
    let script = "return [...document.querySelectorAll('.machine-list [data-arrow]')] \
                  .filter(item => item.checkVisibility()).map(item => Number(item.dataset.arrow));";
    let Value::Array(arrows) = session.js(script) else {
        panic!("a list of arrows");
    };
    arrows.iter().filter_map(Value::as_u64).collect()
}

fn until_chosen(session: &Session, words: &str) {
    session.until(&format!(
        "document.querySelector('.machine-choice output').value.startsWith('{words}')"
    ));
}

const UNTIL_ALL: &str = "!document.querySelector('.machine-choice').checkVisibility()";

#[test]
fn an_arrow_is_chosen_by_the_mouse_and_chosen_no_longer_the_second_time() {
    let session = page();
    assert_eq!(shown(&session).len(), 21);
    session.click("[data-arrow='14'] text");
    until_chosen(&session, "FIN-WAIT-1 to CLOSING: receive FIN; send ACK: ");
    assert_eq!(shown(&session), [14]);
    session.until("document.querySelector('#arrow-14 .machine-recordings a').checkVisibility()");
    session.click("[data-arrow='14'] text");
    session.until(UNTIL_ALL);
    assert_eq!(shown(&session).len(), 21);
}

#[test]
fn a_state_is_chosen_by_the_keyboard_with_all_its_arrows() {
    let session = page();
    let _ = session.js("document.querySelector('.figure5 [data-state=\"CLOSING\"]').focus();");
    session.press(Key::Enter);
    until_chosen(&session, "CLOSING: ");
    assert_eq!(
        shown(&session),
        [14, 18],
        "what leads to CLOSING, and away from it"
    );
    let hash = session.js("return location.hash;");
    assert_eq!(hash, "#state-CLOSING");
    session.click(".machine-choice button");
    session.until(UNTIL_ALL);
    let inside = session.js("return document.activeElement.closest('.figure5') !== null;");
    assert_eq!(inside, true, "the focus does not get lost");
}

#[test]
fn an_address_chooses_and_a_list_says_how_many_recordings_it_has() {
    let session = Session::start();
    session.open(&format!("{PAGE}#arrow-18"));
    until_chosen(&session, "CLOSING to TIME-WAIT: ");
    let counted = session.js(
        "const names = new Set([...document.querySelectorAll('#arrow-18 .machine-recordings a')].map(link => link.textContent)); \
         const said = `${names.size} recording${names.size === 1 ? '' : 's'}`; \
         return document.querySelector('.machine-choice output').value.endsWith(`: ${said}`) \
             && document.querySelector('#arrow-18 .count').textContent === said;",
    );
    assert_eq!(counted, true);
    session.open(&format!("{PAGE}#arrow-4"));
    until_chosen(
        &session,
        "LISTEN to SYN-SENT: SEND; send SYN: no recordings",
    );
}

#[test]
fn an_address_that_is_badly_written_chooses_nothing() {
    let session = Session::start();
    session.open(&format!("{PAGE}#%"));
    session.until("document.querySelector('.machine .figure5 .wide')");
    assert_eq!(shown(&session).len(), 21);
    assert_eq!(session.errors(), Vec::<String>::new());
}

#[test]
fn a_recording_leads_to_the_step_at_which_it_takes_the_arrow() {
    let session = page();
    session.click("[data-arrow='14'] text");
    until_chosen(&session, "FIN-WAIT-1 to CLOSING");
    session.click("#arrow-14 .machine-recordings a");
    session
        .until("location.hash && document.querySelector(location.hash)?.matches('.ladder-step')");
    let state = session.js(
        "return [...document.querySelectorAll(location.hash + ' .state.changed')].map(state => state.textContent);",
    );
    assert!(
        state
            .as_array()
            .is_some_and(|states| states.contains(&Value::from("CLOSING"))),
        "{state}"
    );
}

#[test]
fn every_link_to_a_recording_finds_its_step() {
    let pages: BTreeMap<String, String> = pages()
        .into_iter()
        .map(|Page { path, html }| (path, html))
        .collect();
    let mut links = 0;
    for address in pages[PAGE].split("href=\"").skip(1) {
        let address = address.split('"').next().unwrap_or_default();
        let Some((page, place)) = address.split_once(".html#") else {
            continue;
        };
        let Some(html) = pages.get(&format!("{page}.html")) else {
            continue;
        };
        assert!(html.contains(&format!(" id=\"{place}\"")), "{address}");
        links += 1;
    }
    assert!(links > 500, "{links}");
}

#[test]
fn on_paper_every_list_is_unfolded() {
    let session = page();
    let unfolded = "[...document.querySelectorAll('.machine-recordings')].every(list => \
                    list.checkVisibility({ contentVisibilityAuto: true }) && list.getBoundingClientRect().height > 0)";
    session.until(&format!("!({unfolded})"));
    session.print();
    session.until(unfolded);
}

#[test]
fn with_a_choice_the_page_can_be_used_by_everyone_and_nothing_is_cut_off() {
    for scheme in [Scheme::Light, Scheme::Dark] {
        let session = Session::start();
        session.scheme(scheme);
        session.size(360, 800);
        session.open(&format!("{PAGE}#state-TIME-WAIT"));
        until_chosen(&session, "TIME-WAIT: ");
        assert_eq!(axe::violations(&session), Vec::<String>::new());
        assert_eq!(session.cut_off(), Vec::<String>::new());
    }
}
