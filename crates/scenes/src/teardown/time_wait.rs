//! Who waits after the close, why, and for how long.

use crate::Scene;

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[];
