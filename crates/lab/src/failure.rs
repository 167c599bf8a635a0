//! A script that failed, told so that the reader can act on it.

use std::fmt;

use trace::{Ladder, Trace, pcapng};

use crate::Settings;
use crate::isolate::{Outcome, Report, describe};
use crate::refusal::Refusal;

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
    },
}

impl std::error::Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Refused(refusal) => refusal.fmt(f),
            Failure::Script { what, seen, output } => {
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

/// Turns what the child left into a trace or a failure.
pub(crate) fn judge(
    settings: &Settings,
    played: Result<Outcome, Refusal>,
) -> Result<Trace, Failure> {
    let outcome = played.map_err(Failure::Refused)?;
    let (seen, damage) = pcapng::read_prefix(&outcome.recording);
    let failed = |what: String| {
        Err(Failure::Script {
            what,
            seen: Box::new(seen.clone()),
            output: outcome.output.clone(),
        })
    };
    match (outcome.status, outcome.report, damage) {
        (None, Report::Failed(what), _) => failed(what),
        (None, ..) => failed(format!(
            "the script did not end within its limit of {} s and was killed",
            settings.limit.as_secs_f32()
        )),
        (_, Report::Refused(refusal), _) => Err(Failure::Refused(refusal)),
        (_, Report::Failed(what), _) => failed(what),
        (Some(_), Report::Done, None) => Ok(seen),
        (Some(_), Report::Done, Some(damage)) => failed(format!("the recording is damaged: {damage}")),
        (Some(status), Report::Nothing, _) if status.success() => failed(
            "the test was started again and did not come to its script.\n\
             Write `Lab::run(|net| ...)` in the test function itself, with nothing before it that depends on the run."
                .to_owned(),
        ),
        (Some(status), Report::Nothing, _) => failed(format!(
            "the process that ran the script {}.\nIts limits: {} MiB of memory, {} threads, files of {} MiB.",
            describe(status),
            settings.memory >> 20,
            settings.processes,
            settings.file_size >> 20,
        )),
    }
}
