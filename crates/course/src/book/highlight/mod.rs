//! Colours of code, put into the page when the book is built: a browser has nothing to fetch and nothing to compute.
//!
//! This looks at what mdBook's `links` has made of a chapter, with the included code in its place. The classes are those of
//! highlight.js, which mdBook and its themes use; `theme/code.css` gives them colours.

use std::fmt::Write;
use std::ops::Range;

use mdbook_markdown::pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};
use trace::html::escape;

mod lines;
mod rust;

/// What part of a language a piece of code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Comment,
    Keyword,
    Literal,
    Macro,
    Meta,
    Number,
    String,
    Symbol,
    Title,
    Type,
    Key,
    Section,
    Added,
    Removed,
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Kind::Comment => "comment",
            Kind::Keyword => "keyword",
            Kind::Literal => "literal",
            Kind::Macro => "built_in",
            Kind::Meta => "meta",
            Kind::Number => "number",
            Kind::String => "string",
            Kind::Symbol => "symbol",
            Kind::Title => "title",
            Kind::Type => "type",
            Kind::Key => "attr",
            Kind::Section => "section",
            Kind::Added => "addition",
            Kind::Removed => "deletion",
        }
    }
}

/// Pieces of code in their order, without gaps; most are of no kind.
type Pieces<'a> = Vec<(Option<Kind>, &'a str)>;

/// A chapter with the code blocks of the languages that are known here as HTML.
pub(super) fn colour(text: &str) -> String {
    let mut coloured = String::with_capacity(text.len() * 2);
    let mut end = 0;
    for block in blocks(text) {
        let Some(pieces) = pieces(&block.language, &block.code) else {
            continue;
        };
        coloured.push_str(&text[end..block.range.start]);
        coloured.push_str(&html(&block.language, &pieces));
        end = block.range.end;
        // A block that its list or quotation ends takes the end of its last line with it.
        if text[block.range].ends_with('\n') {
            coloured.push('\n');
        }
    }
    coloured.push_str(&text[end..]);
    coloured
}

struct Block {
    range: Range<usize>,
    language: String,
    /// Without the marks of the lists and quotations that the block stands in.
    code: String,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut inside = false;
    for (event, range) in new_cmark_parser(text, &MarkdownOptions::default()).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(words))) => {
                let language = words.split([' ', '\t', ',']).next().unwrap_or_default();
                blocks.push(Block {
                    range,
                    language: language.to_owned(),
                    code: String::new(),
                });
                inside = true;
            }
            Event::End(TagEnd::CodeBlock) => inside = false,
            Event::Text(code) if inside => {
                if let Some(block) = blocks.last_mut() {
                    block.code.push_str(&code);
                }
            }
            _ => {}
        }
    }
    blocks
}

fn pieces<'a>(language: &str, code: &'a str) -> Option<Pieces<'a>> {
    match language {
        "rust" => Some(rust::pieces(code)),
        "toml" => Some(lines::pieces(code, lines::toml)),
        "diff" => Some(lines::pieces(code, lines::diff)),
        "console" => Some(lines::pieces(code, lines::console)),
        _ => None,
    }
}

/// One line of Markdown, whatever it stands in: the ends of lines are written as `&#10;`.
fn html(language: &str, pieces: &Pieces<'_>) -> String {
    let mut html = format!(r#"<pre><code class="language-{language} hljs">"#);
    for (kind, piece) in pieces {
        let piece = escape(piece);
        match kind {
            None => html.push_str(&piece),
            Some(kind) => {
                let class = kind.class();
                write!(html, r#"<span class="hljs-{class}">{piece}</span>"#)
                    .expect("a string takes all");
            }
        }
    }
    html + "</code></pre>"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_languages_are_coloured() {
        let text = "# T\n\n```text\n$ ls\n```\n\n```\nfn\n```\n\n    fn\n\n`fn`\n\n```mermaid\nA --> B\n```\n";
        assert_eq!(colour(text), text);
    }

    #[test]
    fn a_block_becomes_one_line_of_html() {
        assert_eq!(
            colour("a\n\n```rust,ignore\nfn f() {\n\n    \"<\"\n}\n```\nb\n"),
            "a\n\n<pre><code class=\"language-rust hljs\"><span class=\"hljs-keyword\">fn</span> \
             <span class=\"hljs-title\">f</span>() &#123;&#10;&#10;    \
             <span class=\"hljs-string\">&quot;&lt;&quot;</span>&#10;}&#10;</code></pre>\nb\n"
        );
    }

    #[test]
    fn a_block_stays_in_its_list_and_quotation() {
        assert_eq!(
            colour("1. a\n\n   ```console\n   $ x\n   ```\n\n   b\n\n> ```console\n> $ y\n\nz\n"),
            "1. a\n\n   <pre><code class=\"language-console hljs\"><span class=\"hljs-meta\">$</span> x&#10;</code></pre>\n\n   b\n\n\
             > <pre><code class=\"language-console hljs\"><span class=\"hljs-meta\">$</span> y&#10;</code></pre>\n\nz\n"
        );
    }
}
