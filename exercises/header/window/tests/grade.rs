//! What your two ends say to each other, and to a kernel.

#[cfg(target_os = "linux")]
mod kernels;
mod simulation;

use std::time::Duration;

use grade::any_inputs;
use proptest::prelude::*;
use simulation::{Plan, simulate};
use window::{LONGEST_PAUSE, Receiver, Sender, Step};

const SECOND: Duration = Duration::from_secs(1);

/// What a receiver says in the header of its next segment.
#[track_caller]
fn expect_header(receiver: &Receiver, acknowledgment: u64, field: u16, how: &str) {
    let found = (receiver.acknowledgment(), receiver.field());
    assert!(
        found == (acknowledgment, field),
        "{how}.\nexpected: acknowledgment number {acknowledgment}, window field {field}\nfound:    acknowledgment number {}, window \
         field {}\nsee RFC 9293 sections 3.1 and 3.8.6.2.2",
        found.0,
        found.1
    );
}

#[track_caller]
fn expect_taken(receiver: &mut Receiver, (from, length): (u64, u32), expected: u32, how: &str) {
    let taken = receiver.arrived(from, length);
    assert!(
        taken == expected,
        "{how}: octets {from} to {} arrive. The receiver should take {expected} of them, and yours takes {taken} (RFC 9293 section \
         3.10.7.4)",
        from + u64::from(length) - 1
    );
}

#[test]
fn the_window_is_the_room_that_is_left() {
    let mut receiver = Receiver::new(4000, 1000, 0);
    let how = "There is room for 4000 octets, and nothing has come";
    expect_header(&receiver, 0, 4000, how);
    expect_taken(&mut receiver, (0, 1000), 1000, how);
    let how = "There is room for 4000 octets, 1000 have come, and the program has read nothing";
    expect_header(&receiver, 1000, 3000, how);
    expect_taken(&mut receiver, (0, 1000), 0, "They come once more");
    expect_taken(&mut receiver, (500, 700), 200, "500 have come before");
    expect_taken(&mut receiver, (1300, 500), 0, "100 before them are missing");
    expect_header(&receiver, 1200, 2800, "So 1200 have been taken");
    expect_taken(&mut receiver, (1200, 2000), 2000, "1200 have been taken");
    expect_taken(&mut receiver, (3200, 1000), 800, "800 fit into the window");
    let how = "4000 octets have been taken, and the program has read nothing";
    expect_header(&receiver, 4000, 0, how);
    expect_taken(&mut receiver, (4000, 1), 0, how);
    expect_header(&receiver, 4000, 0, "A probe has changed nothing");

    let mut receiver = Receiver::new(200_000, 1460, 2);
    let how = "There is room for 200000 octets, and the shift count is 2";
    expect_header(&receiver, 0, 50_000, how);
    expect_taken(&mut receiver, (0, 1460), 1460, how);
    expect_header(
        &receiver,
        1460,
        49_635,
        "1460 of 200000 octets have come, and the shift count is 2",
    );
    expect_taken(&mut receiver, (1460, 1), 1, how);
    expect_header(
        &receiver,
        1461,
        49_634,
        "1461 of 200000 octets have come, and the shift count is 2: the field is rounded down, for there is no more room than there is",
    );
}

#[track_caller]
fn expect_update(receiver: &mut Receiver, octets: u32, expected: bool, how: &str) {
    let told = receiver.has_read(octets);
    assert!(
        told == expected,
        "{how}; now the program reads {octets}. Your has_read() says {told}, and the sender is {} be told (RFC 9293 section 3.8.6.2.2)",
        if expected { "to" } else { "not to" }
    );
}

