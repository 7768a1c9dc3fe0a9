//! Writing: jobs that wait together are decided in turn, made durable with one sync, and answered after it.

use super::standing::{Standing, overtaken};
use super::{Answer, Ended, Job, Loop, Unavailable};
use jejak_domain::actor::Actor;
use jejak_journal::Position;
use jejak_ledger::{CheckpointFile, Item, Outcome, Sequencer, SequencerError};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::OwnedSemaphorePermit;

/// Items that share a sync at most.
const GROUP: usize = 8_000;
/// A group that so many other writers came before is given back.
const TRIES: u32 = 3;

/// Jobs that share a sync.
#[derive(Default)]
struct Group {
    done: Vec<Done>,
    /// How many.
    items: usize,
    signs: Vec<Answer<CheckpointFile>>,
    promotes: Vec<Answer<u64>>,
    /// It is time for a head.
    due: bool,
    /// It is time to see what others have written.
    looks: bool,
}

/// Items that are decided.
struct Done {
    answer: Answer<Vec<Outcome>>,
    outcomes: Vec<Outcome>,
    /// Where another writer may come first, to be decided again; with the permit, since they are in memory.
    kept: Option<(Vec<(Item, Actor)>, OwnedSemaphorePermit)>,
}

impl Loop {
    /// Takes jobs until there are no more, the disk fails, or another service shall write.
    pub(super) fn work(&mut self, sequencer: &mut Sequencer) -> Result<Ended, SequencerError> {
        while let Some(first) = self.next() {
            let begun = Position(sequencer.durable());
            let mut group = Group::default();
            let decided = self.decide(first, sequencer, &mut group);
            let started = Instant::now();
            let result = decided.and_then(|()| sequencer.flush());
            if group.items > 0 {
                self.shared.metrics.group(group.items, started.elapsed());
            }
            if let Err(error) = result {
                self.fail_group(group, begun, &error);
                return Err(error);
            }
            self.lost = 0;
            let Group { done, signs, promotes, due, looks, .. } = group;
            for Done { answer, outcomes, .. } in done {
                self.shared.metrics.outcomes(&outcomes);
                // Who does not wait any more will ask again with the same key.
                let _ = answer.send(Ok(outcomes));
            }
            if due || !signs.is_empty() {
                self.sign(sequencer, signs)?;
            }
            if !promotes.is_empty() {
                self.promote_again(sequencer, promotes)?;
            }
            if looks {
                self.look(sequencer).inspect_err(|error| drop(self.fails(error)))?;
            }
            if matches!(*self.shared.standing.read(), Standing::StandsBy(_)) {
                return Ok(Ended::Superseded);
            }
        }
        Ok(Ended::Stopped)
    }

    /// Waits for a job.
    fn next(&mut self) -> Option<Job> {
        *self.shared.busy.lock() = None;
        let next = self.again.pop_front().or_else(|| self.queue.blocking_recv());
        *self.shared.busy.lock() = Some(Instant::now());
        next
    }

    /// Decides what waits.
    fn decide(
        &mut self,
        first: Job,
        sequencer: &mut Sequencer,
        group: &mut Group,
    ) -> Result<(), SequencerError> {
        let keeps = sequencer.home().remote().is_some();
        let mut next = Some(first);
        while let Some(job) = next {
            match job {
                Job::Items(given, permit, answer) => {
                    group.items += given.len();
                    let outcomes =
                        given.iter().map(|(item, actor)| sequencer.handle(item, *actor, (self.clock)()));
                    let outcomes = outcomes.collect::<Result<Vec<_>, _>>();
                    let (outcomes, failed) =
                        outcomes.map_or_else(|error| (Vec::new(), Err(error)), |all| (all, Ok(())));
                    group.done.push(Done { answer, outcomes, kept: keeps.then_some((given, permit)) });
                    failed?;
                }
                Job::Sign(answer) => group.signs.push(answer),
                Job::SignNews => {
                    group.due |= self.signed != Some(sequencer.len()) || self.noted != self.access.written();
                }
                Job::Look => group.looks = true,
                Job::Promote(answer) => group.promotes.push(answer),
                Job::Finish => self.close(),
            }
            next = if group.items < GROUP { self.try_next().ok() } else { None };
        }
        Ok(())
    }

