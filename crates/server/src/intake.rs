//! From the bytes of a body to items for the writer: lines are cut, read and judged here, each by itself, so that a bad
//! one says why and the rest goes on.

use crate::auth::Principal;
use crate::problem::Problem;
use crate::service::{About, Service};
use axum::http::HeaderMap;
use bytes::{Buf as _, Bytes, BytesMut};
use jejak_domain::access::permit_fact;
use jejak_domain::decide::Context;
use jejak_domain::ids::CommandId;
use jejak_domain::line::LINE_LIMIT;
use jejak_domain::participant::Sealing;
use jejak_domain::record_time;
use jejak_ledger::holds_person;
use jejak_ledger::intake::Door;
use jejak_ledger::{Item, ItemError, Outcome, Problem as Reason, Request};
use memchr::memchr;

/// Bytes of a line without an end that are taken at most: what comes is no list of items.
pub(crate) const GIVE_UP: usize = 1 << 20;

/// Cuts a body into lines; one that is too long is skipped and told by its length.
#[derive(Debug, Default)]
pub(crate) struct Cutter {
    buffer: BytesMut,
    /// Bytes of a line that is too long, so far.
    skipped: usize,
}

impl Cutter {
    /// Takes bytes, and gives the lines that are complete now.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Vec<Result<Bytes, ItemError>> {
        self.buffer.extend_from_slice(bytes);
        let mut lines = Vec::new();
        while let Some(end) = memchr(b'\n', &self.buffer) {
            let line = self.buffer.split_to(end).freeze();
            self.buffer.advance(1);
            lines.push(self.whole(line));
        }
        if self.buffer.len() > LINE_LIMIT {
            self.skipped += self.buffer.len();
            self.buffer.clear();
        }
        lines
    }

    /// True when a line is so long that its end is not waited for.
    pub(crate) fn gives_up(&self) -> bool {
        self.skipped > GIVE_UP
    }

    /// The last line, where it does not end with a newline.
    pub(crate) fn finish(&mut self) -> Option<Result<Bytes, ItemError>> {
        let line = self.buffer.split().freeze();
        (self.skipped > 0 || !line.is_empty()).then(|| self.whole(line))
    }

    fn whole(&mut self, line: Bytes) -> Result<Bytes, ItemError> {
        let length = std::mem::take(&mut self.skipped) + line.len();
        if length > LINE_LIMIT { Err(ItemError::Long(length)) } else { Ok(line) }
    }
}

/// What a line of the body is.
#[derive(Debug)]
pub(crate) enum Entry {
    /// For the writer.
    Item(Box<Item>),
    /// Answered already, with what it was about where it could be read.
    Refused(Outcome, Option<Box<About>>),
}

/// Who hands in through which door.
#[derive(Clone, Copy)]
pub(crate) struct Entrance<'a> {
    pub(crate) service: &'a Service,
    pub(crate) principal: &'a Principal,
    pub(crate) door: Door,
}

impl Entrance<'_> {
    /// Reads one line.
    pub(crate) fn entry(&self, line: Result<Bytes, ItemError>) -> Entry {
        match line.and_then(|line| Item::read(&line)) {
            Ok(item) => match self.judge(&item) {
                Ok(()) => Entry::Item(Box::new(item)),
                Err(reason) => self.refused(item.command_id, Some((&item).into()), reason),
            },
            Err(problem) => self.refused(None, None, reason("input.invalid", problem.to_string())),
        }
    }

    fn refused(&self, id: Option<CommandId>, about: Option<About>, reason: Reason) -> Entry {
        self.service.metrics().refused(&reason.code);
        Entry::Refused(Outcome::refused(id, reason), about.map(Box::new))
    }

    /// What does not depend on the ledger's state, and who may report facts.
    pub(crate) fn judge(&self, item: &Item) -> Result<(), Reason> {
        if item.actor.is_some() {
            return Err(reason(
                "input.invalid",
                "who acts follows from the token: leave \"actor\" out".to_owned(),
            ));
        }
        match (&item.request, self.door) {
            (Request::Command(_), Door::Commands) => Ok(()),
            (Request::Fact(payload), Door::Facts) => {
                let image = self.service.writer().image();
                let state = &image.read();
                let now = record_time((self.service.clock())(), state.recorded);
                let context = Context {
                    state,
                    subject: item.subject,
                    programme: item.programme,
                    time: item.time.unwrap_or(now),
                    actor: self.principal.actor,
                    sealing: Sealing::NONE,
                };
                permit_fact(&context, payload, now).map_err(Reason::from)
            }
            (request, Door::Commands) => {
                Err(reason("input.wrong_door", format!("{} is a fact: send it to /v1/facts", request.name())))
            }
            (request, Door::Facts) => Err(reason(
                "input.wrong_door",
                format!("{} is a command: send it to /v1/commands", request.name()),
            )),
        }
    }
}

fn reason(code: &str, detail: String) -> Reason {
    Reason { code: code.to_owned(), detail, rule: None }
}

/// The code of what is wrong with the header `Idempotency-Key`.
pub(crate) const IDEMPOTENCY_KEY: &str = "input.idempotency_key";

/// The header `Idempotency-Key`. One that cannot be used is never passed over: its sender relies on it.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<CommandId>, Problem> {
    let mut values = headers.get_all("idempotency-key").iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Problem::bad(IDEMPOTENCY_KEY, "Idempotency-Key stands there twice: send one"));
    }
    let id = match value.to_str() {
        Ok(text) if holds_person(text) => Err(ItemError::Personal("Idempotency-Key").to_string()),
        Ok(text) => CommandId::new(text).map_err(|error| error.to_string()),
        Err(_) => Err("it has a byte outside ASCII".to_owned()),
    };
    id.map(Some).map_err(|reason| Problem::bad(IDEMPOTENCY_KEY, format!("Idempotency-Key: {reason}")))
}

/// Joins the header `Idempotency-Key` and `commandid`: they are one thing.
pub(crate) fn with_key(item: &mut Item, header: Option<CommandId>) -> Result<(), Problem> {
    match (item.command_id, header) {
        (Some(own), Some(id)) if own != id => Err(Problem::bad(
            IDEMPOTENCY_KEY,
            format!("Idempotency-Key says {id}, commandid says {own}: they are one thing, send one of them"),
        )),
        (own, header) => {
            item.command_id = own.or(header);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_wherever_the_bytes_are_cut() {
        let text = b"one\n\ntwo\nthree";
        for at in 0..text.len() {
            let mut cutter = Cutter::default();
            let mut lines = cutter.push(&text[..at]);
            lines.extend(cutter.push(&text[at..]));
            lines.extend(cutter.finish());
            let lines: Vec<_> = lines.into_iter().map(Result::unwrap).collect();
            assert_eq!(lines, [&b"one"[..], b"", b"two", b"three"]);
        }
    }

    #[test]
    fn a_long_line_is_skipped_without_being_kept() {
        let mut cutter = Cutter::default();
        for _ in 0..100 {
            assert!(cutter.push(&vec![b'x'; 50_000]).is_empty());
            assert!(cutter.buffer.len() <= LINE_LIMIT);
        }
        let lines = cutter.push(b"y\nnext\n");
        assert!(matches!(lines[0], Err(ItemError::Long(5_000_001))));
        assert_eq!(lines[1].as_ref().unwrap(), "next");
        assert!(cutter.finish().is_none());
    }
}
