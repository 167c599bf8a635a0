//! What your predictions are worth, and what a kernel says.

use std::io;
use std::net::SocketAddrV4;

use flags::{Answer, Prober, ask, closed, listening, surprises};
use grade::expect_ladder;
use lab::addresses::mac;
use lab::filter::rst;
use lab::{Lab, Net, Settings, Side, addresses, peer};
use socket2::Socket;
use trace::{ControlBits, Numbering, Segment, SeqNumber, View, build};

/// "Message too long": errno 90 on Linux.
const EMSGSIZE: i32 = 90;

/// Where a program listens, and where none does.
const LISTENING: u16 = 80;
const CLOSED: u16 = 81;

const SYN: ControlBits = ControlBits::SYN;
const FIN: ControlBits = ControlBits::FIN;
const RST: ControlBits = ControlBits::RST;
const PSH: ControlBits = ControlBits::PSH;
const ACK: ControlBits = ControlBits::ACK;
const URG: ControlBits = ControlBits::URG;
const NONE: ControlBits = ControlBits::NONE;

/// A segment to that port with these bits, numbers and data.
fn segment(port: u16, control: ControlBits, sequence: u32, data: &[u8]) -> Segment {
    Segment {
        control,
        sequence: SeqNumber(sequence),
        acknowledgment: SeqNumber(7000),
        window: 64240,
        payload: data.to_vec(),
        ..Segment::between(
            SocketAddrV4::new(addresses::CLIENT, 40000 + port),
            SocketAddrV4::new(addresses::SERVER, port),
        )
    }
}

/// A reset that acknowledges.
fn acknowledging(acknowledgment: u32) -> Answer {
    Answer::Reset {
        sequence: SeqNumber(0),
        acknowledgment: Some(SeqNumber(acknowledgment)),
    }
}

/// The reset that answers a segment with ACK, which acknowledges 7000 in all these tests.
const FITTING: Answer = Answer::Reset {
    sequence: SeqNumber(7000),
    acknowledgment: None,
};

fn in_words(answer: Answer) -> String {
    match answer {
        Answer::Nothing => "nothing".to_owned(),
        Answer::Reset {
            sequence,
            acknowledgment: Some(acknowledgment),
        } => format!("RST,ACK seq={sequence} ack={acknowledgment}"),
        Answer::Reset {
            sequence,
            acknowledgment: None,
        } => format!("RST without ACK, seq={sequence}"),
        Answer::SynAck { acknowledgment } => format!("SYN,ACK ack={acknowledgment}"),
    }
}

/// Compares a prediction with what it should be.
fn expect(what: &str, segment: &Segment, answer: Answer, expected: Answer, why: &str) {
    compare(what, "You say", segment, answer, expected, why);
}

fn compare(
    what: &str,
    whose: &str,
    segment: &Segment,
    answer: Answer,
    expected: Answer,
    why: &str,
) {
    let ack = if segment.control.contains(ACK) {
        format!(" ack={}", segment.acknowledgment)
    } else {
        String::new()
    };
    assert!(
        answer == expected,
        "{what}: the segment is {} seq={}{ack} len={}. {whose}: {}. Expected: {} (RFC 9293 {why})",
        segment.control,
        segment.sequence,
        segment.payload.len(),
        in_words(answer),
        in_words(expected),
    );
}

#[test]
fn a_closed_port_answers_everything_but_a_reset() {
    let last = u32::MAX;
    let no_ack = "section 3.10.7.1: without ACK, number zero, and the sum of SEG.SEQ and SEG.LEN is acknowledged";
    let with_ack = "section 3.10.7.1: with ACK, the reset takes its number from SEG.ACK, and has no ACK itself";
    let reset = "section 3.10.7.1: a segment with RST is discarded";
    let cases: [(ControlBits, u32, &[u8], Answer, &str); 15] = [
        (SYN, 100, b"", acknowledging(101), no_ack),
        (NONE, 100, b"", acknowledging(100), no_ack),
        (FIN, 100, b"", acknowledging(101), no_ack),
        (FIN | PSH | URG, 100, b"", acknowledging(101), no_ack),
        (SYN | FIN, 100, b"", acknowledging(102), no_ack),
        (PSH, 100, b"hello", acknowledging(105), no_ack),
        (SYN | FIN, 100, b"hello", acknowledging(107), no_ack),
        (SYN, last, b"", acknowledging(0), no_ack),
        (FIN, last, b"hello", acknowledging(5), no_ack),
        (ACK, 100, b"", FITTING, with_ack),
        (SYN | ACK, 100, b"", FITTING, with_ack),
        (FIN | PSH | ACK, 100, b"hello", FITTING, with_ack),
        (RST, 100, b"", Answer::Nothing, reset),
        (RST | ACK, 100, b"", Answer::Nothing, reset),
        (SYN | FIN | RST, 100, b"hello", Answer::Nothing, reset),
    ];
    for (control, sequence, data, expected, why) in cases {
        let segment = segment(CLOSED, control, sequence, data);
        expect("A closed port", &segment, closed(&segment), expected, why);
    }
}

