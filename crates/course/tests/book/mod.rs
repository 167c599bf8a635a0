//! A small book in a temporary folder, that is right until a test spoils it.
#![allow(dead_code, reason = "each test file uses a part")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;
use trace::{Event, Fate, Origin, Row, Side, States, Trace};

const FILES: &[(&str, &str)] = &[
    ("book.toml", "[book]\ntitle = \"A book\"\nsrc = \"book\"\n"),
    (
        "book/SUMMARY.md",
        "# Summary\n\n[Welcome](welcome.md)\n\n- [Three segments](handshake/three-way-handshake.md)\n- [The ledger](ledger.md)\n",
    ),
    (
        "book/welcome.md",
        "# Welcome\n\n[First](handshake/three-way-handshake.md#three-way-handshake-1)\n",
    ),
    (
        "book/handshake/three-way-handshake.md",
        "# Three segments\n\n{{#figure three-way-handshake}}\n\nBy {{#rfc 9293 3.5}}, `{{#rfc x}}` and \\{{#rfc y}}.\n\n\
         {{#claim opened-in-three-steps}}\n{{#exercise three-way-handshake}}\n\n## Settled here\n\n\
         {{#settled three-way-handshake}}\n",
    ),
    (
        "book/ledger.md",
        "# The ledger\n\n{{#ledger}}\n\nThe end.\n",
    ),
    (
        "book/claims.toml",
        "[parts]\nhandshake = \"The handshake\"\n\n[[claim]]\nid = \"opened-in-three-steps\"\npart = \"handshake\"\n\
         says = \"A connection is opened in three steps.\"\nverdict = \"right\"\nbecause = \"Three segments pass.\"\n\
         rfc = [\"9293 §3.5\"]\nevidence = \"The figure.\"\nchapter = \"three-way-handshake\"\n\n[[claim]]\n\
         id = \"names-the-state\"\npart = \"handshake\"\nsays = \"The state is <SYN_SEND>.\"\nverdict = \"wrong\"\n\
         because = \"It is SYN-SENT.\"\nrfc = [\"9293 §3.3.2\"]\nevidence = \"ss.\"\nchapter = \"flags\"\n",
    ),
    (
        "exercises/handshake/three-way-handshake/Cargo.toml",
        "[package]\nname = \"three-way-handshake\"\ndescription = \"Open one connection\"\n\n[lib]\n\
         name = \"three_way_handshake\"\n\n[package.metadata.course]\nchapter = \"handshake/three-way-handshake\"\n\
         trains = \"Opening a connection.\"\nminutes = 20\nprerequisites = []\nsolved = \"It works.\"\n\n[package.metadata.course.points]\n\
         the_wire_sees_three_segments = 10\nboth_hosts_are_established = 15\n",
    ),
];

/// A frame of an EtherType that no layer of the course has: the book only needs that it is drawn.
const FRAME: [u8; 14] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5];

pub(crate) struct Book {
    folder: TempDir,
}

impl Book {
    pub(crate) fn new() -> Book {
        let book = Book {
            folder: tempfile::tempdir().unwrap(),
        };
        for (file, text) in FILES {
            book.write(file, text);
        }
        let event = Event::Frame {
            time: 0,
            from: Side::Client,
            origin: Origin::Host,
            fate: Fate::Delivered,
            altered: false,
            bytes: FRAME.to_vec(),
        };
        let rows = vec![Row {
            event,
            states: States::default(),
        }];
        let recording = trace::pcapng::write(&Trace {
            rows,
            ..Trace::default()
        });
        book.write_bytes("book/handshake/three-way-handshake.pcapng", &recording);
        book
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.root().join(file)
    }

    pub(crate) fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path(file)).unwrap()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        self.write_bytes(file, text.as_bytes());
    }

    pub(crate) fn write_bytes(&self, file: &str, bytes: &[u8]) {
        std::fs::create_dir_all(self.path(file).parent().unwrap()).unwrap();
        std::fs::write(self.path(file), bytes).unwrap();
    }

    /// Everything that is wrong, as `file:line: what`.
    pub(crate) fn problems(&self) -> Vec<String> {
        course::book::problems(self.root())
            .iter()
            .map(|problem| problem.to_string().lines().next().unwrap().to_owned())
            .collect()
    }

    /// What mdBook sends to a preprocessor, with the pages as they are on disk.
    pub(crate) fn sent(&self) -> Value {
        let pages = [
            "welcome.md",
            "handshake/three-way-handshake.md",
            "ledger.md",
        ];
        let items: Vec<Value> = pages
            .iter()
            .map(|page| {
                json!({"Chapter": {
                    "name": page,
                    "content": self.read(&format!("book/{page}")),
                    "number": null,
                    "sub_items": [],
                    "path": page,
                    "source_path": page,
                    "parent_names": [],
                }})
            })
            .collect();
        json!([
            {
                "root": self.root(),
                "config": {"book": {"title": "A book", "src": "book"}},
                "renderer": "html",
                "mdbook_version": "0.5.4",
            },
            {"items": items},
        ])
    }

    /// Runs the preprocessor on the book.
    pub(crate) fn preprocess(&self) -> Output {
        preprocess(&[], self.sent().to_string().as_bytes())
    }

    /// The same where no program is on PATH but those in `/bin`.
    pub(crate) fn preprocess_without_tools(&self) -> Output {
        let mut command = command();
        command.env("PATH", "/bin");
        run(command, self.sent().to_string().as_bytes())
    }

    /// A page as the preprocessor hands it back.
    pub(crate) fn page(&self, page: &str) -> String {
        let chapter = self.chapter(page);
        chapter["content"].as_str().unwrap().to_owned()
    }

    /// The same with its name.
    pub(crate) fn chapter(&self, page: &str) -> Value {
        let output = self.preprocess();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        let book: Value = serde_json::from_slice(&output.stdout).unwrap();
        let items = book["items"].as_array().unwrap();
        let found = items
            .iter()
            .find(|item| item["Chapter"]["path"] == page)
            .unwrap();
        found["Chapter"].clone()
    }
}

/// Runs `course preprocess` with these arguments and this standard input.
pub(crate) fn preprocess(args: &[&str], input: &[u8]) -> Output {
    let mut command = command();
    command.args(args);
    run(command, input)
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_course"));
    command.arg("preprocess");
    command
}

fn run(mut command: Command, input: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}
