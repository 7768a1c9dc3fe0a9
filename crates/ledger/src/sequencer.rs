//! The one writer: takes items in turn, decides them against the state in memory, and appends what follows.
//!
//! Nothing counts before [`Sequencer::flush`] has returned: it makes all that was decided since the last one durable
//! with one sync. After a failure the sequencer is dead, since its state is ahead of the journal; open it again.

use crate::checkpoints::{CheckpointFile, Checkpoints};
use crate::commands::{CommandLog, CommandLogError, Known};
use crate::fingerprints::Fingerprints;
use crate::home::{Home, HomeError};
use crate::identity::event_id;
use crate::image::Image;
use crate::item::{Item, Request};
use crate::outcome::{Outcome, Problem, Status};
use crate::randomness::{Randomness, RandomnessError};
use crate::replay::{Replay, ReplayError};
use crate::schemas::Schemas;
use crate::secrets::Secrets;
use jejak_domain::access;
use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::calendar;
use jejak_domain::catalogue::{Command, Payload};
use jejak_domain::decide::{Context, Draft, decide};
use jejak_domain::ids::ActorId;
use jejak_domain::ledger::{self, SchemaRegistered};
use jejak_domain::line::{CommandKey, Event, LineError};
use jejak_domain::record_time;
use jejak_domain::refusal::{Refusal, RefusalCode};
use jejak_domain::state::State;
use jejak_domain::subject::Subject;
use jejak_domain::time::{Day, Timestamp};
use jejak_journal::merkle::{TreeBuilder, leaf_hash};
use jejak_journal::{AppendError, Commit, CommitError, FileJournal, Journal as _, Position, Recovery};

/// Lines after which a group is made durable without being asked.
const GROUP_LINES: u32 = 4_000;

/// No line is recorded before 1970 or after 9998: such a clock is wrong, and later times could not be read back.
const EARLIEST: Timestamp = Timestamp::from_millisecond(0);
const LATEST: Timestamp = Timestamp::from_millisecond(253_370_764_800_000);

/// Passes over what a day brings. Each makes one instalment of a card due; no definition has so many.
const MOST_PASSES: usize = 300;

/// Version of the line and journal format.
const FORMAT: u16 = 1;

/// The type that registers schemas, its own first.
const SCHEMA_REGISTERED: &str = "ledger.schema_registered.v1";

/// Why the sequencer stopped.
#[derive(Debug, thiserror::Error)]
pub enum SequencerError {
    /// The ledger's files.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// Reading the history back.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// Appending.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// A commit that cannot be stored.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// An event that cannot be written.
    #[error(transparent)]
    Line(#[from] LineError),
    /// The command log.
    #[error(transparent)]
    Commands(#[from] CommandLogError),
    /// The generator.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
    /// Lines below the newest signed head are not those that were signed: nothing may be built on them.
    #[error(
        "the {0} lines under the newest signed head are not those that were signed: run `jejak verify`, and restore the journal"
    )]
    Altered(u64),
    /// The clock is out of all reason.
    #[error("the clock says {0} ms since 1970, which no line can hold: set the clock")]
    Clock(i64),
    /// The ledger was changed under the reader's feet, or is of another key.
    #[error("the journal does not begin with the opening of {0}: this is not its journal")]
    Opening(String),
}

/// Who is told of durable commits.
type Watcher = Box<dyn FnMut(Position, Vec<Commit>) + Send>;

/// What a day would bring to a history, without recording it.
pub fn preview_day(state: &State, day: Day) -> Vec<Draft> {
    let actor = Actor { kind: ActorKind::System, id: system_id() };
    let drafts = calendar::due(state, day).into_iter().filter_map(|due| {
        let context = Context {
            state,
            subject: Subject::Participant(due.participant),
            programme: Some(due.programme),
            time: day.ends(),
            actor,
        };
        decide(&context, &due.command).ok()
    });
    drafts.flatten().collect()
}

/// The ledger's own name.
#[expect(clippy::expect_used, reason = "the word is a token")]
fn system_id() -> ActorId {
    ActorId::new("jejak").expect("a token")
}

/// The writer of one ledger.
pub struct Sequencer {
    home: Home,
    secrets: Secrets,
    journal: FileJournal,
    image: Image,
    tree: TreeBuilder,
    commands: CommandLog,
    schemas: Schemas,
    fingerprints: Fingerprints,
    random: Randomness,
    pending: Vec<Commit>,
    pending_lines: u32,
    watcher: Option<Watcher>,
    system: ActorId,
}

