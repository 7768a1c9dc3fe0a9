//! OpenTelemetry traces, when a collector is configured: a span for each request, and one for each step that takes time.
//!
//! Whoever ends a span hands it to a bounded queue and goes on; a task sends them in batches. What finds no room, or is not
//! accepted, is dropped and counted.

mod context;
mod export;
mod otlp;
mod span;

pub(crate) use export::Exporting;
pub(crate) use span::Step;

use crate::config::Config;
use crate::metrics::{Metrics, Unsent};
use crate::writer::Clock;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use context::{Caller, SpanId, TraceId};
use futures_util::future::Either;
use jejak_ledger::Randomness;
use parking_lot::Mutex;
use span::{Active, Span, Whole};
use std::num::{NonZeroU32, NonZeroU64};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// Names the trace of an answer: the response header of the W3C's draft, of the same form as `traceparent`.
const TRACERESPONSE: &str = "traceresponse";

tokio::task_local! {
    /// The request that this task works for, where it is traced.
    static ACTIVE: Active;
}

/// Begins a step of the request that this task works for; `None` where it is not traced.
pub(crate) fn step(name: &'static str) -> Option<Step> {
    ACTIVE.try_with(|active| active.step(name)).ok().flatten()
}

/// Lets a task of its own work for the same request.
pub(crate) fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    match ACTIVE.try_with(Clone::clone) {
        Ok(active) => Either::Left(ACTIVE.scope(active, work)),
        Err(_) => Either::Right(work),
    }
}

/// Where spans go.
#[derive(Debug)]
pub(crate) struct Traces {
    queue: mpsc::Sender<Span>,
    random: Mutex<Randomness>,
    one_in: NonZeroU64,
    scheme: &'static str,
    clock: Clock,
    metrics: Arc<Metrics>,
}

impl Traces {
    /// Starts the task that sends, where a collector is configured.
    pub(crate) fn start(
        config: &Config,
        origin: &str,
        clock: Clock,
        metrics: &Arc<Metrics>,
    ) -> Option<(Arc<Self>, Exporting)> {
        let settings = config.traces.clone()?;
        let (queue, spans) = mpsc::channel(count(settings.queue_spans));
        let traces = Self {
            queue,
            random: Mutex::new(Randomness::system()),
            one_in: settings.one_in,
            scheme: if config.tls.is_some() { "https" } else { "http" },
            clock,
            metrics: Arc::clone(metrics),
        };
        let exporting = Exporting::start(settings, origin.to_owned(), spans, Arc::clone(metrics));
        Some((Arc::new(traces), exporting))
    }

    fn send(&self, span: Span) {
        if self.queue.try_send(span).is_err() {
            self.metrics.spans_dropped(Unsent::NoRoom, 1);
        }
    }

    /// Bytes for an id. They are never all zero but by a fault of the generator, and then nothing is traced.
    fn random<const N: usize>(&self) -> Option<[u8; N]> {
        self.random.lock().bytes().ok().filter(|bytes| *bytes != [0; N])
    }

    /// By the last 56 bits of the id, as OpenTelemetry samples: whoever samples by it elsewhere chooses alike.
    fn chooses(&self, TraceId(id): TraceId) -> bool {
        const ALL: u128 = 1 << 56;
        u128::from_be_bytes(id) % ALL >= ALL - ALL / u128::from(self.one_in.get())
    }
}

/// Traces a request, and says which trace it belongs to.
pub(crate) async fn traced(State(traces): State<Arc<Traces>>, request: Request, next: Next) -> Response {
    let caller = Caller::of(request.headers());
    let trace = caller.map(|caller| caller.trace).or_else(|| traces.random().map(TraceId));
    let (Some(trace), Some(id)) = (trace, traces.random().map(SpanId)) else {
        return next.run(request).await;
    };
    let sampled = caller.map_or_else(|| traces.chooses(trace), |caller| caller.sampled);
    let mut response = if sampled {
        let mut whole = Whole {
            active: Active::begin(&traces, trace, id),
            parent: caller.map(|caller| caller.span),
            method: method(request.method()),
            route: request.extensions().get::<MatchedPath>().cloned(),
            status: None,
        };
        let response = ACTIVE.scope(whole.active.clone(), next.run(request)).await;
        whole.status = Some(response.status().as_u16());
        response.map(|body| Body::new(Traced { body, _whole: whole }))
    } else {
        next.run(request).await
    };
    let flags = u8::from(sampled);
    if let Ok(value) = HeaderValue::try_from(format!("00-{trace}-{id}-{flags:02x}")) {
        response.headers_mut().insert(TRACERESPONSE, value);
    }
    response
}

fn count(number: NonZeroU32) -> usize {
    usize::try_from(number.get()).unwrap_or(usize::MAX)
}

/// The methods that the conventions know; a caller may invent others.
fn method(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];
    KNOWN.into_iter().find(|known| method == known).unwrap_or(otlp::OTHER)
}

/// A body; the request ends when it has been sent, or is given up.
struct Traced {
    body: Body,
    _whole: Whole,
}

impl HttpBody for Traced {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        self.body.size_hint()
    }
}
