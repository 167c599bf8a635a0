//! Your pipeline in every order of events, and in a server before a client that does not wait.

#[cfg(target_os = "linux")]
mod connection;
mod play;

use pipelining::message::{LONGEST_HEAD, Refused, Request};
use proptest::prelude::*;

use play::{MOST_OPEN, Outcome, Play, Sent, gets, octets, request};

/// Fails a test with what has gone wrong and with what decides.
#[track_caller]
fn expect(outcome: Outcome<()>, why: &str) {
    if let Err(found) = outcome {
        panic!("{why}\n{found}");
    }
}

/// The same within a property, of which the smallest failure is sought and told.
fn property<T: std::fmt::Debug>(
    cases: u32,
    why: &str,
    inputs: impl Strategy<Value = T>,
    holds: impl Fn(T) -> Outcome<()>,
) {
    let settings = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    };
    let mut runner = proptest::test_runner::TestRunner::new(settings);
    let found = runner.run(&inputs, |input| holds(input).map_err(TestCaseError::fail));
    match found {
        Ok(()) => {}
        Err(proptest::test_runner::TestError::Fail(found, _)) => panic!("{why}\n{found}"),
        Err(other) => panic!("{why}\n{other}"),
    }
}

/// The octets come in pieces of these sizes, and of these again, and every handler finishes at once.
fn in_pieces(sent: &[Sent], sizes: &[usize]) -> Outcome<()> {
    let mut play = Play::of(sent);
    for size in sizes.iter().cycle() {
        if play.left() == 0 {
            break;
        }
        play.receive(*size)?;
        while let Some(number) = play.running.first() {
            play.finish(*number)?;
        }
    }
    Ok(())
}

#[test]
fn one_read_brings_any_part_of_any_number_of_requests() {
    let why =
        "A segment is not a request: what one read brings ends anywhere (RFC 9293 section 3.7).";
    let mut sent = gets(4);
    sent.insert(
        2,
        Sent::Request(Request {
            method: "OPTIONS".to_owned(),
            target: "*".to_owned(),
            content: b"GET /not-a-request HTTP/1.1\r\nHost: server\r\n\r\n".to_vec(),
            last: false,
        }),
    );
    let length = octets(&sent).len();
    // Whole requests, each alone; one octet at a time; all at once; two pieces, cut at each place.
    expect(in_pieces(&gets(5), &[octets(&gets(1)).len()]), why);
    expect(in_pieces(&sent, &[1]), why);
    expect(in_pieces(&gets(MOST_OPEN), &[length]), why);
    for first in 1..length {
        expect(in_pieces(&sent, &[first, length - first]), why);
    }
    let sizes = prop::collection::vec(1..120_usize, 1..8);
    property(200, why, sizes, |sizes| in_pieces(&sent, &sizes));
}

/// Of the handlers that are running, the one at each of these places finishes, until none is left; and the server reads when it wants to, so many octets at a time.
fn in_any_order(mut play: Play, size: usize, places: &[usize], ends: bool) -> Outcome<()> {
    let mut places = places.iter().cycle();
    loop {
        play.read(size)?;
        if ends && play.reads() {
            play.end()?;
        }
        let running = play.running.len();
        match places.next() {
            Some(place) if running > 0 => play.finish(play.running[place % running])?,
            _ => return Ok(()),
        }
    }
}

fn places() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..MOST_OPEN, 1..20)
}

#[test]
fn responses_leave_in_the_order_of_the_requests() {
    let why = "Responses leave in the order of the requests, each as soon as it is ready and all before it have left (RFC 9112 section 9.3.2).";
    let two = |first: usize| -> Outcome<()> {
        let mut play = Play::of(&gets(2));
        play.receive(1_000)?;
        play.finish(first)?;
        play.finish(1 - first)
    };
    expect(two(1), why);
    expect(two(0), why);
    property(300, why, places(), |places| {
        in_any_order(Play::of(&gets(MOST_OPEN)), 1_000, &places, false)
    });

    let why = "Nothing happens if no handler of that number is running.";
    let nothing = || -> Outcome<()> {
        let mut play = Play::of(&gets(3));
        play.finish_nothing(0)?;
        play.receive(1_000)?;
        play.finish(1)?;
        for number in [1, 3, usize::MAX] {
            play.finish_nothing(number)?;
        }
        play.finish(0)?;
        play.finish_nothing(0)?;
        play.finish_nothing(1)?;
        play.finish(2)?;
        play.finish_nothing(2)
    };
    expect(nothing(), why);
}

#[test]
fn only_safe_requests_run_side_by_side() {
    let why = "Requests are worked on side by side only if they all have safe methods (RFC 9112 section 9.3.2; RFC 9110 section 9.2.1).";
    let methods = |methods: &[&str]| -> Vec<Sent> {
        let numbered = methods.iter().enumerate();
        numbered
            .map(|(number, method)| request(method, &format!("/{number}")))
            .collect()
    };
    for three in [
        ["GET", "POST", "GET"],
        ["POST", "GET", "GET"],
        ["POST", "POST", "GET"],
        ["GET", "HEAD", "PUT"],
        ["OPTIONS", "DELETE", "TRACE"],
        ["GET", "SEARCH", "GET"],
    ] {
        expect(
            in_any_order(Play::of(&methods(&three)), 1_000, &[0], false),
            why,
        );
    }
    // Also between finished() and send(): a handler that has finished is not running, even if its response has not left yet.
    let names = ["GET", "HEAD", "OPTIONS", "TRACE", "POST", "PUT", "DELETE"];
    let requests = prop::collection::vec(prop::sample::select(names.to_vec()), 1..=MOST_OPEN);
    property(300, why, (requests, places()), |(requests, places)| {
        in_any_order(Play::of(&methods(&requests)), 1_000, &places, false)
    });
}

