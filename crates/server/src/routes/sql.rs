//! Questions in SQL over the read models that `jejak project` keeps beside the ledger, or over those of an earlier state.

use super::answers::{Asking, Failing, Guarded, Missing};
use super::forms::Form;
use super::items::{check_kind, whole_body};
use crate::asked::Asked;
use crate::auth::{Principal, Reading};
use crate::held::held;
use crate::problem::Problem;
use crate::service::Service;
use crate::traces;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Response};
use jejak_domain::time::{Day, Timestamp};
use jejak_projections::cut::Cut;
use jejak_projections::projector::{ProjectError, path_of};
use jejak_projections::query::{Limits, QueryError, Reader};
use jejak_projections::snapshot::snapshot;
use serde::Deserialize;
use std::time::Duration;
use utoipa::ToSchema;

/// Bytes of an answer, as of every long one.
const BYTES: usize = 4 << 20;

/// The position after the last line that was counted.
const POSITION: HeaderName = HeaderName::from_static("jejak-position");
/// The root of the tree over these lines.
const ROOT: HeaderName = HeaderName::from_static("jejak-root");

/// A question.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuestionBody {
    /// One SELECT over the read models; `jejak_columns` says what their columns mean.
    #[schema(example = "SELECT programme, batch, decreed FROM batches")]
    question: String,
    /// Only lines before this position.
    #[schema(example = json!(null))]
    at: Option<u64>,
    /// Only what was recorded by then, in UTC.
    #[schema(example = json!(null))]
    known: Option<String>,
    /// Only what had happened by the end of that day in Jakarta.
    #[schema(example = json!(null))]
    effective: Option<String>,
    /// The form of the answer: what Accept likes best where absent, and json where that says nothing.
    format: Option<Form>,
}

impl QuestionBody {
    fn form(&self, headers: &HeaderMap) -> Result<Form, Problem> {
        self.format.map_or_else(|| Form::accepted(headers), Ok)
    }

    /// The part of the history that it is about; `None` for all that the read models have. Lines that are not durable
    /// yet are no part of any.
    fn cut(&self, durable: u64) -> Result<Option<Cut>, Problem> {
        let wrong = |error: &dyn std::fmt::Display| Problem::bad("input.invalid", error.to_string());
        let known = self.known.as_deref().map(Timestamp::parse).transpose().map_err(|error| wrong(&error))?;
        let effective =
            self.effective.as_deref().map(Day::parse).transpose().map_err(|error| wrong(&error))?;
        if (self.at, known, effective) == (None, None, None) {
            return Ok(None);
        }
        let asked = self.at.unwrap_or(durable);
        if asked > durable {
            return Err(wrong(&ProjectError::BeyondEnd { asked, len: durable }));
        }
        Ok(Some(Cut { at: Some(asked), known, effective }))
    }
}

/// An answer as JSON.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(crate) struct AnswerBody {
    /// Lines that were counted: those that the read models have, which may be fewer than the ledger has.
    position: u64,
    /// Root of the tree over these lines.
    root: String,
    columns: Vec<String>,
    /// An object a row, with the columns in order.
    rows: Vec<serde_json::Map<String, serde_json::Value>>,
}

/// Ask the read models: one SELECT, at most 4 MiB, and as many rows and seconds as the service allows. Nothing
/// personal is in them. With `at`, `known` or `effective` the read models of that state are built first where they are
/// not at hand, for one question at a time.
#[utoipa::path(
    post, path = "/v1/sql", tag = "books", request_body = QuestionBody,
    responses(
        (status = 200, description = "The rows", headers(
            ("jejak-position" = u64, description = "Lines that were counted"),
            ("jejak-root" = String, description = "Root of the tree over these lines"),
        ), content(
            (AnswerBody = "application/json"), (String = "text/csv"), (Vec<u8> = "application/vnd.apache.arrow.stream")
        )),
        Asking, Missing, Guarded, Failing,
    )
)]
pub(crate) async fn ask(
    State(service): State<Service>,
    principal: Principal,
    request: Request,
) -> Result<Response, Problem> {
    // One file holds all programmes.
    principal.needs_everything(Reading::Ledger)?;
    check_kind(request.headers())?;
    let headers = request.headers().clone();
    let body = whole_body(&service, request, "question").await?;
    let question: QuestionBody =
        serde_json::from_slice(&body).map_err(|error| Problem::bad("input.invalid", error.to_string()))?;
    let form = question.form(&headers)?;
    let cut = question.cut(service.live().length())?;
    let place = service.page(&principal)?;
    let asked = Asked::default();
    let mut reader = match cut {
        None => open(&service).await?,
        Some(cut) => open_part(&service, cut, &asked).await?,
    };
    let _step = traces::step("ask read models");
    let turn = service.question().await?;
    let (limits, cancellation) = (limits(&service), asked.cancellation());
    let answered = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let answer = reader.ask_until(&question.question, limits, &cancellation).map_err(refused)?;
        Ok::<_, Problem>((form.write(&answer, BYTES)?, answer.standing))
    });
    let (bytes, standing) = answered.await.map_err(|error| Problem::internal(&error))??;
    let headers = [
        (CONTENT_TYPE, form.media_type().to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
        (POSITION, standing.position.to_string()),
        (ROOT, standing.root),
    ];
    Ok((headers, held(bytes, place)).into_response())
}

fn limits(service: &Service) -> Limits {
    let limits = &service.config().limits;
    Limits { rows: limits.question_rows, time: Duration::from_secs(limits.question_seconds), bytes: BYTES }
}

/// The read models as they are kept.
async fn open(service: &Service) -> Result<Reader, Problem> {
    let path = path_of(service.home());
    let opened = tokio::task::spawn_blocking(move || Reader::open(&path)).await;
    opened.map_err(|error| Problem::internal(&error))?.map_err(refused)
}

/// The read models of a part of the history. It takes a core and the memory of a whole history until they are built, as
/// the books of other dates do, so they share their turns.
async fn open_part(service: &Service, cut: Cut, asked: &Asked) -> Result<Reader, Problem> {
    let _step = traces::step("project history");
    let turn =
        service.replay("many ask how things stood then, and each is projected from the beginning").await?;
    let (home, cancellation) = (service.home().clone(), asked.cancellation());
    let opened = tokio::task::spawn_blocking(move || {
        // Until it is open: the next one removes the file. Also when nobody waits any more, until the work has ended.
        let _turn = turn;
        let path = snapshot(&home, cut, &cancellation, &mut |_| ()).map_err(|problem| match problem {
            // Nobody reads it.
            problem @ ProjectError::Cancelled => Problem::unavailable(problem.to_string()),
            problem => Problem::internal(&problem),
        })?;
        Reader::open(&path).map_err(refused)
    });
    opened.await.map_err(|error| Problem::internal(&error))?
}

fn refused(problem: QueryError) -> Problem {
    match problem {
        QueryError::Missing(_) | QueryError::Foreign(_) => Problem::new(
            StatusCode::NOT_FOUND,
            "question.no_read_models",
            "there are no read models yet: run `jejak project --follow` beside the service",
        ),
        QueryError::Rows(_) | QueryError::Time(_) | QueryError::Bytes(_) => {
            Problem::bad("question.too_large", problem.to_string())
        }
        problem => Problem::bad("question.refused", problem.to_string()),
    }
}
