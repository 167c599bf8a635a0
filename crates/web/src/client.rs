//! hyper's HTTP/1 client.

use std::error::Error;
use std::io;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::http::request::Builder;
use hyper_util::rt::TokioIo;
use socket2::Socket;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::{JoinHandle, LocalSet, spawn_local};

pub use hyper::Response;

/// hyper's end of one connection.
pub struct Client {
    runtime: Runtime,
    tasks: LocalSet,
    sender: SendRequest<Full<Bytes>>,
    connection: JoinHandle<hyper::Result<()>>,
}

impl Client {
    /// Takes over a connected socket.
    ///
    /// # Errors
    /// The socket cannot be used without blocking.
    pub fn over(socket: Socket) -> io::Result<Client> {
        let runtime = crate::server::runtime()?;
        let tasks = LocalSet::new();
        let (sender, connection) = tasks.block_on(&runtime, async {
            socket.set_nonblocking(true)?;
            let stream = TcpStream::from_std(socket.into())?;
            let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(failure)?;
            io::Result::Ok((sender, spawn_local(connection)))
        })?;
        Ok(Client {
            runtime,
            tasks,
            sender,
            connection,
        })
    }

    /// Asks for a target, and returns the head of the response; [`Client::piece`] reads on.
    ///
    /// # Errors
    /// The server has closed, or has answered with something that is not HTTP.
    pub fn get(&mut self, target: &str) -> io::Result<Response<Incoming>> {
        self.get_with(target, &[])
    }

    /// As [`Client::get`], with more fields in the request.
    ///
    /// # Errors
    /// Those of [`Client::get`], and a field that cannot be one.
    pub fn get_with(
        &mut self,
        target: &str,
        fields: &[(&str, &str)],
    ) -> io::Result<Response<Incoming>> {
        let request = fields
            .iter()
            .fold(Request::get(target), |request, (name, value)| {
                request.header(*name, *value)
            });
        self.send(request, Bytes::new())
    }

    /// Sends content to a target, with its length in `content-length`, and returns the head of the response. It does not wait for the
    /// response with the content, nor the other way round.
    ///
    /// # Errors
    /// Those of [`Client::get`].
    pub fn post(
        &mut self,
        target: &str,
        content: impl Into<Bytes>,
    ) -> io::Result<Response<Incoming>> {
        self.send(Request::post(target), content.into())
    }

    fn send(&mut self, request: Builder, content: Bytes) -> io::Result<Response<Incoming>> {
        let request = request
            .header("host", "server")
            .body(Full::new(content))
            .map_err(io::Error::other)?;
        self.tasks.block_on(&self.runtime, async {
            self.sender.ready().await.map_err(failure)?;
            self.sender.send_request(request).await.map_err(failure)
        })
    }

    /// The next octets of a response's content, as they come; `None` at its end.
    ///
    /// # Errors
    /// The connection has ended before the content has, or its framing is wrong.
    pub fn piece(&mut self, response: &mut Response<Incoming>) -> io::Result<Option<Bytes>> {
        self.tasks.block_on(&self.runtime, async {
            while let Some(frame) = response.body_mut().frame().await {
                let frame = frame.map_err(failure)?;
                // What is no data is trailers.
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
            Ok(None)
        })
    }

    /// Waits, with no request outstanding, until the connection ends.
    ///
    /// # Errors
    /// Why it has ended, if the server has not closed it in order: it has sent something that nobody had asked for, say.
    pub fn ended(self) -> io::Result<()> {
        let ended = self.tasks.block_on(&self.runtime, self.connection);
        ended.map_err(io::Error::other)?.map_err(failure)
    }

    /// All of a response's content.
    ///
    /// # Errors
    /// Those of [`Client::piece`].
    pub fn content(&mut self, mut response: Response<Incoming>) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        while let Some(piece) = self.piece(&mut response)? {
            content.extend_from_slice(&piece);
        }
        Ok(content)
    }
}

/// hyper's error, of the kind of the socket call's that has failed, if one has.
fn failure(error: hyper::Error) -> io::Error {
    let cause = error.source().and_then(|cause| cause.downcast_ref());
    let kind = cause.map_or(io::ErrorKind::Other, io::Error::kind);
    io::Error::new(kind, error)
}
