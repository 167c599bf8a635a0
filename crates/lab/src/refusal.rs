//! What the system may refuse to the lab, why it does, and what mends it.

use std::fmt;
use std::{fs, io};

/// A thing that the lab asks of the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// `unshare(CLONE_NEWUSER)`: a user namespace, so that an ordinary user may have a network.
    UserNamespace,
    /// Writing `/proc/self/uid_map` and its two neighbours.
    UidMap,
    /// `unshare(CLONE_NEWNET)`: a private network.
    NetworkNamespace,
    /// A resource limit for the child.
    Limit,
    /// Starting this program once more.
    Exec,
    /// Keeping the process on one processor.
    Affinity,
    /// A netlink socket, through which links, addresses and routes are set.
    Netlink,
    /// Bringing up an interface.
    LinkUp,
    /// Creating a veth pair.
    Veth,
    /// An address, a route or a neighbour.
    Route,
    /// Writing the setting of this name under `/proc/sys`.
    Sysctl(String),
    /// An `AF_PACKET` socket.
    PacketSocket,
    /// Turning off an offload (`SIOCETHTOOL`).
    Offload,
    /// A `NETLINK_SOCK_DIAG` request, which lists the sockets with their states.
    SockDiag,
    /// A seccomp filter with user notification, which makes programs wait for the wire.
    Seccomp,
}

impl Call {
    /// Every call of a lab in the order in which it makes them for the first time. What is refused comes after
    /// everything that has worked. The setting's name is left open.
    pub const IN_ORDER: [Call; 15] = [
        Call::UserNamespace,
        Call::UidMap,
        Call::NetworkNamespace,
        Call::Limit,
        Call::Exec,
        Call::Affinity,
        Call::Sysctl(String::new()),
        Call::Netlink,
        Call::SockDiag,
        Call::LinkUp,
        Call::Veth,
        Call::Offload,
        Call::PacketSocket,
        Call::Route,
        Call::Seccomp,
    ];

    /// What the call is for, for those who ask whether a lab works here.
    #[must_use]
    pub fn purpose(&self) -> &'static str {
        match self {
            Call::Exec => "the test program, started once more",
            Call::UserNamespace => "a user namespace, so that no privileges are needed",
            Call::UidMap => "a name for this user in it",
            Call::NetworkNamespace => "private networks",
            Call::Limit => "limits on memory and processes",
            Call::Affinity => "one processor for each lab",
            Call::Sysctl(_) => "the hosts' own kernel settings (/proc/sys)",
            Call::Netlink => "a way to set up networks (netlink)",
            Call::SockDiag => "the kernel's list of sockets with their states",
            Call::LinkUp => "network interfaces",
            Call::Veth => "cables between hosts (veth)",
            Call::Offload => "checksums and segments as they are on a wire (no offload)",
            Call::PacketSocket => "the wire's hold on every frame (AF_PACKET)",
            Call::Route => "addresses, routes and neighbours",
            Call::Seccomp => "programs that wait for the wire (seccomp notification)",
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Call::UserNamespace => "unshare(CLONE_NEWUSER)",
            Call::UidMap => "writing /proc/self/uid_map",
            Call::NetworkNamespace => "unshare(CLONE_NEWNET)",
            Call::Limit => "setrlimit()",
            Call::Exec => "starting this program again",
            Call::Affinity => "sched_setaffinity()",
            Call::Netlink => "socket(AF_NETLINK)",
            Call::LinkUp => "bringing up an interface",
            Call::Veth => "creating a veth pair",
            Call::Route => "setting an address, a route or a neighbour",
            Call::Sysctl(name) => return write!(f, "writing the setting {name}"),
            Call::PacketSocket => "socket(AF_PACKET)",
            Call::Offload => "ioctl(SIOCETHTOOL)",
            Call::SockDiag => "a NETLINK_SOCK_DIAG request",
            Call::Seccomp => "seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER)",
        })
    }
}

/// The settings of the machine that decide on namespaces; `None` where the kernel has no such setting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Switches {
    /// `user.max_user_namespaces`
    pub max_user_namespaces: Option<u64>,
    /// `kernel.unprivileged_userns_clone` (Debian's and Ubuntu's older switch)
    pub unprivileged_userns_clone: Option<u64>,
    /// `kernel.apparmor_restrict_unprivileged_userns` (Ubuntu 23.10 and later)
    pub apparmor_restricts: Option<u64>,
    /// Whether a seccomp filter is in force on this process, as in most containers.
    pub seccomp: bool,
}

