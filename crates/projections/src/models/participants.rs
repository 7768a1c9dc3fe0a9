//! `participants`: each person as analysts may see one: no name, number, phone or account.

use super::Model;
use crate::Step;
use crate::rows::Rows;
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::catalogue::Payload;
use jejak_domain::participant::{Event, LinkedAccount, Person, Registered};
use jejak_domain::state::State;
use jejak_domain::subject::Subject;
use jejak_domain::time::{Day, Month};

/// The model.
pub(super) struct Participants;

static TABLE: Table = Table {
    name: "participants",
    version: 1,
    about: "One person. Residence is where the person lives, which a NIK does not tell.",
    columns: &[
        column("subject", Kind::Text, "The person"),
        column("registered", Kind::Time, "When the registration was recorded"),
        column("sex", Kind::Code, "female or male, at registration"),
        column("age_band", Kind::Code, "Age at registration, in bands of ten years"),
        column("education", Kind::Code, "Highest completed, at registration"),
        column("employment", Kind::Code, "Work at registration"),
        column("province", Kind::Code, "Province of residence: the first two digits of the regency"),
        column("regency", Kind::Code, "Regency of residence, as it is now"),
        column("household", Kind::Count, "Number of the household, where known"),
        column("channel", Kind::Code, "bank, wallet or cash: how money reaches the person now"),
        column("partner", Kind::Code, "The payment partner of the linked account"),
        column("account_verified", Kind::Flag, "Whether the partner has checked it"),
        column("duplicate", Kind::Flag, "Whether another person was registered with the same NIK before"),
        column("on_hold", Kind::Flag, "Whether a legal hold stands"),
        column("erased", Kind::Flag, "Whether the personal data is erased"),
    ],
    key: 1,
    log: false,
    indexes: &[],
};

/// Columns that only a registration sets.
const AT_REGISTRATION: usize = 6;

impl Model for Participants {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, rows: &mut Rows) {
        let (Payload::Participant(event), Subject::Participant(id)) =
            (&step.event.payload, step.event.subject)
        else {
            return;
        };
        let Some(person) = step.state.people.get(id) else { return };
        let now = standing(step.state, person);
        if let Event::Registered(registered) = event {
            let first = at_registration(step, person, registered);
            rows.put(first.into_iter().chain(now));
        } else {
            let mut column = AT_REGISTRATION;
            let cells = now.map(|value| {
                column += 1;
                (column - 1, value)
            });
            rows.set([id.into()], cells);
        }
    }
}

fn at_registration(step: Step<'_>, person: &Person, registered: &Registered) -> [Value; AT_REGISTRATION] {
    [
        person.id.into(),
        step.event.recorded.into(),
        registered.sex.as_str().into(),
        age_band(registered.born, step.event.time.day()).into(),
        registered.education.as_str().into(),
        registered.employment.as_str().into(),
    ]
}

fn standing(state: &State, person: &Person) -> [Value; 9] {
    let regency = person.regency();
    let province = regency.and_then(|code| code.as_str().get(..2).map(Value::text));
    let account = |of: fn(LinkedAccount) -> Value| person.account.map_or(Value::Null, of);
    [
        province.into(),
        regency.into(),
        person.household.map_or(Value::Null, |number| Value::number(number.get())),
        account(|account| account.channel.as_str().into()),
        person.account.and_then(|account| state.people.partner(account.partner)).into(),
        account(|account| account.verified.into()),
        person.is_duplicate().into(),
        person.is_on_hold().into(),
        person.is_erased().into(),
    ]
}

/// Bands wide enough that one says little about a person.
fn age_band(born: Month, day: Day) -> &'static str {
    match born.age_on(day) {
        ..18 => "under 18",
        18..25 => "18-24",
        25..35 => "25-34",
        35..45 => "35-44",
        45..55 => "45-54",
        55..65 => "55-64",
        _ => "65 and over",
    }
}
