//! Your two functions before streams that cut, join, stop and end wherever they like.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};

use grade::{Octets, any_inputs};
use proptest::prelude::*;
use stream_and_datagram::{LIMIT, read_message, write_message};

/// What the limit has to be.
const LONGEST: usize = 65_536;

/// So many useless calls in a row will never end.
const PATIENCE: usize = 100;

/// A stream that gives what one call of `read` is to give, or fails as it is to fail. When nothing is left, it has ended.
struct Pieces {
    left: VecDeque<Result<Vec<u8>, ErrorKind>>,
    /// How many octets have been read.
    taken: usize,
    /// How many calls have found the end.
    ends: usize,
}

impl Pieces {
    fn of(pieces: impl IntoIterator<Item = Result<Vec<u8>, ErrorKind>>) -> Pieces {
        Pieces {
            left: pieces.into_iter().collect(),
            taken: 0,
            ends: 0,
        }
    }

    /// All octets at once.
    fn whole(octets: &[u8]) -> Pieces {
        Pieces::of(Some(Ok(octets.to_vec())))
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        match self.left.pop_front() {
            Some(Ok(mut piece)) => {
                let count = piece.len().min(buffer.len());
                let rest = piece.split_off(count);
                buffer[..count].copy_from_slice(&piece);
                if !rest.is_empty() {
                    self.left.push_front(Ok(rest));
                }
                self.taken += count;
                Ok(count)
            }
            Some(Err(kind)) => Err(kind.into()),
            None => {
                self.ends += 1;
                assert!(
                    self.ends <= PATIENCE,
                    "the stream has ended, read() has returned 0 {PATIENCE} times, and your read_message() still asks for \
                     more: nothing will ever come"
                );
                Ok(0)
            }
        }
    }
}

/// A stream that takes at most so many octets in one call, and whose every other call is interrupted if it is to be.
struct Narrow {
    width: usize,
    interrupted: bool,
    calls: usize,
    written: Vec<u8>,
}

impl Narrow {
    fn of(width: usize, interrupted: bool) -> Narrow {
        Narrow {
            width,
            interrupted,
            calls: 0,
            written: Vec::new(),
        }
    }
}

