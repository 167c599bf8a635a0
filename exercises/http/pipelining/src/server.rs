//! Given: a server of bare socket calls around your [`Pipeline`].
//!
//! There is nothing to fill in here. One thread has the pipeline and writes. One thread reads, once each time that it is told to. And each
//! request that is being worked on has a thread of its own.

use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use socket2::Socket;

use crate::message::Request;
use crate::{MOST_OPEN, Pipeline};

/// The most octets that one read takes.
const READ: usize = 4_096;

/// The most octets that are read and thrown away behind the last response.
const THROWN_AWAY: usize = 65_536;

/// What the thread with the pipeline is told.
enum News {
    /// One read has ended so. No octets: the client has ended its side.
    Read(io::Result<Vec<u8>>),
    /// The handler of a request has finished with this content, or has panicked.
    Finished(usize, thread::Result<Vec<u8>>),
}

/// Answers the requests that come on a connection, until it is over. `handler` makes the content of a response, for several requests at
/// the same time. Behind the last response it waits at most so long for the client's end, before it closes (RFC 9112 section 9.6). All
/// handlers have finished when it returns.
///
/// # Errors
/// Those of the socket calls, but for an interruption. A handler that has panicked. A pipeline that has more than [`MOST_OPEN`] requests running,
/// or that waits for nothing and is not over.
pub fn serve(
    client: Socket,
    handler: impl Fn(&Request) -> Vec<u8> + Sync,
    patience: Duration,
) -> io::Result<()> {
    // Each response leaves when it is written, and does not wait for the acknowledgment of the one before.
    client.set_tcp_nodelay(true)?;
    thread::scope(|scope| {
        let (report, news) = mpsc::channel();
        let (permit, permits) = mpsc::channel();
        let reports = report.clone();
        scope.spawn(|| read_when_permitted(&client, permits, reports));
        let mut reading = Reading {
            permit,
            news,
            under_way: false,
        };
        let run = |number, request: Request| {
            let (report, handler) = (report.clone(), &handler);
            scope.spawn(move || {
                let content = catch_unwind(AssertUnwindSafe(|| handler(&request)));
                // If nobody listens, the connection has failed.
                let _ = report.send(News::Finished(number, content));
            });
        };
        let served = answer_all(&client, &mut reading, run)
            .and_then(|()| close_in_stages(&client, &mut reading, patience));
        // This wakes the thread that reads, if it does. Of a connection that has ended already nothing else is left to end.
        let _ = client.shutdown(Shutdown::Both);
        served
    })
}

/// The thread that reads, seen from the one with the pipeline.
struct Reading {
    permit: Sender<()>,
    news: Receiver<News>,
    under_way: bool,
}

impl Reading {
    /// Permits one read, unless one is under way.
    fn begin(&mut self) -> io::Result<()> {
        if !self.under_way {
            self.permit.send(()).map_err(io::Error::other)?;
            self.under_way = true;
        }
        Ok(())
    }
}

fn read_when_permitted(mut client: &Socket, permits: Receiver<()>, report: Sender<News>) {
    let mut buffer = [0; READ];
    for () in permits {
        let read = loop {
            match client.read(&mut buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read.map(|length| buffer[..length].to_vec()),
            }
        };
        if report.send(News::Read(read)).is_err() {
            return;
        }
    }
}

// ANCHOR: answer_all
fn answer_all(
    mut client: &Socket,
    reading: &mut Reading,
    run: impl Fn(usize, Request),
) -> io::Result<()> {
    let mut pipeline = Pipeline::default();
    let mut running = 0;
    loop {
        while let Some((number, request)) = pipeline.start() {
            running += 1;
            if running > MOST_OPEN {
                return Err(io::Error::other("more than MOST_OPEN requests are running"));
            }
            run(number, request);
        }
        if let Some(response) = pipeline.send() {
            client.write_all(&response)?;
            continue;
        }
        if pipeline.is_over() {
            return Ok(());
        }
        if pipeline.wants_more() {
            reading.begin()?;
        }
        if running == 0 && !reading.under_way {
            return Err(io::Error::other(
                "nothing runs, no more is wanted, and it is not over",
            ));
        }
        match reading.news.recv().map_err(io::Error::other)? {
            News::Finished(number, content) => {
                running -= 1;
                let content = content.map_err(|_| io::Error::other("a handler has panicked"))?;
                pipeline.finished(number, &content);
            }
            News::Read(octets) => {
                reading.under_way = false;
                match octets? {
                    octets if octets.is_empty() => pipeline.client_has_ended(),
                    octets => pipeline.received(&octets),
                }
            }
        }
    }
}
// ANCHOR_END: answer_all

/// The last response is written: ends the server's side, and reads on until the client has ended its own.
fn close_in_stages(client: &Socket, reading: &mut Reading, patience: Duration) -> io::Result<()> {
    client.shutdown(Shutdown::Write)?;
    let begun = Instant::now();
    let mut thrown_away = 0;
    while thrown_away <= THROWN_AWAY {
        reading.begin()?;
        let left = patience.saturating_sub(begun.elapsed());
        match reading.news.recv_timeout(left) {
            Ok(News::Read(Ok(octets))) if !octets.is_empty() => {
                reading.under_way = false;
                thrown_away += octets.len();
            }
            _ => break,
        }
    }
    Ok(())
}
