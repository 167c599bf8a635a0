//! A script that failed, told so that the reader can act on it.

use std::fmt;

use trace::{Ladder, Trace, pcapng};

use crate::isolate::{Ended, Report, describe};
use crate::journal::Journal;
use crate::refusal::Refusal;
use crate::{Settings, TRIES};

/// Why [`crate::Lab::run`] has no trace to give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The system refused what the lab needs.
    Refused(Refusal),
    /// The script, or a program in it, failed.
    Script {
        /// What failed.
        what: String,
        /// What the wire had seen until then.
        seen: Box<Trace>,
        /// What the programs had printed.
        output: String,
        /// Whether a program went on making calls that moved nothing, such as reads behind the end of a stream, until the lab
        /// had no more patience.
        calls_without_end: bool,
    },
}

impl Failure {
    /// Whether a program went on making calls that moved nothing.
    #[must_use]
    pub fn calls_without_end(&self) -> bool {
        matches!(
            self,
            Failure::Script {
                calls_without_end: true,
                ..
            }
        )
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Refused(refusal) => refusal.fmt(f),
            Failure::Script {
                what, seen, output, ..
            } => {
                writeln!(f, "{}", what.trim_end())?;
                if seen.rows.is_empty() {
                    writeln!(f, "\nThe wire had seen nothing until then.")?;
                } else {
                    writeln!(
                        f,
                        "\nWhat the wire had seen until then:\n{}",
                        Ladder::of(seen)
                    )?;
                }
                if !output.is_empty() {
                    writeln!(f, "\nWhat the programs had printed:\n{}", output.trim_end())?;
                }
                Ok(())
            }
        }
    }
}

/// Turns what the child left into a trace, with the recording that it was read from, or a failure.
///
/// `started` are the arguments with which the child was to come to its script.
pub(crate) fn judge(
    settings: &Settings,
    started: &[String],
    played: Result<Ended, Refusal>,
) -> Result<(Trace, Journal), Failure> {
    let ended = played.map_err(Failure::Refused)?;
    // The last of its plays: a script whose play was spoilt is played again.
    let stood_still = ended.is_spoilt().then(|| {
        format!(
            "The machine stood still during each of {TRIES} plays; try again when it is less busy."
        )
    });
    let (seen, damage) = match ended.recording.contents() {
        Ok(octets) => pcapng::read_prefix(&octets),
        Err(_) => (Trace::default(), None),
    };
    let calls_without_end = matches!(ended.report, Report::CallsWithoutEnd(_));
    let what = match (ended.status, ended.report, damage) {
        (Some(_), Report::Done, None) => {
            // As from any other test: the harness shows it where the test fails, or with --nocapture.
            print!("{}", ended.output);
            if let Some(stood_still) = stood_still {
                eprintln!("{stood_still}");
            }
            return Ok((seen, ended.recording));
        }
        (Some(_), Report::Done, Some(damage)) => format!("the recording is damaged: {damage}"),
        (_, Report::Refused(refusal), _) => return Err(Failure::Refused(refusal)),
        (_, Report::Failed(what) | Report::CallsWithoutEnd(what), _) => what,
        (None, ..) => format!(
            "The script did not end within its limit of {} s and was killed.\n\
             The wire moves only while the script waits in a call of `net`. A socket call of the script's own that \
             waits, waits for ever: put it into net.client().run(|| ...) or net.server().run(|| ...).",
            settings.limit.as_secs_f32()
        ),
        (Some(status), Report::Nothing, _) => format!(
            "This program was started again with the arguments {started:?}, to play the script; it {} and did not \
             come to it.\nWrite `Lab::run(|net| ...)` in the test function itself, and let nothing before it decide \
             whether it is reached.",
            describe(status)
        ),
        (Some(status), Report::Begun, _) if status.code().is_some() => {
            format!(
                "A program ended the whole process before the script's end: it {}.",
                describe(status)
            )
        }
        (Some(status), Report::Begun, _) => format!(
            "The process that played the script {}.\n\
             Its limits: {} MiB of memory, {} threads, files (what it prints is one) of {} MiB.",
            describe(status),
            settings.memory >> 20,
            settings.processes,
            settings.file_size >> 20,
        ),
    };
    Err(Failure::Script {
        what: match stood_still {
            Some(stood_still) => format!("{}\n{stood_still}", what.trim_end()),
            None => what,
        },
        seen: Box::new(seen),
        output: ended.output,
        calls_without_end,
    })
}
