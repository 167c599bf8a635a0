//! Handlers finish in any order, and responses leave in the order of the requests.
//!
//! Its chapter is `book/http/pipelining.md`. Run `cargo test -p pipelining`.
//!
//! Fill in [`Pipeline`]: its fields and its seven functions. It makes no calls. It is told what has happened, and says what may be done now. Requests
//! and responses are read and made for you, in `src/message.rs`, and a server of bare socket calls stands around it, in `src/server.rs`. Begin with what the
//! server does: `answer_all` there calls all seven.

pub mod message;
pub mod server;

use message::Request;

/// The most requests of a connection that are open. A request is open from [`Pipeline::start`], which gives it out, until [`Pipeline::send`]
/// gives its response out.
pub const MOST_OPEN: usize = 8;

/// What a server knows of one connection on which a client sends requests without waiting for the responses.
///
/// What it has to remember is yours to decide: give it fields.
#[derive(Debug, Default)]
pub struct Pipeline {}

impl Pipeline {
    /// One read has brought these octets: a part of a request, a whole one, the end of one and the beginning of another, or many.
    pub fn received(&mut self, octets: &[u8]) {
        todo!("keep these {} octets", octets.len())
    }

    /// The client has ended its side, and no octets will come any more. It may still be interested in the responses (RFC 9112 section 9.6). A
    /// request of which only a part has come is forgotten.
    pub fn client_has_ended(&mut self) {
        todo!("remember it")
    }

    /// The next request, if its handler may run now, with its number. The server calls this until it gives `None`.
    ///
    /// The first request on the connection has the number 0, the next one 1, and so on. Each is given out once, in this order, as soon as:
    ///
    /// - it is whole ([`Request::first`]); and
    /// - fewer than [`MOST_OPEN`] requests are open; and
    /// - no handler is running, or this request and all whose handlers are running have safe methods ([`Request::is_safe`]; RFC 9112
    ///   section 9.3.2). A handler runs from here until [`Pipeline::finished`].
    ///
    /// Behind a request that is the last ([`Request::last`]) there is none (RFC 9112 section 9.6).
    ///
    /// What is no request ([`message::Refused`]) is not given out. If fewer than [`MOST_OPEN`] are open, [`message::refusal`] takes its place among the
    /// responses, without waiting for a handler; it is open until it is sent. Behind it there is no request either.
    pub fn start(&mut self) -> Option<(usize, Request)> {
        todo!("look at the request in front, and decide")
    }

    /// The handler of the request with this number has made this content. Its response is made by [`message::response`].
    ///
    /// Nothing happens if no handler of that number is running.
    pub fn finished(&mut self, number: usize, content: &[u8]) {
        todo!("keep the response of number {number}: {content:?}")
    }

    /// The next response, if it may leave now. The server calls this until it gives `None`.
    ///
    /// Responses leave in the order of the requests (RFC 9112 section 9.3.2), each once, and each as soon as it is ready and all before it have left.
    pub fn send(&mut self) -> Option<Vec<u8>> {
        todo!("look at the response that is due, and no other")
    }

    /// Whether the server should read. It asks after [`Pipeline::start`] has given `None`.
    ///
    /// It should not while something lies here that can be decided without reading, a whole request or what is no request, even if it may not be given out
    /// yet. So a client that sends and sends fills the buffers of TCP, and not the memory of the server (RFC 9112 section 9.5). And it should not
    /// behind the last request, behind what is no request, and when the client has ended its side.
    pub fn wants_more(&self) -> bool {
        todo!("true while only reading can bring the next request")
    }

    /// Whether the server should close: no request is open, and there will be none any more, because the last one was given out, or something was no
    /// request, or the client has ended its side and no whole request of it is left. It asks after [`Pipeline::send`] has given `None`.
    pub fn is_over(&self) -> bool {
        todo!("nothing is open, and nothing will be")
    }
}
