//! The page "Extending the course" leads from nothing to a graded chapter with a recorded figure: this does what it says, in a
//! copy of the course, and nothing besides.
//!
//! A block of commands is run, and prints the lines that the page shows below each. They succeed, unless the paragraph above says
//! that this fails. Every other block goes where the end of the paragraph above says: "Write `FILE`:", "In `FILE`, below `LINE`:",
//! "In `FILE`, in place of `LINE`:".

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use course::exercise::Exercise;
use course::place::Place;
use regex::Regex;

const PAGE: &str = include_str!("../../../book/extending.md");
const COURSE: &str = env!("CARGO_BIN_EXE_course");

#[test]
fn the_page_leads_to_a_graded_chapter_with_a_recorded_figure() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    // The copy has the same place each time, so that cargo does not keep what it has built for copies that are gone.
    let lock = File::create(folder.join("extending.lock")).unwrap();
    lock.lock().unwrap();
    let copy = folder.join("extending");
    copy_course(&copy);
    let printed: Vec<String> = steps(PAGE).iter().map(|step| step.take(&copy)).collect();

    // What `new` makes is right, but for what it says itself.
    let first = printed
        .iter()
        .find(|text| text.contains(" wrong.\n"))
        .expect("a first check");
    let problems: Vec<&str> = first
        .lines()
        .filter(|line| line.contains("one-word") && line.contains(": "))
        .collect();
    let (marks, others): (Vec<&str>, Vec<&str>) = problems
        .iter()
        .partition(|problem| problem.contains(": is still to be written: "));
    assert_eq!(
        others,
        ["solutions/sockets/one-word/wrong: there is 1 wrong answer, fewer than 3"]
    );
    assert!(
        first.ends_with(&format!("\n{} wrong.\n", marks.len() + 1)),
        "{first}"
    );

    // At the end there is a chapter like the others.
    for said in [
        "\nNothing is wrong.\n",
        "0 / 8  points for sockets/one-word\n",
        "8 / 8  points for sockets/one-word\n",
    ] {
        assert!(
            printed.iter().any(|text| text.contains(said)),
            "no command says {said:?}"
        );
    }
    let recording = fs::read(copy.join("book/sockets/letter-by-letter.pcapng")).unwrap();
    let ladder = trace::Ladder::of(&trace::pcapng::read(&recording).unwrap()).to_string();
    assert!(ladder.contains("len=1"), "{ladder}");
    assert!(
        printed.iter().any(|text| text.contains(ladder.trim_end())),
        "the page shows no snapshot like\n{ladder}"
    );
    let exercise = Exercise::read(&copy, &Place::new("sockets", "one-word")).unwrap();
    assert_eq!(exercise.meta.prerequisites, ["stream-and-datagram"]);
    assert!(read(&copy.join("exercises/sockets/one-word/src/lib.rs")).contains("todo!"));
    run(&copy, "cargo fmt --all --check", true);
}

/// A thing that the page says to do, with the line at which it says so.
#[derive(Debug, PartialEq)]
struct Step {
    line: usize,
    what: What,
}

#[derive(Debug, PartialEq)]
enum What {
    Run {
        command: String,
        prints: Vec<String>,
        succeeds: bool,
    },
    Write {
        file: String,
        text: String,
    },
    Below {
        file: String,
        line: String,
        text: String,
    },
    InPlace {
        file: String,
        line: String,
        text: String,
    },
}

/// Everything that a page says to do, in order.
fn steps(page: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut paragraph = String::new();
    let mut ended = true;
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let fence = &line[..line.len() - line.trim_start_matches('`').len()];
        if fence.len() < 3 {
            if ended && !line.is_empty() {
                paragraph.clear();
            }
            ended = line.is_empty();
            paragraph += line;
            paragraph.push(' ');
            continue;
        }
        let block: Vec<&str> = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| *line != fence)
            .collect();
        if &line[fence.len()..] == "console" {
            steps.extend(commands(&block, number + 2, !paragraph.contains(" fails")));
        } else {
            let what = edit(&paragraph, &block).unwrap_or_else(|| {
                panic!(
                    "line {}: the paragraph above does not say where this goes",
                    number + 1
                )
            });
            steps.push(Step {
                line: number + 1,
                what,
            });
        }
        paragraph.clear();
    }
    steps
}

/// The commands of a block that begins at that line.
fn commands(block: &[&str], first: usize, succeeds: bool) -> Vec<Step> {
    let mut steps = Vec::new();
    for (index, line) in block.iter().enumerate() {
        if let Some(command) = line.strip_prefix("$ ") {
            let command = command.to_owned();
            steps.push(Step {
                line: first + index,
                what: What::Run {
                    command,
                    prints: Vec::new(),
                    succeeds,
                },
            });
        } else if let Some(Step {
            what: What::Run { prints, .. },
            ..
        }) = steps.last_mut()
        {
            prints.push((*line).to_owned());
        }
    }
    steps
}

/// What becomes of a block by the end of the paragraph above it.
fn edit(paragraph: &str, block: &[&str]) -> Option<What> {
    static WHERE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("(?:Write `([^`]+)`|In `([^`]+)`, (below|in place of) `([^`]+)`):$").unwrap()
    });
    // A backslash keeps mdBook from replacing a directive in the page itself.
    let text = block.join("\n").replace(r"\{{#", "{{#") + "\n";
    let found = WHERE.captures(paragraph.trim_end())?;
    let part = |index| found.get(index).map(|found| found.as_str().to_owned());
    Some(match (part(1), part(2), part(4)) {
        (Some(file), _, _) => What::Write { file, text },
        (_, Some(file), Some(line)) if &found[3] == "below" => What::Below { file, line, text },
        (_, Some(file), Some(line)) => What::InPlace { file, line, text },
        _ => return None,
    })
}

