//! What stands around the text: the bar, the table of contents, the search, the keys, and the buttons of code.
//!
//! `cargo course build` comes first.

use browser::Session;
use browser::book::{Page, first};
use browser::session::Scheme;
use serde_json::Value;
use thirtyfour::Key;

const CHAPTER: &str = "handshake/three-way-handshake.html";

fn theme(session: &Session) -> Value {
    session.js("return [...document.documentElement.classList].filter(name => ['light', 'rust', 'coal', 'navy', 'ayu'].includes(name)).join();")
}

#[test]
fn the_first_key_leads_past_the_frame() {
    let session = Session::start();
    session.size(1280, 800);
    session.open(CHAPTER);
    session.press(Key::Tab);
    session.until("document.activeElement.matches('.skip')");
    session.until("document.activeElement.getBoundingClientRect().top >= 0");
    session.press(Key::Enter);
    session.press(Key::Tab);
    session.until("document.activeElement.matches('main *')");
}

#[test]
fn colours_follow_the_system_until_the_reader_chooses() {
    let session = Session::start();
    session.scheme(Scheme::Dark);
    session.open(CHAPTER);
    assert_eq!(theme(&session), "navy");
    session.click("#mdbook-theme-toggle");
    session.click("#mdbook-theme-rust");
    assert_eq!(theme(&session), "rust");
    session.press(Key::Escape);
    session.open("glossary.html");
    assert_eq!(theme(&session), "rust", "the choice is kept");
    session.click("#mdbook-theme-toggle");
    session.click("#mdbook-theme-default_theme");
    assert_eq!(theme(&session), "navy");
    session.scheme(Scheme::Light);
    session.until("document.documentElement.matches('.light')");
}

#[test]
fn a_theme_that_nobody_knows_is_not_taken() {
    let session = Session::start();
    session.scheme(Scheme::Light);
    session.open(CHAPTER);
    let _ = session.js("localStorage.setItem('mdbook-theme', 'no such theme');");
    session.open(CHAPTER);
    assert_eq!(theme(&session), "light");
    assert_eq!(session.errors(), Vec::<String>::new());
}

#[test]
fn the_table_of_contents_knows_the_page_and_stays_as_it_was_left() {
    let session = Session::start();
    let shown = "document.getElementById('mdbook-sidebar').getBoundingClientRect().right > 0";
    session.size(1280, 800);
    session.open(CHAPTER);
    session.until(shown);
    session.until(
        "getComputedStyle(document.querySelector('.sidebar-scrollbox')).visibility === 'visible'",
    );
    session.until("document.querySelector('#mdbook-sidebar a.active').checkVisibility()");
    session.until("document.querySelectorAll('#mdbook-sidebar .on-this-page a').length > 3");
    session.click("#mdbook-menu-bar button[aria-controls=mdbook-sidebar]");
    session.until(&format!("!({shown})"));
    session.open("glossary.html");
    session.until(&format!("!({shown})"));
    session.size(360, 740);
    session.open(CHAPTER);
    session.until(&format!("!({shown})"));
    session.click("#mdbook-menu-bar button[aria-controls=mdbook-sidebar]");
    session.until(shown);
}

#[test]
fn the_search_finds_a_word_and_leads_to_its_place() {
    let session = Session::start();
    session.size(1280, 800);
    session.open("index.html");
    session.press("/");
    session.until("document.activeElement.matches('#mdbook-searchbar')");
    session.press("cookie");
    session.until("document.querySelector('#mdbook-searchresults a')");
    session.press(Key::Down);
    session.press(Key::Enter);
    session.until("location.search.includes('highlight=cookie')");
    session.until("document.querySelector('main mark')");
}

#[test]
fn the_arrows_turn_pages_and_the_question_mark_tells_the_keys() {
    let session = Session::start();
    session.open(CHAPTER);
    let next = session.js("return document.querySelector('a[rel=next]').href;");
    session.press(Key::Right);
    session.until(&format!("location.href === {next}"));
    session.press(Key::Left);
    session.until(&format!("location.pathname.endsWith('{CHAPTER}')"));
    let help = "document.getElementById('mdbook-help-popup').checkVisibility()";
    session.until(&format!("document.readyState === 'complete' && !{help}"));
    session.press("?");
    session.until(help);
    session.press(Key::Escape);
    session.until(&format!("!{help}"));
}

#[test]
fn code_is_coloured_and_copied_as_it_stands() {
    let session = Session::start();
    session.size(1280, 800);
    let page = first("Rust", |page: &Page| page.html.contains("language-rust"));
    session.open(&page.path);
    let block = "pre:has(> .language-rust)";
    session.until(&format!(
        "document.querySelector('{block} .hljs-keyword') && document.querySelector('{block} .clip-button')"
    ));
    let _ = session
        .js("document.addEventListener('copy', event => window.copied = event.target.value);");
    session.hover(block);
    session.click(&format!("{block} .clip-button"));
    session.until("window.copied !== undefined");
    let (copied, code) = (
        session.js("return window.copied;"),
        session.js(&format!(
            "return document.querySelector('{block} code').textContent;"
        )),
    );
    assert_eq!(copied, code);
    session.until(&format!(
        "document.querySelector('{block} .tooltiptext').textContent === 'Copied!'"
    ));
}

#[test]
fn colours_of_code_can_be_read_in_every_theme() {
    let session = Session::start();
    let page = first("Rust", |page: &Page| page.html.contains("language-rust"));
    for theme in ["light", "rust", "coal", "navy", "ayu"] {
        session.open(&page.path);
        let _ = session.js(&format!("localStorage.setItem('mdbook-theme', '{theme}');"));
        session.open(&page.path);
        let faint = session.js(include_str!("faint.js"));
        let faint = faint.as_array().expect("a list");
        assert!(faint.is_empty(), "{theme}: {faint:?}");
    }
}
