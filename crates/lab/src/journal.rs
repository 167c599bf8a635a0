//! What the child writes down for the parent: the recording as it grows, and how it ended.
//!
//! Both are files in memory that parent and child share, so whatever happens to the child, the parent
//! can read what was written until then.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::fs::FileExt;

use nix::sys::memfd::{MFdFlags, memfd_create};

/// A file in memory that grows at its end.
pub(crate) struct Journal(File);

impl From<OwnedFd> for Journal {
    fn from(descriptor: OwnedFd) -> Journal {
        Journal(File::from(descriptor))
    }
}

impl Journal {
    /// A new, empty one.
    pub(crate) fn create(name: &std::ffi::CStr) -> io::Result<Journal> {
        Ok(Journal(memfd_create(name, MFdFlags::MFD_CLOEXEC)?.into()))
    }

    /// The one that the parent left open under this number.
    ///
    /// # Errors
    /// A number under which nothing is open.
    pub(crate) fn inherited(number: RawFd) -> io::Result<Journal> {
        // Opened anew, it has an owner here, and is closed when a program starts another process.
        let path = format!("/proc/self/fd/{number}");
        Ok(Journal(File::options().read(true).write(true).open(path)?))
    }

    /// The number under which a child finds it.
    pub(crate) fn number(&self) -> RawFd {
        self.0.as_raw_fd()
    }

    /// Adds octets at the end.
    ///
    /// By `pwrite()`, and that must stay so: `write()` would wait at a program's gate, and it is a
    /// program's thread that reports its panic.
    pub(crate) fn append(&self, octets: &[u8]) -> io::Result<()> {
        self.0.write_all_at(octets, self.0.metadata()?.len())
    }

    /// Everything written so far, by whichever process.
    pub(crate) fn contents(&self) -> io::Result<Vec<u8>> {
        let mut octets = vec![0; self.0.metadata()?.len() as usize];
        self.0.read_exact_at(&mut octets, 0)?;
        Ok(octets)
    }
}
