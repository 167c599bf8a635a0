//! Two Linux kernels and one scripted wire.
//!
//! [`Lab::run`] gives a test a private network: two hosts, each with a network stack of its own, and one
//! wire between them that a script owns.
//!
//! ```no_run
//! use lab::peer::listen;
//! use lab::{Lab, addresses};
//!
//! let trace = Lab::run(|net| {
//!     let _listener = net.server().run(|| listen(addresses::server(80)))?;
//!     std::io::Result::Ok(())
//! });
//! println!("{}", trace::Ladder::of(&trace));
//! ```
//!
//! How it works, from the outside in:
//! - [`isolate`]: the test starts itself again in a user and a network namespace of its own, within
//!   limits of time and memory, and waits for it.
//! - [`host`]: inside, two more network namespaces, each with an `eth0` whose other end the wire holds.
//! - [`net`], [`programs`]: the script's thread moves every frame itself, one at a time, and lets a program go on only
//!   when the wire is quiet. So the same script gives the same ladder, however busy the machine is.

#[cfg(not(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
compile_error!(
    "the lab needs Linux on x86_64 or aarch64; exercises that need no lab work everywhere"
);

pub mod addresses;
pub mod by_hand;
mod counters;
mod earlier;
mod echo;
mod failure;
pub mod fast_open;
pub mod filter;
mod gate;
mod handle;
mod host;
pub mod interruption;
mod isolate;
mod journal;
mod links;
mod listing;
mod net;
mod offload;
mod option;
pub mod peer;
mod play;
mod prepare;
mod programs;
pub mod refusal;
pub mod repair;
mod settings;
mod sockets;
mod stall;
mod sysctl;
mod tap;
mod threads;
mod wire;

use std::panic::Location;

use isolate::Ended;

pub use counters::checksum_errors;
pub use handle::{HostHandle, Task};
pub use listing::{Listed, listing};
pub use net::Net;
pub use settings::{Restart, Settings};
pub use trace::{Side, Trace};
pub use wire::WireHandle;

/// How often a script is played on a machine that stalls each time. So many stalls in a row are no accident: the last
/// is taken as it is, with a word about them.
const TRIES: usize = 5;

/// The laboratory.
pub struct Lab;

impl Lab {
    /// Plays a script in a fresh laboratory and returns what the wire saw. To be called from a test.
    ///
    /// The script runs in a process of its own, which starts this test from its beginning: keep what
    /// stands before the call short and without effects. Sockets belong to a host, so the script makes them in
    /// [`HostHandle::run`] or [`HostHandle::start`]. What happens after the script's last call of `net` is not
    /// recorded, and a program that still runs then is ended. If the machine stood still so long that a kernel sent
    /// something again, or if the script says so by [`Net::came_too_late`], the script is played again, from its
    /// beginning and in a new laboratory.
    ///
    /// # Panics
    /// When the script panics or returns an error, when a program panics (even where it would catch that), when nothing moves any more,
    /// when the limit of time is reached, and when the system refuses something. The message tells what
    /// happened, and what the wire had seen until then.
    #[track_caller]
    pub fn run<F, O>(script: F) -> Trace
    where
        F: FnOnce(&mut Net) -> O,
        O: Outcome,
    {
        Lab::run_with(Settings::default(), script)
    }

    /// The same with settings other than the usual.
    ///
    /// # Panics
    /// As [`Lab::run`].
    #[track_caller]
    pub fn run_with<F, O>(settings: Settings, script: F) -> Trace
    where
        F: FnOnce(&mut Net) -> O,
        O: Outcome,
    {
        match Lab::try_run_with(settings, script) {
            Ok(trace) => trace,
            Err(failure) => panic!("{failure}"),
        }
    }

    /// The same, but a failure is returned instead of ending the test.
    ///
    /// # Errors
    /// What [`Lab::run`] panics with.
    #[track_caller]
    pub fn try_run_with<F, O>(settings: Settings, script: F) -> Result<Trace, Failure>
    where
        F: FnOnce(&mut Net) -> O,
        O: Outcome,
    {
        let place = earlier::place(Location::caller(), &settings.restart);
        if let Some(part) = play::Part::assigned_to_this_process(&place) {
            part.play(settings, script)
        }
        if let Some(trace) = earlier::played_before(&place) {
            return Ok(trace);
        }
        let arguments = settings.restart.arguments(std::any::type_name::<F>());
        let play = || {
            earlier::with(|earlier| {
                isolate::play_in_a_child(&settings, &place, &arguments, earlier)
            })
        };
        let mut ended = play();
        for _ in 1..TRIES {
            if !ended.as_ref().is_ok_and(Ended::is_spoilt) {
                break;
            }
            ended = play();
        }
        let (trace, recording) = failure::judge(&settings, &arguments, ended)?;
        if settings.restart == Restart::Test {
            earlier::remember(place, recording);
        }
        Ok(trace)
    }
}

pub use failure::Failure;

/// What a script may return: nothing, or a result.
pub trait Outcome {
    /// The reason why the script has failed, if it has.
    fn failure(self) -> Option<String>;
}

impl Outcome for () {
    fn failure(self) -> Option<String> {
        None
    }
}

impl<E: std::fmt::Display> Outcome for Result<(), E> {
    fn failure(self) -> Option<String> {
        self.err().map(|error| error.to_string())
    }
}
