//! Keeps the file of read models up to date with a journal.
//!
//! The state is folded from the first line each time a projector starts; rows are stored only for what the file does not
//! have yet. One thread folds, another stores.

use crate::Step;
use crate::cancellation::Cancellation;
use crate::check::{self, Difference};
use crate::cut::Cut;
use crate::models::{self, Model};
use crate::rows::Rows;
use crate::store::{Building, Standing, Store, StoreError};
use jejak_domain::state::State;
use jejak_journal::checkpoint::Checkpoint;
use jejak_journal::merkle::TreeBuilder;
use jejak_journal::{FileJournal, Journal as _};
use jejak_ledger::replay::{Replay, ReplayError};
use jejak_ledger::{Home, HomeError};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::thread;

/// Changed rows that may wait in memory; a row takes some 400 bytes.
const PENDING: usize = 200_000;

/// Why read models cannot be computed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectError {
    /// The ledger.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// A line.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The journal, while it grows.
    #[error("the journal cannot be read on: {0}")]
    Journal(String),
    /// The file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another process does it.
    #[error("{0} is being written by another process: only one may project at a time")]
    Busy(PathBuf),
    /// Not that many lines.
    #[error("position {asked} is beyond the end: the ledger has {len} lines")]
    BeyondEnd {
        /// What was asked for.
        asked: u64,
        /// Lines of the ledger.
        len: u64,
    },
    /// The file goes further than the journal: it belongs to another copy of the ledger, or lines were lost.
    #[error(
        "the read models go to position {stored}, the ledger has {len} lines: move {path} away and run `jejak project` again"
    )]
    Ahead {
        /// Position of the file.
        stored: u64,
        /// Lines of the ledger.
        len: u64,
        /// The file.
        path: PathBuf,
    },
    /// Nobody waits for it any more.
    #[error("nobody waits for the read models any more")]
    Cancelled,
    /// The writing thread ended without an answer, which is a defect.
    #[error("the writer stopped without an answer: this is a defect, please report it")]
    Writer,
}

/// Told from time to time how far it is.
pub type Tell<'a> = &'a mut dyn FnMut(u64);

/// Takes changed rows, and how far they go.
type Take<'a> = &'a mut dyn FnMut(Vec<Rows>, Standing) -> Result<(), ProjectError>;

/// Where a ledger's read models are.
pub fn path_of(home: &Home) -> PathBuf {
    home.dir().join("views").join("jejak.sqlite")
}

/// A history on its way into rows.
pub(crate) struct Fold {
    origin: String,
    cut: Cut,
    state: State,
    models: Vec<Box<dyn Model>>,
    /// Over the very lines that were folded.
    tree: TreeBuilder,
    cancellation: Cancellation,
}

impl Fold {
    pub(crate) fn new(home: &Home, cut: Cut) -> Self {
        let origin = home.manifest.origin.clone();
        Self {
            origin,
            cut,
            state: State::new(),
            models: models::all(),
            tree: TreeBuilder::new(),
            cancellation: Cancellation::default(),
        }
    }

    /// The same, given up as soon as nobody waits for it.
    pub(crate) fn until_cancelled(self, cancellation: &Cancellation) -> Self {
        Self { cancellation: cancellation.clone(), ..self }
    }

    /// The first line that is not folded yet.
    fn next(&self) -> u64 {
        self.tree.size()
    }

    fn no_rows(&self) -> Vec<Rows> {
        self.models.iter().map(|model| Rows::new(model.table())).collect()
    }

    /// Folds up to `until`, and writes what is not `stored` yet.
    fn run(
        &mut self,
        journal: &FileJournal,
        (stored, until): (u64, u64),
        mut write: impl FnMut(&[Rows], &Standing) -> Result<(), StoreError> + Send,
        tell: Tell<'_>,
    ) -> Result<(), ProjectError> {
        let (hand, take) = sync_channel::<(Vec<Rows>, Standing)>(1);
        thread::scope(|scope| {
            let writer = scope.spawn(move || -> Result<(), StoreError> {
                take.into_iter().try_for_each(|(rows, standing)| write(&rows, &standing))
            });
            let mut hand_over =
                |rows, standing| hand.send((rows, standing)).map_err(|_| ProjectError::Writer);
            let folded = self.fold(journal, stored, until, &mut hand_over, tell);
            drop(hand);
            let written = writer.join().map_err(|_| ProjectError::Writer)?;
            // A writer that failed is why nothing could be handed over.
            written.map_err(ProjectError::from).and(folded)
        })
    }

