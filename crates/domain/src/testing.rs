//! Given, when, then: a small world that runs commands and facts through the real [`decide`] and [`State::apply`].
//!
//! Ids and recorded times are counted, so that a failing test fails the same way again. After every step the whole
//! world is held against the laws, so that each test of a rule is also a test of the books.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::missing_errors_doc,
    clippy::needless_pass_by_value,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]

mod selecting;
mod spoil;
mod story;

pub use spoil::{misspelt, spoiled};

use crate::access::{Role, may_command, may_record};
use crate::actor::{Actor, ActorKind};
use crate::calendar;
use crate::catalogue::{Command, Payload};
use crate::decide::{Context, Draft, decide};
use crate::entitlement::{Card, CardMoney};
use crate::findings::{Finding, RuleName, Step, find};
use crate::ids::{ActorId, Position, ProgrammeCode};
use crate::laws::{Flows, breaches};
use crate::line::Event;
use crate::money::Currency;
use crate::participant::Sealing;
use crate::programme::Programme;
use crate::refusal::{Refusal, RefusalCode};
use crate::state::State;
use crate::subject::Subject;
use crate::time::{Day, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

/// Kartu Prakerja, semi-social-assistance scheme.
pub const PRAKERJA_2020: &str = include_str!("../../../schemas/programme/prakerja-2020.toml");
/// Kartu Prakerja, normal scheme.
pub const PRAKERJA_2023: &str = include_str!("../../../schemas/programme/prakerja-2023.toml");
/// Cash for street vendors and stalls, handed over by units.
pub const BT_PKLW_2021: &str = include_str!("../../../schemas/programme/bt-pklw-2021.toml");

/// The origin written in lines.
pub const SOURCE: &str = "jejak.example/test";

/// An amount of whole rupiah, as in data.
pub fn idr(whole: i64) -> Value {
    json!({ "currency": "IDR", "value": format!("{whole}.00") })
}

/// The subject of the `number`th person.
pub fn person(number: u64) -> String {
    format!("participant/{}", Uuid::from_u128(0x0192_f0c1_7a00_7000_8000_0000_0000_0000 | u128::from(number)))
}

/// A world of one programme.
pub struct World {
    /// What has happened, folded.
    pub state: State,
    /// What has happened, in order.
    pub events: Vec<Event>,
    /// Flows summed from the payloads.
    pub flows: Flows,
    /// What the rules concluded, in order.
    pub findings: Vec<Finding>,
    programme: ProgrammeCode,
    time: Timestamp,
    actor: Actor,
    sealing: Sealing,
}

impl World {
    /// A world in which one person proposed the definition `toml`, and another put it in force.
    pub fn of(toml: &str) -> Self {
        let definition: crate::programme::Definition = toml::from_str(toml).expect("a definition");
        let programme = definition.programme.code;
        let subject = format!("programme/{programme}");
        let mut world = Self::empty(programme.as_str());
        world.by("drafter").run(&subject, "programme.propose", json!({ "definition": toml }));
        world.by("head").run(&subject, "programme.publish", json!({ "revision": 1 }));
        world.by("office");
        world
    }

    /// A world in which nothing has happened.
    pub fn empty(programme: &str) -> Self {
        let mut world = Self {
            state: State::new(),
            events: Vec::new(),
            flows: Flows::default(),
            findings: Vec::new(),
            programme: ProgrammeCode::new(programme).unwrap(),
            time: Timestamp::from_millisecond(0),
            actor: Actor { kind: ActorKind::User, id: ActorId::new("office").unwrap() },
            sealing: Sealing::default(),
        };
        world.at("2020-01-02");
        world
    }

    /// Sets the time, in WIB: `2021-04-29 23:59:59.999`, or a day for its tenth hour.
    pub fn at(&mut self, wib: &str) -> &mut Self {
        let (day, clock) = wib.split_once(' ').unwrap_or((wib, "10:00:00.000"));
        let utc = Timestamp::parse(&format!("{day}T{clock}Z")).expect("a time");
        self.time = Timestamp::from_millisecond(utc.as_millisecond() - 7 * 3_600_000);
        self
    }

    /// Sets who acts.
    pub fn by(&mut self, actor: &str) -> &mut Self {
        self.actor = Actor { kind: ActorKind::User, id: ActorId::new(actor).unwrap() };
        self
    }

    /// Sets the programme of what follows.
    pub fn about(&mut self, programme: &str) -> &mut Self {
        self.programme = ProgrammeCode::new(programme).unwrap();
        self
    }

    /// Sets what the keys tell of the personal data in the commands that follow.
    pub fn sealing(&mut self, sealing: Sealing) -> &mut Self {
        self.sealing = sealing;
        self
    }

    /// Asks for a command, by its name without version: the events it caused, or the refusal.
    pub fn ask(&mut self, subject: &str, name: &str, data: Value) -> Result<Vec<Event>, Refusal> {
        let command = Command::read(&format!("{name}.v1"), &data.to_string())
            .unwrap_or_else(|problem| panic!("{name} {data}: {problem}"))
            .unwrap_or_else(|| panic!("no command {name}"));
        let subject = Subject::parse(subject).unwrap();
        self.decide(subject, self.programme_of(subject, name), &command, self.time, self.actor)
    }

    /// Asks for a command under a programme, or under none.
    pub fn ask_about(
        &mut self,
        subject: Subject,
        programme: Option<ProgrammeCode>,
        command: &Command,
    ) -> Result<Vec<Event>, Refusal> {
        self.decide(subject, programme, command, self.time, self.actor)
    }

    /// Runs a command that must be carried out.
    pub fn run(&mut self, subject: &str, name: &str, data: Value) -> &mut Self {
        self.ask(subject, name, data.clone()).unwrap_or_else(|refusal| panic!("{name} {data}: {refusal}"));
        self
    }

    /// Runs a command that must be refused, and returns the code.
    pub fn refused(&mut self, subject: &str, name: &str, data: Value) -> RefusalCode {
        match self.ask(subject, name, data) {
            Err(refusal) => refusal.code,
            Ok(events) => panic!("{name} was carried out: {events:?}"),
        }
    }

    /// Records a fact, by its type name without version.
    pub fn fact(&mut self, subject: &str, name: &str, data: Value) -> &mut Self {
        let payload = Payload::read(&format!("{name}.v1"), &data.to_string())
            .unwrap_or_else(|problem| panic!("{name} {data}: {problem}"))
            .unwrap_or_else(|| panic!("no event {name}"));
        let subject = Subject::parse(subject).unwrap();
        let programme = self.programme_of(subject, name);
        self.record(Draft { subject, programme, time: self.time, payload }, self.actor);
        self
    }

    /// Closes a day at its last millisecond, after all that it brings. Returns the names of what it brought.
    pub fn close_day(&mut self, day: &str) -> Vec<&'static str> {
        let day = Day::parse(day).unwrap();
        let actor = Actor { kind: ActorKind::System, id: ActorId::new("day").unwrap() };
        let mut brought = Vec::new();
        for pass in 0.. {
            assert!(pass < 300, "{day} brings something for ever: {:?}", brought.last());
            let before = brought.len();
            for due in calendar::due(&self.state, day) {
                let subject = Subject::Participant(due.participant);
                let events = self.decide(subject, Some(due.programme), &due.command, day.ends(), actor);
                brought.extend(events.iter().flatten().map(|event| event.payload.name()));
            }
            if brought.len() == before {
                break;
            }
        }
        let close = Command::read("day.close.v1", "{}").unwrap().unwrap();
        let closed = self.decide(Subject::Day(day), None, &close, day.ends(), actor);
        closed.unwrap_or_else(|refusal| panic!("{day}: {refusal}"));
        brought
    }

    /// Names of the rules that the steps since the last call have broken.
    pub fn found(&mut self) -> Vec<RuleName> {
        std::mem::take(&mut self.findings).into_iter().map(|finding| finding.rule).collect()
    }

    /// The money of a person's card.
    pub fn money(&self, person: &str) -> CardMoney {
        self.card(person).entitlement.card()
    }

    /// A person's card.
    pub fn card(&self, person: &str) -> Card<'_> {
        let Subject::Participant(id) = Subject::parse(person).unwrap() else {
            panic!("{person} is no person")
        };
        let known = self.state.people.get(id).expect("a person");
        self.state.card(known, self.programme).expect("a card")
    }

    /// The definition in force.
    pub fn definition(&self) -> &Programme {
        self.state.programmes.get(self.programme).expect("a programme")
    }

    /// The currency of the programme.
    pub fn currency(&self) -> Currency {
        self.definition().currency()
    }

    fn programme_of(&self, subject: Subject, name: &str) -> Option<ProgrammeCode> {
        let personal = name.starts_with("participant.") || name.starts_with("vacancy.");
        (matches!(subject, Subject::Participant(_)) && !personal).then_some(self.programme)
    }

    fn decide(
        &mut self,
        subject: Subject,
        programme: Option<ProgrammeCode>,
        command: &Command,
        time: Timestamp,
        actor: Actor,
    ) -> Result<Vec<Event>, Refusal> {
        let sealing = &self.sealing;
        let context = Context { state: &self.state, subject, programme, time, actor, sealing };
        crate::access::permit(&context, command, crate::record_time(time, self.state.recorded))?;
        let drafts = decide(&context, command)?;
        hold_to_the_table_of_rights(command, &drafts);
        Ok(drafts.into_iter().map(|draft| self.record(draft, actor)).collect())
    }

    fn record(&mut self, draft: Draft, actor: Actor) -> Event {
        let number = u64::try_from(self.events.len()).unwrap();
        let event = Event {
            id: Uuid::from_u128(0x0192_f0c1_7a00_7000_9000_0000_0000_0000 | u128::from(number)),
            subject: draft.subject,
            time: draft.time,
            recorded: crate::record_time(draft.time, self.state.recorded),
            programme: draft.programme,
            actor,
            command: None,
            causation: None,
            correlation: None,
            reported_on: None,
            payload: draft.payload,
        };
        let entry = self.state.apply(&event);
        let step =
            Step { position: Position(number), event: &event, entry: entry.as_ref(), state: &self.state };
        self.findings.extend(find(step));
        self.flows.add(&self.state, &event);
        self.hold_to_the_laws(&event);
        self.events.push(event.clone());
        event
    }

    fn hold_to_the_laws(&self, event: &Event) {
        let name = event.payload.name();
        let line = event.write(SOURCE).unwrap();
        assert_eq!(&Event::read(&line).unwrap(), event, "{name} is not read as it was written");
        let sorted: Value = serde_json::from_slice(&line).unwrap();
        assert_eq!(String::from_utf8(line).unwrap(), sorted.to_string(), "{name} is not in canonical form");
        assert_eq!(breaches(&self.state, &self.flows), [], "after {name}");
        if let Some(card) = self.state.card_of(event) {
            let money = card.entitlement.card();
            assert!(money.is_whole(), "after {name}: {money:?}");
            let open = card.entitlement.instalments().map(|each| each.open).sum::<i64>();
            let waiting = money.due + money.instructed + money.suspense;
            assert_eq!(open, waiting, "after {name}: open of instalments, and of the card");
        }
    }
}

/// Whoever may give a command may record all that follows from it: else the ledger would find fault with itself.
fn hold_to_the_table_of_rights(command: &Command, drafts: &[Draft]) {
    for role in Role::ALL.iter().filter(|role| may_command(**role, command.name())) {
        for name in drafts.iter().map(|draft| draft.payload.name()) {
            assert!(may_record(*role, name), "{role} may give {} and not record {name}", command.name());
        }
    }
}
