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
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep, timeout, timeout_at};

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
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Exporting {
    pub(super) fn start(
        settings: Settings,
        origin: String,
        queue: mpsc::Receiver<Span>,
        metrics: Arc<Metrics>,
    ) -> Self {
        let (stop, stopping) = watch::channel(false);
        let batch = Vec::new();
        let exporter = Exporter { settings, origin, queue, metrics, stopping, batch, failing: false };
        Self { stop, task: tokio::spawn(exporter.run()) }
    }

    /// Sends what is left, for a short while.
    pub(crate) async fn finish(self) {
        self.stop.send_replace(true);
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
    /// True once nothing new will come.
    stopping: watch::Receiver<bool>,
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
    async fn run(mut self) {
        let mut stopping = self.stopping.clone();
        let in_time = {
            let mut sending = pin!(self.send_batches());
            tokio::select! {
                () = &mut sending => true,
                () = stopped(&mut stopping) => timeout(LAST, sending).await.is_ok(),
            }
        };
        if !in_time {
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

    /// Waits for the first span, and then for more until the batch is full or it is time. False when there will be none.
    async fn collect(&mut self) -> bool {
        let most = count(self.settings.batch_spans);
        if self.take(most).await == 0 {
            return false;
        }
        let until = Instant::now() + Duration::from_secs(self.settings.every_seconds.into());
        while self.batch.len() < most {
            let taken = timeout_at(until, self.take(most - self.batch.len())).await;
            if matches!(taken, Err(_) | Ok(0)) {
                break;
            }
        }
        true
    }

    /// Takes spans into the batch, and waits for the first. 0 once the service stops and all were taken.
    async fn take(&mut self, most: usize) -> usize {
        tokio::select! {
            biased;
            taken = self.queue.recv_many(&mut self.batch, most) => return taken,
            () = stopped(&mut self.stopping) => self.queue.close(),
        }
        self.queue.recv_many(&mut self.batch, most).await
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
            let limit = Duration::from_secs(self.settings.timeout_seconds.get().into());
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

/// Waits for the word to stop; whoever could give it and has gone gave it thereby.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stopping| *stopping).await;
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
