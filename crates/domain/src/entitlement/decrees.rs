//! Decrees and the totals of their lines.

use crate::ids::{DocumentNumber, ProgrammeCode};
use crate::record::words;
use crate::time::Day;
use std::collections::HashMap;

words! {
    /// Where a decree stands.
    DecreePhase {
        /// Lines are being recorded.
        Open = "open",
        /// Whole.
        Closed = "closed",
    }
}

/// A decree and the totals of its lines so far.
#[derive(Clone, Debug)]
pub struct DecreeTotals {
    /// Which programme.
    pub programme: ProgrammeCode,
    /// Its number.
    pub number: DocumentNumber,
    /// Where it stands.
    pub phase: DecreePhase,
    /// The batch.
    pub batch: u16,
    /// Its date.
    pub date: Day,
    /// Persons promised.
    pub count: u32,
    /// Sum promised, in minor units.
    pub sum: i64,
    /// Persons so far.
    pub counted: u32,
    /// Sum so far, in minor units.
    pub summed: i64,
}

/// All decrees, found by number or by place.
#[derive(Clone, Debug, Default)]
pub struct Decrees {
    pub(super) list: Vec<DecreeTotals>,
    pub(super) places: HashMap<(ProgrammeCode, DocumentNumber), u32>,
}

impl Decrees {
    /// A decree by its number.
    pub fn get(&self, programme: ProgrammeCode, number: DocumentNumber) -> Option<&DecreeTotals> {
        self.place(programme, number).and_then(|place| self.at(place))
    }

    /// A decree by its place.
    pub fn at(&self, place: u32) -> Option<&DecreeTotals> {
        usize::try_from(place).ok().and_then(|index| self.list.get(index))
    }

    /// True when a decree of the programme was ever opened.
    pub fn any_of(&self, programme: ProgrammeCode) -> bool {
        self.list.iter().any(|decree| decree.programme == programme)
    }

    /// True when a decree of the batch is whole.
    pub fn any_closed(&self, programme: ProgrammeCode, batch: u16) -> bool {
        self.of_batch(programme, batch).any(|decree| decree.phase == DecreePhase::Closed)
    }

    /// Persons that the decrees of a batch promise together.
    pub fn promised_of(&self, programme: ProgrammeCode, batch: u16) -> u32 {
        self.of_batch(programme, batch).fold(0, |sum, decree| sum.saturating_add(decree.count))
    }

    fn of_batch(&self, programme: ProgrammeCode, batch: u16) -> impl Iterator<Item = &DecreeTotals> {
        self.list.iter().filter(move |decree| decree.programme == programme && decree.batch == batch)
    }

    /// What open decrees of a fund year have promised beyond their lines so far, in minor units.
    pub fn promised(&self, programme: ProgrammeCode, year: i16) -> i128 {
        let open = self.list.iter().filter(|decree| {
            decree.phase == DecreePhase::Open && decree.programme == programme && decree.date.year() == year
        });
        open.map(|decree| i128::from(decree.sum.saturating_sub(decree.summed).max(0))).sum()
    }

    /// True when the decree at a place is whole.
    pub fn is_closed(&self, place: u32) -> bool {
        self.at(place).is_some_and(|decree| decree.phase == DecreePhase::Closed)
    }

    pub(super) fn place(&self, programme: ProgrammeCode, number: DocumentNumber) -> Option<u32> {
        // Lines of a decree come together: it is nearly always the last one.
        let last = self.list.last().filter(|decree| decree.number == number && decree.programme == programme);
        if last.is_some() {
            return u32::try_from(self.list.len() - 1).ok();
        }
        self.places.get(&(programme, number)).copied()
    }

    pub(super) fn get_mut(
        &mut self,
        programme: ProgrammeCode,
        number: DocumentNumber,
    ) -> Option<&mut DecreeTotals> {
        let place = self.place(programme, number)?;
        usize::try_from(place).ok().and_then(|index| self.list.get_mut(index))
    }
}
