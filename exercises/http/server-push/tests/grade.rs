//! What your server writes, what your client makes of what it reads, and both on a connection with hyper.

#[cfg(target_os = "linux")]
mod connection;
mod octets;

use std::time::Duration;

use octets::{expect_encoded, expect_events, expect_refused, expect_too_long, message, named};
use proptest::prelude::*;
use server_push::{DATA, Event, LINE, Parser, TooLong};

#[test]
fn an_event_is_written_line_by_line() {
    expect_encoded("message", "1", "event 1", "id: 1\ndata: event 1\n\n");
    expect_encoded("message", "", "event 1", "data: event 1\n\n");
    expect_encoded("price", "2", "7", "event: price\nid: 2\ndata: 7\n\n");
    expect_encoded("message", "", "one\ntwo", "data: one\ndata: two\n\n");
    expect_encoded("message", "", "", "data: \n\n");
    expect_encoded("message", "", "\n", "data: \ndata: \n\n");
    expect_encoded(
        "message",
        "",
        "one\n\ntwo\n",
        "data: one\ndata: \ndata: two\ndata: \n\n",
    );
    expect_encoded("message", "", " indented", "data:  indented\n\n");
    expect_encoded("message", " 3 ", "id: 9", "id:  3 \ndata: id: 9\n\n");
    expect_encoded(
        "\u{20ac}",
        "a:b",
        ": no comment",
        "event: \u{20ac}\nid: a:b\ndata: : no comment\n\n",
    );
    expect_encoded("a\0b", "", "\0", "event: a\0b\ndata: \0\n\n");
    for (kind, id, data, why) in [
        ("", "1", "x", "an empty type would be read as `message`"),
        (
            "a\ndata: b",
            "1",
            "x",
            "the type would end its line, and what follows would be read as a field",
        ),
        ("a\rb", "1", "x", "the type would end its line"),
        (
            "message",
            "1\n\ndata: evil",
            "x",
            "the id would end its line, and its event",
        ),
        ("message", "1\r", "x", "the id would lose its CR"),
        ("message", "1\x002", "x", "an id with a NUL is passed over"),
        ("message", "1", "x\ry", "the CR would come back as an LF"),
        ("message", "1", "x\r\ny", "the CR would be lost"),
    ] {
        expect_refused(kind, id, data, why);
    }
}

