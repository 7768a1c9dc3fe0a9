//! Lines as they are in the journal, page by page.

use super::answers::{Failing, Guarded, Known, Unchanged, Unreadable};
use super::parts::InQuery;
use crate::auth::{Principal, Reading};
use crate::held::held;
use crate::lines::Line;
use crate::problem::Problem;
use crate::service::Service;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Lines of a page unless it is said.
const PAGE: u32 = 100;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Page {
    /// First position.
    #[serde(default)]
    #[param(required = false)]
    pub(super) from: u64,
    /// Lines at most; more than `page_lines` of `server.toml` are refused.
    #[param(minimum = 1, maximum = 10_000, nullable = false)]
    pub(super) limit: Option<u32>,
}

/// Lines with their positions.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(crate) struct PageBody {
    events: Vec<Numbered>,
    /// Where the next page begins.
    next: u64,
    /// Lines of the ledger.
    length: u64,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(super) struct Numbered {
    position: u64,
    /// As it is in the journal, by `schemas/event`.
    event: serde_json::Map<String, serde_json::Value>,
}

/// Read events in order, with their positions.
#[utoipa::path(
    get, path = "/v1/events", tag = "events", params(Page, Known),
    responses(
        (status = 200, description = "A page", body = PageBody),
        Unchanged, Unreadable, Guarded, Failing,
    )
)]
pub(crate) async fn page(
    State(service): State<Service>,
    principal: Principal,
    headers: HeaderMap,
    InQuery(page): InQuery<Page>,
) -> Result<Response, Problem> {
    principal.needs_everything(Reading::Ledger)?;
    let limit = page.limit(&service)?;
    let place = service.page(&principal)?;
    let length = service.live().length();
    let lines = service.lines().page(page.from, limit).await?;
    let next = lines.last().map_or(page.from, |(position, _)| position + 1);
    // A full page never changes; the last one does with the ledger.
    let tag = format!("\"{}-{next}\"", page.from);
    if unchanged(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    let body = held(list(&lines, &format!(",\"next\":{next},\"length\":{length}}}")), place);
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
pub(super) fn list(lines: &[Line], rest: &str) -> Vec<u8> {
    let mut body = b"{\"events\":[".to_vec();
    for (index, (position, line)) in lines.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        body.extend_from_slice(format!("{comma}{{\"position\":{position},\"event\":").as_bytes());
        body.extend_from_slice(line);
        body.push(b'}');
    }
    body.push(b']');
    body.extend_from_slice(rest.as_bytes());
    body
}
