//! The one writer: a thread that owns the sequencer and takes jobs in turn. Jobs that wait together share one sync, and
//! each is answered after it.
//!
//! When the disk fails, everybody who waits is told, and the ledger is opened again until it can be written; nothing that
//! was answered is lost, and what was not answered is told apart by its commandid.

mod reopening;
mod standby;

use crate::live::Live;
use crate::metrics::Metrics;
use crate::traces::{self, Step};
use jejak_domain::actor::Actor;
use jejak_domain::time::Timestamp;
use jejak_ledger::access_log::AccessLog;
use jejak_ledger::{CheckpointFile, Image, Item, Outcome, Sequencer, SequencerError, Vault};
use parking_lot::RwLock;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

/// Items that share a sync at most.
const GROUP: usize = 8_000;
/// Jobs that wait at most; their bytes are bounded by whoever submits.
const QUEUE: usize = 4_096;
/// Between attempts to open the ledger again.
const PAUSE: Duration = Duration::from_millis(250);
/// Bytes that must find room before items are taken again.
const ROOM: usize = 1 << 20;

/// The clock of recording.
pub type Clock = fn() -> Timestamp;

/// Why there is no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Unavailable {
    /// It failed while this was in work.
    #[error(
        "the ledger could not write: {0}; whether this was recorded is not known: send it again with the same commandid"
    )]
    Failed(Arc<str>),
    /// Another service writes.
    #[error(
        "another service writes this ledger and this one stands by: send it there, with the same commandid"
    )]
    Standby,
    /// The lines are durable, their head is not.
    #[error("the head could not be signed: {0}; try again")]
    Unsigned(Arc<str>),
    /// It had failed before this came to its turn.
    #[error(
        "the ledger cannot write: {0}; nothing of this was recorded: send it again with the same commandid once /readyz says ready"
    )]
    Refused(Arc<str>),
    /// The service stops.
    #[error("the service is stopping: send it again later, with the same commandid")]
    Stopping,
}

type Answer<T> = oneshot::Sender<Result<T, Unavailable>>;

enum Job {
    /// The permit is given back when the writer has done its part, whether or not anybody still waits.
    Items(Vec<(Item, Actor)>, OwnedSemaphorePermit, Answer<Vec<Outcome>>),
    Sign(Answer<CheckpointFile>),
    /// It is time for a head, if there is something new.
    SignNews,
    /// Write from now on.
    Promote(Answer<u64>),
    /// What comes later is not taken any more.
    Finish,
}

/// What readers and the door share with the writer.
#[derive(Debug)]
struct Shared {
    image: RwLock<Image>,
    vault: RwLock<Vault>,
    failure: RwLock<Option<Arc<str>>>,
    standby: AtomicBool,
    /// The newest signed head.
    head: RwLock<Option<CheckpointFile>>,
    live: Live,
    metrics: Arc<Metrics>,
}

/// What the writer signs with: how far the access journal has come, and the newest head there is.
pub(crate) struct Beside {
    pub(crate) access: AccessLog,
    pub(crate) head: Option<CheckpointFile>,
    /// Another service writes.
    pub(crate) standby: bool,
}

/// The way to the writer; clones go to the same queue. The writer ends when all are gone, or one of them says so.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    jobs: mpsc::Sender<Job>,
    /// Kilobytes of items that may still be handed in.
    room: Arc<Semaphore>,
    /// All of it.
    most: u32,
    shared: Arc<Shared>,
}

impl Writer {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives none.
    pub(crate) fn start(
        sequencer: Sequencer,
        live: Live,
        metrics: Arc<Metrics>,
        clock: Clock,
        room_bytes: usize,
        beside: Beside,
    ) -> std::io::Result<(Self, std::thread::JoinHandle<()>)> {
        let Beside { access, head, standby } = beside;
        let (jobs, queue) = mpsc::channel(QUEUE);
        let shared = Arc::new(Shared {
            image: RwLock::new(sequencer.image().clone()),
            vault: RwLock::new(sequencer.vault().clone()),
            failure: RwLock::new(None),
            standby: AtomicBool::new(standby),
            head: RwLock::new(head),
            live,
            metrics,
        });
        let loops = Loop {
            shared: Arc::clone(&shared),
            queue,
            clock,
            signed: None,
            access,
            noted: 0,
            finishing: false,
        };
        let thread = std::thread::Builder::new().name("jejak-writer".into());
        let thread = thread.spawn(move || loops.run(sequencer))?;
        let most = u32::try_from(room_bytes / 1_024).unwrap_or(u32::MAX);
        let room = Arc::new(Semaphore::new(room_bytes / 1_024));
        Ok((Self { jobs, room, most, shared }, thread))
    }

