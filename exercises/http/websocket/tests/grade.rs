//! Your five functions before octets of every kind, and at last before tungstenite.

#[cfg(target_os = "linux")]
mod connection;
mod octets;
mod streams;

use grade::{Octets, any_inputs};
use proptest::prelude::*;
use websocket::{
    Event, Frame, LIMIT, Messages, Refusal, Role, accept_of, decode, encode, has_switched, opcode,
};

use octets::{Decoded, Taken, as_octets, filler, frame, named, outcome, told, written};

/// What the limit has to be.
const LONGEST: usize = 1 << 20;

/// The masking key of the examples in RFC 6455 section 5.7.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// The example of RFC 6455 section 1.3.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// Keys, and what goes with each.
const PAIRS: [(&str, &str); 4] = [
    (KEY, ACCEPT),
    ("AQIDBAUGBwgJCgsMDQ4PEA==", "C/0nmHhBztSRGR1CwL6Tf4ZjwpY="),
    ("/////////////////////w==", "XXpj4jYzLM2yUE0C7TIgMwTQh2g="),
    ("c2VnbWVudCBieSBzZWdtZQ==", "XH3h0nLfkeV1F7lVPMcMPoQ4ytE="),
];

#[test]
fn the_servers_word_is_hashed_from_the_key() {
    for (key, accept) in PAIRS {
        let found = accept_of(key);
        assert!(
            found == accept,
            "A client has sent the key `{key}`. The server's answer is the hash of that text and the GUID behind it, in base64 \
             (RFC 6455 section 1.3).\nexpected: {accept}\nfound:    {found}"
        );
    }
}

/// The lines of an answer as it should be.
const LINES: [&str; 4] = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
];

/// Answers of servers that have switched: which of the lines is another one, and why that does no harm.
const SWITCHED: &str = r"
    0 | HTTP/1.1 101 Why not? | The reason behind the code means nothing
    1 | upgrade:  WebSocket   | Letters may be capital or small, and blanks around a value do not count
    2 | CONNECTION: x, upgrade | `Upgrade` is one of two members
    2 | Connection: x\r\nConnection: Upgrade | A list may be in two fields
    3 | sec-websocket-accept:s3pPLMBiTxaQ9kYGzzhZRbK+xOo= | A name may be in small letters";

/// Answers of servers that have not: which of the lines is another one, or missing, and what that means.
const NOT_SWITCHED: &str = r"
    0 | HTTP/1.1 200 OK | The code is 200: HTTP goes on
    0 | HTTP/1.1 400 101 | The code is 400
    0 | HTTP/1.1 1010 Switching Protocols | The code is not 101
    0 | HTTP/1.0 101 Switching Protocols | The version is not 1.1
    1 | | There is no `Upgrade`
    1 | Upgrade: h2c | The server has switched to something else
    1 | Upgrade: websocket2 | `websocket2` is not `websocket`
    1 | Upgrade: h2c, websocket | The value is more than `websocket`
    1 | Upgrade: websocket\r\nUpgrade: h2c | The value is more than `websocket`
    2 | | There is no `Connection`
    2 | Connection: keep-alive | No member of `Connection` is `Upgrade`
    2 | Connection: no-Upgrade | No member of `Connection` is `Upgrade`
    2 | Connection: Upgrade\r\nSec-WebSocket-Extensions: x | The request asked for no extension
    2 | Connection: Upgrade\r\nSec-WebSocket-Protocol: chat | The request asked for no subprotocol
    2 | Connection: Upgrade\r\nsec-websocket-extensions: x | The request asked for no extension, in small letters either
    2 | Connection: Upgrade\r\nSEC-WEBSOCKET-PROTOCOL: chat | The request asked for no subprotocol, in capital letters either
    3 | | Nothing shows that the server has understood the request
    3 | X-Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo= | This is another field
    3 | Sec-WebSocket-Accept: dGhlIHNhbXBsZSBub25jZQ== | The key itself has come back
    3 | Sec-WebSocket-Accept: C/0nmHhBztSRGR1CwL6Tf4ZjwpY= | This is the hash for another key
    3 | Sec-WebSocket-Accept: C/0nmHhBztSRGR1CwL6Tf4ZjwpY=\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo= | The field is there twice, and once it is wrong
    3 | Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Accept: C/0nmHhBztSRGR1CwL6Tf4ZjwpY= | The field is there twice, and once it is wrong
    3 | Sec-WebSocket-Accept: S3PPLMBITXAQ9KYGZZHZRBK+XOO= | In base64, capital and small letters differ";

