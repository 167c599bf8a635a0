//! The conductor: one thread that moves every frame, lets every program go on, and writes it all down.
//!
//! Its loop has two moves. As long as a frame is under way, it carries the oldest one across. When none is,
//! it admits one waiting call of one program. After each move it rests until both kernels have answered an
//! echo and every program sleeps, so at most one thing happens at a time, in an order that depends on the
//! script alone.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use trace::{Event, Fate, Origin, Provenance, Row, Side, Trace, pcapng};

use crate::gate::{Gate, Waiting};
use crate::host::{Hosts, enter};
use crate::journal::Journal;
use crate::play::give_up;
use crate::refusal::{Call, Refusal};
use crate::threads::{self, Activity};
use crate::wire::{Travelling, Verdict, Wire, WireHandle};
use crate::{Settings, echo};

/// After so many calls in a row that moved no frame, a program is taken to be polling, and the wire to be quiet.
const POLLING: usize = 64;

/// How long a kernel may take to answer an echo before it is asked again: only the very first
/// frames of a new link are ever lost.
const ECHO_PATIENCE: Duration = Duration::from_millis(20);

/// A laboratory with its script's hand on it.
pub struct Net {
    hosts: Hosts,
    pub(crate) wire: Wire,
    programs: Vec<Program>,
    /// The threads of this process that are no program's.
    own_threads: BTreeSet<i32>,
    trace: Trace,
    /// Writes the recording from the first row on; before that, the states at the start may still change.
    writer: Option<pcapng::Writer>,
    recording: Journal,
    echoes: u16,
    /// Whose turn it was last to go on.
    last_admitted: usize,
    patience: Duration,
    set_up_time: Duration,
}

/// A thread that plays a host's program, with all threads that it has started.
struct Program {
    /// Counts the programs of this laboratory.
    number: usize,
    side: Side,
    gate: Gate,
    waiting: VecDeque<Waiting>,
    /// The last call of each of its threads.
    last_calls: BTreeMap<i32, &'static str>,
    ended: bool,
}

impl Net {
    pub(crate) fn new(
        hosts: Hosts,
        settings: &Settings,
        recording: Journal,
        begun: Instant,
    ) -> Net {
        let own_threads =
            threads::all().unwrap_or_else(|error| give_up(&format!("/proc/self/task: {error}")));
        let kernel = nix::sys::utsname::uname()
            .map(|name| format!("Linux {}", name.release().to_string_lossy()))
            .unwrap_or_else(|_| "Linux".to_owned());
        let provenance = Provenance {
            scene: settings.scene.clone(),
            title: settings.title.clone(),
            kernel,
            sysctls: hosts.sysctls.clone(),
        };
        let mut net = Net {
            hosts,
            wire: Wire::default(),
            programs: Vec::new(),
            own_threads,
            trace: Trace {
                provenance,
                view: settings.view,
                ..Trace::default()
            },
            writer: None,
            recording,
            echoes: 0,
            last_admitted: 0,
            patience: settings.patience,
            set_up_time: Duration::ZERO,
        };
        net.barrier(Side::Client);
        net.barrier(Side::Server);
        net.set_up_time = begun.elapsed();
        net
    }

