//! The forms of an answer in SQL: which one is asked for, and how it is written.

use crate::problem::Problem;
use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, StatusCode};
use jejak_projections::export::arrow::write_answer;
use jejak_projections::query::text::write_csv;
use jejak_projections::query::{Answer, QueryError};
use serde::Deserialize;
use std::io;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Form {
    Json,
    Csv,
    Arrow,
}

impl Form {
    /// The one that the client likes best; JSON where it does not say.
    pub(super) fn accepted(headers: &HeaderMap) -> Result<Self, Problem> {
        let texts = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let ranges: Vec<_> = texts.flat_map(|text| text.split(',')).filter_map(Range::read).collect();
        if ranges.is_empty() {
            return Ok(Self::Json);
        }
        // Of equals the last one is taken.
        let liked = [Self::Arrow, Self::Csv, Self::Json].into_iter().filter_map(|form| {
            let closest = ranges.iter().filter_map(|range| range.closeness(form)).max()?;
            let (closeness, weight) = closest;
            (weight > 0).then_some((form, (weight, closeness)))
        });
        liked.max_by_key(|(_, liking)| *liking).map(|(form, _)| form).ok_or_else(|| {
            let detail = "an answer is application/json, text/csv or application/vnd.apache.arrow.stream: \
                          accept one of them, or say \"format\" in the question";
            Problem::new(StatusCode::NOT_ACCEPTABLE, "question.form", detail)
        })
    }

    const fn essence(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::Arrow => "application/vnd.apache.arrow.stream",
        }
    }

    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            form => form.essence(),
        }
    }

    /// Writes an answer of at most so many bytes: names of columns come again in each row of JSON.
    pub(super) fn write(self, answer: &Answer, most: usize) -> Result<Vec<u8>, Problem> {
        let mut out = Bounded { bytes: Vec::new(), most, full: false };
        let written: Result<(), Box<dyn std::error::Error>> = match self {
            Self::Json => serde_json::to_writer(&mut out, answer).map_err(Into::into),
            Self::Csv => write_csv(answer, &mut out).map_err(Into::into),
            Self::Arrow => write_answer(answer, &mut out).map_err(Into::into),
        };
        match written {
            Ok(()) => Ok(out.bytes),
            Err(_) if out.full => {
                Err(Problem::bad("question.too_large", QueryError::Bytes(most).to_string()))
            }
            Err(error) => Err(Problem::internal(&error)),
        }
    }
}

/// Bytes in memory, and no more than may be.
struct Bounded {
    bytes: Vec<u8>,
    most: usize,
    full: bool,
}

impl io::Write for Bounded {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + more.len() > self.most {
            self.full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A media range of `Accept` (RFC 9110, 12.5.1).
struct Range {
    essence: String,
    /// Thousandths.
    weight: u16,
}

impl Range {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(|part| part.trim().to_ascii_lowercase());
        let essence = parts.next().filter(|essence| !essence.is_empty())?;
        let weight = parts.find_map(|part| part.strip_prefix("q=").map(thousandths));
        Some(Self { essence, weight: weight.unwrap_or(1_000) })
    }

    /// How closely it names the form, and how much that one is liked.
    fn closeness(&self, form: Form) -> Option<(u8, u16)> {
        let wanted = form.essence();
        let closeness = if self.essence == wanted {
            2
        } else if self
            .essence
            .strip_suffix('*')
            .is_some_and(|kind| kind.len() > 2 && wanted.starts_with(kind))
        {
            1
        } else if self.essence == "*/*" {
            0
        } else {
            return None;
        };
        Some((closeness, self.weight))
    }
}

/// `0`, `1` or up to three digits after the point; what is neither does not count.
fn thousandths(text: &str) -> u16 {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    match whole {
        "1" => 1_000,
        "0" if rest.len() <= 3 => format!("{rest:0<3}").parse().unwrap_or_default(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(text: &str) -> Option<Form> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, text.parse().unwrap());
        Form::accepted(&headers).ok()
    }

    #[test]
    fn the_form_is_what_the_client_likes_best() {
        assert_eq!(Form::accepted(&HeaderMap::new()).ok(), Some(Form::Json));
        for (text, form) in [
            ("*/*", Some(Form::Json)),
            ("application/*", Some(Form::Json)),
            ("text/*", Some(Form::Csv)),
            ("Text/CSV; charset=utf-8", Some(Form::Csv)),
            ("text/csv, */*", Some(Form::Csv)),
            ("text/csv;q=0.5, */*", Some(Form::Json)),
            ("text/csv;q=0.25, application/vnd.apache.arrow.stream;q=0.3", Some(Form::Arrow)),
            ("application/json;q=0, application/*;q=0.1", Some(Form::Arrow)),
            ("text/csv;q=0", None),
            ("text/html", None),
            ("text/csv;q=high", None),
        ] {
            assert_eq!(accepted(text), form, "{text}");
        }
    }
}