    fn fold(
        &mut self,
        journal: &FileJournal,
        stored: u64,
        until: u64,
        take: Take<'_>,
        tell: Tell<'_>,
    ) -> Result<(), ProjectError> {
        let mut rows = self.no_rows();
        mute(&mut rows, self.next() < stored);
        let (origin, from) = (self.origin.clone(), self.next());
        if from < until {
            Replay::new(&origin).from(from).until(Some(until)).run(journal, |decoded| {
                if self.cancellation.is_cancelled() {
                    return Err(ReplayError::GivenUp);
                }
                for (position, event) in decoded.events() {
                    if position == stored {
                        mute(&mut rows, false);
                    }
                    if !self.cut.had_happened(event) {
                        continue;
                    }
                    let entry = self.state.apply(event);
                    let step = Step { position, event, entry: entry.as_ref(), state: &self.state };
                    self.models.iter_mut().zip(&mut rows).for_each(|(model, rows)| model.apply(step, rows));
                }
                for range in &decoded.ranges {
                    self.tree.append(range).map_err(|gap| ReplayError::Gap { found: gap.found })?;
                }
                tell(self.next());
                if rows.iter().map(Rows::len).sum::<usize>() >= PENDING {
                    let full = std::mem::replace(&mut rows, self.no_rows());
                    self.hand_over(full, take).map_err(|_| ReplayError::GivenUp)?;
                }
                Ok(())
            })?;
        }
        mute(&mut rows, false);
        self.hand_over(rows, take)
    }

    fn hand_over(&mut self, mut rows: Vec<Rows>, take: Take<'_>) -> Result<(), ProjectError> {
        self.models.iter_mut().zip(&mut rows).for_each(|(model, rows)| model.settle(&self.state, rows));
        let head = Checkpoint::new(&self.origin, &self.tree);
        let root = head.map_or_else(String::new, |head| head.root_text());
        let standing = Standing { origin: self.origin.clone(), position: self.next(), root };
        take(rows, standing)
    }
}

/// Folds a whole history into changed rows and stores none: what the models alone cost. Another thread lets go of the
/// rows, as it would store them. Returns how many changed, those that changed in several parts counted in each.
///
/// # Errors
/// When the journal cannot be read.
pub fn fold(home: &Home, tell: Tell<'_>) -> Result<u64, ProjectError> {
    let journal = home.read_journal()?;
    let (hand, take) = sync_channel::<Vec<Rows>>(1);
    thread::scope(|scope| {
        let counter =
            scope.spawn(move || take.iter().map(|rows| rows.iter().map(Rows::len).sum::<usize>()).sum());
        let mut hand_over = |rows, _| hand.send(rows).map_err(|_| ProjectError::Writer);
        Fold::new(home, Cut::default()).fold(&journal, 0, journal.len(), &mut hand_over, tell)?;
        drop(hand);
        let changed: usize = counter.join().map_err(|_| ProjectError::Writer)?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    })
}

fn mute(rows: &mut [Rows], muted: bool) {
    for rows in rows {
        rows.mute(muted);
    }
}

/// Builds the read models of a part of the history into a file of its own.
///
/// # Errors
/// When the journal cannot be read or the file not written.
pub fn build(home: &Home, path: &Path, cut: Cut, tell: Tell<'_>) -> Result<Store, ProjectError> {
    let (store, _) = build_from(&home.read_journal()?, path, home, Fold::new(home, cut), tell)?;
    Ok(store)
}

