//! Runs a program under a time limit.

use std::fmt;
use std::io::{Read, Seek};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use wait_timeout::ChildExt;

use crate::Failure;

/// How a program ended, and what it printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// How it ended.
    pub end: End,
    /// What it wrote to standard output and standard error, in that order of events.
    pub output: String,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, with this status.
    Ended(ExitStatus),
    /// It was stopped at this limit.
    Stopped(Limit),
}

/// What a program may not go beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The time that it may take.
    Time(Duration),
    /// How many octets it may print.
    Output(u64),
    /// What the machine has.
    Machine,
}

/// What the program did, to be read behind its name.
impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Time(time) => write!(f, "did not end within {} seconds", time.as_secs()),
            Limit::Output(octets) => write!(f, "printed more than {octets} octets"),
            Limit::Machine => f.write_str("took what the machine needs, probably its memory"),
        }
    }
}

impl Ended {
    /// Whether it ended by itself, and well.
    #[must_use]
    pub fn success(&self) -> bool {
        matches!(self.end, End::Ended(status) if status.success())
    }
}

/// Runs the program. Its output goes through a file, so that a process that it left behind cannot
/// keep us waiting at a pipe.
///
/// # Errors
/// The program does not start.
pub fn run(command: &mut Command, limit: Duration) -> Result<Ended, Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let broken = |error: std::io::Error| {
        Failure::cannot(
            format!("cannot run {program}: {error}"),
            "see that it is there and may be run, and try again",
        )
    };
    let mut file = tempfile::tempfile().map_err(broken)?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(file.try_clone().map_err(broken)?)
        .stderr(file.try_clone().map_err(broken)?)
        .spawn()
        .map_err(broken)?;
    let status = child.wait_timeout(limit).map_err(broken)?;
    if status.is_none() {
        child.kill().map_err(broken)?;
        child.wait().map_err(broken)?;
    }
    let mut bytes = Vec::new();
    file.rewind().map_err(broken)?;
    file.read_to_end(&mut bytes).map_err(broken)?;
    Ok(Ended {
        end: status.map_or(End::Stopped(Limit::Time(limit)), End::Ended),
        output: String::from_utf8_lossy(&bytes).into_owned(),
    })
}
