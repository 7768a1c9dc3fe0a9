//! Whether it lives, whether it can write, and its figures.

use crate::auth::Operator;
use crate::problem::Problem;
use crate::service::Service;
use crate::writer::Unavailable;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;

/// The text of Prometheus' successor, as the library writes it.
const METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "health", security(()), responses((status = 200, description = "It lives", body = String)))]
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// Items can be recorded.
#[utoipa::path(
    get, path = "/readyz", tag = "health", security(()),
    responses(
        (status = 200, description = "It can write", body = String),
        (status = 503, description = "It cannot write now", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn ready(State(service): State<Service>) -> Result<&'static str, Problem> {
    match service.writer().writable() {
        Err(Unavailable::Refused(failure)) => {
            return Err(Problem::unavailable(format!("the ledger cannot write: {failure}")));
        }
        other => other?,
    }
    match service.writer().stalled() {
        Some(time) => Err(Problem::unavailable(format!(
            "the journal has not answered for {} s: see that its disk or server is well",
            time.as_secs()
        ))),
        None => Ok("ready\n"),
    }
}

/// Writes from now on, in the place of another service on the same server. That one is refused by the server as soon as
/// the first line is written here, and stands by.
#[utoipa::path(
    post, path = "/v1/promote", tag = "health",
    responses(
        (status = 200, description = "This service writes", body = Promoted),
        (status = 401, description = "No valid token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "No role for it", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The ledger cannot be opened now", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn promote(
    State(service): State<Service>,
    _operator: Operator,
) -> Result<axum::Json<Promoted>, Problem> {
    let lines = service.writer().promote().await?;
    Ok(axum::Json(Promoted { lines }))
}

/// A service that writes.
#[derive(Serialize, ToSchema)]
pub(crate) struct Promoted {
    /// Lines that it found.
    lines: u64,
}

/// Figures for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "health", security(()), responses((status = 200, description = "OpenMetrics", body = String, content_type = METRICS)))]
pub(crate) async fn metrics(State(service): State<Service>) -> impl IntoResponse {
    ([(CONTENT_TYPE, METRICS)], service.metrics().text(service.live(), service.access()))
}
