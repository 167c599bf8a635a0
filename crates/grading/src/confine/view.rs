//! The root file system of a confined program: made of nothing, with what it is given mounted where it stands outside.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sys::statvfs::{FsFlags, statvfs};
use serde::{Deserialize, Serialize};

use super::refused::{Refused, Step};
use super::{Confinement, SCRATCH};

/// A file or a folder, and where it is to be seen inside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mount {
    /// What is given.
    pub from: PathBuf,
    /// Where it is seen.
    pub at: PathBuf,
}

impl Mount {
    /// At its own place.
    pub fn own(path: impl Into<PathBuf>) -> Mount {
        let path = path.into();
        Mount {
            from: path.clone(),
            at: path,
        }
    }
}

/// The system's programs and libraries, and what the linker and the loader look up. Nothing else of `/etc` is needed,
/// and what is missing here is not missed.
pub(super) const SYSTEM: [&str; 13] = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/nix/store",
    "/gnu/store",
];

/// The devices that hold nothing.
pub(super) const DEVICES: [&str; 5] = [
    "/dev/full",
    "/dev/null",
    "/dev/random",
    "/dev/urandom",
    "/dev/zero",
];

/// Where the new root is built: a folder that every Linux has, and that holds nothing that is mounted into it.
const SITE: &str = "/sys";

/// Makes this process's root one in which only the task's files are. It is to be in a mount namespace of its own.
pub(super) fn enter(task: &Confinement) -> Result<(), Refused> {
    let none = None::<&str>;
    let refused = |what: &str| Refused::call(Step::Mount, what);
    // What is mounted from now on is nobody else's business.
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)
        .map_err(refused("mount(/, MS_PRIVATE)"))?;
    let root = Path::new(SITE);
    memory(root, 1 << 20, "0755")?;
    for place in SYSTEM {
        system(root, Path::new(place))?;
    }
    for device in DEVICES {
        bind(root, &Mount::own(device), Access::Device)?;
    }
    let scratch = inside(root, Path::new(SCRATCH));
    folder(&scratch)?;
    memory(&scratch, task.limits.scratch, "1777")?;
    // Outer places come before those within them.
    let mut given: Vec<(&Mount, Access)> = Vec::new();
    given.extend(task.readable.iter().map(|mount| (mount, Access::Read)));
    given.extend(task.writable.iter().map(|mount| (mount, Access::Write)));
    given.sort_by_key(|(mount, _)| mount.at.components().count());
    for (mount, access) in given {
        bind(root, mount, access)?;
    }
    let processes = inside(root, Path::new("/proc"));
    folder(&processes)?;
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    mount(Some("proc"), &processes, Some("proc"), flags, none)
        .map_err(Refused::call(Step::Processes, "mount(/proc)"))?;
    remount(root, MsFlags::MS_RDONLY)?;
    nix::unistd::chdir(root).map_err(refused("chdir()"))?;
    // The old root comes to lie over the new one, and is taken off.
    nix::unistd::pivot_root(".", ".").map_err(refused("pivot_root()"))?;
    umount2(".", MntFlags::MNT_DETACH).map_err(refused("umount()"))
}

/// A file system in memory.
fn memory(at: &Path, size: u64, mode: &str) -> Result<(), Refused> {
    let options = format!("size={size},nr_inodes=64k,mode={mode}");
    mount(
        Some("tmpfs"),
        at,
        Some("tmpfs"),
        MsFlags::MS_NOSUID | MsFlags::MS_NODEV,
        Some(options.as_str()),
    )
    .map_err(Refused::call(
        Step::Mount,
        &format!("mount({}, tmpfs)", at.display()),
    ))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
    Device,
}

/// A part of the system: as it is, be it a folder, a link or nothing.
fn system(root: &Path, place: &Path) -> Result<(), Refused> {
    match fs::symlink_metadata(place) {
        Err(_) => Ok(()),
        Ok(found) if found.is_symlink() => {
            let link = inside(root, place);
            let made =
                fs::read_link(place).and_then(|target| std::os::unix::fs::symlink(target, &link));
            made.map_err(|error| unmade(&link, &error))
        }
        Ok(_) => bind(root, &Mount::own(place), Access::Read),
    }
}

fn bind(root: &Path, given: &Mount, access: Access) -> Result<(), Refused> {
    let at = inside(root, &given.at);
    let refused = || {
        Refused::call(
            Step::Mount,
            &format!("mount({}, MS_BIND)", given.from.display()),
        )
    };
    if given.from.is_dir() {
        folder(&at)?;
    } else if !at.exists() {
        folder(at.parent().unwrap_or(root))?;
        fs::write(&at, "").map_err(|error| unmade(&at, &error))?;
    }
    let none = None::<&str>;
    mount(
        Some(&given.from),
        &at,
        none,
        MsFlags::MS_BIND | MsFlags::MS_REC,
        none,
    )
    .map_err(refused())?;
    match access {
        Access::Read => remount(&at, MsFlags::MS_RDONLY | MsFlags::MS_NODEV),
        Access::Write => remount(&at, MsFlags::MS_NODEV),
        Access::Device => Ok(()),
    }
}

/// Restricts a mount. What restricts it already stays, as the kernel demands of those who are not root.
fn remount(at: &Path, more: MsFlags) -> Result<(), Refused> {
    let refused = || Refused::call(Step::Mount, &format!("mount({}, MS_REMOUNT)", at.display()));
    let present = statvfs(at).map_err(refused())?.flags();
    let mut flags = MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_NOSUID | more;
    for (has, keep) in [
        (FsFlags::ST_RDONLY, MsFlags::MS_RDONLY),
        (FsFlags::ST_NODEV, MsFlags::MS_NODEV),
        (FsFlags::ST_NOEXEC, MsFlags::MS_NOEXEC),
        (FsFlags::ST_NOATIME, MsFlags::MS_NOATIME),
        (FsFlags::ST_NODIRATIME, MsFlags::MS_NODIRATIME),
        (FsFlags::ST_RELATIME, MsFlags::MS_RELATIME),
    ] {
        if present.contains(has) {
            flags |= keep;
        }
    }
    let none = None::<&str>;
    mount(none, at, none, flags, none).map_err(refused())
}

/// Where an absolute path is while the new root is being built.
fn inside(root: &Path, path: &Path) -> PathBuf {
    root.join(path.strip_prefix("/").unwrap_or(path))
}

fn folder(path: &Path) -> Result<(), Refused> {
    fs::create_dir_all(path).map_err(|error| unmade(path, &error))
}

fn unmade(path: &Path, error: &io::Error) -> Refused {
    Refused::new(Step::Mount, format!("making {}", path.display()), error)
}
