//! Another count of what a rehearsal must come to: from the lines as plain JSON, with the few rules that matter for one
//! amount and one age limit, and nothing of the ledger's own fold.

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::RangeInclusive;

const PROGRAMME: &str = "prakerja-2020";
/// Two recipients a family card, from batch 12 on.
const FAMILY: (u64, i64) = (12, 2);
const INSTALMENTS: i64 = 4;

/// What is changed.
pub(super) struct Changed {
    /// Minor units more for each of four incentives.
    pub(super) more_an_instalment: i64,
    /// The age limit in years...
    pub(super) oldest: i64,
    /// ... of these batches.
    pub(super) batches: RangeInclusive<u64>,
}

/// One person: before and after, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) granted: (i64, i64),
    /// After is unknown for who had no card.
    pub(super) earned: (i64, Option<i64>),
}

/// Decimal text as minor units.
pub(super) fn minor(value: &Value) -> i64 {
    value.as_str().expect("text").replace('.', "").parse().expect("digits")
}

/// The persons of a report.
pub(super) fn rows_of(persons: &Value) -> BTreeMap<String, Row> {
    let row = |each: &Value| Row {
        granted: (minor(&each["granted"]["before"]), minor(&each["granted"]["after"])),
        earned: (
            minor(&each["earned"]["before"]),
            each["earned"]["after"].as_str().map(|_| minor(&each["earned"]["after"])),
        ),
    };
    let persons = persons.as_array().expect("rows").iter();
    persons.map(|each| (each["subject"].as_str().expect("text").to_owned(), row(each))).collect()
}

/// What is recorded of one person under the programme.
#[derive(Clone, Debug, Default)]
struct Person {
    granted: i64,
    earned: i64,
    incentives: i64,
}

/// A history as lines.
pub(super) struct People {
    lines: Vec<Value>,
    persons: BTreeMap<String, Person>,
}

fn kind(line: &Value) -> &str {
    line["type"].as_str().and_then(|name| name.strip_prefix("id.jejak.")).expect("a type of ours")
}

fn subject(line: &Value) -> String {
    line["subject"].as_str().expect("text").to_owned()
}

impl People {
    /// Sums of what was granted, became due and was spent, person by person.
    pub(super) fn of(lines: &[Value]) -> Self {
        let mut persons: BTreeMap<String, Person> = BTreeMap::new();
        for line in lines.iter().filter(|line| line["programme"] == PROGRAMME) {
            let data = &line["data"];
            let amount = |name: &str| minor(&data[name]["value"]);
            let person = persons.entry(subject(line)).or_default();
            match kind(line) {
                "entitlement.decreed.v1" => {
                    let benefits = data["benefits"].as_array().expect("benefits").iter();
                    person.granted += benefits.map(|each| minor(&each["amount"]["value"])).sum::<i64>();
                }
                "instalment.scheduled.v1" => {
                    person.earned += amount("amount");
                    person.incentives += i64::from(data["benefit"] == "incentive");
                }
                "voucher.spent.v1" => person.earned += amount("price"),
                "voucher.restored.v1" | "voucher.expired.v1" => person.earned -= amount("amount"),
                _ => {}
            }
        }
        Self { lines: lines.to_vec(), persons }
    }

    /// Granted and earned by all, in minor units.
    pub(super) fn recorded(&self) -> (i64, i64) {
        let sum = |of: fn(&Person) -> i64| self.persons.values().map(of).sum();
        (sum(|person| person.granted), sum(|person| person.earned))
    }

    /// Everybody for whom the change makes a difference.
    pub(super) fn under(&self, changed: &Changed) -> BTreeMap<String, Row> {
        let mut drawn = Drawn::new(changed);
        self.lines.iter().for_each(|line| drawn.take(line));
        let mut rows = BTreeMap::new();
        let more = INSTALMENTS * changed.more_an_instalment;
        for (subject, person) in &self.persons {
            let (has_card, keeps) = (person.granted > 0, drawn.cards.contains(subject));
            let granted = if has_card { person.granted } else { 355_000_000 };
            let earned = person.earned + person.incentives * changed.more_an_instalment;
            let row = match (has_card, keeps) {
                (true, true) => {
                    Row { granted: (granted, granted + more), earned: (person.earned, Some(earned)) }
                }
                (true, false) => Row { granted: (granted, 0), earned: (person.earned, Some(0)) },
                (false, true) => Row { granted: (0, granted + more), earned: (0, None) },
                (false, false) => continue,
            };
            rows.insert(subject.clone(), row);
        }
        rows
    }
}

/// Who is drawn and decreed under the changed age limit.
struct Drawn<'a> {
    changed: &'a Changed,
    born: BTreeMap<String, String>,
    family: BTreeMap<String, String>,
    recipients: BTreeMap<String, i64>,
    /// Who is eligible, by batch.
    pool: BTreeMap<u64, BTreeSet<String>>,
    places: BTreeMap<u64, usize>,
    winners: BTreeMap<u64, BTreeSet<String>>,
    batch_of_decree: BTreeMap<String, u64>,
    cards: BTreeSet<String>,
}

