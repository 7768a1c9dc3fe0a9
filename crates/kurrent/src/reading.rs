//! Reads a stream as batches: a task reads ahead, the reader takes what is there.
//!
//! The reader waits as on a file, whether or not its thread belongs to a runtime; so what is read ahead is bounded by
//! permits, which go with it.
//!
//! A read that breaks off is begun again after the last line that came: positions need no help of the server.

use crate::connection::{Connection, Failure};
use crate::error::KurrentError;
use crate::event::{Received, line_of};
use eventstore::{Client, Error, ReadStreamOptions, StreamPosition};
use jejak_journal::{Batch, Batches, Commit, Frame, Position, ReadError};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Lines and bytes of one batch, about: large enough to be worth a hand-over, small enough to wait in memory.
const BATCH_LINES: usize = 2_048;
const BATCH_BYTES: usize = 512 << 10;
/// Batches that wait for the reader.
const AHEAD: usize = 4;

/// A batch, or why there is none, with its place among those that wait.
type Told = (Result<Frame, KurrentError>, OwnedSemaphorePermit);

/// The lines from `from` to `until`.
pub(crate) fn batches(
    connection: Arc<Connection>,
    stream: String,
    from: Position,
    until: Position,
) -> Batches {
    if from >= until {
        return Batches::new(std::iter::empty());
    }
    let (sender, told) = channel();
    let tell = Tell { sender, room: Arc::new(Semaphore::new(AHEAD)) };
    let task = read_on(Arc::clone(&connection), stream, from, until, tell);
    connection.start(task);
    Batches::new(Ahead { told, ended: false, _connection: connection })
}

/// The task's side.
struct Tell {
    sender: Sender<Told>,
    room: Arc<Semaphore>,
}

impl Tell {
    /// Waits until there is room. False when nobody reads any more.
    async fn send(&self, told: Result<Frame, KurrentError>) -> bool {
        // A reader that goes away lets go of all that waits, and the permits with it.
        match Arc::clone(&self.room).acquire_owned().await {
            Ok(permit) => self.sender.send((told, permit)).is_ok(),
            Err(_) => false,
        }
    }

    /// Tells why it ends here.
    async fn end(&self, error: KurrentError) {
        // Nobody is there to be told, perhaps.
        let _ = self.send(Err(error)).await;
    }
}

struct Ahead {
    told: Receiver<Told>,
    /// After a failure nothing follows.
    ended: bool,
    /// Kept so that the task has its runtime for as long as somebody reads.
    _connection: Arc<Connection>,
}

impl Iterator for Ahead {
    type Item = Result<Batch, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let (told, _) = self.told.recv().ok()?;
        self.ended = told.is_err();
        Some(told.map(Batch::from).map_err(ReadError::from))
    }
}

