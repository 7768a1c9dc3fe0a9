//! `incomes`: what recipients of a batch tell of their income, beside those of the same batch who were not selected.

use super::Model;
use crate::Step;
use crate::rows::Rows;
use crate::sample::{Sample, difference};
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::catalogue::Payload;
use jejak_domain::ids::{ParticipantId, ProgrammeCode};
use jejak_domain::money::{Currency, Money};
use jejak_domain::outcome::{Event, Reported};
use jejak_domain::programme::Programme;
use jejak_domain::state::State;
use jejak_domain::subject::Subject;
use std::collections::{BTreeMap, HashMap};

/// The model.
#[derive(Default)]
pub(super) struct Incomes {
    heard: HashMap<(ParticipantId, ProgrammeCode, u32), Heard>,
    groups: BTreeMap<(ProgrammeCode, u16, u32), [Group; 2]>,
}

/// What is known of one person in one wave.
#[derive(Clone, Copy)]
struct Heard {
    batch: u16,
    selected: bool,
    invited: bool,
    answered: bool,
    income: Option<i64>,
}

/// Recipients, or the others, of one batch in one wave.
#[derive(Clone, Copy, Default)]
struct Group {
    invited: i64,
    answered: i64,
    told: Sample,
}

static TABLE: Table = Table {
    name: "incomes",
    version: 1,
    about: "One batch in one wave of tracking: incomes of recipients beside those of applicants who were not selected. A \
            difference between both groups need not come from the programme: who answers chooses to.",
    columns: &[
        column("programme", Kind::Code, "The programme"),
        column("batch", Kind::Count, "The batch of the decree, or the one that was joined without success"),
        column("wave", Kind::Count, "Number of the wave"),
        column("currency", Kind::Code, "ISO 4217 code of the programme; incomes in another are not counted"),
        column("selected_invited", Kind::Count, "Recipients who were asked"),
        column("selected_answered", Kind::Count, "Of them, those who answered"),
        column("selected_told", Kind::Count, "Of them, those who told an income: the base of the mean"),
        column("selected_mean_minor", Kind::Minor, "Their mean income a month, rounded down"),
        column("others_invited", Kind::Count, "Persons who were not selected and were asked"),
        column("others_answered", Kind::Count, "Of them, those who answered"),
        column("others_told", Kind::Count, "Of them, those who told an income: the base of the mean"),
        column("others_mean_minor", Kind::Minor, "Their mean income a month, rounded down"),
        column("difference_minor", Kind::Minor, "How much more recipients tell, on average"),
        column(
            "difference_low_minor",
            Kind::Minor,
            "Lower end of its 95 percent interval: difference less 1.96 standard errors, from 30 answers on each side",
        ),
        column("difference_high_minor", Kind::Minor, "Upper end of its 95 percent interval"),
    ],
    key: 3,
    log: false,
    indexes: &[],
};

impl Model for Incomes {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, _: &mut Rows) {
        let (Payload::Outcome(event), Subject::Participant(id), Some(programme)) =
            (&step.event.payload, step.event.subject, step.event.programme)
        else {
            return;
        };
        let wave = match event {
            Event::Invited(invited) => invited.wave,
            Event::Reported(reported) => reported.wave,
            Event::WaveOpened(_) => return,
        };
        let key = (id, programme, wave);
        let Some(before) = self.heard.get(&key).copied().or_else(|| first_heard(step, id, programme)) else {
            return;
        };
        let now = match event {
            Event::Reported(reported) => {
                Heard { answered: true, income: income(step.state, programme, reported), ..before }
            }
            _ => Heard { invited: true, ..before },
        };
        let groups = self.groups.entry((programme, now.batch, wave)).or_default();
        let [selected, others] = groups;
        let group = if now.selected { selected } else { others };
        // A second answer takes the place of the first.
        if let Some(before) = self.heard.insert(key, now) {
            group.count(before, -1);
        }
        group.count(now, 1);
    }

    fn settle(&mut self, state: &State, rows: &mut Rows) {
        for ((programme, batch, wave), [selected, others]) in &self.groups {
            let currency = state.programmes.get(*programme).map_or(Currency::IDR, Programme::currency);
            let between = difference(selected.told, others.told);
            rows.put([
                (*programme).into(),
                Value::number(*batch),
                Value::number(*wave),
                currency.into(),
                selected.invited.into(),
                selected.answered.into(),
                selected.told.count().into(),
                selected.told.mean().into(),
                others.invited.into(),
                others.answered.into(),
                others.told.count().into(),
                others.told.mean().into(),
                between.map(|between| between.difference).into(),
                between.and_then(|between| between.interval).map(|(low, _)| low).into(),
                between.and_then(|between| between.interval).map(|(_, high)| high).into(),
            ]);
        }
    }
}

/// Whether somebody was a recipient is asked when first invited or heard, and stays so.
fn first_heard(step: Step<'_>, id: ParticipantId, programme: ProgrammeCode) -> Option<Heard> {
    let card = step.state.card_of(step.event);
    let applied = step.state.people.get(id).and_then(|person| step.state.applied(person, programme));
    let batch = card.map(|card| card.entitlement.batch).or(applied.map(|applied| applied.batch))?;
    Some(Heard { batch, selected: card.is_some(), invited: false, answered: false, income: None })
}

fn income(state: &State, programme: ProgrammeCode, reported: &Reported) -> Option<i64> {
    let currency = state.programmes.get(programme).map_or(Currency::IDR, Programme::currency);
    reported.income.filter(|income| income.currency() == currency).map(Money::minor)
}

impl Group {
    fn count(&mut self, heard: Heard, times: i64) {
        self.invited += times * i64::from(heard.invited);
        self.answered += times * i64::from(heard.answered);
        if let Some(income) = heard.income {
            self.told.count_in(income, times);
        }
    }
}
