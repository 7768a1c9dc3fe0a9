//! What stands in the path and the query of a request. What cannot be read is answered as a problem.

use crate::problem::Problem;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

/// From the path.
pub(super) struct InPath<T>(pub(super) T);

/// From the query.
pub(super) struct InQuery<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for InPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = Path::from_request_parts(parts, state).await;
        let read = read.map_err(|error| Problem::bad("input.invalid", error.body_text()));
        read.map(|Path(value)| Self(value))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for InQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = Query::from_request_parts(parts, state).await;
        let read = read.map_err(|error| Problem::bad("input.invalid", error.body_text()));
        read.map(|Query(value)| Self(value))
    }
}
