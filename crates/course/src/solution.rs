//! `cargo course solution`: the solution of an exercise, for those who have their own or gave up.

use std::path::{Path, PathBuf};

use crate::Failure;
use crate::progress::Standing;
use crate::reader::Reader;

/// Shows the solution of the exercise of that name, or of the next exercise.
///
/// # Errors
/// The exercise is neither solved nor given up, or this course has no solution of it.
pub fn solution(root: &Path, name: Option<&str>, give_up: bool) -> Result<(), Failure> {
    let mut reader = Reader::open(root)?;
    let exercise = reader.choose(name)?;
    let place = exercise.place.clone();
    let standing = reader.standing(exercise);
    let folder = place.solution().join("src");
    let file = folder.join("lib.rs");
    if !root.join(&file).is_file() {
        return Err(Failure::cannot(
            format!("this copy of the course has no solution of {place}"),
            "it was handed out without; ask whoever gave it to you",
        ));
    }
    if !give_up && !matches!(standing, Standing::Solved | Standing::GivenUp) {
        let slug = &place.slug;
        return Err(Failure::cannot(
            format!("{place} is not solved, as far as `cargo course test {slug}` has seen"),
            format!(
                "stuck? cargo course hint {slug}. To see the solution all the same: cargo course solution {slug} --give-up"
            ),
        ));
    }
    let unreadable = |error: std::io::Error| {
        Failure::cannot(
            format!("cannot read {}: {error}", folder.display()),
            "look at its permissions",
        )
    };
    let code = std::fs::read_to_string(root.join(&file)).map_err(unreadable)?;
    let others = others(root, &folder).map_err(unreadable)?;
    if standing != Standing::Solved {
        reader.note(|progress| progress.change(&place.slug, |entry| entry.given_up = true))?;
    }

    println!("{}:\n\n{}", file.display(), code.trim_end());
    for other in others {
        println!("\nIt goes on in {}.", other.display());
    }
    if standing != Standing::Solved {
        println!(
            "\nRead it until you could write it yourself, then do: the exercise is yours to solve still. \
             Until then `cargo course test` without a name goes on with the next one."
        );
    }
    Ok(())
}

/// The solution's other files, relative to the root.
fn others(root: &Path, folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join(folder))? {
        let name = entry?.file_name();
        if name != "lib.rs" {
            found.push(folder.join(name));
        }
    }
    found.sort();
    Ok(found)
}
