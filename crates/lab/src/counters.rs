//! What a host's kernel has counted: `/proc/net/snmp`, the list behind `netstat -s`. Each network namespace has its own.

use std::{fs, io};

/// How many TCP segments the kernel of the calling program's host has dropped because their checksum was wrong.
///
/// # Errors
/// The list cannot be read, or does not have this counter.
pub fn checksum_errors() -> io::Result<u64> {
    let list = fs::read_to_string("/proc/thread-self/net/snmp")?;
    tcp_counter(&list, "InCsumErrors")
        .ok_or_else(|| io::Error::other(format!("no InCsumErrors:\n{list}")))
}

/// The counters of each protocol are two lines: one with the names, and one with the values.
fn tcp_counter(list: &str, wanted: &str) -> Option<u64> {
    let mut lines = list.lines().filter_map(|line| line.strip_prefix("Tcp: "));
    let mut counters = lines.next()?.split(' ').zip(lines.next()?.split(' '));
    let (_, value) = counters.find(|(name, _)| *name == wanted)?;
    value.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::tcp_counter;

    const LIST: &str = "Icmp: InMsgs InCsumErrors\nIcmp: 1 2\nTcp: MaxConn InErrs InCsumErrors\nTcp: -1 3 4\n\
                        Udp: InErrors InCsumErrors\nUdp: 5 6\n";

    #[test]
    fn a_counter_stands_below_its_name() {
        assert_eq!(tcp_counter(LIST, "InErrs"), Some(3));
        assert_eq!(tcp_counter(LIST, "InCsumErrors"), Some(4));
    }

    #[test]
    fn what_is_not_counted_is_not_found() {
        assert_eq!(tcp_counter(LIST, "InMsgs"), None, "ICMP counts that");
        assert_eq!(tcp_counter(LIST, "MaxConn"), None, "no limit is no number");
        assert_eq!(tcp_counter("Tcp: InErrs InCsumErrors\n", "InErrs"), None);
        assert_eq!(tcp_counter("", "InErrs"), None);
    }
}