impl Sequencer {
    /// Begins a ledger: the first line says what it is.
    ///
    /// # Errors
    /// When there is a journal already.
    pub fn begin(home: Home, random: Randomness, now: Timestamp) -> Result<Self, SequencerError> {
        let journal = home.create_journal()?;
        let mut sequencer = Self::assemble(home, journal, random)?;
        let manifest = &sequencer.home.manifest;
        let opened = ledger::Opened {
            currency: manifest.currency,
            format: FORMAT,
            key: manifest.key.clone(),
            origin: manifest.origin.clone(),
            simulated: manifest.simulated.clone(),
        };
        let payload = Payload::Ledger(ledger::Event::Opened(opened));
        let draft = Draft { subject: Subject::Ledger, programme: None, time: now, payload };
        let actor = sequencer.system();
        let missing = sequencer.schemas.missing(draft.payload.name());
        sequencer.append(vec![draft], actor, None, None, now)?;
        sequencer.register(missing.into_iter().collect(), now)?;
        sequencer.flush()?;
        Ok(sequencer)
    }

    /// Opens a ledger for writing, and folds its history.
    ///
    /// # Errors
    /// When another writer has it, it is damaged, or acknowledged lines are missing.
    pub fn open(
        home: Home,
        random: Randomness,
        accept_loss: bool,
    ) -> Result<(Self, Recovery), SequencerError> {
        let newest = Checkpoints::of(&home).newest(&home.verifying_key()?)?;
        let sizes: Vec<u64> = newest.iter().map(|head| head.size).collect();
        let (journal, recovery) = home.open_journal(sizes.first().copied(), accept_loss)?;
        let mut sequencer = Self::assemble(home, journal, random)?;
        let Self { image, tree, commands, schemas, journal, home, .. } = &mut sequencer;
        let mut altered = None;
        Replay::new(&home.manifest.origin).with_heads(&sizes).run(journal, |batch| {
            // Batches come in order and meet: the replay has checked it.
            for range in &batch.ranges {
                tree.append(range).map_err(|gap| ReplayError::Gap { found: gap.found })?;
                altered = altered
                    .or(newest.as_ref().filter(|head| head.size == tree.size() && head.root != tree.root()));
            }
            for (_, event) in batch.events() {
                if let Some(command) = event.command {
                    commands.add(event.subject, command.id);
                }
                if let Payload::Ledger(ledger::Event::SchemaRegistered(registered)) = &event.payload {
                    schemas.add(registered);
                }
            }
            image.load(batch.events().map(|(_, event)| event));
            Ok(())
        })?;
        if let Some(head) = altered {
            return Err(SequencerError::Altered(head.size));
        }
        if image.read().opened.as_ref().is_none_or(|opened| opened.key != home.manifest.key) {
            return Err(SequencerError::Opening(home.manifest.origin.clone()));
        }
        image.synced(journal.len());
        Ok((sequencer, recovery))
    }

    fn assemble(home: Home, journal: FileJournal, random: Randomness) -> Result<Self, SequencerError> {
        let secrets = home.secrets()?;
        let commands = CommandLog::new(&secrets.command);
        let fingerprints = Fingerprints::open(&home, &journal)?;
        Ok(Self {
            home,
            secrets,
            journal,
            image: Image::default(),
            tree: TreeBuilder::new(),
            commands,
            schemas: Schemas::default(),
            fingerprints,
            random,
            pending: Vec::new(),
            pending_lines: 0,
            watcher: None,
            system: system_id(),
        })
    }

    /// The state after all that was decided.
    pub fn image(&self) -> &Image {
        &self.image
    }

    /// Hands every group of commits to `watcher` once it is durable, with the position of its first line.
    pub fn watch(&mut self, watcher: impl FnMut(Position, Vec<Commit>) + Send + 'static) {
        self.watcher = Some(Box::new(watcher));
    }

    /// The ledger's directory and manifest.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// Lines, pending ones included.
    pub fn len(&self) -> u64 {
        self.journal.len() + u64::from(self.pending_lines)
    }

    /// True before the first line.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The head over all lines, pending ones included.
    pub fn tree(&self) -> &TreeBuilder {
        &self.tree
    }

