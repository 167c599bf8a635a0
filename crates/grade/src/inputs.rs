//! Inputs that a test makes up.

use proptest::test_runner::Config;

/// So many inputs, made up anew each time a test runs. The first that fails is told: smaller ones would say no more, and a reader's
/// own panics would be printed for each of them. Nothing is written into a file beside the tests.
///
/// ```ignore
/// proptest!(any_inputs(256), |(octets in any::<[u8; 20]>())| expect_header(&octets));
/// ```
#[must_use]
pub fn any_inputs(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 0,
        ..Config::default()
    }
}
