//! Spans in the JSON of the OpenTelemetry protocol (OTLP 1.x): ids in hex, 64-bit numbers as text, enums as numbers.

use super::span::{Span, What};
use serde::Serialize;
use std::borrow::Cow;

/// Where the numbers of the protocol come from: `opentelemetry/proto/trace/v1/trace.proto`.
const INTERNAL: u8 = 1;
const SERVER: u8 = 2;
const ERROR: u8 = 2;
const SAMPLED: u32 = 1;
const REMOTE_IS_KNOWN: u32 = 0x100;
const PARENT_IS_REMOTE: u32 = 0x200;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    resource_spans: [ResourceSpans<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResourceSpans<'a> {
    resource: Resource<'a>,
    scope_spans: [ScopeSpans<'a>; 1],
}

#[derive(Serialize)]
struct Resource<'a> {
    attributes: [Attribute<'a>; 3],
}

#[derive(Serialize)]
struct ScopeSpans<'a> {
    scope: Scope,
    spans: Vec<Told<'a>>,
}

#[derive(Serialize)]
struct Scope {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    trace_id: String,
    span_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_span_id: Option<String>,
    flags: u32,
    name: Cow<'a, str>,
    kind: u8,
    start_time_unix_nano: String,
    end_time_unix_nano: String,
    attributes: Vec<Attribute<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
}

#[derive(Serialize)]
struct Status {
    code: u8,
}

#[derive(Serialize)]
struct Attribute<'a> {
    key: &'static str,
    value: Value<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Value<'a> {
    StringValue(Cow<'a, str>),
    IntValue(String),
}

fn text<'a>(key: &'static str, value: impl Into<Cow<'a, str>>) -> Attribute<'a> {
    Attribute { key, value: Value::StringValue(value.into()) }
}

fn number(key: &'static str, value: &impl ToString) -> Attribute<'static> {
    Attribute { key, value: Value::IntValue(value.to_string()) }
}

/// The body of an `ExportTraceServiceRequest`. `origin` is the ledger's name.
pub(super) fn request(origin: &str, spans: &[Span]) -> serde_json::Result<Vec<u8>> {
    let version = env!("CARGO_PKG_VERSION");
    let attributes =
        [text("service.name", "jejak"), text("service.version", version), text("jejak.origin", origin)];
    let spans = spans.iter().map(Told::of).collect();
    let scope_spans = [ScopeSpans { scope: Scope { name: "jejak", version }, spans }];
    let resource_spans = [ResourceSpans { resource: Resource { attributes }, scope_spans }];
    serde_json::to_vec(&Request { resource_spans })
}

impl<'a> Told<'a> {
    fn of(span: &'a Span) -> Self {
        let (name, attributes, failed) = described(&span.what);
        let whole = matches!(span.what, What::Request { .. });
        // The parent of a whole request is its caller's, on another machine.
        let remote = if whole && span.parent.is_some() { PARENT_IS_REMOTE } else { 0 };
        Self {
            trace_id: span.trace.to_string(),
            span_id: span.id.to_string(),
            parent_span_id: span.parent.map(|parent| parent.to_string()),
            flags: SAMPLED | REMOTE_IS_KNOWN | remote,
            name,
            kind: if whole { SERVER } else { INTERNAL },
            start_time_unix_nano: span.start.to_string(),
            end_time_unix_nano: span.end.to_string(),
            attributes,
            status: failed.then_some(Status { code: ERROR }),
        }
    }
}

/// Name and attributes by the semantic conventions for HTTP, and whether it failed. `url.path` and `url.query`, which they
/// ask for too, are left out: they may name a person.
fn described(what: &What) -> (Cow<'_, str>, Vec<Attribute<'_>>, bool) {
    match what {
        What::Request { method, scheme, route, status, left_out } => {
            let verb = if *method == OTHER { "HTTP" } else { method };
            let mut attributes = vec![text("http.request.method", *method), text("url.scheme", *scheme)];
            let mut name = Cow::Borrowed(verb);
            if let Some(route) = route {
                name = format!("{verb} {}", route.as_str()).into();
                attributes.push(text("http.route", route.as_str()));
            }
            let failed = status.is_some_and(|status| status >= 500);
            if let Some(status) = status {
                attributes.push(number("http.response.status_code", status));
                if failed {
                    attributes.push(text("error.type", status.to_string()));
                }
            }
            if *left_out > 0 {
                attributes.push(number("jejak.steps_left_out", left_out));
            }
            (name, attributes, failed)
        }
        What::Step { name, items, failed } => {
            let attributes = items.iter().map(|items| number("jejak.items", items)).collect();
            (Cow::Borrowed(name), attributes, *failed)
        }
    }
}

/// What the conventions call a method that they do not know.
pub(super) const OTHER: &str = "_OTHER";
