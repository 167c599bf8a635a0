//! Where the course is.

use std::path::{Path, PathBuf};

use crate::Failure;

/// The root of the course that `start` lies in: the nearest folder upwards that has a `book.toml`.
///
/// # Errors
/// There is none.
pub fn find(start: &Path) -> Result<PathBuf, Failure> {
    start
        .ancestors()
        .find(|folder| folder.join("book.toml").is_file())
        .map(Path::to_path_buf)
        .ok_or_else(|| {
            Failure::cannot(
                format!("{} is not inside the course", start.display()),
                "run `cargo course` in the folder that holds book.toml, or below it",
            )
        })
}
