//! The script's hand on a host: programs run, programs started, notes.

use std::os::fd::OwnedFd;
use std::panic::{Location, resume_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, Builder};

use nix::unistd::gettid;
use trace::Side;

use crate::gate::Gate;
use crate::host::enter;
use crate::interruption::Blocking;
use crate::net::Net;
use crate::play::{give_up, refuse};
use crate::refusal::{Call, Refusal};

/// The script's hand on one host.
pub struct HostHandle<'a> {
    pub(crate) net: &'a mut Net,
    pub(crate) side: Side,
}

impl HostHandle<'_> {
    /// Runs a program on this host to its end, and then lets the wire settle. Its calls may block: the
    /// frames that it waits for are carried meanwhile.
    ///
    /// A socket that the program returns stays open as long as the script keeps it; one that nobody
    /// keeps is closed, which sends a FIN or an RST.
    #[track_caller]
    pub fn run<T: Send>(&mut self, program: impl FnOnce() -> T + Send) -> T {
        let what = waiting_for_the_end(self.side, Location::caller());
        thread::scope(|scope| {
            let (gate, news) = mpsc::channel();
            let body = behind_a_gate(self.net.namespace(self.side), gate, program);
            let thread = named(self.side).spawn_scoped(scope, body);
            let thread = thread.unwrap_or_else(|error| no_thread(self.side, &error));
            self.adopt(&news);
            self.net.wait_until(&what, |_| thread.is_finished());
            thread.join().unwrap_or_else(|panic| resume_unwind(panic))
        })
    }

    /// Starts a program on this host. It comes as far as its first socket call; from there it goes on
    /// whenever the script waits for something.
    pub fn start<T: Send + 'static>(
        &mut self,
        program: impl FnOnce() -> T + Send + 'static,
    ) -> Task<T> {
        let (gate, news) = mpsc::channel();
        let body = behind_a_gate(self.net.namespace(self.side), gate, program);
        let thread = named(self.side).spawn(body);
        let thread = thread.unwrap_or_else(|error| no_thread(self.side, &error));
        self.adopt(&news);
        Task {
            thread,
            side: self.side,
        }
    }

    /// Has a signal interrupt the next call of this kind that a program of this host makes on a socket, before it does anything: it
    /// returns `EINTR`, and when it is made again it goes to the kernel as ever.
    ///
    /// A call that does not block cannot be interrupted, so one on a non-blocking socket goes on, and the next is looked at. That
    /// no such call comes is no error: which calls a program makes is its own choice.
    pub fn interrupt_next(&mut self, call: Blocking) {
        self.net.programs.interruptions.add(self.side, call);
    }

    /// Writes a line into the trace: what this host's program has found, say.
    pub fn note(&mut self, text: &str) {
        self.net.record_note(self.side, text);
    }

    /// Takes a new thread's gate, once that thread stands behind it.
    fn adopt(&mut self, news: &Receiver<Result<(Gate, i32), Refusal>>) {
        match news.recv() {
            Ok(Ok((gate, thread))) => self.net.adopt(self.side, gate, thread),
            Ok(Err(refusal)) => refuse(&refusal),
            Err(mpsc::RecvError) => give_up(&format!(
                "the {}'s program could not start",
                self.side.name()
            )),
        }
    }
}

/// A program that was started and may still be running.
#[must_use = "a program goes on only while the script waits for something"]
pub struct Task<T> {
    thread: thread::JoinHandle<T>,
    side: Side,
}

impl<T> Task<T> {
    /// Waits for the program's end, and then lets the wire settle.
    #[track_caller]
    pub fn join(self, net: &mut Net) -> T {
        let what = waiting_for_the_end(self.side, Location::caller());
        net.wait_until(&what, |_| self.thread.is_finished());
        // A panic has ended the laboratory before it could come here.
        self.thread
            .join()
            .unwrap_or_else(|panic| resume_unwind(panic))
    }
}

fn waiting_for_the_end(side: Side, place: &Location<'_>) -> String {
    let (side, file, line) = (side.name(), place.file(), place.line());
    format!("waited for the {side}'s program to end ({file}:{line})")
}

/// A message about a panic names the thread.
fn named(side: Side) -> Builder {
    Builder::new().name(format!("{}'s program", side.name()))
}

fn no_thread(side: Side, error: &std::io::Error) -> ! {
    give_up(&format!(
        "the {}'s program could not start: {error}",
        side.name()
    ))
}

/// A program as a thread's body: enter the host, close the gate, go.
fn behind_a_gate<T>(
    namespace: OwnedFd,
    gate: Sender<Result<(Gate, i32), Refusal>>,
    program: impl FnOnce() -> T,
) -> impl FnOnce() -> T {
    move || {
        let entered = enter(&namespace);
        // Closed here: behind the gate, closing it would be a call of the program's.
        drop(namespace);
        let closed = entered.and_then(|()| {
            Gate::close_behind_this_thread()
                .map(|gate| (gate, gettid().as_raw()))
                .map_err(|error| Refusal::new(Call::Seccomp, error))
        });
        let may_run = closed.is_ok();
        // The conductor waits for this message.
        let _ = gate.send(closed);
        drop(gate);
        if !may_run {
            // It ends the process when it has read why.
            loop {
                thread::park();
            }
        }
        program()
    }
}
