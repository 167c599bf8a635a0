//! The index of the book's search, for mdBook's own search box.
//!
//! mdBook would index all text of a page, and most of that is the octets of the figures: megabytes, among which the words
//! are hard to find. So mdBook's index is switched off in book.toml, and this one is written instead, in the same form and
//! by the same library. `theme/index.hbs` tells the search box where it is. A row of the ledger, a requirement and a term
//! of the glossary are results of their own.

use std::path::Path;

use elasticlunr::IndexBuilder;
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::config::Search;
use serde_json::{Value, json};

use super::manuscript::Manuscript;
use super::search_entries::{self, Entry};
use crate::Problem;

/// The file, in the book's folder: mdBook copies it into the built book.
const FILE: &str = "search-index.js";

/// Writes the index of a book, whose pages the manuscript has as they are written.
pub(super) fn provide(
    manuscript: &Manuscript,
    book: &Book,
    settings: &Search,
) -> Result<(), Problem> {
    let names: Vec<&str> = book
        .chapters()
        .filter(|chapter| chapter.source_path.is_some())
        .map(|chapter| chapter.name.as_str())
        .collect();
    let entries: Vec<Entry> = manuscript
        .pages
        .iter()
        .zip(names)
        .flat_map(|(page, name)| search_entries::of(manuscript, page, name))
        .collect();
    let script = script(&entries, settings);
    let file = manuscript.folder().join(FILE);
    // Written only if it differs, as every file that others watch.
    if std::fs::read_to_string(&file).is_ok_and(|present| present == script) {
        return Ok(());
    }
    std::fs::write(&file, script).map_err(|error| {
        Problem::new(
            manuscript.shown(Path::new(FILE)),
            format!("cannot be written: {error}"),
            "look at the permissions of the book's folder",
        )
    })
}

/// The script that hands the index to mdBook's `searcher.js`, in the form of mdBook's own `searchindex.js`.
fn script(entries: &[Entry], settings: &Search) -> String {
    let mut index = IndexBuilder::new()
        .add_field_with_tokenizer("title", Box::new(tokens))
        .add_field_with_tokenizer("body", Box::new(tokens))
        .add_field_with_tokenizer("breadcrumbs", Box::new(|_| Vec::new()))
        .build();
    for (number, entry) in entries.iter().enumerate() {
        let place = match entry.title.as_str() {
            title if title == entry.page => title.to_owned(),
            title => format!("{} » {title}", entry.page),
        };
        index.add_doc(&number.to_string(), [&entry.title, &entry.body, &place]);
    }
    let mut index = serde_json::to_value(&index).expect("an index is made of strings and numbers");
    // The library counts the words of the fields before it for a field too; this one is only shown.
    index["index"]["breadcrumbs"]["root"] = json!({"docs": {}, "df": 0});
    let addresses: Vec<&str> = entries.iter().map(|entry| entry.address.as_str()).collect();
    let found: Value = json!({
        "results_options": {
            "limit_results": settings.limit_results,
            "teaser_word_count": settings.teaser_word_count,
        },
        "search_options": {
            "bool": if settings.use_boolean_and { "AND" } else { "OR" },
            "expand": settings.expand,
            "fields": {
                "title": {"boost": settings.boost_title},
                "body": {"boost": settings.boost_paragraph},
            },
        },
        "doc_urls": addresses,
        "index": index,
    });
    format!("Object.assign(window.search, {found});\n")
}

/// The words by which a text is found: cut at spaces and hyphens, as the search box cuts what is typed. Beside them, what
/// programs write for a name with hyphens, and the parts of words that other signs join.
///
/// ```text
/// TIME-WAIT     time_wait, time, wait
/// FIN-WAIT-2    fin_wait2, fin_wait_2, fin, wait, 2
/// SYN,ACK       syn, ack, syn,ack
/// ```
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    for word in text.split_whitespace() {
        let name = word.trim_matches(|c: char| !c.is_alphanumeric());
        let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
        if name.contains('-') && name.chars().all(is_name) {
            let name = name.replace('-', "_").to_lowercase();
            if let Some((stem, number)) = name.rsplit_once('_')
                && number.parse::<u8>().is_ok()
            {
                tokens.push(format!("{stem}{number}"));
            }
            tokens.push(name);
        }
        for piece in word.split('-').filter(|piece| !piece.is_empty()) {
            let parts: Vec<&str> = piece
                .split(|c| !is_word(c))
                .filter(|part| !part.is_empty())
                .collect();
            if parts.len() > 1 {
                tokens.extend(parts.iter().map(|part| part.to_lowercase()));
            }
            tokens.push(piece.to_lowercase());
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_as_the_rfc_and_as_programs_write_them() {
        assert_eq!(
            tokens("(FIN-WAIT-2)"),
            ["fin_wait2", "fin_wait_2", "(fin", "wait", "2)"]
        );
        assert_eq!(tokens("Half-open"), ["half", "open"]);
        assert_eq!(tokens("SYN,ACK §3.5,"), ["syn", "ack", "syn,ack", "§3.5,"]);
    }

    #[test]
    fn an_index_has_the_entries_and_no_words_for_what_is_only_shown() {
        let entries = [Entry {
            address: "a.html#b".to_owned(),
            page: "A page".to_owned(),
            title: "A heading".to_owned(),
            body: "Its <words> & \"quotation\" </script>.".to_owned(),
        }];
        let script = script(&entries, &Search::default());
        let json = script
            .strip_prefix("Object.assign(window.search, ")
            .and_then(|rest| rest.strip_suffix(");\n"))
            .unwrap();
        let found: Value = serde_json::from_str(json).unwrap();
        assert_eq!(found["doc_urls"], json!(["a.html#b"]));
        assert_eq!(
            found["index"]["documentStore"]["docs"]["0"]["breadcrumbs"],
            "A page » A heading"
        );
        assert_eq!(found["index"]["index"]["breadcrumbs"]["root"]["df"], 0);
        assert_eq!(
            found["index"]["index"]["title"]["root"]["h"]["e"]["a"]["d"]["df"],
            1
        );
    }
}
