//! `cargo course check`: everything that is wrong in the course, in one run.
//!
//! Each module looks at one thing and returns what is wrong with it. A check that cannot do its
//! work reports that as a problem too, and the others still run.

mod exercises;
mod hints;
mod pairs;
mod recordings;
mod wrong;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::{Failure, Problem, book, handout};

/// Checks the course at `root`, and prints what is wrong.
///
/// # Errors
/// Something is.
pub fn check(root: &Path) -> Result<(), Failure> {
    if root.join(handout::record::FILE).is_file() {
        return Err(Failure::cannot(
            "this course was handed out without solutions, and they are half of what is checked",
            "run this in the course that it was made from",
        ));
    }
    let mut problems = Vec::new();
    let mut step = |title: &str, check: &dyn Fn(&Path) -> Result<Vec<Problem>, Failure>| {
        print!("{title} ... ");
        // Progress is no result: a closed standard output must not end the check.
        let _ = std::io::stdout().flush();
        let start = Instant::now();
        let found = check(root).unwrap_or_else(|failure| vec![of_failure(failure)]);
        let verdict = if found.is_empty() {
            "ok".to_owned()
        } else {
            format!("{} wrong", found.len())
        };
        println!("{verdict} ({:.1} s)", start.elapsed().as_secs_f32());
        problems.extend(found);
    };
    step(
        "chapters, exercises and solutions belong together",
        &pairs::problems,
    );
    step("citations, links, includes and claims hold", &|root| {
        Ok(book::problems(root))
    });
    step(
        "solutions pass, starters compile and fail",
        &exercises::problems,
    );
    step(
        "wrong answers fail on the test that they name",
        &wrong::problems,
    );
    step(
        "recordings, snapshots and a fresh run agree",
        &recordings::problems,
    );

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
