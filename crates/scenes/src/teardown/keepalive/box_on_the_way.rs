//! A box on the way that remembers connections.

use std::collections::BTreeMap;
use std::net::SocketAddrV4;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lab::filter::Filter;
use trace::{ControlBits, Segment};

/// The pair of sockets that names a connection, the smaller one first: the same in both directions.
type Pair = (SocketAddrV4, SocketAddrV4);

/// A box with a record of each connection, as address translators and stateful firewalls have one.
///
/// A SYN makes a record, and what belongs to no record is dropped without a word. Such boxes forget by a clock; this one does
/// when the script says that a period has ended, so that nothing depends on time.
#[derive(Clone, Default)]
pub(super) struct BoxOnTheWay {
    /// Whether each connection was used in this period.
    records: Arc<Mutex<BTreeMap<Pair, bool>>>,
}

impl BoxOnTheWay {
    /// What it does not let through.
    pub(super) fn drops(&self) -> Filter {
        let itself = self.clone();
        Filter::segment("what the box has no record of", move |segment| {
            !itself.lets_through(segment)
        })
    }

    /// Forgets every connection that was silent since the last call.
    pub(super) fn a_period_ends(&self) {
        self.records().retain(|_, used| std::mem::take(used));
    }

    // ANCHOR: lets_through
    fn lets_through(&self, segment: &Segment) -> bool {
        let pair = (
            segment.source.min(segment.destination),
            segment.source.max(segment.destination),
        );
        let mut records = self.records();
        if segment.control == ControlBits::SYN {
            records.insert(pair, true);
        }
        match records.get_mut(&pair) {
            Some(used) => {
                *used = true;
                true
            }
            None => false,
        }
    }
    // ANCHOR_END: lets_through

    fn records(&self) -> MutexGuard<'_, BTreeMap<Pair, bool>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