#[test]
fn the_window_opens_in_large_steps() {
    let mut receiver = Receiver::new(4000, 1000, 0);
    receiver.arrived(0, 4000);
    let how = "The buffer of 4000 octets is full, and a segment has 1000";
    expect_update(&mut receiver, 1, false, how);
    expect_header(
        &receiver,
        4000,
        0,
        "One octet was read: too little to open the window",
    );
    let how = "The buffer of 4000 octets was full, one octet has been read, and a segment has 1000";
    expect_update(&mut receiver, 998, false, how);
    expect_header(
        &receiver,
        4000,
        0,
        "999 octets were read, and a segment has 1000",
    );
    let how = "The buffer of 4000 octets was full, 999 have been read, and a segment has 1000";
    expect_update(&mut receiver, 1, true, how);
    expect_header(
        &receiver,
        4000,
        1000,
        "The program has read 1000 octets, one segment",
    );
    receiver.arrived(4000, 600);
    expect_header(
        &receiver,
        4600,
        400,
        "Of a window of 1000 octets, 600 have come",
    );
    let how = "1000 octets were read before, the window opened, and 600 more came";
    expect_update(&mut receiver, 999, false, how);
    expect_update(&mut receiver, 2601, true, how);
    expect_header(
        &receiver,
        4600,
        4000,
        "The program has read everything, and there is room for 4000",
    );

    let mut receiver = Receiver::new(1000, 1460, 0);
    receiver.arrived(0, 1000);
    let how = "A segment has 1460 octets, and the buffer, of 1000, is full: half of it decides";
    expect_update(&mut receiver, 499, false, how);
    expect_update(&mut receiver, 1, true, how);
    expect_header(&receiver, 1000, 500, how);

    let mut receiver = Receiver::new(4000, 1000, 0);
    receiver.arrived(0, 500);
    let how = "500 octets have come into a buffer of 4000, and a segment has 1000";
    expect_update(&mut receiver, 500, false, how);
    expect_header(
        &receiver,
        500,
        3500,
        "All that has come was read, but the edge could move by 500 only",
    );

    proptest!(any_inputs(100), |(room in 1..2000_u32, mss in 1..3000_u32, reads in prop::collection::vec((1..900_u32, 0..900_u32), 1..80))| {
        let buffer = 2 * room;
        let mut receiver = Receiver::new(buffer, mss, 0);
        let (mut come, mut read, mut edge) = (0, 0, u64::from(buffer));
        for (length, reading) in reads {
            come += u64::from(receiver.arrived(come, length));
            let reading = u64::from(reading).min(come - read);
            read += reading;
            let told = receiver.has_read(u32::try_from(reading).unwrap_or(0));
            let now = receiver.acknowledgment() + u64::from(receiver.field());
            let how = format!("With room for {buffer} octets and segments of {mss}: {come} octets have come, {read} have been read");
            prop_assert!(now >= edge, "{how}, and the right edge of your window goes back from {edge} to {now} (RFC 9293 section 3.8.6)");
            prop_assert!(now <= read + u64::from(buffer), "{how}, and your window promises room up to {now}");
            prop_assert!(told == (now > edge), "{how}, the right edge was {edge} and is {now}, and your has_read() says {told}");
            let step = u64::from(mss.min(room));
            prop_assert!(now == edge || now - edge >= step, "{how}, and the right edge moves by {} only", now - edge);
            prop_assert!(read + u64::from(buffer) - now < step, "{how}, and the right edge, {now}, could be at {}", read + u64::from(buffer));
            edge = now;
        }
    });
}

/// What a sender sends until it waits, and what it says then.
fn all(sender: &mut Sender, now: Duration) -> (Vec<(u64, u32)>, Step) {
    let mut sent = Vec::new();
    loop {
        match sender.next(now) {
            Step::Send { from, length } => sent.push((from, length)),
            other => return (sent, other),
        }
        assert!(
            sent.len() < 200,
            "at one and the same time, your sender sends segment after segment and does not come to an end: {:?} and so on",
            &sent[..4]
        );
    }
}

#[track_caller]
fn expect_sent(sender: &mut Sender, now: Duration, segments: &[(u64, u32)], then: Step, how: &str) {
    let found = all(sender, now);
    assert!(
        found == (segments.to_vec(), then),
        "{how}.\nexpected: {} and then {then:?}\nfound:    {} and then {:?}\nsee RFC 9293 sections 3.8.6 and 3.8.6.1, and RFC 7323 section 2.3",
        shown(segments),
        shown(&found.0),
        found.1
    );
}

fn shown(segments: &[(u64, u32)]) -> String {
    let segments: Vec<String> = segments
        .iter()
        .map(|(from, length)| format!("{length} octets from {from} on"))
        .collect();
    if segments.is_empty() {
        return "no segment".to_owned();
    }
    segments.join(", ")
}