#[test]
fn a_listening_port_asks_for_rst_then_ack_then_syn() {
    let first = "section 3.10.7.2, first step: a reset is ignored, whatever else it has";
    let second =
        "section 3.10.7.2, second step: any ACK is bad here, and it is looked at before SYN";
    let third = "section 3.10.7.2, third step: RCV.NXT is set to SEG.SEQ+1, and this is what the SYN,ACK acknowledges; other \
                 control and data are queued for later";
    let fourth = "section 3.10.7.2, fourth step: what is left is dropped";
    let opened = |acknowledgment| Answer::SynAck {
        acknowledgment: SeqNumber(acknowledgment),
    };
    let cases: [(ControlBits, u32, &[u8], Answer, &str); 16] = [
        (SYN, 100, b"", opened(101), third),
        (SYN, u32::MAX, b"", opened(0), third),
        (SYN | PSH | URG, 100, b"", opened(101), third),
        (SYN, 100, b"hello", opened(101), third),
        (SYN | FIN, 100, b"", opened(101), third),
        (ACK, 100, b"", FITTING, second),
        (SYN | ACK, 100, b"", FITTING, second),
        (FIN | PSH | ACK, 100, b"hello", FITTING, second),
        (RST, 100, b"", Answer::Nothing, first),
        (RST | ACK, 100, b"", Answer::Nothing, first),
        (SYN | RST, 100, b"", Answer::Nothing, first),
        (SYN | RST | ACK, 100, b"", Answer::Nothing, first),
        (NONE, 100, b"", Answer::Nothing, fourth),
        (FIN, 100, b"", Answer::Nothing, fourth),
        (FIN | PSH | URG, 100, b"", Answer::Nothing, fourth),
        (PSH, 100, b"hello", Answer::Nothing, fourth),
    ];
    for (control, sequence, data, expected, why) in cases {
        let segment = segment(LISTENING, control, sequence, data);
        let answer = listening(&segment);
        expect("A listening port", &segment, answer, expected, why);
    }
}

/// The numbers of these ladders are the tests' own, but for a SYN,ACK's, which is therefore shown as 0.
fn settings() -> Settings {
    Settings {
        view: View {
            client: Numbering::Absolute,
            mss: false,
            ..View::default()
        },
        ..Settings::default()
    }
}

/// The server's socket, and your prober at the client.
fn ready(net: &mut Net) -> io::Result<(Socket, Prober)> {
    let at = addresses::server(LISTENING);
    let listener = net.server().run(|| peer::listen(at))?;
    let prober = net
        .client()
        .run(|| Prober::new(addresses::CLIENT, addresses::SERVER))?;
    Ok((listener, prober))
}

#[test]
fn an_answer_is_what_comes_back_to_the_question() {
    let trace = Lab::run_with(settings(), |net| {
        let (_listener, prober) = ready(net)?;
        // What a port has said earlier is no answer to what it is asked now.
        let earlier = segment(LISTENING, ACK, 100, b"");
        net.client().run(|| prober.send(&earlier))?;
        let fin = segment(LISTENING, FIN, 100, b"");
        expect_answer(
            net,
            &prober,
            &fin,
            Answer::Nothing,
            "section 3.10.7.2, fourth step; the reset before it answers an earlier segment",
        )?;

        let closed = "section 3.10.7.1";
        let fin = segment(CLOSED, FIN, 100, b"hello");
        expect_answer(net, &prober, &fin, acknowledging(106), closed)?;
        let fin_ack = segment(CLOSED, FIN | ACK, 100, b"");
        expect_answer(net, &prober, &fin_ack, FITTING, closed)?;
        let syn = segment(LISTENING, SYN | PSH, 100, b"");
        let opened = Answer::SynAck {
            acknowledgment: SeqNumber(101),
        };
        expect_answer(net, &prober, &syn, opened, "section 3.10.7.2")?;

        // The wire sends the question astray, to a port and from a port that nobody has: the resets that come are about
        // other ends.
        let fin = segment(CLOSED, FIN, 100, b"");
        let elsewhere = Segment {
            destination: SocketAddrV4::new(addresses::SERVER, 82),
            ..fin.clone()
        };
        let for_another = Segment {
            source: SocketAddrV4::new(addresses::CLIENT, 40082),
            ..fin.clone()
        };
        for astray in [elsewhere, for_another] {
            net.wire().alter_next(lab::filter::fin(), move |frame| {
                *frame = build::frame(mac(Side::Client), mac(Side::Server), &astray);
            });
            expect_answer(
                net,
                &prober,
                &fin,
                Answer::Nothing,
                "section 3.1: the two ends of a segment are its addresses and ports. The wire has changed a port of this question, so \
                 the reset that comes is between other ends",
            )?;
        }

        // The wire makes of a reset what is neither of the two answers: a SYN without ACK, and an ACK without SYN.
        for control in [SYN, ACK] {
            let neither = Segment {
                control,
                source: fin.destination,
                destination: fin.source,
                ..fin.clone()
            };
            net.wire()
                .alter_next(rst().from(Side::Server), move |frame| {
                    *frame = build::frame(mac(Side::Server), mac(Side::Client), &neither);
                });
            expect_answer(
                net,
                &prober,
                &fin,
                Answer::Nothing,
                "section 3.10.7.2: an answer to a SYN has SYN and ACK. The wire has left only one of them in what comes",
            )?;
        }
        io::Result::Ok(())
    });
    expect_ladder!("asked", "RFC 9293 sections 3.10.7.1 and 3.10.7.2", trace);
}

