//! The one writer: takes items in turn, decides them against the state in memory, and appends what follows.
//!
//! Nothing counts before [`Sequencer::flush`] has returned: it makes all that was decided since the last one durable
//! with one sync. After a failure the sequencer is dead, since its state is ahead of the journal; open it again.

mod anchor;
mod asked;
mod day;
mod error;
mod follow;
mod keys;
mod personal;

pub use day::preview_day;
pub use error::SequencerError;

use crate::checkpoints::{CheckpointFile, Checkpoints};
use crate::commands::CommandLog;
use crate::fingerprints::Fingerprints;
use crate::home::Home;
use crate::identity::event_id;
use crate::image::Image;
use crate::item::{Item, Request};
use crate::mirror::{self, Mirrored, Told};
use crate::outcome::{Outcome, Problem, Status};
use crate::randomness::Randomness;
use crate::remote::{Part, Remote, RemoteError};
use crate::replay::{Replay, ReplayError};
use crate::schemas::Schemas;
use crate::secrets::Secrets;
use crate::vault::Vault;
use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::calendar;
use jejak_domain::catalogue::{Command, Payload};
use jejak_domain::decide::{Context, Draft, decide};
use jejak_domain::ids::ActorId;
use jejak_domain::ledger::{self, SchemaRegistered};
use jejak_domain::line::{CommandKey, Event, LineError};
use jejak_domain::participant::Sealing;
use jejak_domain::record_time;
use jejak_domain::refusal::{Refusal, RefusalCode};
use jejak_domain::subject::Subject;
use jejak_domain::time::{Day, Timestamp};
use jejak_journal::merkle::{TreeBuilder, leaf_hash};
use jejak_journal::{Commit, FileJournal, Position, Recovery};
use personal::{Held, Personal};

/// Lines after which a group is made durable without being asked.
const GROUP_LINES: u32 = 4_000;

/// No line is recorded before 1970 or after 9998: such a clock is wrong, and later times could not be read back.
const EARLIEST: Timestamp = Timestamp::from_millisecond(0);
const LATEST: Timestamp = Timestamp::from_millisecond(253_370_764_800_000);

/// Version of the line and journal format.
const FORMAT: u16 = 1;

/// The type that registers schemas, its own first.
const SCHEMA_REGISTERED: &str = "ledger.schema_registered.v1";

/// Who is told of durable commits.
type Watcher = Box<dyn FnMut(Position, Vec<Commit>) + Send>;

/// What the first line of a commit has besides its draft.
#[derive(Default)]
struct First {
    key: Option<CommandKey>,
    /// Its id, where something is sealed for it already.
    id: Option<uuid::Uuid>,
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
    journal: Mirrored,
    image: Image,
    tree: TreeBuilder,
    commands: CommandLog,
    personal: Personal,
    schemas: Schemas,
    fingerprints: Fingerprints,
    random: Randomness,
    pending: Vec<Commit>,
    pending_lines: u32,
    watcher: Option<Watcher>,
    told: Told,
    system: ActorId,
}

