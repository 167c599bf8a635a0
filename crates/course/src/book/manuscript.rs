//! The book before it is built: its pages as they are written, and what they draw upon.

use std::path::{Component, Path, PathBuf};

use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::config::Config;

use super::claims::Ledger;
use super::recording;
use super::requirements::{self, Requirement};
use crate::progress::Progress;
use crate::{Problem, summary};

/// A page as it is written.
#[derive(Clone, Debug)]
pub(super) struct Page {
    /// Its file, relative to the book's folder.
    pub(super) file: PathBuf,
    /// Its text.
    pub(super) text: String,
}

/// All pages that the table of contents lists, and what their directives draw upon.
#[derive(Clone, Debug)]
pub(super) struct Manuscript {
    /// The root of the course.
    pub(super) root: PathBuf,
    /// The book's folder, relative to the root.
    pub(super) src: PathBuf,
    /// The pages in reading order.
    pub(super) pages: Vec<Page>,
    /// The ledger, as far as it can be read.
    pub(super) ledger: Ledger,
    /// The requirements of RFC 9293, as far as their list can be read.
    pub(super) requirements: Vec<Requirement>,
    /// Every recording, relative to the book's folder.
    pub(super) recordings: Vec<PathBuf>,
    /// What was wrong with the ledger and the requirements.
    pub(super) problems: Vec<Problem>,
    /// What the reader has done; nothing where the book is only checked.
    pub(super) progress: Progress,
}

impl Manuscript {
    /// The manuscript of the course at `root`, from its files.
    pub(super) fn read(root: &Path) -> Result<Manuscript, Vec<Problem>> {
        let config = Config::from_disk(root.join("book.toml")).map_err(|error| {
            vec![Problem::new(
                "book.toml",
                format!("{error:#}"),
                "mend it by mdBook's documentation of book.toml",
            )]
        })?;
        let src = config.book.src;
        let contents = src.join("SUMMARY.md");
        let unreadable = |file: &Path, error: std::io::Error| {
            let remedy = "write the file, or take it out of the table of contents";
            Problem::new(file, format!("cannot be read: {error}"), remedy)
        };
        let text = std::fs::read_to_string(root.join(&contents))
            .map_err(|error| vec![unreadable(&contents, error)])?;
        let parts = summary::parse(&text).map_err(|failure| {
            vec![Problem::new(
                &contents,
                failure.to_string(),
                "mend the table of contents",
            )]
        })?;
        let mut pages = Vec::new();
        let mut problems = Vec::new();
        for chapter in parts.into_iter().flat_map(|part| part.chapters) {
            let file = src.join(&chapter.file);
            match std::fs::read_to_string(root.join(&file)) {
                Ok(text) => pages.push(Page {
                    file: chapter.file,
                    text,
                }),
                Err(error) => problems.push(unreadable(&file, error)),
            }
        }
        Manuscript::with(root.to_path_buf(), src, pages, problems)
    }

    /// The manuscript of a book that mdBook has read. Drafts have no page.
    pub(super) fn of(root: &Path, src: &Path, book: &Book) -> Result<Manuscript, Vec<Problem>> {
        let pages = book
            .chapters()
            .filter_map(|chapter| {
                Some(Page {
                    file: chapter.source_path.clone()?,
                    text: chapter.content.clone(),
                })
            })
            .collect();
        Manuscript::with(root.to_path_buf(), src.to_path_buf(), pages, Vec::new())
    }

    fn with(
        root: PathBuf,
        src: PathBuf,
        pages: Vec<Page>,
        mut problems: Vec<Problem>,
    ) -> Result<Manuscript, Vec<Problem>> {
        let ledger = list(
            &root,
            &src.join("claims.toml"),
            Ledger::parse,
            &mut problems,
        )?;
        let requirements = list(
            &root,
            &src.join(REQUIREMENTS),
            requirements::parse,
            &mut problems,
        )?;
        let recordings = recording::files(&root.join(&src)).map_err(|problem| vec![problem])?;
        Ok(Manuscript {
            root,
            src,
            pages,
            ledger,
            requirements,
            recordings,
            problems,
            progress: Progress::default(),
        })
    }

    /// The book's folder.
    pub(super) fn folder(&self) -> PathBuf {
        self.root.join(&self.src)
    }

    /// A file of the book as problems name it, relative to the root.
    pub(super) fn shown(&self, file: &Path) -> PathBuf {
        self.src.join(file)
    }

    /// Whether the table of contents lists that page.
    pub(super) fn has_page(&self, file: &Path) -> bool {
        self.pages.iter().any(|page| page.file == file)
    }
}

/// The list of requirements, below the book's folder.
pub(super) const REQUIREMENTS: &str = "requirements.toml";

/// What `parse` makes of a file of the course; nothing if there is no such file.
fn list<T: Default>(
    root: &Path,
    file: &Path,
    parse: impl Fn(&str, &Path) -> (T, Vec<Problem>),
    problems: &mut Vec<Problem>,
) -> Result<T, Vec<Problem>> {
    match std::fs::read_to_string(root.join(file)) {
        Ok(text) => {
            let (found, wrong) = parse(&text, file);
            problems.extend(wrong);
            Ok(found)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(T::default()),
        Err(error) => Err(vec![Problem::new(
            file,
            format!("cannot be read: {error}"),
            "look at its permissions",
        )]),
    }
}

/// The address of `to` in a link of the page `from`; both relative to the book's folder.
pub(super) fn relative(from: &Path, to: &Path) -> String {
    let folder: Vec<Component<'_>> = from
        .parent()
        .map(|folder| folder.components().collect())
        .unwrap_or_default();
    let target: Vec<Component<'_>> = to.components().collect();
    let common = folder
        .iter()
        .zip(&target)
        .take_while(|(a, b)| a == b)
        .count();
    let up = folder[common..].iter().map(|_| "..".to_owned());
    let down = target[common..]
        .iter()
        .map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_between_pages_are_relative() {
        let relative = |from: &str, to: &str| relative(Path::new(from), Path::new(to));
        assert_eq!(relative("ledger.md", "header/flags.md"), "header/flags.md");
        assert_eq!(relative("header/flags.md", "ledger.md"), "../ledger.md");
        assert_eq!(relative("header/flags.md", "header/window.md"), "window.md");
        assert_eq!(
            relative("header/flags.md", "http/pipelining.md"),
            "../http/pipelining.md"
        );
    }
}
