//! What anyone can check of a ledger from its files: the tree, the signed heads, the order, the identities.

use crate::access_log::{self, AccessFailure};
use crate::backup::Standing;
use crate::checkpoints::{CheckpointFile, Checkpoints};
use crate::fingerprints::first_altered;
use crate::home::{Home, HomeError};
use crate::replay::{Replay, ReplayError};
use jejak_domain::ids::ParticipantId;
use jejak_domain::laws::{Breach, Flows, breaches};
use jejak_domain::state::State;
use jejak_domain::subject::Subject;
use jejak_journal::checkpoint::{Checkpoint, CheckpointError, Note, NoteError, WitnessKey};
use jejak_journal::merkle::{Hash, TreeBuilder};
use jejak_journal::{Journal, OpenError, ReadError};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Something that does not hold.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The history cannot be read or folded.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The journal's files are damaged.
    #[error(transparent)]
    Journal(OpenError),
    /// The journal is of another ledger.
    #[error("position 0: the journal does not begin with the opening of this ledger")]
    Opening,
    /// A head that is not signed by the ledger's key.
    #[error("{}: {problem}", path.display())]
    Signature {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: CheckpointError,
    },
    /// A signed head covers more lines than there are.
    #[error(
        "position {len}: lines are missing at the end: the head in {} covers {size} lines, the journal has {len}",
        path.display()
    )]
    Cut {
        /// The file.
        path: PathBuf,
        /// Lines that the head covers.
        size: u64,
        /// Lines that are there.
        len: u64,
    },
    /// The lines are not those that were signed.
    #[error("position {}: {}: lines are not those that were signed in {}", first.unwrap_or(*good), place(*good, *size, *first), path.display())]
    Head {
        /// The file.
        path: PathBuf,
        /// Lines that the head covers.
        size: u64,
        /// Lines up to here agree with an earlier head.
        good: u64,
        /// The first altered line, where fingerprints tell it.
        first: Option<u64>,
    },
    /// A witness who was named has not cosigned.
    #[error(
        "no head from elsewhere is cosigned by {witness} by now: ask for the newest cosigned head of this ledger"
    )]
    Unwitnessed {
        /// The witness.
        witness: String,
    },
    /// A cosignature does not hold.
    #[error("{}: {problem}", path.display())]
    Cosignature {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: NoteError,
    },
    /// A card's money does not add up.
    #[error("position {position}: the card of participant/{participant} does not add up")]
    Card {
        /// Where.
        position: u64,
        /// Whose card.
        participant: ParticipantId,
    },
    /// Something in the access journal.
    #[error("access journal: {0}")]
    Access(AccessFailure),
    /// An identity of the books does not hold at the end.
    #[error("fund/{}/{}: {} does not hold: {} against {}", .0.fund.programme, .0.fund.year, .0.identity, .0.left, .0.right)]
    Identity(Breach),
}

fn place(good: u64, size: u64, first: Option<u64>) -> String {
    match first {
        Some(_) => "the first line that differs from its fingerprint".to_owned(),
        None => format!("somewhere up to {}", size.saturating_sub(1).max(good)),
    }
}

impl Failure {
    /// The first bad position, where one is known.
    pub fn position(&self) -> Option<u64> {
        match self {
            Self::Replay(problem) => problem.position(),
            Self::Journal(problem) => match problem {
                OpenError::Gap { expected, .. } => Some(expected.0),
                OpenError::DamagedEnd { place, .. } | OpenError::Corrupt { place, .. } => {
                    Some(place.position.0)
                }
                OpenError::Read(ReadError::Damaged { place, .. }) => Some(place.position.0),
                _ => None,
            },
            Self::Opening => Some(0),
            Self::Cut { len, .. } => Some(*len),
            Self::Head { good, first, .. } => Some(first.unwrap_or(*good)),
            Self::Card { position, .. } => Some(*position),
            Self::Signature { .. }
            | Self::Unwitnessed { .. }
            | Self::Cosignature { .. }
            | Self::Access(_)
            | Self::Identity(_) => None,
        }
    }
}

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
    /// What does not hold, in order of discovery.
    pub failures: Vec<Failure>,
    /// The folded history, as far as it could be read.
    pub state: State,
    /// Flows of the fund years.
    pub flows: Flows,
    /// What the history came to at the length that was asked about, when it is that long.
    pub(crate) at: Option<Standing>,
}

impl Verification {
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
    verify_at(home, also, None, progress)
}

