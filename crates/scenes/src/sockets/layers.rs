//! Frame, packet, segment: what goes before the first SYN.

use crate::Scene;

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[];
