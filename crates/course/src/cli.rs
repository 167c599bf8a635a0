//! Which commands there are, and what their help says.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use crate::{
    Failure, book, check, completions, doctor, grading, handout, hint, list, mutants, new, record,
    reset, root, schedule, serve, solution, status, test, watch,
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
    /// the git repository of the course; a course that was handed out has its starters with it.
    /// Points stay noted.
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
    ///
    /// With a name, only that chapter's exercise, wrong answers and figures are compiled and run.
    #[command(
        after_help = "Examples:\n  cargo course check\n  cargo course check three-way-handshake"
    )]
    Check {
        /// The chapter: `three-way-handshake`, or `handshake/three-way-handshake`.
        chapter: Option<String>,
    },
    /// Make a new chapter with its exercise and solution, from templates that say what to write.
    ///
    /// Makes the page, the exercise with its tests and hints, the solution, one wrong answer, and the line in the
    /// table of contents; all of it, or nothing. The part may be new.
    #[command(
        after_help = "Example:\n  cargo course new sockets/one-word --title \"How many segments is one word?\""
    )]
    New {
        /// Where: the folder of the part, and the chapter's name, which no other part may have.
        #[arg(value_name = "PART/SLUG")]
        place: String,
        /// The chapter's heading.
        #[arg(long)]
        title: String,
    },
    /// Record the figures of the book again, all of them or those named.
    #[command(
        after_help = "Examples:\n  cargo course record\n  cargo course record three-way-handshake"
    )]
    Record {
        /// The scenes' names: those of their recordings in the book.
        names: Vec<String>,
    },
    /// Change the solutions, a little at a time, and find out what no graded test notices.
    ///
    /// cargo-mutants does it in a copy of the course: all exercises take about an hour, one a minute or two. A change that
    /// nobody can see is listed in solutions/PART/SLUG/mutants.toml, with the reason. Installs cargo-mutants
    /// under target/tools, once, if this machine lacks it.
    #[command(
        after_help = "Examples:\n  cargo course mutants three-way-handshake\n  cargo course mutants"
    )]
    Mutants {
        /// The exercises; without a name, all.
        slugs: Vec<String>,
    },
    /// Write the readers' version of the course, without solutions and instructors' notes.
    ///
    /// It is made from the last commit, into a folder that is not there yet, and works by itself:
    /// as a folder, as an archive, or as a git repository of its own.
    ///
    /// With --update, brings such a folder up to date with this course. What its reader has written
    /// below exercises/PART/NAME/src stays, and so do progress and files of the reader's own. Other
    /// files that the reader has changed are replaced, and kept under .course/aside. Readers can do
    /// that themselves: in a newer handout, with the folder of the older one.
    #[command(
        after_help = "Examples:\n  cargo course handout ../tcp-course\n  cargo course handout --update ../tcp-course"
    )]
    Handout {
        /// The folder.
        folder: PathBuf,
        /// Bring a folder up to date that was handed out before.
        #[arg(long)]
        update: bool,
    },
    /// Divide the chapters among sessions of one length.
    ///
    /// Counts the minutes that a chapter states for its text and its exercise. A chapter stays in
    /// one session if it fits into one; otherwise its exercise may come in the next. With
    /// --sessions, says how far the course comes in so many, and what is left out.
    #[command(
        after_help = "Examples:\n  cargo course schedule --session 90\n  cargo course schedule --session 60 --sessions 1"
    )]
    Schedule {
        /// How many minutes a session has.
        #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(u32).range(1..=1440))]
        session: u32,
        /// How many sessions there are; without it, as many as the whole course takes.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        sessions: Option<u32>,
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
    /// Print what makes a shell complete the commands of `course`, short for `cargo course`.
    #[command(
        after_help = "Examples:\n  source <(cargo course completions bash)\n  cargo course completions fish | source"
    )]
    Completions {
        /// The shell that you use.
        shell: Shell,
    },
    /// Turn the directives of the chapters into pages, and with `highlight` colour their code; mdBook calls this.
    #[command(hide = true)]
    Preprocess {
        /// What mdBook asks: `supports RENDERER`; nothing when it sends a book. `highlight` goes before either.
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
        Command::Check { chapter } => check::check(&root()?, chapter.as_deref()),
        Command::New { place, title } => new::new(&root()?, &place, &title),
        Command::Mutants { slugs } => mutants::mutants(&root()?, &slugs),
        Command::Record { names } => record::record(&root()?, &names),
        Command::Handout {
            folder,
            update: false,
        } => handout::handout(&root()?, &folder),
        Command::Handout {
            folder,
            update: true,
        } => handout::update(&root()?, &folder),
        Command::Schedule { session, sessions } => schedule::schedule(&root()?, session, sessions),
        Command::Grade { args } => grading::grade(&root()?, &args),
        Command::Doctor => doctor::doctor(&root()?),
        Command::Completions { shell } => {
            completions::print(shell, &mut Cli::command());
            Ok(())
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_says_what_it_does_and_shows_an_example() {
        let cli = Cli::command();
        cli.clone().debug_assert();
        for command in cli
            .get_subcommands()
            .filter(|command| !command.is_hide_set())
        {
            let name = command.get_name();
            assert!(command.get_about().is_some(), "{name}");
            let example = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(
                example.starts_with("Example") && example.contains(&format!("cargo course {name}")),
                "{name}: {example}"
            );
        }
    }
}