/// Asks, and compares.
fn expect_answer(
    net: &mut Net,
    prober: &Prober,
    question: &Segment,
    expected: Answer,
    why: &str,
) -> io::Result<()> {
    let answer = net.client().run(|| ask(prober, question))?;
    let what = format!("ask(), port {}", question.destination.port());
    compare(&what, "You return", question, answer, expected, why);
    Ok(())
}

#[test]
fn the_kernel_surprises_a_prediction_four_times() {
    let trace = Lab::run_with(settings(), |net| {
        let (_listener, prober) = ready(net)?;
        let at_the_closed = segment(CLOSED, NONE, 100, b"");
        let at_the_listening = segment(LISTENING, NONE, 100, b"");

        let found = net
            .client()
            .run(|| surprises(&prober, &at_the_closed, closed))?;
        expect_surprises("a closed port", &found, &[]);
        let found = net
            .client()
            .run(|| surprises(&prober, &at_the_listening, listening))?;
        let syn_fin = SYN | FIN;
        let silent = [syn_fin, syn_fin | PSH, syn_fin | URG, syn_fin | PSH | URG];
        expect_surprises("a listening port", &found, &silent);

        // Another prediction, and another wire.
        let found = net
            .client()
            .run(|| surprises(&prober, &at_the_listening, |_| Answer::Nothing))?;
        let without_rst = (0..64)
            .map(ControlBits::from_bits)
            .filter(|control| !control.contains(RST));
        let answered: Vec<ControlBits> = without_rst
            .filter(|control| {
                control.contains(ACK) || control.contains(SYN) && !control.contains(FIN)
            })
            .collect();
        expect_surprises(
            "a listening port, of which nothing was expected",
            &found,
            &answered,
        );
        net.wire().lose_next(rst().from(Side::Server));
        let found = net
            .client()
            .run(|| surprises(&prober, &at_the_closed, closed))?;
        expect_surprises("a closed port whose first answer was lost", &found, &[NONE]);

        // More than an IPv4 packet can hold: the raw socket refuses it, and nothing is asked.
        let too_long = segment(CLOSED, NONE, 100, &[0; 65_516]);
        let refused = net
            .client()
            .run(|| surprises(&prober, &too_long, |_| Answer::Nothing));
        assert!(
            refused
                .as_ref()
                .is_err_and(|error| error.raw_os_error() == Some(EMSGSIZE)),
            "surprises() is given a segment that no packet can hold, so its first question cannot be sent: EMSGSIZE. It should return \
             the error of ask() unchanged; yours returns {refused:?}"
        );
        io::Result::Ok(())
    });
    // 64 questions, in order, four times.
    let asked: Vec<u16> = trace
        .sent_by(Side::Client)
        .filter(|segment| segment.sequence == SeqNumber(100))
        .map(|segment| segment.control.bits())
        .collect();
    let every: Vec<u16> = (0..64).collect();
    assert!(
        asked.chunks(64).all(|round| round == every) && asked.len() == 4 * 64,
        "surprises() should send each combination of the six bits once, from ControlBits::from_bits(0) to from_bits(63), with the \
         numbers of the segment that it was given. Within four calls, the wire saw {} such segments, with the bits {asked:?}",
        asked.len()
    );
}

fn expect_surprises(port: &str, found: &[ControlBits], expected: &[ControlBits]) {
    let list = |all: &[ControlBits]| match all {
        [] => "none".to_owned(),
        _ => all
            .iter()
            .map(|control| format!("[{control}]"))
            .collect::<Vec<_>>()
            .join(" "),
    };
    assert!(
        found == expected,
        "surprises() at {port}: you found {}; there should be {}. Compare what ask() returns with predict(&the segment that was \
         sent), and keep the bits where they differ (RFC 9293 sections 3.10.7.1 and 3.10.7.2)",
        list(found),
        list(expected),
    );
}
