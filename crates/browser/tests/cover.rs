//! The handshake on the first page: it moves for a short while, and what it comes to is there for everyone.
//!
//! `cargo course build` comes first.

use browser::Session;

/// Movement that begins by itself may go on for five seconds without a button that stops it (WCAG 2.2.2).
const LIMIT: u32 = 5000;

const MOVEMENTS: &str = "document.querySelector('.cover').getAnimations({ subtree: true })";
const ALL_SHOWN: &str =
    "[...document.querySelectorAll('.cover :is(.cover-segment, .cover-state, .cover-way)')]
    .every(part => part.checkVisibility({ opacityProperty: true, visibilityProperty: true }))";

#[test]
fn it_plays_once_for_less_than_five_seconds_and_again_when_asked() {
    let session = Session::start();
    for (width, height) in [(1280, 800), (360, 740)] {
        session.size(width, height);
        session.open("index.html");
        let longest = session.js(&format!(
            "return Math.max(...{MOVEMENTS}.map(movement => movement.effect.getComputedTiming().endTime));"
        ));
        let longest = longest.as_f64().expect("a time");
        assert!(longest > 0.0 && longest < f64::from(LIMIT), "{longest} ms");
        // As if the time had passed.
        let _ = session.js(&format!(
            "{MOVEMENTS}.forEach(movement => movement.finish());"
        ));
        session.until(ALL_SHOWN);
        session.click(".cover-again");
        session.until(&format!("!({ALL_SHOWN})"));
        let _ = session.js(&format!(
            "{MOVEMENTS}.forEach(movement => movement.finish());"
        ));
        session.until(ALL_SHOWN);
    }
}

#[test]
fn it_stands_still_where_movement_is_not_welcome_and_on_paper() {
    let session = Session::start();
    session.still();
    session.open("index.html");
    assert_eq!(session.js(&format!("return {MOVEMENTS}.length;")), 0);
    assert_eq!(session.js(&format!("return {ALL_SHOWN};")), true);
    session.until(
        "!document.querySelector('.cover-again').checkVisibility({ visibilityProperty: true })",
    );

    let session = Session::start();
    session.print();
    session.open("index.html");
    assert_eq!(session.js(&format!("return {MOVEMENTS}.length;")), 0);
    assert_eq!(session.js(&format!("return {ALL_SHOWN};")), true);
    session.until("!document.querySelector('.cover-again').checkVisibility()");
}

#[test]
fn it_shows_the_three_segments_and_the_states_of_the_recording() {
    let session = Session::start();
    session.open("index.html");
    let segments = session.js(
        "return [...document.querySelectorAll('.cover-segment')].map(segment => segment.textContent).join('; ');",
    );
    assert_eq!(
        segments,
        "client to server: SYN seq=0; server to client: SYN,ACK seq=0 ack=1; client to server: ACK seq=1 ack=1"
    );
    let states = session.js(
        "return [...document.querySelectorAll('.cover-state')].map(state => state.lastChild.data).join(' ');",
    );
    assert_eq!(
        states,
        "LISTEN SYN-SENT SYN-RECEIVED ESTABLISHED ESTABLISHED"
    );
}
