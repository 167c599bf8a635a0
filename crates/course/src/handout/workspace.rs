//! The workspace's manifest for fewer packages.

use toml_edit::{Array, DocumentMut, Item, TableLike, TomlError};

/// The manifest's text with only those members, default members, exclusions and own crates that are still there.
/// `files` are the paths of all files, with `/` between the folders.
///
/// # Errors
/// Text that is no TOML.
pub(super) fn adapted(manifest: &str, files: &[&str]) -> Result<String, TomlError> {
    let mut manifest: DocumentMut = manifest.parse()?;
    let is_package = |pattern: &str| {
        files.iter().any(|file| {
            file.strip_suffix("/Cargo.toml")
                .is_some_and(|folder| matches(pattern, folder))
        })
    };
    let Some(workspace) = manifest
        .get_mut("workspace")
        .and_then(Item::as_table_like_mut)
    else {
        return Ok(manifest.to_string());
    };
    for list in ["members", "default-members", "exclude"] {
        if let Some(entries) = workspace.get_mut(list).and_then(Item::as_array_mut) {
            keep(entries, is_package);
            if entries.is_empty() {
                workspace.remove(list);
            }
        }
    }
    if let Some(crates) = workspace
        .get_mut("dependencies")
        .and_then(Item::as_table_like_mut)
    {
        let gone = |item: &Item| {
            let path = item.get("path").and_then(Item::as_str);
            path.is_some_and(|path| !is_package(path))
        };
        remove(crates, gone);
    }
    Ok(manifest.to_string())
}

fn keep(entries: &mut Array, wanted: impl Fn(&str) -> bool) {
    entries.retain(|entry| entry.as_str().is_some_and(&wanted));
}

fn remove(table: &mut dyn TableLike, unwanted: impl Fn(&Item) -> bool) {
    let keys: Vec<String> = table
        .iter()
        .filter(|(_, item)| unwanted(item))
        .map(|(key, _)| key.to_owned())
        .collect();
    for key in keys {
        table.remove(&key);
    }
}

/// Whether the folder is one of those that the pattern names, in which `*` is any one folder.
fn matches(pattern: &str, folder: &str) -> bool {
    let (pattern, folder) = (pattern.split('/'), folder.split('/'));
    pattern.clone().count() == folder.clone().count()
        && pattern
            .zip(folder)
            .all(|(pattern, name)| pattern == "*" || pattern == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_is_named_no_more_and_comments_stay() {
        let course = r#"[workspace]
members = ["crates/*", "exercises/*/*", "solutions/*/*"]
# Needs another compiler.
exclude = ["crates/trace/fuzz"]
# Not the exercises.
default-members = ["crates/trace", "crates/grading", "solutions/*/*"]

[workspace.dependencies]
# Our own.
grading = { path = "crates/grading" }
trace = { path = "crates/trace" } # pure
serde = "1"
"#;
        let files = ["crates/trace/Cargo.toml", "exercises/a/b/Cargo.toml"];
        assert_eq!(
            adapted(course, &files).unwrap(),
            r#"[workspace]
members = ["crates/*", "exercises/*/*"]
# Not the exercises.
default-members = ["crates/trace"]

[workspace.dependencies]
trace = { path = "crates/trace" } # pure
serde = "1"
"#
        );
    }

    #[test]
    fn a_star_is_one_folder() {
        assert!(matches("exercises/*/*", "exercises/header/flags"));
        assert!(!matches("exercises/*/*", "exercises/header"));
        assert!(!matches("exercises/*/*", "exercises/header/flags/deep"));
        assert!(!matches("crates/*", "exercises/header"));
    }
}
