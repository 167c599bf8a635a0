//! What the wire saw against what it should have seen.
//!
//! A test compares a ladder with its snapshot by [`expect_ladder!`]. Where they differ, the test says so in the
//! protocol's words: both ladders, the first step at which they part, and the section that decides.

mod difference;
mod inputs;
mod interruption;
mod octets;
mod recorded;

use insta::{Comparator, DefaultComparator, Snapshot};

pub use inputs::any_inputs;
pub use insta;
pub use interruption::expect_made_again;
pub use octets::Octets;
pub use recorded::recorded;

/// Compares a trace's ladder with the snapshot of that name, in `snapshots/` beside the test.
///
/// ```ignore
/// expect_ladder!("three-segments", "RFC 9293 section 3.5", trace);
/// ```
#[macro_export]
macro_rules! expect_ladder {
    ($name:expr, $source:expr, $trace:expr) => {
        $crate::insta::with_settings!({
            prepend_module_to_snapshot => false,
            omit_expression => true,
            description => $source,
            comparator => Box::new($crate::Explain($source.to_owned())),
        }, {
            $crate::insta::assert_snapshot!($name, $crate::ladder(&$trace));
        })
    };
}

/// The ladder of a trace as text.
#[must_use]
pub fn ladder(trace: &trace::Trace) -> String {
    trace::Ladder::of(trace).to_string()
}

/// Compares as insta does, and explains a difference before insta reports it.
#[derive(Clone)]
pub struct Explain(
    /// Where the expectation comes from: `RFC 9293 section 3.5`.
    pub String,
);

impl Comparator for Explain {
    fn matches(&self, expected: &Snapshot, seen: &Snapshot) -> bool {
        let same = DefaultComparator.matches(expected, seen);
        if !same && let (Some(expected), Some(seen)) = (expected.as_text(), seen.as_text()) {
            eprintln!(
                "{}",
                difference::explain(&self.0, &expected.to_string(), &seen.to_string())
            );
        }
        same
    }

    fn dyn_clone(&self) -> Box<dyn Comparator> {
        Box::new(self.clone())
    }
}