    /// The folded history.
    pub(crate) fn image(&self) -> Image {
        self.shared.image.read().clone()
    }

    /// The keys of persons.
    pub(crate) fn vault(&self) -> Vault {
        self.shared.vault.read().clone()
    }

    /// The newest signed head; none before the first.
    pub(crate) fn head(&self) -> Option<CheckpointFile> {
        self.shared.head.read().clone()
    }

    /// Why nothing can be written, while that is so.
    pub(crate) fn failure(&self) -> Option<Arc<str>> {
        self.shared.failure.read().clone()
    }

    /// Hands items over, `bytes` of them, to be decided in order. What is handed over later is decided later.
    pub(crate) async fn hand_in(
        &self,
        items: Vec<(Item, Actor)>,
        bytes: usize,
    ) -> Result<Pending, Unavailable> {
        self.writable()?;
        let mut step = traces::step("record");
        if let Some(step) = &mut step {
            step.items(items.len());
        }
        let kilobytes = u32::try_from(bytes / 1_024 + 1).unwrap_or(u32::MAX);
        // What is larger than all the room has it alone.
        let permit = Arc::clone(&self.room).acquire_many_owned(kilobytes.min(self.most));
        let permit = permit.await.map_err(|_| Unavailable::Stopping)?;
        let (answer, outcomes) = oneshot::channel();
        self.jobs.send(Job::Items(items, permit, answer)).await.map_err(|_| Unavailable::Stopping)?;
        Ok(Pending { outcomes, step })
    }

    /// Decides items in order and makes them durable.
    pub(crate) async fn submit(
        &self,
        items: Vec<(Item, Actor)>,
        bytes: usize,
    ) -> Result<Vec<Outcome>, Unavailable> {
        self.hand_in(items, bytes).await?.outcomes().await
    }

    /// Signs the head over all lines.
    pub(crate) async fn sign(&self) -> Result<CheckpointFile, Unavailable> {
        self.writable()?;
        let _step = traces::step("sign head");
        let (answer, head) = oneshot::channel();
        self.jobs.send(Job::Sign(answer)).await.map_err(|_| Unavailable::Stopping)?;
        head.await.map_err(|_| Unavailable::Stopping)?
    }

    /// Has the head signed again and again, whenever there are new lines. Does not keep the writer alive.
    pub(crate) fn sign_every(&self, period: Duration) -> impl Future<Output = ()> + use<> {
        let jobs = self.jobs.downgrade();
        async move {
            loop {
                tokio::time::sleep(period).await;
                let Some(jobs) = jobs.upgrade() else { return };
                if jobs.send(Job::SignNews).await.is_err() {
                    return;
                }
            }
        }
    }

    /// Takes over the writing, and gives the number of lines up to there. Whoever wrote until now is refused by the server
    /// from the first line on that is written here.
    pub(crate) async fn promote(&self) -> Result<u64, Unavailable> {
        let (answer, lines) = oneshot::channel();
        self.jobs.send(Job::Promote(answer)).await.map_err(|_| Unavailable::Stopping)?;
        lines.await.map_err(|_| Unavailable::Stopping)?
    }

    /// True while another service writes.
    pub(crate) fn stands_by(&self) -> bool {
        self.shared.standby.load(Ordering::SeqCst)
    }

    /// Lets the writer do what it has accepted, sign the head and end. Nothing is taken any more.
    pub(crate) async fn finish(&self) {
        // It has ended already when nobody takes this.
        let _ = self.jobs.send(Job::Finish).await;
    }

    fn writable(&self) -> Result<(), Unavailable> {
        if self.stands_by() {
            return Err(Unavailable::Standby);
        }
        self.failure().map_or(Ok(()), |failure| Err(Unavailable::Refused(failure)))
    }
}

/// Outcomes to come.
#[derive(Debug)]
pub(crate) struct Pending {
    outcomes: oneshot::Receiver<Result<Vec<Outcome>, Unavailable>>,
    /// From handing them in until they are durable.
    step: Option<Step>,
}

impl Pending {
    /// Waits until the items are durable.
    pub(crate) async fn outcomes(self) -> Result<Vec<Outcome>, Unavailable> {
        let answer = self.outcomes.await.map_err(|_| Unavailable::Stopping).flatten();
        if let (Err(_), Some(mut step)) = (&answer, self.step) {
            step.failed();
        }
        answer
    }
}

/// Why the loop left its state.
enum Ended {
    /// Nobody can ask any more.
    Stopped,
    /// It shall write.
    Promoted(Answer<u64>),
}

