//! Speak TCP yourself: segments over a raw socket.

use crate::Scene;

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[];
