//! Errors as problem details (RFC 9457), each with a stable code.

use crate::writer::Unavailable;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jejak_domain::refusal::Refusal;
use jejak_ledger::{Outcome, Problem as Reason, Status};
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was not carried out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// A name for this kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "urn:jejak:problem:voucher.balance_insufficient")]
    kind: Box<str>,
    /// The HTTP status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// Stable code, for programs.
    pub(crate) code: Box<str>,
    /// What stands in the way, with the figures, and what to do.
    pub(crate) detail: Box<str>,
    /// The programme version whose rule refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<Box<str>>,
    /// The key of the command that was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    commandid: Option<Box<str>>,
    /// True for the answer to an item, which is noted as such.
    #[serde(skip)]
    of_item: bool,
}

/// Marks the answer to a request that was turned away, with the code.
#[derive(Clone, Debug)]
pub(crate) struct TurnedAway(pub(crate) Box<str>);

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &str, detail: impl Into<Box<str>>) -> Self {
        Self {
            kind: format!("urn:jejak:problem:{code}").into(),
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            code: code.into(),
            detail: detail.into(),
            rule: None,
            commandid: None,
            of_item: false,
        }
    }

    pub(crate) fn bad(code: &str, detail: impl Into<Box<str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    pub(crate) fn missing(detail: impl Into<Box<str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    pub(crate) fn forbidden(detail: impl Into<Box<str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "access.not_permitted", detail)
    }

    pub(crate) fn unauthenticated(detail: impl Into<Box<str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "access.token", detail)
    }

    /// The ledger cannot answer now.
    pub(crate) fn unavailable(detail: impl Into<Box<str>>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "ledger.unavailable", detail)
    }

    /// A fault of ours or of the disk: the reason goes to the log, and here in short.
    pub(crate) fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "ledger.failed", error.to_string())
    }

    /// The answer to a single item that was not carried out; none for one that was.
    pub(crate) fn of(outcome: &Outcome) -> Option<Self> {
        let reason = outcome.problem.as_ref().filter(|_| outcome.status == Status::Refused)?;
        let mut problem = Self::new(status_of(&reason.code), &reason.code, reason.detail.as_str());
        problem.rule = reason.rule.as_deref().map(Box::from);
        problem.of_item = true;
        problem.commandid = outcome.command_id.map(|id| id.as_str().into());
        Some(problem)
    }
}

impl From<Unavailable> for Problem {
    fn from(error: Unavailable) -> Self {
        match error {
            standby @ Unavailable::Standby(_) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "ledger.standby", standby.to_string())
            }
            error => Self::unavailable(error.to_string()),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let reason = Reason::from(refusal);
        let mut problem = Self::new(status_of(&reason.code), &reason.code, reason.detail);
        problem.rule = reason.rule.map(Box::from);
        problem
    }
}

/// A command that the rules refuse is well formed and understood: 422, save where HTTP has a closer word.
fn status_of(code: &str) -> StatusCode {
    match code {
        "input.invalid" | "input.wrong_door" => StatusCode::BAD_REQUEST,
        "command.conflict" => StatusCode::CONFLICT,
        "access.not_permitted" => StatusCode::FORBIDDEN,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let (code, of_item) = (self.code.clone(), self.of_item);
        let mut response = (status, axum::Json(self)).into_response();
        let away = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::TOO_MANY_REQUESTS];
        if away.contains(&status) && !of_item {
            response.extensions_mut().insert(TurnedAway(code));
        }
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
