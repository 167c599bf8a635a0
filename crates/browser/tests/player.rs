//! A figure that is stepped through shows, at every step, what the recording has.
//!
//! `cargo course build` comes first.

use browser::book::{Page, first, pages, recordings};
use browser::session::Scheme;
use browser::{Session, axe};
use serde_json::{Value, json};
use thirtyfour::Key;
use trace::figure5::TRANSITIONS;
use trace::ladder::{Arrow, Column, Middle};
use trace::sequence::{self, Both, Number, Variables};
use trace::{Fate, Ladder, Origin, Side, State, Trace, annotate, pcapng};

const SIDES: [Side; 2] = [Side::Client, Side::Server];
const PLAY: &str = "figure.exchange [data-exchange=play]";

fn with_figures() -> impl Iterator<Item = Page> {
    let figures = |page: &Page| page.has_figure() && !page.is_for_printing();
    pages().into_iter().filter(figures)
}

/// A page whose first figure has a connection.
fn page() -> Page {
    first("a figure", Page::has_figure)
}

/// The name of the page's first figure.
fn figure_name(session: &Session) -> String {
    let id = session.js("return document.querySelector('figure.exchange').id;");
    let id = id.as_str().expect("a figure has an id");
    id.trim_start_matches("figure-").to_owned()
}

#[track_caller]
fn until_step(session: &Session, start: &str) {
    session.until(&format!(
        "document.querySelector('.player-now')?.textContent.startsWith('{start}')"
    ));
}

/// A place of the player: one line of the ladder, or what is before it.
struct Place {
    label: String,
    says: String,
    states: [State; 2],
    both: Both,
    frame: Option<Vec<u8>>,
}

/// The places of a recording, from the ladder and the numbers that belong to its rows.
fn places(trace: &Trace) -> Vec<Place> {
    let ladder = Ladder::of(trace);
    let numbers = sequence::after_each_row(trace);
    let last = ladder.lines.iter().filter_map(|line| line.number).max();
    let last = last.unwrap_or(0);
    let mut states = [State::Closed; 2];
    let mut places = Vec::new();
    let start = |states| Place {
        label: "0".to_owned(),
        says: format!("Before the first of {last} steps."),
        states,
        both: Both::default(),
        frame: None,
    };
    let (mut step, mut note, mut row) = (0, 0, 0);
    for line in &ladder.lines {
        states = [0, 1].map(|side| line.state(SIDES[side]).unwrap_or(states[side]));
        if places.is_empty() {
            let before = matches!(line.middle, Middle::Start);
            places.push(start(if before { states } else { [State::Closed; 2] }));
            if before {
                continue;
            }
        }
        let (label, says, frame) = match &line.middle {
            Middle::Start => unreachable!("a ladder has one start"),
            Middle::Arrow(arrow) => {
                (step, note) = (step + 1, 0);
                let frame = trace.rows[arrow.row].frame().map(<[u8]>::to_vec);
                (step.to_string(), words(arrow, step, last), frame)
            }
            Middle::Note { side, text } => {
                note += 1;
                let says = format!(
                    "After step {step} of {last}: {}’s program: {text}.",
                    side.name()
                );
                (format!("{step}.{note}"), says, None)
            }
        };
        places.push(Place {
            label,
            says,
            states,
            both: numbers[row].clone(),
            frame,
        });
        row += 1;
    }
    places
}

/// What the player says of a frame, up to its remarks.
fn words(arrow: &Arrow, step: usize, last: usize) -> String {
    let items = arrow.items.iter();
    let items: Vec<String> = items
        .filter(|item| item.column != Column::Altered)
        .map(ToString::to_string)
        .collect();
    let (from, to) = (arrow.from.name(), arrow.from.other().name());
    let mut words = format!("Step {step} of {last}: {from} to {to}, {}", items.join(" "));
    if arrow.origin == Origin::Script {
        words += ", made by the script, no kernel sent it";
    }
    if arrow.altered {
        words += ", changed on the way";
    }
    words += match arrow.fate {
        Fate::Delivered => "",
        Fate::Held => ", held on the wire",
        Fate::Lost => ", lost",
    };
    words + "."
}

