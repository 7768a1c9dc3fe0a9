//! A case of its own: so many cards revoked for want of a purchase, each with the whole grant, among cards that keep
//! theirs, buy, give up, are given back, or are revoked for other reasons with money spent and on its way.
//!
//! 189,436 persons and Rp3,550,000 are published numbers; their product, Rp672,497,800,000, comes out of the books
//! only when every rule is right about what a revocation releases: nothing that was spent, paid or is with the bank,
//! nothing of a card that was given back, and nothing twice.

mod count;
mod lives;
mod office;
mod person;

pub use count::Released;

use crate::Item;
use crate::day::{Day, HOUR, LAST, MINUTE, day, instant};
use crate::line::{Entry, Out};
use crate::random::Random;
use count::Purse;
use lives::{Act, LATE, LIVES, Life};
use office::Page;
use std::collections::BTreeMap;

/// Persons revoked for want of a purchase by 25 September 2020, as published.
pub const REVOKED: u32 = 189_436;

const PROGRAMME: &str = "prakerja-2020";
const OPENS: Day = day(2020, 8, 8);
const DECREE: Day = day(2020, 8, 14);
const FIRST_DAY: Day = day(2020, 8, 3);
const LAST_DAY: Day = day(2021, 3, 8);

/// Something to do at a moment of a day: times are the first key, so that a day sorts itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Todo {
    Page(Page),
    Enrol(u32),
    /// Lines of the decree from this person on.
    Lines(u32),
    Act(u32, Act),
    /// After everything else of its millisecond.
    CloseDay,
}

/// The history of the case, item by item in the order of time.
pub struct Revocations {
    root: Random,
    /// The life of each person, by number.
    lives: Vec<u8>,
    agenda: BTreeMap<Day, Vec<(u32, Todo)>>,
    today: Day,
    now: u32,
    out: Out,
    expected: Released,
}

impl Revocations {
    /// Prepares the case with `revoked` persons revoked for want of a purchase, and a fifth as many others.
    pub fn new(seed: &str, revoked: u32) -> Self {
        let root = Random::of_seed(seed);
        let mut case = Self {
            root,
            lives: lots(root, revoked),
            agenda: BTreeMap::new(),
            today: FIRST_DAY,
            now: 0,
            out: Out::default(),
            expected: Released::default(),
        };
        case.plan_office();
        case.plan_persons();
        for day in FIRST_DAY..=LAST_DAY {
            case.plan(day, LAST, Todo::CloseDay);
        }
        for list in case.agenda.values_mut() {
            // The earliest last: a day is taken from its end.
            list.sort_unstable_by(|one, other| other.cmp(one));
        }
        case
    }

    /// What the books must show at the end, by the case's own arithmetic.
    pub fn expected(&self) -> &Released {
        &self.expected
    }

    fn plan(&mut self, day: Day, at: u32, todo: Todo) {
        self.agenda.entry(day).or_default().push((at, todo));
    }

    fn plan_persons(&mut self) {
        let kinds = std::mem::take(&mut self.lives);
        for (who, &kind) in (0u32..).zip(&kinds) {
            let Some(life) = LIVES.get(usize::from(kind)) else { continue };
            let mut random = self.random(who);
            let opened = OPENS + random.between(0, 2);
            self.plan(opened, 9 * HOUR + random.below(12 * HOUR), Todo::Enrol(who));
            let mut purse = Purse::default();
            for &(after, hour, act) in life.script {
                let at = if hour == LATE {
                    24 * HOUR - MINUTE + random.below(MINUTE - 1000)
                } else {
                    hour * HOUR + random.below(HOUR)
                };
                purse.follow(act, &mut self.expected);
                self.plan(DECREE + after, at, Todo::Act(who, act));
            }
        }
        self.lives = kinds;
    }

    /// A person's own stream of random numbers.
    fn random(&self, who: u32) -> Random {
        self.root.stream(u64::from(who) + 1)
    }

    fn emit(&mut self, entry: &Entry<'_>) {
        self.out.write(instant(self.today, self.now), entry);
    }

    fn run(&mut self, todo: Todo) {
        match todo {
            Todo::Page(page) => self.turn_page(page),
            Todo::Enrol(who) => self.enrol(who),
            Todo::Lines(from) => self.decree(from),
            Todo::Act(who, act) => self.act(who, act),
            Todo::CloseDay => self.close_day(),
        }
    }
}

impl Iterator for Revocations {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.out.pop() {
                return Some(item);
            }
            let mut day = self.agenda.first_entry()?;
            self.today = *day.key();
            match day.get_mut().pop() {
                Some((at, todo)) => {
                    self.now = at;
                    self.run(todo);
                }
                None => {
                    day.remove();
                }
            }
        }
    }
}

/// Who lives which life: exact numbers, mixed at random.
fn lots(mut random: Random, revoked: u32) -> Vec<u8> {
    let mut lots = Vec::new();
    let mut counted = 0;
    for (kind, life) in (0u8..).zip(LIVES).skip(1) {
        let count = number_of(life, revoked).min(if life.counted { revoked - counted } else { u32::MAX });
        counted += if life.counted { count } else { 0 };
        lots.extend((0..count).map(|_| kind));
    }
    // The first life takes what rounding leaves.
    lots.extend((counted..revoked).map(|_| 0));
    for place in (1..lots.len()).rev() {
        let other = random.below(u32::try_from(place + 1).unwrap_or(u32::MAX));
        lots.swap(place, usize::try_from(other).unwrap_or(0));
    }
    lots
}

/// At least one of each, so that a small case still has every life.
fn number_of(life: &Life, revoked: u32) -> u32 {
    let share = u64::from(revoked) * u64::from(life.share) / 1000;
    u32::try_from(share).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_product_is_expected() {
        let case = Revocations::new("product", REVOKED);
        assert_eq!(case.expected().no_purchase, (189_436, 67_249_780_000_000));
        assert!(case.expected().ineligible.1 > 0 && case.expected().withdrawn.1 > 0);
    }

    #[test]
    fn any_number_is_exact_from_one_on() {
        for revoked in [1, 7, 1000, 12_345] {
            let expected = *Revocations::new("any", revoked).expected();
            let (persons, minor) = expected.no_purchase;
            assert_eq!((persons, minor), (revoked.into(), i64::from(revoked) * 355_000_000), "{revoked}");
        }
    }

    #[test]
    fn time_never_runs_back() {
        let mut last = i64::MIN;
        for item in Revocations::new("time", 300) {
            assert!(item.recorded >= last, "{}", item.json);
            last = item.recorded;
        }
    }
}
