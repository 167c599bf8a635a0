//! Wrong: the request that says close is the last from when it is seen, and not from when it is given out.
//! Fails: nothing_is_answered_behind_the_last_response

use std::collections::VecDeque;
use std::mem;

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
    /// The requests that are open, in their order.
    open: VecDeque<Open>,
    /// How many responses have been given out: the number of the first that is open.
    sent: usize,
    /// No request comes behind those that are open: one of them is the last.
    last: bool,
    /// No octets come any more.
    ended: bool,
}

/// A request that is open.
#[derive(Debug)]
enum Open {
    Running(Request),
    Ready(Vec<u8>),
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
        if self.last || self.open.len() == MOST_OPEN {
            return None;
        }
        match Request::first(&self.unread) {
            Ok(None) => None,
            Ok(Some((request, length))) => {
                self.last = request.last;
                if !self.may_run(&request) {
                    return None;
                }
                self.unread.drain(..length);
                let number = self.sent + self.open.len();
                self.open.push_back(Open::Running(request.clone()));
                Some((number, request))
            }
            Err(refused) => {
                self.last = true;
                self.open.push_back(Open::Ready(refusal(refused)));
                None
            }
        }
    }

    /// Whether a request may run beside those that are running.
    fn may_run(&self, request: &Request) -> bool {
        self.open.iter().all(|open| match open {
            Open::Running(other) => request.is_safe() && other.is_safe(),
            Open::Ready(_) => true,
        })
    }

    /// The handler of the request with this number has made this content.
    pub fn finished(&mut self, number: usize, content: &[u8]) {
        let place = number.checked_sub(self.sent);
        let open = place.and_then(|place| self.open.get_mut(place));
        if let Some(open) = open
            && let Open::Running(request) = open
        {
            *open = Open::Ready(response(request, content));
        }
    }

    /// The next response, if it may leave now.
    pub fn send(&mut self) -> Option<Vec<u8>> {
        let Some(Open::Ready(response)) = self.open.front_mut() else {
            return None;
        };
        let response = mem::take(response);
        self.open.pop_front();
        self.sent += 1;
        Some(response)
    }

    /// Whether the server should read.
    pub fn wants_more(&self) -> bool {
        !self.last && !self.ended && self.has_no_whole_request()
    }

    /// Whether the server should close.
    pub fn is_over(&self) -> bool {
        self.open.is_empty() && (self.last || self.ended && self.has_no_whole_request())
    }

    /// Whether what has come is not enough to decide anything.
    fn has_no_whole_request(&self) -> bool {
        matches!(Request::first(&self.unread), Ok(None))
    }
}
