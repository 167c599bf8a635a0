//! Is anyone there? Probes, dead peers, idle peers.

use crate::Scene;

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[];
