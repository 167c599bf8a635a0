//! What a page may cost its reader: octets, waiting, and text that moves away under the eye.
//!
//! `cargo course build` comes first.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use browser::Session;
use browser::book::{Page, first, pages, root};
use serde_json::Value;

/// The most that a page may weigh, compressed, with everything that it loads.
const PAGE_LIMIT: u64 = 150_000;

/// What a page with a diagram may weigh: four fifths of it are the script that draws diagrams.
const DIAGRAM_LIMIT: u64 = 950_000;

/// What the page for printing may weigh, which has all pages in one and is asked for by those who want that.
const PRINT_LIMIT: u64 = 2_500_000;

/// The most that all scripts of this course together may weigh, compressed.
const SCRIPTS_LIMIT: u64 = 25_000;

/// How far a page may move while it loads; the Web Vitals call 0.1 good.
const SHIFT_LIMIT: f64 = 0.02;

fn limit(page: &Page) -> u64 {
    if page.is_for_printing() {
        PRINT_LIMIT
    } else if page.has_diagram() {
        DIAGRAM_LIMIT
    } else {
        PAGE_LIMIT
    }
}

/// Opens a page and waits until it has all that it loads by itself.
fn open(session: &Session, page: &Page) {
    session.open(&page.path);
    if page.has_diagram() {
        session.until("[...document.querySelectorAll('pre.mermaid')].every(diagram => diagram.querySelector('svg'))");
    }
    if page.has_decoder() {
        session.until("document.querySelector('.decoder').checkVisibility()");
    }
}

/// What a page has loaded, itself first: addresses and compressed sizes.
type Loaded = Vec<(String, u64)>;

/// Every page, once for all tests.
static LOADED: LazyLock<Vec<(Page, Loaded)>> = LazyLock::new(|| {
    let session = Session::start();
    let pages = pages().into_iter().map(|page| {
        open(&session, &page);
        let loaded = session.js(
            "const loaded = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
             return loaded.map(entry => [new URL(entry.name).pathname, entry.encodedBodySize]);",
        );
        let loaded = serde_json::from_value(loaded).expect("addresses and sizes");
        (page, loaded)
    });
    pages.collect()
});

#[test]
fn pages_are_light() {
    let mut heavy = Vec::new();
    for (page, loaded) in LOADED.iter() {
        let (itself, weight) = (
            loaded[0].1,
            loaded.iter().map(|(_, size)| size).sum::<u64>(),
        );
        assert!(itself > 0, "the weight of {} is not known", page.path);
        println!(
            "{weight:>8} bytes, {itself:>6} of them the page itself, in {:>2} files: {}",
            loaded.len(),
            page.path
        );
        let limit = limit(page);
        if weight > limit {
            heavy.push(format!("{}: {weight} bytes, more than {limit}", page.path));
        }
    }
    assert!(heavy.is_empty(), "{}", heavy.join("\n"));
}

#[test]
fn no_page_fetches_a_font() {
    for (page, loaded) in LOADED.iter() {
        let mut fonts = loaded.iter().filter(|(path, _)| path.contains(".woff"));
        assert_eq!(fonts.next(), None, "{}", page.path);
    }
}

#[test]
fn the_scripts_of_the_course_are_small() {
    let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
    for (path, size) in LOADED.iter().flat_map(|(_, loaded)| loaded) {
        if let Some((_, name)) = path.rsplit_once("/theme/")
            && name.ends_with(".js")
        {
            sizes.insert(name, *size);
        }
    }
    // `menu.js` is `menu-1a2b3c4d.js` in the built book, or itself where a script fetches it.
    let loads = |name: &str| {
        let hashed = format!("{}-", name.trim_end_matches(".js"));
        let is = |loaded: &&str| *loaded == name || loaded.starts_with(&hashed);
        sizes.keys().any(is)
    };
    let missing: Vec<String> = std::fs::read_dir(root().join("book/theme"))
        .expect("the theme's folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        // This one stands in for mdBook's own, outside the theme's folder of the built book, and does nothing.
        .filter(|name| name.ends_with(".js") && name != "highlight.js" && !loads(name))
        .collect();
    assert!(missing.is_empty(), "no page loads {missing:?}");
    let sum: u64 = sizes.values().sum();
    println!("{sum} bytes: {sizes:?}");
    assert!(
        sizes.values().all(|size| *size > 0) && sum <= SCRIPTS_LIMIT,
        "{sum} bytes of {SCRIPTS_LIMIT}: {sizes:?}"
    );
}

/// How far the open page has moved without the reader's doing.
fn shift(session: &Session) -> f64 {
    // Two pictures later, nothing that the page does at once is outstanding.
    let _ = session.js_async(
        "const done = arguments[arguments.length - 1];
         requestAnimationFrame(() => requestAnimationFrame(() => done(true)));",
    );
    let shift = session.js("const observer = new PerformanceObserver(() => {});
         observer.observe({ type: 'layout-shift', buffered: true });
         return observer.takeRecords().reduce((sum, entry) => sum + entry.value, 0);");
    shift.as_f64().expect("a number")
}

#[test]
fn nothing_moves_while_a_page_loads() {
    let session = Session::start();
    let mut moved = Vec::new();
    for (width, height) in [(1280, 800), (360, 740)] {
        session.size(width, height);
        for page in pages() {
            open(&session, &page);
            let shift = shift(&session);
            if shift >= SHIFT_LIMIT {
                moved.push(format!("{} at {width} pixels: {shift:.3}", page.path));
            }
        }
    }
    assert!(moved.is_empty(), "{}", moved.join("\n"));
}

#[test]
fn a_page_that_moves_would_be_seen() {
    let session = Session::start();
    session.size(1280, 800);
    session.open("index.html");
    assert!(shift(&session) < SHIFT_LIMIT);
    let _ = session.js_async(
        "const done = arguments[arguments.length - 1];
         const box = document.createElement('div');
         box.style.height = '300px';
         document.querySelector('main').prepend(box);
         requestAnimationFrame(() => requestAnimationFrame(() => done(true)));",
    );
    assert!(shift(&session) > SHIFT_LIMIT);
}

#[test]
fn the_text_is_there_before_any_script() {
    let session = Session::waiting_for_scripts();
    for page in [
        first("a figure", Page::has_figure),
        first("a diagram", Page::has_diagram),
        first("no figure", |page| !page.has_figure()),
    ] {
        session.open(&page.path);
        session.until("performance.getEntriesByName('first-contentful-paint').length");
        assert_eq!(
            session.js("return [document.readyState, 'hljs' in window];"),
            Value::from(vec![Value::from("interactive"), Value::from(false)]),
            "{} waits for its scripts",
            page.path
        );
        let heading = session.js("return document.querySelector('main h1').checkVisibility();");
        assert_eq!(heading, true, "{} shows its text", page.path);
    }
}
