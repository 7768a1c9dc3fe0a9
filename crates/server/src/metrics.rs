//! Figures for Prometheus, in OpenMetrics text.

use crate::live::Live;
use crate::projection::Projection;
use jejak_ledger::access_log::AccessLog;
use jejak_ledger::{Outcome, Status};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use std::time::Duration;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ByStatus {
    status: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ByCode {
    code: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ByRoute {
    route: String,
    status: u16,
}

/// Why a span did not reach the collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unsent {
    /// Too many were waiting.
    NoRoom,
    /// The collector was away, was too slow, or refused it.
    NotAccepted,
    /// The service stopped before it could be sent.
    Stopped,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ByReason {
    reason: &'static str,
}

/// Everything that is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    items: Family<ByStatus, Counter>,
    refusals: Family<ByCode, Counter>,
    requests: Family<ByRoute, Counter>,
    group_items: Histogram,
    sync_seconds: Histogram,
    length: Gauge,
    connections: Gauge,
    streams: Gauge,
    questions: Gauge,
    projection: Projection,
    access_written: Gauge,
    access_lost: Gauge,
    access_failing: Gauge,
    spans_sent: Counter,
    spans_dropped: Family<ByReason, Counter>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("jejak");
        let items = Family::default();
        registry.register("items", "Items answered, by outcome", items.clone());
        let refusals = Family::default();
        registry.register("refusals", "Items refused, by code", refusals.clone());
        let requests = Family::default();
        registry.register("requests", "Requests answered, by route and status", requests.clone());
        let group_items = Histogram::new(exponential_buckets(1.0, 4.0, 8));
        registry.register("group_items", "Items that shared one sync", group_items.clone());
        let sync_seconds = Histogram::new(exponential_buckets(0.000_5, 2.0, 14));
        registry.register("sync_seconds", "Seconds to make a group durable", sync_seconds.clone());
        let length = Gauge::default();
        registry.register("length", "Durable lines", length.clone());
        let connections = Gauge::default();
        registry.register("connections", "Open connections", connections.clone());
        let streams = Gauge::default();
        registry.register("streams", "Open event streams", streams.clone());
        let questions = Gauge::default();
        registry.register("questions", "Questions in SQL that are being answered", questions.clone());
        let projection = Projection::default();
        registry.register_collector(Box::new(projection.clone()));
        let access_written = Gauge::default();
        registry.register(
            "access_written",
            "Lines of the access journal since the start",
            access_written.clone(),
        );
        let access_lost = Gauge::default();
        registry.register("access_lost", "Refusals that the access journal lost", access_lost.clone());
        let access_failing = Gauge::default();
        registry.register(
            "access_failing",
            "1 while the access journal cannot be written",
            access_failing.clone(),
        );
        let spans_sent = Counter::default();
        registry.register("trace_spans_sent", "Spans that the collector took", spans_sent.clone());
        let spans_dropped = Family::default();
        registry.register(
            "trace_spans_dropped",
            "Spans that did not reach the collector, by reason",
            spans_dropped.clone(),
        );
        Self {
            registry,
            items,
            refusals,
            requests,
            group_items,
            sync_seconds,
            length,
            connections,
            streams,
            questions,
            projection,
            access_written,
            access_lost,
            access_failing,
            spans_sent,
            spans_dropped,
        }
    }

    /// A group became durable, or failed.
    #[expect(
        clippy::as_conversions,
        clippy::cast_precision_loss,
        reason = "a count for a histogram, not money"
    )]
    pub(crate) fn group(&self, items: usize, took: Duration) {
        self.group_items.observe(items as f64);
        self.sync_seconds.observe(took.as_secs_f64());
    }

    pub(crate) fn outcomes(&self, outcomes: &[Outcome]) {
        let (mut recorded, mut repeated) = (0, 0);
        for outcome in outcomes {
            match (outcome.status, &outcome.problem) {
                (Status::Recorded, _) => recorded += 1,
                (Status::Repeated, _) => repeated += 1,
                (Status::Refused, Some(problem)) => self.refused(&problem.code),
                (Status::Refused, None) => {}
            }
        }
        self.items.get_or_create(&ByStatus { status: "recorded" }).inc_by(recorded);
        self.items.get_or_create(&ByStatus { status: "repeated" }).inc_by(repeated);
    }

    /// An item that never reached the writer, or that it refused.
    pub(crate) fn refused(&self, code: &str) {
        self.items.get_or_create(&ByStatus { status: "refused" }).inc();
        self.refusals.get_or_create(&ByCode { code: code.to_owned() }).inc();
    }

    pub(crate) fn request(&self, route: &str, status: u16) {
        self.requests.get_or_create(&ByRoute { route: route.to_owned(), status }).inc();
    }

    pub(crate) fn spans_sent(&self, spans: usize) {
        self.spans_sent.inc_by(u64::try_from(spans).unwrap_or(u64::MAX));
    }

    pub(crate) fn spans_dropped(&self, reason: Unsent, spans: usize) {
        if spans > 0 {
            let spans = u64::try_from(spans).unwrap_or(u64::MAX);
            let reason = match reason {
                Unsent::NoRoom => "no_room",
                Unsent::NotAccepted => "not_accepted",
                Unsent::Stopped => "stopped",
            };
            self.spans_dropped.get_or_create(&ByReason { reason }).inc_by(spans);
        }
    }

    /// One more connection, until what is returned is dropped.
    pub(crate) fn connection(&self) -> Open {
        Open::new(&self.connections)
    }

    /// One more event stream, until what is returned is dropped.
    pub(crate) fn stream(&self) -> Open {
        Open::new(&self.streams)
    }

    /// One more question, until what is returned is dropped.
    pub(crate) fn question(&self) -> Open {
        Open::new(&self.questions)
    }

    /// Lines that the read models have; none where there are no read models.
    pub(crate) fn projected(&self, lines: Option<u64>) {
        self.projection.set_projected(lines);
    }

    /// Open event streams.
    pub(crate) fn streams(&self) -> usize {
        usize::try_from(self.streams.get()).unwrap_or_default()
    }

    pub(crate) fn text(&self, live: &Live, access: &AccessLog) -> String {
        self.access_written.set(i64::try_from(access.written()).unwrap_or(i64::MAX));
        self.access_lost.set(i64::try_from(access.lost()).unwrap_or(i64::MAX));
        self.access_failing.set(access.failure().is_some().into());
        self.projection.set_durable(live.length());
        self.length.set(i64::try_from(live.length()).unwrap_or(i64::MAX));
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// Counts one while it lives.
#[derive(Debug)]
pub(crate) struct Open(Gauge);

impl Open {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}
