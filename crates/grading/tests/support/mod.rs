//! Submissions in temporary folders, a small course, and an engine that grades without building anything.
#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use course::Failure;
use course::exercise::Exercise;
use course::place::Place;
use grading::collect::Handed;
use grading::take::{Taken, Wanted};
use grading::{ExerciseReport, Report, Submission, TestReport, Verdict};
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A temporary folder.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().canonicalize().unwrap()
    }

    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let file = self.at(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.at(path)).unwrap()
    }

    /// Every file and link below it with its content, and every folder.
    pub(crate) fn everything(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        collect(&self.path(), &self.path(), &mut found);
        found
    }
}

fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let content = if path.is_symlink() {
            std::fs::read_link(&path)
                .unwrap()
                .into_os_string()
                .into_encoded_bytes()
        } else if path.is_dir() {
            collect(root, &path, found);
            b"a folder".to_vec()
        } else {
            std::fs::read(&path).unwrap()
        };
        found.insert(path.strip_prefix(root).unwrap().to_path_buf(), content);
    }
}

/// A `.zip` of these files; a name that ends in `/` is a folder.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    zip_with(|zip| {
        for (name, content) in files {
            if let Some(name) = name.strip_suffix('/') {
                zip.add_directory(name, SimpleFileOptions::default())
                    .unwrap();
            } else {
                zip.start_file(*name, SimpleFileOptions::default()).unwrap();
                zip.write_all(content).unwrap();
            }
        }
    })
}

/// A `.zip` with whatever is put into it.
pub(crate) fn zip_with(fill: impl FnOnce(&mut ZipWriter<std::io::Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::default());
    fill(&mut zip);
    zip.finish().unwrap().into_inner()
}

/// The octets with every `from` replaced by a `to` of the same length, of which there must be some.
pub(crate) fn patched(mut octets: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let found: Vec<usize> = (0..=octets.len() - from.len())
        .filter(|start| octets[*start..].starts_with(from))
        .collect();
    assert!(!found.is_empty());
    for start in found {
        octets[start..start + to.len()].copy_from_slice(to);
    }
    octets
}

/// The exercises of the course in these tests: `p/a`, `p/b`, `q/c`.
pub(crate) const PLACES: [(&str, &str); 3] = [("p", "a"), ("p", "b"), ("q", "c")];

pub(crate) fn a() -> Place {
    Place::new("p", "a")
}

/// All exercises.
pub(crate) fn wanted() -> Wanted {
    let all: Vec<Place> = PLACES
        .iter()
        .map(|(part, slug)| Place::new(*part, *slug))
        .collect();
    Wanted {
        asked: all.clone(),
        all,
    }
}

/// Only `p/a`.
pub(crate) fn only_a() -> Wanted {
    Wanted {
        asked: vec![a()],
        ..wanted()
    }
}

/// What is taken of the submission at that path.
pub(crate) fn take(path: &Path, wanted: &Wanted) -> Taken {
    Handed {
        name: "asked-for".to_owned(),
        path: path.to_path_buf(),
    }
    .take(wanted)
}

/// A course with these exercises, of which each has a test of 2 points and one of 3.
pub(crate) fn course() -> (Folder, Vec<Exercise>) {
    let course = Folder::new();
    course.write("Cargo.toml", "[workspace]\n");
    course.write("Cargo.lock", "");
    course.write(".cargo/config.toml", "");
    course.write("crates/wire/src/lib.rs", "");
    course.write("book/p/a.md", "");
    course.write("book/p/a.pcapng", "");
    for (part, slug) in PLACES {
        let manifest = format!(
            "[package]\nname = \"{slug}\"\n[lib]\nname = \"{slug}\"\n[package.metadata.course]\nchapter = \"{slug}\"\n\
             trains = \"it\"\nminutes = 1\nprerequisites = []\nsolved = \"yes\"\n\
             points = {{ the_first_is_right = 2, the_second_is_right = 3 }}\n"
        );
        course.write(&format!("exercises/{part}/{slug}/Cargo.toml"), manifest);
        course.write(
            &format!("exercises/{part}/{slug}/src/lib.rs"),
            "// starter\n",
        );
        course.write(
            &format!("exercises/{part}/{slug}/tests/grade.rs"),
            "// tests\n",
        );
    }
    let read = |place: &Place| Exercise::read(&course.path(), place).unwrap();
    let exercises = wanted().all.iter().map(read).collect();
    (course, exercises)
}

/// What the engine is to tests that do not build: a test passes if the source names it.
pub(crate) fn fake(exercises: &[Exercise], submission: &Submission) -> Result<Report, Failure> {
    let graded = exercises.iter().map(|exercise| {
        let sources = submission.exercises.get(&exercise.place);
        let text = sources
            .map(|sources| String::from_utf8_lossy(&sources[Path::new("lib.rs")]).into_owned());
        let tests = exercise.meta.points.iter().map(|(name, worth)| {
            let passed = text.as_ref().is_some_and(|text| text.contains(name));
            TestReport {
                name: name.clone(),
                worth: *worth,
                passed,
                said: if passed || text.is_none() {
                    String::new()
                } else {
                    format!("no {name} in {text:?}")
                },
                milliseconds: 0,
            }
        });
        ExerciseReport {
            part: exercise.place.part.clone(),
            slug: exercise.place.slug.clone(),
            verdict: if sources.is_some() {
                Verdict::Ran
            } else {
                Verdict::NotHandedIn
            },
            tests: tests.collect(),
        }
    });
    Ok(Report {
        submission: submission.name.clone(),
        exercises: graded.collect(),
    })
}