/// The six numbers in the order of the page: what the client sends, then what the server sends.
fn numbers(both: &Both) -> Value {
    let (client, server) = (&both.client, &both.server);
    let shown = |number: &Option<Number>| match number {
        Some(number) => json!([number.shown, number.absolute.to_string()]),
        None => json!(["none", "none"]),
    };
    json!(
        [
            &client.unacknowledged,
            &client.send_next,
            &server.receive_next,
            &server.unacknowledged,
            &server.send_next,
            &client.receive_next,
        ]
        .map(shown)
    )
}

#[test]
fn the_player_agrees_with_every_recording_at_every_step() {
    let session = Session::start();
    let recordings = recordings();
    let (mut figures, mut steps) = (0, 0);
    for page in with_figures() {
        session.open(&page.path);
        let seen = session.patiently(|| session.js(include_str!("played.js")));
        for figure in seen.as_array().expect("a list of figures") {
            let name = figure["name"].as_str().expect("a name");
            let trace = pcapng::read(&recordings[name]).expect("a recording");
            steps += compare(name, &trace, figure);
            figures += 1;
        }
    }
    println!("{figures} figures, {steps} places");
    assert!(figures > 100 && steps > 1000, "{figures}, {steps}");
}

fn compare(name: &str, trace: &Trace, figure: &Value) -> usize {
    let places = places(trace);
    let forward = figure["forward"].as_array().expect("a list");
    assert_eq!(forward.len(), places.len(), "{name}");
    let connection = places.iter().any(|place| place.both.port.is_some());
    let starts = trace.start != trace::States::default() && forward[0]["row"] == 0;
    for (index, (seen, place)) in forward.iter().zip(&places).enumerate() {
        let at = format!("{name}, {}: {seen:#}", place.label);
        assert_eq!(
            seen["address"],
            format!("#{name}-play-{}", place.label),
            "{at}"
        );
        assert_eq!(told(seen), place.says, "{at}");
        assert_eq!(seen["slider"], index, "{at}");
        let row = index as i64 - i64::from(!starts);
        assert_eq!(seen["row"], row, "{at}");
        assert_eq!(seen["visible"], row + 1, "{at}");
        assert_eq!(seen["states"], json!(place.states.map(State::name)), "{at}");
        if connection {
            assert_eq!(
                seen["picture"],
                json!(place.states.map(|state| [state.name()])),
                "{at}"
            );
            assert_eq!(seen["badges"], 2, "{at}");
            assert_eq!(seen["numbers"], numbers(&place.both), "{at}");
            let hatched = SIDES.map(|side| is_under_way(place.both.of(side)));
            assert_eq!(seen["hatched"], json!(hatched), "{at}");
            if let Some(before) = index.checked_sub(1).map(|before| &places[before]) {
                arrows(seen, &forward[index - 1], place, before, &at);
            }
        } else {
            assert_eq!(
                (&seen["picture"], &seen["numbers"]),
                (&Value::Null, &json!([]))
            );
        }
        let octets = place.frame.as_deref().map_or_else(String::new, octets);
        assert_eq!(seen["octets"], octets, "{at}");
    }
    let mut back = figure["back"].as_array().expect("a list").clone();
    back.reverse();
    assert_eq!(&back, forward, "{name}: the way back");
    assert_eq!(Some(&figure["last"]), forward.last(), "{name}");
    assert_eq!(Some(&figure["first"]), forward.first(), "{name}");
    assert_eq!(
        figure["left"],
        json!([0, 0]),
        "{name}: what is left of the player"
    );
    places.len()
}

/// What the player says, without what is said of an earlier step that a frame comes from.
fn told(seen: &Value) -> String {
    let says = seen["says"].as_str().expect("words");
    let parts = says.split(", ");
    let parts: Vec<&str> = parts
        .filter(|part| !part.starts_with("let go") && !part.starts_with("held since"))
        .filter(|part| !part.starts_with("a copy of"))
        .collect();
    let joined = parts.join(", ");
    if joined.ends_with('.') {
        joined
    } else {
        joined + "."
    }
}

/// Whether something of this side has been sent and is not acknowledged.
fn is_under_way(variables: &Variables) -> bool {
    variables.unacknowledged != variables.send_next
}

/// A change that is an arrow of figure 5 marks it; what does not change leaves the mark where it is.
fn arrows(seen: &Value, seen_before: &Value, place: &Place, before: &Place, at: &str) {
    if place.both.port != before.both.port {
        return;
    }
    for side in 0..SIDES.len() {
        let (from, to) = (before.states[side], place.states[side]);
        let arrow = TRANSITIONS
            .iter()
            .position(|arrow| arrow.from == from && arrow.to == to);
        let marks = &seen["arrows"][side];
        if from == to {
            assert_eq!(marks, &seen_before["arrows"][side], "{at}");
        } else if let Some(arrow) = arrow {
            assert_eq!(marks, &json!([arrow.to_string()]), "{at}");
        }
    }
}