    fn system(&self) -> Actor {
        Actor { kind: ActorKind::System, id: self.system }
    }

    /// Takes one item at the time `now`. Its outcome counts once [`flush`](Self::flush) has returned.
    ///
    /// # Errors
    /// When nothing more can be recorded.
    pub fn handle(&mut self, item: &Item, actor: Actor, now: Timestamp) -> Result<Outcome, SequencerError> {
        let actor = item.actor.unwrap_or(actor);
        let mut key = None;
        if let Some(id) = item.command_id {
            let hash = self.commands.digest(item).map_err(LineError::from)?;
            let used = CommandKey { id, hash };
            if let Some(outcome) = self.known(item, used)? {
                return Ok(outcome);
            }
            key = Some(used);
        }
        if now < EARLIEST || now > LATEST {
            return Err(SequencerError::Clock(now.as_millisecond()));
        }
        let (clock, now) = (now, record_time(now, self.image.read().recorded));
        let drafts = match &item.request {
            Request::Fact(payload) => Ok(vec![Draft {
                subject: item.subject,
                programme: item.programme,
                time: item.time.unwrap_or(now),
                payload: payload.clone(),
            }]),
            Request::Command(command) => {
                if let (Command::Calendar(calendar::Command::CloseDay(_)), Subject::Day(day)) =
                    (command, item.subject)
                {
                    self.bring(day, clock, now)?;
                }
                self.decide(item, command, actor, clock, now)
            }
        };
        match drafts {
            Ok(drafts) => {
                let positions = match self.commit(drafts, actor, key, item.reported_on, now) {
                    Ok(positions) => positions,
                    // Nothing of it is recorded: a line is measured before anything is changed.
                    Err(SequencerError::Line(problem @ LineError::Long { .. })) => {
                        let (code, detail) = ("input.invalid".to_owned(), problem.to_string());
                        return Ok(Outcome::refused(item.command_id, Problem { code, detail, rule: None }));
                    }
                    Err(problem) => return Err(problem),
                };
                if let Request::Command(Command::Calendar(calendar::Command::CloseDay(_))) = &item.request {
                    self.sign()?;
                }
                Ok(Outcome {
                    command_id: item.command_id,
                    status: Status::Recorded,
                    positions,
                    problem: None,
                })
            }
            Err(refusal) => Ok(Outcome::refused(item.command_id, refusal.into())),
        }
    }

