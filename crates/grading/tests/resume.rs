//! Restarts, several jobs and several machines: every submission is graded once, and the results are the same.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex};

use course::Failure;
use course::exercise::Exercise;
use grading::class::Class;
use grading::collect::{self, Handed};
use grading::shard::Shard;
use grading::store::{Course, Store};
use grading::take::Wanted;
use grading::{Report, Submission, Verdict};
use support::{Folder, course, fake, only_a, wanted, zip};

const TOOLCHAIN: &str = "rustc 1.91.0";

/// A class of submissions, a course, and a folder for the results.
struct Setting {
    class: Folder,
    course: Folder,
    exercises: Vec<Exercise>,
    wanted: Wanted,
    out: Folder,
}

impl Setting {
    fn new() -> Setting {
        let class = Folder::new();
        let both = "the_first_is_right the_second_is_right";
        class.write("one/exercises/p/a/src/lib.rs", both);
        class.write("one/exercises/q/c/src/lib.rs", "the_first_is_right");
        class.write("two/a/src/lib.rs", "the_second_is_right");
        class.write(
            "three.zip",
            zip(&[("exercises/p/b/src/lib.rs", both.as_bytes())]),
        );
        class.write("four/a/src/main.rs", "no lib.rs");
        class.write("five.zip", "no archive");
        class.write("six/notes.txt", "");
        let (course, exercises) = course();
        Setting {
            class,
            course,
            exercises,
            wanted: wanted(),
            out: Folder::new(),
        }
    }

    fn handed(&self) -> Vec<Handed> {
        let found = collect::find(&[self.class.path()], &self.out.path(), &self.wanted);
        found.unwrap().submissions
    }

    /// Grades what is there, and gives back what the engine was asked for.
    fn run(&self, how: &How<'_>) -> (Result<Vec<Report>, Failure>, Vec<String>) {
        let graded = Mutex::new(Vec::new());
        let result = self.run_with(how, |submission, _| {
            graded.lock().unwrap().push(submission.name.clone());
            fake(&self.exercises, submission)
        });
        let mut graded = graded.into_inner().unwrap();
        graded.sort();
        (result, graded)
    }

    fn run_with(
        &self,
        how: &How<'_>,
        engine: impl Fn(&Submission, usize) -> Result<Report, Failure> + Sync,
    ) -> Result<Vec<Report>, Failure> {
        let out = how.out.clone().unwrap_or_else(|| self.out.path());
        let handed = match how.shard {
            Some(shard) => shard.part(self.handed()),
            None => self.handed(),
        };
        let store = Store::open(&out).unwrap();
        let course = Course::with(&self.course.path(), &self.exercises, how.toolchain).unwrap();
        let class = Class {
            handed: &handed,
            wanted: &self.wanted,
            course: &course,
            store: &store,
            jobs: how.jobs,
            again: how.again,
        };
        let reports = class.grade(
            || {
                Ok(|submission: &Submission, job| {
                    assert!(job < how.jobs, "no other job has a folder");
                    engine(submission, job)
                })
            },
            |_| {},
        )?;
        if how.shard.is_none() {
            store.write_class(&reports).unwrap();
        }
        Ok(reports)
    }
}

struct How<'a> {
    jobs: usize,
    again: bool,
    toolchain: &'a str,
    shard: Option<Shard>,
    out: Option<PathBuf>,
}

const fn how() -> How<'static> {
    How {
        jobs: 2,
        again: false,
        toolchain: TOOLCHAIN,
        shard: None,
        out: None,
    }
}

const ALL: [&str; 6] = ["five", "four", "one", "six", "three", "two"];

#[test]
fn every_submission_gets_its_report_and_its_files() {
    let setting = Setting::new();
    let before = setting.class.everything();
    let (reports, graded) = setting.run(&how());
    let reports = reports.unwrap();
    assert_eq!(graded, ALL);
    let points: Vec<(&str, u32, u32)> = reports
        .iter()
        .map(|report| (report.submission.as_str(), report.points(), report.worth()))
        .collect();
    assert_eq!(
        points,
        [
            ("five", 0, 15),
            ("four", 0, 15),
            ("one", 7, 15),
            ("six", 0, 15),
            ("three", 5, 15),
            ("two", 3, 15)
        ]
    );
    let verdicts = |index: usize| -> Vec<&Verdict> {
        reports[index]
            .exercises
            .iter()
            .map(|exercise| &exercise.verdict)
            .collect()
    };
    assert!(verdicts(0).iter().all(|verdict| matches!(verdict, Verdict::NotTaken(why) if why.contains("archive cannot be read"))));
    assert!(matches!(
        verdicts(1)[..],
        [
            Verdict::NotTaken(_),
            Verdict::NotHandedIn,
            Verdict::NotHandedIn
        ]
    ));
    assert!(
        verdicts(3)
            .iter()
            .all(|verdict| **verdict == Verdict::NotHandedIn)
    );
    let mut files: BTreeSet<String> = ["grades.txt", "grades.json", "grades.csv"]
        .map(str::to_owned)
        .into();
    for name in ALL {
        files.insert(name.to_owned());
        for file in [
            "report.json",
            "grades.txt",
            "junit.xml",
            "results.json",
            "classroom.json",
            "classroom.output",
        ] {
            files.insert(format!("{name}/{file}"));
        }
    }
    let written = setting
        .out
        .everything()
        .into_keys()
        .map(|path| path.display().to_string());
    assert_eq!(written.collect::<BTreeSet<_>>(), files);
    assert_eq!(setting.class.everything(), before);
}

