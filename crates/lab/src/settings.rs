//! What a script may want otherwise than usual.

use std::thread;
use std::time::Duration;

use trace::{Side, View};

/// How a laboratory is set up. `Settings { arp: true, ..Settings::default() }`
#[derive(Clone, Debug)]
pub struct Settings {
    /// The name that the recording carries.
    pub scene: String,
    /// What the recording shows, in one line.
    pub title: String,
    /// Kernel settings of both hosts, `net.…`, that differ from the preset in `sysctls.conf`.
    pub sysctls: Vec<(&'static str, &'static str)>,
    /// How the ladder is drawn.
    pub view: View,
    /// Whether both kernels acknowledge at once, so that an acknowledgment never waits for a segment to
    /// ride on. Otherwise it may wait about 40 ms.
    pub quickack: bool,
    /// The least time before a segment other than a SYN is sent again, in milliseconds. The usual 30 s
    /// keeps retransmissions out of scripts that hold a frame. A SYN is sent again after 1 s, whatever this says.
    pub rto_min_ms: u32,
    /// The MSS that one of the hosts announces, where it is not the one that follows from its MTU: the route's `advmss`. How
    /// large the segments are that this host sends does not depend on it.
    pub announced_mss: Option<(Side, u16)>,
    /// Whether the hosts must find each other's Ethernet address by ARP.
    pub arp: bool,
    /// How long the wire may be quiet while the script waits for something to happen.
    pub patience: Duration,
    /// How long the whole script may take. It holds for each play, should a stalled machine make several necessary.
    pub limit: Duration,
    /// The memory that the script and its programs may use, in octets.
    pub memory: u64,
    /// How many threads and processes they may be. The kernel does not apply it to the machine's root.
    pub processes: u64,
    /// The longest file that they may write, in octets; what they print is such a file.
    pub file_size: u64,
    /// How the same script is reached in a new process.
    pub restart: Restart,
}

impl Settings {
    /// The same with these kernel settings as well: name and value, as in [`Settings::sysctls`].
    #[must_use]
    pub fn with_sysctls(mut self, more: &[(&'static str, &'static str)]) -> Settings {
        self.sysctls.extend_from_slice(more);
        self
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            scene: String::new(),
            title: String::new(),
            sysctls: Vec::new(),
            view: View::default(),
            quickack: true,
            rto_min_ms: 30_000,
            announced_mss: None,
            arp: false,
            patience: Duration::from_secs(10),
            limit: Duration::from_secs(60),
            memory: 512 << 20,
            processes: 64,
            file_size: 16 << 20,
            restart: Restart::Test,
        }
    }
}

/// How this program, started again, comes to the same `Lab::run`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Restart {
    /// As the test that is running now: `--exact NAME`.
    Test,
    /// With these arguments, for programs that are no tests. They must lead to this `Lab::run` before any other, by the same
    /// way each time: such a program may play many laboratories, but its processes know of no earlier ones.
    Program(Vec<String>),
}

impl Restart {
    /// The arguments; `script` is the type of the closure, whose name begins with the test's.
    pub(crate) fn arguments(&self, script: &str) -> Vec<String> {
        match self {
            Restart::Program(arguments) => arguments.clone(),
            Restart::Test => {
                // The harness names a test's thread after it. A thread that the test has started has another
                // name or none.
                let name = match thread::current().name() {
                    Some(name) if name != "main" => name.to_owned(),
                    _ => test_of(script),
                };
                [
                    "--exact",
                    &name,
                    "--nocapture",
                    "--include-ignored",
                    "--test-threads=1",
                ]
                .map(str::to_owned)
                .to_vec()
            }
        }
    }
}

/// `grade::parsing::a_test::{{closure}}` is a closure in the test `parsing::a_test`.
fn test_of(script: &str) -> String {
    let path = script.split_once("::").map_or(script, |(_, path)| path);
    path.trim_end_matches("::{{closure}}").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_kernel_settings_come_behind_those_that_are_there() {
        let (sack, ecn) = (("net.ipv4.tcp_sack", "1"), ("net.ipv4.tcp_ecn", "1"));
        let settings = Settings::default().with_sysctls(&[sack]);
        assert_eq!(settings.with_sysctls(&[ecn]).sysctls, [sack, ecn]);
    }

    #[test]
    fn a_test_is_named_by_its_closure() {
        assert_eq!(test_of("grade::a_test::{{closure}}"), "a_test");
        assert_eq!(
            test_of("lab::net::tests::a_test::{{closure}}::{{closure}}"),
            "net::tests::a_test"
        );
    }
}
