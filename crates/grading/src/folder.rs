//! The name of the folder that a submission's results go to.

use sha2::{Digest, Sha256};

/// How many octets of a submission's name are kept.
const LONGEST: usize = 80;
/// Files that stand beside the folders.
const TAKEN: [&str; 3] = ["grades.txt", "grades.json", "grades.csv"];

/// The folder for the submission of that name: the name itself if it can be a folder's everywhere; otherwise as
/// much of it as can, and a checksum, so that no two names share a folder.
#[must_use]
pub fn folder(name: &str) -> String {
    let safe: String = name
        .chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '.' | ' ' => c,
            _ => '_',
        })
        .take(LONGEST)
        .collect();
    let safe = safe
        .trim_start_matches(['.', ' ', '-'])
        .trim_end_matches(['.', ' ']);
    let clear = safe == name
        && !name.is_empty()
        && !TAKEN.contains(&&*name.to_ascii_lowercase())
        && !ends_like_a_checksum(name);
    if clear {
        return name.to_owned();
    }
    let begin = if safe.is_empty() { "submission" } else { safe };
    format!("{begin}-{}", &checksum(name)[..16])
}

fn ends_like_a_checksum(name: &str) -> bool {
    let end = name.rsplit('-').next().unwrap_or_default();
    end.len() == 16 && end.bytes().all(|octet| octet.is_ascii_hexdigit())
}

fn checksum(name: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(name))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_ordinary_name_is_its_folder() {
        for name in ["one", "Two three", "four_5-6.x"] {
            assert_eq!(folder(name), name);
        }
    }

    #[test]
    fn other_names_are_marked() {
        for (name, begin) in [
            ("../one", "_one-"),
            (".hidden", "hidden-"),
            ("", "submission-"),
            ("..", "submission-"),
            ("-rf", "rf-"),
            ("a/b", "a_b-"),
            ("grades.json", "grades.json-"),
            ("née", "n_e-"),
        ] {
            let folder = folder(name);
            assert_eq!(folder.len(), begin.len() + 16, "{folder}");
            assert!(folder.starts_with(begin), "{folder}");
        }
        // One that is called like another's folder gets another.
        assert_ne!(folder(&folder("a/b")), folder("a/b"));
    }

    proptest! {
        #[test]
        fn folders_are_safe_and_no_two_are_alike(names in proptest::collection::btree_set(any::<String>(), 1..20)) {
            let folders: std::collections::BTreeSet<String> = names.iter().map(|name| folder(name)).collect();
            prop_assert_eq!(folders.len(), names.len());
            for folder in folders {
                prop_assert!(!folder.is_empty() && !folder.starts_with(['.', '-']) && folder.len() <= 120);
                prop_assert!(!folder.contains(['/', '\\', '\0']));
            }
        }
    }
}
