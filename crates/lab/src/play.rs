//! The child's part: set the stage, play the script, and report how it ended, whatever happens.

use std::io::Write;
use std::sync::OnceLock;
use std::time::Instant;
use std::{panic, thread};

use nix::sched::{CpuSet, sched_getcpu, sched_setaffinity};
use nix::unistd::Pid;

use crate::host::Hosts;
use crate::isolate::{PLAY, Report, STALLED};
use crate::journal::Journal;
use crate::net::Net;
use crate::refusal::{Call, Refusal};
use crate::{Outcome, Settings};

/// Where this process reports how it ended.
static REPORT: OnceLock<Journal> = OnceLock::new();

/// What the parent has told this process to do.
pub(crate) struct Part {
    recording: Journal,
    report: Journal,
}

impl Part {
    /// The part, if this process was started to play the `Lab::run` at `place`.
    pub(crate) fn assigned_to_this_process(place: &str) -> Option<Part> {
        let assignment = std::env::var(PLAY).ok()?;
        let mut words = assignment.split(' ');
        if words.next() != Some(place) {
            return None;
        }
        let mut journal = || Journal::inherited(words.next()?.parse().ok()?).ok();
        Some(Part {
            recording: journal()?,
            report: journal()?,
        })
    }

    /// Plays the script and ends the process.
    pub(crate) fn play<O: Outcome>(
        self,
        settings: Settings,
        script: impl FnOnce(&mut Net) -> O,
    ) -> ! {
        // Without a report the parent still tells the exit status.
        let _ = Report::Begun.write(&self.report);
        if REPORT.set(self.report).is_err() {
            unreachable!("a process plays one script, and ends with it");
        }
        // A panic ends the laboratory wherever it happens, even where a program would catch it: the
        // wire cannot go on with a program that is somewhere else.
        panic::set_hook(Box::new(|info| {
            let message = info.payload_as_str().unwrap_or("a panic without a message");
            let place = info.location().map_or_else(String::new, |place| {
                let current = thread::current();
                let who = current.name().filter(|name| name.ends_with("program"));
                let who = who.map_or_else(String::new, |name| format!(", in the {name}"));
                format!("\n(at {}:{}{who})", place.file(), place.line())
            });
            end(&Report::Failed(format!("{message}{place}")))
        }));
        if let Err(error) = keep_to_one_processor() {
            refuse(&Refusal::new(Call::Affinity, error));
        }
        let begun = Instant::now();
        let hosts = Hosts::build(&settings).unwrap_or_else(|refusal| refuse(&refusal));
        let mut net = Net::new(hosts, &settings, self.recording, begun);
        if let Some(why) = script(&mut net).failure() {
            give_up(&why);
        }
        net.finish();
        end(&Report::Done)
    }
}

/// Ends the process because the system refused something.
pub(crate) fn refuse(refusal: &Refusal) -> ! {
    end(&Report::Refused(refusal.clone()))
}

/// Ends the process because the script cannot go on.
pub(crate) fn give_up(why: &str) -> ! {
    end(&Report::Failed(why.to_owned()))
}

/// Ends the process because a program goes on making calls that move nothing.
pub(crate) fn give_up_calls(why: &str) -> ! {
    end(&Report::CallsWithoutEnd(why.to_owned()))
}

/// Notes that the machine stood still for too long.
pub(crate) fn report_stall() {
    if let Some(journal) = REPORT.get() {
        // Without the note this play counts as any other.
        let _ = journal.append(STALLED.as_bytes());
    }
}

/// The first report counts: whoever comes second waits for the end.
#[allow(unsafe_code, reason = "std has no exit without exit handlers")]
fn end(report: &Report) -> ! {
    static ENDING: std::sync::Once = std::sync::Once::new();
    ENDING.call_once(|| {
        if let Some(journal) = REPORT.get() {
            // Without a report the parent still tells the exit status.
            let _ = report.write(journal);
        }
        if *report == Report::Done {
            let _ = std::io::stdout().flush();
        }
        // Exit handlers may write to files, and from a program's thread that would wait at its gate.
        // SAFETY: the call takes a number and does not return; nothing in this process is needed any more.
        unsafe { libc::_exit(i32::from(*report != Report::Done)) }
    });
    loop {
        thread::park();
    }
}

/// Keeps this thread, and every one that it will start, on the processor that it is on, so that all frames stand in
/// one queue of the kernel's and are handled in their order.
fn keep_to_one_processor() -> std::io::Result<()> {
    let mut one = CpuSet::new();
    one.set(sched_getcpu()?)?;
    Ok(sched_setaffinity(Pid::from_raw(0), &one)?)
}
