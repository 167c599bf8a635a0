//! Many questions, answers in order.

use crate::Scene;

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[];