async fn read_on(
    connection: Arc<Connection>,
    stream: String,
    mut from: Position,
    until: Position,
    tell: Tell,
) {
    let patience = connection.patience();
    let (start, mut since, mut pause) = (from, Instant::now(), patience.first);
    while from < until {
        let client = match connection.fresh_client() {
            Ok(client) => client,
            Err(error) => return tell.end(error).await,
        };
        let before = from;
        let failure =
            match once(client, (&stream, patience.each), (&mut from, before == start), until, &tell).await {
                Ok(()) => continue,
                Err(Broken::Unwanted) => return,
                Err(Broken::Failed(error)) => return tell.end(error).await,
                Err(Broken::Client(error)) => connection.judge(&stream, error),
                Err(Broken::Silent) => Failure::Again { alive: false, last: "it is silent".into() },
            };
        if from > before {
            (since, pause) = (Instant::now(), patience.first);
        }
        match failure {
            Failure::Never(error) => return tell.end(error).await,
            Failure::Again { alive, last } => {
                if !alive {
                    connection.lost_client();
                }
                if since.elapsed() + pause > patience.whole {
                    let (server, seconds) = (connection.address().to_string(), since.elapsed().as_secs());
                    return tell.end(KurrentError::Unreachable { server, seconds, last }).await;
                }
            }
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(patience.longest);
    }
}

enum Broken {
    /// The reader went away.
    Unwanted,
    Silent,
    Client(Error),
    Failed(KurrentError),
}

/// The revision of the first event that a read gives.
pub(crate) async fn first_revision(
    client: Client,
    stream: String,
    options: ReadStreamOptions,
) -> Result<Option<u64>, Error> {
    let mut events = match client.read_stream(stream, &options).await {
        Err(Error::ResourceNotFound) => return Ok(None),
        events => events?,
    };
    match events.next().await {
        Err(Error::ResourceNotFound) => Ok(None),
        event => Ok(event?.map(|event| event.get_original_event().revision)),
    }
}

/// Why a read gave nothing though more was there before: the server has lost it, or ended the read.
async fn nothing_came(
    client: Client,
    stream: &str,
    limit: Duration,
    from: Position,
    until: Position,
) -> Broken {
    let options =
        ReadStreamOptions::default().position(StreamPosition::End).max_count(1).requires_leader(true);
    let last = tokio::time::timeout(limit, first_revision(client, stream.to_owned(), options)).await;
    match last {
        Err(_) => Broken::Silent,
        Ok(Err(error)) => Broken::Client(error),
        Ok(Ok(last)) => {
            let length = last.map_or(0, |revision| revision + 1);
            if length < until.0 {
                let stream = stream.to_owned();
                return Broken::Failed(KurrentError::Lost { stream, length, before: until.0 });
            }
            let problem = format!("reading ended at {from}, before position {until}");
            Broken::Client(Error::ServerError(problem))
        }
    }
}

/// One reading call, as far as it goes. `from` moves with what was handed over.
async fn once(
    client: Client,
    (stream, limit): (&str, Duration),
    (from, begins): (&mut Position, bool),
    until: Position,
    tell: &Tell,
) -> Result<(), Broken> {
    let count = usize::try_from(until.0 - from.0).unwrap_or(usize::MAX);
    let options = ReadStreamOptions::default()
        .position(StreamPosition::Position(from.0))
        .max_count(count)
        .requires_leader(true);
    let begin = tokio::time::timeout(limit, client.read_stream(stream, &options)).await;
    let mut events = begin.map_err(|_| Broken::Silent)?.map_err(Broken::Client)?;
    let mut gathered = Gathered::new(*from, begins);
    while gathered.next() < until {
        let event = match tokio::time::timeout(limit, events.next()).await.map_err(|_| Broken::Silent)? {
            Ok(Some(event)) => event,
            // Fewer than were counted: cut in good order, or not there. Begun again if anything came.
            Ok(None) | Err(Error::ResourceNotFound) => break,
            Err(error) => {
                hand_over(gathered, from, tell).await?;
                return Err(Broken::Client(error));
            }
        };
        let Some(event) = event.event else {
            let problem = "it is a link whose event is gone".to_owned();
            return Err(Broken::Failed(KurrentError::NotALine { position: gathered.next(), problem }));
        };
        let received = line_of(event, gathered.next()).map_err(Broken::Failed)?;
        gathered.take(received).map_err(Broken::Failed)?;
        if gathered.is_full() {
            let rest = Gathered::new(gathered.next(), false);
            hand_over(std::mem::replace(&mut gathered, rest), from, tell).await?;
        }
    }
    let begun = *from;
    hand_over(gathered, from, tell).await?;
    if *from == begun && begun < until {
        return Err(nothing_came(client, stream, limit, begun, until).await);
    }
    Ok(())
}

async fn hand_over(gathered: Gathered, from: &mut Position, tell: &Tell) -> Result<(), Broken> {
    if let Some(frame) = gathered.into_frame().map_err(Broken::Failed)? {
        let next = frame.first().plus(u64::from(frame.len()));
        if !tell.send(Ok(frame)).await {
            return Err(Broken::Unwanted);
        }
        *from = next;
    }
    Ok(())
}

/// Lines on their way into one batch: whole commits, and the one that is still coming.
struct Gathered {
    first: Position,
    /// Reading began here, which may lie inside a commit.
    begins: bool,
    whole: Vec<Vec<bytes::Bytes>>,
    open: Vec<bytes::Bytes>,
    lines: usize,
    bytes: usize,
    /// Place and number of lines of the last line's commit.
    last: (u32, u32),
}

impl Gathered {
    fn new(first: Position, begins: bool) -> Self {
        Self { first, begins, whole: Vec::new(), open: Vec::new(), lines: 0, bytes: 0, last: (0, 0) }
    }

    /// The position that comes next.
    fn next(&self) -> Position {
        self.first.plus(u64::try_from(self.lines).unwrap_or(u64::MAX))
    }

    /// Large enough, and at the end of a commit: none is handed over in parts.
    fn is_full(&self) -> bool {
        self.open.is_empty() && (self.lines >= BATCH_LINES || self.bytes >= BATCH_BYTES)
    }

    fn take(&mut self, received: Received) -> Result<(), KurrentError> {
        let (number, of) = (received.number, received.of);
        let follows = (number, of) == (self.last.0 + 1, self.last.1);
        let begins = number == 1 || (self.begins && self.lines == 0);
        let fits = if self.open.is_empty() { begins } else { follows };
        if !fits {
            let problem =
                format!("it says to be line {number} of {of}, which does not follow the line before it");
            return Err(KurrentError::NotALine { position: self.next(), problem });
        }
        self.last = (number, of);
        self.lines += 1;
        self.bytes += received.line.len();
        self.open.push(received.line);
        if number == of {
            self.whole.push(std::mem::take(&mut self.open));
        }
        Ok(())
    }

    fn into_frame(self) -> Result<Option<Frame>, KurrentError> {
        let commit = |lines: Vec<bytes::Bytes>| {
            let problem = |problem: jejak_journal::CommitError| problem.to_string();
            Commit::from_lines(lines)
                .map_err(|error| KurrentError::NotALine { position: self.first, problem: problem(error) })
        };
        let commits = self.whole.into_iter().map(commit).collect::<Result<Vec<_>, _>>()?;
        Ok(Frame::from_commits(self.first, &commits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(number: u32, of: u32) -> Received {
        Received { line: format!("{number}/{of}").into(), number, of }
    }

    #[test]
    fn only_whole_commits_are_handed_over_and_only_the_first_may_be_a_rest() {
        let mut gathered = Gathered::new(Position(5), true);
        for (number, of) in [(2, 3), (3, 3), (1, 1), (1, 2)] {
            gathered.take(received(number, of)).unwrap();
        }
        assert_eq!(gathered.next(), Position(9));
        let frame = gathered.into_frame().unwrap().unwrap();
        assert_eq!(frame.lines().collect::<Vec<_>>(), [b"2/3", b"3/3", b"1/1"]);
        assert_eq!(frame.commits().collect::<Vec<_>>(), [0..2, 2..3]);
    }

    #[test]
    fn lines_that_do_not_follow_each_other_are_named() {
        for (before, next) in [((1, 3), (3, 3)), ((1, 3), (2, 4)), ((1, 1), (2, 2)), ((2, 2), (2, 2))] {
            let mut gathered = Gathered::new(Position(5), true);
            gathered.take(received(before.0, before.1)).unwrap();
            let error = gathered.take(received(next.0, next.1)).unwrap_err();
            assert!(matches!(error, KurrentError::NotALine { position: Position(6), .. }), "{error}");
        }
        assert!(
            Gathered::new(Position(5), false).take(received(2, 2)).is_err(),
            "begun again inside a commit"
        );
    }
}
