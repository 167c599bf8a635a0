//! What an exercise gives has to stay as it was given.
//!
//! The tests compare values of types that stand in the exercise itself, beside the blanks. A submission that gives
//! such a type an equality of its own would make every comparison true, and one that changes a given constant would
//! move the limits that are tested. So a given type keeps its place, its attributes and its derives (beside a
//! derived equality the compiler allows no other), a given constant keeps its value, and a module its file. More
//! derives, further items and other comments are the reader's own business.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Attribute, Item, Meta, Token};

use crate::Sources;

/// What is no longer as it was given, in a sentence for each item; empty if all is.
///
/// Files that are no Rust are passed over: what is wrong with them the compiler says.
#[must_use]
pub fn changes(starter: &Sources, submitted: &Sources) -> Vec<String> {
    let mut found = Vec::new();
    for (file, given) in starter {
        let own = submitted.get(file).map_or(&[][..], Vec::as_slice);
        if let (Some(given), Some(own)) = (items(given), items(own)) {
            for (place, given) in &given {
                found.extend(change(file, place, given, own.get(place)));
            }
        }
    }
    found
}

/// Where an item stands in its file: `type`, `wire::Frame`.
type Place = (&'static str, String);

/// An item that has to stay.
struct Given {
    derives: BTreeSet<String>,
    /// All attributes but derives, comments and what switches warnings.
    attributes: BTreeSet<String>,
    /// A constant's type and value, for instance. A type's inside is up to the tests: they do not compile with another.
    content: String,
}

fn change(file: &Path, (kind, name): &Place, given: &Given, own: Option<&Given>) -> Option<String> {
    let file = file.display();
    let what = format!("src/{file}: the {kind} `{name}`");
    let back = "put it back as the exercise gives it";
    let Some(own) = own else {
        return Some(format!("{what} is not there any more; {back}"));
    };
    let lost: Vec<&str> = given
        .derives
        .difference(&own.derives)
        .map(String::as_str)
        .collect();
    if !lost.is_empty() {
        let lost = lost.join(", ");
        return Some(format!(
            "{what} does not derive {lost} any more, by which the tests compare; {back}"
        ));
    }
    (given.attributes != own.attributes || given.content != own.content)
        .then(|| format!("{what} is not as it was given; {back}"))
}

/// The items of a file that have to stay; nothing if it is no Rust.
fn items(source: &[u8]) -> Option<BTreeMap<Place, Given>> {
    let file = syn::parse_file(std::str::from_utf8(source).ok()?).ok()?;
    let mut found = BTreeMap::new();
    collect(&mut found, "", &file.items);
    Some(found)
}

fn collect(found: &mut BTreeMap<Place, Given>, module: &str, items: &[Item]) {
    for item in items {
        let (kind, name, attributes, content) = match item {
            Item::Struct(item) => ("type", &item.ident, &item.attrs, String::new()),
            Item::Enum(item) => ("type", &item.ident, &item.attrs, String::new()),
            Item::Union(item) => ("type", &item.ident, &item.attrs, String::new()),
            Item::Type(item) => ("type", &item.ident, &item.attrs, tokens(&item.ty)),
            Item::Const(item) => {
                let content = format!("{}={}", tokens(&item.ty), tokens(&item.expr));
                ("constant", &item.ident, &item.attrs, content)
            }
            Item::Static(item) => {
                let content = format!("{}={}", tokens(&item.ty), tokens(&item.expr));
                ("static value", &item.ident, &item.attrs, content)
            }
            Item::Mod(item) => {
                let content = match &item.content {
                    None => ";",
                    Some((_, inside)) => {
                        collect(found, &format!("{module}{}::", item.ident), inside);
                        "{}"
                    }
                };
                ("module", &item.ident, &item.attrs, content.to_owned())
            }
            _ => continue,
        };
        let given = Given {
            derives: derives(attributes),
            attributes: others(attributes),
            content,
        };
        found.insert((kind, format!("{module}{name}")), given);
    }
}

fn tokens(tree: &impl ToTokens) -> String {
    tree.to_token_stream().to_string()
}

fn derives(attributes: &[Attribute]) -> BTreeSet<String> {
    let lists = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"));
    lists
        .filter_map(|list| {
            list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
                .ok()
        })
        .flatten()
        .map(|derive| tokens(&derive))
        .collect()
}

fn others(attributes: &[Attribute]) -> BTreeSet<String> {
    let free = ["derive", "doc", "allow", "expect", "warn", "must_use"];
    let binds = |attribute: &&Attribute| !free.iter().any(|free| attribute.path().is_ident(free));
    attributes.iter().filter(binds).map(tokens).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STARTER: &str = "
        mod wire;
        /// One octet.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Octet(pub u8);
        pub const LIMIT: usize = 10;
        pub fn read(octets: &[u8]) -> Option<Octet> { todo!(\"read the first of {octets:?}\") }
        pub mod inner { #[derive(PartialEq)] pub enum Kind { A, B } }
    ";

    fn sources(lib: &str) -> Sources {
        Sources::from([("lib.rs".into(), lib.as_bytes().to_vec())])
    }

    /// What is said of the starter with one text in it replaced.
    fn said(from: &str, to: &str) -> Vec<String> {
        assert_eq!(STARTER.matches(from).count(), 1, "{from}");
        changes(&sources(STARTER), &sources(&STARTER.replace(from, to)))
    }

    #[test]
    fn a_solution_in_the_places_of_the_blanks_changes_nothing() {
        let none: [&str; 0] = [];
        assert_eq!(
            said(
                "todo!(\"read the first of {octets:?}\")",
                "octets.first().copied().map(Octet)"
            ),
            none
        );
        assert_eq!(
            said("/// One octet.", "/// My words.\n#[allow(dead_code)]"),
            none
        );
        assert_eq!(
            said(
                "Clone, Debug, PartialEq",
                "PartialEq, Eq, Debug, Clone, Copy"
            ),
            none
        );
        assert_eq!(
            said(
                "mod wire;",
                "mod wire; mod mine; use std::io; const OWN: u8 = 1;"
            ),
            none
        );
        assert_eq!(
            changes(&sources(STARTER), &sources("fn {")),
            none,
            "the compiler's business"
        );
    }

    #[test]
    fn an_equality_of_ones_own_is_seen() {
        let own = "pub struct Octet(pub u8); impl PartialEq for Octet { fn eq(&self, _: &Octet) -> bool { true } }";
        assert_eq!(
            said(
                "#[derive(Clone, Debug, PartialEq)]\n        pub struct Octet(pub u8);",
                own
            ),
            [
                "src/lib.rs: the type `Octet` does not derive Clone, Debug, PartialEq any more, by which the tests \
              compare; put it back as the exercise gives it"
            ]
        );
        assert_eq!(
            said("#[derive(PartialEq)]", ""),
            [
                "src/lib.rs: the type `inner::Kind` does not derive PartialEq any more, by which the tests compare; put \
              it back as the exercise gives it"
            ]
        );
    }

    #[test]
    fn what_hides_a_given_item_is_seen() {
        for (from, to, of) in [
            (
                "pub struct Octet(pub u8);",
                "#[cfg(any())] pub struct Octet(pub u8);",
                "the type `Octet` is not as",
            ),
            (
                "pub struct Octet(pub u8);",
                "pub struct Unused; pub use mine::Octet;",
                "the type `Octet` is not there",
            ),
            (
                "mod wire;",
                "#[path = \"mine.rs\"] mod wire;",
                "the module `wire` is not as",
            ),
            (
                "mod wire;",
                "mod wire { pub use crate::mine::*; }",
                "the module `wire` is not as",
            ),
            (
                "pub mod inner {",
                "pub use mine as inner; mod unused {",
                "the module `inner` is not there",
            ),
            (
                "usize = 10",
                "usize = 1000",
                "the constant `LIMIT` is not as",
            ),
        ] {
            let said = said(from, to);
            assert!(said.iter().any(|said| said.contains(of)), "{to}: {said:?}");
        }
    }

    #[test]
    fn a_file_that_is_gone_has_lost_its_items() {
        let said = changes(&sources(STARTER), &Sources::new());
        assert_eq!(said.len(), 5, "{said:?}");
    }
}