/// Whole years between a month and the month of an instant, in Jakarta.
fn age(born: &str, line: &Value) -> i64 {
    let time = line["time"].as_str().or(line["recordedtime"].as_str()).expect("a time");
    let number = |text: &str| text.parse::<i64>().expect("digits");
    let (mut year, mut month) = (number(&time[..4]), number(&time[5..7]));
    // From 17:00 UTC on the last day of a month it is the next month in Jakarta.
    let days = [31, if year % 4 == 0 { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    if number(&time[8..10]) == days[usize::try_from(month - 1).expect("a month")]
        && number(&time[11..13]) >= 17
    {
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
    (year * 12 + month - number(&born[..4]) * 12 - number(&born[5..7])) / 12
}

impl<'a> Drawn<'a> {
    fn new(changed: &'a Changed) -> Self {
        Self {
            changed,
            born: BTreeMap::new(),
            family: BTreeMap::new(),
            recipients: BTreeMap::new(),
            pool: BTreeMap::new(),
            places: BTreeMap::new(),
            winners: BTreeMap::new(),
            batch_of_decree: BTreeMap::new(),
            cards: BTreeSet::new(),
        }
    }

    fn take(&mut self, line: &Value) {
        let (who, data) = (subject(line), &line["data"]);
        match kind(line) {
            "participant.registered.v1" => {
                self.born.insert(who.clone(), data["born"].as_str().expect("text").to_owned());
                if let Some(family) = data["household"].as_str() {
                    self.family.insert(who, family.to_owned());
                }
            }
            // Cards of every programme count in a family.
            "entitlement.decreed.v1" if line["programme"] != PROGRAMME => self.count(&who, 1),
            "entitlement.revoked.v1" if line["programme"] != PROGRAMME || self.cards.contains(&who) => {
                self.count(&who, -1);
            }
            "entitlement.reinstated.v1" if line["programme"] != PROGRAMME || self.cards.contains(&who) => {
                self.count(&who, 1);
            }
            _ if line["programme"] == PROGRAMME || who.contains(&format!("/{PROGRAMME}/")) => {
                self.take_own(line, who);
            }
            _ => {}
        }
    }

    fn take_own(&mut self, line: &Value, who: String) {
        let data = &line["data"];
        let number = || who.rsplit('/').next().and_then(|number| number.parse().ok()).expect("a batch");
        match kind(line) {
            "batch.opened.v1" => {
                let places = data["quota"].as_u64().and_then(|quota| usize::try_from(quota).ok());
                self.places.insert(number(), places.expect("a quota"));
            }
            "batch.screened.v1" => self.screen(line, who),
            "batch.drawn.v1" => self.draw(number(), data["seed"].as_str().expect("text")),
            "decree.opened.v1" => {
                self.batch_of_decree.insert(who, data["batch"].as_u64().expect("a batch"));
            }
            "entitlement.decreed.v1" if self.is_drawn(data["batch"].as_u64().expect("a batch"), &who) => {
                self.decree(who);
            }
            "decree.closed.v1" => {
                let batch = self.batch_of_decree[&who];
                for winner in self.winners[&batch].clone() {
                    self.decree(winner);
                }
            }
            _ => {}
        }
    }

    fn count(&mut self, who: &str, more: i64) {
        if let Some(family) = self.family.get(who) {
            *self.recipients.entry(family.clone()).or_default() += more;
        }
    }

    fn family_is_full(&self, who: &str, batch: u64) -> bool {
        let recipients = self.family.get(who).and_then(|family| self.recipients.get(family));
        batch >= FAMILY.0 && recipients.is_some_and(|recipients| *recipients >= FAMILY.1)
    }

    fn screen(&mut self, line: &Value, who: String) {
        let batch = line["data"]["batch"].as_u64().expect("a batch");
        // What neither the change nor its consequences touch stays as it was found.
        let mut failed = line["data"]["failed"].as_array().into_iter().flatten();
        let stays = failed.any(|rule| rule != "age-between" && rule != "household-at-most");
        let age = age(&self.born[&who], line);
        let too_old = self.changed.batches.contains(&batch) && age > self.changed.oldest;
        if !stays && !too_old && age >= 18 && !self.family_is_full(&who, batch) {
            self.pool.entry(batch).or_default().insert(who);
        }
    }

    /// The lowest digests of `seed:id` have the places.
    fn draw(&mut self, batch: u64, seed: &str) {
        let rank = |who: &String| {
            let id = who.strip_prefix("participant/").expect("a person");
            let digest = Sha256::digest(format!("{seed}:{id}"));
            digest.iter().fold(String::new(), |mut text, byte| {
                write!(text, "{byte:02x}").expect("a string");
                text
            })
        };
        let pool = self.pool.remove(&batch).unwrap_or_default();
        let mut ranked: Vec<_> = pool.into_iter().map(|who| (rank(&who), who)).collect();
        ranked.sort();
        let winners = ranked.into_iter().take(self.places[&batch]).map(|(_, who)| who);
        self.winners.insert(batch, winners.collect());
    }

    fn is_drawn(&self, batch: u64, who: &str) -> bool {
        self.winners[&batch].contains(who)
    }

    fn decree(&mut self, who: String) {
        let batch =
            self.winners.iter().find(|(_, winners)| winners.contains(&who)).map_or(0, |(batch, _)| *batch);
        if !self.cards.contains(&who) && !self.family_is_full(&who, batch) {
            self.count(&who, 1);
            self.cards.insert(who);
        }
    }
}
