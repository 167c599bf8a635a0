//! What the machine refused to confinement, with the reason and the remedy as far as they are known.

use std::io;

use course::Failure;
use lab::refusal::{Call, Refusal};
use nix::errno::Errno;
use serde::{Deserialize, Serialize};

/// The call, its error, and which of its kinds it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Refused {
    step: Step,
    what: String,
    errno: i32,
}

/// What confinement asks of the machine, by what a refusal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Step {
    /// Namespaces, a user's among them where the grader is not root.
    Namespaces,
    /// The map of users in the namespace.
    UserMap,
    /// A mount of the private root.
    Mount,
    /// A file system of the processes.
    Processes,
    /// A limit.
    Limit,
    /// Anything else.
    Other,
}

impl Refused {
    /// The machine refused `what`.
    pub(super) fn new(step: Step, what: impl Into<String>, error: &io::Error) -> Refused {
        Refused {
            step,
            what: what.into(),
            errno: error.raw_os_error().unwrap_or(0),
        }
    }

    /// The same from an error of nix.
    pub(super) fn call(step: Step, what: &str) -> impl FnOnce(Errno) -> Refused + use<> {
        let what = what.to_owned();
        move |error| Refused::new(step, what, &error.into())
    }

    /// As the grader's own end.
    pub(super) fn failure(&self) -> Failure {
        let error = match self.errno {
            0 => "it failed".to_owned(),
            number => io::Error::from_raw_os_error(number).to_string(),
        };
        let (why, mend) = self.explained();
        Failure::cannot(
            format!(
                "submissions cannot be confined on this machine, so none is run\n  refused: {}: {error}\n  why:     {why}",
                self.what
            ),
            format!("mend:    {mend}"),
        )
    }

    fn explained(&self) -> (String, String) {
        let lab = |call| {
            let Refusal { reason, remedy, .. } =
                Refusal::new(call, io::Error::from_raw_os_error(self.errno));
            (reason, remedy)
        };
        match self.step {
            Step::Namespaces => lab(Call::UserNamespace),
            Step::UserMap => lab(Call::UidMap),
            // What namespaces give is denied where they are restricted.
            Step::Mount => lab(Call::LinkUp),
            Step::Limit => lab(Call::Limit),
            Step::Processes => (
                "the system lets nobody mount /proc here, because parts of its own are hidden, as in most containers"
                    .to_owned(),
                "run the container with --security-opt systempaths=unconfined --security-opt seccomp=unconfined \
                 --cap-add SYS_ADMIN, or work on a Linux machine outside a container"
                    .to_owned(),
            ),
            Step::Other => (
                "unknown".to_owned(),
                "run `cargo course doctor`, and report its output together with the kernel's version (uname -r)"
                    .to_owned(),
            ),
        }
    }
}
