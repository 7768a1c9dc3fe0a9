//! Commands and facts, one or many.

use super::answers::{Guarded, Taking};
use crate::auth::Principal;
use crate::held::Held;
use crate::intake::{Cutter, Entrance, Entry, GIVE_UP, IDEMPOTENCY_KEY, idempotency_key, with_key};
use crate::problem::Problem;
use crate::service::{About, Service};
use crate::shares::Place;
use crate::traces;
use crate::writer::Unavailable;
use axum::Json;
use axum::body::{Body, BodyDataStream};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::{BufMut as _, Bytes, BytesMut};
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesOrdered;
use futures_util::{FutureExt as _, StreamExt as _};
use http_body_util::LengthLimitError;
use jejak_domain::ids::CommandId;
use jejak_domain::line::LINE_LIMIT;
use jejak_ledger::intake::Door;
use jejak_ledger::{Item, ItemError, Outcome, Problem as Reason, Status};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::mpsc;
use utoipa::ToSchema;

/// Lines that go to the writer together.
const CHUNK: usize = 500;
/// Chunks of one stream that may wait for the writer.
const IN_WORK: usize = 16;
/// Bytes of outcomes that are sent as one piece.
const PIECE: usize = 16 << 10;
const NDJSON: &str = "application/x-ndjson";

/// A command or a fact.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body; items are read by the ledger's own strict reader")]
pub(crate) struct ItemBody {
    /// Its type, such as `voucher.spend.v1`: see `schemas/command` and `schemas/event`.
    #[serde(rename = "type")]
    #[schema(example = "voucher.spend.v1")]
    kind: String,
    /// What it is about.
    #[schema(example = "participant/0171b2c8-1c00-7e52-9f3c-5d0a4c6b7e11")]
    subject: String,
    /// The programme, where the subject does not name it.
    programme: Option<String>,
    /// When it happened, in UTC; the time of recording where absent.
    #[schema(example = "2021-03-30T02:00:00.000Z")]
    time: Option<String>,
    /// By its own schema.
    data: serde_json::Map<String, serde_json::Value>,
    /// Idempotency key, unique within the subject for ever.
    commandid: Option<String>,
}

/// What became of an item.
#[derive(Serialize, ToSchema)]
pub(crate) struct OutcomeBody {
    commandid: Option<String>,
    /// `recorded`, `repeated` or `refused`.
    status: String,
    /// Positions of its lines.
    positions: Vec<u64>,
    problem: Option<ReasonBody>,
}

/// Why it was not carried out.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReasonBody {
    code: String,
    detail: String,
    rule: Option<String>,
}

/// Ask for something: it is decided, and recorded or refused.
#[utoipa::path(
    post, path = "/v1/commands", tag = "items",
    request_body(content((ItemBody = "application/json"), (String = "application/x-ndjson"))),
    params(("Idempotency-Key" = Option<String>, Header, nullable = false, description = "The commandid of a single item")),
    responses(
        (status = 200, description = "Recorded before, or one outcome a line", content((OutcomeBody = "application/json"), (String = "application/x-ndjson"))),
        (status = 201, description = "Recorded, and durable", body = OutcomeBody),
        Taking, Guarded,
    )
)]
pub(crate) async fn commands(
    State(service): State<Service>,
    principal: Principal,
    request: Request,
) -> Result<Response, Problem> {
    take(service, principal, Door::Commands, request).await
}

/// Report what has already happened: it is recorded.
#[utoipa::path(
    post, path = "/v1/facts", tag = "items",
    request_body(content((ItemBody = "application/json"), (String = "application/x-ndjson"))),
    params(("Idempotency-Key" = Option<String>, Header, nullable = false, description = "The commandid of a single item")),
    responses(
        (status = 200, description = "Recorded before, or one outcome a line", content((OutcomeBody = "application/json"), (String = "application/x-ndjson"))),
        (status = 201, description = "Recorded, and durable", body = OutcomeBody),
        Taking, Guarded,
    )
)]
pub(crate) async fn facts(
    State(service): State<Service>,
    principal: Principal,
    request: Request,
) -> Result<Response, Problem> {
    take(service, principal, Door::Facts, request).await
}

async fn take(
    service: Service,
    principal: Principal,
    door: Door,
    request: Request,
) -> Result<Response, Problem> {
    let headers = request.headers().clone();
    plain(&headers)?;
    let key = idempotency_key(&headers)?;
    match kind(&headers).as_str() {
        "application/json" => single(&service, &principal, door, key, request).await,
        NDJSON if key.is_some() => Err(Problem::bad(
            IDEMPOTENCY_KEY,
            "Idempotency-Key is for a single item: give each line of a stream its \"commandid\"",
        )),
        NDJSON => many(service, principal, door, request.into_body()),
        _ => {
            let detail = format!("send application/json for one item, or {NDJSON} for many");
            Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "input.media_type", detail))
        }
    }
}

