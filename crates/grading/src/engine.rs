//! Grades one submission after the other: builds it under the rules, and runs each of its tests in confinement.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Component, Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use course::Failure;
use course::cargo::INSTA;
use course::exercise::Exercise;
use course::grade::{Outcome, TIME_LIMIT, TestProgram, in_order};
use course::place::Place;
use course::run::{End, Ended};
use course::said;
use nix::sys::signal::Signal;

use crate::confine::{Confined, Confinement, Confiner, Limits, Mount};
use crate::given;
use crate::record::{Call, Target};
use crate::rules;
use crate::workspace::{EMPTY, Job, Workspace};
use crate::{ExerciseReport, Report, Sources, Submission, TestReport, Verdict};

/// Everything that is made once, before the first submission.
#[derive(Debug)]
pub struct Engine {
    course: PathBuf,
    exercises: Vec<Ready>,
    workspace: Workspace,
    confiner: Confiner,
    toolchain: PathBuf,
    uses: Uses,
    /// What came out for code that is as it was handed out, which most of a class's code is.
    unchanged: Mutex<HashMap<Place, ExerciseReport>>,
}

/// How much each step of grading may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uses {
    /// Compiling an exercise's library, or its tests.
    pub compiling: Limits,
    /// Running one test.
    pub testing: Limits,
}

impl Default for Uses {
    fn default() -> Uses {
        Uses {
            compiling: Limits {
                time: Duration::from_secs(120),
                memory: 4 << 30,
                processes: 128,
                file: 512 << 20,
                scratch: 256 << 20,
                output: 1 << 20,
            },
            testing: Limits {
                time: TIME_LIMIT,
                memory: 1 << 30,
                processes: 256,
                file: 64 << 20,
                scratch: 64 << 20,
                output: 4 << 20,
            },
        }
    }
}

/// An exercise with all that is known before a submission comes.
#[derive(Debug)]
struct Ready {
    exercise: Exercise,
    library: Call,
    tests: Call,
    handed_out: Sources,
}

impl Engine {
    /// Builds what all submissions share, and sees that this machine confines and that the rules are kept.
    ///
    /// # Errors
    /// This machine cannot grade: it refuses namespaces, or has no clippy, or the course does not compile.
    pub fn prepare(root: &Path, exercises: &[Exercise]) -> Result<Engine, Failure> {
        let grader = std::env::current_exe().map_err(|error| {
            Failure::cannot(
                format!("cannot find the grader's own program: {error}"),
                "see that /proc is mounted",
            )
        })?;
        Engine::prepare_with(root, exercises, &grader, Uses::default())
    }

    /// The same where the running program is not the grader, and with other limits.
    ///
    /// # Errors
    /// Those of [`Engine::prepare`].
    pub fn prepare_with(
        root: &Path,
        exercises: &[Exercise],
        grader: &Path,
        uses: Uses,
    ) -> Result<Engine, Failure> {
        let toolchain = toolchain(root)?;
        let workspace = Workspace::make(root, exercises, grader)?;
        let exercises = exercises
            .iter()
            .map(|exercise| {
                let call = |target| Call::read(&workspace.records(), &exercise.place.slug, target);
                Ok(Ready {
                    library: call(Target::Library)?,
                    tests: call(Target::Tests)?,
                    handed_out: sources(&root.join(exercise.place.exercise()).join("src")),
                    exercise: exercise.clone(),
                })
            })
            .collect::<Result<Vec<_>, Failure>>()?;
        let engine = Engine {
            course: root.to_path_buf(),
            exercises,
            workspace,
            confiner: Confiner::new(grader),
            toolchain,
            uses,
            unchanged: Mutex::default(),
        };
        engine.try_walls()?;
        Ok(engine)
    }

