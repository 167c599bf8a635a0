//! The colours that a reader can choose, beside the two that come by themselves (see `book.rs`).
//!
//! `cargo course build` comes first.

use browser::book::pages;
use browser::session::Scheme;
use browser::{Session, axe};

/// One page of each kind: all chapters are made of the same parts.
const PAGES: [&str; 7] = [
    "welcome.html",
    "handshake/backlog.html",
    "ledger.html",
    "state-machine.html",
    "map.html",
    "glossary.html",
    "extending.html",
];

#[test]
fn each_kind_of_page_can_be_used_by_everyone_in_every_theme() {
    let session = Session::start();
    // A theme takes its time to change, and would be looked at half-way.
    session.still();
    let mut found = Vec::new();
    for path in PAGES {
        assert!(pages().iter().any(|page| page.path == path), "no {path}");
        for (scheme, theme) in [
            (Scheme::Light, "rust"),
            (Scheme::Dark, "coal"),
            (Scheme::Dark, "ayu"),
        ] {
            session.scheme(scheme);
            session.open(path);
            session.theme(theme);
            let violations = session.patiently(|| axe::violations(&session));
            found.extend(
                violations
                    .into_iter()
                    .map(|what| format!("{path}, {theme}: {what}")),
            );
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
