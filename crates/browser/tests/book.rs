//! What a reader can do with the built book, and what the book never does.
//!
//! `cargo course build` comes first.

use browser::book::{Page, first, pages, recordings};
use browser::session::Scheme;
use browser::{Session, axe};
use serde_json::{Value, json};
use thirtyfour::Key;
use trace::{Ladder, Trace, annotate, ladder::Middle, pcapng};

fn figure() -> Page {
    first("a figure", Page::has_figure)
}

fn yes(value: Value) -> bool {
    value == Value::Bool(true)
}

/// Which steps of a figure.
#[derive(Clone, Copy)]
enum Steps {
    All,
    FirstAndLast,
}

/// Opens every fold of the page, and of each figure these steps, whose octets are then named.
fn unfold(session: &Session, steps: Steps) {
    let chosen = match steps {
        Steps::All => "steps",
        Steps::FirstAndLast => "[steps.at(0), steps.at(-1)]",
    };
    let _ = session.js(&format!(
        "document.querySelectorAll('main details').forEach(fold => fold.open = !fold.matches('.ladder-step > *'));
         for (const figure of document.querySelectorAll('.exchange')) {{
             const steps = [...figure.querySelectorAll('.ladder-step > details')];
             {chosen}.forEach(step => {{ if (step) {{ step.open = true; }} }});
         }}"
    ));
    session.until("!document.querySelector('.ladder-step > details[open] [data-says]')");
    let _ = session.js("document.querySelectorAll('.layer').forEach(fold => fold.open = true);");
}

#[test]
fn a_step_unfolds_by_mouse_and_by_keyboard() {
    let session = Session::start();
    session.open(&figure().path);
    let step = "figure.exchange .ladder-step > details";
    let is_open = || yes(session.js(&format!("return document.querySelector('{step}').open;")));
    assert!(!is_open(), "a step is folded at first");
    session.click(&format!("{step} > summary"));
    assert!(is_open(), "a click unfolds the step");
    session.press(Key::Enter);
    assert!(!is_open(), "Enter folds it");
    session.press(" ");
    assert!(is_open(), "the space bar unfolds it");
}

#[test]
fn the_octets_of_a_step_are_one_stop_and_light_up_with_their_field() {
    let session = Session::start();
    session.open(&figure().path);
    session.click("figure.exchange .ladder-step > details > summary");
    session.until("document.querySelector('figure.exchange .octets')");
    session.press(Key::Tab);
    let focus = || session.js("return document.activeElement.dataset.fields;");
    assert!(
        yes(session.js("return document.activeElement.matches('.octets');")),
        "Tab goes from the step to its octets"
    );
    let one = focus();
    session.press(Key::Right);
    assert_ne!(focus(), one, "an arrow goes on to the next field's octets");
    let lit = "[...document.querySelectorAll('.field.lit')]";
    assert_eq!(
        session.js(&format!(
            "return {lit}.map(field => field.dataset.fields).join(' ');"
        )),
        focus()
    );
    session.press(Key::Tab);
    assert!(
        !yes(session.js("return document.activeElement.matches('.octets');")),
        "Tab leaves the octets"
    );
}

#[test]
fn the_buttons_of_a_figure_unfold_all_steps_and_switch_the_numbers() {
    let session = Session::start();
    session.open(&figure().path);
    let all_open = "[...document.querySelector('figure.exchange').querySelectorAll('.ladder-step > details')].every(step => step.open)";
    session.click("figure.exchange [data-exchange=bytes]");
    session.until(all_open);
    session.click("figure.exchange [data-exchange=bytes]");
    session.until(&format!("!{all_open}"));
    let shown =
        "getComputedStyle(document.querySelector('figure.exchange .absolute')).display !== 'none'";
    assert!(
        !yes(session.js(&format!("return {shown};"))),
        "numbers are relative at first"
    );
    session.click("figure.exchange [data-exchange=numbers]");
    session.until(shown);
}

