//! Programmes, batches, accounts and the trial balance.

use super::events::unchanged;
use crate::auth::{Principal, Reading};
use crate::problem::Problem;
use crate::service::Service;
use crate::traces;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::ETAG;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use jejak_domain::ids::ProgrammeCode;
use jejak_domain::state::State as Folded;
use jejak_domain::time::{Day, Timestamp};
use jejak_ledger::replay::Replay;
use jejak_projections::balances::{balances as list_balances, trial_balance};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

/// Every programme with the revision in force.
#[utoipa::path(
    get, path = "/v1/programmes", tag = "programmes",
    responses(
        (status = 200, description = "`[{\"programme\",\"revision\",\"currency\"}]`", body = serde_json::Value),
        (status = 401, description = "No valid token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "No role for it", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    State(service): State<Service>,
    principal: Principal,
) -> Result<Json<Value>, Problem> {
    principal.needs(Reading::Ledger)?;
    let image = service.writer().image();
    let state = image.read();
    let list = state.programmes.iter().map(|each| {
        json!({ "programme": each.code, "revision": each.revision, "currency": each.currency().to_string() })
    });
    Ok(Json(list.collect()))
}

/// One programme: its definition in force.
#[utoipa::path(
    get, path = "/v1/programmes/{code}", tag = "programmes", params(("code" = String, Path, description = "The programme's code")),
    responses(
        (status = 200, description = "The definition in force", body = serde_json::Value),
        (status = 401, description = "No valid token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "No role for it", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such programme", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(
    State(service): State<Service>,
    principal: Principal,
    Path(code): Path<String>,
) -> Result<Json<Value>, Problem> {
    principal.needs(Reading::Ledger)?;
    let image = service.writer().image();
    let state = image.read();
    let programme = ProgrammeCode::new(&code).ok().and_then(|code| state.programmes.get(code));
    let programme = programme.ok_or_else(|| Problem::missing(format!("there is no programme {code:?}")))?;
    let definition =
        serde_json::to_value(&programme.definition).map_err(|error| Problem::internal(&error))?;
    Ok(Json(json!({ "programme": programme.code, "revision": programme.revision, "definition": definition })))
}

/// The batches of a programme.
#[utoipa::path(
    get, path = "/v1/programmes/{code}/batches", tag = "programmes", params(("code" = String, Path, description = "The programme's code")),
    responses(
        (status = 200, description = "`[{\"batch\",\"phase\",\"quota\"}]`", body = serde_json::Value),
        (status = 401, description = "No valid token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "No role for it", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such programme", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn batches(
    State(service): State<Service>,
    principal: Principal,
    Path(code): Path<String>,
) -> Result<Json<Value>, Problem> {
    principal.needs(Reading::Ledger)?;
    let image = service.writer().image();
    let state = image.read();
    let programme = ProgrammeCode::new(&code).ok().filter(|code| state.programmes.get(*code).is_some());
    let programme = programme.ok_or_else(|| Problem::missing(format!("there is no programme {code:?}")))?;
    let batches = state.batches.of(programme).into_iter().map(
        |(number, batch)| json!({ "batch": number, "phase": batch.phase.as_str(), "quota": batch.quota }),
    );
    Ok(Json(batches.collect()))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dates {
    /// Only what was recorded by then, in UTC.
    known: Option<String>,
    /// Only what had happened by the end of that day in Jakarta.
    effective: Option<String>,
}

/// Every account that is not empty.
#[utoipa::path(
    get, path = "/v1/accounts", tag = "books", params(Dates),
    responses(
        (status = 200, description = "`{\"length\",\"accounts\":[{\"account\",\"currency\",\"balance\"}]}`", body = serde_json::Value),
        (status = 304, description = "Unchanged since the position of If-None-Match"),
        (status = 400, description = "Not a date", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "No role for it", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn accounts(
    State(service): State<Service>,
    principal: Principal,
    headers: HeaderMap,
    dates: Result<Query<Dates>, QueryRejection>,
) -> Result<Response, Problem> {
    let show = |state: &Folded| json!(list_balances(state));
    books(service, principal, headers, dates, "accounts", show).await
}

/// The trial balance: debits equal credits in each currency.
#[utoipa::path(
    get, path = "/v1/balances", tag = "books", params(Dates),
    responses(
        (status = 200, description = "`{\"length\",\"balances\":[{\"account\",\"currency\",\"debit\",\"credit\"}]}`", body = serde_json::Value),
        (status = 304, description = "Unchanged since the position of If-None-Match"),
        (status = 400, description = "Not a date", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "No role for it", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn balances(
    State(service): State<Service>,
    principal: Principal,
    headers: HeaderMap,
    dates: Result<Query<Dates>, QueryRejection>,
) -> Result<Response, Problem> {
    let show = |state: &Folded| json!(trial_balance(state));
    books(service, principal, headers, dates, "balances", show).await
}

/// Books as of now are at hand; those of another day are folded from the beginning.
async fn books(
    service: Service,
    principal: Principal,
    headers: HeaderMap,
    dates: Result<Query<Dates>, QueryRejection>,
    name: &'static str,
    show: fn(&Folded) -> Value,
) -> Result<Response, Problem> {
    principal.needs(Reading::Ledger)?;
    let Query(dates) = dates.map_err(|error| Problem::bad("input.invalid", error.body_text()))?;
    let wrong = |error: &dyn std::fmt::Display| Problem::bad("input.invalid", error.to_string());
    let known = dates.known.as_deref().map(Timestamp::parse).transpose().map_err(|error| wrong(&error))?;
    let effective = dates.effective.as_deref().map(Day::parse).transpose().map_err(|error| wrong(&error))?;
    let durable = service.writer().image().durable();
    let length = durable.length;
    let tag = format!("\"{length}\"");
    if unchanged(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    if known.is_none() && effective.is_none() {
        let state = Folded { books: durable.books.as_ref().clone(), ..Folded::new() };
        return Ok(([(ETAG, tag)], Json(json!({ "length": length, name: show(&state) }))).into_response());
    }
    let _step = traces::step("fold history");
    let _turn =
        service.0.replays.acquire().await.map_err(|_| Problem::unavailable("the service is stopping"))?;
    let home = service.home().clone();
    let folded =
        tokio::task::spawn_blocking(move || -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
            let mut state = Folded::new();
            let journal = home.read_journal()?;
            Replay::new(&home.manifest.origin).without_hashes().until(Some(length)).run(
                &journal,
                |decoded| {
                    for (_, event) in decoded.events() {
                        let late = known.is_some_and(|known| event.recorded > known);
                        let later = effective.is_some_and(|day| event.time > day.ends());
                        if !late && !later {
                            state.apply(event);
                        }
                    }
                    Ok(())
                },
            )?;
            Ok(show(&state))
        });
    let folded = folded.await.map_err(|error| Problem::internal(&error))?;
    let folded = folded.map_err(|error| Problem::internal(&error))?;
    Ok(([(ETAG, tag)], Json(json!({ "length": length, name: folded }))).into_response())
}