#[test]
fn a_server_that_has_enough_stops_reading() {
    let why = "At most MOST_OPEN requests are open, those that are ready and wait for their turn included, and the server does not read while a whole request lies here. \
        Otherwise one client could fill the server's memory: flow control resolves such an overload (RFC 9112 section 9.5).";
    let full = |size: usize| -> Outcome<()> {
        let mut play = Play::of(&gets(5 * MOST_OPEN)).watching_reading();
        for begin in [0, MOST_OPEN] {
            play.read(size)?;
            // The first of all that are open is the slow one.
            for number in begin + 1..begin + MOST_OPEN {
                play.finish(number)?;
            }
            play.finish(begin)?;
        }
        play.read(size)
    };
    for size in [4_096, 100, 33, 10, 1] {
        expect(full(size), why);
    }
    let many = (1..200_usize, places());
    property(100, why, many, |(size, places)| {
        let play = Play::of(&gets(4 * MOST_OPEN)).watching_reading();
        in_any_order(play, size, &places, false)
    });

    let why = "The server reads while a part of the next request is missing, its content included, and does not read while a whole one lies here, even if there is room for it and it \
        may not run yet.";
    let post = Sent::Request(Request {
        method: "POST".to_owned(),
        target: "/".to_owned(),
        content: b"some content".to_vec(),
        last: false,
    });
    let sent = [gets(2), vec![post]].concat();
    // All at once; cut in the content of the POST; cut everywhere.
    for size in [1_000, 150, 1] {
        let play = Play::of(&sent).watching_reading();
        expect(in_any_order(play, size, &[0], false), why);
    }
}

/// A play in which the pipeline has to say when to stop.
fn watched(sent: &[Sent]) -> Play {
    Play::of(sent).watching_reading().watching_the_end()
}

/// One of these, and requests behind it that are not answered.
fn last() -> Vec<Sent> {
    // The POST has to wait until no handler is running, and is the last from then on.
    let last = ["GET", "POST"].map(|method| {
        Sent::Request(Request {
            method: method.to_owned(),
            target: "/last".to_owned(),
            content: Vec::new(),
            last: true,
        })
    });
    let post = |field: &str| format!("POST / HTTP/1.1\r\nHost: server\r\n{field}\r\n\r\n");
    let broken = [
        ("no request\r\n\r\n".to_owned(), Refused::Malformed),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), Refused::Malformed),
        (post("Content-Length: 65537"), Refused::ContentTooLong),
        (post("Transfer-Encoding: chunked"), Refused::Coding),
    ];
    let broken = broken.map(|(octets, refused)| Sent::Broken(octets, refused));
    [last.to_vec(), broken.to_vec()].concat()
}

#[test]
fn nothing_is_answered_behind_the_last_response() {
    let why = "A request that says close is the last, and so is what is no request; its response takes its place in the order, and the server MUST NOT process any further request \
        (RFC 9112 sections 9.3.2 and 9.6).";
    for last in last() {
        let sent = [gets(2), vec![last], gets(1)].concat();
        for place in [0, 1] {
            for size in [10_000, 1] {
                for ends in [false, true] {
                    expect(in_any_order(watched(&sent), size, &[place], ends), why);
                }
            }
        }
    }
    // A head without an end is no request as soon as it is too long.
    let endless = Sent::Broken("x".repeat(LONGEST_HEAD), Refused::HeadTooLong);
    let sent = [gets(2), vec![endless], gets(1)].concat();
    expect(in_any_order(watched(&sent), 1_000, &[1], false), why);
    let sent = (0..2 * MOST_OPEN, prop::sample::select(last()), 0..3_usize);
    let sent = sent.prop_map(|(before, last, behind)| [gets(before), vec![last], gets(behind)]);
    property(
        300,
        why,
        (sent, 1..300_usize, places(), any::<bool>()),
        |(sent, size, places, ends)| in_any_order(watched(&sent.concat()), size, &places, ends),
    );
}

#[test]
fn a_client_that_has_ended_its_side_is_still_answered() {
    let why = "The end of the client's side does not say that it is no longer interested in the responses (RFC 9112 section 9.6): all whole requests are answered, and then the \
        server closes.";
    let ended = |count: usize, cut: usize| -> Outcome<()> {
        let mut play = watched(&gets(count));
        play.receive(play.left() - cut)?;
        play.end()?;
        while let Some(number) = play.running.last() {
            play.finish(*number)?;
        }
        let whole = if cut == 0 { count } else { count - 1 };
        if play.answered != whole || !play.is_over() {
            return Err(format!("{} of {whole} responses have left", play.answered));
        }
        Ok(())
    };
    for count in [1, 2, MOST_OPEN, 3 * MOST_OPEN] {
        for cut in [0, 1, 5] {
            expect(ended(count, cut), why);
        }
    }
    expect(watched(&[]).end(), why);
}

#[cfg(target_os = "linux")]
#[test]
fn a_server_of_bare_calls_answers_in_order() {
    lab::Lab::run(connection::three_requests);
    lab::Lab::run(connection::last_of_two);
}