    /// The host on the left.
    pub fn client(&mut self) -> HostHandle<'_> {
        self.host(Side::Client)
    }

    /// The host on the right.
    pub fn server(&mut self) -> HostHandle<'_> {
        self.host(Side::Server)
    }

    /// The host on that side.
    pub fn host(&mut self, side: Side) -> HostHandle<'_> {
        HostHandle { net: self, side }
    }

    /// The wire between them.
    pub fn wire(&mut self) -> WireHandle<'_> {
        WireHandle { net: self }
    }

    /// What the wire has seen so far.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// How long it took to build the network, until both hosts had answered for the first time.
    #[must_use]
    pub fn set_up_time(&self) -> Duration {
        self.set_up_time
    }

    /// Both kernels' sockets at this moment.
    #[must_use]
    pub fn states(&self) -> trace::States {
        self.hosts
            .states()
            .unwrap_or_else(|error| give_up(&format!("a NETLINK_SOCK_DIAG request: {error}")))
    }

    /// Lets everything happen that can happen by itself: every frame arrives that is not held, and every
    /// program goes on until it waits for something that does not come.
    pub fn settle(&mut self) {
        let mut without_a_frame = 0;
        loop {
            self.rest();
            if let Some(frame) = self.wire.queue.pop_front() {
                self.carry(frame);
                without_a_frame = 0;
                continue;
            }
            if self.writer.is_none() {
                self.trace.start = self.states();
            }
            if without_a_frame == POLLING || !self.admit_one() {
                return;
            }
            without_a_frame += 1;
        }
    }

    /// Settles, and waits for kernels' timers and programs' pauses, until `done`.
    pub(crate) fn wait_until(&mut self, what: &str, done: impl Fn(&Net) -> bool) {
        let mut end = Instant::now() + self.patience;
        loop {
            let rows = self.trace.rows.len();
            self.settle();
            if done(self) {
                return;
            }
            if self.trace.rows.len() > rows {
                end = Instant::now() + self.patience;
            }
            if !self.something_happens_before(end) {
                let patience = self.patience.as_secs_f32();
                give_up(&format!(
                    "The script {what}, and for {patience} s nothing happened any more.\n{}",
                    self.whereabouts()
                ));
            }
        }
    }

    /// Ends the recording.
    pub(crate) fn finish(&mut self) {
        let unmet = self.wire.unmet();
        if !unmet.is_empty() {
            give_up(&format!(
                "The script had a rule for a frame that never came: {}",
                unmet.join("; ")
            ));
        }
        for side in [Side::Client, Side::Server] {
            match self.hosts.of(side).tap.dropped() {
                Ok(0) => {}
                Ok(dropped) => give_up(&format!(
                    "the wire missed {dropped} frames of the {}",
                    side.name()
                )),
                Err(error) => give_up(&format!("getsockopt(PACKET_STATISTICS): {error}")),
            }
        }
        if self.writer.is_none() {
            self.start_recording();
        }
    }

    /// Waits until no kernel has anything left to do and every program sleeps.
    ///
    /// When two rounds in a row find the programs asleep and none of them has run in between, then at the
    /// moment between the rounds nothing was running at all.
    fn rest(&mut self) {
        let mut last = None;
        loop {
            self.barrier(Side::Client);
            self.barrier(Side::Server);
            let activity = Some(self.wait_until_programs_sleep());
            self.take_up_calls();
            if activity == last {
                return;
            }
            last = activity;
        }
    }

    /// Puts all frames that a host has sent so far into the queue, in their order.
    fn barrier(&mut self, side: Side) {
        self.echoes = self.echoes.wrapping_add(1);
        let number = self.echoes;
        let question = echo::request(side, number);
        let end = Instant::now() + self.patience;
        while Instant::now() < end {
            let tap = &self.hosts.of(side).tap;
            tap.send(&question)
                .unwrap_or_else(|error| give_up(&format!("the wire cannot send: {error}")));
            let ask_again = Instant::now() + ECHO_PATIENCE;
            while Instant::now() < ask_again {
                match tap.receive() {
                    Ok(Some(bytes)) => match echo::reply(&bytes) {
                        Some(answered) if answered == number => return,
                        Some(_) => {}
                        None => self.wire.queue.push_back(Travelling {
                            from: side,
                            origin: Origin::Host,
                            bytes,
                        }),
                    },
                    Ok(None) => {
                        let rest = ask_again.saturating_duration_since(Instant::now());
                        wait(&mut [PollFd::new(tap.as_fd(), PollFlags::POLLIN)], rest);
                    }
                    Err(error) => give_up(&format!("the wire cannot receive: {error}")),
                }
            }
        }
        give_up(&format!("the {}'s kernel answers no echo", side.name()));
    }

    fn wait_until_programs_sleep(&self) -> Activity {
        let end = Instant::now() + self.patience;
        loop {
            match threads::asleep(&self.own_threads) {
                Ok(Some(activity)) => return activity,
                Ok(None) if Instant::now() < end => thread::yield_now(),
                Ok(None) => give_up(&format!(
                    "A program has been computing for {} s without a pause.\n{}",
                    self.patience.as_secs_f32(),
                    self.whereabouts()
                )),
                Err(error) => give_up(&format!("/proc/self/task: {error}")),
            }
        }
    }

    /// Takes up every call that waits at a gate.
    fn take_up_calls(&mut self) {
        for program in &mut self.programs {
            loop {
                let mut gate = [PollFd::new(program.gate.as_fd(), PollFlags::POLLIN)];
                wait(&mut gate, Duration::ZERO);
                let events = gate[0].revents().unwrap_or(PollFlags::empty());
                if events.contains(PollFlags::POLLIN) {
                    match program.gate.receive() {
                        Ok(Some(waiting)) => program.waiting.push_back(waiting),
                        Ok(None) => {}
                        Err(error) => give_up(&format!("a gate cannot be read: {error}")),
                    }
                } else {
                    program.ended = events.contains(PollFlags::POLLHUP);
                    break;
                }
            }
        }
        self.programs.retain(|program| !program.ended);
    }

    /// Lets one waiting call go to the kernel: the programs take turns. False if none waits.
    fn admit_one(&mut self) -> bool {
        let last = self.last_admitted;
        // Programs stand in the order of their numbers; those behind the last one come first.
        let next = self
            .programs
            .iter_mut()
            .filter(|program| !program.waiting.is_empty())
            .min_by_key(|program| (program.number <= last, program.number));
        let Some(program) = next else { return false };
        let waiting = program
            .waiting
            .pop_front()
            .expect("a program with a waiting call was chosen");
        program.last_calls.insert(waiting.thread, waiting.call);
        self.last_admitted = program.number;
        if let Err(error) = program.gate.admit(waiting) {
            give_up(&format!("a gate cannot be opened: {error}"));
        }
        true
    }

    /// Carries one frame to the other side, or does with it what a rule says.
    fn carry(&mut self, mut frame: Travelling) {
        match self.wire.judge(&mut frame) {
            Verdict::Hold => {
                let row = self.record_frame(&frame, Fate::Held, false);
                self.wire.keep(frame, row);
            }
            Verdict::Lose => {
                self.record_frame(&frame, Fate::Lost, false);
            }
            Verdict::Deliver { altered, twice } => {
                let to = &self.hosts.of(frame.from.other()).tap;
                if let Err(error) = to.send(&frame.bytes) {
                    give_up(&format!("the wire cannot deliver a frame: {error}"));
                }
                self.rest();
                let row = self.record_frame(&frame, Fate::Delivered, altered);
                if twice {
                    self.wire.queue.push_front(Travelling {
                        origin: Origin::Copy(row),
                        ..frame
                    });
                }
            }
        }
    }

    /// Writes down a frame with both kernels' states as they are now; returns its row.
    fn record_frame(&mut self, frame: &Travelling, fate: Fate, altered: bool) -> usize {
        let time = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        self.record(Event::Frame {
            time: u64::try_from(time.as_nanos()).unwrap_or(u64::MAX),
            from: frame.from,
            origin: frame.origin,
            fate,
            altered,
            bytes: frame.bytes.clone(),
        })
    }

    fn record(&mut self, event: Event) -> usize {
        if self.writer.is_none() {
            self.start_recording();
        }
        let row = Row {
            event,
            states: self.states(),
        };
        let octets = self
            .writer
            .as_mut()
            .map(|writer| writer.row(&row))
            .unwrap_or_default();
        self.write_down(&octets);
        self.trace.rows.push(row);
        self.trace.rows.len() - 1
    }

    fn start_recording(&mut self) {
        let (writer, octets) =
            pcapng::Writer::new(&self.trace.provenance, &self.trace.view, &self.trace.start);
        self.writer = Some(writer);
        self.write_down(&octets);
    }

    fn write_down(&self, octets: &[u8]) {
        if let Err(error) = self.recording.append(octets) {
            give_up(&format!("the recording cannot be written: {error}"));
        }
    }

    /// Whether a frame, a call or an end comes up in time.
    fn something_happens_before(&self, end: Instant) -> bool {
        let taps = [&self.hosts.client.tap, &self.hosts.server.tap];
        let mut sources: Vec<PollFd<'_>> = taps
            .iter()
            .map(|tap| tap.as_fd())
            .chain(self.programs.iter().map(|program| program.gate.as_fd()))
            .map(|descriptor| PollFd::new(descriptor, PollFlags::POLLIN))
            .collect();
        wait(&mut sources, end.saturating_duration_since(Instant::now()))
    }

    /// Where each program stands, in words.
    fn whereabouts(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        for program in &self.programs {
            let who = format!("The {}'s program", program.side.name());
            if program.last_calls.is_empty() {
                lines.push(format!("{who} has made no socket call yet."));
            }
            for (thread, call) in &program.last_calls {
                let next = program
                    .waiting
                    .iter()
                    .find(|waiting| waiting.thread == *thread);
                lines.push(match next {
                    Some(next) => format!("{who} is about to call {}.", next.call),
                    None => format!(
                        "{who} has not returned from {call}, or went on without a socket call."
                    ),
                });
            }
        }
        if lines.is_empty() {
            lines.push("No program is running.".to_owned());
        }
        let held = self.wire.held();
        if held > 0 {
            lines.push(format!("The wire holds {held} of the frames."));
        }
        lines.join("\n")
    }

    /// Takes a new thread's gate, once that thread stands at its first call.
    fn adopt(&mut self, side: Side, news: &mpsc::Receiver<Result<Gate, Refusal>>) {
        match news.recv() {
            Ok(Ok(gate)) => {
                let number = self
                    .programs
                    .last()
                    .map_or(self.last_admitted, |program| program.number)
                    + 1;
                self.programs.push(Program {
                    number,
                    side,
                    gate,
                    waiting: VecDeque::new(),
                    last_calls: BTreeMap::new(),
                    ended: false,
                });
                self.rest();
            }
            Ok(Err(refusal)) => crate::play::refuse(&refusal),
            Err(mpsc::RecvError) => {
                give_up(&format!("the {}'s program could not start", side.name()))
            }
        }
    }
}

