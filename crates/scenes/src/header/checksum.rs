//! What a wrong checksum does.

use crate::Scene;

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[];
