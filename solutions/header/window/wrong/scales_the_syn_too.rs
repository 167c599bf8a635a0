//! Wrong: the window of a SYN is scaled like every other.
//! Fails: the_sender_stays_below_the_edge

use std::time::Duration;

/// No pause between two probes is longer than this.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The end that announces the window.
#[derive(Clone, Debug)]
pub struct Receiver {
    buffer: u32,
    mss: u32,
    shift: u8,
    /// The octet that comes next.
    next: u64,
    /// So many octets lie in the buffer.
    unread: u32,
    /// The right edge: the first octet that is not allowed yet.
    edge: u64,
}

impl Receiver {
    /// A receiver to which nothing has come.
    #[must_use]
    pub fn new(buffer: u32, mss: u32, shift: u8) -> Receiver {
        Receiver {
            buffer,
            mss,
            shift,
            next: 0,
            unread: 0,
            edge: buffer.into(),
        }
    }

    /// Octets have arrived: how many are taken.
    pub fn arrived(&mut self, from: u64, length: u32) -> u32 {
        let end = (from + u64::from(length)).min(self.edge);
        if from > self.next || end <= self.next {
            return 0;
        }
        let taken = u32::try_from(end - self.next).unwrap_or(length);
        self.next = end;
        self.unread += taken;
        taken
    }

    /// The program has read so many octets: whether the sender is to be told of the window.
    pub fn has_read(&mut self, octets: u32) -> bool {
        self.unread -= octets.min(self.unread);
        // The edge stays where it is until it can move far.
        let edge = self.next + u64::from(self.buffer - self.unread);
        let far = edge - self.edge >= u64::from(self.mss.min(self.buffer / 2));
        if far {
            self.edge = edge;
        }
        far
    }

    /// The acknowledgment number.
    #[must_use]
    pub fn acknowledgment(&self) -> u64 {
        self.next
    }

    /// The window field.
    #[must_use]
    pub fn field(&self) -> u16 {
        let window = (self.edge - self.next) >> self.shift;
        u16::try_from(window).unwrap_or(u16::MAX)
    }
}

/// What a sender does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Send so many octets.
    Send {
        /// The first of them.
        from: u64,
        /// How many.
        length: u32,
    },
    /// Nothing, until something is heard, or until that time if there is one.
    Wait(Option<Duration>),
    /// Everything has been acknowledged.
    Finished,
}

/// The end that keeps to the window.
#[derive(Clone, Debug)]
pub struct Sender {
    octets: u64,
    shift: u8,
    mss: u32,
    timeout: Duration,
    unacknowledged: u64,
    next: u64,
    window: u32,
    /// While the window is closed: when to ask, and the pause after that.
    probe: Option<(Duration, Duration)>,
    /// Whether the octet behind `next` has been sent as a probe.
    asked: bool,
}

impl Sender {
    /// A sender that has sent nothing.
    #[must_use]
    pub fn new(octets: u64, syn_field: u16, shift: u8, mss: u32, timeout: Duration) -> Sender {
        let mut sender = Sender {
            octets,
            shift,
            mss,
            timeout,
            unacknowledged: 0,
            next: 0,
            window: 0,
            probe: None,
            asked: false,
        };
        // The window of a SYN is not scaled.
        sender.learn(Duration::ZERO, u32::from(syn_field) << shift);
        sender
    }

    /// A segment has come.
    pub fn heard(&mut self, now: Duration, acknowledgment: u64, field: u16) {
        let sent = self.next + u64::from(self.asked);
        if acknowledgment < self.unacknowledged || acknowledgment > sent {
            return;
        }
        self.unacknowledged = acknowledgment;
        if acknowledgment > self.next {
            // The probe's octet has been taken.
            self.next = acknowledgment;
            self.asked = false;
        }
        self.learn(now, u32::from(field) << self.shift);
    }

    fn learn(&mut self, now: Duration, window: u32) {
        self.window = window;
        if window > 0 {
            self.probe = None;
        } else if self.probe.is_none() {
            self.probe = Some((now + self.timeout, longer(self.timeout)));
        }
    }

    /// What to do now.
    pub fn next(&mut self, now: Duration) -> Step {
        if self.unacknowledged == self.octets {
            return Step::Finished;
        }
        let from = self.next;
        let edge = self.unacknowledged + u64::from(self.window);
        // A window that was taken back may end before what has been sent.
        let usable = edge.saturating_sub(from);
        let left = self.octets - from;
        let length = left.min(usable).min(self.mss.into());
        if length > 0 {
            self.next += length;
            self.asked = false;
            return Step::Send {
                from,
                length: u32::try_from(length).unwrap_or(self.mss),
            };
        }
        let Some((at, pause)) = self.probe else {
            return Step::Wait(None);
        };
        if from > self.unacknowledged || left == 0 {
            return Step::Wait(None);
        }
        if now < at {
            return Step::Wait(Some(at));
        }
        self.probe = Some((now + pause, longer(pause)));
        self.asked = true;
        Step::Send { from, length: 1 }
    }
}

/// The pause after that one.
fn longer(pause: Duration) -> Duration {
    (2 * pause).min(LONGEST_PAUSE)
}
