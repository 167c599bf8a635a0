//! Wrong: a response that is ready can leave.
//! Fails: responses_leave_in_the_order_of_the_requests

use std::collections::{BTreeMap, VecDeque};

#[path = "../../../../exercises/http/pipelining/src/message.rs"]
pub mod message;
#[path = "../../../../exercises/http/pipelining/src/server.rs"]
pub mod server;

use message::{Request, refusal, response};

/// The most requests of a connection that are open.
pub const MOST_OPEN: usize = 8;

/// What a server knows of one connection on which a client sends requests without waiting for the responses.
#[derive(Debug, Default)]
pub struct Pipeline {
    /// What has come and belongs to no request that has been given out.
    unread: Vec<u8>,
    /// The requests whose handlers are running, by their number.
    running: BTreeMap<usize, Request>,
    /// What is ready.
    ready: VecDeque<Vec<u8>>,
    /// How many requests have been given out.
    started: usize,
    /// No request comes behind those that are open: one of them is the last.
    last: bool,
    /// No octets come any more.
    ended: bool,
}

impl Pipeline {
    /// One read has brought these octets.
    pub fn received(&mut self, octets: &[u8]) {
        self.unread.extend_from_slice(octets);
    }

    /// The client has ended its side.
    pub fn client_has_ended(&mut self) {
        self.ended = true;
    }

    /// The next request, if its handler may run now, with its number.
    pub fn start(&mut self) -> Option<(usize, Request)> {
        if self.last || self.running.len() + self.ready.len() == MOST_OPEN {
            return None;
        }
        match Request::first(&self.unread) {
            Ok(None) => None,
            Ok(Some((request, _))) if !self.may_run(&request) => None,
            Ok(Some((request, length))) => {
                self.unread.drain(..length);
                self.last = request.last;
                let number = self.started;
                self.started += 1;
                self.running.insert(number, request.clone());
                Some((number, request))
            }
            Err(refused) => {
                self.last = true;
                self.ready.push_back(refusal(refused));
                None
            }
        }
    }

    /// Whether a request may run beside those that are running.
    fn may_run(&self, request: &Request) -> bool {
        let mut running = self.running.values();
        running.all(|other| request.is_safe() && other.is_safe())
    }

    /// The handler of the request with this number has made this content.
    pub fn finished(&mut self, number: usize, content: &[u8]) {
        if let Some(request) = self.running.remove(&number) {
            self.ready.push_back(response(&request, content));
        }
    }

    /// The next response, if it may leave now.
    pub fn send(&mut self) -> Option<Vec<u8>> {
        self.ready.pop_front()
    }

    /// Whether the server should read.
    pub fn wants_more(&self) -> bool {
        !self.last && !self.ended && self.has_no_whole_request()
    }

    /// Whether the server should close.
    pub fn is_over(&self) -> bool {
        self.running.is_empty()
            && self.ready.is_empty()
            && (self.last || self.ended && self.has_no_whole_request())
    }

    /// Whether what has come is not enough to decide anything.
    fn has_no_whole_request(&self) -> bool {
        matches!(Request::first(&self.unread), Ok(None))
    }
}
