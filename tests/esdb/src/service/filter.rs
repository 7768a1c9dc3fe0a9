//! Which events of the log a reader wants.

use super::errors::invalid;
use crate::messages::{Expression, FilterOptions, FilterSubject, FilterWindow};
use crate::store::Record;
use fancy_regex::Regex;
use tonic::Status;

/// Events that are looked at in one go, where the client does not say.
const WINDOW: u32 = 32;

pub(super) struct Filter {
    subject: Subject,
    pattern: Pattern,
    /// A checkpoint is sent each time so many events were looked at.
    pub(super) interval: u64,
}

enum Subject {
    Stream,
    EventType,
}

enum Pattern {
    Prefixes(Vec<String>),
    /// With look-around, as the real server's expressions have.
    Regex(Box<Regex>),
}

impl Filter {
    pub(super) fn parse(options: FilterOptions) -> Result<Self, Status> {
        let (subject, expression) = match options.subject {
            Some(FilterSubject::Stream(expression)) => (Subject::Stream, expression),
            Some(FilterSubject::EventType(expression)) => (Subject::EventType, expression),
            None => return Err(invalid("The filter says neither stream nor event type.")),
        };
        let window = match options.window {
            Some(FilterWindow::Max(0)) => return Err(invalid("The window of a filter must not be 0.")),
            Some(FilterWindow::Max(window)) => window,
            Some(FilterWindow::Count(_)) | None => WINDOW,
        };
        let interval = u64::from(window).saturating_mul(options.checkpoint_multiplier.into());
        Ok(Self { subject, pattern: Pattern::parse(expression)?, interval })
    }

    pub(super) fn matches(&self, record: &Record) -> bool {
        let text = match self.subject {
            Subject::Stream => record.stream.as_str(),
            Subject::EventType => record.kind.as_str(),
        };
        match &self.pattern {
            Pattern::Prefixes(prefixes) => prefixes.iter().any(|prefix| text.starts_with(prefix)),
            // An expression that gives up on a text does not match it.
            Pattern::Regex(regex) => regex.is_match(text).unwrap_or(false),
        }
    }
}

impl Pattern {
    fn parse(expression: Expression) -> Result<Self, Status> {
        if !expression.prefixes.is_empty() {
            return Ok(Self::Prefixes(expression.prefixes));
        }
        Regex::new(&expression.regex)
            .map(|regex| Self::Regex(Box::new(regex)))
            .map_err(|error| invalid(&format!("The expression of the filter cannot be read: {error}")))
    }
}