    /// Grades one submission as the job of that number, counted from 0. Two submissions may be graded at the same
    /// time if their jobs differ.
    ///
    /// # Errors
    /// This machine cannot do it. What is wrong with the submission is in the report.
    pub fn grade(&self, submission: &Submission, job: usize) -> Result<Report, Failure> {
        let exercises = self
            .exercises
            .iter()
            .map(
                |ready| match submission.exercises.get(&ready.exercise.place) {
                    None => Ok(not_run(ready, Verdict::NotHandedIn)),
                    Some(sources) => self.exercise(ready, sources, job),
                },
            )
            .collect::<Result<_, Failure>>()?;
        Ok(Report {
            submission: submission.name.clone(),
            exercises,
        })
    }

    fn exercise(
        &self,
        ready: &Ready,
        sources: &Sources,
        job: usize,
    ) -> Result<ExerciseReport, Failure> {
        let place = &ready.exercise.place;
        if let Some(why) = untakable(sources) {
            return Ok(not_run(ready, Verdict::NotTaken(why)));
        }
        let changes = given::changes(&ready.handed_out, sources);
        if !changes.is_empty() {
            return Ok(not_run(ready, Verdict::NotTaken(changes.join("\n"))));
        }
        if *sources != ready.handed_out {
            return self.run(ready, sources, job);
        }
        let known = || {
            self.unchanged
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let report = known().get(place).cloned();
        if let Some(report) = report {
            return Ok(report);
        }
        let report = self.run(ready, sources, job)?;
        known().insert(place.clone(), report.clone());
        Ok(report)
    }

    /// Compiles and tests what is not known yet.
    fn run(&self, ready: &Ready, sources: &Sources, job: usize) -> Result<ExerciseReport, Failure> {
        let job = self.workspace.job(job, sources)?;
        if let Err(said) = self.compile(ready, &job)? {
            return Ok(not_run(ready, Verdict::DoesNotCompile(said)));
        }
        let program = Program {
            engine: self,
            ready,
            job: &job,
        };
        let mut tests = Vec::new();
        for name in in_order(&ready.exercise, program.tests()?)? {
            let begun = Instant::now();
            let outcome = program.test(&name, self.uses.testing.time)?;
            tests.push(TestReport {
                worth: ready.exercise.meta.worth(&name),
                passed: outcome.passed(),
                said: match outcome {
                    Outcome::Passed => String::new(),
                    Outcome::Failed(output) => words_of(&name, &output, &self.uses.testing),
                },
                milliseconds: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
                name,
            });
        }
        Ok(ExerciseReport {
            verdict: Verdict::Ran,
            tests,
            ..not_run(ready, Verdict::Ran)
        })
    }

    /// Compiles the library under the rules, and the tests against it; what the compiler said if one does not compile.
    fn compile(&self, ready: &Ready, job: &Job) -> Result<Result<(), String>, Failure> {
        let library = self.library(ready, job);
        let compiled = self.confiner.run(&library)?.ended;
        if !compiled.success() {
            return Ok(Err(rules::explained(&words(&compiled))));
        }
        let file = format!("lib{}.rlib", ready.library.made());
        let mut tests = self.compiler("rustc", &ready.tests, job);
        tests.arguments = ready
            .tests
            .redirected(&job.made.to_string_lossy(), Some(&file));
        tests.readable.push(Mount::own(
            self.workspace.exercise(&ready.exercise.place).join("tests"),
        ));
        // Some tests read recordings of the book.
        tests.readable.push(Mount {
            from: self.course.join("book"),
            at: self.workspace.pristine().join("book"),
        });
        let compiled = self.confiner.run(&tests)?.ended;
        if !compiled.success() {
            return Ok(Err(format!(
                "The code compiles, but the tests do not compile with it:\n\n{}",
                words(&compiled)
            )));
        }
        Ok(Ok(()))
    }

    /// How the library is compiled: under the rules.
    fn library(&self, ready: &Ready, job: &Job) -> Confinement {
        let mut library = self.compiler("clippy-driver", &ready.library, job);
        library.arguments = ready.library.redirected(&job.made.to_string_lossy(), None);
        library
            .arguments
            .extend(rules::ARGUMENTS.map(str::to_owned));
        let list = self.workspace.rules();
        library.environment.insert(
            rules::LIST_FOLDER.to_owned(),
            list.to_string_lossy().into_owned(),
        );
        library.readable.extend([
            Mount::own(list),
            Mount {
                from: job.sources.clone(),
                at: self.workspace.exercise(&ready.exercise.place).join("src"),
            },
        ]);
        library
    }

    fn compiler(&self, program: &str, call: &Call, job: &Job) -> Confinement {
        Confinement {
            program: self.toolchain.join("bin").join(program),
            arguments: Vec::new(),
            folder: self.workspace.pristine(),
            environment: call.environment.clone(),
            readable: vec![
                Mount::own(&self.toolchain),
                Mount::own(self.workspace.built()),
            ],
            writable: vec![Mount::own(&job.made)],
            limits: self.uses.compiling,
        }
    }

    /// Compiles two libraries whose end is known, so that no submission pays for a machine that cannot grade.
    fn try_walls(&self) -> Result<(), Failure> {
        let Some(ready) = self.exercises.first() else {
            return Ok(());
        };
        for (code, allowed) in [(EMPTY, true), (FORBIDDEN, false)] {
            let sources = Sources::from([("lib.rs".into(), code.as_bytes().to_vec())]);
            let job = self.workspace.job(0, &sources)?;
            let Confined { ended, landlock } = self.confiner.run(&self.library(ready, &job))?;
            let said = rules::explained(&ended.output);
            if ended.success() != allowed || (!allowed && !said.contains("std::process::exit")) {
                return Err(Failure::cannot(
                    format!(
                        "the compiler does not keep the rules for graded code; it said of a probe:\n{said}"
                    ),
                    "see that `clippy-driver --version` and `rustc --version` belong together, and that everybody may read \
                     the course's folder and the toolchain",
                ));
            }
            if allowed && !landlock {
                eprintln!(
                    "This kernel has no Landlock: submissions are confined by namespaces and mounts alone."
                );
            }
        }
        Ok(())
    }
}

/// A library that the rules refuse.
const FORBIDDEN: &str =
    "//! Ends the process.\n\n/// Ends it.\npub fn end() {\n    std::process::exit(0)\n}\n";

/// The test program of a submission's exercise.
struct Program<'a> {
    engine: &'a Engine,
    ready: &'a Ready,
    job: &'a Job,
}

