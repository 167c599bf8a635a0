//! `cargo course doctor`: what works on this machine.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::tools::{TOOLS, Tool};
use crate::{Failure, cargo};

/// Programs that are only needed for something special, with what that is.
const OPTIONAL: [(&str, &str); 4] = [
    (
        "chromium",
        "the browser tests (cargo test -p browser) need it, and chromedriver",
    ),
    (
        "chromedriver",
        "the browser tests (cargo test -p browser) need it, and chromium",
    ),
    ("tshark", "some tests compare the decoder with it"),
    ("curl", "some exercises are also tried with it"),
];

/// Prints what works here and how to mend what does not.
///
/// # Errors
/// Something is missing that the exercises need.
pub fn doctor(root: &Path) -> Result<(), Failure> {
    println!("The lab, which the exercises run in:");
    let healthy = lab(root)?;
    println!("\nTo read the book:");
    for tool in TOOLS {
        let Tool { name, version, .. } = tool;
        let found = [Path::new(name).to_path_buf(), tool.installed(root)];
        if found
            .iter()
            .any(|program| tool.version_of(program).as_deref() == Some(version))
        {
            line("ok", &format!("{name} {version}"));
        } else {
            line(
                "later",
                &format!(
                    "{name} {version}: `cargo course serve` will install it under target/tools"
                ),
            );
        }
    }
    println!("\nNot needed to read or to solve:");
    // A course that was handed out has no browser tests.
    let browser = root.join("crates/browser").is_dir();
    let here = |name: &str| browser || !name.starts_with("chrom");
    for (name, purpose) in OPTIONAL.into_iter().filter(|(name, _)| here(name)) {
        match version(name) {
            Some(version) => line("ok", &format!("{name} {version}")),
            None => line("absent", &format!("{name}: {purpose}")),
        }
    }
    if healthy {
        println!("\nEverything that the course needs works here.");
        Ok(())
    } else {
        println!("\nSome exercises cannot run here until what is missing is mended.");
        Err(Failure::Found)
    }
}

/// Asks the lab's own program; whether all that it probes works.
fn lab(root: &Path) -> Result<bool, Failure> {
    let unable = |what: String| {
        Failure::cannot(
            what,
            "see the message above; the lab needs Linux, and Rust as rust-version in Cargo.toml says",
        )
    };
    let output = cargo::command(root)
        .args(["run", "--quiet", "--package", "lab", "--bin", "lab-doctor"])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| unable(format!("cannot run cargo: {error}")))?;
    let text = String::from_utf8_lossy(&output.stdout);
    for probe in text.lines() {
        match probe.split('\t').collect::<Vec<_>>()[..] {
            ["ok", what] => line("ok", what),
            ["missing", what, why, remedy] => {
                line("missing", &format!("{what}: {why}"));
                line("", remedy);
            }
            _ => {
                return Err(unable(format!(
                    "the lab's doctor said something unexpected: {probe}"
                )));
            }
        }
    }
    if text.trim().is_empty() {
        return Err(unable("the lab's doctor said nothing".to_owned()));
    }
    Ok(output.status.success())
}

fn line(state: &str, what: &str) {
    println!("  {state:<7}  {what}");
}

/// The first word of what `program --version` prints that looks like a version.
fn version(program: &str) -> Option<String> {
    let output = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut words = text.split_whitespace();
    words
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .map(|word| word.trim_end_matches('.').to_owned())
}
