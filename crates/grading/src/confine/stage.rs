//! The two stages between the grader and a confined program.

use std::fs;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Command, ExitCode, Stdio};

use landlock::{
    ABI, Access, AccessFs, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus,
    path_beneath_rules,
};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::Signal;
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::{self, Gid, Uid};

use super::refused::{Refused, Step};
use super::view::{self, DEVICES, SYSTEM};
use super::{Confinement, INNER, OUTER, SCRATCH, TASK, Word};

/// Whom root becomes before it runs anything of a submission: nobody, by the number that it has everywhere.
pub(crate) const NOBODY: u32 = 65_534;

/// One of the stages, if this process is started as one.
pub(crate) fn stage() -> Option<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let result = match arguments.next()?.as_str() {
        OUTER => outer(arguments.next().as_deref()),
        INNER => inner(),
        _ => return None,
    };
    Some(match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(refused) => {
            // Whoever listens has said what to do; if nobody does, there is nobody to tell.
            let _ = say(&Word::Refused(refused));
            ExitCode::from(2)
        }
    })
}

/// Standard input is the socket to the grader, which nobody else in this process uses.
fn socket() -> io::Result<UnixStream> {
    let own: OwnedFd = io::stdin().as_fd().try_clone_to_owned()?;
    Ok(UnixStream::from(own))
}

fn say(word: &Word) -> io::Result<()> {
    let mut line = serde_json::to_string(word)?;
    line.push('\n');
    socket()?.write_all(line.as_bytes())
}

fn other(what: &str) -> impl FnOnce(io::Error) -> Refused + use<> {
    let what = what.to_owned();
    move |error| Refused::new(Step::Other, what, &error)
}

/// Makes the namespaces, starts the inner stage as the first process in them, and waits for its end.
fn outer(grader: Option<&str>) -> Result<(), Refused> {
    prctl::set_pdeathsig(Signal::SIGKILL).map_err(Refused::call(Step::Other, "prctl()"))?;
    if grader != Some(unistd::getppid().to_string().as_str()) {
        return Ok(());
    }
    // When memory runs out, the kernel is to take it from here. Where it is not asked, it chooses itself.
    let _ = fs::write("/proc/self/oom_score_adj", "1000");
    let mut namespaces = CloneFlags::CLONE_NEWPID
        | CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWNET
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWUTS;
    // Root could not reach its own files as somebody else, so it mounts first and becomes somebody else then.
    if unistd::geteuid().is_root() {
        unshare(namespaces).map_err(Refused::call(Step::Namespaces, "unshare(CLONE_NEWPID …)"))?;
    } else {
        let (user, group) = (unistd::geteuid().as_raw(), unistd::getegid().as_raw());
        namespaces |= CloneFlags::CLONE_NEWUSER;
        unshare(namespaces).map_err(Refused::call(Step::Namespaces, "unshare(CLONE_NEWUSER …)"))?;
        map(user, group)?;
    }
    let mut inner = Command::new("/proc/self/exe")
        .arg(INNER)
        .stdin(Stdio::inherit())
        .spawn()
        .map_err(|error| Refused::new(Step::Namespaces, "fork() in a namespace", &error))?;
    inner.wait().map_err(other("wait()"))?;
    Ok(())
}

/// The user inside has the number that it has outside.
fn map(user: u32, group: u32) -> Result<(), Refused> {
    for (file, content) in [
        ("setgroups", "deny".to_owned()),
        ("uid_map", format!("{user} {user} 1\n")),
        ("gid_map", format!("{group} {group} 1\n")),
    ] {
        let file = format!("/proc/self/{file}");
        fs::write(&file, content)
            .map_err(|error| Refused::new(Step::UserMap, format!("writing {file}"), &error))?;
    }
    Ok(())
}

/// The first process in the namespaces: builds the view, sets the limits, runs the program, says how it ended.
fn inner() -> Result<(), Refused> {
    prctl::set_pdeathsig(Signal::SIGKILL).map_err(Refused::call(Step::Other, "prctl()"))?;
    let task = std::env::var(TASK).unwrap_or_default();
    let task: Confinement =
        serde_json::from_str(&task).map_err(|error| other("the task")(io::Error::other(error)))?;

    unistd::setsid().map_err(Refused::call(Step::Other, "setsid()"))?;
    unistd::sethostname("grading").map_err(Refused::call(Step::Other, "sethostname()"))?;
    let root = unistd::geteuid().is_root();
    view::enter(&task)?;
    if root {
        become_nobody()?;
    }
    let lost = || other("the socket to the grader");
    say(&Word::Ready).map_err(lost())?;
    // The answer comes if the outer stage, with which this one ends, was still there to be asked.
    let mut socket = socket().map_err(lost())?;
    socket.read_exact(&mut [0]).map_err(lost())?;
    limit(&task)?;
    prctl::set_no_new_privs().map_err(Refused::call(Step::Other, "prctl(NO_NEW_PRIVS)"))?;
    if !lock(&task)? {
        say(&Word::WithoutLandlock).map_err(lost())?;
    }
    // The program is to see neither this process's socket nor its memory.
    prctl::set_dumpable(false).map_err(Refused::call(Step::Other, "prctl(DUMPABLE)"))?;
    let status = run(&task)?;
    say(&Word::Ended(status)).map_err(lost())
}

