//! One connection: who is silent, or does not take what is sent, is not waited for without end.

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::Watcher;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;
use tower::ServiceExt as _;

use crate::config::Limits;
use crate::held::Held;

/// Bytes of a connection that are kept in either direction; the headers of a request fit into it.
const BUFFER: usize = 64 << 10;
/// Requests at once of one HTTP/2 connection.
const REQUESTS: u32 = 32;

/// Answers until the other side ends, is silent for too long, or the service stops.
pub(crate) async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    router: Router,
    watcher: Watcher,
    limits: &Limits,
) {
    let (header_time, idle) = (Duration::from_secs(limits.header_seconds), limits.idle());
    let mut server = auto::Builder::new(TokioExecutor::new());
    // Whose body breaks off is told what became of it.
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(header_time)
        .max_buf_size(BUFFER)
        .half_close(true);
    server
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(20))
        .max_send_buf_size(BUFFER)
        .max_concurrent_streams(REQUESTS);
    let work = Arc::new(Work::default());
    let answers = {
        let work = Arc::clone(&work);
        service_fn(move |request: hyper::Request<Incoming>| {
            let (router, busy) = (router.clone(), Busy::new(&work));
            async move {
                let answer = router.oneshot(request.map(Body::new)).await;
                answer.map(|answer| answer.map(|body| Held::new(body, busy)))
            }
        })
    };
    let stream = TokioIo::new(Taken { stream, patience: idle, stuck: None, work: Arc::clone(&work) });
    let connection = server.serve_connection(stream, answers).into_owned();
    tokio::select! {
        ended = watcher.watch(connection) => {
            if let Err(error) = ended {
                tracing::debug!(error, "a connection ended early");
            }
        }
        () = work.silence(header_time, idle) => tracing::debug!("a silent connection was closed"),
    }
}

/// What goes on in a connection.
#[derive(Debug, Default)]
struct Work {
    /// Requests that began, and answers that a slow reader took some more of.
    moves: AtomicU64,
    /// Requests whose answer is not handed over yet.
    open: AtomicUsize,
}

impl Work {
    /// Resolves when nothing was asked, and no slow reader took more: for `first` at the beginning, or between one and two times `later` afterwards.
    async fn silence(&self, first: Duration, later: Duration) {
        let (mut patience, mut seen) = (first, 0);
        loop {
            tokio::time::sleep(patience).await;
            let moves = self.moves.load(Ordering::Relaxed);
            if moves == seen && self.open.load(Ordering::Relaxed) == 0 {
                return;
            }
            (patience, seen) = (later, moves);
        }
    }
}

/// A request in work, until its answer is handed over.
#[derive(Debug)]
struct Busy(Arc<Work>);

impl Busy {
    fn new(work: &Arc<Work>) -> Self {
        work.moves.fetch_add(1, Ordering::Relaxed);
        work.open.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(work))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A stream that fails when the other side takes nothing for too long.
struct Taken<S> {
    stream: S,
    patience: Duration,
    /// Runs while the other side takes nothing.
    stuck: Option<Pin<Box<Sleep>>>,
    work: Arc<Work>,
}

impl<S: Unpin> Taken<S> {
    /// What came of sending; waiting for too long fails.
    fn sent<T>(&mut self, sent: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if sent.is_ready() {
            if self.stuck.take().is_some() {
                self.work.moves.fetch_add(1, Ordering::Relaxed);
            }
            return sent;
        }
        let patience = self.patience;
        let stuck = self.stuck.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        ready!(stuck.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "what is sent is not taken")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Taken<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Taken<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let sent = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.sent(sent, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let sent = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.sent(sent, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let sent = Pin::new(&mut self.stream).poll_flush(cx);
        self.sent(sent, cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let sent = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.sent(sent, cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt as _;

    #[tokio::test(start_paused = true)]
    async fn silence_counts_only_while_nothing_is_in_work() {
        let (first, later) = (Duration::from_secs(10), Duration::from_secs(30));
        let start = tokio::time::Instant::now();
        Work::default().silence(first, later).await;
        assert_eq!(start.elapsed(), first);
        let work = Arc::new(Work::default());
        let busy = Busy::new(&work);
        let waited = tokio::time::timeout(Duration::from_hours(1), work.silence(first, later));
        assert!(waited.await.is_err(), "a request is in work");
        drop(busy);
        // The first look finds that something was asked since the beginning.
        let start = tokio::time::Instant::now();
        work.silence(first, later).await;
        assert_eq!(start.elapsed(), first + later);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_takes_nothing_is_given_up_and_whoever_takes_slowly_is_not() {
        let patience = Duration::from_secs(30);
        let taken = |stream| Taken { stream, patience, stuck: None, work: Arc::default() };
        let (here, _there) = tokio::io::duplex(10);
        let error = taken(here).write_all(&[0; 11]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let (here, mut there) = tokio::io::duplex(10);
        let slow = tokio::spawn(async move {
            let mut bytes = [0; 10];
            for _ in 0..10 {
                tokio::time::sleep(patience / 2).await;
                tokio::io::AsyncReadExt::read_exact(&mut there, &mut bytes).await.unwrap();
            }
        });
        taken(here).write_all(&[0; 100]).await.unwrap();
        slow.await.unwrap();
    }
}
