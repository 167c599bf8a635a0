//! Which commands there are, and what their help says.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{
    Failure, book, check, doctor, grading, hint, list, record, reset, root, serve, solution,
    status, test, watch,
};

const EXIT_CODES: &str = "Exit codes: 0 all is well; 1 what was looked at is wrong or unsolved; 2 the command was not \
                          understood or could not do its work.";

/// Read the course, solve its exercises, and check that everything in it is so.
///
/// Without a command: what you have solved, and what comes next.
#[derive(Parser)]
#[command(name = "cargo course", bin_name = "cargo course", version, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Open the book in a browser, and build it again whenever a chapter changes.
    ///
    /// Uses the mdbook and mdbook-mermaid of this machine if they have the versions that the book
    /// is made for; otherwise installs those under target/tools, once.
    #[command(
        after_help = "Examples:\n  cargo course serve\n  cargo course serve --no-open --port 8080"
    )]
    Serve {
        /// Do not open a browser.
        #[arg(long)]
        no_open: bool,
        /// The port to serve on.
        #[arg(long, default_value_t = 3000, value_parser = clap::value_parser!(u16).range(1..))]
        port: u16,
    },
    /// Build the book into target/book.
    #[command(after_help = "Example:\n  cargo course build && ls target/book")]
    Build,
    /// Show the parts, the chapters, and the exercises with their minutes and points.
    #[command(after_help = "Example:\n  cargo course list")]
    List,
    /// Run the tests of an exercise, count its points, and note them.
    ///
    /// Without a name, takes the first exercise that is not solved yet. If it passes, goes on with
    /// the next while nothing is left blank there.
    #[command(
        after_help = "Examples:\n  cargo course test three-way-handshake\n  cargo course test"
    )]
    Test {
        /// The exercise: `three-way-handshake`, or `handshake/three-way-handshake`.
        slug: Option<String>,
    },
    /// Run the tests of an exercise each time when you save one of its files.
    ///
    /// Without a name, begins with the first exercise that is not solved yet, and then runs
    /// whichever is saved. Ctrl-C ends it.
    #[command(
        after_help = "Examples:\n  cargo course watch\n  cargo course watch three-way-handshake"
    )]
    Watch {
        /// The only exercise to run.
        slug: Option<String>,
    },
    /// Show the next of an exercise's three hints. Hints cost no points.
    ///
    /// The first says where to look, the second what to do, the third is nearly the code. Without a
    /// name, for the first exercise that is not solved yet.
    #[command(
        after_help = "Examples:\n  cargo course hint\n  cargo course hint three-way-handshake"
    )]
    Hint {
        /// The exercise.
        slug: Option<String>,
    },
    /// Show the solution of an exercise that you have solved.
    #[command(
        after_help = "Examples:\n  cargo course solution three-way-handshake\n  cargo course solution three-way-handshake --give-up"
    )]
    Solution {
        /// The exercise; without a name, the first that is not solved yet.
        slug: Option<String>,
        /// Show it though the exercise is not solved. This is noted, and costs no points.
        #[arg(long)]
        give_up: bool,
    },
    /// Put an exercise back as it was at first, and keep your version aside.
    ///
    /// Your files are copied to .course/aside before anything is replaced. The starter comes from
    /// the git repository of the course. Points stay noted.
    #[command(after_help = "Example:\n  cargo course reset three-way-handshake")]
    Reset {
        /// The exercise.
        slug: String,
    },
    /// Find everything that is wrong in the course, in one run.
    ///
    /// Solutions pass; starters compile and fail; wrong answers fail on the test that they name;
    /// recordings, snapshots and a fresh run agree; chapters, exercises and solutions belong
    /// together; citations, links and claims hold.
    #[command(after_help = "Example:\n  cargo course check")]
    Check,
    /// Record the figures of the book again, all of them or those named.
    #[command(
        after_help = "Examples:\n  cargo course record\n  cargo course record three-way-handshake"
    )]
    Record {
        /// The scenes' names: those of their recordings in the book.
        names: Vec<String>,
    },
    /// Grade submissions, and write the results for people, gradebooks and other programs.
    ///
    /// `cargo course grade --help` shows the options.
    #[command(
        disable_help_flag = true,
        after_help = "Examples:\n  cargo course grade --help\n  cargo course grade submissions --exercise three-way-handshake"
    )]
    Grade {
        /// What the program that grades is asked for: folders, archives, options.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Say what works on this machine, and how to mend what does not.
    #[command(after_help = "Example:\n  cargo course doctor")]
    Doctor,
    /// Turn the directives of the chapters into pages; mdBook calls this.
    #[command(hide = true)]
    Preprocess {
        /// What mdBook asks: `supports RENDERER`; nothing when it sends a book.
        query: Vec<String>,
    },
}

/// Runs the command that the arguments ask for.
#[must_use]
pub fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if failure != Failure::Found {
                eprintln!("{failure}");
            }
            failure.code()
        }
    }
}

fn run(command: Option<Command>) -> Result<(), Failure> {
    let root = || root::find(&current_folder()?);
    let Some(command) = command else {
        return status::status(&root()?);
    };
    match command {
        Command::Serve { no_open, port } => serve::serve(&root()?, port, !no_open),
        Command::Build => serve::build(&root()?),
        Command::List => list::list(&root()?),
        Command::Test { slug } => test::test(&root()?, slug.as_deref()),
        Command::Watch { slug } => watch::watch(&root()?, slug.as_deref()),
        Command::Hint { slug } => hint::hint(&root()?, slug.as_deref()),
        Command::Solution { slug, give_up } => {
            solution::solution(&root()?, slug.as_deref(), give_up)
        }
        Command::Reset { slug } => reset::reset(&root()?, &slug),
        Command::Check => check::check(&root()?),
        Command::Record { names } => record::record(&root()?, &names),
        Command::Grade { args } => grading::grade(&root()?, &args),
        Command::Doctor => doctor::doctor(&root()?),
        Command::Preprocess { query } => book::preprocess::run(&query),
    }
}

fn current_folder() -> Result<PathBuf, Failure> {
    std::env::current_dir().map_err(|error| {
        Failure::cannot(
            format!("cannot tell the current folder: {error}"),
            "change into the course's folder",
        )
    })
}
