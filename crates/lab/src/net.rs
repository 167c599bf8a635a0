//! The conductor: one thread that moves every frame, lets every program go on, and writes it all down.
//!
//! Its loop has two moves. As long as a frame is under way, it carries the oldest one across. When none is,
//! it admits one waiting call of one program. After each move it rests until both kernels have answered an
//! echo and every program sleeps, so at most one thing happens at a time, in an order that depends on the
//! script alone.

use std::os::fd::{AsFd, OwnedFd};
use std::panic::Location;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use nix::poll::{PollFd, PollFlags};
use trace::{Event, Fate, Frame, Origin, Provenance, Row, Side, Trace, pcapng};

use crate::gate::Gate;
use crate::handle::HostHandle;
use crate::host::Hosts;
use crate::isolate::wait_for;
use crate::journal::Journal;
use crate::play::{give_up, give_up_calls, report_stall};
use crate::programs::Programs;
use crate::stall::Watch;
use crate::threads::Activity;
use crate::wire::{Travelling, Verdict, Wire, WireHandle};
use crate::{Settings, echo};

/// After so many calls that do not wait and move no frame, programs are taken to be polling, and the wire to be
/// quiet.
const POLLING: usize = 64;

/// How long a kernel may take to answer an echo before it is asked again. A new link loses its first frames now and
/// then; and on a busy machine the answer may come later, which is why each question has a number.
const ECHO_PATIENCE: Duration = Duration::from_millis(20);

/// A laboratory with its script's hand on it.
pub struct Net {
    hosts: Hosts,
    pub(crate) wire: Wire,
    pub(crate) programs: Programs,
    trace: Trace,
    /// Writes the recording from the first row on; before that, the states at the start may still change.
    writer: Option<pcapng::Writer>,
    recording: Journal,
    echoes: u16,
    watch: Watch,
    patience: Duration,
    set_up_time: Duration,
}

