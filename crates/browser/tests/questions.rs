//! The questions that are answered in the page.
//!
//! `cargo course build` comes first.

use browser::Session;
use browser::book::{Page, first, pages};
use serde_json::Value;
use thirtyfour::Key;

/// The first page with a question of each kind that is asked for.
fn page_with(kinds: &[&str]) -> Page {
    let has = |page: &Page| {
        kinds
            .iter()
            .all(|kind| page.html.contains(&format!("data-kind=\"{kind}\"")))
    };
    first("such questions", has)
}

fn has_questions(page: &Page) -> bool {
    page.html.contains("<form class=\"question\"")
}

/// Gives questions of a kind a name: `.asked` is the first, and nothing else.
fn open(session: &Session, kind: &str) {
    session.open(&page_with(&[kind]).path);
    session.until("document.querySelector('.question.is-live')");
    let found = session.js(&format!(
        "const asked = document.querySelector('.question[data-kind={kind}]');
         asked.classList.add('asked');
         asked.scrollIntoView();
         return asked.dataset.question;"
    ));
    assert!(found.is_string(), "{found}");
}

/// The verdict on the question that is looked at.
#[track_caller]
fn until_verdict(session: &Session, verdict: &str) {
    session.until(&format!(
        "document.querySelector('.asked').dataset.verdict === '{verdict}'"
    ));
    session.until("document.querySelector('.asked .question-verdict').textContent !== ''");
}

/// Which items are right, as the unfolded answer has them, counted from 1.
fn right_items(session: &Session) -> Vec<usize> {
    let letters =
        session.js("return document.querySelector('.asked .question-right b').textContent;");
    let letters = letters.as_str().expect("letters").split(" and ");
    letters
        .map(|letter| usize::from(letter.as_bytes()[0] - b'A') + 1)
        .collect()
}

/// Runs a script for what it does.
fn act(session: &Session, script: &str) {
    assert_eq!(session.js(script), Value::Null);
}

/// Clicks where the bar at the top of the page is not in the way.
fn click(session: &Session, selector: &str) {
    let found = session.js(&format!(
        "const part = document.querySelector(`{selector}`);
         part.scrollIntoView({{ block: 'center' }});
         return part !== null;"
    ));
    assert_eq!(found, true, "{selector}");
    session.click(selector);
}

fn check(session: &Session) {
    click(session, ".asked .question-do button");
}

fn is_open(session: &Session) -> bool {
    session.js("return document.querySelector('.asked details').open;") == true
}

#[test]
fn something_is_chosen_by_mouse_and_by_keyboard() {
    let session = Session::start();
    open(&session, "choose");
    check(&session);
    until_verdict(&session, "");
    assert!(!is_open(&session));
    let right = right_items(&session)[0];
    let wrong = if right == 1 { 2 } else { 1 };
    let item = |index| format!(".asked .question-choices li:nth-child({index}) label");
    click(&session, &item(wrong));
    check(&session);
    until_verdict(&session, "wrong");
    session.until(&format!(
        "document.querySelector('.asked li:nth-child({wrong}) blockquote')?.checkVisibility() !== false"
    ));
    assert!(
        !is_open(&session),
        "a wrong answer does not give the right one away"
    );
    click(&session, &item(right));
    check(&session);
    until_verdict(&session, "right");
    assert!(is_open(&session), "the explanation follows");

    // An arrow chooses the next item, and does not turn the page; Enter checks.
    let before = session.js("return location.href;");
    act(
        &session,
        "document.querySelector('.asked input').focus(); document.querySelector('.asked input').click();",
    );
    session.press(Key::Right);
    session.until("document.querySelectorAll('.asked input')[1].checked");
    session.press(Key::Left);
    session.until("document.querySelectorAll('.asked input')[0].checked");
    for _ in 1..right {
        session.press(Key::Down);
    }
    session.press(Key::Enter);
    until_verdict(&session, "right");
    assert_eq!(session.js("return location.href;"), before);
    assert_eq!(session.errors(), Vec::<String>::new());
}

#[test]
fn a_number_is_filled_in() {
    let session = Session::start();
    open(&session, "number");
    click(&session, ".asked input");
    session.press("seven");
    session.press(Key::Enter);
    until_verdict(&session, "");
    let right =
        session.js("return document.querySelector('.asked .question-right b').textContent;");
    let right = right.as_str().expect("a number");
    let fill = |text: &str| {
        act(
            &session,
            "const input = document.querySelector('.asked input'); input.value = ''; input.focus();",
        );
        session.press(text);
        session.press(Key::Enter);
    };
    fill(&format!("{right}1"));
    until_verdict(&session, "wrong");
    fill(&format!(" 0{right} "));
    until_verdict(&session, "right");
    assert!(is_open(&session));
}