/// Waits for one of the events; false if none came in time.
fn wait(sources: &mut [PollFd<'_>], time: Duration) -> bool {
    // Rounded up: a rest of less than a millisecond must not become a busy loop.
    let milliseconds = time.as_nanos().div_ceil(1_000_000);
    let timeout = PollTimeout::try_from(milliseconds).unwrap_or(PollTimeout::MAX);
    match poll(sources, timeout) {
        Ok(ready) => ready > 0,
        // A signal is as good a reason as any to look again.
        Err(nix::errno::Errno::EINTR) => true,
        Err(error) => give_up(&format!("poll(): {error}")),
    }
}

/// The script's hand on one host.
pub struct HostHandle<'a> {
    net: &'a mut Net,
    side: Side,
}

impl HostHandle<'_> {
    /// Runs a program on this host to its end, and then lets the wire settle. Its calls may block: the
    /// frames that it waits for are carried meanwhile.
    ///
    /// A socket that the program returns stays open as long as the script keeps it; one that nobody
    /// keeps is closed, which sends a FIN or an RST.
    pub fn run<T: Send>(&mut self, program: impl FnOnce() -> T + Send) -> T {
        let what = format!("waited for the {}'s program to end", self.side.name());
        thread::scope(|scope| {
            let (gate, news) = mpsc::channel();
            let thread = scope.spawn(behind_a_gate(self.namespace(), gate, program));
            self.net.adopt(self.side, &news);
            self.net.wait_until(&what, |_| thread.is_finished());
            joined(thread.join())
        })
    }

    /// Starts a program on this host. It comes as far as its first socket call; from there it goes on
    /// whenever the script waits for something.
    pub fn start<T: Send + 'static>(
        &mut self,
        program: impl FnOnce() -> T + Send + 'static,
    ) -> Task<T> {
        let (gate, news) = mpsc::channel();
        let thread = thread::spawn(behind_a_gate(self.namespace(), gate, program));
        self.net.adopt(self.side, &news);
        Task {
            thread,
            side: self.side,
        }
    }

    fn namespace(&self) -> OwnedFd {
        let namespace = self.net.hosts.of(self.side).namespace.try_clone();
        namespace.unwrap_or_else(|error| give_up(&format!("a namespace cannot be kept: {error}")))
    }

    /// Writes a line into the trace: what this host's program has found, say.
    pub fn note(&mut self, text: &str) {
        self.net.record(Event::Note {
            side: self.side,
            text: text.to_owned(),
        });
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
    pub fn join(self, net: &mut Net) -> T {
        let what = format!("waited for the {}'s program to end", self.side.name());
        net.wait_until(&what, |_| self.thread.is_finished());
        joined(self.thread.join())
    }

    /// Whether it has ended.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.thread.is_finished()
    }
}

/// A program that panics ends the whole laboratory before it could be joined.
fn joined<T>(result: thread::Result<T>) -> T {
    result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// A program as a thread's body: enter the host, close the gate, go.
fn behind_a_gate<T>(
    namespace: OwnedFd,
    gate: mpsc::Sender<Result<Gate, Refusal>>,
    program: impl FnOnce() -> T,
) -> impl FnOnce() -> T {
    move || {
        let closed = enter(&namespace).and_then(|()| {
            Gate::close_behind_this_thread().map_err(|error| Refusal::new(Call::Seccomp, error))
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
