//! How long is the body?

use crate::Scene;

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[];
