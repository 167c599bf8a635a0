//! A host's list of connections, with the timers that run for them.

use std::io;

use lab::{Listed, listing};
use trace::State;

/// What the kernel of the calling program's host lists, as a line of text: `LISTEN; CLOSE-WAIT, no timer`. LISTEN comes
/// first, then the connections by their ports.
pub(super) fn timers() -> io::Result<String> {
    let mut sockets = listing()?;
    sockets.sort_by_key(|listed| listed.socket.state != State::Listen);
    Ok(sockets.iter().map(words).collect::<Vec<_>>().join("; "))
}

/// One socket, and whether a timer runs.
fn words(listed: &Listed) -> String {
    let state = listed.socket.state;
    match (state, listed.timer) {
        (State::Listen, None) => state.to_string(),
        (_, None) => format!("{state}, no timer"),
        (_, Some(_)) => format!("{state}, a timer"),
    }
}