/// The heads of such a table, and what is said of each.
fn heads(table: &str) -> impl Iterator<Item = (String, &str)> {
    table.trim_start().lines().map(|row| {
        let mut cells = row.split('|');
        let mut cell = || cells.next().expect("a row of this test has three").trim();
        let (place, line, why) = (cell(), cell(), cell());
        let mut lines = LINES.map(str::to_owned).to_vec();
        lines[place.parse::<usize>().expect("a number")] = line.replace(r"\r\n", "\r\n");
        lines.retain(|line| !line.is_empty());
        (lines.join("\r\n"), why)
    })
}

#[track_caller]
fn expect_switch(head: &str, key: &str, expected: bool, why: &str) {
    let found = has_switched(head, key);
    let says = |switched| {
        if switched {
            "the server has switched"
        } else {
            "the server has not switched"
        }
    };
    assert!(
        found == expected,
        "The client has sent the key `{key}`, and the server answers\n\n{head}\n\n{why} (RFC 6455 section 4.1).\n\
         expected: {}\nfound:    {}",
        says(expected),
        says(found)
    );
}

#[test]
fn only_the_right_101_leaves_http() {
    let usual = LINES.join("\r\n");
    expect_switch(&usual, KEY, true, "All is as it should be");
    let (key, accept) = PAIRS[1];
    let other = usual.replace(ACCEPT, accept);
    expect_switch(&other, key, true, "The hash goes with this key");
    expect_switch(&usual, key, false, "The hash goes with another key");
    for (head, why) in heads(SWITCHED) {
        expect_switch(&head, KEY, true, why);
    }
    for (head, why) in heads(NOT_SWITCHED) {
        expect_switch(&head, KEY, false, why);
    }
    proptest!(any_inputs(256), |(head in "(HTTP/1\\.1 101 |)[ -~\r\n]{0,60}", key in "[ -~]{0,30}")| {
        prop_assert!(!has_switched(&head, &key), "{head:?} is no answer to the key {key:?}");
    });
}

#[track_caller]
fn expect_octets(given: &Frame, mask: Option<[u8; 4]>, expected: &[u8], why: &str) {
    let found = encode(given, mask);
    let difference = (found.iter().zip(expected)).position(|(found, expected)| found != expected);
    assert!(
        found == expected,
        "A frame of {}{}. {why}.\nexpected: {}\nfound:    {}{}",
        named(given),
        mask.map_or_else(String::new, |mask| format!(
            ", with the masking key {mask:02x?}"
        )),
        Octets(expected),
        Octets(&found),
        difference.map_or_else(String::new, |place| format!(
            "\nThe first difference is in octet {place}: {:02x} expected, and {:02x} found",
            expected[place], found[place]
        ))
    );
}

#[test]
fn a_frame_has_the_shortest_length_and_a_clients_is_masked() {
    const MASKED: &[u8] = b"\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
    for (first, mask, payload, rest) in [
        (0x81, None, "Hello", &b"\x05Hello"[..]),
        (0x81, Some(MASK), "Hello", MASKED),
        (0x01, None, "Hel", b"\x03Hel"),
        (0x80, None, "lo", b"\x02lo"),
        (0x89, None, "Hello", b"\x05Hello"),
        (0x8a, Some(MASK), "Hello", MASKED),
    ] {
        let given = frame(first & 0x80 != 0, first & 0x0f, payload);
        let expected = [&[first], rest].concat();
        let why = "RFC 6455 section 5.7 has this example";
        expect_octets(&given, mask, &expected, why);
    }
    for length in [0, 1, 125, 126, 127, 255, 256, 65_535, 65_536, 200_000] {
        let why = format!(
            "A length of {length} takes {} (RFC 6455 section 5.2), and does not count the masking key (section 5.3)",
            [
                "7 bits",
                "7 and 16 bits: 126, and then two octets",
                "7 and 64 bits: 127, and then eight octets"
            ][usize::from(length > 125) + usize::from(length > 0xffff)]
        );
        for mask in [None, Some(MASK), Some([0, 1, 2, 0xff])] {
            for last in [true, false] {
                let given = frame(last, opcode::BINARY, filler(length));
                expect_octets(&given, mask, &as_octets(&given, mask), &why);
            }
        }
    }
}

