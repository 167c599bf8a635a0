//! What the child does between `fork` and `exec`: enter namespaces of its own, within limits.
//!
//! In a process that has threads only async-signal-safe calls are allowed there, so everything is made ready
//! beforehand and nothing is allocated.
#![allow(
    unsafe_code,
    reason = "between fork and exec there are only plain system calls"
)]

use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::RawFd;

use nix::sys::resource::{Resource, getrlimit};

use crate::refusal::Call;
use crate::settings::Settings;

/// How far the preparation has come: one octet of the report each, so that the parent can tell what failed.
#[derive(Clone, Copy)]
pub(crate) enum Stage {
    UserNamespace = b'u' as isize,
    UidMap = b'm' as isize,
    NetworkNamespace = b'n' as isize,
    Limit = b'l' as isize,
    Exec = b'x' as isize,
}

impl Stage {
    /// The call that a stage's octet stands for.
    pub(crate) fn call(octet: u8) -> Option<Call> {
        Some(match octet {
            b'u' => Call::UserNamespace,
            b'm' => Call::UidMap,
            b'n' => Call::NetworkNamespace,
            b'l' => Call::Limit,
            b'x' => Call::Exec,
            _ => return None,
        })
    }
}

/// What the child does between `fork` and `exec`, made ready beforehand: nothing may be allocated then.
pub(crate) struct Preparation {
    user_namespace: bool,
    uid_map: CString,
    gid_map: CString,
    limits: [(libc::__rlimit_resource_t, u64); 4],
    report: RawFd,
    inherited: Vec<RawFd>,
    parent: u32,
    /// Seconds after which the child ends by itself, should nobody be left to end it.
    alarm: u32,
}

impl Preparation {
    pub(crate) fn new(
        user_namespace: bool,
        settings: &Settings,
        report: RawFd,
        inherited: Vec<RawFd>,
    ) -> Preparation {
        let map = |id: u32| CString::new(format!("0 {id} 1\n")).expect("digits hold no zero octet");
        let limits = [
            (libc::RLIMIT_DATA, Resource::RLIMIT_DATA, settings.memory),
            // Counted in the child's own user namespace. The kernel exempts the machine's root.
            (
                libc::RLIMIT_NPROC,
                Resource::RLIMIT_NPROC,
                settings.processes,
            ),
            (
                libc::RLIMIT_FSIZE,
                Resource::RLIMIT_FSIZE,
                settings.file_size,
            ),
            (libc::RLIMIT_CORE, Resource::RLIMIT_CORE, 0),
        ];
        Preparation {
            user_namespace,
            uid_map: map(nix::unistd::geteuid().as_raw()),
            gid_map: map(nix::unistd::getegid().as_raw()),
            // A limit that is in force already cannot be raised.
            limits: limits.map(|(number, resource, limit)| {
                let hard = getrlimit(resource).map_or(u64::MAX, |(_soft, hard)| hard);
                (number, limit.min(hard))
            }),
            report,
            inherited,
            parent: std::process::id(),
            alarm: u32::try_from(settings.limit.as_secs())
                .unwrap_or(u32::MAX)
                .saturating_add(5),
        }
    }

    /// To be called in the child.
    pub(crate) fn enter(&self) -> io::Result<()> {
        // SAFETY: plain system calls on values of this process; the strings end in a zero octet.
        unsafe {
            // The child must not outlive a test that is killed.
            check(libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL))?;
            if libc::getppid() as u32 != self.parent {
                libc::_exit(1);
            }
            libc::alarm(self.alarm);
            if self.user_namespace {
                self.stage(Stage::UserNamespace);
                check(libc::unshare(libc::CLONE_NEWUSER))?;
                self.stage(Stage::UidMap);
                write_file(c"/proc/self/setgroups", c"deny")?;
                write_file(c"/proc/self/uid_map", &self.uid_map)?;
                write_file(c"/proc/self/gid_map", &self.gid_map)?;
            }
            self.stage(Stage::NetworkNamespace);
            check(libc::unshare(libc::CLONE_NEWNET))?;
            self.stage(Stage::Limit);
            for (resource, limit) in self.limits {
                let limit = libc::rlimit {
                    rlim_cur: limit,
                    rlim_max: limit,
                };
                check(libc::setrlimit(resource, &raw const limit))?;
            }
            self.stage(Stage::Exec);
            for descriptor in &self.inherited {
                check(libc::fcntl(*descriptor, libc::F_SETFD, 0))?;
            }
        }
        Ok(())
    }

    /// Notes the stage in the report. If that fails, the parent knows less, and the child goes on.
    fn stage(&self, stage: Stage) {
        let octet = stage as u8;
        // SAFETY: one octet is read from a local variable.
        unsafe { libc::write(self.report, (&raw const octet).cast(), 1) };
    }
}

fn check(result: libc::c_int) -> io::Result<()> {
    if result == -1 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}

/// Writes a file in one call, without allocating.
///
/// # Safety
/// None beyond that of the system calls: both strings are borrowed and end in a zero octet.
unsafe fn write_file(path: &CStr, content: &CStr) -> io::Result<()> {
    let content = content.to_bytes();
    // SAFETY: the path ends in a zero octet; the descriptor is used and closed here only; the
    // pointer and the length are those of one slice.
    unsafe {
        let descriptor = libc::open(path.as_ptr(), libc::O_WRONLY | libc::O_CLOEXEC);
        check(descriptor)?;
        let written = libc::write(descriptor, content.as_ptr().cast(), content.len());
        let error = io::Error::last_os_error();
        libc::close(descriptor);
        if written == content.len() as isize {
            Ok(())
        } else {
            Err(error)
        }
    }
}
