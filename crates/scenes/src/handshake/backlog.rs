//! What happens before accept.

use crate::Scene;

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[];
