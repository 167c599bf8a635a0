//! The programs on both hosts: which of them wait at their gates, whose turn it is, and where each stands.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags};
use trace::Side;

use crate::gate::{Gate, Waiting};
use crate::interruption::Interruptions;
use crate::isolate::wait_for;
use crate::threads::{self, Activity};

/// A thread that plays a host's program, with all threads that it has started.
struct Program {
    /// Counts the programs of a laboratory.
    number: usize,
    side: Side,
    gate: Gate,
    /// The thread with which it began.
    first_thread: i32,
    /// The call that each of its threads waits with.
    waiting: BTreeMap<i32, Waiting>,
    /// The last call that each of its threads was let go with.
    last_calls: BTreeMap<i32, &'static str>,
    /// The place of the thread that was let go last.
    last_place: i32,
}

/// The place of a thread in the order in which a program's threads were started, the first of which has this number. Linux numbers
/// them upwards and begins again at the bottom when it comes to the largest number.
fn place(first_thread: i32, thread: i32) -> i32 {
    /// No thread has a larger number (`PID_MAX_LIMIT` of the kernel).
    const LARGEST: i32 = 1 << 22;
    if thread < first_thread {
        thread + LARGEST
    } else {
        thread
    }
}

/// All programs that are running.
pub(crate) struct Programs {
    running: Vec<Program>,
    /// The threads of this process that are no program's.
    own_threads: BTreeSet<i32>,
    started: usize,
    /// The program that was let go last.
    last: usize,
    /// What a signal is to interrupt when its turn comes.
    pub(crate) interruptions: Interruptions,
}

impl Programs {
    /// None yet: every thread that this process has now is its own.
    pub(crate) fn none() -> io::Result<Programs> {
        Ok(Programs {
            running: Vec::new(),
            own_threads: threads::all()?,
            started: 0,
            last: 0,
            interruptions: Interruptions::default(),
        })
    }

    /// One more, behind its gate.
    pub(crate) fn add(&mut self, side: Side, gate: Gate, first_thread: i32) {
        self.started += 1;
        self.running.push(Program {
            number: self.started,
            side,
            gate,
            first_thread,
            waiting: BTreeMap::new(),
            last_calls: BTreeMap::new(),
            last_place: 0,
        });
    }

    /// What their threads have done so far, if all of them sleep; `None` as long as one is running.
    pub(crate) fn asleep(&self) -> io::Result<Option<Activity>> {
        threads::asleep(&self.own_threads)
    }

    /// What becomes ready when a program calls or ends.
    pub(crate) fn gates(&self) -> impl Iterator<Item = PollFd<'_>> {
        let gates = self.running.iter().map(|program| program.gate.as_fd());
        gates.map(|gate| PollFd::new(gate, PollFlags::POLLIN))
    }

    /// Takes up every call that waits at a gate, and forgets the programs that have ended.
    pub(crate) fn take_up_calls(&mut self) -> io::Result<()> {
        let mut ended = Vec::new();
        for program in &mut self.running {
            loop {
                let mut gate = [PollFd::new(program.gate.as_fd(), PollFlags::POLLIN)];
                wait_for(&mut gate, Duration::ZERO)?;
                let events = gate[0].revents().unwrap_or(PollFlags::empty());
                if events.contains(PollFlags::POLLIN) {
                    if let Some(waiting) = program.gate.receive()? {
                        program.waiting.insert(waiting.thread, waiting);
                    }
                    continue;
                }
                if events.contains(PollFlags::POLLHUP) {
                    ended.push(program.number);
                }
                break;
            }
        }
        self.running
            .retain(|program| !ended.contains(&program.number));
        Ok(())
    }

    /// Whether a call waits.
    pub(crate) fn any_waits(&self) -> bool {
        self.running
            .iter()
            .any(|program| !program.waiting.is_empty())
    }

    /// Lets one waiting call go to the kernel, or has it interrupted; `None` if none waits, otherwise whether it was one that polls.
    ///
    /// The programs take turns, and so do the threads of each, in the order in which they were started. In which
    /// order the calls came to the gate is the scheduler's choice and must not matter.
    pub(crate) fn admit_one(&mut self) -> io::Result<Option<bool>> {
        let last = self.last;
        let ready = self
            .running
            .iter_mut()
            .filter(|program| !program.waiting.is_empty());
        let Some(program) = ready.min_by_key(|program| (program.number <= last, program.number))
        else {
            return Ok(None);
        };
        let threads = program.waiting.keys().copied();
        let turn = |thread: &i32| {
            let place = place(program.first_thread, *thread);
            (place <= program.last_place, place)
        };
        let Some(thread) = threads.min_by_key(turn) else {
            return Ok(None);
        };
        let Some(waiting) = program.waiting.remove(&thread) else {
            return Ok(None);
        };
        program.last_place = place(program.first_thread, thread);
        program.last_calls.insert(thread, waiting.call);
        self.last = program.number;
        if self.interruptions.take(program.side, &waiting) {
            program.gate.interrupt(waiting)?;
        } else {
            program.gate.admit(waiting)?;
        }
        Ok(Some(waiting.polls))
    }

    /// Where each program stands, in words.
    pub(crate) fn whereabouts(&self) -> String {
        let alive = threads::all().unwrap_or_default();
        let mut lines: Vec<String> = Vec::new();
        for program in &self.running {
            let who = format!("The {}'s program", program.side.name());
            let threads: BTreeSet<i32> = program
                .waiting
                .keys()
                .chain(program.last_calls.keys())
                .copied()
                .filter(|thread| alive.contains(thread))
                .collect();
            if threads.is_empty() {
                lines.push(format!(
                    "{who} has made no system call that the wire knows of."
                ));
            }
            for thread in &threads {
                let who = if threads.len() > 1 {
                    format!("A thread of the {}'s program", program.side.name())
                } else {
                    who.clone()
                };
                let next = program.waiting.get(thread);
                let last = program.last_calls.get(thread).copied();
                lines.push(match (next, last) {
                    (Some(next), _) => format!("{who} is about to call {}.", next.call),
                    (None, Some(last)) => format!(
                        "{who} has not returned from {last}, or has gone on without a call that the wire knows of."
                    ),
                    (None, None) => format!("{who} is running."),
                });
            }
        }
        if lines.is_empty() {
            lines.push("No program is running.".to_owned());
        }
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_keep_their_order_when_their_numbers_begin_again() {
        let first = 32_766;
        let places = [first, 32_767, 300, 301].map(|thread| place(first, thread));
        assert!(places.is_sorted(), "{places:?}");
    }
}
