//! Wrong: a read that waits no longer than the limit keeps the limit.
//! Fails: a_program_that_sleeps_answers_no_heartbeat

use std::io::{self, ErrorKind, Read, Write};
use std::time::Duration;

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
    socket.write_all(b"PING\n")?;
    socket.set_read_timeout(Some(limit.max(SHORTEST_TIMEOUT)))?;
    let mut answer = Vec::new();
    while answer.len() < 5 {
        let mut octet = [0; 1];
        match socket.read(&mut octet) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(_) => answer.push(octet[0]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
            Err(error) => return Err(error),
        }
        if !b"PONG\n".starts_with(&answer) {
            return Err(ErrorKind::InvalidData.into());
        }
    }
    Ok(true)
}