#[test]
fn a_link_to_a_field_unfolds_what_it_leads_to() {
    let session = Session::start();
    let page = figure();
    session.open(&page.path);
    unfold(&session, Steps::All);
    let id = session.js("return document.querySelector('figure.exchange .field').id;");
    let id = id.as_str().expect("a field has an id");
    session.open(&format!("{}#{id}", page.path));
    session.until(&format!(
        "document.getElementById('{id}').checkVisibility()"
    ));
}

#[test]
fn a_step_unfolds_to_the_octets_and_fields_of_its_frame() {
    let session = Session::start();
    let recordings = recordings();
    let mut steps = 0;
    for page in pages()
        .iter()
        .filter(|page| page.has_figure() && !page.is_for_printing())
    {
        session.open(&page.path);
        unfold(&session, Steps::All);
        let seen = session.patiently(|| session.js(include_str!("unfolded.js")));
        for figure in seen.as_array().expect("a list of figures") {
            let name = figure["name"].as_str().expect("a name");
            let trace = pcapng::read(&recordings[name]).expect("a recording");
            let expected = unfolded(&trace);
            assert_eq!(figure["steps"], expected, "{}: {name}", page.path);
            steps += expected.as_array().map_or(0, Vec::len);
        }
    }
    assert!(steps > 100, "the book has only {steps} steps");
}

