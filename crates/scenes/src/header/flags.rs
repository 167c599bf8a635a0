//! What the control bits ask for, and what they do not.

use crate::Scene;

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[];
