//! The parent's part: this program, started once more in namespaces of its own, watched until it ends.
//!
//! `unshare(CLONE_NEWUSER)` fails in a process that has threads, as a running test has. So the child calls
//! it between `fork` and `exec`, when it has one thread, and then starts the same test from the beginning.
#![allow(
    unsafe_code,
    reason = "fork, exec and namespaces are told to the kernel between two processes"
)]

use std::io;
use std::os::fd::{AsFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::journal::Journal;
use crate::prepare::{Preparation, Stage};
use crate::refusal::{Call, Refusal};
use crate::settings::{Restart, Settings};

/// The variable that tells the child which `Lab::run` it is to play, and where to write.
pub(crate) const PLAY: &str = "SEGMENT_LAB_PLAY";

/// The variable that tells the child which laboratories the same test has had before, and where their
/// recordings are.
pub(crate) const EARLIER: &str = "SEGMENT_LAB_EARLIER";

/// How the child ended, and what it left.
pub(crate) struct Ended {
    /// `None` if it had to be killed at its limit.
    pub(crate) status: Option<ExitStatus>,
    /// What it wrote of its end: `ok`, or a reason.
    pub(crate) report: Report,
    /// Whether the machine stood still while it played.
    pub(crate) stalled: bool,
    /// The recording, as far as it got.
    pub(crate) recording: Journal,
    /// What the programs printed.
    pub(crate) output: String,
}

impl Ended {
    /// Whether the machine has spoilt what it played. A play that was killed at its limit would be killed again.
    pub(crate) fn is_spoilt(&self) -> bool {
        self.stalled && self.status.is_some()
    }
}

/// A line of the report for each time that the machine stood still, behind the note of the beginning.
pub(crate) const STALLED: &str = "stalled\n";

/// What the child says of itself at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// Nothing: it never came to its `Lab::run`.
    Nothing,
    /// It began to play, and died before it could say why.
    Begun,
    /// The script came to its end.
    Done,
    /// The system refused something.
    Refused(Refusal),
    /// A program or an expectation failed.
    Failed(String),
    /// A program has gone on making calls that move nothing.
    CallsWithoutEnd(String),
}

impl Report {
    const BEGUN: &'static str = "begun\n";
    const DONE: &'static str = "done\n";
    const REFUSED: &'static str = "refused\n";
    const FAILED: &'static str = "failed\n";
    const CALLS_WITHOUT_END: &'static str = "calls without end\n";

    /// Adds the report to the journal, behind the stages that came before and the note of the beginning.
    pub(crate) fn write(&self, journal: &Journal) -> io::Result<()> {
        let text = match self {
            Report::Nothing => return Ok(()),
            Report::Begun => format!("\n{}", Report::BEGUN),
            Report::Done => Report::DONE.to_owned(),
            Report::Refused(refusal) => format!("{}{}", Report::REFUSED, refusal.to_lines()),
            Report::Failed(why) => format!("{}{why}", Report::FAILED),
            Report::CallsWithoutEnd(why) => format!("{}{why}", Report::CALLS_WITHOUT_END),
        };
        journal.append(text.as_bytes())
    }

    /// What was written, and whether the machine stood still meanwhile.
    fn read(text: &str) -> (Report, bool) {
        let begun = text.split_once('\n').map(|(_stages, rest)| rest);
        let Some(notes) = begun.and_then(|rest| rest.strip_prefix(Report::BEGUN)) else {
            return (Report::Nothing, false);
        };
        let end = notes.trim_start_matches(STALLED);
        (Report::read_end(end), end.len() < notes.len())
    }

    fn read_end(report: &str) -> Report {
        if let Some(lines) = report.strip_prefix(Report::REFUSED) {
            Refusal::from_lines(lines).map_or(Report::Begun, Report::Refused)
        } else if let Some(why) = report.strip_prefix(Report::FAILED) {
            Report::Failed(why.to_owned())
        } else if let Some(why) = report.strip_prefix(Report::CALLS_WITHOUT_END) {
            Report::CallsWithoutEnd(why.to_owned())
        } else if report == Report::DONE {
            Report::Done
        } else {
            Report::Begun
        }
    }
}

