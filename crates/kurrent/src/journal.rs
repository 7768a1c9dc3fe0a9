//! The engine: appends with the exact revision, and never a guess about what was recorded.

use crate::connection::Connection;
use crate::error::KurrentError;
use crate::event::{Labels, LabelsOf, events_of};
use crate::reading::{self, first_revision};
use eventstore::{
    AppendToStreamOptions, Client, CurrentRevision, Error, EventData, ExpectedRevision, ReadStreamOptions,
    StreamPosition,
};
use jejak_journal::{
    AppendError, Batches, Commit, Journal, LINE_OVERHEAD_BYTES, MAX_COMMIT_BYTES, Position, ReadError,
};
use std::sync::Arc;

/// A journal in one stream of a server.
#[derive(Debug)]
pub struct KurrentJournal {
    connection: Arc<Connection>,
    stream: String,
    len: u64,
    labels_of: LabelsOf,
    /// The failure after which it is not known what was recorded.
    dead: Option<String>,
}

/// What the server said to an append.
enum Appended {
    /// The revision of the last event.
    To(u64),
    /// The length of the stream, which is another than was named.
    Elsewhere(u64),
}

impl KurrentJournal {
    /// Opens a stream, which need not have any lines yet.
    pub(crate) fn open(connection: Arc<Connection>, stream: String) -> Result<Self, KurrentError> {
        let len = length(&connection, &stream)?;
        check_limits(&connection, &stream, len)?;
        Ok(Self { connection, stream, len, labels_of: |_| Labels::default(), dead: None })
    }

    /// With labels for the server's own tools.
    #[must_use]
    pub fn labelled(self, labels_of: LabelsOf) -> Self {
        Self { labels_of, ..self }
    }

    /// The name of the stream.
    pub fn stream(&self) -> &str {
        &self.stream
    }

    /// Asks the server for the length, which grows when others write. A dead writer stays dead.
    ///
    /// # Errors
    /// When nobody answers.
    pub fn refresh(&mut self) -> Result<u64, KurrentError> {
        self.len = length(&self.connection, &self.stream)?;
        Ok(self.len)
    }

    /// Appends what fits one request.
    fn send(&mut self, commits: &[Commit]) -> Result<(), AppendError> {
        let (stream, at) = (self.stream.clone(), self.len);
        let (mut events, mut end) = (Vec::new(), Position(at));
        for commit in commits {
            events.extend(events_of(end, commit, self.labels_of)?);
            end = end.plus(u64::from(commit.len()));
        }
        let deadline = self.connection.patience().each;
        let expected = at.checked_sub(1).map_or(ExpectedRevision::NoStream, ExpectedRevision::Exact);
        let options = AppendToStreamOptions::default()
            .expected_revision(expected)
            .requires_leader(true)
            .deadline(deadline);
        let call = |client| append(client, stream.clone(), options.clone(), events.clone());
        match self.connection.call(&self.stream, call) {
            Ok(Appended::To(last)) if last + 1 == end.0 => {
                self.len = end.0;
                Ok(())
            }
            // A stream that was deleted takes a first event again, with a later revision.
            Ok(Appended::To(last)) => {
                let reason = format!("its first event since a deletion has revision {last}");
                let error = KurrentError::Truncated { stream, reason };
                self.dead = Some(error.to_string());
                Err(error.into())
            }
            Ok(Appended::Elsewhere(len)) => {
                self.len = len;
                Err(AppendError::WrongPosition { asked: Position(at), expected: Position(len) })
            }
            Err(error) => {
                self.dead = Some(error.to_string());
                Err(error.into())
            }
        }
    }
}

async fn append(
    client: Client,
    stream: String,
    options: AppendToStreamOptions,
    events: Vec<EventData>,
) -> Result<Appended, Error> {
    match client.append_to_stream(stream, &options, events).await {
        // The client calls the last revision the next expected one.
        Ok(written) => Ok(Appended::To(written.next_expected_version)),
        Err(Error::WrongExpectedVersion { current, .. }) => Ok(Appended::Elsewhere(match current {
            CurrentRevision::Current(last) => last + 1,
            CurrentRevision::NoStream => 0,
        })),
        Err(error) => Err(error),
    }
}

/// The number of events, from the revision of the last one.
fn length(connection: &Connection, stream: &str) -> Result<u64, KurrentError> {
    let last = edge(connection, stream, StreamPosition::End)?;
    Ok(last.map_or(0, |revision| revision + 1))
}

