//! One port, several connections: what names a socket.

use crate::Scene;

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[];
