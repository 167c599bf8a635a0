//! Leaving HTTP on the same connection.

use crate::Scene;

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[];
