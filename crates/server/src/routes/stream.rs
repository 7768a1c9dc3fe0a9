//! Lines as they become durable: server-sent events from any position.

use super::answers::{Failing, Guarded, Unreadable};
use super::parts::InQuery;
use crate::auth::{Principal, Reading};
use crate::live::Group;
use crate::metrics::Open;
use crate::problem::Problem;
use crate::service::Service;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::{Bytes, BytesMut};
use serde::Deserialize;
use std::time::{Duration, Instant};
use tokio::sync::{broadcast, mpsc};
use utoipa::IntoParams;

/// Lines that are read from the disk at once.
const STEP: usize = 500;
/// Bytes that are sent as one piece, save where a single line has more.
const PIECE: usize = 64 << 10;
/// Pieces that wait for a slow reader.
const PIECES: usize = 2;
/// So often it is asked whether the reader may still read.
const LOOK: Duration = Duration::from_secs(2);
/// A sign of life for proxies.
const HEARTBEAT: Duration = Duration::from_secs(15);

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct From {
    /// First position; what is recorded from now on where absent.
    #[param(nullable = false)]
    from: Option<u64>,
}

/// Follow events live. Each has its position as id, so a reader that comes back goes on where it was.
#[utoipa::path(
    get, path = "/v1/events/stream", tag = "events",
    params(From, ("Last-Event-ID" = Option<u64>, Header, nullable = false, description = "The last position that was seen")),
    responses(
        (status = 200, description = "`id: POSITION` and `data: LINE` for each event", body = String, content_type = "text/event-stream"),
        Unreadable, Guarded, Failing,
    )
)]
pub(crate) async fn stream(
    State(service): State<Service>,
    principal: Principal,
    headers: HeaderMap,
    InQuery(from): InQuery<From>,
) -> Result<Response, Problem> {
    principal.needs_everything(Reading::Ledger)?;
    let last = match headers.get("last-event-id") {
        Some(value) => {
            let position = value.to_str().ok().and_then(|text| text.parse::<u64>().ok());
            Some(position.ok_or_else(|| Problem::bad("input.invalid", "Last-Event-ID is not a position"))?)
        }
        None => None,
    };
    if service.metrics().streams() >= service.config().limits.streams {
        return Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "stream.many",
            "too many open streams: try later",
        ));
    }
    // Listen first, so that nothing falls between the disk and the live lines.
    let groups = service.live().groups();
    let next =
        last.map(|last| last.saturating_add(1)).or(from.from).unwrap_or_else(|| service.live().length());
    let length = service.live().length();
    if next > length {
        let detail = format!("the ledger has {length} lines: position {next} is beyond what comes next");
        return Err(Problem::bad("input.invalid", detail));
    }
    let (pieces, body) = mpsc::channel(PIECES);
    let open = service.metrics().stream();
    tokio::spawn(async move {
        let stopped = service.clone();
        let mut follower = Follower { service, principal, groups, next, pieces, _open: open };
        tokio::select! {
            () = follower.run() => {}
            // An open stream must not hold up the stop.
            () = stopped.stopped() => {}
        }
    });
    let body = futures_util::stream::unfold(body, |mut body| async move {
        body.recv().await.map(|piece| (Ok::<_, std::io::Error>(piece), body))
    });
    let headers = [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store")];
    Ok((headers, Body::from_stream(body)).into_response())
}

struct Follower {
    service: Service,
    principal: Principal,
    groups: broadcast::Receiver<Group>,
    next: u64,
    pieces: mpsc::Sender<Bytes>,
    _open: Open,
}

impl Follower {
    /// Sends until the reader goes, or may not read any more. A slow one only slows itself: what it missed is read from the disk.
    async fn run(&mut self) {
        if !self.catch_up().await {
            return;
        }
        let mut sent = Instant::now();
        loop {
            match tokio::time::timeout(LOOK, self.groups.recv()).await {
                Ok(Ok(group)) if group.first <= self.next && group.lines.len() <= STEP => {
                    let skip = usize::try_from(self.next - group.first).unwrap_or(usize::MAX);
                    let lines = group.lines.iter().skip(skip).cloned().collect::<Vec<_>>();
                    if !self.send(&lines).await {
                        return;
                    }
                }
                // A reader left behind, or a group so large that it is not kept for a slow reader: the disk has it.
                Ok(Ok(_) | Err(broadcast::error::RecvError::Lagged(_))) => {
                    if !self.catch_up().await {
                        return;
                    }
                }
                Ok(Err(broadcast::error::RecvError::Closed)) => return,
                Err(_) if !self.may() => return,
                Err(_) if sent.elapsed() < HEARTBEAT => continue,
                Err(_) => {
                    if self.pieces.send(Bytes::from_static(b":\n\n")).await.is_err() {
                        return;
                    }
                }
            }
            sent = Instant::now();
        }
    }

    /// Reads from the disk what is durable and not sent.
    async fn catch_up(&mut self) -> bool {
        while self.next < self.service.live().length() {
            match self.service.lines().page(self.next, STEP).await {
                Ok(lines) if lines.is_empty() => return true,
                Ok(lines) => {
                    let lines: Vec<_> = lines.into_iter().map(|(_, line)| line).collect();
                    if !self.send(&lines).await {
                        return false;
                    }
                }
                Err(problem) => {
                    tracing::warn!(detail = problem.detail, "a stream cannot read the journal");
                    return false;
                }
            }
        }
        true
    }

    async fn send(&mut self, lines: &[Bytes]) -> bool {
        let mut piece = BytesMut::new();
        for line in lines {
            if piece.len() + line.len() > PIECE && !self.give(&mut piece).await {
                return false;
            }
            piece.extend_from_slice(format!("id: {}\ndata: ", self.next).as_bytes());
            piece.extend_from_slice(line);
            piece.extend_from_slice(b"\n\n");
            self.next += 1;
        }
        self.give(&mut piece).await
    }

    /// Nothing is given that the reader may not see by now.
    async fn give(&mut self, piece: &mut BytesMut) -> bool {
        piece.is_empty() || (self.may() && self.pieces.send(piece.split().freeze()).await.is_ok())
    }

    /// A role that was taken back, or a token that has ended, ends the stream.
    fn may(&self) -> bool {
        self.principal.still(&self.service, Reading::Ledger)
    }
}
