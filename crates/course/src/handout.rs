//! `cargo course handout`: the readers' version of the course, and how it is brought up to date.

use std::path::{Path, PathBuf};

mod edition;
mod left_out;
mod pages;
pub mod record;
mod update;
mod workspace;

use edition::{Edition, places, unusable};
use record::Record;

use crate::list::count;
use crate::place::Place;
use crate::uninterrupted::uninterrupted;
use crate::{Failure, file::write_whole};

/// Where a handed-out course keeps the starters of its exercises, relative to its root.
const STARTERS: &str = ".handout/starters";

/// Where a handed-out course keeps the starter of an exercise, relative to its root.
#[must_use]
pub fn starter(place: &Place) -> PathBuf {
    Path::new(STARTERS).join(&place.part).join(&place.slug)
}

/// Refuses what needs the solutions, and says why it does, in a course that was handed out without them.
///
/// # Errors
/// This is such a course.
pub fn needs_solutions(root: &Path, why: &str) -> Result<(), Failure> {
    if root.join(record::FILE).is_file() {
        return Err(Failure::cannot(
            format!("this course was handed out without solutions, and {why}"),
            "run this in the course that it was made from",
        ));
    }
    Ok(())
}

/// Writes the readers' version of the course at `root` into a folder that is not there yet, or empty.
///
/// # Errors
/// A folder that has something in it, a course that cannot be handed out as it is, or a disk that refuses.
pub fn handout(root: &Path, folder: &Path) -> Result<(), Failure> {
    let shown = folder.display();
    if folder.join(record::FILE).is_file() {
        return Err(Failure::cannot(
            format!("{shown} is a handed-out course already"),
            format!("to bring it up to date: cargo course handout --update {shown}"),
        ));
    }
    if folder.exists() && !std::fs::read_dir(folder).is_ok_and(|mut inside| inside.next().is_none())
    {
        return Err(Failure::cannot(
            format!("{shown} is not an empty folder"),
            "name a folder that is not there yet. Nothing was changed",
        ));
    }
    let edition = Edition::of(root)?;
    uninterrupted(|| put(&edition, folder)).map_err(|error| {
        Failure::cannot(
            format!("cannot write {shown}: {error}"),
            "see that the folder around it is there, that the disk has space and that you may write there",
        )
    })?;
    println!(
        "{shown} is the readers' course: {} in {}, without solutions and without what is for instructors.",
        number(places(edition.files.keys()).len(), "exercise"),
        number(edition.files.len(), "file"),
    );
    say_source(root, &edition)?;
    println!(
        "Give it away as a folder, as an archive, or as a git repository of its own.\n\
         With a later edition of the course: cargo course handout --update {shown}"
    );
    Ok(())
}

/// All or nothing: the folder gets its name when it is complete.
fn put(edition: &Edition, folder: &Path) -> std::io::Result<()> {
    let around = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    // As any new folder: for everybody, less what the umask takes away.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
    let beside = builder.prefix(".handout-").tempdir_in(around)?;
    edition.write(beside.path())?;
    write_whole(
        &beside.path().join(record::FILE),
        edition.record().text().as_bytes(),
    )?;
    if folder.exists() {
        std::fs::remove_dir(folder)?;
    }
    std::fs::rename(beside.path(), folder)?;
    // It is there under its own name now.
    let _ = beside.keep();
    Ok(())
}

/// Brings a handed-out course up to date with the course at `root`, and leaves what its reader has done.
///
/// # Errors
/// A folder that was not handed out, a course that cannot be handed out as it is, or a disk that refuses.
pub fn update(root: &Path, folder: &Path) -> Result<(), Failure> {
    let shown = folder.display();
    let handed = Record::read(folder).map_err(unusable)?.ok_or_else(|| {
        Failure::cannot(
            format!(
                "{shown} is no handed-out course: it has no {}",
                record::FILE
            ),
            "name the folder that `cargo course handout` made. Nothing was changed",
        )
    })?;
    if let (Ok(folder), Ok(root)) = (folder.canonicalize(), root.canonicalize())
        && folder == root
    {
        return Err(Failure::cannot(
            format!("{shown} is the course that this runs in"),
            "run this in the newer course, and name the older one",
        ));
    }
    let edition = Edition::of(root)?;
    let now = edition.record();
    let disk = update::disk(folder, &edition, &handed)?;
    let renamed = renamed(&edition, &handed)?;
    let plan = update::plan(&edition, &handed, &disk, &renamed);
    if plan.write.is_empty() && plan.remove.is_empty() && handed == now {
        println!("{shown} is up to date.");
        return say_source(root, &edition);
    }
    let aside = uninterrupted(|| update::apply(folder, &edition, &handed, &plan))?;

    for (old, new) in &plan.carried {
        println!(
            "exercises/{old} is called exercises/{new} now; the reader's work has moved there, and a copy is kept aside."
        );
    }
    for place in &plan.kept {
        println!(
            "exercises/{place}/src stays as its reader has it. The course has another starter now: {}",
            starter(place).display()
        );
    }
    if let Some(aside) = aside {
        println!(
            "Kept aside in {}, because the reader had changed it:",
            aside.display()
        );
        for file in plan.aside.keys() {
            println!("  {file}");
        }
    }
    println!(
        "{shown} is up to date: {} written, {} removed.",
        number(plan.write.len(), "file"),
        number(plan.remove.len(), "file"),
    );
    say_source(root, &edition)
}

/// The old and new places of exercises that were handed out under another name. One that was joined to an exercise that was
/// handed out too has no new place: the reader's work on that one is worth as much.
fn renamed(edition: &Edition, handed: &Record) -> Result<Vec<(Place, Place)>, Failure> {
    let exercises = edition.exercises()?;
    let before = places(handed.files.keys());
    let gone = |old: &&Place| exercises.iter().all(|exercise| exercise.place != **old);
    let renamed = before.iter().filter(gone).filter_map(|old| {
        // One that went to another part has kept its name.
        let new = exercises.iter().find(|exercise| {
            exercise.place.slug == old.slug || exercise.meta.formerly.contains(&old.slug)
        })?;
        (!before.contains(&new.place)).then(|| (old.clone(), new.place.clone()))
    });
    Ok(renamed.collect())
}

fn say_source(root: &Path, edition: &Edition) -> Result<(), Failure> {
    let commit = &edition.commit;
    println!("Made from commit {}.", commit.get(..12).unwrap_or(commit));
    let left = edition::uncommitted(root)?;
    if left > 0 {
        println!(
            "Note: {} here with changes that are not committed. They are not in it.",
            number(left, "file")
        );
    }
    Ok(())
}

fn number(number: usize, noun: &str) -> String {
    count(u32::try_from(number).unwrap_or(u32::MAX), noun)
}
