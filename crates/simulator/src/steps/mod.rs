//! What people and offices do, by subject: each file adds its steps to [`crate::Simulation`].

mod account;
mod aftercare;
mod aid;
mod appeal;
mod closing;
mod decree;
mod family;
mod ineligible;
mod late_list;
mod loan;
mod office;
mod onboarding;
mod payout;
mod retur;
mod selection;
mod statement;
mod survey;
mod training;
mod treasury;
mod venue;

pub(crate) use aftercare::Aftercare;
pub(crate) use aid::Draw;
#[cfg(test)]
pub(crate) use closing::KEPT;
pub(crate) use closing::Remains;
pub(crate) use family::Families;
pub(crate) use late_list::LateLists;
pub(crate) use office::Diary;
pub(crate) use onboarding::{REGENCIES, identity};
pub(crate) use selection::{Hex, list_digest, pool_digest};
pub(crate) use treasury::Books;
pub(crate) use venue::{Group, Venues};

use crate::day::{HOUR, MINUTE};
use crate::random::Random;

/// A random moment of a day from one full hour to another.
pub(crate) fn moment(random: &mut Random, from: u32, to: u32) -> u32 {
    from * HOUR + random.below(to.saturating_sub(from) * 60) * MINUTE + random.below(MINUTE)
}
