//! The child's part: set the stage, play the script, and report how it ended, whatever happens.

use std::sync::OnceLock;
use std::time::Instant;
use std::{panic, process, thread};

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

use crate::host::Hosts;
use crate::isolate::{PLAY, Report};
use crate::journal::Journal;
use crate::net::Net;
use crate::refusal::Refusal;
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
        let mut journal = || {
            let number = words.next()?.parse().ok()?;
            // SAFETY: the parent has left this descriptor open for this purpose, and each is named once.
            #[allow(unsafe_code, reason = "see `Journal::inherited`")]
            Some(unsafe { Journal::inherited(number) })
        };
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
        if REPORT.set(self.report).is_err() {
            unreachable!("a process plays one script, and ends with it");
        }
        panic::set_hook(Box::new(|info| {
            let message = info.payload_as_str().unwrap_or("a panic without a message");
            match info.location() {
                Some(place) => end(&Report::Failed(format!(
                    "{message}\n(at {}:{})",
                    place.file(),
                    place.line()
                ))),
                None => end(&Report::Failed(message.to_owned())),
            }
        }));
        keep_to_one_processor();
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

/// The first report counts: whoever comes second waits for the end.
fn end(report: &Report) -> ! {
    static ENDING: std::sync::Once = std::sync::Once::new();
    ENDING.call_once(|| {
        if let Some(journal) = REPORT.get() {
            // Without a report the parent still tells the exit status.
            let _ = report.write(journal);
        }
        process::exit(i32::from(*report != Report::Done))
    });
    loop {
        thread::park();
    }
}

/// Keeps this process on one processor, so that its frames stand in one queue of the kernel's and are
/// handled in their order. Different laboratories take different processors.
fn keep_to_one_processor() {
    let this = Pid::from_raw(0);
    let Ok(allowed) = sched_getaffinity(this) else {
        return;
    };
    let processors: Vec<usize> = (0..CpuSet::count())
        .filter(|number| allowed.is_set(*number).unwrap_or(false))
        .collect();
    let mut one = CpuSet::new();
    let chosen = processors[process::id() as usize % processors.len().max(1)];
    if one.set(chosen).is_ok() {
        let _ = sched_setaffinity(this, &one);
    }
}
