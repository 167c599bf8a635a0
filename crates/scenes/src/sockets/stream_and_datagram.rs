//! Where a message ends: a stream against datagrams.

use crate::Scene;

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[];