impl Net {
    pub(crate) fn new(
        hosts: Hosts,
        settings: &Settings,
        recording: Journal,
        begun: Instant,
    ) -> Net {
        let programs =
            Programs::none().unwrap_or_else(|error| give_up(&format!("/proc/self/task: {error}")));
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
            programs,
            trace: Trace {
                provenance,
                view: settings.view,
                ..Trace::default()
            },
            writer: None,
            recording,
            echoes: 0,
            watch: Watch::start(
                Duration::from_millis(settings.rto_min_ms.into()),
                Instant::now(),
            ),
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

    /// How long it took to build the network, until both hosts had answered for the first time. For benchmarks.
    #[doc(hidden)]
    #[must_use]
    pub fn set_up_time(&self) -> Duration {
        self.set_up_time
    }

    /// Says that the machine stood still at a bad moment: a program was to be quicker than a kernel's timer, and was not. The
    /// laboratory then plays the script again, as it does when it notices a stall by itself.
    pub fn came_too_late(&mut self) {
        report_stall();
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
        let mut polls = 0;
        let mut end = Instant::now() + self.patience;
        loop {
            self.rest();
            if let Some(frame) = self.wire.queue.pop_front() {
                self.carry(frame);
                polls = 0;
                end = Instant::now() + self.patience;
                continue;
            }
            if self.writer.is_none() {
                self.trace.start = self.states();
            }
            if polls == POLLING {
                return;
            }
            match self.programs.admit_one() {
                Ok(None) => return,
                // A program that polls waits, as one whose call waits in the kernel.
                Ok(Some(polling)) if polling => {
                    self.watch.look_again(Instant::now());
                    polls += 1;
                }
                Ok(Some(_)) => self.watch.work(Instant::now()),
                Err(error) => give_up(&format!("a gate cannot be opened: {error}")),
            }
            if Instant::now() > end {
                let calls = "A program has gone on making calls that move nothing";
                give_up_calls(&self.out_of_patience(calls));
            }
        }
    }

    /// Waits until both kernels' sockets are so: what a timer does may put nothing on the wire. `what` appears in
    /// messages: `the end of TIME-WAIT`.
    #[track_caller]
    pub fn wait_for_states(&mut self, what: &str, done: impl Fn(&trace::States) -> bool) {
        let place = Location::caller();
        let (file, line) = (place.file(), place.line());
        self.wait_until(&format!("waited for {what} ({file}:{line})"), |net| {
            done(&net.states())
        });
    }

    /// Settles, and waits for kernels' timers and programs' pauses, until `done`.
    pub(crate) fn wait_until(&mut self, what: &str, done: impl Fn(&Net) -> bool) {
        let mut end = Instant::now() + self.patience;
        loop {
            let rows = self.trace.rows.len();
            self.settle();
            if done(self) {
                self.watch.work(Instant::now());
                return;
            }
            if self.trace.rows.len() > rows {
                end = Instant::now() + self.patience;
            }
            if Instant::now() > end {
                self.give_up_waiting(&format!("The script {what}, and nothing happened any more"));
            }
            // A call that waits already makes nothing ready any more, and a program can end without a
            // sound: so look again soon, whatever comes.
            let pause = if self.programs.any_waits() { 1 } else { 10 };
            self.watch.wait(Instant::now());
            self.wait_for_something(Duration::from_millis(pause));
        }
    }

    /// Ends the laboratory because something takes too long.
    fn give_up_waiting(&self, what: &str) -> ! {
        give_up(&self.out_of_patience(what))
    }

    /// What takes too long, where the programs are, and what the wire holds.
    fn out_of_patience(&self, what: &str) -> String {
        let held = match self.wire.held() {
            0 => String::new(),
            held => format!("\nThe wire holds {held} of the frames."),
        };
        format!(
            "{what}, for {} s.\n{}{held}",
            self.patience.as_secs_f32(),
            self.programs.whereabouts()
        )
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
        self.refuse_strays();
        if self.writer.is_none() {
            self.start_recording();
        }
    }

    /// A socket that the script has made outside of both hosts can reach neither.
    fn refuse_strays(&self) {
        match self.hosts.stray() {
            Ok(None) => {}
            Ok(Some(stray)) => give_up(&format!(
                "The script itself has made a socket ({} {}). Sockets belong to a host: make them in \
                 net.client().run(|| ...) or net.server().run(|| ...).",
                stray.state, stray.local
            )),
            Err(error) => give_up(&format!("a NETLINK_SOCK_DIAG request: {error}")),
        }
    }

    /// Waits until no kernel has anything left to do and every program sleeps.
    ///
    /// When two rounds in a row find the programs asleep and none of them has run in between, then at the
    /// moment between the rounds nothing was running at all.
    fn rest(&mut self) {
        let end = Instant::now() + self.patience;
        let mut last = None;
        loop {
            self.barrier(Side::Client);
            self.barrier(Side::Server);
            let activity = Some(self.wait_until_programs_sleep(end));
            if let Err(error) = self.programs.take_up_calls() {
                give_up(&format!("a gate cannot be read: {error}"));
            }
            if activity == last {
                return;
            }
            last = activity;
            if Instant::now() > end {
                self.give_up_waiting("A program has been waking up again and again by itself");
            }
        }
    }

    /// Puts all frames that a host has sent so far into the queue, in their order.
    fn barrier(&mut self, side: Side) {
        self.echoes = self.echoes.wrapping_add(1);
        let number = self.echoes;
        let question = echo::request(side, number);
        let end = Instant::now() + self.patience;
        while Instant::now() < end {
            (self.hosts.of(side).tap)
                .send(&question)
                .unwrap_or_else(|error| give_up(&format!("the wire cannot send: {error}")));
            let ask_again = Instant::now() + ECHO_PATIENCE;
            while Instant::now() < ask_again {
                match self.hosts.of(side).tap.receive() {
                    Ok(Some(bytes)) => match echo::reply(&bytes) {
                        Some(answered) if answered == number => {
                            self.watch.all_is_in(side, Instant::now());
                            return;
                        }
                        Some(_) => {}
                        None => self.take_in(side, bytes),
                    },
                    Ok(None) => {
                        let rest = ask_again.saturating_duration_since(Instant::now());
                        // Answered or not, the loop asks the clock.
                        let tap = self.hosts.of(side).tap.as_fd();
                        let mut tap = [PollFd::new(tap, PollFlags::POLLIN)];
                        if let Err(error) = wait_for(&mut tap, rest) {
                            give_up(&format!("poll(): {error}"));
                        }
                    }
                    Err(error) => give_up(&format!("the wire cannot receive: {error}")),
                }
            }
        }
        give_up(&format!("the {}'s kernel answers no echo", side.name()));
    }

    /// Puts a frame that a host has sent into the queue.
    fn take_in(&mut self, from: Side, bytes: Vec<u8>) {
        let frame = Frame::decode(&bytes).ok();
        let segment = frame.as_ref().and_then(Frame::segment);
        if self.watch.take_in(from, segment, Instant::now()) {
            report_stall();
        }
        self.wire.queue.push_back(Travelling {
            from,
            origin: Origin::Host,
            bytes,
        });
    }

    fn wait_until_programs_sleep(&self, end: Instant) -> Activity {
        loop {
            match self.programs.asleep() {
                Ok(Some(activity)) => return activity,
                Ok(None) if Instant::now() < end => thread::yield_now(),
                Ok(None) => self.give_up_waiting("A program has been running without a pause"),
                Err(error) => give_up(&format!("/proc/self/task: {error}")),
            }
        }
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

    /// Waits for a frame, a call or a program's end, at most for so long.
    fn wait_for_something(&self, time: Duration) {
        let taps = [&self.hosts.client.tap, &self.hosts.server.tap];
        let taps = taps
            .iter()
            .map(|tap| PollFd::new(tap.as_fd(), PollFlags::POLLIN));
        let mut sources: Vec<PollFd<'_>> = taps.chain(self.programs.gates()).collect();
        if let Err(error) = wait_for(&mut sources, time) {
            give_up(&format!("poll(): {error}"));
        }
    }

    /// Takes in a program that stands behind its gate.
    pub(crate) fn adopt(&mut self, side: Side, gate: Gate, thread: i32) {
        self.refuse_strays();
        self.programs.add(side, gate, thread);
        self.rest();
    }

    /// A host's network namespace, for a thread that is to run there.
    pub(crate) fn namespace(&self, side: Side) -> OwnedFd {
        let namespace = self.hosts.of(side).namespace.try_clone();
        namespace.unwrap_or_else(|error| give_up(&format!("a namespace cannot be kept: {error}")))
    }

    /// Writes down what a program has done.
    pub(crate) fn record_note(&mut self, side: Side, text: &str) {
        self.record(Event::Note {
            side,
            text: text.to_owned(),
        });
    }
}
