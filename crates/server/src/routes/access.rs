//! The access journal, page by page.

use super::events::Page;
use crate::auth::{Principal, Reading};
use crate::problem::Problem;
use crate::service::Service;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use jejak_ledger::access_log;

/// Who looked at personal data, what was refused, who was turned away.
#[utoipa::path(
    get, path = "/v1/access", tag = "personal data", params(Page),
    responses(
        (status = 200, description = "`{\"events\":[{\"position\",\"event\"}],\"next\"}`", body = serde_json::Value),
        (status = 400, description = "Not a page", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "No role for it", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn page(
    State(service): State<Service>,
    principal: Principal,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Response, Problem> {
    principal.needs(Reading::AccessLog)?;
    let Query(page) = page.map_err(|error| Problem::bad("input.invalid", error.body_text()))?;
    let limit = page.limit(&service)?;
    let (home, from) = (service.home().clone(), page.from);
    let lines = tokio::task::spawn_blocking(move || access_log::lines(&home, from, limit));
    let lines = lines.await.map_err(|error| Problem::internal(&error))?;
    let lines = lines.map_err(|error| Problem::internal(&error))?;
    let lines: Vec<_> = lines.into_iter().map(|(position, line)| (position, line.into())).collect();
    let next = lines.last().map_or(from, |(position, _)| position + 1);
    let body = super::events::list(&lines, &format!(",\"next\":{next}}}"));
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}
