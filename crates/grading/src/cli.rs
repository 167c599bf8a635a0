//! `cargo course grade`: what it understands, and what its help says.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use course::exercise::{self, Exercise};
use course::list::count;
use course::{Failure, root, summary};

use crate::Engine;
use crate::class::Class;
use crate::collect::{self, Found};
use crate::report::Report;
use crate::reporters::text;
use crate::shard::Shard;
use crate::store::{Course, Store};
use crate::submission::Submission;
use crate::take::Wanted;

const EXAMPLES: &str = "\
Examples:
  cargo course grade submissions --exercise three-way-handshake --out target/grades/first
  cargo course grade submissions/one.zip submissions/two
  cargo course grade submissions --shard 2/4    # the second of four parts
  cargo course grade submissions                # with the results of all parts brought together

Exit codes: 0 everything was graded, whatever the points; 2 the command was not understood or could not do its work.";

/// Grade submissions: folders, .zip archives, or folders of these.
///
/// Only `src` of each exercise is taken of a submission. It is built and tested with the course's own tests,
/// confined: without the network, without a way to other files, and with limits on time, memory and output.
///
/// The results go to the folder of --out: grades.txt, grades.json and grades.csv for all, and for each submission
/// junit.xml, results.json (Gradescope), classroom.json and classroom.output (GitHub Classroom). A report that is there
/// from an earlier run is taken as long as the submission, the exercises asked for, their tests and the toolchain are
/// the same; so a run that was stopped goes on where it was, when it is started again.
#[derive(Parser, Debug)]
#[command(name = "cargo course grade", bin_name = "cargo course grade", version, after_help = EXAMPLES)]
pub struct Cli {
    /// The submissions, or folders of submissions; without one, the exercises of this course.
    ///
    /// A submission has exercises/PART/SLUG/src (a checkout of the course), or PART/SLUG/src, or SLUG/src; or it is one
    /// exercise: its folder is called like it and has src in it, or only one --exercise is asked for. A folder with
    /// nothing but one .zip stands for this. Only `src` is read, and nothing is written there.
    #[arg(value_name = "DIR")]
    dirs: Vec<PathBuf>,
    /// Where the results go; target/grades in the course if left out. Use another folder for each assignment.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Grade only this exercise; may be given several times.
    #[arg(long = "exercise", value_name = "SLUG")]
    exercises: Vec<String>,
    /// How many submissions are graded at the same time; as many as there are processors if left out.
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Grade only the I-th of N parts of the submissions, and write no results for all of them.
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Grade again what has a report that still fits.
    #[arg(long)]
    again: bool,
}

/// Runs the command that the arguments ask for.
#[must_use]
pub fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            failure.code()
        }
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    let here = std::env::current_dir().map_err(|error| {
        Failure::cannot(
            format!("cannot tell the current folder: {error}"),
            "change into the course's folder",
        )
    })?;
    let root = root::find(&here)?;
    let all = exercise::all(&root, &summary::read(&root)?)?;
    let asked = asked(&all, &cli.exercises)?;
    let place = |exercise: &Exercise| exercise.place.clone();
    let wanted = Wanted {
        all: all.iter().map(place).collect(),
        asked: asked.iter().map(place).collect(),
    };
    let out = cli.out.unwrap_or_else(|| root.join("target/grades"));
    let dirs = if cli.dirs.is_empty() {
        vec![root.clone()]
    } else {
        cli.dirs
    };
    let Found {
        mut submissions,
        left_out,
    } = collect::find(&dirs, &out, &wanted)?;
    for file in left_out {
        eprintln!(
            "left out: {} is no folder and no .zip",
            crate::clean::line(&file.to_string_lossy())
        );
    }
    if let Some(shard) = cli.shard {
        submissions = shard.part(submissions);
    }
    let store = Store::open(&out)?;
    let class = Class {
        handed: &submissions,
        wanted: &wanted,
        course: &Course::of(&root, &asked)?,
        store: &store,
        jobs: cli.jobs.map_or_else(processors, NonZeroUsize::get),
        again: cli.again,
    };
    let reports = class.grade(
        || {
            let engine = Engine::prepare(&root, &asked)?;
            Ok(move |submission: &Submission, job: usize| engine.grade(submission, job))
        },
        |line| eprintln!("{line}"),
    )?;
    if cli.shard.is_none() {
        store.write_class(&reports)?;
    }
    print!(
        "{}",
        shown(
            &reports,
            out.strip_prefix(&here).unwrap_or(&out),
            cli.shard.is_none()
        )
    );
    Ok(())
}

/// The exercises that are asked for, in the order of the book; all of them if none is named.
fn asked(all: &[Exercise], names: &[String]) -> Result<Vec<Exercise>, Failure> {
    let mut named = Vec::new();
    for name in names {
        named.push(exercise::find(all, name)?);
    }
    Ok(all
        .iter()
        .filter(|exercise| named.is_empty() || named.contains(exercise))
        .cloned()
        .collect())
}

/// What is printed in the end.
fn shown(reports: &[Report], out: &Path, whole: bool) -> String {
    let table = match reports {
        [one] => text::submission(one),
        several => text::class(several),
    };
    let graded = count(reports.len() as u32, "submission");
    let out = out.display();
    if whole {
        format!("{table}\n{graded}; all results are in {out}.\n")
    } else {
        format!(
            "{table}\n{graded} of this part; their results are in {out}. Bring the folders of all parts together, and \
             the same command without --shard writes the results for all.\n"
        )
    }
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}
