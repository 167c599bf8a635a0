//! How ladders are drawn.

use trace::{Numbering, Payload, View};

/// The usual view, spelt out because `Default` is not for constants.
pub(crate) const USUAL: View = View {
    client: Numbering::Relative(0),
    server: Numbering::Relative(0),
    window: false,
    mss: true,
    options: false,
    payload: Payload::Hidden,
};

/// Nothing of the options: most figures are not about the size of segments.
pub(crate) const PLAIN: View = View {
    mss: false,
    ..USUAL
};

/// The same with what the segments carry.
pub(crate) const WITH_PAYLOAD: View = View {
    payload: Payload::Text,
    ..PLAIN
};

/// The options, but for the MSS, are the subject.
pub(crate) const WITH_OPTIONS: View = View {
    options: true,
    ..PLAIN
};

/// All of the options.
pub(crate) const WITH_ALL_OPTIONS: View = View {
    options: true,
    ..USUAL
};

/// The HTTP messages and WebSocket frames beside the segments that carry them.
pub(crate) const MESSAGES: View = View {
    payload: Payload::Messages,
    ..PLAIN
};

/// Shows the numbers that a figure of the RFC has: the client's as chosen, the server's counted from
/// the figure's own start.
pub(crate) const fn as_in_the_rfc(server: u32) -> View {
    View {
        client: Numbering::Absolute,
        server: Numbering::Relative(server),
        ..PLAIN
    }
}
