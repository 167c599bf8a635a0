//! Ten events: asked for, waited for, streamed.

use crate::Scene;

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[];