#[track_caller]
fn expect_decoded(octets: &[u8], sender: Role, expected: &Decoded, how: &str) {
    let found = decode(octets, sender);
    assert!(
        found == *expected,
        "{how}.\nexpected: {}\nfound:    {}",
        outcome(expected),
        outcome(&found)
    );
}

/// A frame comes octet by octet, or in greater steps if it is long, and then with the beginning of the next.
#[track_caller]
fn expect_frame(given: &Frame, mask: Option<[u8; 4]>) {
    let sender = mask.map_or(Role::Server, |_| Role::Client);
    let octets = as_octets(given, mask);
    let size = octets.len();
    let who = format!(
        "The {sender:?} sends {}, which is {}",
        Octets(&octets),
        named(given)
    );
    let all_or_some = (0..size)
        .filter(|end| size < 1000 || *end < 20 || end % (size / 64) == 0 || end + 2 > size);
    for end in all_or_some {
        let how = format!("{who}. Its first {end} octets have come");
        expect_decoded(&octets[..end], sender, &Ok(None), &how);
    }
    let complete = Ok(Some((given.clone(), size)));
    expect_decoded(
        &octets,
        sender,
        &complete,
        &format!("{who}. All of it has come"),
    );
    for behind in [&b"\x81"[..], b"\xff\xff\xff\xff", &octets] {
        let how = format!(
            "{who}. Behind it stand {} of what comes next",
            Octets(behind)
        );
        expect_decoded(&[&octets, behind].concat(), sender, &complete, &how);
    }
}

#[test]
fn a_frame_is_the_same_however_it_is_cut() {
    assert_eq!(LIMIT, LONGEST, "the limit is part of the task");
    for mask in [None, Some(MASK), Some([0, 0xff, 1, 2])] {
        for (last, opcode) in [
            (true, opcode::TEXT),
            (false, opcode::BINARY),
            (false, opcode::CONTINUATION),
        ] {
            for length in [0, 1, 5, 125, 126, 127, 256, 65_535, 65_536] {
                expect_frame(&frame(last, opcode, filler(length)), mask);
            }
        }
        for opcode in [opcode::CLOSE, opcode::PING, opcode::PONG] {
            for length in [0, 5, 125] {
                expect_frame(&frame(true, opcode, filler(length)), mask);
            }
        }
    }
    // Octets of any kind, and such as are more like frames.
    let likely = (
        any::<u8>(),
        any::<u8>(),
        prop::collection::vec(any::<u8>(), 0..200),
    )
        .prop_map(|(first, second, rest)| {
            let first = first & 0x8f;
            [&[first, second], &rest[..]].concat()
        });
    let octets = prop_oneof![prop::collection::vec(any::<u8>(), 0..200), likely];
    proptest!(any_inputs(512), |(octets in octets, client in any::<bool>())| {
        let sender = if client { Role::Client } else { Role::Server };
        let whole = decode(&octets, sender);
        if let Ok(Some((_, taken))) = &whole {
            prop_assert!((2..=octets.len()).contains(taken), "{}, but there are {}", outcome(&whole), Octets(&octets));
        }
        let mut decided = false;
        for end in 0..=octets.len() {
            let part = decode(&octets[..end], sender);
            decided |= part != Ok(None);
            prop_assert!(
                !decided || part == whole,
                "{} come from the {sender:?}, and decode() says: {}\nOf the first {end} of them it says: {}\nThat octets are \
                 missing may change the answer to None, and to nothing else",
                Octets(&octets), outcome(&whole), outcome(&part)
            );
        }
    });
}