impl TestProgram for Program<'_> {
    fn run(&self, args: &[&str], limit: Duration) -> Result<Ended, Failure> {
        let workspace = &self.engine.workspace;
        let folder = workspace.exercise(&self.ready.exercise.place);
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let mut environment: BTreeMap<String, String> = INSTA
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        environment.insert(
            "INSTA_WORKSPACE_ROOT".to_owned(),
            text(&workspace.pristine()),
        );
        environment.insert("CARGO_MANIFEST_DIR".to_owned(), text(&folder));
        let mut limits = self.engine.uses.testing;
        limits.time = limit;
        let task = Confinement {
            program: self.job.made.join(self.ready.tests.made()),
            arguments: args.iter().map(|arg| (*arg).to_owned()).collect(),
            environment,
            readable: vec![Mount::own(folder.join("tests")), Mount::own(&self.job.made)],
            writable: Vec::new(),
            folder,
            limits,
        };
        let mut ended = self.engine.confiner.run(&task)?.ended;
        if let Some(signal) = signal(&ended.end) {
            ended.output += &format!("\nThe test's process was ended by {signal}.");
        }
        Ok(ended)
    }
}

/// What a test that failed has said, and which limit it came to, where its own words only say that something failed.
fn words_of(test: &str, output: &str, limits: &Limits) -> String {
    let mut said = shortened(&said::message(output, test));
    if said.contains("memory allocation of ") {
        said += &format!("\nA test may use {} MiB of memory.", limits.memory >> 20);
    }
    if said.contains("Resource temporarily unavailable") {
        said += &format!(
            "\nA test may be {} processes and threads.",
            limits.processes
        );
    }
    said
}

/// The signal that ended a process, if one did.
fn signal(end: &End) -> Option<Signal> {
    match end {
        End::Ended(status) => status
            .signal()
            .and_then(|number| Signal::try_from(number).ok()),
        End::Stopped(_) => None,
    }
}