/// Starts this program again with `arguments`, to play the `Lab::run` at `place`, and waits for its end.
///
/// # Errors
/// What the system refused before the child could run.
pub(crate) fn play_in_a_child(
    settings: &Settings,
    place: &str,
    arguments: &[String],
    earlier: &[(String, Journal)],
) -> Result<Ended, Refusal> {
    let exec = |error| Refusal::new(Call::Exec, error);
    let watch = |started: Started| started.watch(settings.limit).map_err(exec);
    let attempt =
        |user_namespace| attempt(settings, place, arguments, earlier, user_namespace).map_err(exec);
    match attempt(true)? {
        Attempt::Started(started) => watch(started),
        Attempt::Refused(call, error) => {
            // Root needs no user namespace: where they are refused, a network of its own is enough.
            if nix::unistd::geteuid().is_root()
                && let Attempt::Started(started) = attempt(false)?
            {
                return watch(started);
            }
            Err(Refusal::new(call, error))
        }
    }
}

enum Attempt {
    Started(Started),
    Refused(Call, io::Error),
}

struct Started {
    child: Child,
    recording: Journal,
    report: Journal,
    output: Journal,
    is_test: bool,
}

fn attempt(
    settings: &Settings,
    place: &str,
    arguments: &[String],
    earlier: &[(String, Journal)],
    user_namespace: bool,
) -> io::Result<Attempt> {
    let recording = Journal::create(c"recording")?;
    let report = Journal::create(c"report")?;
    let output = memfd_create(c"output", MFdFlags::MFD_CLOEXEC)?;
    let mut inherited = vec![recording.number(), report.number()];
    inherited.extend(earlier.iter().map(|(_, journal)| journal.number()));
    let known: Vec<String> = earlier
        .iter()
        .map(|(place, journal)| format!("{place}={}", journal.number()))
        .collect();
    let play = format!("{place} {} {}", recording.number(), report.number());
    let preparation = Preparation::new(user_namespace, settings, report.number(), inherited);

    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(arguments)
        .env(PLAY, play)
        .env(EARLIER, known.join(" "))
        .stdin(Stdio::null())
        .stdout(Stdio::from(output.try_clone()?))
        .stderr(Stdio::from(output.try_clone()?))
        .process_group(0);
    // SAFETY: `Preparation::enter` keeps to async-signal-safe calls and allocates nothing.
    unsafe { command.pre_exec(move || preparation.enter()) };
    match command.spawn() {
        Ok(child) => Ok(Attempt::Started(Started {
            child,
            recording,
            report,
            output: Journal::from(output),
            is_test: settings.restart == Restart::Test,
        })),
        Err(error) => {
            let stage = report.contents()?.last().copied();
            Ok(Attempt::Refused(
                stage.and_then(Stage::call).unwrap_or(Call::Exec),
                error,
            ))
        }
    }
}

impl Started {
    /// Waits for the child's end; at the limit, ends it with everything that it has started.
    fn watch(mut self, limit: Duration) -> io::Result<Ended> {
        let ended = wait_until_ended(&self.child, limit);
        // The group outlives its leader where a program has forked; a group that is gone is no error.
        let _ = killpg(Pid::from_raw(self.child.id() as i32), Signal::SIGKILL);
        let status = self.child.wait()?;
        let output = shortened(&String::from_utf8_lossy(&self.output.contents()?));
        let (report, stalled) = Report::read(&String::from_utf8_lossy(&self.report.contents()?));
        Ok(Ended {
            status: ended?.then_some(status),
            report,
            stalled,
            recording: self.recording,
            output: if self.is_test {
                without_libtest(&output)
            } else {
                output
            },
        })
    }
}

