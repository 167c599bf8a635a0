//! The wire: what travels on it, and what its script wants done with it.

use std::collections::VecDeque;
use std::panic::Location;

use trace::{Event, Origin, Segment, Side, build};

use crate::addresses::mac;
use crate::filter::Filter;
use crate::net::Net;
use crate::play::give_up;

/// A frame between the two hosts.
pub(crate) struct Travelling {
    pub(crate) from: Side,
    pub(crate) origin: Origin,
    pub(crate) bytes: Vec<u8>,
}

/// Changes a frame's octets in place.
type Change = Box<dyn FnMut(&mut Vec<u8>) + Send>;

/// What a rule does with a frame.
pub(crate) enum Action {
    Hold,
    Lose,
    Duplicate,
    Alter(Change),
}

struct Rule {
    filter: Filter,
    action: Action,
    /// Whether the rule is for the next such frame only.
    once: bool,
}

/// Frames under way, frames held, and the rules by which the script wants them treated.
#[derive(Default)]
pub(crate) struct Wire {
    rules: Vec<Rule>,
    pub(crate) queue: VecDeque<Travelling>,
    /// In the order in which they were held; each knows the row that shows it being held.
    held: VecDeque<Travelling>,
}

/// What is to be done with a frame that a host has just sent.
pub(crate) enum Verdict {
    Deliver { altered: bool, twice: bool },
    Hold,
    Lose,
}

impl Wire {
    /// Asks the rules about a frame; the first that is about it decides. What the wire itself sends
    /// was decided by the script already.
    pub(crate) fn judge(&mut self, frame: &mut Travelling) -> Verdict {
        let pass = Verdict::Deliver {
            altered: false,
            twice: false,
        };
        if frame.origin != Origin::Host {
            return pass;
        }
        let found = self
            .rules
            .iter()
            .position(|rule| rule.filter.matches(frame.from, &frame.bytes));
        let Some(position) = found else { return pass };
        let verdict = match &mut self.rules[position].action {
            Action::Hold => Verdict::Hold,
            Action::Lose => Verdict::Lose,
            Action::Duplicate => Verdict::Deliver {
                altered: false,
                twice: true,
            },
            Action::Alter(change) => {
                change(&mut frame.bytes);
                Verdict::Deliver {
                    altered: true,
                    twice: false,
                }
            }
        };
        if self.rules[position].once {
            self.rules.remove(position);
        }
        verdict
    }

    /// Keeps a frame; `row` is the row that shows this.
    pub(crate) fn keep(&mut self, frame: Travelling, row: usize) {
        self.held.push_back(Travelling {
            origin: Origin::Held(row),
            ..frame
        });
    }

    /// How many frames are held.
    pub(crate) fn held(&self) -> usize {
        self.held.len()
    }

    /// The rules that were for one frame and have not met it.
    pub(crate) fn unmet(&self) -> Vec<String> {
        self.rules
            .iter()
            .filter(|rule| rule.once)
            .map(|rule| rule.filter.to_string())
            .collect()
    }
}

/// The script's hand on the wire. Rules apply to frames that the wire has not carried yet; the first rule
/// that is about a frame decides.
pub struct WireHandle<'a> {
    pub(crate) net: &'a mut Net,
}