async fn single(
    service: &Service,
    principal: &Principal,
    door: Door,
    key: Option<CommandId>,
    request: Request,
) -> Result<Response, Problem> {
    let body = whole_body(service, request, "item").await?;
    let mut item = Item::read(&body).map_err(|error| {
        let problem = Reason { code: "input.invalid".to_owned(), detail: error.to_string(), rule: None };
        service.refused(principal, None, &Outcome::refused(None, problem));
        Problem::bad("input.invalid", error.to_string())
    })?;
    let about = About::from(&item);
    with_key(&mut item, key)?;
    let entrance = Entrance { service, principal, door };
    let outcome = decided(service, &entrance, item, body.len()).await?;
    if let Some(problem) = Problem::of(&outcome) {
        service.refused(principal, Some(about), &outcome);
        return Err(problem);
    }
    let status = if outcome.status == Status::Recorded {
        StatusCode::CREATED
    } else {
        service.repeated(principal, about, &outcome);
        StatusCode::OK
    };
    Ok((status, Json(outcome)).into_response())
}

/// The body of a request that is one whole thing, within its size and its time.
pub(super) async fn whole_body(service: &Service, request: Request, what: &str) -> Result<Bytes, Problem> {
    let limit = service.config().limits.item_bytes;
    let body = tokio::time::timeout(
        service.config().limits.idle(),
        axum::body::to_bytes(request.into_body(), limit),
    );
    let body = body.await.map_err(|_| {
        Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "input.slow",
            format!("the {what} did not arrive in time: send it again"),
        )
    })?;
    body.map_err(|error| {
        if std::error::Error::source(&error).is_some_and(<dyn std::error::Error>::is::<LengthLimitError>) {
            let detail = format!("{what}: at most {limit} bytes are taken, this is longer");
            return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "input.invalid", detail);
        }
        Problem::bad(
            "input.broken",
            format!("the body broke off: {error}; nothing is recorded, send it again"),
        )
    })
}

/// Refuses what is not plain JSON.
pub(super) fn check_kind(headers: &HeaderMap) -> Result<(), Problem> {
    plain(headers)?;
    if kind(headers) == "application/json" {
        return Ok(());
    }
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "input.media_type", "send application/json"))
}

fn plain(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get(CONTENT_ENCODING).filter(|coding| *coding != "identity") {
        None => Ok(()),
        Some(coding) => {
            let detail = format!("send it as it is: Content-Encoding {coding:?} is not undone here");
            Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "input.media_type", detail))
        }
    }
}

