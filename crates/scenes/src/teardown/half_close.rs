//! Done sending, still reading: one direction closed, the other in use.

use crate::Scene;

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[];
