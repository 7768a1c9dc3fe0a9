//! What anyone can check of a ledger from its files: the tree, the signed heads, the order, the identities.

mod beside;
mod failure;
mod witness;

pub use failure::Failure;
pub use witness::{Witnessed, Witnesses, witnessed};

use crate::access_log;
use crate::backup::Standing;
use crate::checkpoints::{CheckpointFile, Checkpoints};
use crate::fingerprints::first_altered;
use crate::home::{Home, HomeError};
use crate::replay::{Replay, ReplayError};
use crate::vault::{KeyCheck, KeyChecking, VaultError};
use beside::Beside;
use jejak_domain::catalogue::Payload;
use jejak_domain::findings::{Finding, SEGREGATION, Step, find_of};
use jejak_domain::ids::{self, ParticipantId};
use jejak_domain::laws::{Flows, breaches};
use jejak_domain::ledger;
use jejak_domain::line::Event;
use jejak_domain::state::State;
use jejak_domain::subject::Subject;
use jejak_journal::checkpoint::Checkpoint;
use jejak_journal::merkle::{Hash, TreeBuilder};
use jejak_journal::{Journal, OpenError, Position, ReadError};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The result of a verification.
#[derive(Debug)]
pub struct Verification {
    /// The ledger's name for its log.
    pub origin: String,
    /// Lines that were read.
    pub lines: u64,
    /// Bytes of those lines.
    pub bytes: u64,
    /// The root over them.
    pub root: Hash,
    /// Signed heads that agree.
    pub heads: usize,
    /// Size of the newest head that agrees.
    pub newest_head: Option<u64>,
    /// Lines of the access journal, and signed heads of it that agree.
    pub access: (u64, usize),
    /// Whether the keys at hand open what is sealed; `None` where there are none.
    pub keys: Option<KeyCheck>,
    /// Where the history is not made as the law wants it, whole or not.
    pub segregation: Segregation,
    /// What does not hold, in order of discovery.
    pub failures: Vec<Failure>,
    /// The folded history, as far as it could be read.
    pub state: State,
    /// Flows of the fund years.
    pub flows: Flows,
    /// What the history came to at the length that was asked about, when it is that long.
    pub(crate) at: Option<Standing>,
}

/// Lines by which one person made and approved the same money, or did what they had no right to.
#[derive(Debug, Default)]
pub struct Segregation {
    /// How many.
    pub count: u64,
    /// The first hundred.
    pub first: Vec<Finding>,
}

impl Segregation {
    fn add(&mut self, step: Step<'_>) {
        for finding in find_of(SEGREGATION, step) {
            self.count += 1;
            if self.first.len() < 100 {
                self.first.push(finding);
            }
        }
    }
}

impl Verification {
    /// Persons whose data is erased.
    pub(crate) fn erased(&self) -> BTreeSet<ParticipantId> {
        self.state.people.iter().filter(|person| person.is_erased()).map(|person| person.id).collect()
    }

    /// What the history comes to.
    pub fn standing(&self) -> Standing {
        Standing::of(self.lines, self.root, &self.state.books)
    }
}

/// Heads by the number of lines that they cover.
type Heads = BTreeMap<u64, (PathBuf, Checkpoint)>;

/// Checks a ledger from its files. `also` is a head from elsewhere: only such a head can show a cut tail when the
/// ledger's own heads were cut as well. `progress` is told the lines done.
///
/// # Errors
/// When the ledger's files cannot be opened at all; what does not hold is in the result.
pub fn verify(
    home: &Home,
    also: &[CheckpointFile],
    progress: impl FnMut(u64),
) -> Result<Verification, HomeError> {
    let keys = home.keys_dir();
    verify_at(home, also, None, Some(&*keys).filter(|keys| keys.is_dir()), progress)
}