#[test]
fn the_sender_stays_below_the_edge() {
    let soon = Duration::from_millis(10);
    let wait = Step::Wait(None);
    let mut sender = Sender::new(10_000, 4000, 2, 1460, SECOND);
    let how = "The window field of the SYN is 4000, and a SYN's is never scaled; a segment has 1460 octets at most";
    let three = [(0, 1460), (1460, 1460), (2920, 1080)];
    expect_sent(&mut sender, Duration::ZERO, &three, wait, how);
    sender.heard(soon, 1460, 635);
    let how = "4000 octets are sent. Then 1460 are acknowledged, with the field 635, which is 2540: the right edge has stayed";
    expect_sent(&mut sender, soon, &[], wait, how);
    sender.heard(soon, 4000, 500);
    let how = "4000 octets are sent and acknowledged, with the field 500 and a shift count of 2";
    expect_sent(&mut sender, soon, &[(4000, 1460), (5460, 540)], wait, how);
    sender.heard(soon, 2920, 2000);
    let how = "6000 octets are sent, 4000 acknowledged. A segment comes late that acknowledges 2920, with a field of 2000: it is old";
    expect_sent(&mut sender, soon, &[], wait, how);
    sender.heard(soon, 6001, 2000);
    let how = "6000 octets are sent. A segment acknowledges 6001, of which one was never sent";
    expect_sent(&mut sender, soon, &[], wait, how);
    sender.heard(soon, 4000, 250);
    let how = "6000 octets are sent, 4000 acknowledged, and the window is taken back: from 2000 octets to 1000, fewer than are sent";
    expect_sent(&mut sender, soon, &[], wait, how);
    sender.heard(soon, 4000, 750);
    let how = "6000 octets are sent, 4000 acknowledged, and the window has become 3000";
    expect_sent(&mut sender, soon, &[(6000, 1000)], wait, how);
    sender.heard(soon, 7000, 16_000);
    let how = "7000 of 10000 octets are sent and acknowledged, and the window is 64000";
    let rest = [(7000, 1460), (8460, 1460), (9920, 80)];
    expect_sent(&mut sender, soon, &rest, wait, how);
    sender.heard(soon, 10_000, 0);
    let how = "All 10000 octets are acknowledged; that the window is 0 does not matter any more";
    expect_sent(&mut sender, soon, &[], Step::Finished, how);

    let mut sender = Sender::new(100_000, 65_535, 14, 60_000, SECOND);
    let how = "The window field of the SYN is 65535";
    expect_sent(
        &mut sender,
        Duration::ZERO,
        &[(0, 60_000), (60_000, 5535)],
        wait,
        how,
    );
    sender.heard(soon, 65_535, u16::MAX);
    let how = "The field is 65535 and the shift count 14: far more than is left";
    expect_sent(&mut sender, soon, &[(65_535, 34_465)], wait, how);
}

/// Runs a sender's closed window through the pauses, and returns the time after the last answer.
fn ask(sender: &mut Sender, closed: Duration, from: u64, pauses: &[u64], heard: bool) -> Duration {
    let mut now = closed;
    for pause in pauses {
        let due = now + Duration::from_secs(*pause);
        let how = format!(
            "The window is 0, {from} octets are acknowledged, and it is {now:?}: the pause is {pause} s"
        );
        for now in [now, due - Duration::from_millis(1)] {
            let how = format!("{how}; at {now:?}");
            expect_sent(sender, now, &[], Step::Wait(Some(due)), &how);
        }
        let probe = sender.next(due);
        assert!(
            probe == Step::Send { from, length: 1 },
            "{how}, and at {due:?} it is over. expected: a probe with one octet from {from} on; found: {probe:?} (RFC 9293 section \
             3.8.6.1)"
        );
        if heard {
            sender.heard(due, from, 0);
        }
        now = due;
    }
    now
}