struct Loop {
    shared: Arc<Shared>,
    queue: mpsc::Receiver<Job>,
    clock: Clock,
    /// Lines under the head that was signed last, since the start.
    signed: Option<u64>,
    /// It ends when the queue is empty.
    finishing: bool,
    /// Who looked at what: the ledger says how far it has come.
    access: AccessLog,
    /// Lines of it when a head was signed last, since the start.
    noted: u64,
}

impl Loop {
    fn run(mut self, sequencer: Sequencer) {
        let mut sequencer = self.watched(sequencer);
        let home = sequencer.home().clone();
        loop {
            let stands_by = self.shared.standby.load(Ordering::SeqCst);
            let ended = if stands_by { self.stand_by(&mut sequencer) } else { self.work(&mut sequencer) };
            match ended {
                // Who stands by leaves the signing to who writes.
                Ok(Ended::Stopped) if stands_by => return,
                Ok(Ended::Stopped) => return self.finish(&mut sequencer),
                Ok(Ended::Promoted(answer)) => {
                    // Opened again, with the keys that the other machine has made.
                    drop(sequencer);
                    match self.reopen(&home, None) {
                        Some(opened) => sequencer = opened,
                        None => return,
                    }
                    if let Err(problem) = sequencer.check_keys() {
                        tracing::error!(%problem, "this service goes on standing by");
                        let _ = answer.send(Err(Unavailable::Failed(problem.to_string().into())));
                        continue;
                    }
                    self.shared.standby.store(false, Ordering::SeqCst);
                    tracing::info!(length = sequencer.len(), "this service writes from here on");
                    let _ = answer.send(Ok(sequencer.len()));
                }
                Err(error) => {
                    if home.remote().is_some() && standby::overtaken(&error) {
                        self.shared.standby.store(true, Ordering::SeqCst);
                    }
                    // The lock must be free before it is opened again.
                    drop(sequencer);
                    match self.reopen(&home, Some(&error)) {
                        Some(opened) => sequencer = opened,
                        None => return,
                    }
                }
            }
        }
    }

    fn watched(&self, mut sequencer: Sequencer) -> Sequencer {
        let live = self.shared.live.clone();
        sequencer.watch(move |first, commits| live.publish(first, &commits));
        sequencer
    }

    /// Takes jobs until there are no more, or the disk fails.
    fn work(&mut self, sequencer: &mut Sequencer) -> Result<Ended, SequencerError> {
        while let Some(first) = self.queue.blocking_recv() {
            let mut done = Vec::new();
            let mut signs = Vec::new();
            let mut due = false;
            let mut items = 0;
            let mut next = Some(first);
            let mut failed = None;
            while let Some(job) = next {
                match job {
                    Job::Items(given, _permit, answer) => {
                        items += given.len();
                        let outcomes =
                            given.iter().map(|(item, actor)| sequencer.handle(item, *actor, (self.clock)()));
                        match outcomes.collect::<Result<Vec<_>, _>>() {
                            Ok(outcomes) => done.push((answer, outcomes)),
                            Err(error) => failed = Some((error, answer)),
                        }
                    }
                    Job::Sign(answer) => signs.push(answer),
                    Job::SignNews => {
                        due = self.signed != Some(sequencer.len()) || self.noted != self.access.written();
                    }
                    // It writes already.
                    Job::Promote(answer) => drop(answer.send(Ok(sequencer.len()))),
                    Job::Finish => self.close(),
                }
                next = if items < GROUP && failed.is_none() { self.queue.try_recv().ok() } else { None };
            }
            let started = Instant::now();
            let result = match failed {
                Some((error, answer)) => {
                    done.push((answer, Vec::new()));
                    Err(error)
                }
                None => sequencer.flush(),
            };
            if items > 0 {
                self.shared.metrics.group(items, started.elapsed());
            }
            if let Err(error) = result {
                let failed = self.fails(&error);
                for (answer, _) in done {
                    // Who does not wait any more will ask again with the same key.
                    let _ = answer.send(Err(failed.clone()));
                }
                for answer in signs {
                    let _ = answer.send(Err(failed.clone()));
                }
                return Err(error);
            }
            for (answer, outcomes) in done {
                self.shared.metrics.outcomes(&outcomes);
                let _ = answer.send(Ok(outcomes));
            }
            if due || !signs.is_empty() {
                self.sign(sequencer, signs)?;
            }
        }
        Ok(Ended::Stopped)
    }

    /// Takes nothing more than what waits already.
    fn close(&mut self) {
        self.finishing = true;
        self.queue.close();
    }

    /// From now on nothing is taken; what was in work is answered with this.
    fn fails(&self, error: &SequencerError) -> Unavailable {
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
    fn finish(&mut self, sequencer: &mut Sequencer) {
        if let Err(error) = self.sign(sequencer, Vec::new()) {
            tracing::error!(%error, "the last head could not be signed");
        }
    }
}