/// Frames whose first octet and length are enough for a refusal, from either side.
#[track_caller]
fn expect_refusals(refusal: Refusal, cases: &[(u8, &[u8], &str)]) {
    for (first, length, why) in cases {
        for (sender, mask) in [(Role::Client, Some(MASK)), (Role::Server, None)] {
            let octets = written(*first, length, mask, b"");
            let more = [&octets[..], b"Hello"].concat();
            for come in [&octets[..1 + length.len()], &more] {
                let how = format!("The {sender:?} sends {}: {why}", Octets(come));
                expect_decoded(come, sender, &Err(refusal), &how);
            }
        }
    }
}

#[test]
fn a_frame_that_breaks_a_rule_is_refused_at_once() {
    let long = |length: u64| [&[127], &length.to_be_bytes()[..]].concat();
    for reserved in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
        let why = "the opcode is reserved (section 5.2)";
        expect_refusals(Refusal::Protocol, &[(0x80 | reserved, &[5], why)]);
    }
    let bit = "a reserved bit is set (section 5.2)";
    let part = "a part of a control frame (section 5.5)";
    let control = "a control frame of more than 125 octets (section 5.5)";
    let shorter = "a shorter form would hold the length (section 5.2)";
    let first_bit = "the first of the 64 bits is set (section 5.2)";
    expect_refusals(
        Refusal::Protocol,
        &[
            (0xc1, &[5], bit),
            (0xa1, &[5], bit),
            (0x91, &[5], bit),
            (0x09, &[5], part),
            (0x08, &[0], part),
            (0x89, &[126, 0, 126], control),
            (0x88, &long(65_536), control),
            (0x82, &[126, 0, 0], shorter),
            (0x82, &[126, 0, 125], shorter),
            (0x82, &long(125), shorter),
            (0x82, &long(65_535), shorter),
            (0x82, &long(1 << 63), first_bit),
            (0x82, &long(u64::MAX), first_bit),
            // Too long as well; but a rule is broken, and that comes first.
            (0xc2, &long(1 << 32), bit),
            (0x83, &long(1 << 32), "the opcode is reserved (section 5.2)"),
            (0x08, &long(1 << 32), part),
            (0x88, &long(1 << 32), control),
        ],
    );
    let limit = "the length is more than the limit (section 10.4)";
    expect_refusals(
        Refusal::TooBig,
        &[
            (0x82, &long(LONGEST as u64 + 1), limit),
            (0x01, &long(1 << 32), limit),
            (0x80, &long(1 << 60), limit),
            (0x82, &long(u64::MAX >> 1), limit),
        ],
    );
    for (first, short, why) in [
        (0xc2, 126, bit),
        (0x83, 127, "the opcode is reserved (section 5.2)"),
        (0x09, 126, part),
        (0x89, 126, control),
        (0x88, 127, control),
    ] {
        for (sender, mask) in [(Role::Client, Some(MASK)), (Role::Server, None)] {
            let octets = written(first, &[short], mask, b"");
            let how = format!(
                "The {sender:?} sends {}, the first two octets of a frame: {why}",
                Octets(&octets[..2])
            );
            expect_decoded(&octets[..2], sender, &Err(Refusal::Protocol), &how);
        }
    }
    for (sender, mask, why) in [
        (Role::Client, None, "a client masks (section 5.1)"),
        (Role::Server, Some(MASK), "a server does not (section 5.1)"),
    ] {
        let octets = written(0x81, &[5], mask, b"Hello");
        let longer = written(0x81, &[126], mask, b"");
        let too_long = written(0x81, &long(1 << 32), mask, b"");
        for come in [&octets[..2], &octets[..], &longer[..2], &too_long[..10]] {
            let how = format!("The {sender:?} sends {} of a frame: {why}", Octets(come));
            expect_decoded(come, sender, &Err(Refusal::Protocol), &how);
        }
    }
    for (sender, mask) in [(Role::Client, Some(MASK)), (Role::Server, None)] {
        let octets = written(0x82, &long(LONGEST as u64), mask, b"Hello");
        let how = format!(
            "The {sender:?} sends {}: a frame of {LONGEST} octets, and that is no more than the limit",
            Octets(&octets)
        );
        expect_decoded(&octets, sender, &Ok(None), &how);
        expect_frame(&frame(true, opcode::BINARY, filler(LONGEST)), mask);
    }
}