/// What `unfolded.js` finds in the figure of a trace, as its frames have it.
fn unfolded(trace: &Trace) -> Value {
    let steps = Ladder::of(trace).lines.into_iter().filter_map(|line| {
        let Middle::Arrow(arrow) = line.middle else {
            return None;
        };
        let frame = trace.rows[arrow.row].frame()?;
        let Ok(fields) = annotate::annotate(frame) else {
            return Some(json!({ "octets": hex(frame), "fields": [] }));
        };
        let last = fields.last().expect("a frame has fields");
        // What is too long for a page is cut.
        let shown = frame.len().min(last.first_bit / 8 + 256);
        let said: Vec<Value> = fields
            .iter()
            .map(|field| json!([field.name, field.value, field.meaning]))
            .collect();
        Some(json!({ "octets": hex(&frame[..shown]), "fields": said }))
    });
    steps.collect()
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

#[test]
fn the_table_of_contents_opens_and_closes_by_mouse_and_by_keyboard() {
    let session = Session::start();
    session.size(1280, 800);
    session.open("index.html");
    let button = "#mdbook-menu-bar button[aria-controls=mdbook-sidebar]";
    let shown = "document.getElementById('mdbook-sidebar').getBoundingClientRect().right > 0";
    let expanded = format!("document.querySelector('{button}').ariaExpanded === 'true'");
    session.until(&format!("{shown} && {expanded}"));
    session.click(button);
    session.until(&format!("!({shown}) && !({expanded})"));
    session.press(Key::Enter);
    session.until(&format!("{shown} && {expanded}"));
}

#[test]
fn diagrams_are_drawn() {
    let session = Session::start();
    for page in pages().iter().filter(|page| page.has_diagram()) {
        session.open(&page.path);
        session.until("[...document.querySelectorAll('pre.mermaid')].every(diagram => diagram.querySelector('svg'))");
        let loaded = session
            .served()
            .iter()
            .any(|served| served.path.contains("mermaid"));
        assert!(
            loaded,
            "{} drew without the script that the next test looks for",
            page.path
        );
    }
    let _ = first("a diagram", Page::has_diagram);
}

#[test]
fn a_page_without_a_diagram_does_not_load_what_draws_them() {
    let session = Session::start();
    let mut looked_at = 0;
    for page in pages().iter().filter(|page| !page.has_diagram()) {
        session.open(&page.path);
        session.until("document.readyState === 'complete'");
        let served = session.served();
        let mermaid: Vec<_> = served
            .iter()
            .filter(|served| served.path.contains("mermaid"))
            .collect();
        assert!(mermaid.is_empty(), "{} loads {mermaid:?}", page.path);
        looked_at += 1;
    }
    assert!(looked_at > 0, "the book has no page without a diagram");
}

#[test]
fn no_page_asks_another_host_or_logs_an_error() {
    let session = Session::start();
    let mut wrong = Vec::new();
    for page in pages() {
        session.open(&page.path);
        wrong.extend(
            session
                .errors()
                .into_iter()
                .map(|error| format!("{}: {error}", page.path)),
        );
        wrong.extend(
            session
                .strangers()
                .into_iter()
                .map(|url| format!("{} asks for {url}", page.path)),
        );
        let missing = session
            .served()
            .into_iter()
            .filter(|served| served.status != 200);
        wrong.extend(
            missing.map(|served| {
                format!("{} asks for {}, which is not there", page.path, served.path)
            }),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_request_to_another_host_would_be_seen() {
    let session = Session::start();
    session.open("index.html");
    assert_eq!(session.strangers(), [""; 0]);
    let _ = session.js_async(
        "const done = arguments[arguments.length - 1];
         const image = new Image();
         image.onerror = () => done(true);
         image.src = 'http://elsewhere.example/pixel.png';
         console.error('a test');",
    );
    assert_eq!(session.strangers(), ["http://elsewhere.example/pixel.png"]);
    assert!(
        session
            .errors()
            .iter()
            .any(|error| error.contains("a test"))
    );
}

#[test]
fn paper_and_colours_can_be_asked_for_together() {
    let session = Session::start();
    session.open("index.html");
    let asked = |query: &str| yes(session.js(&format!("return matchMedia('{query}').matches;")));
    for (scheme, query) in [
        (Scheme::Dark, "(prefers-color-scheme: dark)"),
        (Scheme::Light, "(prefers-color-scheme: light)"),
    ] {
        session.scheme(scheme);
        session.print();
        session.scheme(scheme);
        assert!(asked("print") && asked(query), "{scheme:?}");
    }
}

#[test]
fn every_page_can_be_used_by_everyone_in_light() {
    assert_can_be_used_by_everyone(Scheme::Light, |page| !page.is_for_printing());
}

#[test]
fn every_page_can_be_used_by_everyone_in_dark() {
    assert_can_be_used_by_everyone(Scheme::Dark, |page| !page.is_for_printing());
}

/// It takes longer than all the others together. Paper is light.
#[test]
fn all_pages_in_one_can_be_used_by_everyone() {
    assert_can_be_used_by_everyone(Scheme::Light, Page::is_for_printing);
}

/// Pages with their folds open. All octets of all figures together would take axe an hour; they are made alike, so it looks at
/// those of each figure's first step and of its last.
#[track_caller]
fn assert_can_be_used_by_everyone(scheme: Scheme, wanted: impl Fn(&Page) -> bool) {
    let session = Session::start();
    session.scheme(scheme);
    let pages: Vec<Page> = pages().into_iter().filter(wanted).collect();
    assert!(!pages.is_empty(), "no page to look at");
    let mut found = Vec::new();
    for page in pages {
        session.open(&page.path);
        let violations = session.patiently(|| {
            unfold(&session, Steps::FirstAndLast);
            axe::violations(&session)
        });
        let told = |violation| format!("{}: {violation}", page.path);
        found.extend(violations.into_iter().map(told));
    }
    assert!(
        found.is_empty(),
        "{} violations:\n{}",
        found.len(),
        found.join("\n")
    );
}

#[test]
fn nothing_is_cut_off_on_a_narrow_screen() {
    let session = Session::start();
    session.size(360, 740);
    let mut wrong = Vec::new();
    for page in pages() {
        session.open(&page.path);
        let steps = if page.is_for_printing() {
            Steps::FirstAndLast
        } else {
            Steps::All
        };
        let cut_off = session.patiently(|| {
            unfold(&session, steps);
            session.cut_off()
        });
        let told = |what| format!("{}: {what}", page.path);
        wrong.extend(cut_off.into_iter().map(told));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
