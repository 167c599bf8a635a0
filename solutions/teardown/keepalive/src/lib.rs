//! Find out whether anyone is there, by the kernel and by a heartbeat: a solution.

use std::io::{self, ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use socket2::{Socket, TcpKeepalive};

/// What a server that waits has learnt of its client.
#[derive(Debug, PartialEq, Eq)]
pub enum Sign {
    /// So many octets have come.
    Spoke(usize),
    /// A FIN has come.
    Closed,
    /// A reset has come.
    Forgotten,
    /// Nobody has answered the kernel's probes.
    Dead,
}

/// The shortest and the longest limit, in seconds.
const LIMITS: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(3)..=Duration::from_secs(8 * 60 * 60);

/// So many probes without an answer in a row mean that the client is dead.
const PROBES: u32 = 2;

/// Has the kernel find out within `limit` that the client is dead.
pub fn watch(socket: &Socket, limit: Duration) -> io::Result<()> {
    if !LIMITS.contains(&limit) {
        return Err(io::Error::new(
            ErrorKind::InvalidInput,
            format!("a limit must be between 3 s and 8 hours, and {limit:?} is not"),
        ));
    }
    // The kernel's settings are whole seconds. The waits share the limit; what is left goes to the first silence.
    let seconds = limit.as_secs();
    let interval = seconds / u64::from(PROBES + 1);
    let silence = seconds - u64::from(PROBES) * interval;
    let keepalive = TcpKeepalive::new()
        .with_time(Duration::from_secs(silence))
        .with_interval(Duration::from_secs(interval))
        .with_retries(PROBES);
    socket.set_tcp_keepalive(&keepalive)
}

/// Waits until there is a sign of the client, or the kernel has found that there will be none.
pub fn wait_for_sign(mut socket: &Socket, buffer: &mut [u8]) -> io::Result<Sign> {
    loop {
        match socket.read(buffer) {
            Ok(0) => return Ok(Sign::Closed),
            Ok(octets) => return Ok(Sign::Spoke(octets)),
            Err(error) => match error.kind() {
                ErrorKind::Interrupted => {}
                ErrorKind::ConnectionReset => return Ok(Sign::Forgotten),
                ErrorKind::TimedOut => return Ok(Sign::Dead),
                _ => return Err(error),
            },
        }
    }
}

/// Asks the client's program, and returns whether it has answered within `limit`.
pub fn heartbeat(socket: &Socket, limit: Duration) -> io::Result<bool> {
    let usual = socket.read_timeout()?;
    let answered = ask(socket, limit);
    socket.set_read_timeout(usual)?;
    answered
}

/// A timeout of zero, or of less than a microsecond, would mean none.
const SHORTEST_TIMEOUT: Duration = Duration::from_millis(1);

fn ask(mut socket: &Socket, limit: Duration) -> io::Result<bool> {
    const ANSWER: &[u8; 5] = b"PONG\n";
    let begun = Instant::now();
    socket.write_all(b"PING\n")?;
    let mut answer = [0; ANSWER.len()];
    let mut have = 0;
    while have < ANSWER.len() {
        let left = limit.saturating_sub(begun.elapsed());
        if left.is_zero() {
            return Ok(false);
        }
        socket.set_read_timeout(Some(left.max(SHORTEST_TIMEOUT)))?;
        match socket.read(&mut answer[have..]) {
            Ok(0) => {
                return Err(io::Error::new(
                    ErrorKind::UnexpectedEof,
                    "the client has closed before its answer was complete",
                ));
            }
            Ok(octets) => have += octets,
            // The loop asks the clock whether the limit has passed.
            Err(error)
                if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => {}
            Err(error) => return Err(error),
        }
        if answer[..have] != ANSWER[..have] {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                format!("\"{}\" is no answer", answer[..have].escape_ascii()),
            ));
        }
    }
    Ok(true)
}
