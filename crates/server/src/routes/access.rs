//! The access journal, page by page, and its signed heads.

use super::answers::{Failing, Guarded, Missing, Unreadable};
use super::checkpoint::note;
use super::events::{Numbered, Page};
use super::identity::purpose;
use super::parts::InQuery;
use crate::auth::{Principal, Reading};
use crate::held::held;
use crate::problem::Problem;
use crate::service::Service;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use jejak_ledger::access_log::{self, Access};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Lines of the access journal with their positions.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(crate) struct AccessBody {
    events: Vec<Numbered>,
    /// Where the next page begins.
    next: u64,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// First line.
    #[serde(default)]
    #[param(required = false)]
    from: u64,
    /// Lines at most.
    #[param(minimum = 1, maximum = 10_000, nullable = false)]
    limit: Option<u32>,
    /// What for, as a word: `audit-2021`.
    #[param(required = true, nullable = false, example = "audit-2021")]
    purpose: Option<String>,
    /// The case or ticket.
    #[param(nullable = false)]
    case: Option<String>,
}

/// Who looked at personal data, what was refused, who was turned away. This look is in the journal before the answer.
#[utoipa::path(
    get, path = "/v1/access", tag = "personal data", params(Asked),
    responses(
        (status = 200, description = "A page", body = AccessBody),
        Unreadable, Guarded, Failing,
    )
)]
pub(crate) async fn page(
    State(service): State<Service>,
    principal: Principal,
    InQuery(asked): InQuery<Asked>,
) -> Result<Response, Problem> {
    principal.needs_everything(Reading::AccessLog)?;
    let from = asked.from;
    let limit = Page { from, limit: asked.limit }.limit(&service)?;
    let place = service.page(&principal)?;
    let (purpose, case) = purpose(asked.purpose.as_deref(), asked.case.as_deref())?;
    let (home, access, now) = (service.home().clone(), service.access().clone(), (service.clock())());
    let read = tokio::task::spawn_blocking(move || {
        let lines = access_log::lines(&home, from, limit).map_err(|error| Problem::internal(&error))?;
        let count = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        let look = Access::LogRead { purpose, case, from, count };
        access
            .append(now, principal.actor.id, principal.roles(), look)
            .map_err(|error| Problem::unavailable(format!("{error}; nothing is shown meanwhile")))?;
        Ok::<_, Problem>(lines)
    });
    let lines = read.await.map_err(|error| Problem::internal(&error))??;
    let lines: Vec<_> = lines.into_iter().map(|(position, line)| (position, line.into())).collect();
    let next = lines.last().map_or(from, |(position, _)| position + 1);
    let body = held(super::events::list(&lines, &format!(",\"next\":{next}}}")), place);
    Ok(([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")], body).into_response())
}

/// The newest signed head of the access journal, under the name `<origin>/access`.
#[utoipa::path(
    get, path = "/v1/access/checkpoint", tag = "personal data",
    responses(
        (status = 200, description = "A C2SP checkpoint", body = String, content_type = "text/plain"),
        Missing, Guarded, Failing,
    )
)]
pub(crate) async fn newest_head(
    State(service): State<Service>,
    principal: Principal,
) -> Result<Response, Problem> {
    principal.needs_everything(Reading::AccessLog)?;
    let home = service.home().clone();
    let head = tokio::task::spawn_blocking(move || access_log::newest_head(&home)).await;
    let head = head.map_err(|error| Problem::internal(&error))?.map_err(|error| Problem::internal(&error))?;
    head.map(|head| note(head.into())).ok_or_else(unsigned)
}

/// Sign the head over all lines of the access journal now.
#[utoipa::path(
    post, path = "/v1/access/checkpoint", tag = "personal data",
    responses(
        (status = 200, description = "The new head", body = String, content_type = "text/plain"),
        Missing, Guarded, Failing,
    )
)]
pub(crate) async fn sign(State(service): State<Service>, principal: Principal) -> Result<Response, Problem> {
    principal.needs_everything(Reading::AccessLog)?;
    let access = service.access().clone();
    let head = tokio::task::spawn_blocking(move || access.sign()).await;
    let head = head.map_err(|error| Problem::internal(&error))?;
    let head = head.map_err(|error| Problem::unavailable(error.to_string()))?;
    head.map(|head| note(head.bytes.into())).ok_or_else(unsigned)
}

fn unsigned() -> Problem {
    Problem::missing("the access journal has no signed head yet: POST /v1/access/checkpoint signs one")
}
