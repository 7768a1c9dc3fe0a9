//! What requests may be answered with, for the document of the interface: each refusal is described here, once.
//!
//! Nothing of this is ever made; the answers themselves are a [`Problem`], or nothing.

use crate::problem::Problem;
use utoipa::{IntoParams, IntoResponses};

const PROBLEM: &str = "application/problem+json";

/// Of whatever needs a token.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes answers")]
pub(super) enum Guarded {
    /// No valid token
    #[response(status = 401, content_type = PROBLEM)]
    Unauthenticated(Problem),
    /// No role for it
    #[response(status = 403, content_type = PROBLEM)]
    Forbidden(Problem),
    /// Too many requests: wait as long as Retry-After says
    #[response(status = 429, content_type = PROBLEM)]
    Often(Problem),
    /// Not now: the ledger cannot write, or too much is open. Ask again; an item with the same commandid
    #[response(status = 503, content_type = PROBLEM)]
    Unavailable(Problem),
}

/// Of whatever takes items.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes answers")]
pub(super) enum Taking {
    /// Not an item, not one for this path, or not whole
    #[response(status = 400, content_type = PROBLEM)]
    Bad(Problem),
    /// The item did not arrive in time
    #[response(status = 408, content_type = PROBLEM)]
    Slow(Problem),
    /// The commandid was used for something else
    #[response(status = 409, content_type = PROBLEM)]
    Conflict(Problem),
    /// Too long
    #[response(status = 413, content_type = PROBLEM)]
    Long(Problem),
    /// Neither JSON nor NDJSON, or compressed
    #[response(status = 415, content_type = PROBLEM)]
    Kind(Problem),
    /// Refused by a rule
    #[response(status = 422, content_type = PROBLEM)]
    Refused(Problem),
}

/// Of whatever takes a question.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes answers")]
pub(super) enum Asking {
    /// Not a question that can be answered, not whole, or its answer is too large or takes too long
    #[response(status = 400, content_type = PROBLEM)]
    Bad(Problem),
    /// No form of the answer is accepted
    #[response(status = 406, content_type = PROBLEM)]
    Form(Problem),
    /// The question did not arrive in time
    #[response(status = 408, content_type = PROBLEM)]
    Slow(Problem),
    /// Too long
    #[response(status = 413, content_type = PROBLEM)]
    Long(Problem),
    /// Not JSON, or compressed
    #[response(status = 415, content_type = PROBLEM)]
    Kind(Problem),
}

/// Of whatever has something in its path, query or headers that can be wrong.
#[derive(IntoResponses)]
#[response(status = 400, description = "The path, the query or a header cannot be read", content_type = PROBLEM)]
#[expect(dead_code, reason = "describes answers")]
pub(super) struct Unreadable(Problem);

/// Of whatever may not be there.
#[derive(IntoResponses)]
#[response(status = 404, description = "There is no such thing", content_type = PROBLEM)]
#[expect(dead_code, reason = "describes answers")]
pub(super) struct Missing(Problem);

/// Of whatever can be asked again with `If-None-Match`.
#[derive(IntoResponses)]
#[response(status = 304, description = "Unchanged since the answer whose ETag If-None-Match has")]
pub(super) struct Unchanged;

/// Of whatever reads the ledger's files.
#[derive(IntoResponses)]
#[response(status = 500, description = "A file cannot be read: the service's log says more", content_type = PROBLEM)]
#[expect(dead_code, reason = "describes answers")]
pub(super) struct Failing(Problem);

/// Of whoever has an answer already.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header")]
pub(super) struct Known {
    /// The ETag of the answer at hand: 304 while it holds.
    #[param(rename = "If-None-Match", nullable = false)]
    tag: Option<String>,
}
