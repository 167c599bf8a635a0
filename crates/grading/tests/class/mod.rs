//! One grader for all tests, and submissions made of the course's own exercises and solutions.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use course::bar::Bar;
use course::exercise::{self, Exercise};
use course::grade::parallel;
use course::place::Place;
use grading::{Engine, ExerciseReport, Report, Sources, Submission, Uses};

/// An exercise that needs no lab.
pub(crate) const PURE: (&str, &str) = ("header", "sequence-numbers");

/// An exercise that plays in the lab.
pub(crate) const LAB: (&str, &str) = ("handshake", "three-way-handshake");

/// How long a test may take here: much longer than any needs, and not so long that a hang is a nuisance.
pub(crate) const TESTING_TIME: Duration = Duration::from_secs(15);

/// What stands in somebody else's submission.
pub(crate) const SECRET: &str = "a secret of somebody else";

/// The grader.
pub(crate) struct Class {
    root: PathBuf,
    exercises: Vec<Exercise>,
    engine: Engine,
    jobs: AtomicUsize,
}

static CLASS: LazyLock<Class> = LazyLock::new(|| {
    let root = root();
    let exercises: Vec<Exercise> = exercise::places(&root, "exercises")
        .expect("the course has exercises")
        .iter()
        .map(|place| Exercise::read(&root, place).expect("an exercise"))
        .collect();
    let mut uses = Uses::default();
    uses.testing.time = TESTING_TIME;
    uses.compiling.memory = 2 << 30;
    let grader = Path::new(env!("CARGO_BIN_EXE_grading"));
    let engine = Engine::prepare_with(&root, &exercises, grader, uses)
        .unwrap_or_else(|failure| panic!("{failure}"));
    Class {
        root,
        exercises,
        engine,
        jobs: AtomicUsize::new(0),
    }
});

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the course")
}

fn place((part, slug): (&str, &str)) -> Place {
    Place::new(part, slug)
}

/// The solution of an exercise, as a reader would have it in `src/lib.rs`.
pub(crate) fn solution(of: (&str, &str)) -> String {
    let file = root().join(place(of).solution()).join("src/lib.rs");
    fs::read_to_string(file)
        .expect("a solution")
        .lines()
        .filter(|line| !line.starts_with("#[path = \"../../../../exercises/"))
        .map(|line| format!("{line}\n"))
        .collect()
}

/// These files as sources.
pub(crate) fn files(files: &[(&str, &str)]) -> Sources {
    files
        .iter()
        .map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec()))
        .collect()
}

impl Class {
    /// The one grader of these tests.
    pub(crate) fn the() -> &'static Class {
        &CLASS
    }

    /// The root of the course.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A job that no other test has.
    pub(crate) fn job(&self) -> usize {
        self.jobs.fetch_add(1, Ordering::Relaxed)
    }

    /// Grades this `src/lib.rs`.
    pub(crate) fn grade(&self, of: (&str, &str), code: &str) -> ExerciseReport {
        self.grade_sources(of, files(&[("lib.rs", code)]))
    }

    /// Grades these files.
    pub(crate) fn grade_sources(&self, of: (&str, &str), sources: Sources) -> ExerciseReport {
        self.grade_as(self.job(), of, sources)
    }

    /// Grades these files as that job.
    pub(crate) fn grade_as(
        &self,
        job: usize,
        of: (&str, &str),
        sources: Sources,
    ) -> ExerciseReport {
        let place = place(of);
        let report = self.report(job, BTreeMap::from([(place.clone(), sources)]));
        let own = |exercise: &ExerciseReport| exercise.slug == place.slug;
        report
            .exercises
            .into_iter()
            .find(own)
            .expect("every exercise is reported")
    }

    /// Grades a submission in which nothing is.
    pub(crate) fn nothing(&self) -> Report {
        self.report(self.job(), BTreeMap::new())
    }

    fn report(&self, job: usize, exercises: BTreeMap<Place, Sources>) -> Report {
        let submission = Submission {
            name: "one".to_owned(),
            exercises,
        };
        self.engine
            .grade(&submission, job)
            .unwrap_or_else(|failure| panic!("{failure}"))
    }

    /// What all exercises together are worth.
    pub(crate) fn worth(&self) -> u32 {
        self.exercises
            .iter()
            .map(|exercise| exercise.meta.total())
            .sum()
    }

    /// An exercise's files as they are handed out.
    pub(crate) fn handed_out(&self, of: (&str, &str)) -> Sources {
        let folder = self.root.join(place(of).exercise()).join("src");
        fs::read_dir(folder)
            .expect("an exercise")
            .map(|entry| {
                let entry = entry.expect("a file");
                (
                    PathBuf::from(entry.file_name()),
                    fs::read(entry.path()).expect("a file"),
                )
            })
            .collect()
    }

    /// The reports of every solution, each handed in as a reader would.
    pub(crate) fn solutions(&self) -> Vec<ExerciseReport> {
        parallel(&self.exercises, &Bar::start("grading "), |exercise| {
            let of = (exercise.place.part.as_str(), exercise.place.slug.as_str());
            let mut sources = self.handed_out(of);
            sources.insert("lib.rs".into(), solution(of).into_bytes());
            self.grade_sources(of, sources)
        })
    }

    /// The folder of a job, which is there while it works.
    pub(crate) fn folder(&self, job: usize) -> PathBuf {
        course::cargo::target_folder(&self.root).join(format!("grading/jobs/{job}"))
    }

    /// A file of somebody else's submission, where it is while that is graded.
    pub(crate) fn another_submission(&self) -> PathBuf {
        let folder = self.folder(self.job()).join("src");
        fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("lib.rs");
        fs::write(&file, format!("//! {SECRET}\n")).expect("a file");
        file
    }
}
