//! A program in a process that reaches nothing but what it is given.
//!
//! The grader starts itself twice more, because between `fork` and `exec` only code that is `unsafe` can run:
//!
//! 1. The outer stage makes the namespaces: of users (unless it is root), processes, mounts, networks, IPC, names.
//! 2. The inner stage is the first process in them. It builds a root file system out of nothing but what the
//!    [`Confinement`] names, gives up root for good, sets the limits and Landlock, starts the program, and says how
//!    it ended. When it ends, the kernel ends everything that the program has left behind.
//!
//! The grader watches from outside: it keeps the limits of time and output, and ends the outer stage, with which the
//! inner one and all of its processes end. They end as well if the grader dies.
//!
//! Both stages speak with the grader over the socket that is their standard input, in lines. The program
//! gets none of it: its standard input is empty, and it cannot reach into the inner stage, which is not dumpable.

mod refused;
mod stage;
mod view;

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use course::Failure;
use course::run::{End, Ended, Limit};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use serde::{Deserialize, Serialize};

use refused::Refused;
pub(crate) use stage::{NOBODY, stage};
pub use view::Mount;

/// The folder inside in which a program may write, and which nothing of it survives.
pub const SCRATCH: &str = "/scratch";

/// The argument with which the grader starts its outer stage.
const OUTER: &str = "confine-outer";
/// The argument with which the outer stage starts the inner one.
const INNER: &str = "confine-inner";
/// The variable that holds the [`Confinement`] for both.
const TASK: &str = "SEGMENT_GRADING_TASK";

/// A program, what it is given, and how much of everything it may use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The folder in which it starts.
    pub folder: PathBuf,
    /// Its whole environment, beside `PATH`, `HOME`, `TMPDIR`, `LANG` and `RUST_BACKTRACE`, which are always the same.
    pub environment: BTreeMap<String, String>,
    /// What it may read and execute, beside the system's programs and libraries.
    pub readable: Vec<Mount>,
    /// Where it may write, beside [`SCRATCH`].
    pub writable: Vec<Mount>,
    /// How much it may use.
    pub limits: Limits,
}

/// How much a confined program may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// How long it may take.
    pub time: Duration,
    /// The memory of each of its processes, in octets.
    pub memory: u64,
    /// How many processes and threads it may be.
    pub processes: u64,
    /// The longest file that it may write, in octets.
    pub file: u64,
    /// How much it may keep in [`SCRATCH`], in octets.
    pub scratch: u64,
    /// How much it may print, in octets.
    pub output: u64,
}

/// What the stages say to the grader, one line each.
#[derive(Debug, Serialize, Deserialize)]
enum Word {
    /// The inner stage has built its view, ends when the outer one ends, and waits to be told that it may go on.
    Ready,
    /// This kernel has no Landlock: namespaces and mounts alone confine.
    WithoutLandlock,
    /// The machine refused something.
    Refused(Refused),
    /// The program has ended, with this status as `wait` gives it.
    Ended(i32),
}

/// How a confined program ended.
#[derive(Debug)]
pub struct Confined {
    /// Its end and its output.
    pub ended: Ended,
    /// Whether Landlock was in force, beside namespaces and mounts.
    pub landlock: bool,
}

/// The program that confines: the grader's own.
#[derive(Clone, Debug)]
pub struct Confiner {
    program: PathBuf,
}

impl Confiner {
    /// Confines by that program, whose `main` begins with [`crate::stage`].
    pub fn new(program: impl Into<PathBuf>) -> Confiner {
        Confiner {
            program: program.into(),
        }
    }

    /// Runs a program in confinement, and returns when nothing of it is left.
    ///
    /// # Errors
    /// The machine refuses what confinement needs. The program has not run then.
    pub fn run(&self, task: &Confinement) -> Result<Confined, Failure> {
        let broken = |what: &str, error: &io::Error| {
            Failure::cannot(
                format!("cannot {what}: {error}"),
                "see that the machine has memory, processes and open files left, and try again",
            )
        };
        let text = serde_json::to_string(task).map_err(|error| {
            Failure::cannot(
                format!("cannot confine {}: {error}", task.program.display()),
                "use folders whose names are UTF-8",
            )
        })?;
        let (ours, theirs) = UnixStream::pair().map_err(|error| broken("make a socket", &error))?;
        let (output, printed) = io::pipe().map_err(|error| broken("make a pipe", &error))?;
        let mut command = Command::new(&self.program);
        command
            .arg(OUTER)
            .arg(std::process::id().to_string())
            .env_clear()
            .env(TASK, text)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stderr(
                printed
                    .try_clone()
                    .map_err(|error| broken("make a pipe", &error))?,
            )
            .stdout(printed);
        let child = command
            .spawn()
            .map_err(|error| broken("start the grader again", &error))?;
        // It holds the ends of the pipe and of the socket that are not ours.
        drop(command);
        let watched = Watch {
            child,
            words: ours,
            said: Vec::new(),
            output,
            printed: Vec::new(),
            stopped: None,
        }
        .until_the_end(task.limits)
        .map_err(|error| broken("watch a confined program", &error))?;
        watched.judged(&self.program)
    }
}

/// A program that runs in confinement.
struct Watch {
    child: Child,
    words: UnixStream,
    said: Vec<u8>,
    output: io::PipeReader,
    printed: Vec<u8>,
    stopped: Option<Limit>,
}

