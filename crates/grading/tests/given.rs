//! What the exercises of this course give.

use std::path::{Path, PathBuf};

use course::exercise;
use grading::{Sources, given};

/// The files directly below a folder; no exercise of the course has others.
fn sources(folder: &Path) -> Sources {
    let entries = std::fs::read_dir(folder).expect("a folder of sources");
    let read = |path: PathBuf| {
        let name = path.file_name().expect("a file has a name");
        (
            name.into(),
            std::fs::read(&path).expect("a file that can be read"),
        )
    };
    entries
        .map(|entry| read(entry.expect("an entry").path()))
        .collect()
}

/// Otherwise the tests could compare by an equality that the reader has written. What `trace` and the standard
/// library define nobody can change.
#[test]
fn every_solution_keeps_what_its_exercise_gives() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let places = exercise::places(&root, "exercises").expect("the exercises");
    assert!(!places.is_empty());
    for place in places {
        let starter = sources(&root.join(place.exercise()).join("src"));
        let mut solution = sources(&root.join(place.solution()).join("src"));
        // A solution takes from the exercise the files that have no blank.
        for (file, source) in &starter {
            solution
                .entry(file.clone())
                .or_insert_with(|| source.clone());
        }
        let lib = solution.get_mut(Path::new("lib.rs")).expect("a library");
        *lib = without_paths(&String::from_utf8_lossy(lib)).into_bytes();
        let changes = given::changes(&starter, &solution);
        assert!(changes.is_empty(), "{place}: {changes:#?}");
    }
}

/// The source as it would stand in the exercise, where those files are beside it.
fn without_paths(lib: &str) -> String {
    let kept = lib
        .lines()
        .filter(|line| !line.starts_with("#[path = \"../../../../exercises/"));
    kept.map(|line| format!("{line}\n")).collect()
}
