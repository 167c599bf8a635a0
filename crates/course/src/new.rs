//! `cargo course new`: a chapter with its exercise and solution, as far as a machine can write them.

mod entry;
mod files;
mod names;
mod templates;

use std::path::{Path, PathBuf};

use crate::Failure;
use crate::check::unwritten;
use crate::file::write_whole;
use crate::handout;
use crate::place::Place;
use crate::summary::{self, Part};
use crate::uninterrupted::uninterrupted;
use files::Made;

/// Where the readers' way through the course is written down.
const SUMMARY: &str = "book/SUMMARY.md";

/// Makes the files of the chapter `PART/SLUG` and its entry in the table of contents; all of it, or nothing.
///
/// # Errors
/// A course that was handed out, a name or a title that a chapter cannot have, something that is there already, or a file that cannot be written.
pub fn new(root: &Path, name: &str, title: &str) -> Result<(), Failure> {
    handout::needs_solutions(root, "a new exercise would be the only one with one")?;
    let place = names::place(name)?;
    names::title(title)?;
    let parts = summary::read(root)?;
    names::free(root, &parts, &place)?;
    let known = has_part(&parts, &place.part);
    nothing_is_there(root, &place, known)?;
    let contents =
        std::fs::read_to_string(root.join(SUMMARY)).map_err(|error| unreadable(&error))?;
    let contents = entry::added(&contents, &place, title)?;

    let files = templates::files(&place, title);
    uninterrupted(|| make(root, &files, &contents))?;
    print!("{}", told(&place, &files, known));
    Ok(())
}

/// Writes the files of a chapter and the table of contents; all, or none.
fn make(root: &Path, files: &[(PathBuf, String)], summary: &str) -> Result<(), Failure> {
    let mut made = Made::below(root);
    for (file, text) in files {
        made.file(file, text)?;
    }
    write_whole(&root.join(SUMMARY), summary.as_bytes()).map_err(|error| {
        Failure::cannot(
            format!("cannot write {SUMMARY}: {error}"),
            "nothing was made; see that the disk has space and that you may write there",
        )
    })?;
    made.keep();
    Ok(())
}

fn has_part(parts: &[Part], part: &str) -> bool {
    let mut chapters = parts.iter().flat_map(|part| &part.chapters);
    chapters.any(|chapter| chapter.place().is_some_and(|place| place.part == part))
}

/// Nothing is written over, and no folder of something else, such as the book's style sheets, becomes a part.
fn nothing_is_there(root: &Path, place: &Place, known: bool) -> Result<(), Failure> {
    let folder = Path::new("book").join(&place.part);
    let is_no_part = (!known && root.join(&folder).exists()).then_some(folder);
    let own = [place.page(), place.exercise(), place.solution()];
    let taken = own.into_iter().find(|path| root.join(path).exists());
    match (is_no_part, taken) {
        (Some(folder), _) => Err(Failure::cannot(
            format!(
                "{} is there, and the table of contents has no chapter in it",
                folder.display()
            ),
            "choose another name for the new part",
        )),
        (None, Some(path)) => Err(Failure::cannot(
            format!("{} is there already", path.display()),
            "choose another slug, or move what is there out of the way",
        )),
        (None, None) => Ok(()),
    }
}

/// What was made, and what comes next.
fn told(place: &Place, files: &[(PathBuf, String)], known: bool) -> String {
    let mut text = "Made:\n".to_owned();
    for (file, _) in files {
        text += &format!("  {}\n", file.display());
    }
    text += &format!("  {SUMMARY} has a line for it\n");
    let part = &place.part;
    if !known {
        text += &format!(
            "\nThe part {part} is new. Its heading in {SUMMARY} is `{}`; change it there.\n\
             Its scenes have a module of their own: crates/scenes/src/{}, and an entry in `PARTS` in crates/scenes/src/lib.rs.\n",
            entry::heading(part),
            names::module(part),
        );
    }
    let left: usize = files
        .iter()
        .map(|(_, text)| unwritten::marks(text).count())
        .sum();
    let mark = unwritten::MARK;
    let slug = &place.slug;
    text + &format!(
        "\nThe exercise is a small one that works, to be replaced by yours. {left} lines with `{mark}` tell what has to be written.\n\n\
         Where they are, and what else is wrong:  cargo course check {slug}\n\
         The exercise as a reader meets it:       cargo course test {slug}\n\
         The chapter while you write:             cargo course serve\n\n\
         The page \"Extending the course\" (book/extending.md) goes the whole way once, with a scene and its figure.\n",
    )
}

fn unreadable(error: &std::io::Error) -> Failure {
    Failure::cannot(
        format!("cannot read {SUMMARY}: {error}"),
        format!("`git checkout {SUMMARY}` brings it back"),
    )
}