#[test]
fn a_blank_line_completes_an_event() {
    let data = |data: &str| vec![message("", data)];
    let why = "One line of data, and a blank line";
    expect_events(why, "data: event 1\n\n", &data("event 1"));
    let why = "There is no blank line behind the data, so no event is complete";
    expect_events(why, "data: event 1\n", &[]);
    expect_events(why, "data: event 1", &[]);
    let why = "LF, CR LF and CR end a line, each for itself";
    expect_events(why, "data: a\r\n\r\n", &data("a"));
    expect_events(why, "data: a\r\r", &data("a"));
    expect_events(why, "data: a\n\r\n", &data("a"));
    expect_events(why, "data: a\r\n\r", &data("a"));
    expect_events(why, "data: a\r\ndata: b\rdata: c\n\r\n", &data("a\nb\nc"));
    let two = [message("", "a"), message("", "b")];
    expect_events(why, "data: a\r\n\r\ndata: b\r\n\r\n", &two);
    expect_events(why, "data: a\r\rdata: b\r\r", &two);
    let why = "One space behind the colon is taken away, and no more; none is needed, and a tab is no space";
    expect_events(why, "data:a\n\n", &data("a"));
    expect_events(why, "data:  a \n\n", &data(" a "));
    expect_events(why, "data:\ta\n\n", &data("\ta"));
    expect_events(why, "data: a: b\n\n", &data("a: b"));
    let why = "Lines of data are joined by LF; a line of data without a value is one, too";
    expect_events(why, "data: a\ndata\ndata:\ndata: b\n\n", &data("a\n\n\nb"));
    expect_events(why, "data\n\n", &data(""));
    expect_events(why, "data\ndata\n\n", &data("\n"));
    let why =
        "A comment and a field that nobody knows are passed over, and names are told apart by case";
    expect_events(
        why,
        ": comment\ndata: a\n:\nfoo: b\nDATA: c\n data: d\ndata : e\n\n",
        &data("a"),
    );
    let why = "A blank line without data before it is no event";
    expect_events(
        why,
        "\n\n: beat\n\nevent: price\n\ndata: a\n\n\n\n",
        &data("a"),
    );
    let why = "The type counts for one event; the last one counts, and an empty one is `message`";
    let typed = |kind: &str, data: &str| Event {
        kind: kind.to_owned(),
        ..message("", data)
    };
    expect_events(
        why,
        "event: price\ndata: 7\n\ndata: a\n\n",
        &[typed("price", "7"), message("", "a")],
    );
    expect_events(
        why,
        "event: x\nevent: y\ndata: a\n\nevent: x\nevent\ndata: b\n\n",
        &[typed("y", "a"), message("", "b")],
    );
    let why = "An id holds until another one comes, and an empty one is one, too; with a NUL in it, it is passed over";
    let ids = [
        message("1", "a"),
        message("1", "b"),
        message("2", "c"),
        message("2", "d"),
        message("", "e"),
    ];
    expect_events(
        why,
        "id: 1\ndata: a\n\ndata: b\n\ndata: c\nid: 2\n\nid: 3\0\ndata: d\n\nid\ndata: e\n\n",
        &ids,
    );
    let why = "A BOM at the very beginning is passed over, and nowhere else";
    expect_events(why, "\u{feff}data: a\n\n", &data("a"));
    expect_events(why, "\u{feff}\u{feff}data: a\n\ndata: b\n\n", &data("b"));
    expect_events(
        why,
        "\n\u{feff}data: a\n\ndata: \u{feff}b\n\n",
        &data("\u{feff}b"),
    );
    expect_events(
        "What is not UTF-8 is replaced",
        b"data: a\xffb\xe2\x82\n\n",
        &data("a\u{fffd}b\u{fffd}"),
    );
    last_id();
    retry();
}

/// What a client would ask behind.
fn last_id() {
    for (stream, right, why) in [
        ("", "before", "nothing has come"),
        (
            "data: a\n\n",
            "before",
            "the events have no id of their own",
        ),
        (
            "id: 1\ndata: a\n\n",
            "1",
            "an event with this id is complete",
        ),
        (
            "id: 1\ndata: a\n\nid: 2\ndata: b\n",
            "1",
            "the event with the id 2 is not complete, and will not be given to anybody",
        ),
        (
            "id: 1\ndata: a\n\nid: 2\n\n",
            "2",
            "a blank line has come behind the id 2, with no event to lose",
        ),
        ("id\ndata: a\n\n", "", "the server has taken its id back"),
        (
            "id: 1\0\ndata: a\n\n",
            "before",
            "an id with a NUL is passed over",
        ),
    ] {
        let mut parser = Parser::new("before");
        let fed = parser.feed(stream.as_bytes(), &mut Vec::new());
        let found = parser.last_id();
        assert!(
            fed.is_ok() && found == right,
            "The last id was `before`. Then comes \"{}\": {why}. last_id() should be `{right}`, and is `{found}`",
            stream.escape_debug()
        );
    }
    let mut events = Vec::new();
    let fed = Parser::new("before").feed(b"data: a\n\n", &mut events);
    let right = [message("before", "a")];
    assert!(
        fed.is_ok() && events == right,
        "The last id of the stream before this one was `before`, and holds until another one comes. expected: {}\nfound:    {}",
        named(&right),
        named(&events)
    );
}

