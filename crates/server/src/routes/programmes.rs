//! Programmes, batches, accounts and the trial balance.

use super::answers::{Failing, Guarded, Known, Missing, Unchanged, Unreadable};
use super::events::unchanged;
use super::parts::{InPath, InQuery};
use crate::asked::Asked;
use crate::auth::{Principal, Reading};
use crate::held::held;
use crate::problem::Problem;
use crate::service::Service;
use crate::shares::Place;
use crate::traces;
use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use jejak_domain::ids::ProgrammeCode;
use jejak_domain::programme::Definition;
use jejak_domain::state::State as Folded;
use jejak_domain::time::{Day, Timestamp};
use jejak_ledger::replay::{Replay, ReplayError};
use jejak_projections::balances::{balances as list_balances, trial_balance};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

/// A programme in a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProgrammeRow {
    #[schema(value_type = String)]
    programme: ProgrammeCode,
    /// The revision in force; 0 before the first.
    revision: u16,
    /// ISO 4217.
    currency: String,
}

/// A programme.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProgrammeBody {
    #[schema(value_type = String)]
    programme: ProgrammeCode,
    /// The revision in force; 0 before the first.
    revision: u16,
    /// By `schemas/programme`; null before the first revision.
    #[schema(value_type = Option<Object>)]
    definition: Option<Definition>,
}

/// A batch in a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct BatchRow {
    /// Its number.
    batch: u16,
    /// How far it is.
    phase: &'static str,
    /// Places.
    quota: u32,
}

/// Balances by account.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(crate) struct AccountsBody {
    /// Lines that were counted.
    length: u64,
    accounts: Vec<AccountRow>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
struct AccountRow {
    /// `<programme>/<year>/<account>`, and `/<party>` where it is kept by party.
    account: String,
    /// ISO 4217.
    currency: String,
    /// Exact decimal text: debit above zero, credit below.
    balance: String,
}

/// The trial balance.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(crate) struct BalancesBody {
    /// Lines that were counted.
    length: u64,
    balances: Vec<BalanceRow>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
struct BalanceRow {
    /// The account; the totals of a currency come last.
    account: String,
    /// ISO 4217.
    currency: String,
    /// Exact decimal text.
    debit: String,
    /// Exact decimal text.
    credit: String,
}

/// Every programme with the revision in force.
#[utoipa::path(
    get, path = "/v1/programmes", tag = "programmes",
    responses(
        (status = 200, description = "All programmes", body = Vec<ProgrammeRow>),
        Guarded,
    )
)]
pub(crate) async fn list(
    State(service): State<Service>,
    principal: Principal,
) -> Result<Json<Vec<ProgrammeRow>>, Problem> {
    let scope = principal.needs(Reading::Ledger)?;
    let image = service.writer().image();
    let state = image.read();
    let list = state.programmes.iter().filter(|each| scope.holds(each.code)).map(|each| ProgrammeRow {
        programme: each.code,
        revision: each.revision,
        currency: each.currency().to_string(),
    });
    Ok(Json(list.collect()))
}

/// One programme: its definition in force.
#[utoipa::path(
    get, path = "/v1/programmes/{code}", tag = "programmes", params(("code" = String, Path, description = "The programme's code")),
    responses(
        (status = 200, description = "The definition in force", body = ProgrammeBody),
        Unreadable, Missing, Guarded,
    )
)]
pub(crate) async fn show(
    State(service): State<Service>,
    principal: Principal,
    InPath(code): InPath<String>,
) -> Result<Json<ProgrammeBody>, Problem> {
    let asked = asked(&principal, &code)?;
    let image = service.writer().image();
    let state = image.read();
    let programme = asked.and_then(|code| state.programmes.get(code));
    let programme = programme.ok_or_else(|| Problem::missing(format!("there is no programme {code:?}")))?;
    Ok(Json(ProgrammeBody {
        programme: programme.code,
        revision: programme.revision,
        definition: programme.definition.clone(),
    }))
}

/// The batches of a programme.
#[utoipa::path(
    get, path = "/v1/programmes/{code}/batches", tag = "programmes", params(("code" = String, Path, description = "The programme's code")),
    responses(
        (status = 200, description = "Its batches", body = Vec<BatchRow>),
        Unreadable, Missing, Guarded,
    )
)]
pub(crate) async fn batches(
    State(service): State<Service>,
    principal: Principal,
    InPath(code): InPath<String>,
) -> Result<Json<Vec<BatchRow>>, Problem> {
    let asked = asked(&principal, &code)?;
    let image = service.writer().image();
    let state = image.read();
    let programme = asked.filter(|code| state.programmes.get(*code).is_some());
    let programme = programme.ok_or_else(|| Problem::missing(format!("there is no programme {code:?}")))?;
    let batches = state.batches.of(programme).into_iter().map(|(number, batch)| BatchRow {
        batch: number,
        phase: batch.phase.as_str(),
        quota: batch.quota,
    });
    Ok(Json(batches.collect()))
}