impl Switches {
    /// Reads them from `/proc`.
    #[must_use]
    pub fn read() -> Switches {
        let number = |name: &str| {
            fs::read_to_string(format!("/proc/sys/{name}"))
                .ok()?
                .trim()
                .parse()
                .ok()
        };
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        Switches {
            max_user_namespaces: number("user/max_user_namespaces"),
            unprivileged_userns_clone: number("kernel/unprivileged_userns_clone"),
            apparmor_restricts: number("kernel/apparmor_restrict_unprivileged_userns"),
            seccomp: status
                .lines()
                .any(|line| line.starts_with("Seccomp:") && !line.ends_with('0')),
        }
    }
}

/// The system refused something: the call, its error, the reason and the remedy, each in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What was asked, as [`Call`] prints it.
    pub call: String,
    /// The system's answer, in its own words.
    pub error: String,
    /// Why it answers so, as far as the machine's settings tell.
    pub reason: String,
    /// What to do.
    pub remedy: String,
}

impl std::error::Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the lab cannot be built on this machine")?;
        writeln!(f, "  refused: {}: {}", self.call, self.error)?;
        writeln!(f, "  why:     {}", self.reason)?;
        write!(f, "  mend:    {}", self.remedy)
    }
}

impl Refusal {
    /// Explains a refusal by the machine's settings as they are now.
    #[must_use]
    pub fn new(call: Call, error: io::Error) -> Refusal {
        Refusal::explain(call, &error, &Switches::read())
    }

    /// Explains a refusal by the given settings.
    #[must_use]
    pub fn explain(call: Call, error: &io::Error, switches: &Switches) -> Refusal {
        let (reason, remedy) = explanation(&call, error.raw_os_error().unwrap_or(0), switches);
        Refusal {
            call: call.to_string(),
            error: error.to_string(),
            reason,
            remedy,
        }
    }

    /// Four lines, for another process.
    pub(crate) fn to_lines(&self) -> String {
        [&self.call, &self.error, &self.reason, &self.remedy]
            .map(|line| line.replace('\n', " "))
            .join("\n")
    }

    /// What [`Refusal::to_lines`] wrote.
    pub(crate) fn from_lines(text: &str) -> Option<Refusal> {
        let [call, error, reason, remedy] = text.lines().collect::<Vec<_>>()[..] else {
            return None;
        };
        let own = str::to_owned;
        Some(Refusal {
            call: own(call),
            error: own(error),
            reason: own(reason),
            remedy: own(remedy),
        })
    }
}

const CONTAINER: &str = "run the container with --security-opt seccomp=unconfined \
                         --security-opt systempaths=unconfined (and --security-opt apparmor=unconfined where there is \
                         AppArmor), or work on a Linux machine outside a container";