/// The octets of a frame as a page shows them: a long payload is cut.
fn octets(frame: &[u8]) -> String {
    let shown = match annotate::annotate(frame) {
        Ok(fields) => frame
            .len()
            .min(fields[fields.len() - 1].first_bit / 8 + 256),
        Err(_) => frame.len(),
    };
    let digits = frame[..shown].iter().map(|octet| format!("{octet:02x}"));
    digits.collect()
}

#[test]
fn the_arrow_keys_step_and_do_not_turn_the_page() {
    let session = Session::start();
    session.open(&page().path);
    let path = session.js("return location.pathname;");
    session.click(PLAY);
    until_step(&session, "Before the first");
    session.press(Key::Right);
    until_step(&session, "Step 1 ");
    session.press(Key::Right);
    until_step(&session, "Step 2 ");
    session.press(Key::Left);
    until_step(&session, "Step 1 ");
    session.press(Key::End);
    session.until("document.querySelector('[data-play=last]').ariaDisabled === 'true'");
    session.press(Key::Home);
    until_step(&session, "Before the first");
    // The same keys where the slider has the focus, which moves by itself.
    let _ = session.js("document.querySelector('.player input').focus();");
    session.press(Key::Right);
    until_step(&session, "Step 1 ");
    session.press(Key::Home);
    until_step(&session, "Before the first");
    assert_eq!(session.js("return location.pathname;"), path);
    let name = figure_name(&session);
    assert_eq!(
        session.js("return location.hash;"),
        format!("#{name}-play-0")
    );
    let _ = session.js(&format!("document.querySelector('{PLAY}').click();"));
    session.until("!document.querySelector('.player') && location.hash === ''");
}

#[test]
fn a_finger_that_moves_to_the_left_steps_forward() {
    let session = Session::start();
    session.size(360, 740);
    session.open(&page().path);
    session.click(PLAY);
    session.swipe(".player-now", -150);
    until_step(&session, "Step 1 ");
    session.swipe(".ladder", -150);
    until_step(&session, "Step 2 ");
    session.swipe(".player-now", 150);
    until_step(&session, "Step 1 ");
    // A short way is a tap that slipped.
    session.swipe(".player-now", -20);
    session.swipe(".player-now", -150);
    until_step(&session, "Step 2 ");
}

#[test]
fn a_line_of_the_ladder_that_is_clicked_is_shown() {
    let session = Session::start();
    session.open(&page().path);
    session.click(PLAY);
    session.press(Key::End);
    session.until("document.querySelector('[data-play=last]').ariaDisabled === 'true'");
    session.click("figure.exchange .ladder-step summary");
    until_step(&session, "Step 1 ");
    let open =
        session.js("return document.querySelectorAll('.ladder-step > details[open]').length;");
    assert_eq!(open, 0, "its octets are below, not in the ladder");
}

#[test]
fn a_link_leads_to_a_step_of_the_player_and_an_old_one_to_the_ladder() {
    let session = Session::start();
    let path = page().path;
    session.open(&path);
    let name = figure_name(&session);
    session.open(&format!("{path}#{name}-play-2"));
    until_step(&session, "Step 2 ");
    session.until("document.querySelector('figure.exchange').getBoundingClientRect().top >= 0");
    // Another step, then a place that is no step.
    let _ = session.js(&format!("location.hash = '{name}-play-1';"));
    until_step(&session, "Step 1 ");
    let _ = session.js(&format!("location.hash = '{name}-play-99';"));
    until_step(&session, "Before the first");
    let _ = session.js(&format!("location.hash = '{name}-2';"));
    let step = format!("document.getElementById('{name}-2').querySelector('details').open");
    session.until(&format!("!document.querySelector('.player') && {step}"));
    session.open(&format!("{path}#{name}-2"));
    session.until(&format!("!document.querySelector('.player') && {step}"));
    assert_eq!(session.errors(), Vec::<String>::new());
}