impl Write for Narrow {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.interrupted && self.calls % 2 == 1 {
            return Err(ErrorKind::Interrupted.into());
        }
        assert!(
            self.width > 0 || self.calls <= PATIENCE,
            "write() has taken 0 of your octets {PATIENCE} times, and your write_message() still tries: that is ErrorKind::WriteZero"
        );
        let count = octets.len().min(self.width);
        self.written.extend(&octets[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A message as it stands on the stream.
fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).expect("a message of this test");
    [&length.to_be_bytes(), message].concat()
}

fn outcome(result: &io::Result<Option<Vec<u8>>>) -> String {
    match result {
        Ok(Some(message)) => format!("a message of {}", Octets(message)),
        Ok(None) => "None: there is no message".to_owned(),
        Err(error) => format!("the error {:?}", error.kind()),
    }
}

/// The next message is this one, and nothing behind it has been read.
#[track_caller]
fn expect_message(stream: &mut Pieces, message: &[u8], how: &str) {
    let end = stream.taken + framed(message).len();
    let result = read_message(stream);
    assert!(
        matches!(&result, Ok(Some(read)) if read == message),
        "{how}.\nexpected: a message of {}\nfound:    {}",
        Octets(message),
        outcome(&result)
    );
    assert!(
        stream.taken == end,
        "{how}.\nThe message of {} ends with octet {end} of the stream, and your read_message() has read {} octets: what it has \
         read too much is missing from the next message",
        Octets(message),
        stream.taken
    );
}

#[track_caller]
fn expect_end(stream: &mut Pieces, how: &str) {
    let result = read_message(stream);
    assert!(
        matches!(result, Ok(None)),
        "{how}.\nexpected: None: there is no message\nfound:    {}",
        outcome(&result)
    );
}

#[track_caller]
fn expect_error(stream: &mut Pieces, kind: ErrorKind, how: &str) {
    let result = read_message(stream);
    assert!(
        matches!(&result, Err(error) if error.kind() == kind),
        "{how}.\nexpected: the error {kind:?}\nfound:    {}",
        outcome(&result)
    );
}

#[test]
fn a_message_has_its_length_in_front() {
    assert_eq!(LIMIT, LONGEST, "the limit is part of the protocol");
    let long = vec![b'm'; LONGEST];
    for message in [b"hello" as &[u8], b"", &[7; 258], &long] {
        let mut written = Vec::new();
        let result = write_message(&mut written, message);
        assert!(
            result.is_ok() && written == framed(message),
            "write_message() of {} should write the length in four octets, the most significant first, and then the message.\n\
             expected: {}\nfound:    {}, and {result:?}",
            Octets(message),
            Octets(framed(message)),
            Octets(&written)
        );
        let mut stream = Pieces::whole(&framed(message));
        let how = "The stream is one message, and one call gets all of it";
        expect_message(&mut stream, message, how);
    }
}

/// Cuts a stream behind the octets that have a bit in `cuts`: bit 0 is for the first octet.
fn cut(octets: &[u8], cuts: u32) -> Pieces {
    let ends = (1..octets.len())
        .filter(|end| cuts >> (end - 1) & 1 == 1)
        .chain(Some(octets.len()));
    let mut begin = 0;
    Pieces::of(ends.map(|end| {
        let piece = octets[begin..end].to_vec();
        begin = end;
        Ok(piece)
    }))
}

#[test]
fn every_split_and_merge_gives_the_same_messages() {
    let messages: [&[u8]; 3] = [b"ab", b"", b"c"];
    let octets: Vec<u8> = messages.into_iter().flat_map(framed).collect();
    for cuts in 0..1 << (octets.len() - 1) {
        let mut stream = cut(&octets, cuts);
        let sizes: Vec<usize> = (stream.left.iter().flatten()).map(Vec::len).collect();
        let how = format!(
            "Three messages, `ab`, an empty one and `c`, are {}. They come in pieces of {sizes:?} octets. TCP guarantees no \
             correlation between what is written and what a call reads (RFC 9293 section 3.7)",
            Octets(&octets)
        );
        for message in messages {
            expect_message(&mut stream, message, &how);
        }
    }
    let messages = prop::collection::vec(prop::collection::vec(any::<u8>(), 0..600), 1..6);
    let sizes = prop::collection::vec(1..900_usize, 1..12);
    proptest!(any_inputs(64), |(messages in messages, sizes in sizes)| {
        let octets: Vec<u8> = messages.iter().flat_map(|message| framed(message)).collect();
        let mut pieces = VecDeque::new();
        let mut rest = &octets[..];
        for size in sizes.iter().cycle() {
            let (piece, after) = rest.split_at(rest.len().min(*size));
            pieces.push_back(Ok(piece.to_vec()));
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        let mut stream = Pieces::of(pieces);
        let how = format!("A stream of {} messages comes in pieces of {sizes:?} octets, and these again", messages.len());
        for message in &messages {
            expect_message(&mut stream, message, &how);
        }
    });
}

#[test]
fn short_and_interrupted_calls_are_no_end() {
    let expected = framed(b"hello");
    for (width, interrupted) in [(1, false), (3, false), (9, true), (2, true)] {
        let mut stream = Narrow::of(width, interrupted);
        let result = write_message(&mut stream, b"hello");
        assert!(
            result.is_ok() && stream.written == expected,
            "A call of this stream takes at most {width} octets, and {} is interrupted by a signal. write_message() should go on \
             until all is written.\nexpected: {}\nfound:    {}, and {result:?}",
            if interrupted {
                "every other one"
            } else {
                "none"
            },
            Octets(&expected),
            Octets(&stream.written)
        );
    }
    let mut stuck = Narrow::of(0, false);
    let result = write_message(&mut stuck, b"hello");
    assert!(
        matches!(&result, Err(error) if error.kind() == ErrorKind::WriteZero),
        "This stream takes nothing. write_message() should say so by ErrorKind::WriteZero; it says {result:?}"
    );
    for before in [0, 2, 6] {
        let mut broken = Broken { before, calls: 0 };
        let result = write_message(&mut broken, b"hello");
        assert!(
            matches!(&result, Err(error) if error.kind() == ErrorKind::BrokenPipe),
            "This stream takes {before} octets and then fails with BrokenPipe. write_message() should return that error; it \
             says {result:?}"
        );
    }

    let pieces = expected
        .iter()
        .flat_map(|octet| [Err(ErrorKind::Interrupted), Ok(vec![*octet])]);
    let how = "`hello` comes octet by octet, and before each of them a signal interrupts the call (ErrorKind::Interrupted), which has \
               read nothing then and is to be made again";
    expect_message(&mut Pieces::of(pieces), b"hello", how);
}

/// A stream that takes so many octets, and then fails.
struct Broken {
    before: usize,
    calls: usize,
}

impl Write for Broken {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.calls += 1;
        assert!(
            self.calls <= PATIENCE,
            "write() has failed with BrokenPipe again and again, and your write_message() still tries: return the error"
        );
        if self.before == 0 {
            return Err(ErrorKind::BrokenPipe.into());
        }
        let count = octets.len().min(self.before);
        self.before -= count;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_end_between_two_messages_is_no_message() {
    expect_end(&mut Pieces::of(None), "The stream ends at once");
    let interrupted = Some(Err(ErrorKind::Interrupted));
    let how = "A signal interrupts the first call, and then the stream ends";
    expect_end(&mut Pieces::of(interrupted), how);
    for message in [b"hello" as &[u8], b""] {
        let mut stream = Pieces::whole(&framed(message));
        let how = format!(
            "The stream is {}, and then it ends",
            Octets(framed(message))
        );
        expect_message(&mut stream, message, &how);
        let how = format!("{how}. The message has been read, and you are asked for another");
        expect_end(&mut stream, &how);
    }
    for kind in [ErrorKind::ConnectionReset, ErrorKind::TimedOut] {
        let mut stream = Pieces::of([Ok(framed(b"hello")), Err(kind)]);
        let how = format!("`hello` comes, and then the stream fails with {kind:?}");
        expect_message(&mut stream, b"hello", &how);
        let how = format!("{how}, which is no end: a message may have been on its way");
        expect_error(&mut stream, kind, &how);
    }
}

#[test]
fn the_end_in_mid_message_is_an_error() {
    let second = framed(b"world");
    for length in 1..second.len() {
        let how = format!(
            "A whole message comes, then {} of the 9 octets of another, and then the end. A part of a message is no message, \
             and not None either",
            length
        );
        for mut stream in [
            Pieces::whole(&[&framed(b"hello"), &second[..length]].concat()),
            Pieces::of(
                [framed(b"hello")]
                    .into_iter()
                    .chain(second[..length].iter().map(|octet| vec![*octet]))
                    .map(Ok),
            ),
        ] {
            expect_message(&mut stream, b"hello", &how);
            expect_error(&mut stream, ErrorKind::UnexpectedEof, &how);
        }
        let kind = ErrorKind::ConnectionReset;
        let mut stream = Pieces::of([Ok(second[..length].to_vec()), Err(kind)]);
        let how = format!(
            "{length} of the 9 octets of a message come, and then the stream fails with {kind:?}"
        );
        expect_error(&mut stream, kind, &how);
    }
    let mut stream = Pieces::whole(&[0, 1, 0, 0, b'a', b'b', b'c']);
    let how = "65536 octets are announced, three come, and then the end";
    expect_error(&mut stream, ErrorKind::UnexpectedEof, how);
}

#[test]
fn a_length_is_checked_before_it_is_believed() {
    for length in [LONGEST as u32 + 1, 0x0100_0000, 0x8000_0000, u32::MAX] {
        let mut stream = Pieces::whole(&[&length.to_be_bytes(), &[b'x'; 200][..]].concat());
        let how = format!(
            "A peer announces {length} octets, and the limit is {LONGEST}. Whoever believes that makes room for it, and waits for it"
        );
        expect_error(&mut stream, ErrorKind::InvalidData, &how);
        assert!(
            stream.taken == 4,
            "{how}.\nThe four octets of the length say enough, and your read_message() has read {} octets",
            stream.taken
        );
    }
    let mut written = Vec::new();
    let result = write_message(&mut written, &vec![b'm'; LONGEST + 1]);
    assert!(
        matches!(&result, Err(error) if error.kind() == ErrorKind::InvalidInput),
        "write_message() of {} octets should return the error InvalidInput, since no reader of this protocol takes them; it says \
         {result:?}",
        LONGEST + 1
    );
    assert!(
        written.is_empty(),
        "a message that is too long has been refused, and yet {} are on the stream: what follows would be misread",
        Octets(&written)
    );
}

#[cfg(target_os = "linux")]
#[test]
fn two_kernels_cut_and_join_and_the_messages_stay_whole() {
    lab::Lab::run(kernels::play);
}

/// The same over a connection.
#[cfg(target_os = "linux")]
mod kernels {
    use lab::filter::data;
    use lab::peer::{call_from, listen};
    use lab::{Net, addresses};
    use socket2::Socket;

    use super::*;

    const CLIENT_PORT: u16 = 40000;

    /// What `read_message()` gives until it gives no message any more, or far more than were sent.
    fn all(server: &mut Socket) -> (Vec<Vec<u8>>, io::Result<()>) {
        let mut messages = Vec::new();
        while messages.len() < 10 {
            match read_message(server) {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => return (messages, Ok(())),
                Err(error) => return (messages, Err(error)),
            }
        }
        (messages, Ok(()))
    }

    /// The same, and the socket stays open, whatever the program makes of what it reads.
    fn read_all(mut server: Socket) -> ((Vec<Vec<u8>>, io::Result<()>), Socket) {
        let found = all(&mut server);
        (found, server)
    }

    fn shown(messages: &[impl AsRef<[u8]>]) -> String {
        let messages: Vec<String> = messages
            .iter()
            .map(|message| Octets(message).to_string())
            .collect();
        if messages.is_empty() {
            return "no message".to_owned();
        }
        messages.join(", then ")
    }

    #[track_caller]
    fn expect_all(found: &[Vec<u8>], expected: &[&[u8]], how: &str) {
        assert!(
            found == expected,
            "{how}.\nexpected: {}\nfound:    {}",
            shown(expected),
            shown(found)
        );
    }

    pub(super) fn play(net: &mut Net) -> io::Result<()> {
        let listener = net.server().run(|| listen(addresses::server(80)))?;
        cut_anywhere(net, &listener)?;
        joined(net, &listener)?;
        closed_in_mid_message(net, &listener)
    }

    /// A client of the test's writes pieces that are no messages, and each is a segment.
    fn cut_anywhere(net: &mut Net, listener: &Socket) -> io::Result<()> {
        let (mut client, server) = call_from(net, CLIENT_PORT, listener)?;
        net.client().run(|| client.set_tcp_nodelay(true))?;
        let reading = net.server().start(move || read_all(server));
        for piece in [
            b"\0\0" as &[u8],
            b"\0\x05he",
            b"llo\0\0\0\0\0",
            b"\0\0\x03yes",
        ] {
            net.client().run(|| client.write_all(piece))?;
        }
        net.client().run(|| drop(client));
        let ((messages, end), _server) = reading.join(net);
        let how = "`hello`, an empty message and `yes` come in four segments that end in mid-length and in mid-message";
        expect_all(&messages, &[b"hello", b"", b"yes"], how);
        assert!(
            end.is_ok(),
            "{how}, and then the client's FIN. Behind the last message read_message() should give None; it gives {end:?}"
        );
        Ok(())
    }

    /// Your client writes, while the wire holds the first segment: the kernel joins what follows. Then a message that no
    /// segment can hold.
    fn joined(net: &mut Net, listener: &Socket) -> io::Result<()> {
        let (mut client, mut server) = call_from(net, CLIENT_PORT + 1, listener)?;
        let long = [b'l'; 5000];
        net.wire().hold_next(data());
        for message in [b"apples" as &[u8], b"pears", b"plums", &long] {
            net.client().run(|| write_message(&mut client, message))?;
        }
        net.client().run(|| drop(client));
        net.wire().release();
        let together = net.trace().segments().any(|(_, segment)| {
            [b"pears", b"plums"].into_iter().all(|message| {
                let mut fives = segment.payload.windows(5);
                fives.any(|octets| octets == message)
            })
        });
        let (messages, end) = net.server().run(|| all(&mut server));
        let how = "your client writes `apples`, `pears`, `plums` and a message of 5000 octets; its kernel makes segments of them as it \
                   likes";
        expect_all(&messages, &[b"apples", b"pears", b"plums", &long], how);
        assert!(
            end.is_ok(),
            "{how}, and then closes. Behind the last message read_message() should give None; it gives {end:?}"
        );
        assert!(
            together,
            "the lab: no segment holds both `pears` and `plums`, which two calls have written"
        );
        Ok(())
    }

    fn closed_in_mid_message(net: &mut Net, listener: &Socket) -> io::Result<()> {
        let (mut client, server) = call_from(net, CLIENT_PORT + 2, listener)?;
        let reading = net.server().start(move || read_all(server));
        net.client().run(|| client.write_all(b"\0\0\0\x05he"))?;
        net.client().run(|| drop(client));
        let ((messages, end), _server) = reading.join(net);
        let how = "a client announces five octets, sends `he`, and closes as usual, with a FIN";
        expect_all(&messages, &[], how);
        assert!(
            matches!(&end, Err(error) if error.kind() == ErrorKind::UnexpectedEof),
            "{how}. TCP has delivered everything; that a message is incomplete only your read_message() can know, and it should \
             return UnexpectedEof. It gives {end:?}"
        );
        Ok(())
    }
}
