//! hyper's HTTP/1 server.

use std::convert::Infallible;
use std::io;
use std::rc::Rc;

pub use bytes::Bytes;
use futures_util::stream::unfold;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
pub use hyper::http::HeaderMap;
use hyper::server::conn::http1;
use hyper::service::service_fn;
pub use hyper::{Request, Response, StatusCode, body::Incoming, header::HeaderValue};
use hyper_util::rt::TokioIo;
use socket2::Socket;
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::{LocalSet, spawn_local};

/// What a server answers with.
pub type Answer = Response<UnsyncBoxBody<Bytes, Infallible>>;

/// Content that is known as a whole: hyper says its length in `content-length`.
#[must_use]
pub fn whole(content: impl Into<Bytes>) -> Answer {
    Response::new(Full::new(content.into()).boxed_unsync())
}

/// Content that comes piece by piece, until the sender of the pieces is dropped: to an HTTP/1.1 client hyper sends each piece as a chunk.
#[must_use]
pub fn pieces(pieces: UnboundedReceiver<Bytes>) -> Answer {
    let frames = unfold(pieces, |mut pieces| async {
        let piece = pieces.recv().await?;
        Some((Ok(Frame::data(piece)), pieces))
    });
    Response::new(StreamBody::new(frames).boxed_unsync())
}

/// The content of a request. hyper reads it now, and tells a client that waits for it with a 100 (Continue).
///
/// # Errors
/// The connection has ended before the content has, or its framing is wrong.
pub async fn content(request: Request<Incoming>) -> io::Result<Bytes> {
    let content = request.into_body().collect().await;
    Ok(content.map_err(io::Error::other)?.to_bytes())
}

/// The content of a request, and the trailers behind it.
///
/// # Errors
/// Those of [`content`].
pub async fn content_and_trailers(request: Request<Incoming>) -> io::Result<(Bytes, HeaderMap)> {
    let collected = request.into_body().collect().await;
    let collected = collected.map_err(io::Error::other)?;
    let trailers = collected.trailers().cloned().unwrap_or_default();
    Ok((collected.to_bytes(), trailers))
}

/// Takes so many connections from a listening socket, all at the same time, and answers the requests that come on each, in their order.
/// Returns when the last of them has ended; the listening socket is closed when the last has come.
///
/// # Errors
/// A connection cannot be accepted, or has ended in the middle of a message.
pub fn serve<F, A>(listener: Socket, connections: usize, answer: F) -> io::Result<()>
where
    F: Fn(Request<Incoming>) -> A + 'static,
    A: Future<Output = Answer> + 'static,
{
    let runtime = runtime()?;
    let answer = Rc::new(answer);
    let serving = async move {
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener.into())?;
        let mut served = Vec::new();
        for _ in 0..connections {
            let (stream, _peer) = listener.accept().await?;
            let answer = answer.clone();
            let service = service_fn(move |request| {
                let answered = answer(request);
                async { Ok::<Answer, Infallible>(answered.await) }
            });
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            served.push(spawn_local(connection));
        }
        drop(listener);
        for connection in served {
            let ended = connection.await.map_err(io::Error::other)?;
            ended.map_err(io::Error::other)?;
        }
        Ok(())
    };
    runtime.block_on(LocalSet::new().run_until(serving))
}

/// One thread for everything, so that a host's calls come in one order.
pub(crate) fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
}
