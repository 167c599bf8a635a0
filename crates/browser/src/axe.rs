//! axe-core, which finds what keeps people from using a page.
//!
//! It comes from npm into `target/`, in one version whose content is known.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::Session;
use crate::book;

const VERSION: &str = "4.14.1";
const INTEGRITY: &str = "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==";

/// What axe-core has to say against the page that is open: rule, what it means, and where.
#[must_use]
pub fn violations(session: &Session) -> Vec<String> {
    static SCRIPT: OnceLock<String> = OnceLock::new();
    let script =
        SCRIPT.get_or_init(|| std::fs::read_to_string(fetch()).expect("axe-core in UTF-8"));
    let _ = session.js(script);
    let found = session.js_async(
        "const done = arguments[arguments.length - 1];
         axe.run(document, { resultTypes: ['violations'] }).then(
             result => done(result.violations.flatMap(violation => violation.nodes.map(node =>
                 `${violation.id}: ${violation.help}: ${node.target.join(' ')}: ${node.failureSummary}`))),
             error => done([`axe-core failed: ${error}`]));",
    );
    let Value::Array(found) = found else {
        panic!("axe-core returned {found}")
    };
    found
        .iter()
        .map(|text| text.as_str().unwrap_or_default().replace('\n', " "))
        .collect()
}

/// The script, from npm if this is the first time.
fn fetch() -> PathBuf {
    let folder = book::root().join("target/axe-core").join(VERSION);
    let script = folder.join("package/axe.min.js");
    if !script.is_file() {
        std::fs::create_dir_all(&folder).expect("a folder under target/");
        // Unpacked beside its place and then renamed, so that a script that is there is whole.
        let fresh = tempfile::tempdir_in(&folder).expect("a folder under target/");
        unpack(&pack(fresh.path()), fresh.path());
        std::fs::create_dir_all(folder.join("package")).expect("a folder under target/");
        std::fs::rename(fresh.path().join("package/axe.min.js"), &script)
            .expect("axe.min.js in the package");
    }
    script
}

/// Has npm fetch the package, and looks at what it is.
fn pack(folder: &Path) -> PathBuf {
    let output = Command::new("npm")
        .args(["pack", "--json", &format!("axe-core@{VERSION}")])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| {
            panic!("no npm ({error}), which fetches axe-core for this test: apt install npm")
        });
    assert!(
        output.status.success(),
        "npm cannot fetch axe-core {VERSION}; is there a connection?\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let said: Value = serde_json::from_slice(&output.stdout).expect("npm pack --json prints JSON");
    // A list of packages, or an object by their names: versions of npm differ.
    let package = said
        .get(0)
        .or_else(|| said.as_object()?.values().next())
        .expect("npm packed something");
    assert_eq!(
        package["integrity"], INTEGRITY,
        "the content of axe-core {VERSION} is not what it was"
    );
    folder.join(package["filename"].as_str().expect("npm names the file"))
}

fn unpack(archive: &Path, folder: &Path) {
    let status = Command::new("tar")
        .arg("-xzf")
        .arg(archive)
        .arg("-C")
        .arg(folder)
        .status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "tar cannot unpack {}",
        archive.display()
    );
}