#[test]
fn what_is_there_and_still_fits_is_not_made_again() {
    let setting = Setting::new();
    let (first, _) = setting.run(&how());
    let files = setting.out.everything();
    let (second, graded) = setting.run(&how());
    assert_eq!(graded, [""; 0]);
    assert_eq!(second, first);
    assert_eq!(setting.out.everything(), files);
    let (_, graded) = setting.run(&How {
        again: true,
        ..how()
    });
    assert_eq!(graded, ALL);
}

#[test]
fn with_all_reports_there_nothing_is_prepared() {
    let setting = Setting::new();
    setting.run(&how()).0.unwrap();
    let handed = setting.handed();
    let class = Class {
        handed: &handed,
        wanted: &setting.wanted,
        course: &Course::with(&setting.course.path(), &setting.exercises, TOOLCHAIN).unwrap(),
        store: &Store::open(&setting.out.path()).unwrap(),
        jobs: 1,
        again: false,
    };
    type Engine = fn(&Submission, usize) -> Result<Report, Failure>;
    let lines = Mutex::new(Vec::new());
    let reports = class.grade(
        || -> Result<Engine, Failure> { panic!("there is nothing to prepare for") },
        |line| lines.lock().unwrap().push(line.to_owned()),
    );
    assert_eq!(reports.unwrap().len(), 6);
    assert_eq!(
        lines.into_inner().unwrap()[2..4],
        [
            "[3/6] one: 7 / 15 (was there)",
            "[4/6] six: 0 / 15: none of the exercises is in it (was there)",
        ]
    );
}

#[test]
fn what_changed_is_made_again_and_only_that() {
    let setting = Setting::new();
    let again = |what: &str| -> Vec<String> {
        let (reports, graded) = setting.run(&how());
        reports.unwrap();
        assert_eq!(setting.run(&how()).1, [""; 0], "{what}");
        graded
    };
    assert_eq!(again("at first"), ALL);
    setting
        .class
        .write("two/a/src/lib.rs", "the_first_is_right");
    assert_eq!(again("a source"), ["two"]);
    setting.class.write("two/a/src/more.rs", "");
    assert_eq!(again("a file more"), ["two"]);
    setting.class.write("two/a/tests/grade.rs", "changed");
    assert_eq!(again("what is not taken"), [""; 0]);
    setting.class.write("four/a/src/lib.rs", "");
    assert_eq!(again("a reason"), ["four"]);
    for file in [
        "exercises/q/c/tests/grade.rs",
        "exercises/q/c/Cargo.toml",
        "crates/wire/src/lib.rs",
        "Cargo.lock",
        "book/p/a.pcapng",
    ] {
        let text = setting.course.read(file);
        setting.course.write(file, format!("{text}\n# more\n"));
        assert_eq!(again(file), ALL, "{file}");
    }
    setting.course.write("crates/wire/tests/wire.rs", "");
    assert_eq!(again("the crates' own tests"), [""; 0]);
    setting.course.write("book/p/a.md", "# Better said");
    assert_eq!(again("the book's words"), [""; 0]);
    let toolchain = How {
        toolchain: "rustc 1.92.0",
        ..how()
    };
    assert_eq!(setting.run(&toolchain).1, ALL);
}

#[test]
fn other_exercises_are_other_reports() {
    let mut setting = Setting::new();
    setting.run(&how()).0.unwrap();
    setting.wanted = only_a();
    setting.exercises.truncate(1);
    let (reports, graded) = setting.run(&how());
    assert_eq!(graded, ALL);
    assert!(reports.unwrap().iter().all(|report| report.worth() == 5));
}

#[test]
fn a_report_that_is_damaged_is_made_again() {
    let setting = Setting::new();
    let (first, _) = setting.run(&how());
    let whole = setting.out.read("one/report.json");
    let wrong_name = whole.replace("\"submission\": \"one\"", "\"submission\": \"two\"");
    for damaged in [&whole[..whole.len() / 2], "", "{}", "\u{0}", &wrong_name] {
        setting.out.write("one/report.json", damaged);
        let (second, graded) = setting.run(&how());
        assert_eq!(graded, ["one"]);
        assert_eq!(second, first);
        assert_eq!(setting.out.read("one/report.json"), whole);
    }
}

