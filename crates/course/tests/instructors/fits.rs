//! What the files for instructors name exists: commands with their options, paths, one version of Rust.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;
use serde::Deserialize;

use crate::scratch::root;

/// Every file for instructors by its path in the course, and its text.
fn files() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for folder in ["instructors", ".devcontainer", ".github"] {
        add(&root().join(folder), &mut files);
    }
    files
}

fn add(path: &Path, files: &mut BTreeMap<String, String>) {
    if path.is_dir() {
        for entry in path.read_dir().expect("a folder") {
            add(&entry.expect("a file").path(), files);
        }
    } else {
        let name = path.strip_prefix(root()).expect("a file of the course");
        let text = std::fs::read_to_string(path).expect("a text");
        files.insert(name.display().to_string(), text);
    }
}

fn matches<'t>(pattern: &str, text: &'t str) -> Vec<&'t str> {
    let pattern = Regex::new(pattern).expect("a pattern");
    let found = pattern.find_iter(text);
    found.map(|found| found.as_str()).collect()
}

/// What `cargo course NAME --help` says.
fn help(name: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_course"))
        .args([name, "--help"])
        .current_dir(root())
        .output()
        .expect("the command line runs");
    assert!(output.status.success(), "there is no command {name}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn every_command_and_option_exists() {
    let mut helps = BTreeMap::new();
    for (file, text) in files() {
        // A command goes on to the end of its line, or to what ends it there.
        for command in matches(r"cargo course [a-z]+[^`|;&)\n]*", &text) {
            let name = matches("[a-z]+", command)[2];
            let help = helps.entry(name.to_owned()).or_insert_with(|| help(name));
            for option in matches("--[a-z-]+", command) {
                let known = matches("--[a-z-]+", help).contains(&option);
                assert!(known, "{file}: {command}: there is no {option} in:\n{help}");
            }
        }
    }
    for expected in ["build", "doctor", "grade"] {
        assert!(helps.contains_key(expected), "no {expected} was found");
    }
}

#[test]
fn every_path_exists() {
    let mut seen = 0;
    for (file, text) in files() {
        let folders =
            r"(?:\.ci|\.devcontainer|\.github|book|crates|exercises|instructors|solutions)";
        for path in matches(&format!(r"{folders}/[a-zA-Z0-9_./-]*"), &text) {
            let path = path.trim_end_matches('.');
            // Places to be filled in, as in exercises/PART/SLUG.
            if path.contains("PART") {
                continue;
            }
            assert!(root().join(path).exists(), "{file}: there is no {path}");
            seen += 1;
        }
    }
    assert!(seen > 10, "only {seen} paths were found");
}

#[test]
fn what_is_published_is_where_the_book_is_built() {
    let book: toml::Table = toml::from_str(&read("book.toml")).expect("TOML");
    let built = book["build"]["build-dir"].as_str().expect("a folder");
    let published = format!("path: {built}\n");
    assert!(
        read(".github/workflows/book.yml").contains(&published),
        "no {published}"
    );
}

#[test]
fn one_version_of_rust_is_used_and_it_is_new_enough() {
    let mut versions = BTreeSet::new();
    let mut files = files();
    // Speaks of other versions too.
    files.remove("instructors/README.md");
    for text in files.values() {
        // The installer has a version of its own.
        let text = text.replace("rustup/archive/1.28.2", "");
        versions.extend(
            matches(r"\b1\.[0-9]+\.[0-9]+\b", &text)
                .into_iter()
                .map(str::to_owned),
        );
    }
    let versions: Vec<String> = versions.into_iter().collect();
    let [version] = &versions[..] else {
        panic!("not one version of Rust but {versions:?}");
    };
    let manifest: toml::Table = toml::from_str(&read("Cargo.toml")).expect("TOML");
    let least = manifest["workspace"]["package"]["rust-version"]
        .as_str()
        .expect("a version");
    let minor = |version: &str| {
        version
            .split('.')
            .nth(1)
            .and_then(|minor| minor.parse::<u32>().ok())
    };
    assert!(
        minor(version) >= minor(least),
        "{version} is older than {least}"
    );
}

/// The properties of a development container that this one uses, as <https://containers.dev/implementors/json_reference/>
/// has them; any other is a mistake until it is added here.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct DevContainer {
    name: String,
    image: String,
    features: BTreeMap<String, BTreeMap<String, String>>,
    security_opt: BTreeSet<String>,
    remote_user: String,
    post_create_command: String,
    forward_ports: Vec<u16>,
}

#[test]
fn the_container_has_what_the_lab_asks_for_and_no_more() {
    let text = read(".devcontainer/devcontainer.json");
    let without_comments: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let container: DevContainer =
        serde_json::from_str(&without_comments).expect("the properties that are known");

    // The lab says itself what a container has to allow.
    let refusal = read("crates/lab/src/refusal.rs");
    let asked = matches(r"--security-opt [a-z]+=[a-z]+", &refusal);
    let asked: BTreeSet<String> = asked
        .into_iter()
        .map(|option| option.trim_start_matches("--security-opt ").to_owned())
        .collect();
    assert_eq!(container.security_opt, asked);

    assert_eq!(container.post_create_command, "cargo course doctor");
    assert_eq!(container.remote_user, "vscode");
    assert_eq!(container.forward_ports, [3000]);
    assert!(
        container
            .image
            .starts_with("mcr.microsoft.com/devcontainers/base:")
    );
    assert!(!container.name.is_empty());
    let rust = &container.features["ghcr.io/devcontainers/features/rust:1"];
    assert_eq!(rust.keys().collect::<Vec<_>>(), ["version"]);
}

fn read(path: &str) -> String {
    let path: PathBuf = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
