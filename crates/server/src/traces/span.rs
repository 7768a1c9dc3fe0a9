//! Spans: what took how long. They have places for routes, methods, statuses and counts, and none for anything that a
//! request says, so that no personal data can get into them.

use super::Traces;
use super::context::{SpanId, TraceId};
use axum::extract::MatchedPath;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

/// Steps of one request that are told; those of a long stream that come later are counted.
const STEPS: u32 = 100;

/// A span that has ended.
#[derive(Debug)]
pub(super) struct Span {
    pub(super) trace: TraceId,
    pub(super) id: SpanId,
    pub(super) parent: Option<SpanId>,
    /// Nanoseconds since 1970 in UTC. The start of a request is known to the millisecond, durations are exact.
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) what: What,
}

/// What a span is about.
#[derive(Debug)]
pub(super) enum What {
    /// A whole request.
    Request {
        method: &'static str,
        scheme: &'static str,
        /// The pattern, never the path.
        route: Option<MatchedPath>,
        /// None when there was no answer, say because the client went away.
        status: Option<u16>,
        /// Steps that are not told.
        left_out: u32,
    },
    /// A part of a request that takes time.
    Step { name: &'static str, items: Option<usize>, failed: bool },
}

/// A request that is traced; clones are the same.
#[derive(Clone, Debug)]
pub(super) struct Active(Arc<Request>);

#[derive(Debug)]
struct Request {
    traces: Arc<Traces>,
    trace: TraceId,
    id: SpanId,
    began: u64,
    since: Instant,
    steps: AtomicU32,
}

impl Active {
    /// Begins now.
    pub(super) fn begin(traces: &Arc<Traces>, trace: TraceId, id: SpanId) -> Self {
        let began = u64::try_from((traces.clock)().as_millisecond()).unwrap_or_default() * 1_000_000;
        let steps = AtomicU32::new(0);
        let traces = Arc::clone(traces);
        Self(Arc::new(Request { traces, trace, id, began, since: Instant::now(), steps }))
    }

    /// Begins a step, unless there were too many, or the system gives no random bits.
    pub(super) fn step(&self, name: &'static str) -> Option<Step> {
        if self.0.steps.fetch_add(1, Ordering::Relaxed) >= STEPS {
            return None;
        }
        let id = SpanId(self.0.traces.random()?);
        Some(Step { request: self.clone(), id, name, began: Instant::now(), items: None, failed: false })
    }

    fn at(&self, moment: Instant) -> u64 {
        let passed = moment.saturating_duration_since(self.0.since).as_nanos();
        self.0.began.saturating_add(u64::try_from(passed).unwrap_or(u64::MAX))
    }

    fn end(&self, id: SpanId, parent: Option<SpanId>, began: Instant, what: What) {
        let (start, end) = (self.at(began), self.at(Instant::now()));
        self.0.traces.send(Span { trace: self.0.trace, id, parent, start, end, what });
    }
}

/// A part of a request; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Step {
    request: Active,
    id: SpanId,
    name: &'static str,
    began: Instant,
    items: Option<usize>,
    failed: bool,
}

impl Step {
    /// Notes how many items it is about.
    pub(crate) fn items(&mut self, items: usize) {
        self.items = Some(items);
    }

    /// Notes that it did not succeed.
    pub(crate) fn failed(&mut self) {
        self.failed = true;
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        let what = What::Step { name: self.name, items: self.items, failed: self.failed };
        self.request.end(self.id, Some(self.request.0.id), self.began, what);
    }
}

/// The whole request; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) active: Active,
    pub(super) parent: Option<SpanId>,
    pub(super) method: &'static str,
    pub(super) route: Option<MatchedPath>,
    pub(super) status: Option<u16>,
}

impl Drop for Whole {
    fn drop(&mut self) {
        let Request { traces, id, since, steps, .. } = &*self.active.0;
        let what = What::Request {
            method: self.method,
            scheme: traces.scheme,
            route: self.route.take(),
            status: self.status,
            left_out: steps.load(Ordering::Relaxed).saturating_sub(STEPS),
        };
        self.active.end(*id, self.parent, *since, what);
    }
}
