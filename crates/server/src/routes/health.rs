//! Whether it lives, whether it can write, and its figures.

use crate::problem::Problem;
use crate::service::Service;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

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
    match service.writer().failure() {
        Some(failure) => Err(Problem::unavailable(format!("the ledger cannot write: {failure}"))),
        None => Ok("ready\n"),
    }
}

/// Figures for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "health", security(()), responses((status = 200, description = "OpenMetrics", body = String, content_type = METRICS)))]
pub(crate) async fn metrics(State(service): State<Service>) -> impl IntoResponse {
    ([(CONTENT_TYPE, METRICS)], service.metrics().text(service.live(), service.access()))
}
