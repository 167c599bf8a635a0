//! What a SYN to a port gives away.

use crate::Scene;

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[];
