//! A server without sockets around your pipeline, which knows what each call has to give.

use std::collections::BTreeMap;

use pipelining::Pipeline;
use pipelining::message::{Refused, Request, refusal, response};

/// What `pipelining::MOST_OPEN` is, and has to be.
pub(crate) const MOST_OPEN: usize = 8;

const _: () = assert!(
    pipelining::MOST_OPEN == MOST_OPEN,
    "these tests are made for a MOST_OPEN of 8"
);

/// What a client sends, one thing behind the other.
#[derive(Clone, Debug)]
pub(crate) enum Sent {
    Request(Request),
    /// What is no request, and why.
    Broken(String, Refused),
}

impl Sent {
    pub(crate) fn octets(&self) -> Vec<u8> {
        match self {
            Sent::Request(request) => {
                let (method, target) = (&request.method, &request.target);
                let close = if request.last {
                    "Connection: close\r\n"
                } else {
                    ""
                };
                let length = match request.content.len() {
                    0 => String::new(),
                    length => format!("Content-Type: text/plain\r\nContent-Length: {length}\r\n"),
                };
                let head =
                    format!("{method} {target} HTTP/1.1\r\nHost: server\r\n{close}{length}\r\n");
                [head.as_bytes(), &request.content].concat()
            }
            Sent::Broken(octets, _) => octets.as_bytes().to_vec(),
        }
    }
}

/// A request without content.
pub(crate) fn request(method: &str, target: &str) -> Sent {
    Sent::Request(Request {
        method: method.to_owned(),
        target: target.to_owned(),
        content: Vec::new(),
        last: false,
    })
}

/// So many requests with the method GET.
pub(crate) fn gets(count: usize) -> Vec<Sent> {
    let get = |number| request("GET", &format!("/{number}"));
    (0..count).map(get).collect()
}

pub(crate) fn octets(sent: &[Sent]) -> Vec<u8> {
    sent.iter().flat_map(Sent::octets).collect()
}

/// What a call has given, and should not have.
pub(crate) type Outcome<T> = Result<T, String>;

/// One connection.
pub(crate) struct Play {
    pipeline: Pipeline,
    sent: Vec<Sent>,
    stream: Vec<u8>,
    /// Where in the stream each thing ends.
    ends: Vec<usize>,
    /// How many octets have come.
    came: usize,
    ended: bool,
    /// How many have been given out by `start()`, what is no request included.
    started: usize,
    /// The numbers whose handlers are running.
    pub(crate) running: Vec<usize>,
    ready: BTreeMap<usize, Vec<u8>>,
    /// How many responses have left.
    pub(crate) answered: usize,
    closing: bool,
    story: Vec<String>,
    watches_reading: bool,
    watches_the_end: bool,
}

impl Play {
    pub(crate) fn of(sent: &[Sent]) -> Play {
        let mut end = 0;
        let ends = sent.iter().map(|sent| {
            end += sent.octets().len();
            end
        });
        let ends = ends.collect();
        Play {
            pipeline: Pipeline::default(),
            sent: sent.to_vec(),
            stream: octets(sent),
            ends,
            came: 0,
            ended: false,
            started: 0,
            running: Vec::new(),
            ready: BTreeMap::new(),
            answered: 0,
            closing: false,
            story: Vec::new(),
            watches_reading: false,
            watches_the_end: false,
        }
    }

    /// The same, and `wants_more()` is looked at.
    pub(crate) fn watching_reading(self) -> Play {
        Play {
            watches_reading: true,
            ..self
        }
    }

    /// The same, and `is_over()` is looked at.
    pub(crate) fn watching_the_end(self) -> Play {
        Play {
            watches_the_end: true,
            ..self
        }
    }

    /// How many octets have not come yet.
    pub(crate) fn left(&self) -> usize {
        self.stream.len() - self.came
    }

    /// Whether the server would read.
    pub(crate) fn reads(&self) -> bool {
        !self.closing && !self.ended && !self.is_whole()
    }

    /// The server reads as long as it would, and something comes.
    pub(crate) fn read(&mut self, size: usize) -> Outcome<()> {
        while self.reads() && self.left() > 0 {
            self.receive(size)?;
        }
        Ok(())
    }

    /// One read brings so many octets, or what is left.
    pub(crate) fn receive(&mut self, count: usize) -> Outcome<()> {
        let end = self.stream.len().min(self.came + count);
        let read = &self.stream[self.came..end];
        self.story.push(format!(
            "received({} octets): \"{}\"",
            read.len(),
            shown(read)
        ));
        self.pipeline.received(read);
        self.came = end;
        self.go_on()
    }

    /// The client has ended its side.
    pub(crate) fn end(&mut self) -> Outcome<()> {
        self.story.push("client_has_ended()".to_owned());
        self.pipeline.client_has_ended();
        self.ended = true;
        self.go_on()
    }