/// Frames one after the other, with what each is to mean.
#[track_caller]
fn expect_events(steps: &[(Frame, Taken)], why: &str) {
    let mut messages = Messages::default();
    let mut before = Vec::new();
    for (given, expected) in steps {
        let found = messages.take(given.clone());
        assert!(
            found == *expected,
            "{why}.\nBefore it: {}\nThe frame: {}\nexpected:  {}\nfound:     {}",
            if before.is_empty() {
                "nothing".to_owned()
            } else {
                before.join("; ")
            },
            named(given),
            told(expected),
            told(&found)
        );
        before.push(named(given));
    }
}

fn ping(payload: &[u8]) -> (Frame, Taken) {
    let answer = frame(true, opcode::PONG, payload);
    (
        frame(true, opcode::PING, payload),
        Ok(Some(Event::Ping { answer })),
    )
}

fn pong(payload: &[u8]) -> (Frame, Taken) {
    (frame(true, opcode::PONG, payload), Ok(None))
}

fn text(text: &str) -> Taken {
    Ok(Some(Event::Text(text.to_owned())))
}

#[test]
fn fragments_are_one_message_and_control_frames_come_between() {
    let begin = |text: &str| (frame(false, opcode::TEXT, text), Ok(None));
    let go_on = |part: &[u8]| (frame(false, opcode::CONTINUATION, part), Ok(None));
    let end = |part: &[u8], event| (frame(true, opcode::CONTINUATION, part), event);
    expect_events(
        &[
            (frame(true, opcode::TEXT, "Hello"), text("Hello")),
            (
                frame(true, opcode::BINARY, [0xff, 0]),
                Ok(Some(Event::Binary(vec![0xff, 0]))),
            ),
            (frame(true, opcode::TEXT, ""), text("")),
            ping(b"there?"),
            pong(b"never asked"),
            ping(b""),
            begin("Hel"),
            ping(b"there?"),
            go_on(b""),
            pong(b""),
            go_on(b"l"),
            end(b"o", text("Hello")),
            (frame(false, opcode::BINARY, ""), Ok(None)),
            ping(&filler(125)),
            end(&[0x80], Ok(Some(Event::Binary(vec![0x80])))),
            begin("and "),
            end(b"again", text("and again")),
        ],
        "Messages of one frame and of several, and between their frames control frames, which belong to none (section 5.4)",
    );
    let euro = "\u{20ac}".as_bytes();
    expect_events(
        &[
            (frame(false, opcode::TEXT, &euro[..1]), Ok(None)),
            ping(b""),
            go_on(&euro[1..2]),
            end(&euro[2..], text("\u{20ac}")),
        ],
        "A character of three octets, each in a frame of its own: only the whole message is text (section 5.6)",
    );
    let one = |opcode, payload: &[u8], event| (frame(true, opcode, payload), event);
    let not_text = || Err(Refusal::NotText);
    let why = "The whole message is there, and is not UTF-8 (section 8.1)";
    expect_events(&[one(opcode::TEXT, &[0xff], not_text())], why);
    expect_events(&[one(opcode::TEXT, &euro[..2], not_text())], why);
    expect_events(&[begin("a"), end(&euro[..2], not_text())], why);
    let refused = || Err(Refusal::Protocol);
    let why = "A continuation, and no message has begun (section 5.4)";
    expect_events(&[end(b"lo", refused())], why);
    let nothing = frame(false, opcode::CONTINUATION, "");
    expect_events(&[(nothing, refused())], why);
    expect_events(&[begin("a"), end(b"", text("a")), end(b"", refused())], why);
    let why = "Another message, before the one that has begun is complete (section 5.4)";
    let another = one(opcode::TEXT, b"b", refused());
    expect_events(&[begin("a"), another], why);
    let beginning = frame(false, opcode::BINARY, "b");
    expect_events(&[begin("a"), ping(b""), (beginning, refused())], why);
    let quarter = vec![b'x'; LONGEST / 4];
    let mut four = vec![begin("")];
    four.extend(std::iter::repeat_n(go_on(&quarter), 4));
    let whole = "x".repeat(LONGEST);
    let why = "A message may grow up to the limit, and not beyond (section 10.4)";
    expect_events(&[&four[..], &[end(b"", text(&whole))]].concat(), why);
    let too_big = (
        frame(false, opcode::CONTINUATION, "x"),
        Err(Refusal::TooBig),
    );
    expect_events(&[&four[..], &[too_big]].concat(), why);
    let too_big_at_last = end(b"x", Err(Refusal::TooBig));
    expect_events(&[&four[..], &[too_big_at_last]].concat(), why);
    let longest = vec![b'x'; LONGEST + 1];
    for last in [true, false] {
        let alone = frame(last, opcode::TEXT, &longest[..]);
        expect_events(&[(alone, Err(Refusal::TooBig))], why);
    }
    let why = "The opcode is reserved (section 5.2)";
    for reserved in [3, 7, 11, 15, 16, 0xff] {
        expect_events(&[one(reserved, b"", refused())], why);
    }
    let why = "A text is looked at when its last frame has come (section 5.6)";
    let never_text = (frame(false, opcode::TEXT, [0xff]), Ok(None));
    expect_events(&[never_text, end(b"", not_text())], why);
    expect_closes();
    streams::expect_the_same_however_cut();
}

