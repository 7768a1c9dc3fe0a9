//! The thread that writes the access journal: whoever waits together shares one sync.

use super::{Access, Entry, heads, signing_key, verifying_key};
use crate::checkpoints::CheckpointFile;
use crate::home::{Home, HomeError};
use crate::identity::event_id;
use crate::mirror::{self, Mirrored};
use crate::randomness::{Randomness, RandomnessError};
use crate::remote::{Part, RemoteError};
use jejak_domain::access::Role;
use jejak_domain::ids::ActorId;
use jejak_domain::time::Timestamp;
use jejak_journal::checkpoint::{Checkpoint, SigningKey};
use jejak_journal::merkle::{TreeBuilder, leaf_hash};
use jejak_journal::{
    AppendError, Commit, CommitError, Disk, FileJournal, OpenError, OpenOptions, Position, RealDisk,
};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Lines that wait at most.
const QUEUE: usize = 8_192;
/// Lines that share a sync at most.
const GROUP: usize = 2_000;
/// A head is signed at least so often while lines come in.
const SIGN_EVERY: Duration = Duration::from_hours(1);

/// Why nothing can be noted.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the access journal cannot be written: {0}")]
pub struct AccessLogError(Arc<str>);

/// Why the thread cannot go on with this file.
#[derive(Debug, thiserror::Error)]
enum WriteError {
    #[error(transparent)]
    Home(#[from] HomeError),
    #[error(transparent)]
    Append(#[from] AppendError),
    #[error(transparent)]
    Remote(#[from] RemoteError),
    #[error(transparent)]
    Commit(#[from] CommitError),
    #[error(transparent)]
    Line(#[from] serde_json::Error),
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
}

/// What the thread is asked for.
enum Work {
    Line(Box<Job>),
    /// Sign the head over all lines.
    Sign(SyncSender<Result<Option<CheckpointFile>, AccessLogError>>),
    /// What comes later is not taken any more.
    Finish,
}

struct Job {
    time: Timestamp,
    person: Option<ActorId>,
    roles: Vec<Role>,
    access: Access,
    answer: Option<SyncSender<Result<(), AccessLogError>>>,
}

#[derive(Debug, Default)]
struct Shared {
    written: AtomicU64,
    lost: AtomicU64,
    failure: Mutex<Option<AccessLogError>>,
}

/// The way to the access journal; clones go to the same thread, which ends when all are gone, or one of them
/// says so.
#[derive(Clone, Debug)]
pub struct AccessLog {
    work: SyncSender<Work>,
    shared: Arc<Shared>,
}

impl AccessLog {
    /// Opens the journal, makes it at first use, and starts the thread.
    ///
    /// # Errors
    /// When it is damaged, another writer has it, or the system gives no thread.
    pub fn start(home: &Home) -> Result<(Self, JoinHandle<()>), HomeError> {
        Self::start_on(home, Arc::new(RealDisk))
    }

    /// The same on another disk, for tests.
    pub(super) fn start_on(home: &Home, disk: Arc<dyn Disk>) -> Result<(Self, JoinHandle<()>), HomeError> {
        let (sender, queue) = sync_channel(QUEUE);
        let shared = Arc::new(Shared::default());
        let open = Open::new(home, &disk)?;
        let key = signing_key(home)?;
        let random = Randomness::system();
        let (home_of_thread, state) = (home.clone(), Arc::clone(&shared));
        let work = move || {
            Loop { home: home_of_thread, disk, key, random, open: Some(open), shared: state }.run(&queue);
        };
        let thread = std::thread::Builder::new().name("jejak-access".into()).spawn(work);
        let thread = thread.map_err(|source| HomeError::File {
            action: "starting a thread for",
            path: home.access_dir(),
            source,
        })?;
        Ok((Self { work: sender, shared }, thread))
    }

    /// Writes a line, and returns once it is durable. Blocks meanwhile.
    ///
    /// # Errors
    /// When it is not durable: then nothing may be shown.
    pub fn append(
        &self,
        time: Timestamp,
        person: ActorId,
        roles: Vec<Role>,
        access: Access,
    ) -> Result<(), AccessLogError> {
        let (answer, durable) = sync_channel(1);
        let job = Job { time, person: Some(person), roles, access, answer: Some(answer) };
        let gone = || AccessLogError("its thread has ended".into());
        self.work.send(Work::Line(Box::new(job))).map_err(|_| gone())?;
        durable.recv().map_err(|_| gone())?
    }

    /// Signs the head over all lines so far; `None` when there are none. Blocks meanwhile.
    ///
    /// # Errors
    /// When it cannot be signed or written.
    pub fn sign(&self) -> Result<Option<CheckpointFile>, AccessLogError> {
        let (answer, signed) = sync_channel(1);
        let gone = || AccessLogError("its thread has ended".into());
        self.work.send(Work::Sign(answer)).map_err(|_| gone())?;
        signed.recv().map_err(|_| gone())?
    }

    /// The same, read again.
    ///
    /// # Errors
    /// When it cannot be signed, written or read.
    pub fn head(&self, home: &Home) -> Result<Option<Checkpoint>, AccessLogError> {
        let told = |problem: &dyn std::fmt::Display| AccessLogError(problem.to_string().into());
        let Some(file) = self.sign()? else { return Ok(None) };
        let key = verifying_key(home).map_err(|problem| told(&problem))?;
        file.open(&key).map(Some).map_err(|problem| told(&problem))
    }

    /// Hands a line over without waiting. False when there is no room for it: it is lost then, and counted.
    pub fn note(&self, time: Timestamp, person: Option<ActorId>, roles: Vec<Role>, access: Access) -> bool {
        let job = Job { time, person, roles, access, answer: None };
        let taken = self.work.try_send(Work::Line(Box::new(job))).is_ok();
        if !taken {
            self.shared.lost.fetch_add(1, Ordering::Relaxed);
        }
        taken
    }

    /// Lets the thread write what it has, sign and end. What comes later is not taken.
    pub fn finish(&self) {
        // It has ended already when nobody takes this.
        let _ = self.work.send(Work::Finish);
    }

    /// Lines written since the start.
    pub fn written(&self) -> u64 {
        self.shared.written.load(Ordering::Relaxed)
    }

    /// Lines lost since the start: no room, or the disk failed.
    pub fn lost(&self) -> u64 {
        self.shared.lost.load(Ordering::Relaxed)
    }

    /// Why nothing can be written, while that is so.
    pub fn failure(&self) -> Option<AccessLogError> {
        self.shared.failure.lock().clone()
    }
}

/// The journal with its tree.
struct Open {
    journal: Mirrored,
    tree: TreeBuilder,
}

impl Open {
    fn new(home: &Home, disk: &Arc<dyn Disk>) -> Result<Self, HomeError> {
        let dir = home.access_dir();
        let newest = match home.remote() {
            // What the files have lost is read from the server again.
            Some(_) => None,
            None => heads(home).newest(&verifying_key(home)?)?.map(|head| head.size),
        };
        let options =
            OpenOptions { newest_checkpoint: newest, disk: Arc::clone(disk), ..OpenOptions::default() };
        let journal = match FileJournal::open(&dir, options.clone()) {
            Ok((journal, _)) => journal,
            Err(OpenError::NoJournal { .. }) if newest.is_none() => FileJournal::create_with(&dir, options)?,
            Err(problem) => return Err(problem.into()),
        };
        let tree = journal.tree()?;
        let mut open = Self { journal: Mirrored::new(journal, home.stream(Part::Access)?), tree };
        open.catch_up()?;
        Ok(open)
    }

    /// Takes over what another service has noted.
    fn catch_up(&mut self) -> Result<(), RemoteError> {
        let tree = &mut self.tree;
        let take = |_, commits: &[Commit]| {
            tree.extend(commits.iter().flat_map(Commit::lines).map(leaf_hash));
            Ok(())
        };
        self.journal.catch_up(take).map(|_| ())
    }

    /// Notes what it is told, after whatever others have noted meanwhile: no line rests on those before it.
    fn append(&mut self, commits: &[Commit]) -> Result<(), WriteError> {
        loop {
            match self.journal.append(Position(self.journal.len()), commits) {
                Err(AppendError::WrongPosition { .. }) => self.catch_up()?,
                appended => break appended?,
            }
        }
        self.tree.extend(commits.iter().flat_map(Commit::lines).map(leaf_hash));
        Ok(())
    }
}

struct Loop {
    home: Home,
    disk: Arc<dyn Disk>,
    key: SigningKey,
    random: Randomness,
    /// Gone after a failure, until it can be opened again.
    open: Option<Open>,
    shared: Arc<Shared>,
}

impl Loop {
    fn run(mut self, queue: &Receiver<Work>) {
        let mut signed: Option<Instant> = None;
        let mut finishing = false;
        while !finishing && let Ok(first) = queue.recv() {
            let (mut jobs, mut signers) = (Vec::new(), Vec::new());
            let mut next = Some(first);
            while let Some(work) = next {
                match work {
                    Work::Line(job) => jobs.push(*job),
                    Work::Sign(answer) => signers.push(answer),
                    Work::Finish => finishing = true,
                }
                next = if jobs.len() < GROUP && !finishing { queue.try_recv().ok() } else { None };
            }
            let due = signed.is_none_or(|signed| signed.elapsed() >= SIGN_EVERY);
            let written = jobs.is_empty() || self.lines(jobs);
            if (written && due) || !signers.is_empty() {
                let head = self.sign();
                signed = Some(Instant::now());
                for answer in signers {
                    // Who does not wait any more can ask again.
                    let _ = answer.send(head.clone());
                }
            }
        }
        // What could not be signed is in the failure, and the lines are there.
        let _ = self.sign();
    }

    /// Writes lines and answers for them; false when they are not durable.
    fn lines(&mut self, mut jobs: Vec<Job>) -> bool {
        let count = u64::try_from(jobs.len()).unwrap_or_default();
        let answers: Vec<_> = jobs.iter_mut().filter_map(|job| job.answer.take()).collect();
        let written = self.write(jobs).map_err(|problem| AccessLogError(problem.to_string().into()));
        let counter = if written.is_ok() { &self.shared.written } else { &self.shared.lost };
        counter.fetch_add(count, Ordering::Relaxed);
        *self.shared.failure.lock() = written.clone().err();
        for answer in answers {
            // Who does not wait any more has shown nothing.
            let _ = answer.send(written.clone());
        }
        written.is_ok()
    }

    fn write(&mut self, jobs: Vec<Job>) -> Result<(), WriteError> {
        // After a failure nobody knows what is on the disk: the file is looked at again.
        let mut open = match self.open.take() {
            Some(open) => open,
            None => Open::new(&self.home, &self.disk)?,
        };
        let mut commits = Vec::with_capacity(jobs.len());
        for Job { time, person, roles, access, .. } in jobs {
            let entry = Entry { id: event_id(time, &mut self.random)?, time, person, roles, access };
            let line = entry.line()?;
            commits.push(Commit::new(vec![line])?);
        }
        open.append(&commits)?;
        self.open = Some(open);
        Ok(())
    }

    fn sign(&self) -> Result<Option<CheckpointFile>, AccessLogError> {
        let Some(open) = &self.open else {
            return self.shared.failure.lock().clone().map_or(Ok(None), Err);
        };
        if open.tree.size() == 0 {
            return Ok(None);
        }
        let signed = heads(&self.home).sign(&open.tree, &self.key).and_then(|head| {
            mirror::tell(&self.home, Part::AccessHeads, &head)?;
            Ok(head)
        });
        signed.map(Some).map_err(|problem| {
            let problem = AccessLogError(problem.to_string().into());
            *self.shared.failure.lock() = Some(problem.clone());
            problem
        })
    }
}