impl Step {
    /// Does it in the copy, and returns what was printed.
    #[track_caller]
    fn take(&self, copy: &Path) -> String {
        eprintln!("book/extending.md, line {}", self.line);
        match &self.what {
            What::Run {
                command,
                prints,
                succeeds,
            } => {
                let printed = run(copy, command, *succeeds);
                for line in prints {
                    assert!(
                        printed
                            .lines()
                            .any(|other| other.trim_end() == line.trim_end()),
                        "{command} does not print {line:?}, but:\n{printed}"
                    );
                }
                return printed;
            }
            What::Write { file, text } => fs::write(copy.join(file), text).unwrap(),
            What::Below { file, line, text } => {
                replace(&copy.join(file), line, |old| format!("{old}\n{text}"))
            }
            What::InPlace { file, line, text } => replace(&copy.join(file), line, |_| text.clone()),
        }
        String::new()
    }
}

/// Replaces a line that must be in the file, and there once.
#[track_caller]
fn replace(file: &Path, line: &str, by: impl Fn(&str) -> String) {
    let text = read(file);
    let lines = text.lines().filter(|other| other.trim() == line).count();
    assert_eq!(lines, 1, "{} has {lines} lines `{line}`", file.display());
    let replaced = text.lines().map(|other| {
        if other.trim() == line {
            by(other)
        } else {
            format!("{other}\n")
        }
    });
    fs::write(file, replaced.collect::<String>()).unwrap();
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Runs a command in the copy as a shell does, with the course's own program for `cargo course`. It does not build where the
/// course itself is built: cargo tells packages of one name apart by their places in their workspaces, which are the same here
/// and there.
#[track_caller]
fn run(copy: &Path, command: &str, succeeds: bool) -> String {
    let target = copy.with_extension("target");
    let own = match command.strip_prefix("cargo course ") {
        Some(arguments) => format!("'{COURSE}' {arguments}"),
        None => command.to_owned(),
    };
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &own])
        .current_dir(copy)
        .env("CARGO_TARGET_DIR", target);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        // What belongs to this test's own run: the snapshots' settings, and a repository that somebody else works in.
        if name.starts_with("INSTA_") || name.starts_with("GIT_") {
            shell.env_remove(name);
        }
    }
    shell.env_remove("RUST_BACKTRACE").envs([
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_SYSTEM", "/dev/null"),
        ("GIT_AUTHOR_NAME", "one"),
        ("GIT_AUTHOR_EMAIL", "one@example.org"),
        ("GIT_COMMITTER_NAME", "one"),
        ("GIT_COMMITTER_EMAIL", "one@example.org"),
    ]);
    let output = shell.output().unwrap();
    let printed = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!(output.status.success(), succeeds, "{command}:\n{printed}");
    printed
}

/// A clone of the course as it stands, with what is not committed yet.
fn copy_course(copy: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap();
    if copy.exists() {
        fs::remove_dir_all(copy).unwrap();
    }
    let safe = format!("safe.directory={}", root.display());
    let listed = Command::new("git")
        .args([
            "-c",
            &safe,
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(&root)
        .output()
        .unwrap();
    assert!(
        listed.status.success(),
        "the course is no clone: {}",
        String::from_utf8_lossy(&listed.stderr)
    );
    let listed = String::from_utf8(listed.stdout).unwrap();
    for file in listed.split_terminator('\0').map(PathBuf::from) {
        // What was deleted is listed until that is committed.
        if root.join(&file).exists() {
            fs::create_dir_all(copy.join(&file).parent().unwrap()).unwrap();
            fs::copy(root.join(&file), copy.join(&file)).unwrap();
        }
    }
    run(
        copy,
        "git init --quiet && git add --all && git commit --quiet --message 'The course'",
        true,
    );
}

#[test]
fn a_page_is_read_as_steps() {
    let run = |command: &str, prints: &[&str], succeeds| What::Run {
        command: command.to_owned(),
        prints: prints.iter().map(|line| (*line).to_owned()).collect(),
        succeeds,
    };
    let page = "# T\n\nNot `this`:\nWrite `a/b.rs`:\n\n```rust\none\n\ntwo\n```\n\nBefore it\nfails:\n\n```console\n$ a\nb\n$ c\n```\n\n\
                In `d`, below `e;`:\n\n````markdown\n```\n\\{{#include x}}\n```\n````\n\nMore.\n\nIn `f`, in place of `g`:\n\n```toml\nh\n```\n\n\
                ```console\n$ i\n```\n";
    let (file, line) = ("d".to_owned(), "e;".to_owned());
    let text = "```\n{{#include x}}\n```\n".to_owned();
    let below = What::Below { file, line, text };
    let (file, line, text) = ("f".to_owned(), "g".to_owned(), "h\n".to_owned());
    let steps: Vec<(usize, What)> = steps(page)
        .into_iter()
        .map(|step| (step.line, step.what))
        .collect();
    assert_eq!(
        steps,
        [
            (
                6,
                What::Write {
                    file: "a/b.rs".to_owned(),
                    text: "one\n\ntwo\n".to_owned()
                }
            ),
            (16, run("a", &["b"], false)),
            (18, run("c", &[], false)),
            (23, below),
            (33, What::InPlace { file, line, text }),
            (38, run("i", &[], true)),
        ]
    );
}

#[test]
#[should_panic(expected = "line 3: the paragraph above does not say where this goes")]
fn a_block_that_goes_nowhere_is_found() {
    steps("Look at `this`:\n\n```rust\none\n```\n");
}
