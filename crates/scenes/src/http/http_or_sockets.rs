//! What ten events cost by each way.

use crate::Scene;

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[];
