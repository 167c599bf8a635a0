//! A server of the built book on a free port of 127.0.0.1, which remembers what was asked of it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// What was asked for, and how it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// The path, without a query: `/handshake/why-three.html`.
    pub path: String,
    /// The status: 200, or 404 for a file that is not there.
    pub status: u16,
}

/// What becomes of a request for a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scripts {
    /// It is answered as any other.
    Sent,
    /// It is never answered.
    Withheld,
}

type Log = Arc<Mutex<Vec<Served>>>;

/// A running server; it ends when it is dropped.
pub struct Server {
    address: SocketAddr,
    log: Log,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves the files below `folder`, compressed as a web server would. Nothing may be cached, so
    /// that every page shows its whole weight.
    ///
    /// # Panics
    /// There is no free port.
    #[must_use]
    pub fn start(folder: PathBuf, scripts: Scripts) -> Server {
        let log = Log::default();
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .expect("a free port on 127.0.0.1");
        listener
            .set_nonblocking(true)
            .expect("a socket that does not block");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        let router = router(folder, scripts, &log);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).expect("a listener");
                tokio::select! {
                    ended = axum::serve(listener, router) => ended.expect("a server that goes on"),
                    _ = stopped => {}
                }
            });
        });
        Server {
            address,
            log,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was asked for since the last call.
    #[must_use]
    pub fn take_log(&self) -> Vec<Served> {
        std::mem::take(&mut self.log.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // An error means that the thread has ended already.
        let _ = self.stop.take().map(|stop| stop.send(()));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn router(folder: PathBuf, scripts: Scripts, log: &Log) -> Router {
    let log = Arc::clone(log);
    let remember = move |request: Request, next: Next| {
        let log = Arc::clone(&log);
        async move {
            let path = request.uri().path().to_owned();
            if scripts == Scripts::Withheld && path.ends_with(".js") {
                // Until the server ends.
                return std::future::pending().await;
            }
            let response = next.run(request).await;
            let status = response.status().as_u16();
            log.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(Served { path, status });
            response
        }
    };
    Router::new()
        .fallback_service(ServeDir::new(folder))
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(CompressionLayer::new())
        .layer(from_fn(remember))
}
