//! A program that gave up because a signal came.

use std::io::{self, ErrorKind};

/// Fails where a function of the reader's returned the error of a call that was interrupted.
#[track_caller]
pub fn expect_made_again<T>(function: &str, result: &io::Result<T>) {
    assert!(
        !matches!(result, Err(error) if error.kind() == ErrorKind::Interrupted),
        "a signal interrupted a call of your {function}() before the call did anything (POSIX calls this EINTR, Rust \
         ErrorKind::Interrupted), and your {function}() returned that error. Nothing had happened on the wire, and the socket was as \
         before: this is no failure and no end. Make the call again"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_results_are_not_looked_at() {
        expect_made_again("accept", &Ok(1));
        expect_made_again::<()>("accept", &Err(ErrorKind::TimedOut.into()));
    }

    #[test]
    #[should_panic(expected = "a signal interrupted a call of your accept()")]
    fn an_interruption_is_no_result() {
        expect_made_again::<()>("accept", &Err(ErrorKind::Interrupted.into()));
    }
}
