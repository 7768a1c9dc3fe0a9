//! What is handed in: one JSON object a line, a command or a fact, read strictly.

use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::catalogue::{Command, Payload};
use jejak_domain::fit::misfit;
use jejak_domain::ids::{ActorId, CommandId, ProgrammeCode};
use jejak_domain::line::LINE_LIMIT;
use jejak_domain::object::Object;
use jejak_domain::participant;
use jejak_domain::personal_number::{holds_phone, holds_resident_number};
use jejak_domain::subject::Subject;
use jejak_domain::time::{Day, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::error::Category;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A command or a fact.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Asks; can be refused.
    Command(Command),
    /// Reports; is always recorded.
    Fact(Payload),
}

impl Request {
    /// Its type name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Command(command) => command.name(),
            Self::Fact(payload) => payload.name(),
        }
    }
}

impl Serialize for Request {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Command(command) => command.serialize(serializer),
            Self::Fact(payload) => payload.serialize(serializer),
        }
    }
}

/// One item, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What is asked or reported.
    pub request: Request,
    /// What it is about.
    pub subject: Subject,
    /// The programme, where the subject does not name it.
    pub programme: Option<ProgrammeCode>,
    /// Effective time; the time of recording when absent.
    pub time: Option<Timestamp>,
    /// Idempotency key.
    pub command_id: Option<CommandId>,
    /// Who asks or reports; the caller's default when absent.
    pub actor: Option<Actor>,
    /// For imported history: the source's own date of recording.
    pub reported_on: Option<Day>,
}

/// Why a line is not an item.
#[derive(Debug, thiserror::Error)]
pub enum ItemError {
    /// Not UTF-8.
    #[error("not UTF-8 text from byte {0} on: save the file as UTF-8")]
    Encoding(usize),
    /// What some editors put before the first line.
    #[error("begins with a byte order mark: save the file as UTF-8 without one")]
    ByteOrderMark,
    /// Longer than a line can be.
    #[error("{0} bytes, at most {LINE_LIMIT} are read: keep large content as a file by its digest")]
    Long(usize),
    /// Not JSON, or not of the shape of an item.
    #[error("{}", reason(.0))]
    Shape(serde_json::Error),
    /// No such command or event.
    #[error("unknown type {0:?}: see schemas/command and schemas/event for the names")]
    UnknownType(String),
    /// The data does not fit the type.
    #[error("data of {name}: {}", reason(.problem))]
    Data {
        /// The type.
        name: String,
        /// What is wrong.
        problem: serde_json::Error,
    },
    /// An event that only the ledger itself records.
    #[error("{0} is recorded only by the ledger itself")]
    Internal(String),
    /// A fact about the wrong subject, or without its programme.
    #[error("{0}")]
    Misfit(String),
    /// The ledger's own name.
    #[error("actor type system is the ledger itself: say user or service")]
    System,
    /// What looks like the number of a person, where it would stay for ever.
    #[error(
        "{0} holds what looks like a NIK, KK or phone number: it would stay in the journal for ever; choose another word"
    )]
    Personal(&'static str),
    /// The programme is said twice.
    #[error("the subject names the programme: leave the attribute \"programme\" out")]
    ProgrammeTwice,
}

