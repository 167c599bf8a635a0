//! Your pipeline in the server of `src/server.rs`, on a host of the laboratory.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lab::peer::{call_from, listen};
use lab::{Net, Side, Task, addresses};
use pipelining::message::{Request, response};
use pipelining::server::serve;
use socket2::Socket;
use trace::{ControlBits, Segment};

/// A patience that no test uses up.
const LONG: Duration = Duration::from_secs(20);

/// Handlers that finish when the test says so.
struct Handlers(BTreeMap<&'static str, Sender<()>>);

/// The server's program.
type Serving = Task<io::Result<()>>;

/// A client's socket, and your server, which has handlers for these targets.
fn play(net: &mut Net, targets: &[&'static str]) -> io::Result<(Socket, Serving, Handlers)> {
    let listener = net.server().run(|| listen(addresses::server(80)))?;
    let (client, server) = call_from(net, 40000, &listener)?;
    let mut finish = BTreeMap::new();
    let mut wait: BTreeMap<&str, Arc<Mutex<Receiver<()>>>> = BTreeMap::new();
    for target in targets {
        let (sender, receiver) = channel();
        finish.insert(*target, sender);
        wait.insert(target, Arc::new(Mutex::new(receiver)));
    }
    let handler = move |request: &Request| {
        if let Some(Ok(wait)) = wait.get(&request.target[..]).map(|wait| wait.lock()) {
            // The test has ended if nobody sends any more.
            let _ = wait.recv();
        }
        content(&request.target).into_bytes()
    };
    let serving = net.server().start(move || serve(server, handler, LONG));
    Ok((client, serving, Handlers(finish)))
}

impl Handlers {
    fn finish(&self, net: &mut Net, target: &str) {
        if let Some(finish) = self.0.get(target) {
            // A handler that has never run has no receiver to wait; the responses will tell.
            let _ = finish.send(());
        }
        net.settle();
    }
}

fn content(target: &str) -> String {
    format!("this is {target}")
}

fn get(target: &str, fields: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: server\r\n{fields}\r\n")
}

/// What the server should have sent to requests for these targets, of which the last may say close.
fn responses(targets: &[&str], closes: bool) -> Vec<u8> {
    let responses = targets.iter().enumerate().map(|(number, target)| {
        let request = Request {
            method: "GET".to_owned(),
            target: (*target).to_owned(),
            content: Vec::new(),
            last: closes && number + 1 == targets.len(),
        };
        response(&request, content(target).as_bytes())
    });
    responses.collect::<Vec<_>>().concat()
}

/// How many octets the server has sent.
fn octets_sent(net: &Net) -> usize {
    net.trace()
        .sent_by(Side::Server)
        .map(|segment| segment.payload.len())
        .sum()
}

/// Reads to the end.
fn read_all(net: &mut Net, client: &mut Socket) -> io::Result<Vec<u8>> {
    let mut read = Vec::new();
    net.client().run(|| client.read_to_end(&mut read))?;
    Ok(read)
}

#[track_caller]
fn expect_responses(found: &[u8], expected: &[u8]) {
    assert!(
        found == expected,
        "the responses come in the order of the requests (RFC 9112 section 9.3.2).\nexpected: \"{}\"\nfound:    \"{}\"",
        expected.escape_ascii(),
        found.escape_ascii()
    );
}

/// Three requests in one segment, of which the first takes longest.
pub(crate) fn three_requests(net: &mut Net) -> io::Result<()> {
    let targets = ["/1", "/2", "/3"];
    let (mut client, serving, handlers) = play(net, &targets)?;
    let requests: String = targets.iter().map(|target| get(target, "")).collect();
    net.client().run(|| client.write_all(requests.as_bytes()))?;
    for target in ["/3", "/2"] {
        handlers.finish(net, target);
        let sent = octets_sent(net);
        assert!(
            sent == 0,
            "the handler of {target} has finished, and that of /1 has not: nothing may leave before the response to /1 (RFC 9112 section 9.3.2). The wire saw {sent} octets of the \
             server's"
        );
    }
    handlers.finish(net, "/1");
    let expected = responses(&targets, false);
    let sent = octets_sent(net);
    assert!(
        sent == expected.len(),
        "all three handlers have finished: three responses, {} octets, may leave. The wire saw {sent} octets of the server's",
        expected.len()
    );
    // The server goes on until the client has ended its side.
    net.client().run(|| client.shutdown(Shutdown::Write))?;
    expect_responses(&read_all(net, &mut client)?, &expected);
    serving.join(net)
}

/// Three requests, of which the second says close; the third comes in a segment of its own, and again and again.
pub(crate) fn last_of_two(net: &mut Net) -> io::Result<()> {
    let (mut client, serving, handlers) = play(net, &["/1", "/2"])?;
    let requests = get("/1", "") + &get("/2", "Connection: close\r\n");
    net.client().run(|| client.write_all(requests.as_bytes()))?;
    for _ in 0..3 {
        net.client()
            .run(|| client.write_all(get("/3", "").as_bytes()))?;
    }
    handlers.finish(net, "/2");
    handlers.finish(net, "/1");
    let ends = |segment: &Segment| segment.control.contains(ControlBits::FIN);
    assert!(
        net.trace()
            .sent_by(Side::Server)
            .any(|segment| ends(&segment)),
        "both handlers have finished, and the second response says close: the server MUST end the connection behind it (RFC 9112 section 9.6). The wire saw no FIN of the server's"
    );
    let read = read_all(net, &mut client)?;
    expect_responses(&read, &responses(&["/1", "/2"], true));
    net.client().run(move || drop(client));
    let served = serving.join(net);
    let reset = |control: ControlBits| control.contains(ControlBits::RST);
    assert!(
        !net.trace()
            .segments()
            .any(|(_, segment)| reset(segment.control)),
        "the server closes in stages, so that no reset overtakes the last response (RFC 9112 section 9.6). The wire saw a reset"
    );
    served
}
