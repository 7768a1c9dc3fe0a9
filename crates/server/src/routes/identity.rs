//! Who a person is: shown to some roles, for a purpose, and never unseen.

use super::participants::{participant, unknown};
use crate::auth::{Principal, Reading};
use crate::problem::Problem;
use crate::service::Service;
use crate::traces;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse as _, Response};
use jejak_domain::ids::{DocumentNumber, Reason};
use jejak_domain::line::Event;
use jejak_ledger::access_log::{Access, Shown};
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Looking {
    /// What for, as a word: `payout-complaint`, `audit-sample`.
    purpose: Option<String>,
    /// The case or ticket.
    case: Option<String>,
}

/// A person's name, numbers and account, as far as they are known. The look is in the access journal before the answer.
#[utoipa::path(
    get, path = "/v1/participants/{id}/identity", tag = "personal data",
    params(("id" = String, Path, description = "The participant's UUID"), Looking),
    responses(
        (status = 200, description = "`{\"account\",\"erased\",\"identity\"}`", body = serde_json::Value),
        (status = 400, description = "Not a UUID, or no purpose", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "No role for it", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such person", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The look cannot be recorded now", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(
    State(service): State<Service>,
    principal: Principal,
    Path(id): Path<String>,
    looking: Result<Query<Looking>, QueryRejection>,
) -> Result<Response, Problem> {
    principal.needs(Reading::Identity)?;
    let (subject, id) = participant(&id)?;
    let Query(looking) = looking.map_err(|error| Problem::bad("input.invalid", error.body_text()))?;
    let (purpose, case) = purpose(looking.purpose.as_deref(), looking.case.as_deref())?;
    let lines = service.lines().about(subject.to_string()).await?;
    if lines.is_empty() {
        return Err(unknown(subject));
    }
    let events: Vec<Event> = lines
        .iter()
        .map(|(_, line)| Event::read(line).map_err(|error| Problem::internal(&error)))
        .collect::<Result<_, _>>()?;
    let vault = service.writer().vault();
    let (access, now, length) = (service.access().clone(), (service.clock())(), service.live().length());
    let _step = traces::step("record look");
    let opened = tokio::task::spawn_blocking(move || {
        let disclosed = vault.disclose(id, &events).map_err(|error| Problem::internal(&error))?;
        let fields: Vec<String> = disclosed.fields().into_iter().map(str::to_owned).collect();
        let result = match (disclosed.erased, fields.is_empty()) {
            (true, _) => Shown::Erased,
            (false, true) => Shown::Nothing,
            (false, false) => Shown::Shown,
        };
        let look = Access::Read { purpose, case, participants: vec![id], fields, result, lines: length };
        access
            .append(now, principal.actor.id, principal.roles(), look)
            .map_err(|error| Problem::unavailable(format!("{error}; nothing is shown meanwhile")))?;
        Ok::<_, Problem>(disclosed)
    });
    let disclosed = opened.await.map_err(|error| Problem::internal(&error))??;
    Ok(([(CACHE_CONTROL, "no-store")], Json(disclosed)).into_response())
}

/// What a look is for, and under which case.
pub(super) fn purpose(
    purpose: Option<&str>,
    case: Option<&str>,
) -> Result<(Reason, Option<DocumentNumber>), Problem> {
    let bad = |detail: String| Problem::bad("access.purpose", detail);
    let Some(purpose) = purpose else {
        return Err(bad("say what for: ?purpose=payout-complaint&case=T-2021-17".to_owned()));
    };
    // Sixteen digits are a number of somebody, and would stay in the access journal for ever.
    let is_number = |text: &str| text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number(purpose) || case.is_some_and(is_number) {
        return Err(bad("neither purpose nor case may be a NIK".to_owned()));
    }
    let purpose = Reason::new(purpose).map_err(|error| bad(format!("purpose: {error}")))?;
    let case = case.map(DocumentNumber::new).transpose().map_err(|error| bad(format!("case: {error}")))?;
    Ok((purpose, case))
}