/// Gives up root for good. A user namespace follows, so that this nobody's processes are counted apart from those of
/// every other.
fn become_nobody() -> Result<(), Refused> {
    let refused = |what: &str| Refused::call(Step::Other, what);
    unistd::setgroups(&[]).map_err(refused("setgroups()"))?;
    unistd::setgid(Gid::from_raw(NOBODY)).map_err(refused("setgid()"))?;
    unistd::setuid(Uid::from_raw(NOBODY)).map_err(refused("setuid()"))?;
    // A process that changes its user ends no longer with its parent, and cannot write its own files in /proc.
    prctl::set_pdeathsig(Signal::SIGKILL).map_err(refused("prctl()"))?;
    prctl::set_dumpable(true).map_err(refused("prctl(DUMPABLE)"))?;
    unshare(CloneFlags::CLONE_NEWUSER)
        .map_err(Refused::call(Step::Namespaces, "unshare(CLONE_NEWUSER)"))?;
    map(NOBODY, NOBODY)
}

fn limit(task: &Confinement) -> Result<(), Refused> {
    let limits = task.limits;
    for (resource, limit) in [
        (Resource::RLIMIT_DATA, limits.memory),
        (Resource::RLIMIT_NPROC, limits.processes),
        (Resource::RLIMIT_FSIZE, limits.file),
        (Resource::RLIMIT_NOFILE, 1024),
        (Resource::RLIMIT_CORE, 0),
    ] {
        // A limit that is in force already cannot be raised.
        let limit = getrlimit(resource).map_or(limit, |(_soft, hard)| limit.min(hard));
        setrlimit(resource, limit, limit).map_err(Refused::call(
            Step::Limit,
            &format!("setrlimit({resource:?})"),
        ))?;
    }
    Ok(())
}

/// Landlock over all of it, as far as this kernel has it; false if it has none.
fn lock(task: &Confinement) -> Result<bool, Refused> {
    let refused = |error: landlock::RulesetError| {
        Refused::new(Step::Other, "landlock", &io::Error::other(error))
    };
    let all = AccessFs::from_all(ABI::V5);
    let read = AccessFs::from_read(ABI::V5);
    let readable = task.readable.iter().map(|mount| mount.at.clone());
    let readable = readable.chain(SYSTEM.iter().map(Into::into));
    let writable = task.writable.iter().map(|mount| mount.at.clone());
    // The lab writes its networks' settings, which only it may, below /proc.
    let writable = writable
        .chain(DEVICES.iter().map(Into::into))
        .chain([SCRATCH.into(), "/proc".into()]);
    let status = Ruleset::default()
        .handle_access(all)
        .and_then(Ruleset::create)
        .map_err(refused)?
        .add_rules(path_beneath_rules(readable, read))
        .map_err(refused)?
        .add_rules(path_beneath_rules(writable, all))
        .map_err(refused)?
        .restrict_self()
        .map_err(refused)?;
    Ok(status.ruleset != RulesetStatus::NotEnforced)
}

/// Runs the program; its status as `wait` gives it. What else ends meanwhile is what the program has left behind, and
/// this process, the first, is there to take its leave.
fn run(task: &Confinement) -> Result<i32, Refused> {
    let program = task.program.display();
    let started = io::stdout()
        .as_fd()
        .try_clone_to_owned()
        .and_then(|output| {
            Command::new(&task.program)
                .args(&task.arguments)
                .current_dir(&task.folder)
                .env_clear()
                .env("PATH", "/usr/local/bin:/usr/bin:/bin")
                .env("HOME", SCRATCH)
                .env("TMPDIR", SCRATCH)
                .env("LANG", "C.UTF-8")
                // Where a program panics is said without a list of its callers.
                .env("RUST_BACKTRACE", "0")
                .envs(&task.environment)
                .stdin(Stdio::null())
                .stderr(output)
                .spawn()
        })
        .map_err(|error| Refused::new(Step::Other, format!("starting {program}"), &error))?;
    let own = i32::try_from(started.id()).unwrap_or(-1);
    loop {
        match waitid(Id::All, WaitPidFlag::WEXITED) {
            Ok(WaitStatus::Exited(id, code)) if id.as_raw() == own => return Ok((code & 0xff) << 8),
            Ok(WaitStatus::Signaled(id, signal, _)) if id.as_raw() == own => {
                return Ok(signal as i32);
            }
            Ok(_) | Err(nix::errno::Errno::EINTR) => {}
            Err(error) => return Err(Refused::new(Step::Other, "wait()", &error.into())),
        }
    }
}
