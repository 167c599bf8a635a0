//! What mdBook calls (`[preprocessor.course]` in book.toml).

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use mdbook_preprocessor::book::{Book, BookItem};
use mdbook_preprocessor::{PreprocessorContext, parse_input};

use super::expand;
use super::manuscript::Manuscript;
use super::mermaid;
use crate::{Failure, Problem};

/// Answers mdBook: `supports RENDERER` by the exit code, and a book on standard input by the book
/// with its directives replaced. Everything that is wrong goes to standard error at once, and then
/// there is no book.
///
/// # Errors
/// [`Failure::Found`] for a renderer that is not supported and for a book with problems.
pub fn run(query: &[String]) -> Result<(), Failure> {
    match query {
        [] => answer(io::stdin().lock(), io::stdout().lock()),
        // Figures and boxes are HTML.
        [word, renderer] if word == "supports" && renderer == "html" => Ok(()),
        [word, _] if word == "supports" => Err(Failure::Found),
        _ => Err(Failure::cannot(
            format!("`preprocess {}` is not what mdBook asks", query.join(" ")),
            "mdBook itself runs this command; to see the book, run `cargo course serve`",
        )),
    }
}

fn answer(input: impl Read, mut output: impl Write) -> Result<(), Failure> {
    let (context, book) = parse_input(input).map_err(|error| {
        Failure::cannot(
            format!("standard input is no book of mdBook 0.5: {error:#}"),
            "mdBook itself runs this command; to see the book, run `cargo course serve`",
        )
    })?;
    let book = replace(&context, book).map_err(|problems| {
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
    let manuscript = Manuscript::of(&context.root, &context.config.book.src, &book)?;
    let mut expanded = expand::expand(&manuscript);
    expanded
        .problems
        .extend(mermaid::provide(&manuscript, &expanded.pages).err());
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
        }
    });
    Ok(book)
}
