//! chromedriver on a port of its own choosing.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// What to install where the browser is missing.
const REMEDY: &str =
    "the browser tests need Chromium and chromedriver: apt install chromium chromium-driver";

/// How often we start it while its port is taken. The system chooses the port for IPv4, and the driver
/// wants the same one for IPv6, where somebody else may have it: rare, so that a few times are enough.
const STARTS: usize = 10;

/// A running chromedriver; it ends when it is dropped.
pub struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    /// Starts it.
    ///
    /// # Panics
    /// Chromium or chromedriver is missing, or chromedriver does not start; the message says what to install.
    #[must_use]
    pub fn start() -> Driver {
        let chromium = Command::new("chromium")
            .arg("--version")
            .stderr(Stdio::null())
            .output();
        assert!(
            chromium.is_ok_and(|output| output.status.success()),
            "no chromium. {REMEDY}"
        );
        for _ in 0..STARTS {
            match attempt(0) {
                Attempt::Runs(driver) => return driver,
                Attempt::PortTaken => {}
                Attempt::Failed(said) => {
                    panic!("chromedriver did not say its port, but:\n{said}{REMEDY}")
                }
            }
        }
        panic!("chromedriver found its port taken {STARTS} times")
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What became of one start.
enum Attempt {
    Runs(Driver),
    PortTaken,
    /// What it said instead of its port.
    Failed(String),
}

/// One start on that port; 0 is one that the system chooses.
fn attempt(wanted: u16) -> Attempt {
    let mut child = Command::new("chromedriver")
        .arg(format!("--port={wanted}"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("no chromedriver ({error}). {REMEDY}"));
    let output = BufReader::new(child.stdout.take().expect("a pipe"));
    // From here on dropping it ends the process.
    let mut driver = Driver { child, port: 0 };
    let mut said = String::new();
    for line in output.lines().map_while(Result::ok) {
        if let Some(port) = port(&line) {
            driver.port = port;
            return Attempt::Runs(driver);
        }
        if is_taken(&line) {
            return Attempt::PortTaken;
        }
        said += &line;
        said.push('\n');
    }
    Attempt::Failed(said)
}

/// The port in `ChromeDriver was started successfully on port 40123.`
fn port(line: &str) -> Option<u16> {
    line.strip_prefix("ChromeDriver was started successfully on port ")?
        .trim_end_matches('.')
        .parse()
        .ok()
}

/// Whether it ends now because of `IPv6 port not available. Exiting...`.
fn is_taken(line: &str) -> bool {
    line.starts_with("IPv4 port not available") || line.starts_with("IPv6 port not available")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_the_line_that_says_it() {
        assert_eq!(
            port("ChromeDriver was started successfully on port 40123."),
            Some(40123)
        );
        assert_eq!(port("Starting ChromeDriver 156 on port 0"), None);
    }

    #[test]
    fn a_taken_port_is_told_from_other_failures() {
        assert!(is_taken("IPv6 port not available. Exiting..."));
        assert!(!is_taken("Only local connections are allowed."));
    }

    #[test]
    fn a_taken_port_is_no_failure() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let other = std::net::TcpListener::bind(address).unwrap();
            let port = other.local_addr().unwrap().port();
            assert!(matches!(attempt(port), Attempt::PortTaken), "{address}");
        }
    }
}
