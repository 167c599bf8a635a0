//! `PART/SLUG`: the name under which a chapter, its exercise and its solution stand.

use std::fmt;
use std::path::PathBuf;

/// The place of a chapter in the course: `handshake/why-three`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The part: `handshake`.
    pub part: String,
    /// The chapter within the course; no two parts share one: `why-three`.
    pub slug: String,
}

impl Place {
    /// The place of that part and slug.
    pub fn new(part: impl Into<String>, slug: impl Into<String>) -> Place {
        Place {
            part: part.into(),
            slug: slug.into(),
        }
    }

    /// The chapter's page, relative to the root of the course.
    #[must_use]
    pub fn page(&self) -> PathBuf {
        PathBuf::from(format!("book/{self}.md"))
    }

    /// The exercise's folder, relative to the root of the course.
    #[must_use]
    pub fn exercise(&self) -> PathBuf {
        PathBuf::from(format!("exercises/{self}"))
    }

    /// The solution's folder, relative to the root of the course.
    #[must_use]
    pub fn solution(&self) -> PathBuf {
        PathBuf::from(format!("solutions/{self}"))
    }

    /// The name of the solution's package.
    #[must_use]
    pub fn solution_package(&self) -> String {
        format!("{}-solution", self.slug)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.slug)
    }
}
