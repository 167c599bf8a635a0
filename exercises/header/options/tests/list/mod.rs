//! Your reader's list of options, and what can be said of it without another reader.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use grade::Octets;
use options::{OptionError, Options, TcpOption};

/// A header has at most 15 words, 5 of them without options (RFC 9293 section 3.1).
pub(crate) const ROOM: usize = 40;

/// No reader needs so long for forty octets.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a reader's iterator gives.
pub(crate) type Item = Result<TcpOption, OptionError>;

/// All that your iterator gives, of octets that may be anything. It must come to an end: every option takes one octet at least.
pub(crate) fn items(octets: &[u8]) -> Vec<Item> {
    let (send, receive) = mpsc::channel();
    let copy = octets.to_vec();
    thread::spawn(move || {
        let mut options = Options::of(&copy);
        let items: Vec<Item> = options.by_ref().take(copy.len() + 1).collect();
        let ended = items.len() > copy.len() || options.next().is_none();
        assert!(
            ended,
            "next() has given None and goes on after it: the end of the list is the end (RFC 9293 section 3.2)"
        );
        // Nobody listens any more when this has taken too long.
        let _ = send.send(items);
    });
    let found = receive.recv_timeout(PATIENCE).unwrap_or_else(|error| match error {
        RecvTimeoutError::Timeout => panic!(
            "next() does not come back: no length may keep it from moving on (RFC 9293 section 3.1, MUST-7): {}",
            Octets(octets)
        ),
        RecvTimeoutError::Disconnected => panic!(
            "next() panics, as is told above: no octets may do that, they come from the network (RFC 9293 section 3.1, MUST-7): {}",
            Octets(octets)
        ),
    });
    assert!(
        found.len() <= octets.len(),
        "{} octets have given {} options, and more would come: a length that leads nowhere must end the list (RFC 9293 \
         section 3.1, MUST-7). The last two were {:?}: {}",
        octets.len(),
        found.len(),
        &found[found.len().saturating_sub(2)..],
        Octets(octets)
    );
    found
}

/// The options of a list in which nothing is wrong.
pub(crate) fn read(octets: &[u8]) -> Vec<TcpOption> {
    let options: Result<Vec<TcpOption>, OptionError> = items(octets).into_iter().collect();
    options.unwrap_or_else(|error| {
        panic!(
            "options in which nothing is wrong are refused with {error:?} (RFC 9293 section 3.1): {}",
            Octets(octets)
        )
    })
}

/// Follows your list through the octets: every option must stand where the one before it ends, and the list must end where it
/// should, and as it should.
pub(crate) fn walk(octets: &[u8]) {
    let mut rest = octets;
    let mut items = items(octets).into_iter();
    for item in items.by_ref() {
        let option = match item {
            Ok(option) => option,
            Err(error) => {
                assert_eq!(
                    Some(error),
                    fault(rest),
                    "you refuse these octets with the error on the left; on the right is what is wrong with {} in them, if \
                     anything is (RFC 9293 section 3.1): {}",
                    Octets(rest),
                    Octets(octets)
                );
                assert_eq!(
                    items.next(),
                    None,
                    "behind an illegal length nobody can say where the next option begins (RFC 9293 section 3.1): {}",
                    Octets(octets)
                );
                return;
            }
        };
        let length = if rest.first() == Some(&1) {
            1
        } else {
            rest.get(1).copied().unwrap_or(0).into()
        };
        assert_eq!(
            fault(rest),
            None,
            "you read {option:?} where the length is illegal, in {} (RFC 9293 section 3.1, MUST-7): {}",
            Octets(rest),
            Octets(octets)
        );
        let (here, behind) = rest.split_at_checked(length).unwrap_or((&[], rest));
        assert_eq!(
            Octets(&octets_of(&option)[..]),
            Octets(here),
            "you read {option:?}, which are the octets on the left; those on the right stand there (RFC 9293 sections 3.1 and \
             3.2): {}",
            Octets(octets)
        );
        let own_form = match option {
            TcpOption::Other { kind, .. } => {
                matches!((kind, length), (2, 4) | (3, 3) | (4, 2) | (8, 10))
            }
            _ => false,
        };
        assert!(
            !own_form,
            "{option:?} is of a kind with a form of its own, and has its length (RFC 9293 section 3.2): {}",
            Octets(octets)
        );
        rest = behind;
    }
    assert!(
        matches!(rest, [] | [0, ..]),
        "your list ends before {}, which is neither the end of the octets nor End of Option List (RFC 9293 section 3.2): {}",
        Octets(rest),
        Octets(octets)
    );
}

/// What is wrong with the option that begins here, if anything is.
fn fault(rest: &[u8]) -> Option<OptionError> {
    match *rest {
        [] | [0 | 1, ..] => None,
        [kind] => Some(OptionError::LengthMissing { kind }),
        [kind, length @ 0..2, ..] => Some(OptionError::LengthTooSmall { kind, length }),
        [kind, length, ..] => {
            (usize::from(length) > rest.len()).then_some(OptionError::LengthPastEnd {
                kind,
                length,
                left: rest.len(),
            })
        }
    }
}

/// One option as octets. The length of one that is too long for any header does not matter.
pub(crate) fn octets_of(option: &TcpOption) -> Vec<u8> {
    let (kind, data) = match option {
        TcpOption::NoOperation => return vec![1],
        TcpOption::MaximumSegmentSize(size) => (2, size.to_be_bytes().to_vec()),
        TcpOption::WindowScale(shift) => (3, vec![*shift]),
        TcpOption::SackPermitted => (4, Vec::new()),
        TcpOption::Timestamps { value, echo } => {
            (8, [value.to_be_bytes(), echo.to_be_bytes()].concat())
        }
        TcpOption::Other { kind, data } => (*kind, data.clone()),
    };
    [vec![kind, (data.len() + 2) as u8], data].concat()
}
