//! The one writer: a thread that owns the sequencer and takes jobs in turn. Jobs that wait together share one sync, and
//! each is answered after it.
//!
//! When the disk fails, everybody who waits is told, and the ledger is opened again until it can be written; nothing that
//! was answered is lost, and what was not answered is told apart by its commandid.
//!
//! On a ledger that a server keeps, others may write as well. Whoever is overtaken reads what they wrote; the service that
//! was named the writer last then goes on, any other stands by.

mod reopening;
mod standby;
mod standing;
mod working;

use crate::live::Live;
use crate::metrics::Metrics;
use crate::traces::{self, Step};
use jejak_domain::actor::Actor;
use jejak_domain::time::Timestamp;
use jejak_ledger::access_log::AccessLog;
use jejak_ledger::{CheckpointFile, Image, Item, Outcome, Sequencer, Vault, Writing};
use parking_lot::{Mutex, RwLock};
use standing::Standing;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::error::{TryRecvError, TrySendError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

/// Jobs that wait at most; their bytes are bounded by whoever submits.
const QUEUE: usize = 4_096;
/// Between attempts to open the ledger again.
const PAUSE: Duration = Duration::from_millis(250);
/// Bytes that must find room before items are taken again.
const ROOM: usize = 1 << 20;
/// Between two looks at what others have written to the same server.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A writer that waits longer for its journal is not called ready.
const STALLED: Duration = Duration::from_secs(5);

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
    /// It is not for this service to write.
    #[error("{}", standing::told(.0.as_deref()))]
    Standby(Option<Arc<Writing>>),
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
    /// See what others have written, where a server keeps the journal.
    Look,
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
    standing: RwLock<Standing>,
    /// Since when the writer has been at work, on a disk or with a server.
    busy: Mutex<Option<Instant>>,
    /// The newest signed head.
    head: RwLock<Option<CheckpointFile>>,
    live: Live,
    metrics: Arc<Metrics>,
}

/// What the writer signs with: how far the access journal has come, and the newest head there is.
pub(crate) struct Beside {
    pub(crate) access: AccessLog,
    pub(crate) head: Option<CheckpointFile>,
    /// This service as a writer.
    pub(crate) own: Writing,
    /// It does not write until it is promoted.
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
        let Beside { access, head, own, standby } = beside;
        let (jobs, queue) = mpsc::channel(QUEUE);
        let shared = Arc::new(Shared {
            image: RwLock::new(sequencer.image().clone()),
            vault: RwLock::new(sequencer.vault().clone()),
            failure: RwLock::new(None),
            standing: RwLock::new(if standby { Standing::StandsBy(None) } else { Standing::Writes }),
            busy: Mutex::default(),
            head: RwLock::new(head),
            live,
            metrics,
        });
        let loops = Loop {
            without_keys: sequencer.goes_on_without_keys(),
            shared: Arc::clone(&shared),
            queue,
            again: VecDeque::new(),
            lost: 0,
            own,
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

    /// Has the writer look again and again at what others have written. Does not keep the writer alive.
    pub(crate) fn look_again_and_again(&self) -> impl Future<Output = ()> + use<> {
        let jobs = self.jobs.downgrade();
        async move {
            loop {
                tokio::time::sleep(LOOK_EVERY).await;
                let Some(jobs) = jobs.upgrade() else { return };
                // A writer with so much to do looks later.
                if let Err(TrySendError::Closed(_)) = jobs.try_send(Job::Look) {
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

    /// True while it is not for this service to write.
    pub(crate) fn stands_by(&self) -> bool {
        matches!(*self.shared.standing.read(), Standing::StandsBy(_))
    }

    /// How long the writer has been at work on the same thing, where that is out of all reason.
    pub(crate) fn stalled(&self) -> Option<Duration> {
        let busy = (*self.shared.busy.lock())?.elapsed();
        (busy > STALLED).then_some(busy)
    }

    /// Lets the writer do what it has accepted, sign the head and end. Nothing is taken any more.
    pub(crate) async fn finish(&self) {
        // It has ended already when nobody takes this.
        let _ = self.jobs.send(Job::Finish).await;
    }

    /// Why nothing is taken: a ledger that fails is no better for standing by, so that comes first.
    pub(crate) fn writable(&self) -> Result<(), Unavailable> {
        if let Some(failure) = self.failure() {
            return Err(Unavailable::Refused(failure));
        }
        match &*self.shared.standing.read() {
            Standing::StandsBy(writing) => Err(Unavailable::Standby(writing.clone())),
            Standing::Writes => Ok(()),
        }
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
    /// It shall not write any more.
    Superseded,
}

struct Loop {
    shared: Arc<Shared>,
    /// Keys that are missing were given up.
    without_keys: bool,
    queue: mpsc::Receiver<Job>,
    /// Jobs of a group that another writer came before: nothing of them is recorded.
    again: VecDeque<Job>,
    /// How often that happened since something was recorded.
    lost: u32,
    /// This service, as it is named the writer.
    own: Writing,
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
            let stands_by = matches!(*self.shared.standing.read(), Standing::StandsBy(_));
            let ended = if stands_by { self.stand_by(&mut sequencer) } else { self.work(&mut sequencer) };
            let opened = match ended {
                // Who stands by leaves the signing to who writes.
                Ok(Ended::Stopped) if stands_by => return,
                Ok(Ended::Stopped) => return self.finish(&mut sequencer),
                Ok(Ended::Superseded) => continue,
                Ok(Ended::Promoted(answer)) => {
                    // Opened again, with the keys that the other machine has made.
                    drop(sequencer);
                    self.promoted(&home, answer)
                }
                Err(error) => {
                    // The lock must be free before it is opened again.
                    drop(sequencer);
                    self.reopen(&home, Some(&error))
                }
            };
            match opened {
                Some(opened) => sequencer = opened,
                None => return,
            }
        }
    }

    fn watched(&self, mut sequencer: Sequencer) -> Sequencer {
        let live = self.shared.live.clone();
        sequencer.watch(move |first, commits| live.publish(first, &commits));
        sequencer
    }

    /// What waits already.
    fn try_next(&mut self) -> Result<Job, TryRecvError> {
        self.again.pop_front().map_or_else(|| self.queue.try_recv(), Ok)
    }

    /// Takes nothing more than what waits already.
    fn close(&mut self) {
        self.finishing = true;
        self.queue.close();
    }
}