fn expect_closes() {
    for (payload, code) in [
        (&b""[..], None),
        (b"\x03\xe8", Some(1000)),
        (b"\x03\xe9going away", Some(1001)),
        (b"\x03\xf3", Some(1011)),
        (b"\x03\xec", Some(1004)),
        (b"\x03\xf6", Some(1014)),
        (b"\x03\xf8", Some(1016)),
        (b"\x0b\xb7", Some(2999)),
        (b"\x13\x88", Some(5000)),
        (b"\xff\xff", Some(65_535)),
        (b"\x0b\xb8", Some(3000)),
        (b"\x13\x87\xe2\x82\xac", Some(4999)),
    ] {
        let answer = frame(true, opcode::CLOSE, &payload[..payload.len().min(2)]);
        let close = (
            frame(true, opcode::CLOSE, payload),
            Ok(Some(Event::Close { code, answer })),
        );
        let why = "The other side closes; the answer has its code and no reason (section 5.5.1)";
        expect_events(std::slice::from_ref(&close), why);
        expect_events(&[(frame(false, opcode::TEXT, "cut"), Ok(None)), close], why);
    }
    let unused = "No close has this code (section 7.4)";
    for (payload, refusal, why) in [
        (
            &b"\x03"[..],
            Refusal::Protocol,
            "Half a code (section 5.5.1)",
        ),
        (b"\0\0", Refusal::Protocol, unused),
        (b"\x03\xe7", Refusal::Protocol, unused),
        (b"\x03\xed", Refusal::Protocol, unused),
        (b"\x03\xee", Refusal::Protocol, unused),
        (b"\x03\xf7", Refusal::Protocol, unused),
        (b"\x03\xe8\xff", Refusal::NotText, "No UTF-8 (section 8.1)"),
    ] {
        let close = frame(true, opcode::CLOSE, payload);
        expect_events(&[(close, Err(refusal))], why);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn tungstenite_understands_both_sides() {
    lab::Lab::run(|net| {
        connection::as_the_client(net)?;
        connection::as_the_server(net)
    });
}