    fn decide(
        &self,
        item: &Item,
        command: &Command,
        actor: Actor,
        clock: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<Draft>, Refusal> {
        // What is still to come has not happened: no term is reached by saying a later time, nor by a clock that was
        // fast once, so the clock itself counts here and not the newest recorded time.
        if let Some(time) = item.time.filter(|time| *time > clock) {
            let sentence = format!("its time {time} has not come: it is {clock}");
            return Err(Refusal::new(RefusalCode::TermNotReached, sentence));
        }
        let time = item.time.unwrap_or(now);
        let state = &self.image.read();
        let context = Context { state, subject: item.subject, programme: item.programme, time, actor };
        access::permit(&context, command, now)?;
        decide(&context, command)
    }

    /// An answer for a key that was used before.
    fn known(&mut self, item: &Item, key: CommandKey) -> Result<Option<Outcome>, SequencerError> {
        if !self.commands.may_know(item.subject, key.id) {
            return Ok(None);
        }
        // The lines to be read may still be pending.
        self.flush()?;
        Ok(match CommandLog::look_up(&self.journal, item.subject, key)? {
            Known::New => None,
            Known::Same(positions) => {
                Some(Outcome { command_id: Some(key.id), status: Status::Repeated, positions, problem: None })
            }
            Known::Other(position) => {
                let detail = format!(
                    "command id {} was used for something else at position {position}: give this command another id",
                    key.id
                );
                Some(Outcome::refused(
                    Some(key.id),
                    Problem { code: "command.conflict".into(), detail, rule: None },
                ))
            }
        })
    }

    /// Commands all that a day brings; what has been overtaken is left out.
    fn bring(&mut self, day: Day, clock: Timestamp, now: Timestamp) -> Result<(), SequencerError> {
        let closed = self.image.read().closed_day().is_some_and(|closed| closed >= day);
        if closed || clock < day.ends() {
            return Ok(());
        }
        let actor = self.system();
        // What is carried out may bring more on the same day: after days that were left out, several instalments.
        for _ in 0..MOST_PASSES {
            let mut carried_out = false;
            let due = calendar::due(&self.image.read(), day);
            for due in due {
                let state = self.image.read();
                let context = Context {
                    state: &state,
                    subject: Subject::Participant(due.participant),
                    programme: Some(due.programme),
                    time: day.ends(),
                    actor,
                };
                let drafts = decide(&context, &due.command);
                drop(state);
                if let Ok(drafts) = drafts {
                    self.commit(drafts, actor, None, None, now)?;
                    carried_out = true;
                }
            }
            if !carried_out {
                break;
            }
        }
        Ok(())
    }

    /// Records drafts, after the schemas of types that are used for the first time. Returns their positions.
    fn commit(
        &mut self,
        drafts: Vec<Draft>,
        actor: Actor,
        key: Option<CommandKey>,
        reported_on: Option<Day>,
        now: Timestamp,
    ) -> Result<Vec<u64>, SequencerError> {
        let missing: Vec<_> =
            drafts.iter().filter_map(|draft| self.schemas.missing(draft.payload.name())).collect();
        // The opening stays the first line: its schema comes after it.
        if !missing.is_empty() && !self.is_empty() {
            self.register(missing, now)?;
        }
        self.append(drafts, actor, key, reported_on, now)
    }

    fn register(&mut self, missing: Vec<SchemaRegistered>, now: Timestamp) -> Result<(), SequencerError> {
        let own = self.schemas.missing(SCHEMA_REGISTERED);
        let mut drafts = Vec::new();
        for registered in own.into_iter().chain(missing) {
            if self.schemas.missing(&registered.name).is_some() {
                self.schemas.add(&registered);
                let payload = Payload::Ledger(ledger::Event::SchemaRegistered(registered));
                drafts.push(Draft { subject: Subject::Ledger, programme: None, time: now, payload });
            }
        }
        self.append(drafts, self.system(), None, None, now)?;
        Ok(())
    }

    /// Turns drafts into one commit and folds them in. Returns their positions.
    fn append(
        &mut self,
        drafts: Vec<Draft>,
        actor: Actor,
        mut key: Option<CommandKey>,
        reported_on: Option<Day>,
        now: Timestamp,
    ) -> Result<Vec<u64>, SequencerError> {
        let now = record_time(now, self.image.read().recorded);
        let first = self.len();
        let mut lines = Vec::with_capacity(drafts.len());
        let mut events = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let event = Event {
                id: event_id(now, &mut self.random)?,
                subject: draft.subject,
                time: draft.time,
                recorded: now,
                programme: draft.programme,
                actor,
                command: key.take(),
                causation: None,
                correlation: None,
                reported_on,
                payload: draft.payload,
            };
            lines.push(event.write(&self.home.manifest.origin)?);
            events.push(event);
        }
        let leaves: Vec<_> = lines.iter().map(|line| leaf_hash(line)).collect();
        let commit = Commit::new(lines)?;
        for (event, leaf) in events.iter().zip(leaves) {
            if let Some(command) = event.command {
                self.commands.add(event.subject, command.id);
            }
            self.fingerprints.push(&leaf);
            self.tree.push(leaf);
        }
        self.image.apply(&events);
        self.pending_lines = self.pending_lines.saturating_add(commit.len());
        self.pending.push(commit);
        let positions = (first..self.len()).collect();
        if self.pending_lines >= GROUP_LINES {
            self.flush()?;
        }
        Ok(positions)
    }

    /// Makes everything decided so far durable, with one sync.
    ///
    /// # Errors
    /// When the write or the sync fails; the sequencer must be opened again then.
    pub fn flush(&mut self) -> Result<(), SequencerError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let first = Position(self.journal.len());
        self.journal.append(first, &self.pending)?;
        self.fingerprints.write()?;
        self.image.synced(self.journal.len());
        self.pending_lines = 0;
        let commits = std::mem::take(&mut self.pending);
        if let Some(watcher) = &mut self.watcher {
            watcher(first, commits);
        }
        Ok(())
    }

    /// Signs the head over all lines and keeps it.
    ///
    /// # Errors
    /// When pending lines cannot be made durable, or the file not written.
    pub fn sign(&mut self) -> Result<CheckpointFile, SequencerError> {
        self.flush()?;
        Ok(Checkpoints::of(&self.home).sign(&self.tree, &self.secrets.signing)?)
    }
}