impl WireHandle<'_> {
    /// Holds every such frame from now on, until [`WireHandle::let_pass`].
    pub fn hold(&mut self, filter: Filter) {
        self.rule(filter, Action::Hold, false);
    }

    /// Loses every such frame from now on, until [`WireHandle::let_pass`].
    pub fn lose(&mut self, filter: Filter) {
        self.rule(filter, Action::Lose, false);
    }

    /// Holds the next such frame.
    pub fn hold_next(&mut self, filter: Filter) {
        self.rule(filter, Action::Hold, true);
    }

    /// Loses the next such frame.
    pub fn lose_next(&mut self, filter: Filter) {
        self.rule(filter, Action::Lose, true);
    }

    /// Delivers the next such frame, and then a second copy of it.
    pub fn duplicate_next(&mut self, filter: Filter) {
        self.rule(filter, Action::Duplicate, true);
    }

    /// Changes the octets of the next such frame on its way, from the Ethernet header on.
    pub fn alter_next(
        &mut self,
        filter: Filter,
        change: impl FnMut(&mut Vec<u8>) + Send + 'static,
    ) {
        self.rule(filter, Action::Alter(Box::new(change)), true);
    }

    /// Forgets all rules. What is held stays held.
    pub fn let_pass(&mut self) {
        self.net.wire.rules.clear();
    }

    /// How many frames are held.
    #[must_use]
    pub fn held(&self) -> usize {
        self.net.wire.held.len()
    }

    /// Lets the frame go that has been held longest, and waits until the wire is quiet. That none is held is
    /// an error.
    #[track_caller]
    pub fn release(&mut self) {
        let frame = self.net.wire.held.pop_front();
        self.let_go(frame, Location::caller());
    }

    /// Lets the frame go that was held last: before others that left earlier. That none is held is an error.
    #[track_caller]
    pub fn release_newest(&mut self) {
        let frame = self.net.wire.held.pop_back();
        self.let_go(frame, Location::caller());
    }

    fn let_go(&mut self, frame: Option<Travelling>, place: &Location<'_>) {
        let Some(frame) = frame else {
            let (file, line) = (place.file(), place.line());
            give_up(&format!(
                "The wire holds no frame that it could let go ({file}:{line})."
            ));
        };
        self.net.wire.queue.push_back(frame);
        self.net.settle();
    }

    /// Lets all held frames go at once, oldest first: answers to the first come after the last.
    pub fn release_all(&mut self) {
        let mut held = std::mem::take(&mut self.net.wire.held);
        self.net.wire.queue.append(&mut held);
        self.net.settle();
    }

    /// Delivers a copy of an earlier frame, the first in the trace that the filter is about. That there was none is
    /// an error.
    #[track_caller]
    pub fn replay(&mut self, filter: &Filter) {
        let rows = self.net.trace().rows.iter().enumerate();
        let copy = rows.into_iter().find_map(|(row, r)| match &r.event {
            Event::Frame { from, bytes, .. } if filter.matches(*from, bytes) => Some(Travelling {
                from: *from,
                origin: Origin::Copy(row),
                bytes: bytes.clone(),
            }),
            _ => None,
        });
        let Some(copy) = copy else {
            let place = Location::caller();
            let (file, line) = (place.file(), place.line());
            give_up(&format!(
                "The wire has carried no {filter} that it could deliver again ({file}:{line})."
            ));
        };
        self.net.wire.queue.push_back(copy);
        self.net.settle();
    }

    /// Delivers a segment that no host has sent, as if it came from `from`.
    pub fn inject(&mut self, from: Side, segment: &Segment) {
        self.inject_frame(from, build::frame(mac(from), mac(from.other()), segment));
    }

    /// Delivers a whole frame that no host has sent, as if it came from `from`: 14 to 1514 octets.
    pub fn inject_frame(&mut self, from: Side, bytes: Vec<u8>) {
        self.net.wire.queue.push_back(Travelling {
            from,
            origin: Origin::Script,
            bytes,
        });
        self.net.settle();
    }

    /// Waits until a host has sent such a frame after this call: a retransmission, say.
    #[track_caller]
    pub fn wait_for(&mut self, filter: &Filter) {
        let place = Location::caller();
        let (file, line) = (place.file(), place.line());
        let from = self.net.trace().rows.len();
        self.net
            .wait_until(&format!("waited for {filter} ({file}:{line})"), |net| {
                net.trace().rows[from..].iter().any(|row| match &row.event {
                    Event::Frame {
                        from,
                        bytes,
                        origin: Origin::Host,
                        ..
                    } => filter.matches(*from, bytes),
                    _ => false,
                })
            });
    }

    fn rule(&mut self, filter: Filter, action: Action, once: bool) {
        self.net.wire.rules.push(Rule {
            filter,
            action,
            once,
        });
    }
}