/// What a compiler that did not succeed has said, and which limit it came to.
fn words(ended: &Ended) -> String {
    let said = shortened(ended.output.trim());
    match (signal(&ended.end), ended.end) {
        (Some(signal), _) => format!("{said}\nThe compiler was ended by {signal}."),
        (None, End::Stopped(limit)) => format!("{said}\nThe compiler {limit} and was stopped."),
        (None, End::Ended(_)) => said,
    }
}

/// The beginning and the end of a message: one that fills the screen many times tells nothing.
fn shortened(message: &str) -> String {
    const KEPT: usize = 16 << 10;
    if message.len() <= 2 * KEPT {
        return message.to_owned();
    }
    let beginning = &message[..message.floor_char_boundary(KEPT)];
    let end = &message[message.ceil_char_boundary(message.len() - KEPT)..];
    let left_out = message.len() - beginning.len() - end.len();
    format!("{beginning}\n... {left_out} octets more ...\n{end}")
}

/// A report of an exercise whose tests did not run.
fn not_run(ready: &Ready, verdict: Verdict) -> ExerciseReport {
    let place = &ready.exercise.place;
    ExerciseReport {
        part: place.part.clone(),
        slug: place.slug.clone(),
        verdict,
        tests: ready
            .exercise
            .meta
            .points
            .iter()
            .map(|(name, worth)| TestReport {
                name: name.clone(),
                worth: *worth,
                passed: false,
                said: String::new(),
                milliseconds: 0,
            })
            .collect(),
    }
}

/// Why these sources cannot be written to disk, if they cannot. Whoever collects them says it better, and earlier; here it
/// keeps a submission from being taken for a machine that cannot write.
fn untakable(sources: &Sources) -> Option<String> {
    if !sources.contains_key(Path::new("lib.rs")) {
        return Some("there is no src/lib.rs".to_owned());
    }
    sources.keys().find_map(|path| {
        let name = path.display();
        let mut parts = path.components();
        let outside =
            path.as_os_str().is_empty() || !parts.all(|part| matches!(part, Component::Normal(_)));
        let unwritable = path.as_os_str().len() > LONGEST
            || path.iter().any(|part| part.len() > LONGEST_PART)
            || path.as_os_str().as_encoded_bytes().contains(&0);
        if outside {
            Some(format!("src/{name} leaves the exercise's folder"))
        } else if unwritable {
            Some("a file below src has a name that no file can have".to_owned())
        } else {
            let folders = path.ancestors().skip(1);
            let file = folders
                .into_iter()
                .find(|folder| sources.contains_key(*folder))?;
            Some(format!(
                "src/{} is both a file and the folder of src/{name}",
                file.display()
            ))
        }
    })
}

/// How long a path below `src` and each of its parts may be, in octets; Linux allows 4096 and 255 for all of a path.
const LONGEST: usize = 1024;
const LONGEST_PART: usize = 255;

/// The files below `folder`, to compare with what is handed in. What cannot be read is not equal to anything.
fn sources(folder: &Path) -> Sources {
    let mut found = Sources::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let (Ok(name), Ok(bytes)) = (path.strip_prefix(folder), fs::read(&path)) {
                found.insert(name.to_path_buf(), bytes);
            }
        }
    }
    found
}

/// The folder of the compiler that compiles the course, in which clippy must be too.
fn toolchain(root: &Path) -> Result<PathBuf, Failure> {
    let asked = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args(["--print", "sysroot"])
        .current_dir(root)
        .output();
    let folder = match &asked {
        Ok(output) if output.status.success() => {
            PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())
        }
        _ => {
            return Err(Failure::cannot(
                "cannot ask rustc for its folder",
                "install Rust from https://rustup.rs and see that `rustc --print sysroot` works",
            ));
        }
    };
    if !folder.join("bin/clippy-driver").is_file() {
        return Err(Failure::cannot(
            format!(
                "there is no clippy in {}, and without it the rules for graded code cannot be kept",
                folder.display()
            ),
            "rustup component add clippy",
        ));
    }
    Ok(folder)
}