/// Whether the child ended within the limit.
fn wait_until_ended(child: &Child, limit: Duration) -> io::Result<bool> {
    // SAFETY: the call takes a process id and flags; it returns a new descriptor that nothing else owns.
    let descriptor = unsafe {
        let number = libc::syscall(libc::SYS_pidfd_open, child.id() as libc::pid_t, 0);
        if number == -1 {
            return Err(io::Error::last_os_error());
        }
        OwnedFd::from_raw_fd(number as RawFd)
    };
    let end = Instant::now() + limit;
    loop {
        let rest = end.saturating_duration_since(Instant::now());
        if wait_for(
            &mut [PollFd::new(descriptor.as_fd(), PollFlags::POLLIN)],
            rest,
        )? {
            return Ok(true);
        }
        if Instant::now() >= end {
            return Ok(false);
        }
    }
}

/// Waits for one of the events; false if none came in time, or a signal came first.
pub(crate) fn wait_for(sources: &mut [PollFd<'_>], time: Duration) -> io::Result<bool> {
    // Rounded up: a rest of less than a millisecond must not become a busy loop.
    let milliseconds = time.as_nanos().div_ceil(1_000_000);
    let timeout = PollTimeout::try_from(milliseconds).unwrap_or(PollTimeout::MAX);
    match poll(sources, timeout) {
        Ok(ready) => Ok(ready > 0),
        Err(Errno::EINTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The beginning and the end of what the programs printed: a message that fills the screen many times tells
/// nothing.
fn shortened(output: &str) -> String {
    const KEPT: usize = 4 << 10;
    if output.len() <= 2 * KEPT {
        return output.to_owned();
    }
    let beginning = &output[..output.floor_char_boundary(KEPT)];
    let end = &output[output.ceil_char_boundary(output.len() - KEPT)..];
    let left_out = output.len() - beginning.len() - end.len();
    format!("{beginning}\n... {left_out} octets more ...\n{end}")
}

/// What the programs printed, without the lines that the test harness has written before it.
fn without_libtest(output: &str) -> String {
    let output = output.trim_start_matches('\n');
    let output = output.strip_prefix("running 1 test\n").unwrap_or(output);
    match output
        .strip_prefix("test ")
        .and_then(|rest| rest.split_once(" ... "))
    {
        Some((_, printed)) => printed.to_owned(),
        None => output.to_owned(),
    }
}

/// A short description of how a process ended.
pub(crate) fn describe(status: ExitStatus) -> String {
    match status
        .signal()
        .and_then(|number| Signal::try_from(number).ok())
    {
        Some(signal) => format!("was ended by {signal}"),
        None => format!("ended with {status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_harness_is_taken_out_of_the_output() {
        let output = "\nrunning 1 test\ntest a::b ... hello\n\ntest x ... y\n";
        assert_eq!(without_libtest(output), "hello\n\ntest x ... y\n");
        assert_eq!(without_libtest("no harness\n"), "no harness\n");
    }

    #[test]
    fn long_output_keeps_its_beginning_and_its_end() {
        let long = format!("first{}last", "é".repeat(10_000));
        let short = shortened(&long);
        assert!(
            short.starts_with("first") && short.ends_with("last"),
            "{short}"
        );
        assert!(short.len() < 9_000);
        assert_eq!(shortened("short"), "short");
    }

    #[test]
    fn a_report_is_read_behind_its_stages() {
        let failed = || Report::Failed("no\nway".to_owned());
        for (text, report, stalled) in [
            ("umnlx\nbegun\ndone\n", Report::Done, false),
            ("umnlx\nbegun\n", Report::Begun, false),
            ("umnlx\nbegun\nfailed\nno\nway", failed(), false),
            ("umnlx", Report::Nothing, false),
            ("umnlx\nbegun\nstalled\ndone\n", Report::Done, true),
            (
                "umnlx\nbegun\nstalled\nstalled\nfailed\nno\nway",
                failed(),
                true,
            ),
        ] {
            assert_eq!(Report::read(text), (report, stalled), "{text:?}");
        }
    }
}