impl Sequencer {
    /// Begins a ledger: the first line says what it is.
    ///
    /// # Errors
    /// When there is a journal already.
    pub fn begin(home: Home, random: Randomness, now: Timestamp) -> Result<Self, SequencerError> {
        home.remote().map_or(Ok(()), Remote::check_free)?;
        let journal = Mirrored::new(home.create_journal()?, home.stream(Part::Lines)?);
        let mut sequencer = Self::assemble(home, journal, random, false)?;
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
        sequencer.append(vec![draft], actor, First::default(), None, now)?;
        sequencer.register(missing.into_iter().collect(), now)?;
        sequencer.flush()?;
        if let Some(remote) = sequencer.home.remote() {
            remote.begin(&sequencer.home.manifest)?;
        }
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
        mirror::heads(&home)?;
        let newest = Checkpoints::of(&home).newest(&home.verifying_key()?)?;
        let sizes: Vec<u64> = newest.iter().map(|head| head.size).collect();
        let (journal, recovery) = match home.remote() {
            Some(_) => home.open_files()?,
            None => home.open_journal(sizes.first().copied(), accept_loss)?,
        };
        let journal = Self::caught_up(&home, journal, sizes.first().copied())?;
        let mut sequencer = Self::assemble(home, journal, random, accept_loss)?;
        let Self { image, tree, commands, personal, schemas, journal, home, .. } = &mut sequencer;
        let (mut altered, mut failed) = (None, None);
        Replay::new(&home.manifest.origin).with_heads(&sizes).run(journal.files(), |batch| {
            // Batches come in order and meet: the replay has checked it.
            for range in &batch.ranges {
                tree.append(range).map_err(|gap| ReplayError::Gap { found: gap.found })?;
                altered = altered
                    .or(newest.as_ref().filter(|head| head.size == tree.size() && head.root != tree.root()));
            }
            for (position, event) in batch.events() {
                failed = failed.take().or(personal.load(position, event).err());
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
            return Err(SequencerError::altered(home, head.size));
        }
        if let Some(problem) = failed {
            return Err(problem);
        }
        if image.read().opened.as_ref().is_none_or(|opened| opened.key != home.manifest.key) {
            return Err(SequencerError::Opening(home.manifest.origin.clone()));
        }
        personal.finish()?;
        image.synced(journal.len());
        Ok((sequencer, recovery))
    }

    /// The files with all that the server has; a server that lost what was signed is not written to.
    fn caught_up(home: &Home, files: FileJournal, newest: Option<u64>) -> Result<Mirrored, SequencerError> {
        let mut journal = Mirrored::new(files, home.stream(Part::Lines)?);
        // What the head covers is folded and compared.
        journal.check_behind(newest.unwrap_or(0))?;
        journal.copy()?;
        match newest.filter(|newest| *newest > journal.len() && home.remote().is_some()) {
            Some(newest) => Err(RemoteError::Shorter { files: newest, stream: journal.len() }.into()),
            None => Ok(journal),
        }
    }

    fn assemble(
        home: Home,
        journal: Mirrored,
        random: Randomness,
        accept_loss: bool,
    ) -> Result<Self, SequencerError> {
        let secrets = home.secrets()?;
        let commands = CommandLog::new(&secrets.command);
        let fingerprints = Fingerprints::open(&home, journal.files())?;
        let personal = Personal::open(&home, journal.len(), accept_loss)?;
        Ok(Self {
            home,
            secrets,
            journal,
            image: Image::default(),
            tree: TreeBuilder::new(),
            commands,
            personal,
            schemas: Schemas::default(),
            fingerprints,
            random,
            pending: Vec::new(),
            pending_lines: 0,
            watcher: None,
            told: Told::default(),
            system: system_id(),
        })
    }

    /// The state after all that was decided.
    pub fn image(&self) -> &Image {
        &self.image
    }

    /// The keys of persons, for who may open what they seal.
    pub fn vault(&self) -> &Vault {
        self.personal.vault()
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
        // Who may not ask is told nothing: neither what was asked before, nor that somebody is erased.
        if let Err(refusal) = self.permit(item, actor, now) {
            return Ok(Outcome::refused(item.command_id, refusal.into()));
        }
        let held = match self.personal.hold(item, &mut self.random)? {
            Held::Erased => return Ok(personal::erased(item)),
            Held::Lost => return Ok(personal::without_master(item)),
            // A second key would hide that the first is lost.
            Held::Key { id, fresh: true, .. } if self.image.has_personal_data(id) => {
                self.personal.forget(id);
                return Ok(personal::without_key(item));
            }
            held => held,
        };
        let outcome = self.handle_with(item, &held, actor, now)?;
        if outcome.status != Status::Recorded {
            // Nothing was sealed with a key that was made for this.
            if let Held::Key { id, fresh: true, .. } = held {
                self.personal.forget(id);
            }
        }
        Ok(outcome)
    }

    fn handle_with(
        &mut self,
        item: &Item,
        held: &Held,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Outcome, SequencerError> {
        let mut key = None;
        if let Some(id) = item.command_id {
            let hash = self.commands.digest(item, held.key()).map_err(LineError::from)?;
            let used = CommandKey { id, hash };
            if let Some(outcome) = self.known(item, used, actor)? {
                return Ok(outcome);
            }
            key = Some(used);
        }
        if now < EARLIEST || now > LATEST {
            return Err(SequencerError::Clock(now.as_millisecond()));
        }
        let (clock, now) = (now, record_time(now, self.image.read().recorded));
        let id = held.key().map(|_| event_id(now, &mut self.random)).transpose()?;
        let sealing = self.personal.seal(item, held, id, &mut self.random)?;
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
                self.decide(item, command, &sealing, actor, (clock, now))
            }
        };
        let drafts = match drafts {
            Ok(drafts) => drafts,
            Err(refusal) => return Ok(Outcome::refused(item.command_id, refusal.into())),
        };
        let positions = match self.commit(drafts, actor, First { key, id }, item.reported_on, now) {
            Ok(positions) => positions,
            // Nothing of it is recorded: a line is measured before anything is changed.
            Err(SequencerError::Line(problem @ LineError::Long { .. })) => {
                let (code, detail) = ("input.invalid".to_owned(), problem.to_string());
                return Ok(Outcome::refused(item.command_id, Problem { code, detail, rule: None }));
            }
            Err(problem) => return Err(problem),
        };
        self.personal.keep(item, held, &sealing)?;
        if let Request::Command(Command::Calendar(calendar::Command::CloseDay(_))) = &item.request {
            self.sign()?;
        }
        Ok(Outcome { command_id: item.command_id, status: Status::Recorded, positions, problem: None })
    }

    fn decide(
        &self,
        item: &Item,
        command: &Command,
        sealing: &Sealing,
        actor: Actor,
        (clock, now): (Timestamp, Timestamp),
    ) -> Result<Vec<Draft>, Refusal> {
        // What is still to come has not happened: no term is reached by saying a later time, nor by a clock that was
        // fast once, so the clock itself counts here and not the newest recorded time.
        if let Some(time) = item.time.filter(|time| *time > clock) {
            let sentence = format!("its time {time} has not come: it is {clock}");
            return Err(Refusal::new(RefusalCode::TermNotReached, sentence));
        }
        let time = item.time.unwrap_or(now);
        let state = &self.image.read();
        let context =
            Context { state, subject: item.subject, programme: item.programme, time, actor, sealing };
        match command {
            // No name or number goes any further.
            Command::Participant(command) => {
                decide(&context, &Command::Participant(command.without_personal_data()))
            }
            command => decide(&context, command),
        }
    }

    /// Records drafts, after the schemas of types that are used for the first time. Returns their positions.
    fn commit(
        &mut self,
        drafts: Vec<Draft>,
        actor: Actor,
        first_line: First,
        reported_on: Option<Day>,
        now: Timestamp,
    ) -> Result<Vec<u64>, SequencerError> {
        let missing: Vec<_> =
            drafts.iter().filter_map(|draft| self.schemas.missing(draft.payload.name())).collect();
        // The opening stays the first line: its schema comes after it.
        if !missing.is_empty() && !self.is_empty() {
            self.register(missing, now)?;
        }
        self.append(drafts, actor, first_line, reported_on, now)
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
        self.append(drafts, self.system(), First::default(), None, now)?;
        Ok(())
    }

    /// Turns drafts into one commit and folds them in. Returns their positions.
    fn append(
        &mut self,
        drafts: Vec<Draft>,
        actor: Actor,
        mut first_line: First,
        reported_on: Option<Day>,
        now: Timestamp,
    ) -> Result<Vec<u64>, SequencerError> {
        let now = record_time(now, self.image.read().recorded);
        let first = self.len();
        let mut lines = Vec::with_capacity(drafts.len());
        let mut events = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let id = match first_line.id.take() {
                Some(id) => id,
                None => event_id(now, &mut self.random)?,
            };
            let event = Event {
                id,
                subject: draft.subject,
                time: draft.time,
                recorded: now,
                programme: draft.programme,
                actor,
                command: first_line.key.take(),
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
            self.personal.note(event);
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
        // A line whose key is lost could never be opened; a key without its line does no harm.
        self.personal.sync(&mut self.random).map_err(|problem| self.cause(problem, first))?;
        self.journal.append(first, &self.pending)?;
        self.personal.erase()?;
        self.erase_again()?;
        self.personal.write_many(self.journal.len())?;
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
        self.personal.write(self.journal.len())?;
        let head = Checkpoints::of(&self.home).sign(&self.tree, &self.secrets.signing)?;
        self.told.tell(&self.home, Part::Heads, &head)?;
        Ok(head)
    }
}