    /// A handler that is running finishes.
    pub(crate) fn finish(&mut self, number: usize) -> Outcome<()> {
        let content = format!("answer {number}");
        self.running.retain(|running| *running != number);
        if let Sent::Request(request) = &self.sent[number] {
            let response = response(request, content.as_bytes());
            self.ready.insert(number, response);
        }
        self.tell_finished(number, &content)
    }

    /// The pipeline hears of a handler that it does not have.
    pub(crate) fn finish_nothing(&mut self, number: usize) -> Outcome<()> {
        self.tell_finished(number, "of no handler")
    }

    fn tell_finished(&mut self, number: usize, content: &str) -> Outcome<()> {
        self.story
            .push(format!("finished({number}, \"{content}\")"));
        self.pipeline.finished(number, content.as_bytes());
        self.go_on()
    }

    /// The calls that the server makes after each event, until none gives anything.
    fn go_on(&mut self) -> Outcome<()> {
        while self.start()? || self.send()? {}
        if self.watches_reading {
            let expected = self.reads();
            let found = self.pipeline.wants_more();
            self.expect("wants_more()", found == expected, &expected, &found)?;
        }
        if self.watches_the_end {
            let expected = self.is_over();
            let found = self.pipeline.is_over();
            self.expect("is_over()", found == expected, &expected, &found)?;
        }
        Ok(())
    }

    pub(crate) fn is_over(&self) -> bool {
        self.started == self.answered && (self.closing || self.ended && !self.is_whole())
    }

    /// Whether the next request, or what is none, is here, and has not been given out.
    fn is_whole(&self) -> bool {
        (self.ends.get(self.started)).is_some_and(|end| *end <= self.came)
    }

    /// One call of `start()`.
    fn start(&mut self) -> Outcome<bool> {
        let number = self.started;
        let room = number - self.answered < MOST_OPEN;
        let mut expected = None;
        if !self.closing && room && self.is_whole() {
            match &self.sent[number] {
                Sent::Request(request) if self.may_run(request) => {
                    expected = Some((number, request.clone()));
                    self.closing = request.last;
                    self.running.push(number);
                    self.started += 1;
                }
                Sent::Request(_) => {}
                Sent::Broken(_, refused) => {
                    self.closing = true;
                    self.ready.insert(number, refusal(*refused));
                    self.started += 1;
                }
            }
        }
        let found = self.pipeline.start();
        self.expect("start()", found == expected, &expected, &found)?;
        if let Some((number, request)) = found {
            let call = format!("start() gives number {number}, {}", line(&request));
            self.story.push(call);
            return Ok(true);
        }
        Ok(false)
    }

    fn may_run(&self, request: &Request) -> bool {
        self.running.iter().all(|number| match &self.sent[*number] {
            Sent::Request(other) => request.is_safe() && other.is_safe(),
            Sent::Broken(..) => true,
        })
    }

    /// One call of `send()`.
    fn send(&mut self) -> Outcome<bool> {
        let expected = self.ready.remove(&self.answered);
        let found = self.pipeline.send();
        let told = |response: &Option<Vec<u8>>| {
            let told = |octets: &Vec<u8>| format!("\"{}\"", octets.escape_ascii());
            response.as_ref().map_or("None".to_owned(), told)
        };
        if found != expected {
            let due = self.answered;
            return Err(self.told(
                "send()",
                &format!(
                    "{} (the response that is due is number {due}'s)",
                    told(&expected)
                ),
                &told(&found),
            ));
        }
        if found.is_none() {
            return Ok(false);
        }
        self.story.push(format!(
            "send() gives the response of number {}",
            self.answered
        ));
        self.answered += 1;
        Ok(true)
    }

    fn expect<T: std::fmt::Debug>(
        &self,
        call: &str,
        is_right: bool,
        expected: &T,
        found: &T,
    ) -> Outcome<()> {
        if is_right {
            return Ok(());
        }
        Err(self.told(call, &format!("{expected:?}"), &format!("{found:?}")))
    }

    fn told(&self, call: &str, expected: &str, found: &str) -> String {
        let running = match &self.running[..] {
            [] => "no handler".to_owned(),
            running => format!("{running:?}"),
        };
        // The end says most.
        const SHOWN: usize = 24;
        let left_out = self.story.len().saturating_sub(SHOWN);
        let before = match left_out {
            0 => String::new(),
            more => format!("\n  ({more} calls before these)"),
        };
        format!(
            "{call} should give {expected}\nand gives        {found}\nThere should now be open: {}; running: {running}. The calls up to here:{before}\n  {}",
            self.started - self.answered,
            self.story[left_out..].join("\n  ")
        )
    }
}

fn line(request: &Request) -> String {
    format!("{} {}", request.method, request.target)
}

fn shown(octets: &[u8]) -> String {
    const SHOWN: usize = 70;
    let begin = &octets[..octets.len().min(SHOWN)];
    let more = if octets.len() > SHOWN { "..." } else { "" };
    format!("{}{more}", begin.escape_ascii())
}
