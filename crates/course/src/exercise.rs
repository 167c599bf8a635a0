//! An exercise's manifest: what it trains, how long it takes, what each of its tests is worth.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::place::Place;
use crate::summary::Part;
use crate::{Failure, Problem};

/// An exercise as its `Cargo.toml` describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exercise {
    /// Where it stands.
    pub place: Place,
    /// Its package's description, in one line.
    pub description: String,
    /// Its library's name, which its solution shares.
    pub lib: String,
    /// `[package.metadata.course]`.
    pub meta: Meta,
}

/// `[package.metadata.course]` of an exercise.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meta {
    /// The chapter that it belongs to.
    pub chapter: String,
    /// What it trains, in one line.
    pub trains: String,
    /// How many minutes a reader should plan.
    pub minutes: u32,
    /// The exercises to have solved before.
    pub prerequisites: Vec<String>,
    /// What is said to a reader who has solved it: why it works, and what to read next.
    pub solved: String,
    /// The slugs that it had in earlier editions, under which a reader's progress may stand.
    #[serde(default)]
    pub formerly: Vec<String>,
    /// What each test is worth, in the order in which they stand in the file.
    #[serde(deserialize_with = "points")]
    pub points: Vec<(String, u32)>,
}

impl Meta {
    /// What all tests together are worth.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.points.iter().map(|(_, points)| points).sum()
    }

    /// What that test is worth.
    #[must_use]
    pub fn worth(&self, test: &str) -> u32 {
        self.points
            .iter()
            .find(|(name, _)| name == test)
            .map_or(0, |(_, points)| *points)
    }
}

fn points<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<(String, u32)>, D::Error> {
    let table = toml::Table::deserialize(deserializer)?;
    table
        .into_iter()
        .map(
            |(test, value)| match value.as_integer().map(u32::try_from) {
                Some(Ok(points @ 1..)) => Ok((test, points)),
                _ => Err(serde::de::Error::custom(format!(
                    "points of `{test}`: a whole number from 1, not {value}"
                ))),
            },
        )
        .collect()
}

#[derive(Deserialize)]
struct Manifest {
    package: Package,
    lib: Library,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    #[serde(default)]
    description: String,
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    course: Meta,
}

#[derive(Deserialize)]
struct Library {
    name: String,
}

impl Exercise {
    /// Reads the exercise at `place`.
    ///
    /// # Errors
    /// A manifest that cannot be read, lacks a key, has one that is unknown, or names another
    /// package than its folder.
    pub fn read(root: &Path, place: &Place) -> Result<Exercise, Problem> {
        let file = place.exercise().join("Cargo.toml");
        let text = std::fs::read_to_string(root.join(&file)).map_err(|error| {
            Problem::new(
                &file,
                format!("cannot be read: {error}"),
                "an exercise is a package with a Cargo.toml",
            )
        })?;
        Exercise::parse(place, &text)
    }

    /// The exercise at `place` that has a manifest of this text.
    ///
    /// # Errors
    /// A manifest that lacks a key, has one that is unknown, or names another package than its folder.
    pub fn parse(place: &Place, text: &str) -> Result<Exercise, Problem> {
        let file = place.exercise().join("Cargo.toml");
        let manifest: Manifest = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| text[..span.start].matches('\n').count() + 1);
            let problem = Problem::new(
                &file,
                error.message(),
                "an exercise's manifest has [lib] name and [package.metadata.course] with chapter, trains, minutes, \
                 prerequisites, solved and points",
            );
            Problem { line, ..problem }
        })?;
        if manifest.package.name != place.slug {
            return Err(Problem::new(
                &file,
                format!(
                    "the package is called `{}`, but its folder `{}`",
                    manifest.package.name, place.slug
                ),
                format!("call the package `{}`", place.slug),
            ));
        }
        Ok(Exercise {
            place: place.clone(),
            description: manifest.package.description,
            lib: manifest.lib.name,
            meta: manifest.package.metadata.course,
        })
    }
}

/// Every `PART/SLUG` below `folder` that has a `Cargo.toml`, sorted.
///
/// # Errors
/// A folder that cannot be read; a folder that is not there holds nothing.
pub fn places(root: &Path, folder: &str) -> Result<Vec<Place>, Failure> {
    let mut found = Vec::new();
    for part in subfolders(&root.join(folder))? {
        for slug in subfolders(&part)? {
            if let (Some(part), Some(name)) = (file_name(&part), file_name(&slug))
                && slug.join("Cargo.toml").is_file()
            {
                found.push(Place::new(part, name));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Every exercise of the course: those that have a chapter in the order of the table of contents, the others after them.
///
/// # Errors
/// The first manifest that is wrong.
pub fn all(root: &Path, parts: &[Part]) -> Result<Vec<Exercise>, Failure> {
    let order: Vec<Place> = parts
        .iter()
        .flat_map(|part| &part.chapters)
        .filter_map(|chapter| chapter.place())
        .collect();
    let mut places = places(root, "exercises")?;
    places.sort_by_key(|place| {
        order
            .iter()
            .position(|other| other == place)
            .unwrap_or(order.len())
    });
    places
        .iter()
        .map(|place| Exercise::read(root, place))
        .collect::<Result<_, _>>()
        .map_err(|problem| {
            Failure::cannot(
                problem.to_string(),
                "`cargo course check` lists everything that is wrong",
            )
        })
}

/// The exercise of that name: `three-way-handshake`, or `handshake/three-way-handshake`.
///
/// # Errors
/// There is none.
pub fn find<'a>(exercises: &'a [Exercise], name: &str) -> Result<&'a Exercise, Failure> {
    exercises
        .iter()
        .find(|exercise| exercise.place.slug == name || exercise.place.to_string() == name)
        .ok_or_else(|| {
            let names: Vec<&str> = exercises
                .iter()
                .map(|exercise| exercise.place.slug.as_str())
                .collect();
            Failure::cannot(
                format!("there is no exercise `{name}`"),
                format!(
                    "there are: {}. `cargo course list` shows them with their chapters",
                    names.join(", ")
                ),
            )
        })
}

fn subfolders(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::cannot(
            format!("cannot read the folder {}: {error}", folder.display()),
            "look at its permissions",
        )
    };
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            found.push(path);
        }
    }
    Ok(found)
}

fn file_name(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}