#[test]
fn a_page_has_one_player_at_a_time() {
    let session = Session::start();
    let page = first("two figures", |page| {
        page.html.matches("<figure class=\"exchange\"").count() > 1
    });
    session.open(&page.path);
    for figure in [0, 1] {
        let _ = session.js(&format!(
            "document.querySelectorAll('{PLAY}')[{figure}].click();"
        ));
        session.until(&format!(
            "document.querySelectorAll('.player').length === 1
             && document.querySelectorAll('figure.exchange')[{figure}].matches(':has(.player)')"
        ));
    }
    let pressed = session.js(&format!(
        "return document.querySelectorAll('{PLAY}[aria-pressed=true]').length;"
    ));
    assert_eq!(pressed, 1);
}

/// How many lines of all ladders of the page are to be seen, of how many.
fn lines(session: &Session) -> Value {
    session.js(
        "const rows = [...document.querySelectorAll('.ladder-steps > li')];
         return [rows.filter(row => row.checkVisibility({ visibilityProperty: true })).length, rows.length];",
    )
}

#[test]
fn without_scripts_there_is_the_ladder_and_no_button() {
    let session = Session::start();
    session.without_scripts();
    session.open(&page().path);
    let seen = lines(&session);
    assert_eq!(seen[0], seen[1]);
    assert!(seen[0].as_u64() > Some(0));
    let rest = session.js(
        "return [...document.querySelectorAll('.figure-tools, .player, .figure5')].filter(part => part.checkVisibility()).length;",
    );
    assert_eq!(rest, 0, "buttons that do nothing");
}

#[test]
fn on_paper_there_is_the_whole_ladder_and_no_player() {
    let session = Session::start();
    session.open(&page().path);
    session.click(PLAY);
    until_step(&session, "Before the first");
    let seen = lines(&session);
    assert_ne!(seen[0], seen[1], "at the start the later lines are hidden");
    session.print();
    session.until("!document.querySelector('.player').checkVisibility()");
    let seen = lines(&session);
    assert_eq!(seen[0], seen[1]);
    let cut = "const ladder = document.querySelector('.ladder'); return ladder.scrollHeight - ladder.clientHeight;";
    assert_eq!(session.js(cut), 0);
}

#[test]
fn the_arrow_moves_once_unless_the_reader_wants_no_motion() {
    let session = Session::start();
    session.open(&page().path);
    session.click(PLAY);
    let moves = |session: &Session| {
        session.js("document.querySelector('[data-play=forward]').click();
             return document.querySelector('.ladder').getAnimations({ subtree: true })
                 .filter(animation => animation.effect.target.matches('.arrow'))
                 .map(animation => animation.effect.getTiming().iterations);")
    };
    assert_eq!(moves(&session), json!([1]));
    session.still();
    assert_eq!(moves(&session), json!([]));
}

#[test]
fn the_player_fits_a_narrow_screen() {
    let session = Session::start();
    session.size(360, 740);
    let mut wrong = Vec::new();
    for page in with_figures() {
        session.open(&page.path);
        session.click(PLAY);
        for key in [Key::Right, Key::End] {
            session.press(key);
            let cut_off = session.cut_off().into_iter();
            wrong.extend(cut_off.map(|what| format!("{}: {what}", page.path)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_player_can_be_used_by_everyone_in_light() {
    assert_can_be_used_by_everyone(Scheme::Light, &["light", "rust"]);
}

#[test]
fn the_player_can_be_used_by_everyone_in_dark() {
    assert_can_be_used_by_everyone(Scheme::Dark, &["navy", "coal", "ayu"]);
}

/// One page with a single connection, one with several, one without any; open at the second step, in every theme of that kind.
#[track_caller]
fn assert_can_be_used_by_everyone(scheme: Scheme, themes: &[&str]) {
    let session = Session::start();
    session.scheme(scheme);
    // A theme takes its time to change, and would be looked at half-way.
    session.still();
    let mut found = Vec::new();
    for name in ["three-way-handshake", "syn-cookies", "udp-keeps-boundaries"] {
        let id = format!("id=\"figure-{name}\"");
        let page = first(name, |page| page.html.contains(&id));
        session.open(&format!("{}#{name}-play-2", page.path));
        until_step(&session, "Step 2 ");
        for theme in themes {
            session.theme(theme);
            let violations = session.patiently(|| axe::violations(&session));
            found.extend(
                violations
                    .into_iter()
                    .map(|what| format!("{name}, {theme}: {what}")),
            );
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