#[test]
fn a_closed_window_is_asked_about_and_not_given_up() {
    let mut sender = Sender::new(5000, 1000, 0, 1000, SECOND);
    let wait = Step::Wait(None);
    let how = "The window is 1000";
    expect_sent(&mut sender, Duration::ZERO, &[(0, 1000)], wait, how);
    let closed = Duration::from_millis(10);
    sender.heard(closed, 1000, 0);
    let now = ask(
        &mut sender,
        closed,
        1000,
        &[1, 2, 4, 8, 16, 32, 60, 60],
        true,
    );
    sender.heard(now, 1000, 2000);
    let how = "After eight probes the window is 2000. None of their octets was taken, so the data begins with that octet";
    expect_sent(&mut sender, now, &[(1000, 1000), (2000, 1000)], wait, how);

    sender.heard(now, 3001, 2000);
    let how = "3000 octets are sent, and no probe is out. A segment acknowledges 3001, of which one was never sent";
    expect_sent(&mut sender, now, &[], wait, how);
    sender.heard(now, 3000, 0);
    let now = ask(&mut sender, now, 3000, &[1, 2, 4], false);
    sender.heard(now, 3001, 999);
    let how = "The window was closed again, and nothing answered two probes; the third is answered. Its octet was taken: 3001 are \
               acknowledged, and the window is 999";
    expect_sent(&mut sender, now, &[(3001, 999)], wait, how);
    sender.heard(now, 4000, 0);
    let now = ask(&mut sender, now, 4000, &[1], false);
    sender.heard(now, 4001, 0);
    let how = "The octet of the probe was taken, and the window is 0 all the same. The pause is what it would be if it were not taken";
    let due = now + 2 * SECOND;
    expect_sent(&mut sender, now, &[], Step::Wait(Some(due)), how);
    let how = "4001 octets are acknowledged, and the window is 0. The next probe is due";
    let probe = sender.next(due);
    assert!(
        probe
            == Step::Send {
                from: 4001,
                length: 1
            },
        "{how}: one octet from 4001 on. Found: {probe:?}"
    );
    // Sent before the probe came.
    sender.heard(due, 4001, 0);
    sender.heard(due, 4002, 5000);
    let how = "The probe is out, and 4001 octets are acknowledged once more. Then 4002 are, since the octet of a probe counts as sent, and \
               the window is 5000";
    expect_sent(&mut sender, due, &[(4002, 998)], wait, how);
    sender.heard(due, 5000, 0);
    expect_sent(
        &mut sender,
        due,
        &[],
        Step::Finished,
        "All 5000 octets are acknowledged",
    );

    let mut sender = Sender::new(5000, 2000, 0, 1000, SECOND);
    let how = "The window is 2000";
    let both = [(0, 1000), (1000, 1000)];
    expect_sent(&mut sender, Duration::ZERO, &both, wait, how);
    sender.heard(Duration::ZERO, 1000, 0);
    let how = "2000 octets are sent, 1000 acknowledged, and the window is 0: there is an acknowledgment to come, so there is nothing to ask";
    expect_sent(&mut sender, 5 * SECOND, &[], wait, how);

    let mut sender = Sender::new(10, 0, 7, 1000, SECOND);
    let late = 6 * SECOND;
    let probe = Step::Send { from: 0, length: 1 };
    assert!(
        sender.next(late) == probe,
        "the window has been 0 for six seconds, and the first probe was due after one"
    );
    let how =
        "A probe was due at 1 s and is sent at 6 s. The next pause is 2 s, counted from there";
    expect_sent(&mut sender, late, &[], Step::Wait(Some(8 * SECOND)), how);

    let mut sender = Sender::new(10, 0, 7, 1000, 3 * SECOND);
    ask(
        &mut sender,
        Duration::ZERO,
        0,
        &[3, 6, 12, 24, 48, 60],
        true,
    );
}

#[test]
fn both_ends_finish_though_updates_are_lost() {
    // First one of which the message is short.
    let plain = Plan {
        octets: 5000,
        buffer: 2000,
        mss: 1000,
        shift: 0,
        reads: vec![(5, 1000)],
        lost: vec![true],
    };
    if let Err(error) = simulate(&plain) {
        panic!("{plain:?}\n{error}");
    }
    let reads = prop::collection::vec((1..40_u64, 1..3000_u32), 1..60);
    let lost = prop::collection::vec(any::<bool>(), 1..60);
    let ends = (1..3000_u32, 1..1500_u32, 0..3_u8);
    proptest!(any_inputs(100), |(ends in ends, reads in reads, lost in lost)| {
        let (room, mss, shift) = ends;
        simulate(&Plan {
            octets: 20_000,
            buffer: 2 * room.max(1 << shift),
            mss: mss.max(1 << shift),
            shift,
            reads,
            lost,
        })?;
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_kernel_keeps_to_your_window() {
    kernels::to_your_receiver();
}

#[cfg(target_os = "linux")]
#[test]
fn your_sender_waits_for_a_kernel() {
    kernels::from_your_sender();
}

/// That the two constants agree: the tests count on a minute.
const _: () = assert!(LONGEST_PAUSE.as_secs() == 60);
