//! What two hosts agree on in their SYNs.

use crate::Scene;

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[];