/// The same with the keys in another place, or without; notes what the history came to at the length `at`.
pub(crate) fn verify_at(
    home: &Home,
    also: &[CheckpointFile],
    at: Option<u64>,
    keys: Option<&Path>,
    mut progress: impl FnMut(u64),
) -> Result<Verification, HomeError> {
    let mut failures = Vec::new();
    let heads = all_heads(home, also, &mut failures)?;
    let mut beside = Beside::open(home, &mut failures)?;
    let mut sizes: Vec<u64> = heads.keys().copied().chain(at).chain(beside.len()).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let journal = match home.read_lines_as_they_are() {
        Ok(journal) => journal,
        Err(HomeError::Journal(OpenError::NoJournal { .. })) => {
            let newest = heads.iter().next_back();
            failures.extend(newest.map(|(size, (path, _))| Failure::Cut {
                path: path.clone(),
                size: *size,
                len: 0,
            }));
            if failures.is_empty() {
                failures.push(Failure::Opening);
            }
            return Ok(empty(home, failures));
        }
        Err(HomeError::Journal(problem)) if is_damage(&problem) => {
            failures.push(Failure::Journal(problem));
            return Ok(empty(home, failures));
        }
        Err(other) => return Err(other),
    };
    let mut keys = keys.map(|keys| KeyChecking::with(home, keys)).transpose().map_err(key_problem)?;
    let mut unread = None;
    let mut check = Check { heads, good: 0, agreed: 0, failures, tree: TreeBuilder::new() };
    let (mut state, mut flows, mut bytes) = (State::new(), Flows::default(), 0_u64);
    let (mut root, mut standing) = (None, None);
    let (mut segregation, mut anchors) = (Segregation::default(), access_log::Anchors::new());
    let replayed = Replay::new(&home.manifest.origin).with_heads(&sizes).run(&journal, |decoded| {
        for range in &decoded.ranges {
            check.tree.append(range).map_err(|gap| ReplayError::Gap { found: gap.found })?;
            check.head();
            beside.look(&check.tree);
            root = root.or_else(|| (Some(check.tree.size()) == at).then(|| check.tree.root()));
        }
        for (position, event) in decoded.events() {
            anchors.extend(anchored(event));
            flows.add(&state, event);
            let entry = state.apply(event);
            segregation.add(Step {
                position: ids::Position(position),
                event,
                entry: entry.as_ref(),
                state: &state,
            });
            check.card(position, event, &state);
            if let Some(keys) = &mut keys {
                unread = unread.take().or(keys.look(event).err());
            }
            if let Some(root) = root.filter(|_| Some(position + 1) == at) {
                standing = Some(Standing::of(position + 1, root, &state.books));
            }
        }
        bytes += u64::try_from(decoded.bytes).unwrap_or_default();
        progress(decoded.end());
        Ok(())
    });
    let mut failures = check.finish(journal.len(), replayed);
    for failure in &mut failures {
        if let Failure::Head { size, good, first, .. } = failure {
            *first = first_altered(home, &journal, *good, *size);
        }
    }
    // What the server's lines are found to be counts first.
    failures.extend(beside.end(home, &journal));
    if let Some(problem) = unread {
        return Err(key_problem(problem));
    }
    if let Some(keys) = keys.as_mut().filter(|keys| keys.is_in_doubt()) {
        erased_since(home, journal.len(), keys)?;
    }
    let opened = state.opened.as_ref();
    if opened.is_none_or(|opened| opened.key != home.manifest.key || opened.origin != home.manifest.origin) {
        failures.push(Failure::Opening);
    }
    failures.extend(breaches(&state, &flows).into_iter().map(Failure::Identity));
    let access = access_log::check(home, &anchors)?;
    failures.extend(access.failures.into_iter().map(Failure::Access));
    Ok(Verification {
        origin: home.manifest.origin.clone(),
        lines: check.tree.size(),
        bytes,
        root: check.tree.root(),
        heads: check.agreed,
        newest_head: (check.agreed > 0).then_some(check.good),
        access: (access.lines, access.heads),
        keys: keys.map(KeyChecking::end),
        segregation,
        failures,
        state,
        flows,
        at: standing,
    })
}

/// The ledger's own heads, and those from elsewhere.
fn all_heads(home: &Home, also: &[CheckpointFile], failures: &mut Vec<Failure>) -> Result<Heads, HomeError> {
    let (key, mut heads) = (home.verifying_key()?, Heads::new());
    for file in Checkpoints::of(home).all()?.iter().chain(also) {
        match file.open(&key) {
            Ok(head) => keep(&mut heads, failures, file, head),
            Err(problem) => failures.push(Failure::Signature { path: file.path.clone(), problem }),
        }
    }
    Ok(heads)
}

