//! `cargo course serve` and `cargo course build`: the real mdBook, in the right version.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use crate::{Failure, tools};

/// Where mdBook serves: by number, because `localhost` may be one of two addresses.
const HOST: &str = "127.0.0.1";

/// Runs `mdbook serve` until the reader ends it.
///
/// # Errors
/// A port that is taken, missing tools, or a book that mdBook does not build.
pub fn serve(root: &Path, port: u16, open: bool) -> Result<(), Failure> {
    free(port)?;
    let port = port.to_string();
    let mut args = vec!["serve", "--hostname", HOST, "--port", &port];
    if open {
        args.push("--open");
    }
    mdbook(root, &args)
}

/// Runs `mdbook build`.
///
/// # Errors
/// Missing tools, or a book that mdBook does not build.
pub fn build(root: &Path) -> Result<(), Failure> {
    mdbook(root, &["build"])?;
    println!(
        "The book is in target/book; open target/book/index.html, or run `cargo course serve`."
    );
    Ok(())
}

/// mdBook would build the whole book first and only then find the port taken.
fn free(port: u16) -> Result<(), Failure> {
    TcpListener::bind((HOST, port)).map(drop).map_err(|error| {
        Failure::cannot(
            format!("cannot serve on port {port} of {HOST}: {error}"),
            format!(
                "end the program that uses port {port} (perhaps another `cargo course serve`), \
                 or choose another port: cargo course serve --port {}",
                port.checked_add(1).unwrap_or(3000)
            ),
        )
    })
}

fn mdbook(root: &Path, args: &[&str]) -> Result<(), Failure> {
    let path = tools::path_with_tools(root)?;
    let status = Command::new("mdbook")
        .args(args)
        .current_dir(root)
        .env("PATH", path)
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Failure::Found),
        Err(error) => Err(Failure::cannot(
            format!("cannot run mdbook: {error}"),
            "run `cargo course doctor`",
        )),
    }
}
