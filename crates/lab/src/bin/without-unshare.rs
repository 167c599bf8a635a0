//! `without-unshare PROGRAM [ARGUMENT...]` runs a program under a seccomp filter that answers `unshare()`
//! with EPERM, as a container's default does. The tests of the lab's refusals use it.
#![allow(unsafe_code, reason = "a seccomp filter is a C structure")]

use std::env;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

fn main() {
    let mut arguments = env::args_os().skip(1);
    let Some(program) = arguments.next() else {
        eprintln!("usage: without-unshare PROGRAM [ARGUMENT...]");
        std::process::exit(2);
    };
    if let Err(error) = forbid_unshare() {
        eprintln!("without-unshare: seccomp: {error}");
        std::process::exit(2);
    }
    let error = Command::new(program).args(arguments).exec();
    eprintln!("without-unshare: {error}");
    std::process::exit(2);
}

fn forbid_unshare() -> io::Result<()> {
    let instruction = |code: u32, yes, no, k| libc::sock_filter {
        code: code as u16,
        jt: yes,
        jf: no,
        k,
    };
    let filter = [
        instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, 0),
        instruction(
            libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K,
            0,
            1,
            libc::SYS_unshare as u32,
        ),
        instruction(
            libc::BPF_RET | libc::BPF_K,
            0,
            0,
            libc::SECCOMP_RET_ERRNO | libc::EPERM as u32,
        ),
        instruction(libc::BPF_RET | libc::BPF_K, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog {
        len: filter.len() as u16,
        filter: filter.as_ptr().cast_mut(),
    };
    // SAFETY: both calls take plain numbers and a pointer to `program`, which lives through the call
    // together with the filter that it points to.
    let failed = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1
            || libc::syscall(
                libc::SYS_seccomp,
                libc::SECCOMP_SET_MODE_FILTER,
                0,
                &raw const program,
            ) == -1
    };
    if failed {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}
