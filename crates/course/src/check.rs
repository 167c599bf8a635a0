//! `cargo course check`: everything that is wrong in the course, in one run.
//!
//! Each module looks at one thing and returns what is wrong with it. A check that cannot do its
//! work reports that as a problem too, and the others still run.
//!
//! A check of one chapter compiles and runs only what belongs to it. The pages, the folders and the citations are always looked at
//! as a whole: they refer to each other, and it takes no time.

mod exercises;
mod hints;
mod pairs;
mod recordings;
pub(crate) mod unwritten;
mod wrong;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::bar::Bar;
use crate::place::Place;
use crate::{Failure, Problem, book, exercise, handout};

/// Checks the course at `root`, or one chapter of it, and prints what is wrong.
///
/// # Errors
/// Something is, or there is no such chapter.
pub fn check(root: &Path, name: Option<&str>) -> Result<(), Failure> {
    handout::needs_solutions(root, "they are half of what is checked")?;
    let only = name.map(|name| chapter(root, name)).transpose()?;
    let only = only.as_ref();
    let mut problems = Vec::new();
    let mut step = |title: &str, check: &dyn Fn(&Bar) -> Result<Vec<Problem>, Failure>| {
        let title = format!("{title} ... ");
        let bar = Bar::start(&title);
        let drawn = bar.is_drawn();
        if !drawn {
            print!("{title}");
            // Progress is no result: a closed standard output must not end the check.
            let _ = std::io::stdout().flush();
        }
        let start = Instant::now();
        let found = check(&bar).unwrap_or_else(|failure| vec![of_failure(failure)]);
        drop(bar);
        if drawn {
            print!("{title}");
        }
        let verdict = if found.is_empty() {
            "ok".to_owned()
        } else {
            format!("{} wrong", found.len())
        };
        println!("{verdict} ({:.1} s)", start.elapsed().as_secs_f32());
        problems.extend(found);
    };
    step("chapters, exercises and solutions belong together", &|_| {
        pairs::problems(root)
    });
    step("nothing is left to be written", &|_| {
        unwritten::problems(root, only)
    });
    step("citations, links, includes and claims hold", &|_| {
        Ok(book::problems(root))
    });
    step("solutions pass, starters compile and fail", &|bar| {
        exercises::problems(root, only, bar)
    });
    step("wrong answers fail on the test that they name", &|bar| {
        wrong::problems(root, only, bar)
    });
    step("recordings, snapshots and a fresh run agree", &|bar| {
        recordings::problems(root, only, bar)
    });

    problems.sort();
    problems.dedup();
    if problems.is_empty() {
        println!("\nNothing is wrong.");
        return Ok(());
    }
    println!();
    for problem in &problems {
        println!("{problem}");
    }
    println!("\n{} wrong.", problems.len());
    Err(Failure::Found)
}

/// The chapter of that name, `three-way-handshake` or `handshake/three-way-handshake`. It may lack its page or its exercise:
/// that is for the checks to find.
fn chapter(root: &Path, name: &str) -> Result<Place, Failure> {
    let mut places = pairs::chapters(root)?;
    places.extend(exercise::places(root, "exercises")?);
    let is_named = |place: &Place| place.slug == name || place.to_string() == name;
    places.into_iter().find(is_named).ok_or_else(|| {
        Failure::cannot(
            format!("there is no chapter `{name}`"),
            "`cargo course list` shows the chapters with their names",
        )
    })
}

/// A check that could not do its work.
fn of_failure(failure: Failure) -> Problem {
    match failure {
        Failure::Cannot { what, remedy } => Problem::new(".", what, remedy),
        Failure::Found => Problem::new(
            ".",
            "a check failed without saying why",
            "run the command that it uses by itself",
        ),
    }
}

/// A folder, empty, that a check may write into.
fn scratch(root: &Path, folder: &str) -> Result<PathBuf, Failure> {
    let folder = root.join(folder);
    let made = if folder.exists() {
        std::fs::remove_dir_all(&folder)
    } else {
        Ok(())
    }
    .and_then(|()| std::fs::create_dir_all(&folder));
    made.map_err(|error| {
        Failure::cannot(
            format!("cannot write {}: {error}", folder.display()),
            "see that the disk has space and that you may write there",
        )
    })?;
    Ok(folder)
}
