//! Many submitters, one sync: whoever waits is answered after the group that holds its commit is durable.
//!
//! For callers that decide positions themselves, [`Journal::append`] with several commits is the same thing without
//! the thread.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use crate::commit::Commit;
use crate::error::{AppendError, SharedAppendError};
use crate::journal::Journal;
use crate::position::Position;

/// Most bytes of lines in one group: enough that the sync no longer counts, small enough to answer soon.
const GROUP_BYTES: usize = 4 << 20;
/// Most lines of one group, before its last commit: far below [`MAX_FRAME_LINES`](crate::MAX_FRAME_LINES).
const GROUP_LINES: u32 = 100_000;

/// A thread that owns the journal, and a bounded queue before it.
#[derive(Debug)]
pub struct GroupCommit<J> {
    submit: SyncSender<Job>,
    thread: JoinHandle<J>,
}

/// A way to submit; clones go to the same queue.
#[derive(Clone, Debug)]
pub struct Submitter(SyncSender<Job>);

#[derive(Debug)]
struct Job {
    commit: Commit,
    answer: SyncSender<Result<Position, SharedAppendError>>,
}

/// The answer to come.
#[derive(Debug)]
pub struct Pending(Receiver<Result<Position, SharedAppendError>>);

/// Why there is no position.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SubmitError {
    /// The group failed, for all that were in it.
    #[error(transparent)]
    Append(#[from] SharedAppendError),
    /// The thread is gone, so the commit may or may not be durable: look it up after opening the journal again.
    #[error("the journal was closed before it answered")]
    Closed,
}

impl<J: Journal + Send + 'static> GroupCommit<J> {
    /// Takes the journal. `queue` submissions wait at most; further submitters are held up.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(journal: J, queue: usize) -> std::io::Result<Self> {
        let (submit, jobs) = sync_channel(queue);
        let thread = std::thread::Builder::new().name("jejak-journal".into());
        Ok(Self { submit, thread: thread.spawn(move || run(journal, &jobs))? })
    }

    /// A way to submit, for other threads.
    pub fn submitter(&self) -> Submitter {
        Submitter(self.submit.clone())
    }

    /// Waits until everything submitted is answered and all [`Submitter`]s are gone, and gives the journal back.
    /// `None` when the thread panicked: then open the journal again.
    pub fn stop(self) -> Option<J> {
        drop(self.submit);
        self.thread.join().ok()
    }
}

impl Submitter {
    /// Hands a commit over. It is durable only once [`Pending::wait`] says so.
    ///
    /// # Errors
    /// [`SubmitError::Closed`].
    pub fn submit(&self, commit: Commit) -> Result<Pending, SubmitError> {
        let (answer, pending) = sync_channel(1);
        self.0.send(Job { commit, answer }).map_err(|_| SubmitError::Closed)?;
        Ok(Pending(pending))
    }
}

impl Pending {
    /// Waits for the sync. Gives the position of the commit's first line.
    ///
    /// # Errors
    /// Why the group failed.
    pub fn wait(self) -> Result<Position, SubmitError> {
        Ok(self.0.recv().map_err(|_| SubmitError::Closed)??)
    }
}

fn run<J: Journal>(mut journal: J, jobs: &Receiver<Job>) -> J {
    while let Ok(first) = jobs.recv() {
        let mut bytes = first.commit.as_bytes().len();
        let mut lines = first.commit.len();
        let mut commits = vec![first.commit];
        let mut answers = vec![first.answer];
        while bytes < GROUP_BYTES
            && lines < GROUP_LINES
            && let Ok(job) = jobs.try_recv()
        {
            bytes += job.commit.as_bytes().len();
            lines += job.commit.len();
            commits.push(job.commit);
            answers.push(job.answer);
        }
        let at = Position(journal.len());
        let outcome = journal.append(at, &commits).map_err(Arc::new);
        answer(at, &commits, answers, &outcome);
    }
    journal
}

/// A submitter that no longer listens is no error: its commit is as durable as the others.
fn answer(
    mut at: Position,
    commits: &[Commit],
    answers: Vec<SyncSender<Result<Position, SharedAppendError>>>,
    outcome: &Result<(), Arc<AppendError>>,
) {
    for (commit, answer) in commits.iter().zip(answers) {
        let _ = answer.send(outcome.clone().map(|()| at));
        at = at.plus(u64::from(commit.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::lines_from;
    use crate::faults::FaultyDisk;
    use crate::{FileJournal, OpenOptions};

    fn commit(text: &str) -> Commit {
        Commit::from_lines([text, text]).unwrap()
    }

    #[test]
    fn each_submitter_hears_its_own_position_after_the_sync() {
        let disk = FaultyDisk::new();
        let options = OpenOptions { disk: Arc::new(disk.clone()), ..OpenOptions::default() };
        let group = GroupCommit::start(FileJournal::create_with("/ledger", options).unwrap(), 8).unwrap();
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                let submitter = group.submitter();
                std::thread::spawn(move || {
                    let pending: Vec<_> = (0..20)
                        .map(|i| {
                            let text = format!("{thread}/{i}");
                            (submitter.submit(commit(&text)).unwrap(), text)
                        })
                        .collect();
                    pending.into_iter().map(|(p, text)| (p.wait().unwrap(), text)).collect::<Vec<_>>()
                })
            })
            .collect();
        let answers: Vec<_> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        let journal = group.stop().unwrap();
        let lines = lines_from(&journal, Position(0));
        assert_eq!((answers.len(), lines.len()), (160, 320));
        for (at, text) in answers {
            assert_eq!(lines[usize::try_from(at.0).unwrap()], text.as_bytes());
        }
    }

    #[test]
    fn a_failed_sync_is_told_to_everyone_in_and_after_the_group() {
        let disk = FaultyDisk::new();
        let options = OpenOptions { disk: Arc::new(disk.clone()), ..OpenOptions::default() };
        let journal = FileJournal::create_with("/ledger", options).unwrap();
        disk.fail_sync_after(0);
        let group = GroupCommit::start(journal, 8).unwrap();
        let submitter = group.submitter();
        let pending: Vec<_> = (0..5).map(|_| submitter.submit(commit("x")).unwrap()).collect();
        for pending in pending {
            assert!(matches!(pending.wait(), Err(SubmitError::Append(_))));
        }
        drop(submitter);
        assert_eq!(group.stop().unwrap().len(), 0);
    }
}
