//! What happens next: one list a day, put in order when its day comes.
//!
//! A plain heap over millions of persons would miss the cache at each turn; a list a day is sorted once.

use crate::day::{DAY, Day, Instant, instant};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// One thing to do: at which millisecond of its day (WIB), whose turn, and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Step {
    pub(crate) at: u32,
    pub(crate) what: What,
    /// The person, batch, fund or list entry that `what` speaks of.
    pub(crate) who: u32,
}

/// Kinds of money benefits paid to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Benefit {
    Incentive,
    Survey,
}

impl Benefit {
    /// Its code in the definition.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Incentive => "incentive",
            Self::Survey => "survey",
        }
    }
}

/// What a step does. The order of the variants is the order within one millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    /// An entry of the office's diary.
    Diary,
    /// People begin to register for a batch.
    Recruit,
    Open,
    Register,
    Join,
    Close,
    Draw,
    Decree,
    DecreeLines,
    DecreeEnd,
    Request,
    Order,
    Disburse,
    Link,
    Buy(u8),
    Cancel(u8),
    Redeem(u8),
    /// The day before a group begins: it may be moved, or called off.
    Venue,
    Attend(u8, u8),
    Complete(u8),
    Rate,
    Settle(u8),
    Release(Benefit, u8),
    Instruct(Benefit, u8, u8),
    FundPartners,
    Answer(Benefit, u8, u8),
    LateSettle(Benefit, u8, u8),
    Return(Benefit, u8, u8),
    Retry(Benefit, u8, u8),
    Survey(u8),
    Revoke,
    Repay,
    AnswerClaim,
    Refund(u8),
    Reinstate,
    AidOpen,
    Enrol,
    AidClose,
    AidDecree,
    AidLines,
    AidMoney,
    DrawCash,
    HandOver,
    Invite,
    Report,
    ListAlumni,
    Lend(u8),
    /// The first-purchase term has run out: the day's closing revokes.
    Deadline,
    CloseDay,
}

/// The steps of every day, and those of today in order.
pub(crate) struct Agenda {
    first: Day,
    days: Vec<Vec<Step>>,
    today: Day,
    /// Today's steps known at midnight, the last one first.
    sorted: Vec<Step>,
    /// Steps added to today since.
    added: BinaryHeap<Reverse<Step>>,
    now: u32,
}

impl Agenda {
    pub(crate) fn new(first: Day, last: Day) -> Self {
        let length = usize::try_from(last - first + 1).unwrap_or(0);
        let days = (0..length).map(|_| Vec::new()).collect();
        Self { first, days, today: first, sorted: Vec::new(), added: BinaryHeap::new(), now: 0 }
    }

    pub(crate) fn today(&self) -> Day {
        self.today
    }

    /// The instant of the step at hand.
    pub(crate) fn now(&self) -> Instant {
        instant(self.today, self.now)
    }

    /// The millisecond of today at hand.
    pub(crate) fn clock(&self) -> u32 {
        self.now
    }

    /// Plans a step; false when its day lies after the end, so that it will not happen.
    pub(crate) fn plan(&mut self, day: Day, at: u32, what: What, who: u32) -> bool {
        let at = at.min(DAY - 1);
        if day < self.today || (day == self.today && at < self.now) {
            // What comes late is done at once: time never runs back.
            self.added.push(Reverse(Step { at: self.now, what, who }));
            return true;
        }
        let slot = usize::try_from(day - self.first).ok().and_then(|index| self.days.get_mut(index));
        match slot {
            _ if day == self.today => self.added.push(Reverse(Step { at, what, who })),
            Some(list) => list.push(Step { at, what, who }),
            None => return false,
        }
        true
    }

    /// The next step in time.
    pub(crate) fn next(&mut self) -> Option<Step> {
        loop {
            let earlier = match (self.sorted.last(), self.added.peek()) {
                (Some(known), Some(Reverse(added))) if known <= added => self.sorted.pop(),
                (_, Some(_)) => self.added.pop().map(|Reverse(step)| step),
                (Some(_), None) => self.sorted.pop(),
                (None, None) => None,
            };
            if let Some(step) = earlier {
                self.now = step.at;
                return Some(step);
            }
            if !self.turn_day() {
                return None;
            }
        }
    }

    fn turn_day(&mut self) -> bool {
        let next = usize::try_from(self.today - self.first).unwrap_or(0) + 1;
        let Some(list) = self.days.get_mut(next) else { return false };
        self.sorted = std::mem::take(list);
        self.sorted.sort_unstable_by(|a, b| b.cmp(a));
        self.today += 1;
        self.now = 0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_come_in_time_order_and_late_ones_at_once() {
        let mut agenda = Agenda::new(100, 102);
        agenda.plan(101, 5, What::Join, 1);
        agenda.plan(100, 9, What::CloseDay, 0);
        agenda.plan(101, 3, What::Buy(1), 2);
        assert!(!agenda.plan(103, 0, What::Join, 9));
        let mut seen = Vec::new();
        while let Some(step) = agenda.next() {
            seen.push((agenda.today(), agenda.clock(), step.who));
            if step.who == 2 {
                agenda.plan(100, 0, What::Link, 3);
                agenda.plan(101, 4, What::Link, 4);
            }
        }
        assert_eq!(seen, [(100, 9, 0), (101, 3, 2), (101, 3, 3), (101, 4, 4), (101, 5, 1)]);
    }
}
