//! Sends spans to a collector: OTLP over HTTP, in JSON.

use super::span::Span;
use super::{count, otlp};
use crate::config::{Endpoint, Traces as Settings};
use crate::metrics::{Metrics, Unsent};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{CONNECTION, CONTENT_TYPE, HOST, RETRY_AFTER};
use hyper::{Method, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

/// Attempts for a batch; later ones are dropped meanwhile, once the queue is full.
const ATTEMPTS: u32 = 4;
/// Before the second attempt; doubled before each later one.
const PAUSE: Duration = Duration::from_secs(1);
/// A collector may ask for no longer pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// For what is left when the service stops.
const LAST: Duration = Duration::from_secs(2);
/// Of a collector's answer.
const ANSWER_BYTES: usize = 64 << 10;

/// The task that sends.
#[derive(Debug)]
pub(crate) struct Exporting {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Exporting {
    pub(super) fn start(
        settings: Settings,
        origin: String,
        queue: mpsc::Receiver<Span>,
        metrics: Arc<Metrics>,
    ) -> Self {
        let (stop, stopped) = oneshot::channel();
        let batch = Vec::new();
        let exporter = Exporter { settings, origin, queue, metrics, batch, failing: false };
        Self { stop, task: tokio::spawn(exporter.run(stopped)) }
    }

    /// Sends what is left, for a short while.
    pub(crate) async fn finish(self) {
        // The task waits for this word; if it has ended badly, there is nothing to send.
        let _ = self.stop.send(());
        if let Err(error) = self.task.await {
            tracing::error!(%error, "sending traces ended badly");
        }
    }
}

struct Exporter {
    settings: Settings,
    origin: String,
    queue: mpsc::Receiver<Span>,
    metrics: Arc<Metrics>,
    /// What is being collected or sent.
    batch: Vec<Span>,
    failing: bool,
}

/// Why a batch was not taken.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// It may be tried again, not before the pause that the collector asks for.
    #[error("{0}")]
    ForNow(String, Option<Duration>),
    /// It would be refused again.
    #[error("{0}")]
    ForGood(String),
}

impl Exporter {
    async fn run(mut self, stopped: oneshot::Receiver<()>) {
        tokio::select! {
            () = self.send_batches() => {}
            _ = stopped => {}
        }
        self.queue.close();
        // Whatever was under way is in the batch still: a collector knows spans by their ids.
        if timeout(LAST, self.send_rest()).await.is_err() {
            let left = self.batch.len() + self.queue.len();
            self.metrics.spans_dropped(Unsent::Stopped, left);
            tracing::warn!(left, "the last traces could not be sent in time");
        }
    }

    async fn send_batches(&mut self) {
        while self.collect().await {
            self.send_batch().await;
        }
    }

    async fn send_rest(&mut self) {
        loop {
            let room = count(self.settings.batch_spans).saturating_sub(self.batch.len());
            self.queue.recv_many(&mut self.batch, room).await;
            if self.batch.is_empty() {
                return;
            }
            self.send_batch().await;
        }
    }

    /// Waits for the first span, and then for more until the batch is full or it is time. False when there will be none.
    async fn collect(&mut self) -> bool {
        let most = count(self.settings.batch_spans);
        if self.queue.recv_many(&mut self.batch, most).await == 0 {
            return false;
        }
        let full = async {
            while self.batch.len() < most {
                let room = most - self.batch.len();
                if self.queue.recv_many(&mut self.batch, room).await == 0 {
                    return;
                }
            }
        };
        // Either way the batch is sent.
        let _ = timeout(Duration::from_secs(self.settings.every_seconds), full).await;
        true
    }

    /// Sends the batch, some times if need be, and empties it.
    async fn send_batch(&mut self) {
        let spans = self.batch.len();
        match self.delivered().await {
            Ok(refused) => {
                self.metrics.spans_sent(spans.saturating_sub(refused));
                self.metrics.spans_dropped(Unsent::NotAccepted, refused);
                if std::mem::take(&mut self.failing) {
                    tracing::info!("the collector takes traces again");
                }
            }
            Err(failure) => {
                self.metrics.spans_dropped(Unsent::NotAccepted, spans);
                if !std::mem::replace(&mut self.failing, true) {
                    tracing::warn!(%failure, endpoint = %self.settings.endpoint, "the collector does not take traces");
                }
            }
        }
        self.batch.clear();
    }

    /// Tries until the batch is taken, and gives how many spans of it were refused.
    async fn delivered(&self) -> Result<usize, Failure> {
        let body = otlp::request(&self.origin, &self.batch);
        let body = Bytes::from(body.map_err(|error| Failure::ForGood(error.to_string()))?);
        let mut pause = PAUSE;
        let mut attempt = 1;
        loop {
            let limit = Duration::from_secs(self.settings.timeout_seconds);
            let late = |_| Failure::ForNow("no answer in time".to_owned(), None);
            match timeout(limit, post(&self.settings.endpoint, body.clone())).await.map_err(late).flatten() {
                Err(Failure::ForNow(_, asked)) if attempt < ATTEMPTS => {
                    sleep(asked.unwrap_or_default().clamp(pause, LONGEST_PAUSE)).await;
                    pause *= 2;
                    attempt += 1;
                }
                ended => return ended,
            }
        }
    }
}

/// One request over a connection of its own. Gives how many spans the collector refused.
async fn post(endpoint: &Endpoint, body: Bytes) -> Result<usize, Failure> {
    let stream = TcpStream::connect(endpoint.address()).await.map_err(|error| for_now(&error))?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| for_now(&error))?;
    // Ends with this function, whatever the other side does.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let request = hyper::Request::builder()
        .method(Method::POST)
        .uri(endpoint.path())
        .header(HOST, endpoint.authority())
        .header(CONTENT_TYPE, "application/json")
        .header(CONNECTION, "close")
        .body(Full::new(body))
        .map_err(|error| Failure::ForGood(error.to_string()))?;
    let response = sender.send_request(request).await.map_err(|error| for_now(&error))?;
    let status = response.status();
    let asked = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    if status.is_success() {
        let answer = Limited::new(response.into_body(), ANSWER_BYTES).collect().await;
        // What cannot be read says nothing against the batch.
        return Ok(answer.map_or(0, |answer| refused(&answer.to_bytes())));
    }
    let said = format!("it answered {status}");
    match status {
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Err(Failure::ForNow(said, asked.map(Duration::from_secs))),
        _ => Err(Failure::ForGood(said)),
    }
}

fn for_now(error: &dyn std::fmt::Display) -> Failure {
    Failure::ForNow(error.to_string(), None)
}

/// Spans that the collector took apart from the rest: `partialSuccess.rejectedSpans`, a 64-bit number, so mostly text.
fn refused(answer: &[u8]) -> usize {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let rejected = answer.pointer("/partialSuccess/rejectedSpans");
    let number = rejected.and_then(|value| value.as_u64().or_else(|| value.as_str()?.parse().ok()));
    usize::try_from(number.unwrap_or_default()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::refused;

    #[test]
    fn a_collector_may_refuse_a_part() {
        assert_eq!(refused(br#"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"late"}}"#), 3);
        assert_eq!(refused(br#"{"partialSuccess":{"rejectedSpans":3}}"#), 3);
        assert_eq!(refused(br#"{"partialSuccess":{}}"#), 0);
        assert_eq!(refused(b"{}"), 0);
        assert_eq!(refused(b""), 0);
    }
}