/// What is left when it has ended.
struct Watched {
    words: Vec<Word>,
    printed: String,
    stopped: Option<Limit>,
}

/// How long the kernel may take to end the processes of a program that was stopped.
const PATIENCE: Duration = Duration::from_secs(60);

impl Watch {
    /// Watches until both the socket and the pipe are closed: then no process is left that could hold them.
    fn until_the_end(mut self, limits: Limits) -> io::Result<Watched> {
        let result = self.watch(limits);
        // Whatever happened, nothing goes on behind our back. A process that has ended already is no error.
        let _ = self.child.kill();
        self.child.wait()?;
        result?;
        Ok(Watched {
            words: String::from_utf8_lossy(&self.said)
                .lines()
                .filter_map(|line| serde_json::from_str(line).ok())
                .collect(),
            printed: String::from_utf8_lossy(&self.printed).into_owned(),
            stopped: self.stopped,
        })
    }

    fn watch(&mut self, limits: Limits) -> io::Result<()> {
        let mut end = Instant::now() + limits.time;
        let (mut talking, mut printing) = (true, true);
        while talking || printing {
            let rest = end.saturating_duration_since(Instant::now());
            if rest.is_zero() {
                if self.stopped.is_some() {
                    return Err(io::Error::other(
                        "its processes do not end, though they were killed",
                    ));
                }
                self.stop(Limit::Time(limits.time))?;
                end = Instant::now() + PATIENCE;
                continue;
            }
            let (words, output) = wait_for(
                talking.then_some(&self.words),
                printing.then_some(&self.output),
                rest,
            )?;
            if words {
                talking = self.listen()?;
            }
            if output {
                printing = self.read(limits.output)?;
                if self.printed.len() as u64 > limits.output && self.stopped.is_none() {
                    self.stop(Limit::Output(limits.output))?;
                    end = Instant::now() + PATIENCE;
                }
            }
        }
        Ok(())
    }

    fn stop(&mut self, limit: Limit) -> io::Result<()> {
        self.stopped = Some(limit);
        self.child.kill()
    }

    /// Takes what the stages say; false when the socket is closed.
    fn listen(&mut self) -> io::Result<bool> {
        let mut buffer = [0; 4096];
        let count = match self.words.read(&mut buffer) {
            // The other end closed with our word unread.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => 0,
            result => result?,
        };
        let first = self.said.is_empty();
        self.said.extend_from_slice(&buffer[..count]);
        if first && count > 0 {
            // The inner stage may go on only while the outer one lives, with which it ends. Otherwise the socket is
            // closed, and it ends at once. An end that is closed already tells its own story.
            let _ = match self.child.try_wait()? {
                None => self.words.write_all(b"\n"),
                Some(_) => self.words.shutdown(Shutdown::Both),
            };
        }
        Ok(count > 0)
    }

    /// Takes what the program prints, as far as it may print; false when the pipe is closed.
    fn read(&mut self, limit: u64) -> io::Result<bool> {
        let mut buffer = [0; 64 << 10];
        let count = self.output.read(&mut buffer)?;
        if self.printed.len() as u64 <= limit {
            self.printed.extend_from_slice(&buffer[..count]);
        }
        Ok(count > 0)
    }
}

/// Whether there is something to read at each of them, or its end.
fn wait_for(
    words: Option<&UnixStream>,
    output: Option<&io::PipeReader>,
    time: Duration,
) -> io::Result<(bool, bool)> {
    let sources = [words.map(AsFd::as_fd), output.map(AsFd::as_fd)];
    let mut waiting: Vec<PollFd<'_>> = sources
        .iter()
        .flatten()
        .map(|source| PollFd::new(*source, PollFlags::POLLIN))
        .collect();
    // Rounded up: a rest of less than a millisecond must not become a busy loop.
    let milliseconds = time.as_nanos().div_ceil(1_000_000);
    match poll(
        &mut waiting,
        PollTimeout::try_from(milliseconds).unwrap_or(PollTimeout::MAX),
    ) {
        Ok(_) | Err(Errno::EINTR) => {}
        Err(error) => return Err(error.into()),
    }
    let mut ready = waiting.iter().map(|source| source.any().unwrap_or(false));
    let mut next = |asked: bool| asked && ready.next().unwrap_or(false);
    Ok((next(words.is_some()), next(output.is_some())))
}

impl Watched {
    fn judged(self, program: &Path) -> Result<Confined, Failure> {
        let mut landlock = true;
        let mut status = None;
        for word in &self.words {
            match word {
                Word::Ready => {}
                Word::WithoutLandlock => landlock = false,
                Word::Refused(refused) => return Err(refused.failure()),
                Word::Ended(number) => status = Some(ExitStatus::from_raw(*number)),
            }
        }
        let end = match (self.stopped, status) {
            (Some(limit), _) => End::Stopped(limit),
            (None, Some(status)) => End::Ended(status),
            (None, None) if self.words.is_empty() => {
                return Err(Failure::cannot(
                    format!(
                        "{} does not confine: it said {:?}",
                        program.display(),
                        self.printed.trim()
                    ),
                    "see that it is the grader, that it may be run, and that the machine has memory left",
                ));
            }
            // Nobody inside can end the first process of the namespace; the kernel does when memory runs out.
            (None, None) => End::Stopped(Limit::Machine),
        };
        Ok(Confined {
            ended: Ended {
                end,
                output: self.printed,
            },
            landlock,
        })
    }
}
