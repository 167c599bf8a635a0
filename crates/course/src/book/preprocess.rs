//! What mdBook calls: `[preprocessor.course]` in book.toml before it includes files, `[preprocessor.highlight]` after that.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use mdbook_preprocessor::book::{Book, BookItem};
use mdbook_preprocessor::config::Search;
use mdbook_preprocessor::{PreprocessorContext, parse_input};

use super::expand;
use super::highlight;
use super::manuscript::Manuscript;
use super::mermaid;
use super::search;
use crate::exercise::{self, Exercise};
use crate::progress::{Progress, Standing};
use crate::{Failure, Problem, reader, summary};

/// Answers mdBook: `supports RENDERER` by the exit code, and a book on standard input by the book
/// with its directives replaced, or after the word `highlight` with its code coloured. Everything that
/// is wrong goes to standard error at once, and then there is no book.
///
/// # Errors
/// [`Failure::Found`] for a renderer that is not supported and for a book with problems.
pub fn run(query: &[String]) -> Result<(), Failure> {
    let (work, query): (Work, _) = match query {
        [word, rest @ ..] if word == "highlight" => (coloured, rest),
        all => (replace, all),
    };
    match query {
        [] => answer(work, io::stdin().lock(), io::stdout().lock()),
        // Figures, boxes and colours are HTML.
        [word, renderer] if word == "supports" && renderer == "html" => Ok(()),
        [word, _] if word == "supports" => Err(Failure::Found),
        _ => Err(Failure::cannot(
            format!("`preprocess {}` is not what mdBook asks", query.join(" ")),
            "mdBook itself runs this command; to see the book, run `cargo course serve`",
        )),
    }
}

/// What becomes of a book, or everything that is wrong with it.
type Work = fn(&PreprocessorContext, Book) -> Result<Book, Vec<Problem>>;

fn answer(work: Work, input: impl Read, mut output: impl Write) -> Result<(), Failure> {
    let (context, book) = parse_input(input).map_err(|error| {
        Failure::cannot(
            format!("standard input is no book of mdBook 0.5: {error:#}"),
            "mdBook itself runs this command; to see the book, run `cargo course serve`",
        )
    })?;
    let book = work(&context, book).map_err(|problems| {
        for problem in &problems {
            eprintln!("{problem}");
        }
        eprintln!(
            "{}",
            match problems.len() {
                1 => "1 problem in the book".to_owned(),
                count => format!("{count} problems in the book"),
            }
        );
        Failure::Found
    })?;
    serde_json::to_writer(&mut output, &book)
        .map_err(io::Error::from)
        .and_then(|()| output.flush())
        .map_err(|error| {
            Failure::cannot(
                format!("cannot hand the book back to mdBook: {error}"),
                "look at mdBook's own message",
            )
        })
}

/// The book with its directives replaced, or everything that is wrong with it.
fn replace(context: &PreprocessorContext, mut book: Book) -> Result<Book, Vec<Problem>> {
    let mut manuscript = Manuscript::of(&context.root, &context.config.book.src, &book)?;
    manuscript.progress = progress(&context.root);
    let mut expanded = expand::expand(&manuscript);
    expanded
        .problems
        .extend(mermaid::provide(&manuscript, &expanded.pages).err());
    if let Some(settings) = search(context) {
        let index = search::provide(&manuscript, &book, &settings);
        expanded.problems.extend(index.err());
    }
    if !expanded.problems.is_empty() {
        return Err(expanded.problems);
    }
    let mut texts: HashMap<PathBuf, String> = expanded
        .pages
        .into_iter()
        .map(|page| (page.file, page.text))
        .collect();
    book.for_each_mut(|item| {
        if let BookItem::Chapter(chapter) = item
            && let Some(text) = chapter
                .source_path
                .as_ref()
                .and_then(|file| texts.remove(file))
        {
            chapter.content = text;
            let place = chapter
                .source_path
                .as_deref()
                .and_then(summary::place_of_page);
            if place
                .is_some_and(|place| manuscript.progress.standing(&place.slug) == Standing::Solved)
            {
                chapter.name.push_str(SOLVED);
            }
        }
    });
    Ok(book)
}

/// The book with its code coloured, in which nothing can be wrong.
#[expect(
    clippy::unnecessary_wraps,
    reason = "the other preprocessor finds problems"
)]
fn coloured(_: &PreprocessorContext, mut book: Book) -> Result<Book, Vec<Problem>> {
    book.for_each_mut(|item| {
        if let BookItem::Chapter(chapter) = item {
            chapter.content = highlight::colour(&chapter.content);
        }
    });
    Ok(book)
}

/// How the book is to be searched, if it is.
fn search(context: &PreprocessorContext) -> Option<Search> {
    let search = context.config.html_config()?.search.unwrap_or_default();
    search.enable.then_some(search)
}

/// The mark of a chapter whose exercise is solved. Names are text to mdBook; `menu.js` gives it a word.
const SOLVED: &str = " \u{2713}";

/// What the reader has done. The book can be read without, so what is wrong here is a warning.
fn progress(root: &Path) -> Progress {
    let places = exercise::places(root, "exercises").unwrap_or_default();
    // A manifest that is wrong is told where the page shows it.
    let exercises: Vec<Exercise> = places
        .iter()
        .filter_map(|place| Exercise::read(root, place).ok())
        .collect();
    reader::read(root, &exercises).unwrap_or_else(|problem| {
        eprintln!("warning: the book does not show what is solved\n{problem}");
        Progress::default()
    })
}