/// The lines as they stand, and as they should.
fn rows(session: &Session) -> (Vec<String>, Vec<String>) {
    let read = |selector: &str| -> Vec<String> {
        let found = session.js(&format!(
            "return [...document.querySelectorAll('.asked {selector}')].map(row => row.textContent.trim());"
        ));
        serde_json::from_value(found).expect("lines")
    };
    (read(".row-words"), read(".question-right li"))
}

#[test]
fn lines_are_put_into_order_by_mouse_and_by_keyboard() {
    let session = Session::start();
    open(&session, "order");
    let (first, right) = rows(&session);
    check(&session);
    until_verdict(&session, "wrong");

    // By mouse, from the top: each line goes up to its place.
    for (place, line) in right.iter().enumerate() {
        let at = |lines: &[String]| lines.iter().skip(place).position(|other| other == line);
        let mut distance = at(&rows(&session).0).expect("the line is there");
        while distance > 0 {
            let row = place + distance + 1;
            click(
                &session,
                &format!(".asked li:nth-child({row}) [data-move='-1']"),
            );
            distance -= 1;
        }
    }
    assert_eq!(rows(&session).0, right);
    check(&session);
    until_verdict(&session, "right");

    // By keyboard: the first line goes down, and takes the focus along.
    act(
        &session,
        "document.querySelector('.asked [data-move=\"1\"]').focus();",
    );
    session.press(Key::Down);
    let moved = rows(&session).0;
    assert_eq!((&moved[0], &moved[1]), (&right[1], &right[0]));
    let said = session.js("return document.querySelector('.asked .question-verdict').textContent;");
    assert!(
        said.as_str()
            .is_some_and(|said| said.starts_with("Place 2 of ")),
        "{said}"
    );
    session.press(Key::Enter);
    session.press(Key::Up);
    session.press(Key::Up);
    assert_eq!(rows(&session).0, right);

    click(&session, ".questions-progress button");
    assert_eq!(rows(&session).0, first);
}

/// `0 of 5 answered right`
fn progress(session: &Session) -> String {
    let line = session.js("return document.querySelector('.questions-progress span').textContent;");
    line.as_str().expect("a line").to_owned()
}

/// Answers the question that is looked at by what the page says is right.
fn answer_right(session: &Session) {
    for item in right_items(session) {
        click(
            session,
            &format!(".asked .question-choices li:nth-child({item}) input"),
        );
    }
    check(session);
    until_verdict(session, "right");
}

#[test]
fn what_was_answered_right_is_kept_until_it_is_to_be_forgotten() {
    let session = Session::start();
    open(&session, "choose");
    let none = progress(&session);
    assert!(none.starts_with("0 of "), "{none}");
    answer_right(&session);
    let one = none.replacen('0', "1", 1);
    assert_eq!(progress(&session), one);
    open(&session, "choose");
    assert_eq!(progress(&session), one, "after a reload");
    until_verdict(&session, "right");
    click(&session, ".questions-progress button");
    assert_eq!(progress(&session), none);
    open(&session, "choose");
    assert_eq!(progress(&session), none, "after a reload");
}

#[test]
fn a_store_that_is_spoilt_or_closed_breaks_nothing() {
    let session = Session::start();
    open(&session, "choose");
    let none = progress(&session);
    act(
        &session,
        "for (const form of document.querySelectorAll('.question')) {
             localStorage.setItem(`answered:${form.dataset.question}`, '{\"half');
         }",
    );
    open(&session, "choose");
    assert_eq!(progress(&session), none);
    assert_eq!(
        session.js("return document.querySelector('.asked').dataset.verdict ?? null;"),
        Value::Null
    );

    // A browser that keeps nothing: the page still counts what is answered while it is open.
    act(
        &session,
        "const fail = () => { throw new DOMException('full', 'QuotaExceededError'); };
         Storage.prototype.setItem = fail;
         Storage.prototype.getItem = fail;
         Storage.prototype.removeItem = fail;",
    );
    answer_right(&session);
    assert_eq!(progress(&session), none.replacen('0', "1", 1));
    click(&session, ".questions-progress button");
    assert_eq!(progress(&session), none);
    assert_eq!(session.errors(), Vec::<String>::new());
}

/// Whether something of the question that is looked at can be seen, in a frame in which no script runs.
fn seen_without_scripts(session: &Session, selector: &str) -> bool {
    let seen = session.js(&format!(
        "const [part] = window.frames[0].document.querySelectorAll(`.question[data-kind=choose] {selector}`);
         return part.checkVisibility() && part.getBoundingClientRect().height > 0;"
    ));
    seen.as_bool().expect("whether it is seen")
}