fn retry() {
    let ms = |ms| Some(Duration::from_millis(ms));
    for (stream, right) in [
        ("", None),
        ("retry: 500\n", ms(500)),
        ("retry:0\n", ms(0)),
        ("retry: 500", None),
        ("retry: 500\nretry: 700\ndata: a\n\n", ms(700)),
        ("retry: 500\nretry: soon\n", ms(500)),
        ("retry: -1\n", None),
        ("retry: +1\n", None),
        ("retry: 1.5\n", None),
        ("retry:  1\n", None),
        ("retry: 1 \n", None),
        ("retry: \u{661}\n", None),
        ("retry\n", None),
        ("retry: 000100\n", ms(100)),
        ("retry: 60000\n", ms(60_000)),
        ("retry: 60001\n", ms(60_000)),
        ("retry: 18446744073709551616\n", ms(60_000)),
        (
            "retry: 99999999999999999999999999999999999999999\n",
            ms(60_000),
        ),
    ] {
        let mut parser = Parser::new("");
        let fed = parser.feed(stream.as_bytes(), &mut Vec::new());
        let found = parser.retry();
        assert!(
            fed.is_ok() && found == right,
            "A stream begins with \"{}\". retry() should be {right:?}, and is {found:?}: milliseconds, in digits of ASCII and nothing else, up to a minute",
            stream.escape_debug()
        );
    }
}

/// Everything that a parser says about octets in pieces of that length.
type Heard = (Vec<Event>, Result<(), TooLong>, String, Option<Duration>);

fn heard(octets: &[u8], length: usize) -> Heard {
    let (mut parser, mut events) = (Parser::new("before"), Vec::new());
    let fed = octets
        .chunks(length)
        .try_for_each(|piece| parser.feed(piece, &mut events));
    (events, fed, parser.last_id().to_owned(), parser.retry())
}

#[test]
fn an_event_is_the_same_however_it_is_cut() {
    let stream = "\u{feff}: hello\r\nid: 1\r\ndata: event \u{20ac}\r\n\r\nretry: 20\revent: price\rdata: 7\rdata: 8\r\rid: 2\ndata: b\n\nid: 3\ndata: c";
    let right = vec![
        message("1", "event \u{20ac}"),
        Event {
            kind: "price".to_owned(),
            ..message("1", "7\n8")
        },
        message("2", "b"),
    ];
    for length in (1..=stream.len()).rev() {
        let (events, fed, last_id, retry) = heard(stream.as_bytes(), length);
        assert!(
            fed.is_ok()
                && events == right
                && last_id == "2"
                && retry == Some(Duration::from_millis(20)),
            "The stream \"{}\" comes in pieces of {length} octets: the events, the last id and the pause are the same as ever.\nexpected: {}\nfound:    {}, {fed:?}, last id `{last_id}`, pause {retry:?}",
            stream.escape_debug(),
            named(&right),
            named(&events)
        );
    }
    at_once();
    let lines = [
        "data: a",
        "data",
        "id: 1",
        "id",
        "event: x",
        "retry: 7",
        ": c",
        "d\u{e9}f",
        "\u{feff}",
        "data: \u{20ac}",
        "",
    ];
    let ends = ["\n", "\r", "\r\n", "", "\n\n"];
    let line = (
        prop::sample::select(lines.to_vec()),
        prop::sample::select(ends.to_vec()),
    )
        .prop_map(|(line, end)| [line, end].concat().into_bytes());
    let streams = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..60),
        prop::collection::vec(line, 0..20).prop_map(|lines| lines.concat()),
    ];
    proptest!(octets::settings(512), |(octets in streams, length in 1_usize..9)| {
        let (whole, cut) = (heard(&octets, octets.len().max(1)), heard(&octets, length));
        prop_assert!(
            whole == cut,
            "\"{}\" comes at once, and in pieces of {length} octets.\nat once:   {}, {:?}\nin pieces: {}, {:?}",
            octets.escape_ascii(), named(&whole.0), whole, named(&cut.0), cut
        );
    });
}

/// An event is given with the octet that completes it, and not with the next.
fn at_once() {
    for (stream, completes) in [
        ("data: a\n\n", 9),
        ("data: a\r\n\r\n", 10),
        ("data: a\r\r", 9),
        ("data: a\n\r\n", 9),
    ] {
        let (mut parser, mut events) = (Parser::new(""), Vec::new());
        for (place, octet) in stream.bytes().enumerate() {
            let fed = parser.feed(&[octet], &mut events);
            let right = usize::from(place + 1 >= completes);
            assert!(
                fed.is_ok() && events.len() == right,
                "\"{}\" comes octet by octet. With octet {completes} the event is complete: a CR ends a line by itself. After octet {} there should be {right} events, and there are {}",
                stream.escape_debug(),
                place + 1,
                named(&events)
            );
        }
    }
}

