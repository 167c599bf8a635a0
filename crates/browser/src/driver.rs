//! chromedriver on a port of its own choosing.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// What to install where the browser is missing.
const REMEDY: &str =
    "the browser tests need Chromium and chromedriver: apt install chromium chromium-driver";

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
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("no chromedriver ({error}). {REMEDY}"));
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        let port = output
            .lines()
            .map_while(Result::ok)
            .find_map(|line| port(&line));
        let mut driver = Driver { child, port: 0 };
        driver.port = port.unwrap_or_else(|| panic!("chromedriver did not say its port. {REMEDY}"));
        driver
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

/// The port in `ChromeDriver was started successfully on port 40123.`
fn port(line: &str) -> Option<u16> {
    line.strip_prefix("ChromeDriver was started successfully on port ")?
        .trim_end_matches('.')
        .parse()
        .ok()
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
}
