//! Questions in SQL over the read models that `jejak project` keeps beside the ledger.

use super::answers::{Failing, Guarded, Missing, Taking};
use super::items::{check_kind, whole_body};
use crate::auth::{Principal, Reading};
use crate::held::held;
use crate::problem::Problem;
use crate::service::Service;
use crate::traces;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Response};
use jejak_projections::export::arrow::write_answer;
use jejak_projections::projector::path_of;
use jejak_projections::query::text::write_csv;
use jejak_projections::query::{Answer, Limits, QueryError, Reader};
use serde::Deserialize;
use std::path::Path;
use std::time::Duration;
use utoipa::ToSchema;

/// What one answer may cost; who needs more asks `jejak sql`, or exports.
const LIMITS: Limits = Limits { rows: 10_000, time: Duration::from_secs(10), bytes: 4 << 20 };

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
    /// The form of the answer: json where absent.
    #[serde(default)]
    format: Form,
}

#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Form {
    #[default]
    Json,
    Csv,
    Arrow,
}

impl Form {
    fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Arrow => "application/vnd.apache.arrow.stream",
        }
    }

    fn write(self, answer: &Answer) -> Result<Vec<u8>, Problem> {
        let mut bytes = Vec::new();
        let written: Result<(), Box<dyn std::error::Error>> = match self {
            Self::Json => serde_json::to_writer(&mut bytes, answer).map_err(Into::into),
            Self::Csv => write_csv(answer, &mut bytes).map_err(Into::into),
            Self::Arrow => write_answer(answer, &mut bytes).map_err(Into::into),
        };
        written.map_err(|error| Problem::internal(&error))?;
        Ok(bytes)
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

/// Ask the read models: one SELECT, at most 10,000 rows, 4 MiB of text and ten seconds. Nothing personal is in them.
#[utoipa::path(
    post, path = "/v1/sql", tag = "books", request_body = QuestionBody,
    responses(
        (status = 200, description = "The rows", headers(
            ("jejak-position" = u64, description = "Lines that were counted"),
            ("jejak-root" = String, description = "Root of the tree over these lines"),
        ), content(
            (AnswerBody = "application/json"), (String = "text/csv"), (Vec<u8> = "application/vnd.apache.arrow.stream")
        )),
        Taking, Missing, Guarded, Failing,
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
    let body = whole_body(&service, request, "question").await?;
    let asked: QuestionBody =
        serde_json::from_slice(&body).map_err(|error| Problem::bad("input.invalid", error.to_string()))?;
    let place = service.page(&principal)?;
    let _step = traces::step("ask read models");
    let turn = service.question().await?;
    let path = path_of(service.home());
    let answered = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let answer = answer(&path, &asked.question)?;
        Ok::<_, Problem>((asked.format.write(&answer)?, answer.standing))
    });
    let (bytes, standing) = answered.await.map_err(|error| Problem::internal(&error))??;
    let headers = [
        (CONTENT_TYPE, asked.format.media_type().to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
        (POSITION, standing.position.to_string()),
        (ROOT, standing.root),
    ];
    Ok((headers, held(bytes, place)).into_response())
}

fn answer(path: &Path, question: &str) -> Result<Answer, Problem> {
    let refused = |problem: QueryError| match problem {
        QueryError::Missing(_) | QueryError::Foreign(_) => Problem::new(
            StatusCode::NOT_FOUND,
            "question.no_read_models",
            "there are no read models yet: run `jejak project --follow` beside the service",
        ),
        QueryError::Rows(_) | QueryError::Time(_) | QueryError::Bytes(_) => {
            Problem::bad("question.too_large", problem.to_string())
        }
        problem => Problem::bad("question.refused", problem.to_string()),
    };
    Reader::open(path).and_then(|mut reader| reader.ask(question, LIMITS)).map_err(refused)
}