/// The same, and notes what the history came to at the length `at`.
pub(crate) fn verify_at(
    home: &Home,
    also: &[CheckpointFile],
    at: Option<u64>,
    mut progress: impl FnMut(u64),
) -> Result<Verification, HomeError> {
    let key = home.verifying_key()?;
    let mut failures = Vec::new();
    let mut heads: Heads = BTreeMap::new();
    for file in Checkpoints::of(home).all()?.iter().chain(also) {
        match file.open(&key) {
            Ok(head) => keep(&mut heads, &mut failures, file, head),
            Err(problem) => failures.push(Failure::Signature { path: file.path.clone(), problem }),
        }
    }
    let mut sizes: Vec<u64> = heads.keys().copied().chain(at).collect();
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
    let mut check = Check { heads, good: 0, agreed: 0, failures, tree: TreeBuilder::new() };
    let (mut state, mut flows, mut bytes) = (State::new(), Flows::default(), 0_u64);
    let (mut root, mut standing) = (None, None);
    let replayed = Replay::new(&home.manifest.origin).with_heads(&sizes).run(&journal, |decoded| {
        for range in &decoded.ranges {
            check.tree.append(range).map_err(|gap| ReplayError::Gap { found: gap.found })?;
            check.head();
            root = root.or_else(|| (Some(check.tree.size()) == at).then(|| check.tree.root()));
        }
        for (position, event) in decoded.events() {
            flows.add(&state, event);
            state.apply(event);
            check.card(position, event, &state);
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
    let opened = state.opened.as_ref();
    if opened.is_none_or(|opened| opened.key != home.manifest.key || opened.origin != home.manifest.origin) {
        failures.push(Failure::Opening);
    }
    failures.extend(breaches(&state, &flows).into_iter().map(Failure::Identity));
    let access = access_log::check(home)?;
    failures.extend(access.failures.into_iter().map(Failure::Access));
    Ok(Verification {
        origin: home.manifest.origin.clone(),
        lines: check.tree.size(),
        bytes,
        root: check.tree.root(),
        heads: check.agreed,
        newest_head: (check.agreed > 0).then_some(check.good),
        access: (access.lines, access.heads),
        failures,
        state,
        flows,
        at: standing,
    })
}

/// What one witness vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witnessed {
    /// The witness's name.
    pub witness: String,
    /// Lines under the newest head that it cosigned.
    pub size: u64,
    /// When it cosigned, in seconds since 1970, by its own clock.
    pub time: u64,
}

/// What the cosignatures of heads from elsewhere tell.
#[derive(Debug, Default)]
pub struct Witnesses {
    /// The newest head that each witness cosigned by now.
    pub found: Vec<Witnessed>,
    /// Cosigned at a time that has not come: a clock is wrong, or somebody's key is not used by its clock. Not counted.
    pub ahead: Vec<Witnessed>,
    /// Wrong cosignatures, and witnesses without one.
    pub failures: Vec<Failure>,
}

/// Looks for the cosignatures of `witnesses` on heads from elsewhere, made by `now`, in seconds since 1970. They vouch
/// for the lines only when the verification of these heads found nothing.
///
/// # Errors
/// When the manifest's key is not one.
pub fn witnessed(
    home: &Home,
    heads: &[CheckpointFile],
    witnesses: &[WitnessKey],
    now: u64,
) -> Result<Witnesses, HomeError> {
    let key = home.verifying_key()?;
    let mut all = Witnesses::default();
    for witness in witnesses {
        let mut newest: Option<Witnessed> = None;
        for file in heads {
            // A head that does not open has failed already.
            let (Ok(head), Ok(note)) = (file.open(&key), Note::parse(&file.bytes)) else { continue };
            let witnessed = |time| Witnessed { witness: witness.name().to_owned(), size: head.size, time };
            match witness.cosigned(&note) {
                Ok(Some(time)) if time > now => all.ahead.push(witnessed(time)),
                Ok(Some(time)) if newest.as_ref().is_none_or(|newest| newest.size <= head.size) => {
                    newest = Some(witnessed(time));
                }
                Ok(_) => {}
                Err(problem) => {
                    all.failures.push(Failure::Cosignature { path: file.path.clone(), problem });
                }
            }
        }
        match newest {
            Some(newest) => all.found.push(newest),
            None => all.failures.push(Failure::Unwitnessed { witness: witness.name().to_owned() }),
        }
    }
    Ok(all)
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