pub(crate) fn build_from(
    journal: &FileJournal,
    path: &Path,
    home: &Home,
    mut fold: Fold,
    tell: Tell<'_>,
) -> Result<(Store, Fold), ProjectError> {
    let until = fold.cut.position(journal)?;
    if let Some(dir) = path.parent() {
        let failed = |problem| StoreError::File { path: dir.to_owned(), problem };
        std::fs::create_dir_all(dir).map_err(failed)?;
    }
    let mut building = Building::create(path, &home.manifest.origin, &models::tables())?;
    match fold.run(journal, (0, until), |rows, standing| building.write(rows, standing), tell) {
        Ok(()) => Ok((building.finish()?, fold)),
        Err(_) if fold.cancellation.is_cancelled() => {
            building.discard()?;
            Err(ProjectError::Cancelled)
        }
        Err(problem) => Err(problem),
    }
}

/// The file of a ledger, kept up to date by this process alone.
pub struct Projector {
    home: Home,
    journal: FileJournal,
    fold: Fold,
    store: Store,
    _lock: File,
}

impl Projector {
    /// Opens the file, or builds it: beside the one that is there when that is of another version.
    ///
    /// # Errors
    /// When another process writes it, the file is of another ledger, or lines cannot be read.
    pub fn open(home: &Home, tell: Tell<'_>) -> Result<Self, ProjectError> {
        let path = path_of(home);
        let lock = lock(&path)?;
        let journal = home.read_journal()?;
        let (tables, len) = (models::tables(), journal.len());
        let (store, fold) = if let Some(store) = Store::open(&path, &home.manifest.origin, &tables)? {
            let stored = store.standing()?.position;
            if stored > len {
                return Err(ProjectError::Ahead { stored, len, path });
            }
            (store, Fold::new(home, Cut::default()))
        } else {
            let (built, fold) =
                build_from(&journal, &beside(&path, "next"), home, Fold::new(home, Cut::default()), tell)?;
            (built.publish(&path, &tables)?, fold)
        };
        Ok(Self { home: home.clone(), journal, fold, store, _lock: lock })
    }

    /// Stores what was recorded since.
    ///
    /// # Errors
    /// When lines cannot be read or rows not stored.
    pub fn catch_up(&mut self, tell: Tell<'_>) -> Result<Standing, ProjectError> {
        let len = self.journal.refresh().map_err(|error| ProjectError::Journal(error.to_string()))?;
        let stored = self.store.standing()?.position;
        if self.fold.next() < len || stored < len {
            let Self { journal, fold, store, .. } = self;
            fold.run(journal, (stored, len), |rows, standing| store.write(rows, standing), tell)?;
        }
        Ok(self.store.standing()?)
    }

    /// Lines of the journal that the file does not have yet.
    ///
    /// # Errors
    /// When one of both cannot be read.
    pub fn lag(&mut self) -> Result<u64, ProjectError> {
        let len = self.journal.refresh().map_err(|error| ProjectError::Journal(error.to_string()))?;
        Ok(len.saturating_sub(self.store.standing()?.position))
    }

    /// Builds all rows again, from the events alone, and compares them with what is stored. Where they differ, the new
    /// rows take the place of the stored ones.
    ///
    /// # Errors
    /// As for building.
    pub fn check(&mut self, tell: Tell<'_>) -> Result<Vec<Difference>, ProjectError> {
        let standing = self.store.standing()?;
        let path = path_of(&self.home);
        let built = build(
            &self.home,
            &beside(&path, "check"),
            Cut { at: Some(standing.position), ..Cut::default() },
            tell,
        )?;
        let tables = models::tables();
        let differences = check::compare(&self.store, &built, &tables)?;
        if differences.is_empty() {
            built.discard()?;
        } else {
            self.store = built.publish(&path, &tables)?;
        }
        Ok(differences)
    }

    /// The file.
    pub fn store(&self) -> &Store {
        &self.store
    }
}

pub(crate) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(end);
    name.into()
}

/// Held for as long as the file is kept open; the system lets go of it when the process ends, however it ends.
fn lock(path: &Path) -> Result<File, ProjectError> {
    let path = beside(path, "lock");
    let failed = |problem| StoreError::File { path: path.clone(), problem };
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir).map_err(failed)?;
    }
    let file = File::options().create(true).append(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ProjectError::Busy(path)),
        Err(TryLockError::Error(problem)) => Err(failed(problem).into()),
    }
}