    /// A group is not durable. When another writer came before all of it, it is decided again after what that one wrote;
    /// else everybody is told.
    fn fail_group(&mut self, group: Group, begun: Position, error: &SequencerError) {
        let Group { done, signs, promotes, .. } = group;
        if overtaken(error) == Some(begun) && self.lost < TRIES {
            self.lost += 1;
            self.again.extend(done.into_iter().filter_map(Done::again));
            self.again.extend(signs.into_iter().map(Job::Sign));
            self.again.extend(promotes.into_iter().map(Job::Promote));
            return;
        }
        let failed = match overtaken(error) {
            Some(_) => Unavailable::Failed("other writers came first, again and again".into()),
            None => self.fails(error),
        };
        for Done { answer, .. } in done {
            // Who does not wait any more will ask again with the same key.
            let _ = answer.send(Err(failed.clone()));
        }
        signs.into_iter().for_each(|answer| drop(answer.send(Err(failed.clone()))));
        promotes.into_iter().for_each(|answer| drop(answer.send(Err(failed.clone()))));
    }

    /// Told to write, though it does: somebody may have taken its place without its knowing.
    fn promote_again(
        &mut self,
        sequencer: &mut Sequencer,
        asked: Vec<Answer<u64>>,
    ) -> Result<(), SequencerError> {
        let taken = self.take_over(sequencer);
        let answer = taken.as_ref().map(|()| sequencer.len()).map_err(|error| self.fails(error));
        asked.into_iter().for_each(|asked| drop(asked.send(answer.clone())));
        taken
    }

    /// From now on nothing is taken; what was in work is answered with this.
    pub(super) fn fails(&self, error: &SequencerError) -> Unavailable {
        let failure: Arc<str> = error.to_string().into();
        *self.shared.failure.write() = Some(Arc::clone(&failure));
        Unavailable::Failed(failure)
    }

    /// Signs, and tells whoever asked. A head that cannot be kept is no reason to record nothing: the next is tried again.
    fn sign(
        &mut self,
        sequencer: &mut Sequencer,
        asked: Vec<Answer<CheckpointFile>>,
    ) -> Result<(), SequencerError> {
        let head = match self.anchor(sequencer).and_then(|()| sequencer.sign()) {
            Ok(head) => {
                self.signed = Some(sequencer.len());
                *self.shared.head.write() = Some(head.clone());
                Ok(head)
            }
            Err(error) if overtaken(&error).is_some() => {
                self.again.extend(asked.into_iter().map(Job::Sign));
                return Err(error);
            }
            Err(error) if !error.is_beside_the_journal() => {
                let failed = self.fails(&error);
                for answer in asked {
                    let _ = answer.send(Err(failed.clone()));
                }
                return Err(error);
            }
            Err(error) => {
                tracing::error!(%error, "the head could not be signed; the ledger records all the same");
                Err(Unavailable::Unsigned(error.to_string().into()))
            }
        };
        for answer in asked {
            // Who does not wait any more can ask again.
            let _ = answer.send(head.clone());
        }
        Ok(())
    }

    /// Has the ledger say how far the access journal has come.
    fn anchor(&mut self, sequencer: &mut Sequencer) -> Result<(), SequencerError> {
        self.noted = self.access.written();
        match self.access.head(sequencer.home()) {
            Ok(Some(head)) => sequencer.anchor(&head, (self.clock)()),
            Ok(None) => Ok(()),
            // The ledger's own lines want their head all the same.
            Err(error) => {
                tracing::error!(%error, "the access journal is not anchored");
                Ok(())
            }
        }
    }

    /// Everybody is answered: sign what there is.
    pub(super) fn finish(&mut self, sequencer: &mut Sequencer) {
        if let Err(error) = self.sign(sequencer, Vec::new()) {
            tracing::error!(%error, "the last head could not be signed");
        }
    }
}

impl Done {
    /// The job that it was.
    fn again(self) -> Option<Job> {
        self.kept.map(|(items, permit)| Job::Items(items, permit, self.answer))
    }
}
