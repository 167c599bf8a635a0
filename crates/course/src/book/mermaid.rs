//! Diagrams: each says in words what it shows, and the script that draws them is 2.7 MB that only
//! pages with a diagram should fetch.
//!
//! `mdbook-mermaid install` would put it on every page. Instead it is copied to
//! `book/mermaid.min.js`, which mdBook copies into the built book, and `theme/diagrams.js` fetches
//! it where there is a diagram.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use mdbook_markdown::pulldown_cmark::{CodeBlockKind, Event, Tag};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};

use super::manuscript::{Manuscript, Page};
use crate::Problem;
use crate::file::write_whole;
use crate::tools;

const SCRIPT: &str = "mermaid.min.js";

/// Makes sure that the script is there if one of the pages, with their directives replaced, has a
/// diagram.
pub(super) fn provide(manuscript: &Manuscript, pages: &[Page]) -> Result<(), Problem> {
    if !pages.iter().any(|page| has_diagram(&page.text)) {
        return Ok(());
    }
    let shown = manuscript.shown(Path::new(SCRIPT));
    let failed = |what: String| {
        Problem::new(
            &shown,
            what,
            "run `cargo course serve` or `cargo course doctor`: both know how to get mdbook-mermaid",
        )
    };
    let script = manuscript.folder().join(SCRIPT);
    let Some(fresh) = install(&manuscript.root).map_err(&failed)? else {
        return if script.is_file() {
            Ok(())
        } else {
            Err(failed("the diagrams need mdbook-mermaid, which is neither on PATH nor in target/tools/bin".to_owned()))
        };
    };
    // Written only if it differs: `mdbook serve` builds again whenever a file changes.
    if std::fs::read(&script).is_ok_and(|present| present == fresh) {
        return Ok(());
    }
    write_whole(&script, &fresh).map_err(|error| failed(format!("cannot be written: {error}")))
}

/// Whether a page has a block ```` ```mermaid ````.
fn has_diagram(text: &str) -> bool {
    !diagrams(text).is_empty()
}

/// Where the diagrams of a page stand.
fn diagrams(text: &str) -> Vec<Range<usize>> {
    new_cmark_parser(text, &MarkdownOptions::default())
        .into_offset_iter()
        .filter_map(|(event, range)| match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language)))
                if &*language == "mermaid" =>
            {
                Some(range)
            }
            _ => None,
        })
        .collect()
}

/// Where diagrams stand that do not say what they show to those who do not see them.
///
/// ```text
/// stateDiagram-v2
///     accTitle: Opening a connection
///     accDescr: LISTEN leads to SYN-RECEIVED on a SYN, and that to ESTABLISHED on an ACK.
/// ```
pub(super) fn without_words(text: &str) -> Vec<usize> {
    let says = |block: &Range<usize>, word: &str| {
        text[block.clone()]
            .lines()
            .any(|line| line.trim_start().starts_with(word))
    };
    let mute = |block: &Range<usize>| !(says(block, "accTitle") && says(block, "accDescr"));
    diagrams(text)
        .into_iter()
        .filter(mute)
        .map(|block| block.start)
        .collect()
}

/// What `mdbook-mermaid install` brings, or `None` if the machine lacks mdbook-mermaid.
fn install(root: &Path) -> Result<Option<Vec<u8>>, String> {
    let folder =
        tempfile::tempdir().map_err(|error| format!("no folder for temporary files: {error}"))?;
    std::fs::write(folder.path().join("book.toml"), "[book]\n")
        .map_err(|error| format!("cannot write a temporary file: {error}"))?;
    let own = tools::folder(root)
        .join("bin")
        .join(format!("mdbook-mermaid{}", std::env::consts::EXE_SUFFIX));
    for program in [PathBuf::from("mdbook-mermaid"), own] {
        match Command::new(&program)
            .arg("install")
            .arg(folder.path())
            .output()
        {
            Ok(output) if output.status.success() => {
                let script = std::fs::read(folder.path().join(SCRIPT));
                return script.map(Some).map_err(|error| {
                    format!("`mdbook-mermaid install` wrote no {SCRIPT}: {error}")
                });
            }
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                return Err(format!("`mdbook-mermaid install` failed: {}", said.trim()));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(format!("cannot run {}: {error}", program.display())),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_mermaid_block_is_a_diagram() {
        assert!(has_diagram("# T\n\n```mermaid\nA --> B\n```\n"));
        assert!(!has_diagram("# T\n\nmermaid\n\n```text\n```mermaid\n```\n"));
    }

    #[test]
    fn a_diagram_needs_a_title_and_a_description() {
        let text = "```mermaid\naccTitle: T\naccDescr: D\n```\n\n```mermaid\naccTitle: T\n```\n";
        assert_eq!(without_words(text), [40]);
    }
}
