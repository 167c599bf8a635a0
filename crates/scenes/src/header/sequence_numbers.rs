//! Counting octets past the end of the number space.

use crate::Scene;

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[];