/// The reason in our words. An item is one line of its file, so that "line 1" would mislead.
fn reason(problem: &serde_json::Error) -> String {
    let text = problem.to_string();
    let place = format!(" at line {} column {}", problem.line(), problem.column());
    let text = text.strip_suffix(&place).unwrap_or(&text);
    match problem.classify() {
        Category::Eof => {
            "the line ends inside a value: was it cut, or does one object stand on several lines?".into()
        }
        Category::Syntax => format!("not JSON: {text}, at column {}", problem.column()),
        Category::Data | Category::Io if problem.column() > 0 => {
            format!("{text}, at column {}", problem.column())
        }
        Category::Data | Category::Io => text.to_owned(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    subject: Subject,
    programme: Option<ProgrammeCode>,
    time: Option<Timestamp>,
    #[serde(borrow)]
    data: &'a RawValue,
    commandid: Option<CommandId>,
    actor: Option<WireActor>,
    reportedon: Option<Day>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
struct WireActor {
    #[serde(rename = "type")]
    kind: ActorKind,
    id: ActorId,
}

impl<'de> Deserialize<'de> for WireActor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(Object(deserializer))
    }
}

impl Item {
    /// True when somebody's name or number is in it.
    pub fn has_personal_data(&self) -> bool {
        match &self.request {
            Request::Command(Command::Participant(command)) => {
                command.identity().is_some() || command.account().is_some()
            }
            _ => false,
        }
    }

    /// Reads one line.
    ///
    /// # Errors
    /// Says what is wrong; nothing of the line counts then.
    pub fn read(line: &[u8]) -> Result<Self, ItemError> {
        if line.len() > LINE_LIMIT {
            return Err(ItemError::Long(line.len()));
        }
        let text = std::str::from_utf8(line).map_err(|error| ItemError::Encoding(error.valid_up_to()))?;
        if text.starts_with('\u{feff}') {
            return Err(ItemError::ByteOrderMark);
        }
        let mut json = serde_json::Deserializer::from_str(text);
        let wire = Wire::deserialize(Object(&mut json));
        let wire = wire.and_then(|wire| json.end().map(|()| wire)).map_err(ItemError::Shape)?;
        if wire.actor.as_ref().is_some_and(|actor| actor.kind == ActorKind::System) {
            return Err(ItemError::System);
        }
        if wire.programme.is_some() && wire.subject.programme().is_some() {
            return Err(ItemError::ProgrammeTwice);
        }
        if wire.commandid.is_some_and(|id| holds_person(id.as_str())) {
            return Err(ItemError::Personal("commandid"));
        }
        let request = request(&wire.kind, wire.data.get())?;
        if let Request::Command(command) = &request {
            without_numbers(command, wire.subject, wire.data.get())?;
        }
        if let Request::Fact(payload) = &request
            && let Some(problem) = misfit(payload, wire.subject, wire.programme)
        {
            return Err(ItemError::Misfit(problem));
        }
        Ok(Self {
            request,
            subject: wire.subject,
            programme: wire.programme,
            time: wire.time,
            command_id: wire.commandid,
            actor: wire.actor.map(|actor| Actor { kind: actor.kind, id: actor.id }),
            reported_on: wire.reportedon,
        })
    }
}

fn request(name: &str, data: &str) -> Result<Request, ItemError> {
    let wrong = |problem| ItemError::Data { name: name.to_owned(), problem: discreet(name, problem) };
    if let Some(command) = Command::read(name, data).map_err(wrong)? {
        return Ok(Request::Command(command));
    }
    let wrong = |problem| ItemError::Data { name: name.to_owned(), problem };
    match Payload::read(name, data).map_err(wrong)? {
        Some(Payload::Ledger(_) | Payload::Calendar(_) | Payload::Programme(_) | Payload::Access(_)) => {
            Err(ItemError::Internal(name.to_owned()))
        }
        Some(Payload::Participant(event)) if is_own(&event) => Err(ItemError::Internal(name.to_owned())),
        Some(payload) => Ok(Request::Fact(payload)),
        None => Err(ItemError::UnknownType(name.chars().take(80).collect())),
    }
}

/// Whether a word that somebody chose, and that says nothing of the outside world, names somebody by a number.
pub fn holds_person(word: &str) -> bool {
    holds_resident_number(word) || holds_phone(word)
}

/// A command can be given again with other words. A fact cannot: its documents have the numbers that they have, and so
/// only its key is looked at.
fn without_numbers(command: &Command, subject: Subject, data: &str) -> Result<(), ItemError> {
    if !matches!(subject, Subject::Participant(_)) && holds_resident_number(&subject.to_string()) {
        return Err(ItemError::Personal("the subject"));
    }
    let found = match command {
        // What is sealed may be a number, the rest may not.
        Command::Participant(command) => written_number(&command.without_personal_data()),
        // Written again, a number in escapes shows.
        command if data.contains('\\') => written_number(command),
        _ => holds_resident_number(data),
    };
    if found { Err(ItemError::Personal("data")) } else { Ok(()) }
}

fn written_number(command: &impl Serialize) -> bool {
    serde_json::to_string(command).is_ok_and(|text| holds_resident_number(&text))
}

/// What only the ledger records: a sealed value opens nowhere but where it was sealed, and erasure takes two persons.
fn is_own(event: &participant::Event) -> bool {
    use participant::Event::{Erased, ErasureRequested, HoldLifted, HoldPlaced};
    event.sealed().is_some()
        || matches!(event, ErasureRequested(_) | Erased(_) | HoldPlaced(_) | HoldLifted(_))
}

/// The reader's message repeats what it found: not where that may be somebody's name or number.
fn discreet(name: &str, problem: serde_json::Error) -> serde_json::Error {
    let personal =
        ["participant.register.v1", "participant.change_profile.v1", "participant.link_account.v1"];
    let text = problem.to_string();
    // Our own words, and those of the reader that name a field of the schema; an unknown one only if it is a short word.
    let field = text.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
    let is_word =
        field.is_some_and(|field| field.len() <= 16 && field.bytes().all(|b| b.is_ascii_lowercase()));
    let ours = ["identity", "account", "missing field", "duplicate field"];
    if !personal.contains(&name) || is_word || ours.iter().any(|beginning| text.starts_with(beginning)) {
        return problem;
    }
    let place = problem.column();
    serde::de::Error::custom(format!(
        "not as schemas/command/{name}.schema.json says, at character {place} of it"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"type":"participant.unlink_account.v1","subject":"participant/0192f0c1-7a00-7000-8000-000000000001","time":"2021-03-30T02:00:00.000Z","data":{"reason":"lost-phone"},"commandid":"u-1"}"#;

    #[test]
    fn a_good_item_is_read() {
        let item = Item::read(GOOD.as_bytes()).unwrap();
        assert_eq!(item.request.name(), "participant.unlink_account.v1");
    }

    #[test]
    fn numbers_of_persons_stay_out_of_words_that_stay() {
        let nik = "3273014101900000";
        for text in [
            GOOD.replace("u-1", nik),
            GOOD.replace("u-1", "hp-628120000111"),
            GOOD.replace("lost-phone", "NIK-3273014101900000"),
            GOOD.replace("lost-phone", "\\u0033273014101900000"),
            GOOD.replace("lost-phone", "32.73.01.410190.0000"),
        ] {
            let error = Item::read(text.as_bytes()).unwrap_err();
            assert!(matches!(error, ItemError::Personal(_)), "{text}: {error}");
            assert!(!error.to_string().contains("4101900000"), "{error}");
        }
        // A fact is recorded with the documents that it has; its key is chosen.
        let fact = r#"{"type":"fund.disbursed.v1","subject":"fund/law/2021","data":{"amount":{"currency":"IDR","value":"6000.00"},"sp2d":"3273014101900000","spm":"M"},"commandid":"f-1"}"#;
        assert!(Item::read(fact.as_bytes()).is_ok());
        assert!(matches!(
            Item::read(fact.replace("f-1", nik).as_bytes()),
            Err(ItemError::Personal("commandid"))
        ));
    }

    #[test]
    fn bad_items_say_why() {
        let cases: [(String, &str); 10] = [
            (GOOD.replace("\"time\"", "\"tiem\""), "unknown field `tiem`"),
            (
                GOOD.replace("\"commandid\":\"u-1\"", "\"commandid\":\"u-1\",\"commandid\":\"u-2\""),
                "duplicate field",
            ),
            (
                GOOD.replace("\"reason\":\"lost-phone\"", "\"reason\":\"a\",\"reason\":\"b\""),
                "duplicate field",
            ),
            (GOOD.replace("\"lost-phone\"", "0.1"), "expected a reason as a string"),
            (GOOD.replace("\"lost-phone\"", "NaN"), "expected value"),
            (GOOD.replace("\"lost-phone\"", "1e400"), "number out of range"),
            (GOOD.replace("unlink_account", "lose_account"), "unknown type"),
            (GOOD.replace("participant.unlink_account.v1", "ledger.opened.v1"), "data of ledger.opened.v1"),
            (GOOD.replace("2021-03-30T02:00:00.000Z", "2021-03-30"), "is not a time"),
            (String::new(), "the line ends inside a value"),
        ];
        for (text, reason) in cases {
            let error = Item::read(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
        assert!(matches!(Item::read(b"\xff"), Err(ItemError::Encoding(0))));
        assert!(matches!(Item::read(&vec![b' '; 10 << 20]), Err(ItemError::Long(_))));
    }
}
