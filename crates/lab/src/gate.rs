//! The gate: a program's next socket call waits until the wire is quiet.
//!
//! Without it, a program that wakes up while the wire carries a frame could act before the kernels'
//! states after that frame have been read, and the ladder would differ from run to run. So every thread
//! that runs a host's program carries a seccomp filter that asks the script's thread before each call
//! that could put something on the wire or take something off it (`SECCOMP_RET_USER_NOTIF`). The call itself
//! is the program's own and is carried out by the kernel as ever.
#![allow(
    unsafe_code,
    reason = "seccomp filters and their notifications are C structures"
)]

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::fs::FileTypeExt;

use nix::errno::Errno;

/// The calls that wait at the gate. The first argument of each is a file descriptor.
const GATED: &[(libc::c_long, &str)] = &[
    (libc::SYS_accept, "accept()"),
    (libc::SYS_accept4, "accept()"),
    (libc::SYS_bind, "bind()"),
    (libc::SYS_close, "close()"),
    (libc::SYS_close_range, "close_range()"),
    (libc::SYS_connect, "connect()"),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_dup2, "dup2()"),
    (libc::SYS_dup3, "dup3()"),
    (libc::SYS_listen, "listen()"),
    (libc::SYS_preadv2, "preadv2()"),
    (libc::SYS_pwritev2, "pwritev2()"),
    (libc::SYS_read, "read()"),
    (libc::SYS_readv, "readv()"),
    (libc::SYS_recvfrom, "recv()"),
    (libc::SYS_recvmmsg, "recvmmsg()"),
    (libc::SYS_recvmsg, "recvmsg()"),
    (libc::SYS_sendfile, "sendfile()"),
    (libc::SYS_sendmmsg, "sendmmsg()"),
    (libc::SYS_sendmsg, "sendmsg()"),
    (libc::SYS_sendto, "send()"),
    (libc::SYS_setsockopt, "setsockopt()"),
    (libc::SYS_shutdown, "shutdown()"),
    (libc::SYS_splice, "splice()"),
    (libc::SYS_write, "write()"),
    (libc::SYS_writev, "writev()"),
];

/// The jumps of the filter are octets.
const _: () = assert!(GATED.len() < 250);

/// Descriptors up to this one are the standard streams, which never lead to a wire.
const LAST_STANDARD_STREAM: u32 = 2;

#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const ARCHITECTURE: u32 = 0xc000_00b7;

/// Where `struct seccomp_data` has the number of the call, the architecture, and the low half of the first
/// argument (both supported architectures are little-endian).
const NUMBER: u32 = 0;
const ARCH: u32 = 4;
const FIRST_ARGUMENT: u32 = 16;

mod ioctl {
    nix::ioctl_readwrite!(receive, b'!', 0, libc::seccomp_notif);
    nix::ioctl_readwrite!(answer, b'!', 1, libc::seccomp_notif_resp);
}

/// The script's side of one program's gate. It ends (`POLLHUP`) with the program's last thread.
pub(crate) struct Gate(OwnedFd);

/// A call that waits at a gate.
#[derive(Clone, Copy)]
pub(crate) struct Waiting {
    id: u64,
    /// The thread that made it.
    pub(crate) thread: i32,
    /// Its name, `connect()`.
    pub(crate) call: &'static str,
    /// Whether it returns at once with nothing where there is nothing: a program may make such
    /// calls without end.
    pub(crate) polls: bool,
    descriptor: RawFd,
}

impl Waiting {
    /// Whether it is a call on a socket that may have to wait. What is read from a file is there.
    pub(crate) fn may_block(&self) -> bool {
        let socket = std::fs::metadata(format!("/proc/self/fd/{}", self.descriptor));
        !self.polls && socket.is_ok_and(|socket| socket.file_type().is_socket())
    }
}