/// Reason and remedy, most specific first.
fn explanation(call: &Call, errno: i32, switches: &Switches) -> (String, String) {
    let namespaces = matches!(
        call,
        Call::UserNamespace
            | Call::UidMap
            | Call::NetworkNamespace
            | Call::LinkUp
            | Call::Veth
            | Call::Route
    );
    let denied = errno == libc::EPERM || errno == libc::EACCES;
    let say = |reason: &str, remedy: &str| (reason.to_owned(), remedy.to_owned());

    if let Call::Sysctl(name) = call {
        return match errno {
            libc::EROFS => say(
                "/proc/sys is mounted read-only, as in most containers; it cannot be made writable from inside",
                "start the container with a writable /proc/sys (--privileged, or --security-opt \
                 systempaths=unconfined), or work outside a container",
            ),
            libc::ENOENT => (
                format!("this kernel has no setting {name}, or /proc/sys is not to be seen here"),
                "check its name; a setting that only newer kernels have is for scenes that need it"
                    .to_owned(),
            ),
            _ => (
                format!("the kernel does not accept the value that is given for {name}"),
                "check the value where the script sets it, or in crates/lab/sysctls.conf"
                    .to_owned(),
            ),
        };
    }
    if errno == libc::ENOSPC && matches!(call, Call::UserNamespace) {
        let limit = switches
            .max_user_namespaces
            .map_or("0".to_owned(), |limit| limit.to_string());
        return (
            format!(
                "the limit of user namespaces is used up (user.max_user_namespaces = {limit} here)"
            ),
            "sudo sysctl user.max_user_namespaces=10000".to_owned(),
        );
    }
    if errno == libc::ENOSPC && matches!(call, Call::NetworkNamespace) {
        return say(
            "a lab needs three network namespaces, and their limit is used up (user.max_net_namespaces)",
            "sudo sysctl user.max_net_namespaces=10000",
        );
    }
    if namespaces && denied && switches.apparmor_restricts == Some(1) {
        return say(
            "AppArmor restricts unprivileged user namespaces (kernel.apparmor_restrict_unprivileged_userns = 1, \
             Ubuntu's default since 24.04)",
            "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0 (until the next boot; to keep it, write \
             that line without sudo sysctl into /etc/sysctl.d/60-userns.conf)",
        );
    }
    if namespaces && denied && switches.unprivileged_userns_clone == Some(0) {
        return say(
            "user namespaces are switched off for ordinary users (kernel.unprivileged_userns_clone = 0)",
            "sudo sysctl kernel.unprivileged_userns_clone=1",
        );
    }
    if switches.seccomp && (denied || errno == libc::ENOSYS) {
        return say(
            "a seccomp filter is in force here, as in most containers, and forbids this call",
            CONTAINER,
        );
    }
    match call {
        Call::Veth if errno == libc::EOPNOTSUPP => say(
            "this kernel has no veth driver loaded, or none built",
            "sudo modprobe veth",
        ),
        Call::Seccomp if errno == libc::EBUSY => say(
            "another program listens to the system calls of this one already, as some containers' managers do",
            "work outside of that container",
        ),
        Call::Seccomp => say(
            "this kernel does not offer seccomp user notification (Linux 5.9 or later, CONFIG_SECCOMP_FILTER)",
            "use a newer kernel, or a virtual machine with one",
        ),
        Call::Exec => say(
            "a lab starts the test program once more, in namespaces of its own",
            "check that the test binary is still there and may be executed",
        ),
        _ if denied && namespaces => say(
            "this process may not make namespaces here, and no setting known to the course says why",
            CONTAINER,
        ),
        _ => say(
            "unknown",
            "run `cargo course doctor` and report its output together with the kernel's version (uname -r)",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(call: Call, errno: i32, switches: Switches) -> String {
        Refusal::explain(call, &io::Error::from_raw_os_error(errno), &switches).to_string()
    }

    #[test]
    fn a_refusal_survives_the_way_to_another_process() {
        let refusal = Refusal::explain(
            Call::Veth,
            &io::Error::from_raw_os_error(1),
            &Switches::default(),
        );
        assert_eq!(Refusal::from_lines(&refusal.to_lines()), Some(refusal));
        assert_eq!(Refusal::from_lines("too\nshort"), None);
    }

    #[test]
    fn a_limit_of_zero_user_namespaces_is_named() {
        let text = refusal(
            Call::UserNamespace,
            libc::ENOSPC,
            Switches {
                max_user_namespaces: Some(0),
                ..Switches::default()
            },
        );
        assert!(text.contains("unshare(CLONE_NEWUSER)"), "{text}");
        assert!(
            text.contains("sudo sysctl user.max_user_namespaces=10000"),
            "{text}"
        );
    }

    #[test]
    fn apparmor_is_named_where_unshare_succeeds_and_its_capabilities_are_denied() {
        for call in [Call::UserNamespace, Call::UidMap, Call::LinkUp] {
            let text = refusal(
                call,
                libc::EPERM,
                Switches {
                    apparmor_restricts: Some(1),
                    ..Switches::default()
                },
            );
            assert!(
                text.contains("sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"),
                "{text}"
            );
        }
    }

    #[test]
    fn debians_switch_is_named() {
        let text = refusal(
            Call::UserNamespace,
            libc::EPERM,
            Switches {
                unprivileged_userns_clone: Some(0),
                ..Switches::default()
            },
        );
        assert!(
            text.contains("sudo sysctl kernel.unprivileged_userns_clone=1"),
            "{text}"
        );
    }

    #[test]
    fn a_container_is_named_by_its_seccomp_filter() {
        for call in [Call::UserNamespace, Call::Seccomp] {
            let text = refusal(
                call,
                libc::EPERM,
                Switches {
                    seccomp: true,
                    ..Switches::default()
                },
            );
            assert!(text.contains("--security-opt seccomp=unconfined"), "{text}");
        }
    }

    #[test]
    fn a_read_only_proc_sys_names_the_setting() {
        let call = Call::Sysctl("net.ipv4.tcp_sack".to_owned());
        let text = refusal(call, libc::EROFS, Switches::default());
        assert!(
            text.contains("net.ipv4.tcp_sack") && text.contains("read-only"),
            "{text}"
        );
    }

    #[test]
    fn a_missing_veth_driver_is_named() {
        let text = refusal(Call::Veth, libc::EOPNOTSUPP, Switches::default());
        assert!(text.contains("sudo modprobe veth"), "{text}");
    }
}