/// The revision of the first or last event that the stream still has.
fn edge(
    connection: &Connection,
    stream: &str,
    end: StreamPosition<u64>,
) -> Result<Option<u64>, KurrentError> {
    // What was written by a leader before must be seen: a follower may be behind.
    let options = ReadStreamOptions::default().position(end).max_count(1).requires_leader(true);
    connection.call(stream, |client| first_revision(client, stream.to_owned(), options.clone()))
}

/// A ledger needs every event since the first, and none of the settings that make a server forget.
fn check_limits(connection: &Connection, stream: &str, len: u64) -> Result<(), KurrentError> {
    let truncated = |reason: String| Err(KurrentError::Truncated { stream: stream.to_owned(), reason });
    match edge(connection, stream, StreamPosition::Start)? {
        Some(first) if first > 0 => return truncated(format!("its first event has revision {first}")),
        None if len > 0 => return truncated(format!("none of its {len} events is there")),
        _ => {}
    }
    let settings_of = format!("$${stream}");
    let options =
        ReadStreamOptions::default().position(StreamPosition::End).max_count(1).requires_leader(true);
    let set = connection.call(stream, |client| newest(client, settings_of.clone(), options.clone()))?;
    let settings: serde_json::Value = serde_json::from_slice(&set).unwrap_or_default();
    let forgetting = ["$maxCount", "$maxAge", "$tb"].into_iter().find(|name| settings.get(name).is_some());
    forgetting.map_or(Ok(()), |name| truncated(format!("its metadata set {name}")))
}

async fn newest(client: Client, stream: String, options: ReadStreamOptions) -> Result<Vec<u8>, Error> {
    let mut events = match client.read_stream(stream, &options).await {
        // A user who may not read the settings may still write lines.
        Err(Error::ResourceNotFound | Error::AccessDenied) => return Ok(Vec::new()),
        events => events?,
    };
    match events.next().await {
        Err(Error::ResourceNotFound | Error::AccessDenied) => Ok(Vec::new()),
        event => Ok(event?.map(|event| event.get_original_event().data.to_vec()).unwrap_or_default()),
    }
}

/// Whole commits that fit one request, as many as fit. A commit fits by itself: that is what its size is limited for.
fn requests(commits: &[Commit]) -> Vec<&[Commit]> {
    let size = |commit: &Commit| {
        let lines = usize::try_from(commit.len()).unwrap_or(usize::MAX);
        commit.as_bytes().len() + lines * LINE_OVERHEAD_BYTES
    };
    let (mut cut, mut sum) = (Vec::new(), 0);
    for (index, commit) in commits.iter().enumerate() {
        sum += size(commit);
        if sum > MAX_COMMIT_BYTES && index > 0 {
            cut.push(index);
            sum = size(commit);
        }
    }
    let mut rest = commits;
    let mut requests = Vec::with_capacity(cut.len() + 1);
    let mut begun = 0;
    for at in cut {
        let (request, more) = rest.split_at(at - begun);
        requests.push(request);
        (rest, begun) = (more, at);
    }
    requests.push(rest);
    requests
}

impl Journal for KurrentJournal {
    fn len(&self) -> u64 {
        self.len
    }

    /// Each commit is atomic. A group that is larger than one request of the server goes in several: when one of them
    /// fails, those before it stand in the stream, though none is acknowledged.
    fn append(&mut self, at: Position, commits: &[Commit]) -> Result<(), AppendError> {
        if let Some(reason) = &self.dead {
            return Err(AppendError::Poisoned { reason: reason.clone() });
        }
        if at.0 != self.len {
            return Err(AppendError::WrongPosition { asked: at, expected: Position(self.len) });
        }
        if commits.is_empty() {
            return Ok(());
        }
        requests(commits).into_iter().try_for_each(|request| self.send(request))
    }

    fn read(&self, from: Position) -> Result<Batches, ReadError> {
        if from.0 > self.len {
            return Err(ReadError::BehindEnd { asked: from, len: self.len });
        }
        Ok(reading::batches(Arc::clone(&self.connection), self.stream.clone(), from, Position(self.len)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(bytes: usize) -> Commit {
        Commit::from_lines([vec![b'x'; bytes]]).unwrap()
    }

    #[test]
    fn requests_are_whole_commits_within_the_limit_of_a_server() {
        let sizes =
            |commits: &[Commit]| requests(commits).iter().map(|request| request.len()).collect::<Vec<_>>();
        assert_eq!(sizes(&[]), [0]);
        assert_eq!(sizes(&[commit(10)]), [1]);
        assert_eq!(sizes(&vec![commit(60_000); 31]), [14, 14, 3]);
        let largest = Commit::from_lines(vec![vec![b'x'; 59_740]; 15]).unwrap();
        assert_eq!(sizes(&[largest.clone(), largest, commit(1)]), [1, 1, 1]);
    }
}
