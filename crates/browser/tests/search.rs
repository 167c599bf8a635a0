//! The search box: what a reader types, and what is found first.
//!
//! `cargo course build` comes first.

use browser::Session;
use serde_json::Value;

/// How many results a reader looks at.
const FIRST: usize = 5;

/// The most that the index may weigh, compressed. It is fetched when the search is opened for the first time.
const LIMIT: u64 = 400_000;

/// What is typed, and an address that has to be among the first results.
const SEARCHES: &[(&str, &str)] = &[
    // Sections of the RFC, and its requirements.
    ("3.5", "map.html#section-3-5"),
    ("3.10.7.4", "map.html#section-3-10-7-4"),
    ("RFC 9293", "map.html#what-of-rfc-9293-is-shown-here"),
    ("MUST-13", "map.html#MUST-13"),
    // States, as the RFC writes them and as programs do.
    ("SYN-RECEIVED", "glossary.html#syn-received"),
    (
        "FIN-WAIT-2",
        "teardown/half-close.html#how-long-fin-wait-2-lasts",
    ),
    ("TIME_WAIT", "glossary.html#time-wait"),
    ("FIN_WAIT2", "glossary.html#fin-wait-2"),
    // Flags and fields.
    ("RST", "glossary.html#rst"),
    ("PSH", "header/flags.html#psh-no-boundary-no-shortcut"),
    ("window scale", "glossary.html#window-scale"),
    (
        "urgent pointer",
        "header/header-fields.html#the-urgent-pointer-at-work",
    ),
    (
        "acknowledgment number",
        "glossary.html#acknowledgment-number",
    ),
    // Errors and options of sockets.
    ("ECONNRESET", "teardown/reset.html#a-program-ends-it"),
    ("EADDRINUSE", "teardown/time-wait.html#address-in-use"),
    ("SO_LINGER", "teardown/reset.html#a-program-ends-it"),
    // Chapters, and rows of the ledger by their words.
    ("why three", "handshake/why-three.html#why-three"),
    ("six flags", "ledger.html#claim-six-flags"),
    (
        "no answer attempt failed",
        "ledger.html#claim-analogy-no-answer-means-give-up",
    ),
];

/// A session in which the search box is open and the index is there.
fn searching(page: &str) -> Session {
    let session = Session::start();
    session.open(page);
    session.click("#mdbook-search-toggle");
    session.until(
        "!document.querySelector('#mdbook-searchbar-outer').classList.contains('searching')",
    );
    session
}

/// Types this into the search box, and returns where the results lead, as the reader sees them.
fn found(session: &Session, words: &str) -> Vec<String> {
    session.click("#mdbook-searchbar");
    let empty = session.js("const box = document.querySelector('#mdbook-searchbar'); box.value = ''; return box.value;");
    assert_eq!(empty, "");
    session.press(words);
    session.until(&format!(
        "document.querySelector('#mdbook-searchresults-header').textContent.includes(`'{words}'`)"
    ));
    let found = session.js(
        "const root = new URL(path_to_root || '.', location.href).pathname;
         return [...document.querySelectorAll('#mdbook-searchresults a')]
             .map(link => new URL(link.href)).map(url => url.pathname.slice(root.length) + url.hash);",
    );
    serde_json::from_value(found).expect("addresses")
}

#[test]
fn what_a_reader_looks_for_is_among_the_first_results() {
    let session = searching("index.html");
    let mut missed = Vec::new();
    for (words, wanted) in SEARCHES {
        let found = found(&session, words);
        let first = &found[..found.len().min(FIRST)];
        if !first.iter().any(|address| address == wanted) {
            missed.push(format!("{words}: {wanted} is not among {first:#?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn every_result_leads_to_a_place_that_is_there() {
    let session = searching("index.html");
    let missing = session.js_async(
        "const done = arguments[arguments.length - 1];
         const pages = new Map();
         for (const address of window.search.doc_urls) {
             const [page, place] = address.split('#');
             pages.set(page, [...pages.get(page) ?? [], place]);
         }
         Promise.all([...pages].map(async ([page, places]) => {
             const answer = await fetch(path_to_root + page);
             const html = new DOMParser().parseFromString(await answer.text(), 'text/html');
             const missing = places.filter(place => place && !html.getElementById(place));
             return answer.ok ? missing.map(place => `${page}#${place}`) : [page];
         })).then(missing => done([pages.size, missing.flat()]));",
    );
    let (pages, missing): (usize, Vec<String>) = serde_json::from_value(missing).expect("places");
    assert!(pages > 30, "the index has {pages} pages");
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn a_page_below_finds_the_same_and_its_results_open() {
    let session = searching("teardown/time-wait.html");
    let first = found(&session, "why three");
    assert_eq!(first[0], "handshake/why-three.html#why-three");
    session.click("#mdbook-searchresults a");
    session.until("location.pathname.endsWith('/handshake/why-three.html') && document.readyState === 'complete'");
    assert_eq!(
        session.js("return document.querySelector('main h1').textContent;"),
        "Why three?"
    );
    // A search in the address is made at once.
    session.open("glossary.html?search=window+scale");
    session
        .until("document.querySelector('#mdbook-searchresults a')?.href.includes('glossary.html')");
    assert_eq!(session.errors(), Vec::<String>::new());
}

#[test]
fn the_index_is_light_and_fetched_by_a_search_alone() {
    let index = "return performance.getEntriesByType('resource')
        .filter(entry => /search-?index/.test(entry.name)).map(entry => [entry.name, entry.encodedBodySize]);";
    let session = Session::start();
    session.open("index.html");
    assert_eq!(session.js(index), Value::Array(Vec::new()));
    session.click("#mdbook-search-toggle");
    session.until("window.search.doc_urls?.length > 100");
    let fetched: Vec<(String, u64)> = serde_json::from_value(session.js(index)).expect("sizes");
    let [(name, size)] = fetched.as_slice() else {
        panic!("one index: {fetched:?}")
    };
    println!("{size} bytes: {name}");
    assert!(name.ends_with("/search-index.js"), "{name}");
    assert!(
        *size > 0 && *size < LIMIT,
        "{name} weighs {size} bytes, and may weigh {LIMIT}"
    );
}