#[test]
fn without_scripts_a_question_has_its_answer_folded_and_nothing_to_press() {
    let session = Session::start();
    open(&session, "choose");
    act(
        &session,
        "const frame = document.createElement('iframe');
         frame.sandbox = 'allow-same-origin';
         frame.src = location.pathname;
         frame.addEventListener('load', () => frame.dataset.loaded = '');
         frame.style.inlineSize = '100%';
         document.querySelector('main').append(frame);",
    );
    session.until("document.querySelector('iframe[data-loaded]')");
    for hidden in [
        "input",
        "button",
        ".question-verdict",
        "blockquote",
        ".question-right",
    ] {
        assert!(!seen_without_scripts(&session, hidden), "{hidden}");
    }
    for shown in [".question-asks", ".question-choices li", "summary"] {
        assert!(seen_without_scripts(&session, shown), "{shown}");
    }
    act(
        &session,
        "window.frames[0].document.querySelector('.question[data-kind=choose] summary').click();",
    );
    for shown in [".question-right", "blockquote"] {
        assert!(seen_without_scripts(&session, shown), "{shown}");
    }
    let live = session.js("return window.frames[0].document.querySelectorAll('.is-live').length;");
    assert_eq!(live, 0, "a script ran");
}

#[test]
fn on_paper_the_answer_stands_below_its_question() {
    let session = Session::start();
    open(&session, "choose");
    let answer = "document.querySelector('.asked .question-right').checkVisibility()";
    session.until(&format!("!{answer}"));
    session.print();
    session.until(answer);
    session.until("[...document.querySelectorAll('.asked :is(input, button, summary)')].every(part => !part.checkVisibility())");
    session.until("!document.querySelector('.questions-progress').checkVisibility()");
}

/// Answers every question of a page: first wrong, as far as there is a wrong answer of that form, then right.
/// Returns each question that takes a wrong answer or refuses the right one.
const ANSWER_ALL: &str = r"
    const faults = [];
    const letters = form => form.querySelector('.question-right b').textContent.split(' and ');
    const choose = (form, wanted) => form.querySelectorAll('input').forEach(input => {
        input.checked = wanted(input.parentElement.querySelector('b').textContent);
    });
    const words = row => row.textContent.trim();
    const ways = {
        choose: form => {
            const right = letters(form);
            const tries = [...form.querySelectorAll('.question-choices label b')].map(letter => letter.textContent);
            const wrong = tries.filter(letter => !(right.length === 1 && right[0] === letter));
            return [wrong.map(letter => () => choose(form, other => other === letter)), () => choose(form, other => right.includes(other))];
        },
        number: form => {
            const input = form.querySelector('input');
            const right = form.querySelector('.question-right b').textContent;
            const fill = value => () => { input.value = value; };
            return [[`${right}0`, String(Number(right) + 1), `1${right}`].filter(value => Number(value) !== Number(right)).map(fill), fill(right)];
        },
        order: form => {
            const right = [...form.querySelectorAll('.question-right li')].map(words);
            const arrange = wanted => () => {
                const rows = [...form.querySelectorAll('.question-rows li')];
                for (const text of wanted) {
                    const found = rows.findIndex(row => words(row.querySelector('.row-words')) === text);
                    const [row] = rows.splice(found, 1);
                    row.parentElement.append(row);
                }
            };
            return [[arrange([...right].reverse()), () => form.reset()], arrange(right)];
        },
    };
    const forms = [...document.querySelectorAll('.question')];
    for (const form of forms) {
        const [wrong, right] = ways[form.dataset.kind](form);
        const verdict = answer => {
            answer();
            form.requestSubmit();
            return form.dataset.verdict;
        };
        const before = wrong.map(verdict);
        if (wrong.length === 0 || before.some(said => said !== 'wrong') || verdict(right) !== 'right') {
            faults.push(`${form.dataset.question}: ${before} ${form.dataset.verdict}`);
        }
    }
    return [forms.length, faults, document.querySelector('.questions-progress span').textContent];
";

#[test]
fn every_question_of_every_page_takes_its_right_answer_and_no_other() {
    let session = Session::start();
    let asked: Vec<Page> = pages()
        .into_iter()
        .filter(|page| has_questions(page) && !page.is_for_printing())
        .collect();
    assert!(!asked.is_empty());
    for page in &asked {
        session.open(&page.path);
        session.until("document.querySelector('.question.is-live')");
        let found = session.js(ANSWER_ALL);
        let count = page.html.matches("<form class=\"question\"").count();
        let progress = format!("{count} of {count} answered right");
        assert_eq!(
            found,
            serde_json::json!([count, [], progress]),
            "{}",
            page.path
        );
    }
    assert_eq!(session.errors(), Vec::<String>::new());
}

#[test]
fn every_chapter_asks_questions_that_are_answered_in_the_page() {
    let chapters: Vec<Page> = pages()
        .into_iter()
        .filter(|page| page.html.contains("id=\"check-yourself\"") && !page.is_for_printing())
        .collect();
    assert!(!chapters.is_empty());
    let few: Vec<&str> = chapters
        .iter()
        .filter(|page| page.html.matches("<form class=\"question\"").count() < 2)
        .map(|page| page.path.as_str())
        .collect();
    assert_eq!(few, [""; 0]);
}