#[test]
fn a_machine_that_cannot_go_on_keeps_what_it_has_finished() {
    let setting = Setting::new();
    let graded = Mutex::new(0);
    let one_job = How { jobs: 1, ..how() };
    let stopped = setting.run_with(&one_job, |submission, _| {
        let mut graded = graded.lock().unwrap();
        *graded += 1;
        match *graded {
            4 => Err(Failure::cannot("no namespaces", "allow them")),
            _ => fake(&setting.exercises, submission),
        }
    });
    assert_eq!(stopped, Err(Failure::cannot("no namespaces", "allow them")));
    assert!(!setting.out.at("grades.json").exists());
    let (rest, graded) = setting.run(&how());
    assert_eq!(graded, ["six", "three", "two"]);
    assert_eq!(rest.unwrap().len(), 6);
}

#[test]
fn a_run_that_is_broken_off_keeps_what_it_has_finished() {
    let setting = Setting::new();
    let broken_off = std::panic::catch_unwind(AssertUnwindSafe(|| {
        setting.run_with(&How { jobs: 1, ..how() }, |submission, _| {
            assert_ne!(submission.name, "one", "broken off");
            fake(&setting.exercises, submission)
        })
    }));
    assert!(broken_off.is_err());
    let (rest, graded) = setting.run(&how());
    assert_eq!(graded, ["one", "six", "three", "two"]);
    assert_eq!(rest.unwrap().len(), 6);
}

#[test]
fn one_job_and_four_give_the_same_files() {
    let setting = Setting::new();
    let (one, four) = (Folder::new(), Folder::new());
    for (jobs, out) in [(1, &one), (4, &four)] {
        let (reports, graded) = setting.run(&How {
            jobs,
            out: Some(out.path()),
            ..how()
        });
        assert_eq!(reports.unwrap().len(), 6);
        assert_eq!(graded, ALL);
    }
    assert_eq!(one.everything(), four.everything());
}

#[test]
fn each_job_has_its_number_for_itself() {
    let setting = Setting::new();
    // All jobs are in the engine at the same time, and only then do they go on.
    let (busy, changed) = (Mutex::new((BTreeSet::new(), 0)), Condvar::new());
    let reports = setting.run_with(&How { jobs: 3, ..how() }, |submission, job| {
        let mut state = busy.lock().unwrap();
        assert!(state.0.insert(job), "job {job} does two things at once");
        state.1 += 1;
        changed.notify_all();
        let limit = std::time::Duration::from_secs(60);
        let (mut state, waited) = changed
            .wait_timeout_while(state, limit, |(_, begun)| *begun < 3)
            .unwrap();
        assert!(
            !waited.timed_out(),
            "three jobs, and fewer than three at once"
        );
        state.0.remove(&job);
        drop(state);
        assert!(job < 3);
        fake(&setting.exercises, submission)
    });
    assert_eq!(reports.unwrap().len(), 6);
}

#[test]
fn machines_that_share_the_work_make_together_what_one_makes() {
    let setting = Setting::new();
    let (whole, merged) = (Folder::new(), Folder::new());
    setting
        .run(&How {
            out: Some(whole.path()),
            ..how()
        })
        .0
        .unwrap();
    let mut graded_by_all = Vec::new();
    for part in ["1/3", "2/3", "3/3"] {
        let out = Folder::new();
        let shard = How {
            shard: Some(part.parse().unwrap()),
            out: Some(out.path()),
            ..how()
        };
        let (reports, graded) = setting.run(&shard);
        reports.unwrap();
        assert_eq!(graded.len(), 2);
        assert!(!out.at("grades.json").exists());
        graded_by_all.extend(graded);
        for (path, content) in files(&out) {
            merged.write(path.to_str().unwrap(), content);
        }
    }
    graded_by_all.sort();
    assert_eq!(graded_by_all, ALL);
    let (reports, graded) = setting.run(&How {
        out: Some(merged.path()),
        ..how()
    });
    assert_eq!(graded, [""; 0]);
    assert_eq!(reports.unwrap().len(), 6);
    assert_eq!(merged.everything(), whole.everything());
}

fn files(folder: &Folder) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut everything = folder.everything();
    everything.retain(|path, _| folder.path().join(path).is_file());
    everything
}

#[test]
fn results_that_cannot_be_written_are_an_error() {
    let setting = Setting::new();
    setting.out.write("one", "a file where a folder must be");
    let failure = setting.run(&how()).0.unwrap_err().to_string();
    assert!(
        failure.contains("cannot write") && failure.contains("report.json"),
        "{failure}"
    );
    assert!(failure.contains("--out"), "{failure}");
    assert!(Store::open(&setting.out.path().join("one/two")).is_err());
    assert_eq!(setting.out.read("one"), "a file where a folder must be");
}

#[test]
fn a_course_that_cannot_be_read_is_an_error() {
    let (course, exercises) = course();
    std::fs::remove_dir_all(course.at("exercises/p/a")).unwrap();
    let failure = Course::with(&course.path(), &exercises, TOOLCHAIN).unwrap_err();
    assert!(failure.to_string().contains("exercises/p/a"), "{failure}");
}
