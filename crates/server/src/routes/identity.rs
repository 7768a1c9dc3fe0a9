//! Who a person is: shown to some roles, for a purpose, and never unseen.

use super::answers::{Failing, Guarded, Missing, Unreadable};
use super::participants::{Whom, participant, read, unknown};
use super::parts::{InPath, InQuery};
use crate::auth::{Principal, Reading};
use crate::problem::Problem;
use crate::service::Service;
use crate::traces;
use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse as _, Response};
use jejak_domain::ids::{DocumentNumber, Reason};
use jejak_ledger::access_log::{Access, Shown};
use jejak_ledger::{VaultError, holds_person};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Looking {
    /// What for, as a word: `payout-complaint`, `audit-sample`.
    #[param(required = true, nullable = false, example = "payout-complaint")]
    purpose: Option<String>,
    /// The case or ticket.
    #[param(nullable = false, example = "T-2021-17")]
    case: Option<String>,
}

/// What is known of a person; without account and identity when the key is destroyed.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(crate) struct IdentityBody {
    #[schema(required = false, nullable = false)]
    account: Option<serde_json::Map<String, serde_json::Value>>,
    /// True when the key is destroyed.
    erased: bool,
    #[schema(required = false, nullable = false)]
    identity: Option<serde_json::Map<String, serde_json::Value>>,
}

/// A person's name, numbers and account, as far as they are known. The look is in the access journal before the answer.
#[utoipa::path(
    get, path = "/v1/participants/{id}/identity", tag = "personal data",
    params(Whom, Looking),
    responses(
        (status = 200, description = "What is known", body = IdentityBody),
        Unreadable, Missing, Guarded, Failing,
    )
)]
pub(crate) async fn show(
    State(service): State<Service>,
    principal: Principal,
    InPath(Whom { id }): InPath<Whom>,
    InQuery(looking): InQuery<Looking>,
) -> Result<Response, Problem> {
    let scope = principal.needs(Reading::Identity)?;
    let (subject, id) = participant(&id)?;
    let (purpose, case) = purpose(looking.purpose.as_deref(), looking.case.as_deref())?;
    let lines = service.lines().about(subject.to_string()).await?;
    let events = read(&lines)?;
    if !scope.holds_person(&events) {
        return Err(scope.forbids(&principal, subject));
    }
    if lines.is_empty() {
        return Err(unknown(subject));
    }
    let vault = service.writer().vault();
    let (access, now, length) = (service.access().clone(), (service.clock())(), service.live().length());
    let _step = traces::step("record look");
    let opened = tokio::task::spawn_blocking(move || {
        let disclosed = vault.disclose(id, &events).map_err(|error| undisclosed(&error))?;
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

/// Keys that are missing or not the newest are put right by whoever runs the service; until then nothing is shown.
fn undisclosed(error: &VaultError) -> Problem {
    match error {
        VaultError::Missing(_) | VaultError::Unsealed { .. } | VaultError::Shrunk { .. } => {
            tracing::warn!(%error, "personal data cannot be shown");
            Problem::unavailable(format!("{error}; nothing is shown meanwhile"))
        }
        _ => Problem::internal(error),
    }
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
    // It would stay in the access journal for ever.
    if holds_person(purpose) || case.is_some_and(holds_person) {
        return Err(bad(
            "purpose and case may hold no NIK, KK or phone number: they are never erased".to_owned()
        ));
    }
    let purpose = Reason::new(purpose).map_err(|error| bad(format!("purpose: {error}")))?;
    let case = case.map(DocumentNumber::new).transpose().map_err(|error| bad(format!("case: {error}")))?;
    Ok((purpose, case))
}
