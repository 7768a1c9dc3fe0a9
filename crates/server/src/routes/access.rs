//! The access journal, page by page.

use super::answers::{Failing, Guarded, Unreadable};
use super::events::{Numbered, Page};
use super::parts::InQuery;
use crate::auth::{Principal, Reading};
use crate::held::held;
use crate::problem::Problem;
use crate::service::Service;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use jejak_ledger::access_log;
use utoipa::ToSchema;

/// Lines of the access journal with their positions.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(crate) struct AccessBody {
    events: Vec<Numbered>,
    /// Where the next page begins.
    next: u64,
}

/// Who looked at personal data, what was refused, who was turned away.
#[utoipa::path(
    get, path = "/v1/access", tag = "personal data", params(Page),
    responses(
        (status = 200, description = "A page", body = AccessBody),
        Unreadable, Guarded, Failing,
    )
)]
pub(crate) async fn page(
    State(service): State<Service>,
    principal: Principal,
    InQuery(page): InQuery<Page>,
) -> Result<Response, Problem> {
    principal.needs(Reading::AccessLog)?;
    let limit = page.limit(&service)?;
    let place = service.page(&principal)?;
    let (home, from) = (service.home().clone(), page.from);
    let lines = tokio::task::spawn_blocking(move || access_log::lines(&home, from, limit));
    let lines = lines.await.map_err(|error| Problem::internal(&error))?;
    let lines = lines.map_err(|error| Problem::internal(&error))?;
    let lines: Vec<_> = lines.into_iter().map(|(position, line)| (position, line.into())).collect();
    let next = lines.last().map_or(from, |(position, _)| position + 1);
    let body = held(super::events::list(&lines, &format!(",\"next\":{next}}}")), place);
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}