fn kind(headers: &HeaderMap) -> String {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// What becomes of one item, once it is durable.
async fn decided(
    service: &Service,
    entrance: &Entrance<'_>,
    item: Item,
    bytes: usize,
) -> Result<Outcome, Problem> {
    if let Err(reason) = entrance.judge(&item) {
        service.metrics().refused(&reason.code);
        return Ok(Outcome::refused(item.command_id, reason));
    }
    let submitted = service.writer().submit(vec![(item, entrance.principal.actor)], bytes).await;
    let outcomes = submitted?;
    // One item has one outcome.
    outcomes.into_iter().next().ok_or_else(|| Problem::internal(&"no outcome"))
}

/// A stream: one outcome a line comes back, in order, each after its lines are durable.
fn many(service: Service, principal: Principal, door: Door, body: Body) -> Result<Response, Problem> {
    // Kept by both sides: the one that ends last still has outcomes in memory.
    let place = Arc::new(service.bulk(&principal)?);
    let limits = &service.config().limits;
    let pieces = limits.outcome_bytes / limits.bulk_streams / PIECE;
    let (answers, outcomes) = mpsc::channel::<Result<Bytes, std::io::Error>>(pieces.max(1));
    let pump = Pump { service, principal, door, answers, out: BytesMut::new(), _place: Arc::clone(&place) };
    tokio::spawn(traces::carried(pump.run(body.into_data_stream())));
    let outcomes = futures_util::stream::unfold(outcomes, |mut outcomes| async move {
        outcomes.recv().await.map(|piece| (piece, outcomes))
    });
    let outcomes = Body::new(Held::new(Body::from_stream(outcomes), place));
    Ok(([(CONTENT_TYPE, NDJSON)], outcomes).into_response())
}

/// Moves one stream from its body to the writer, and the outcomes back.
struct Pump {
    service: Service,
    principal: Principal,
    door: Door,
    answers: mpsc::Sender<Result<Bytes, std::io::Error>>,
    out: BytesMut,
    _place: Arc<Place>,
}

/// Why a stream ends before its body does.
enum Ended {
    /// Nobody reads the outcomes any more.
    Gone,
    /// The client is told.
    Told(Problem),
}

/// The outcomes of a chunk to come.
type Work = FuturesOrdered<BoxFuture<'static, Result<Vec<Answer>, Unavailable>>>;

/// An outcome, and what its item was about where it could be read.
type Answer = (Outcome, Option<About>);

impl Pump {
    async fn run(mut self, body: BodyDataStream) {
        if let Err(Ended::Told(problem)) = self.pump(body).await {
            // The last line is no outcome: it says why there are no more.
            let line = serde_json::to_vec(&serde_json::json!({ "problem": problem })).unwrap_or_default();
            self.out.extend_from_slice(&line);
            self.out.extend_from_slice(b"\n");
        }
        // Who has gone needs no more outcomes.
        let _ = self.send().await;
    }

    async fn pump(&mut self, mut body: BodyDataStream) -> Result<(), Ended> {
        let mut cutter = Cutter::default();
        let mut work = Work::new();
        let idle = self.service.config().limits.idle();
        loop {
            tokio::select! {
                biased;
                Some(answered) = work.next() => self.answer(answered).await?,
                bytes = tokio::time::timeout(idle, body.next()), if work.len() < IN_WORK => {
                    let (lines, end) = match bytes {
                        Ok(Some(Ok(bytes))) => {
                            let lines = cutter.push(&bytes);
                            (lines, cutter.gives_up().then(|| Err(endless())))
                        }
                        Ok(None) => (cutter.finish().into_iter().collect(), Some(Ok(()))),
                        Ok(Some(Err(error))) => (Vec::new(), Some(Err(broken(&error.to_string())))),
                        Err(_) => (Vec::new(), Some(Err(broken("nothing came for too long")))),
                    };
                    self.hand_in(lines, &mut work).await?;
                    if let Some(end) = end {
                        while let Some(answered) = work.next().await {
                            self.answer(answered).await?;
                        }
                        return end.map_err(Ended::Told);
                    }
                }
            }
        }
    }

    /// Hands lines to the writer in their order. Empty ones do not count.
    async fn hand_in(&mut self, lines: Vec<Result<Bytes, ItemError>>, work: &mut Work) -> Result<(), Ended> {
        let mut lines = lines.into_iter().filter(|line| !is_blank(line)).peekable();
        while lines.peek().is_some() {
            let entrance = Entrance { service: &self.service, principal: &self.principal, door: self.door };
            let mut bytes = 0;
            let mut items = Vec::with_capacity(CHUNK);
            // Which outcomes are known already, and where the writer's belong.
            let mut outcomes = Vec::with_capacity(CHUNK);
            for line in lines.by_ref().take(CHUNK) {
                bytes += line.as_ref().map_or(0, Bytes::len);
                match entrance.entry(line) {
                    Entry::Item(item) => {
                        outcomes.push((None, Some(About::from(&*item))));
                        items.push((*item, self.principal.actor));
                    }
                    Entry::Refused(outcome, about) => {
                        outcomes.push((Some(outcome), about.map(|about| *about)));
                    }
                }
            }
            let pending =
                self.service.writer().hand_in(items, bytes).await.map_err(|error| unavailable(&error))?;
            work.push_back(async move { Ok(merged(outcomes, pending.outcomes().await?)) }.boxed());
        }
        Ok(())
    }

    async fn answer(&mut self, answered: Result<Vec<Answer>, Unavailable>) -> Result<(), Ended> {
        for (outcome, about) in answered.map_err(|error| unavailable(&error))? {
            match (outcome.status, about) {
                (Status::Refused, about) => self.service.refused(&self.principal, about, &outcome),
                (Status::Repeated, Some(about)) => self.service.repeated(&self.principal, about, &outcome),
                _ => {}
            }
            // An outcome is made of text and numbers: it can always be written.
            let _ = serde_json::to_writer((&mut self.out).writer(), &outcome);
            self.out.extend_from_slice(b"\n");
            if self.out.len() >= PIECE {
                self.send().await?;
            }
        }
        self.send().await
    }

    async fn send(&mut self) -> Result<(), Ended> {
        if self.out.is_empty() {
            return Ok(());
        }
        let piece = self.out.split().freeze();
        self.answers.send(Ok(piece)).await.map_err(|_| Ended::Gone)
    }
}

fn is_blank(line: &Result<Bytes, ItemError>) -> bool {
    line.as_ref().is_ok_and(|line| line.iter().all(u8::is_ascii_whitespace))
}

/// The outcomes of a chunk in the order of its lines.
fn merged(known: Vec<(Option<Outcome>, Option<About>)>, decided: Vec<Outcome>) -> Vec<Answer> {
    let mut decided = decided.into_iter();
    let all = known.into_iter();
    all.filter_map(|(outcome, about)| Some((outcome.or_else(|| decided.next())?, about))).collect()
}

fn unavailable(error: &Unavailable) -> Ended {
    Ended::Told(error.clone().into())
}

fn endless() -> Problem {
    let detail = format!(
        "a line has more than {GIVE_UP} bytes, and an item at most {LINE_LIMIT}: send one item a line; what is answered above is recorded"
    );
    Problem::bad("input.invalid", detail)
}

fn broken(why: &str) -> Problem {
    let detail =
        format!("the body broke off: {why}; what is answered above is recorded, send the rest again");
    Problem::bad("input.broken", detail)
}