impl Gate {
    /// Puts the calling thread, and every thread that it will start, behind a new gate.
    pub(crate) fn close_behind_this_thread() -> io::Result<Gate> {
        let filter = filter();
        let program = libc::sock_fprog {
            len: filter.len().try_into().expect("a short program"),
            filter: filter.as_ptr().cast_mut(),
        };
        // SAFETY: `program` points to `filter`, which the kernel copies during the call and does not change.
        let result = unsafe {
            libc::syscall(
                libc::SYS_seccomp,
                libc::SECCOMP_SET_MODE_FILTER,
                libc::SECCOMP_FILTER_FLAG_NEW_LISTENER,
                &raw const program,
            )
        };
        if result == -1 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: with NEW_LISTENER the call returns a new descriptor that nothing else owns.
        Ok(Gate(unsafe { OwnedFd::from_raw_fd(result as i32) }))
    }

    /// Takes up a call that waits; `None` if there is none after all. Blocks where none waits: poll first.
    pub(crate) fn receive(&self) -> io::Result<Option<Waiting>> {
        // SAFETY: `seccomp_notif` is integers only; the kernel demands that it be all zero.
        let mut notification: libc::seccomp_notif = unsafe { std::mem::zeroed() };
        // SAFETY: the descriptor is a seccomp listener and the structure the one that the call fills.
        match unsafe { ioctl::receive(self.0.as_raw_fd(), &raw mut notification) } {
            Ok(_) => Ok(Some(Waiting {
                id: notification.id,
                thread: notification.pid as i32,
                call: name(notification.data.nr.into()),
                polls: polls(&notification.data),
                descriptor: notification.data.args[0] as RawFd,
            })),
            // Its thread has died meanwhile, or a signal came: the caller polls again.
            Err(Errno::ENOENT | Errno::EINTR) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Lets a waiting call go to the kernel. From here on its thread counts as running.
    pub(crate) fn admit(&self, waiting: Waiting) -> io::Result<()> {
        self.answer(waiting, 0, libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32)
    }

    /// Has a waiting call return `EINTR`; the kernel does nothing of it. From here on its thread counts as running.
    pub(crate) fn interrupt(&self, waiting: Waiting) -> io::Result<()> {
        self.answer(waiting, -libc::EINTR, 0)
    }

    fn answer(&self, waiting: Waiting, error: i32, flags: u32) -> io::Result<()> {
        let mut answer = libc::seccomp_notif_resp {
            id: waiting.id,
            val: 0,
            error,
            flags,
        };
        // SAFETY: the descriptor is a seccomp listener and the structure the one that the call reads.
        match unsafe { ioctl::answer(self.0.as_raw_fd(), &raw mut answer) } {
            // The thread has died meanwhile: nothing is left to let go.
            Ok(_) | Err(Errno::ENOENT) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl AsFd for Gate {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// The names of all calls that wait at a gate.
#[cfg(test)]
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    GATED.iter().map(|(_, name)| *name)
}

fn name(number: libc::c_long) -> &'static str {
    GATED
        .iter()
        .find(|(gated, _)| *gated == number)
        .map_or("a system call", |(_, name)| name)
}

/// Whether a call does not wait: its descriptor is non-blocking, or its flags say so. All threads of
/// this process share their descriptors.
fn polls(call: &libc::seccomp_data) -> bool {
    let flags = match libc::c_long::from(call.nr) {
        libc::SYS_recvfrom | libc::SYS_sendto => call.args[3],
        libc::SYS_recvmsg | libc::SYS_sendmsg => call.args[2],
        _ => 0,
    };
    // SAFETY: the call only reads the flags of a descriptor; one that is not open gives -1.
    let descriptor = unsafe { libc::fcntl(call.args[0] as RawFd, libc::F_GETFL) };
    flags & libc::MSG_DONTWAIT as u64 != 0
        || (descriptor != -1 && descriptor & libc::O_NONBLOCK != 0)
}

/// The filter: a gated call on anything but a standard stream notifies. An io_uring, which would go round the
/// gate, is answered as on a kernel without it. Everything else is allowed.
fn filter() -> Vec<libc::sock_filter> {
    let load = |offset| instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, offset);
    let equal =
        |value, yes, no| instruction(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, yes, no, value);
    let greater =
        |value, yes, no| instruction(libc::BPF_JMP | libc::BPF_JGT | libc::BPF_K, yes, no, value);
    let answer = |value| instruction(libc::BPF_RET | libc::BPF_K, 0, 0, value);

    let gated = GATED.len() as u8;
    let mut program = vec![
        load(ARCH),
        // Of another architecture, which no Rust program is: to the answer behind the comparisons.
        equal(ARCHITECTURE, 0, gated + 3),
        load(NUMBER),
        equal(libc::SYS_io_uring_setup as u32, 0, 1),
        answer(libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32),
    ];
    for (position, (number, _)) in (0..gated).zip(GATED) {
        // Behind the comparisons comes one answer, and then the look at the argument.
        program.push(equal(*number as u32, gated - position, 0));
    }
    program.extend([
        answer(libc::SECCOMP_RET_ALLOW),
        load(FIRST_ARGUMENT),
        greater(LAST_STANDARD_STREAM, 0, 1),
        answer(libc::SECCOMP_RET_USER_NOTIF),
        answer(libc::SECCOMP_RET_ALLOW),
    ]);
    program
}

fn instruction(code: u32, yes: u8, no: u8, value: u32) -> libc::sock_filter {
    libc::sock_filter {
        code: code as u16,
        jt: yes,
        jf: no,
        k: value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the filter answers, by the rules of classic BPF for the four instructions that it uses.
    fn answered(architecture: u32, number: libc::c_long, argument: u32) -> u32 {
        let program = filter();
        let (mut at, mut accumulator) = (0, 0);
        loop {
            let instruction = program[at];
            at += 1;
            let jump = |taken: bool| {
                usize::from(if taken {
                    instruction.jt
                } else {
                    instruction.jf
                })
            };
            match u32::from(instruction.code) {
                code if code == libc::BPF_LD | libc::BPF_W | libc::BPF_ABS => {
                    accumulator = match instruction.k {
                        NUMBER => number as u32,
                        ARCH => architecture,
                        FIRST_ARGUMENT => argument,
                        other => panic!("the filter loads at {other}"),
                    };
                }
                code if code == libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K => {
                    at += jump(accumulator == instruction.k);
                }
                code if code == libc::BPF_JMP | libc::BPF_JGT | libc::BPF_K => {
                    at += jump(accumulator > instruction.k);
                }
                code if code == libc::BPF_RET | libc::BPF_K => return instruction.k,
                other => panic!("the filter has the instruction {other:#x}"),
            }
        }
    }

    #[test]
    fn every_gated_call_waits_unless_it_is_on_a_standard_stream() {
        for (number, name) in GATED {
            for (descriptor, waits) in [(0, false), (2, false), (3, true), (u32::MAX, true)] {
                let expected = if waits {
                    libc::SECCOMP_RET_USER_NOTIF
                } else {
                    libc::SECCOMP_RET_ALLOW
                };
                assert_eq!(
                    answered(ARCHITECTURE, *number, descriptor),
                    expected,
                    "{name} {descriptor}"
                );
            }
            assert_eq!(
                answered(1, *number, 3),
                libc::SECCOMP_RET_ALLOW,
                "{name} elsewhere"
            );
        }
    }

    #[test]
    fn other_calls_go_on_and_an_io_uring_is_refused() {
        for number in [
            libc::SYS_futex,
            libc::SYS_mmap,
            libc::SYS_exit_group,
            libc::SYS_pwrite64,
        ] {
            assert_eq!(answered(ARCHITECTURE, number, 3), libc::SECCOMP_RET_ALLOW);
        }
        let refused = libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32;
        assert_eq!(answered(ARCHITECTURE, libc::SYS_io_uring_setup, 8), refused);
    }
}
