//! Lines as they are in the journal, page by page.

use crate::auth::{Principal, Reading};
use crate::lines::Line;
use crate::problem::Problem;
use crate::service::Service;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use serde::Deserialize;
use utoipa::IntoParams;

/// Lines of a page unless it is said.
const PAGE: u32 = 100;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Page {
    /// First position.
    #[serde(default)]
    pub(super) from: u64,
    /// Lines at most.
    pub(super) limit: Option<u32>,
}

/// Read events in order, with their positions.
#[utoipa::path(
    get, path = "/v1/events", tag = "events", params(Page),
    responses(
        (status = 200, description = "`{\"events\":[{\"position\",\"event\"}],\"next\",\"length\"}`", body = serde_json::Value),
        (status = 304, description = "Nothing new since the position of If-None-Match"),
        (status = 400, description = "Not a page", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "No role for it", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn page(
    State(service): State<Service>,
    principal: Principal,
    headers: HeaderMap,
    page: Result<Query<Page>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    principal.needs(Reading::Ledger)?;
    let Query(page) = page.map_err(|error| Problem::bad("input.invalid", error.body_text()))?;
    let limit = page.limit(&service)?;
    let length = service.live().length();
    let lines = service.lines().page(page.from, limit).await?;
    let next = lines.last().map_or(page.from, |(position, _)| position + 1);
    // A full page never changes; the last one does with the ledger.
    let tag = format!("\"{}-{next}\"", page.from);
    if unchanged(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    let body = list(&lines, &format!(",\"next\":{next},\"length\":{length}}}"));
    Ok(([(CONTENT_TYPE, "application/json".to_owned()), (ETAG, tag)], body).into_response())
}

impl Page {
    /// Lines at most, within what is allowed.
    pub(super) fn limit(&self, service: &Service) -> Result<usize, Problem> {
        let most = service.config().limits.page_lines;
        let limit = self.limit.unwrap_or(PAGE);
        if !(1..=most).contains(&limit) {
            return Err(Problem::bad("input.invalid", format!("limit is between 1 and {most}")));
        }
        Ok(usize::try_from(limit).unwrap_or(usize::MAX))
    }
}

/// True when the client has this already.
pub(super) fn unchanged(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    known.is_some_and(|known| {
        known == "*" || known.split(',').any(|each| each.trim().trim_start_matches("W/") == tag)
    })
}

/// Lines with their positions; the lines stand as they are.
pub(super) fn list(lines: &[Line], rest: &str) -> Bytes {
    let mut body = b"{\"events\":[".to_vec();
    for (index, (position, line)) in lines.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        body.extend_from_slice(format!("{comma}{{\"position\":{position},\"event\":").as_bytes());
        body.extend_from_slice(line);
        body.push(b'}');
    }
    body.push(b']');
    body.extend_from_slice(rest.as_bytes());
    body.into()
}
