//! The course's parts and chapters, written or not.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::place::Place;

/// The curriculum: which chapters there are, in which order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Curriculum {
    /// The parts in order.
    #[serde(rename = "part")]
    pub parts: Vec<Part>,
}

/// A part of the course.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its folder below `book/`.
    pub slug: String,
    /// Its heading.
    pub title: String,
    /// Its chapters in order.
    pub chapters: Vec<Chapter>,
}

/// A chapter of a part.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chapter {
    /// The name of its file, exercise and solution.
    pub slug: String,
    /// What a link to it says.
    pub title: String,
}

impl Curriculum {
    /// The curriculum of this course.
    #[must_use]
    pub fn get() -> &'static Curriculum {
        static CURRICULUM: LazyLock<Curriculum> = LazyLock::new(|| {
            toml::from_str(include_str!("../../data/curriculum.toml"))
                .expect("data/curriculum.toml is read by this module's tests")
        });
        &CURRICULUM
    }

    /// The chapter of that slug, with its place.
    #[must_use]
    pub fn chapter(&self, slug: &str) -> Option<(Place, &Chapter)> {
        self.parts.iter().find_map(|part| {
            let chapter = part.chapters.iter().find(|chapter| chapter.slug == slug)?;
            Some((Place::new(&part.slug, &chapter.slug), chapter))
        })
    }

    /// Every slug, in order.
    pub fn slugs(&self) -> impl Iterator<Item = &str> {
        self.parts
            .iter()
            .flat_map(|part| &part.chapters)
            .map(|chapter| chapter.slug.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn thirty_chapters_and_a_capstone_have_names_of_their_own() {
        let slugs: Vec<&str> = Curriculum::get().slugs().collect();
        assert_eq!(slugs.len(), 31);
        assert_eq!(slugs.iter().collect::<HashSet<_>>().len(), 31);
        assert_eq!(slugs.first(), Some(&"what-is-a-socket"));
        assert_eq!(slugs.last(), Some(&"tcp-by-hand"));
    }

    #[test]
    fn a_chapter_is_found_with_its_part() {
        let (place, chapter) = Curriculum::get().chapter("why-three").unwrap();
        assert_eq!(place, Place::new("handshake", "why-three"));
        assert_eq!(chapter.title, "Why three?");
        assert!(Curriculum::get().chapter("why-two").is_none());
    }
}