/// The programme of a path, where it can be one. One that the principal may not read is refused.
fn asked(principal: &Principal, code: &str) -> Result<Option<ProgrammeCode>, Problem> {
    let scope = principal.needs(Reading::Ledger)?;
    match ProgrammeCode::new(code).ok() {
        Some(code) if !scope.holds(code) => Err(scope.forbids(principal, format!("the programme {code}"))),
        code => Ok(code),
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dates {
    /// Only what was recorded by then, in UTC.
    #[param(example = "2021-03-30T02:00:00.000Z", nullable = false)]
    known: Option<String>,
    /// Only what had happened by the end of that day in Jakarta.
    #[param(example = "2021-03-30", format = Date, nullable = false)]
    effective: Option<String>,
}

/// Every account that is not empty.
#[utoipa::path(
    get, path = "/v1/accounts", tag = "books", params(Dates, Known),
    responses(
        (status = 200, description = "The accounts", body = AccountsBody),
        Unchanged, Unreadable, Guarded, Failing,
    )
)]
pub(crate) async fn accounts(
    State(service): State<Service>,
    principal: Principal,
    headers: HeaderMap,
    InQuery(dates): InQuery<Dates>,
) -> Result<Response, Problem> {
    let show = |state: &Folded| json!(list_balances(state));
    books(service, principal, headers, dates, "accounts", show).await
}

/// The trial balance: debits equal credits in each currency.
#[utoipa::path(
    get, path = "/v1/balances", tag = "books", params(Dates, Known),
    responses(
        (status = 200, description = "The balances", body = BalancesBody),
        Unchanged, Unreadable, Guarded, Failing,
    )
)]
pub(crate) async fn balances(
    State(service): State<Service>,
    principal: Principal,
    headers: HeaderMap,
    InQuery(dates): InQuery<Dates>,
) -> Result<Response, Problem> {
    let show = |state: &Folded| json!(trial_balance(state));
    books(service, principal, headers, dates, "balances", show).await
}

/// Books as of now are at hand; those of another day are folded from the beginning.
async fn books(
    service: Service,
    principal: Principal,
    headers: HeaderMap,
    dates: Dates,
    name: &'static str,
    show: fn(&Folded) -> Value,
) -> Result<Response, Problem> {
    principal.needs_everything(Reading::Ledger)?;
    let wrong = |error: &dyn std::fmt::Display| Problem::bad("input.invalid", error.to_string());
    let known = dates.known.as_deref().map(Timestamp::parse).transpose().map_err(|error| wrong(&error))?;
    let effective = dates.effective.as_deref().map(Day::parse).transpose().map_err(|error| wrong(&error))?;
    let durable = service.writer().image().durable();
    let length = durable.length;
    let tag = format!("\"{length}\"");
    if unchanged(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    let place = service.page(&principal)?;
    if known.is_none() && effective.is_none() {
        let state = Folded { books: durable.books.as_ref().clone(), ..Folded::new() };
        return answer(tag, &json!({ "length": length, name: show(&state) }), place);
    }
    let _step = traces::step("fold history");
    let _turn = service
        .replay("many ask for the books of other dates, and each is folded from the beginning")
        .await?;
    let home = service.home().clone();
    let asked = Asked::default();
    let cancellation = asked.cancellation();
    let folded =
        tokio::task::spawn_blocking(move || -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
            let mut state = Folded::new();
            let journal = home.read_journal()?;
            Replay::new(&home.manifest.origin).without_hashes().until(Some(length)).run(
                &journal,
                |decoded| {
                    if cancellation.is_cancelled() {
                        return Err(ReplayError::GivenUp);
                    }
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
    answer(tag, &json!({ "length": length, name: folded }), place)
}

fn answer(tag: String, books: &Value, place: Place) -> Result<Response, Problem> {
    let bytes = serde_json::to_vec(books).map_err(|error| Problem::internal(&error))?;
    let headers = [(CONTENT_TYPE, "application/json".to_owned()), (ETAG, tag)];
    Ok((headers, held(bytes, place)).into_response())
}
