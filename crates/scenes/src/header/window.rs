//! Who slows whom down.

use crate::Scene;

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[];
