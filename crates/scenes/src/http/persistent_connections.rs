//! Several requests on one connection, and how it is closed.

use crate::Scene;

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[];
