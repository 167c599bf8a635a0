//! `cargo course record`: the book's figures, recorded again.

use std::path::Path;

use crate::Failure;
use crate::bar::Bar;
use crate::scenes::{Recorder, Scene};

/// Records the scenes of those names, or all of them, into the book.
///
/// # Errors
/// A name that no scene has, or a scene that does not run. The recordings that could be made are kept.
pub fn record(root: &Path, names: &[String]) -> Result<(), Failure> {
    let recorder = Recorder::build(root)?;
    let scenes = chosen(recorder.scenes()?, names)?;
    let scratch = root.join("target/course/record");
    std::fs::create_dir_all(&scratch).map_err(|error| unwritable(&scratch, &error))?;
    let mut failed = 0;
    let bar = Bar::start("recording ");
    bar.count(scenes.len());
    for scene in &scenes {
        match recorder.record(scene, &scratch) {
            Ok(fresh) => {
                replace(&fresh, &root.join(scene.recording()))?;
                bar.say(&format!("recorded {}", scene.recording().display()));
            }
            Err(problem) => {
                failed += 1;
                bar.warn(&problem.to_string());
            }
        }
        bar.step();
    }
    drop(bar);
    if failed > 0 {
        eprintln!(
            "{failed} of {} scenes could not be recorded; their old recordings are as they were",
            scenes.len()
        );
        return Err(Failure::Found);
    }
    println!("Now `cargo course check` compares the recordings with the snapshots.");
    Ok(())
}

fn chosen(scenes: Vec<Scene>, names: &[String]) -> Result<Vec<Scene>, Failure> {
    if names.is_empty() {
        return Ok(scenes);
    }
    let fits =
        |scene: &Scene, name: &str| scene.place.slug == name || scene.place.to_string() == name;
    if let Some(unknown) = names
        .iter()
        .find(|name| !scenes.iter().any(|scene| fits(scene, name)))
    {
        let known: Vec<&str> = scenes
            .iter()
            .map(|scene| scene.place.slug.as_str())
            .collect();
        return Err(Failure::cannot(
            format!("there is no scene `{unknown}`"),
            format!("there are: {}", known.join(", ")),
        ));
    }
    Ok(scenes
        .into_iter()
        .filter(|scene| names.iter().any(|name| fits(scene, name)))
        .collect())
}

/// Puts the fresh recording in the old one's place in one step, so that no half-written file can
/// stand in the book.
fn replace(fresh: &Path, old: &Path) -> Result<(), Failure> {
    let folder = old.parent().unwrap_or(old);
    std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    let beside = old.with_extension("pcapng.new");
    std::fs::copy(fresh, &beside)
        .and_then(|_| std::fs::rename(&beside, old))
        .map_err(|error| unwritable(old, &error))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::cannot(
        format!("cannot write {}: {error}", path.display()),
        "see that the disk has space and that you may write there",
    )
}
