//! Unpacking on every core, folding in order on one.
//!
//! ```text
//! reader ── batches ──> workers ── results, as they come ──┐
//!    └───── a place in the queue for each, in order ───────┴──> fold, on the calling thread
//! ```
//!
//! The queue is short, so memory stays bounded however slow the fold is.

use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::batch::{Batch, Batches, Frame};
use crate::error::ReadError;

/// Batches under way for each worker.
const QUEUED_PER_WORKER: usize = 4;

type Mapped<T> = Result<T, ReadError>;

/// Unpacks batches on `workers` threads (at least one), applies `map` there, and hands the results to `fold` in the
/// order of the journal. `fold` may stop early.
///
/// # Errors
/// The first damage in the order of the journal; everything before it was folded.
///
/// # Panics
/// When `map` or `fold` does.
pub fn fold_in_order<T: Send, B>(
    batches: Batches,
    workers: usize,
    map: impl Fn(Frame) -> T + Sync,
    mut fold: impl FnMut(T) -> ControlFlow<B>,
) -> Result<ControlFlow<B>, ReadError> {
    let workers = workers.max(1);
    let queued = QUEUED_PER_WORKER * workers;
    let (places, queue) = sync_channel::<Receiver<Mapped<T>>>(queued);
    // Room for every job that has a place, and for the one being waited for: the reader is held up by places only, so
    // it also ends when all workers have panicked.
    let (jobs, taken) = sync_channel::<(Batch, SyncSender<Mapped<T>>)>(queued + 2);
    let taken = Mutex::new(taken);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((batch, place)) = next_job(&taken) {
                    // The fold may have stopped and no longer listen.
                    let _ = place.send(batch.unpack().map(&map));
                }
            });
        }
        scope.spawn(move || hand_out(batches, &places, &jobs));
        for place in queue {
            // Without an answer a worker has panicked; the scope passes that on.
            let Ok(mapped) = place.recv() else { break };
            if let ControlFlow::Break(value) = fold(mapped?) {
                return Ok(ControlFlow::Break(value));
            }
        }
        Ok(ControlFlow::Continue(()))
    })
}

fn next_job<T>(jobs: &Mutex<Receiver<T>>) -> Option<T> {
    jobs.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// Ends when the batches do, after the first error, or when nobody folds any more.
fn hand_out<T: Send>(
    batches: Batches,
    places: &SyncSender<Receiver<Mapped<T>>>,
    jobs: &SyncSender<(Batch, SyncSender<Mapped<T>>)>,
) {
    for batch in batches {
        let (answer, place) = sync_channel(1);
        if places.send(place).is_err() {
            return;
        }
        match batch {
            Ok(batch) => {
                if jobs.send((batch, answer)).is_err() {
                    return;
                }
            }
            Err(error) => {
                let _ = answer.send(Err(error));
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Commit, Journal, MemoryJournal, Position};

    fn journal(lines: u64) -> MemoryJournal {
        let mut journal = MemoryJournal::new();
        for i in 0..lines {
            let commit = Commit::from_lines([i.to_string()]).unwrap();
            journal.append(Position(i), &[commit]).unwrap();
        }
        journal
    }

    #[expect(clippy::needless_pass_by_value, reason = "the shape of `map`")]
    fn first_line(frame: Frame) -> u64 {
        std::str::from_utf8(frame.line(0).unwrap()).unwrap().parse().unwrap()
    }

    #[test]
    fn folds_in_order_whatever_the_workers_do() {
        for workers in [0, 1, 2, 7] {
            let mut next = 0;
            let done = fold_in_order(journal(500).read(Position(0)).unwrap(), workers, first_line, |i| {
                assert_eq!(i, next);
                next += 1;
                ControlFlow::<()>::Continue(())
            });
            assert_eq!((done.unwrap(), next), (ControlFlow::Continue(()), 500));
        }
    }

    #[test]
    fn stops_early_without_waiting_for_the_rest() {
        let stop = |i| if i == 3 { ControlFlow::Break(i) } else { ControlFlow::Continue(()) };
        let stopped = fold_in_order(journal(500).read(Position(0)).unwrap(), 2, first_line, stop).unwrap();
        assert_eq!(stopped, ControlFlow::Break(3));
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_panic_of_a_worker_is_passed_on() {
        let broken = |_| -> u64 { panic!("on purpose") };
        let _ = fold_in_order(journal(500).read(Position(0)).unwrap(), 2, broken, |_| {
            ControlFlow::<()>::Continue(())
        });
    }

    #[test]
    fn reports_the_first_error_after_folding_what_lies_before() {
        let good = journal(5).read(Position(0)).unwrap();
        let bad = ReadError::BehindEnd { asked: Position(9), len: 5 };
        let batches =
            Batches::new(good.chain(std::iter::once(Err(bad))).chain(journal(5).read(Position(0)).unwrap()));
        let mut folded = 0;
        let error = fold_in_order(batches, 3, first_line, |_| {
            folded += 1;
            ControlFlow::<()>::Continue(())
        });
        assert!(matches!(error, Err(ReadError::BehindEnd { .. })));
        assert_eq!(folded, 5);
    }
}