#[test]
fn nothing_is_kept_without_a_limit() {
    assert_eq!(
        (LINE, DATA),
        (octets::LINE, octets::DATA),
        "the limits are part of the task"
    );
    let long = |octets: usize| "x".repeat(octets);
    for (before, name) in [
        ("", "data: "),
        ("", ":"),
        ("", "id: "),
        ("data: a\n", "event: "),
        ("", "unknown"),
        ("", "retry: "),
    ] {
        let rest = octets::LINE - name.len();
        for end in ["\n", "\r", "\r\n"] {
            let longest = format!("{before}{name}{}{end}", long(rest));
            let (_, fed, ..) = heard(longest.as_bytes(), longest.len());
            assert!(
                fed.is_ok(),
                "A line of {} octets, `{name}xxx...`, is no longer than the limit, whatever ends it; feed() says {fed:?}",
                octets::LINE
            );
        }
        let line = format!("{before}{name}{}", long(rest + 1));
        expect_too_long(TooLong::Line, &line, &[]);
        let ended = format!("{line}\n\ndata: b\n\n");
        expect_too_long(TooLong::Line, &ended, &[]);
        let line = format!("data: first\n\n{before}{name}{}", long(rest + 90_000));
        expect_too_long(TooLong::Line, &line, &[message("before", "first")]);
    }
    let first = format!("\u{feff}:{}\n", long(octets::LINE - 1));
    let (_, fed, ..) = heard(first.as_bytes(), first.len());
    assert!(
        fed.is_ok(),
        "A BOM does not belong to the first line, and does not count; feed() says {fed:?}"
    );

    let eighth = octets::DATA / 8;
    let full = format!(
        "{}data: {}\n",
        format!("data: {}\n", long(eighth - 1)).repeat(7),
        long(eighth)
    );
    let right = message(
        "before",
        &format!(
            "{}{}",
            format!("{}\n", long(eighth - 1)).repeat(7),
            long(eighth)
        ),
    );
    let stream = format!("{full}\n{full}\n");
    let (events, fed, ..) = heard(stream.as_bytes(), stream.len());
    assert!(
        fed.is_ok() && events == [right.clone(), right.clone()],
        "Two events, each with {} octets of data, are no longer than the limit, which is for each; feed() says {fed:?}",
        octets::DATA
    );
    expect_too_long(TooLong::Data, &format!("{full}data\n"), &[]);
    expect_too_long(TooLong::Data, &format!("{full}data\n\ndata: b\n\n"), &[]);
    expect_too_long(
        TooLong::Data,
        &format!("{full}\n{full}id: 1\ndata:\n"),
        &[right],
    );
    expect_too_long(TooLong::Data, &"data\n".repeat(octets::DATA + 2), &[]);
    let replaced = [
        b"data: ".to_vec(),
        vec![0xff; octets::LINE - 6],
        b"\n".to_vec(),
    ]
    .concat()
    .repeat(2);
    let (_, fed, ..) = heard(&replaced, replaced.len());
    assert!(
        fed == Err(TooLong::Data),
        "Two lines of data, each with {} octets that are not UTF-8. What replaces them takes three octets each, and the data is longer than {}; feed() says {fed:?}",
        octets::LINE - 6,
        octets::DATA
    );
}

#[cfg(target_os = "linux")]
#[test]
fn each_event_leaves_when_it_happens() {
    connection::server::events_one_by_one();
    connection::server::goes_on_behind();
    connection::server::an_event_that_cannot_be_written();
    connection::server::a_client_that_has_gone();
}

#[cfg(target_os = "linux")]
#[test]
fn a_client_goes_on_behind_the_last_event_it_has_seen() {
    connection::client::events_of_hypers_server();
    connection::client::broken_off();
    connection::client::gives_up();
    connection::client::does_not_ask_again();
    connection::client::has_seen_enough();
}