/// What a line of the ledger says of the access journal.
fn anchored(event: &Event) -> Option<(u64, ids::Digest)> {
    match &event.payload {
        Payload::Ledger(ledger::Event::AccessAnchored(anchor)) => Some((anchor.lines, anchor.root)),
        _ => None,
    }
}

fn key_problem(problem: VaultError) -> HomeError {
    match problem {
        VaultError::Home(problem) => problem,
        other => HomeError::Vault(Box::new(other)),
    }
}

/// A service may have erased somebody since the journal was opened: the line is there before the key goes.
fn erased_since(home: &Home, from: u64, keys: &mut KeyChecking) -> Result<(), HomeError> {
    let journal = home.read_lines_as_they_are()?;
    if journal.len() <= from {
        return Ok(());
    }
    for batch in journal.read(Position(from))? {
        let frame = batch?.unpack()?;
        let events = frame.lines().filter_map(|line| Event::read(line).ok());
        events.for_each(|event| keys.erased_since(&event));
    }
    Ok(())
}

/// Two heads of one size must be the same: else one of them is a lie.
fn keep(heads: &mut Heads, failures: &mut Vec<Failure>, file: &CheckpointFile, head: Checkpoint) {
    let size = head.size;
    match heads.get(&size) {
        Some((_, known)) if *known != head => {
            failures.push(Failure::Head { path: file.path.clone(), size, good: 0, first: None });
        }
        Some(_) => {}
        None => {
            heads.insert(size, (file.path.clone(), head));
        }
    }
}

fn is_damage(problem: &OpenError) -> bool {
    use OpenError::{Corrupt, DamagedEnd, Gap};
    matches!(
        problem,
        Gap { .. } | DamagedEnd { .. } | Corrupt { .. } | OpenError::Read(ReadError::Damaged { .. })
    )
}

fn empty(home: &Home, failures: Vec<Failure>) -> Verification {
    let tree = TreeBuilder::new();
    Verification {
        origin: home.manifest.origin.clone(),
        lines: 0,
        bytes: 0,
        root: tree.root(),
        heads: 0,
        newest_head: None,
        access: (0, 0),
        keys: None,
        segregation: Segregation::default(),
        failures,
        state: State::new(),
        flows: Flows::default(),
        at: None,
    }
}

struct Check {
    heads: Heads,
    /// Lines that agree with a head.
    good: u64,
    agreed: usize,
    failures: Vec<Failure>,
    tree: TreeBuilder,
}

impl Check {
    /// Compares the head at the present size, if there is one.
    fn head(&mut self) {
        let size = self.tree.size();
        let Some((path, head)) = self.heads.remove(&size) else { return };
        if head.root == self.tree.root() {
            self.good = size;
            self.agreed += 1;
        } else if !self.failures.iter().any(|failure| matches!(failure, Failure::Head { .. })) {
            // Later heads differ for the same cause: the first one tells.
            self.failures.push(Failure::Head { path, size, good: self.good, first: None });
        }
    }

    fn card(&mut self, position: u64, event: &jejak_domain::line::Event, state: &State) {
        let Subject::Participant(participant) = event.subject else { return };
        let whole = state.card_of(event).is_none_or(|card| card.entitlement.card().is_whole());
        if !whole {
            self.failures.push(Failure::Card { position, participant });
        }
    }

    /// Heads beyond the end show that lines were cut; after a failed replay they show nothing.
    fn finish(&mut self, len: u64, replayed: Result<(), ReplayError>) -> Vec<Failure> {
        let mut failures = std::mem::take(&mut self.failures);
        match replayed {
            Ok(()) => {
                let beyond = self.heads.iter().rev().find(|(size, _)| **size > len);
                failures.extend(beyond.map(|(size, (path, _))| Failure::Cut {
                    path: path.clone(),
                    size: *size,
                    len,
                }));
            }
            Err(problem) => failures.push(problem.into()),
        }
        failures
    }
}
