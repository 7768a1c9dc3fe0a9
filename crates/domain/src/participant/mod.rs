//! People: registered under a random id, checked, linked to a payout account.

mod decide;
mod event;
mod state;
#[cfg(test)]
mod tests;

pub use decide::{Command, decide};
pub use event::{
    AccountLinked, AccountUnlinked, AccountVerified, Channel, Check, ConsentChanged, DuplicateFound,
    Education, Employment, Event, ProfileChanged, RegisterReported, Registered, SAME_ACCOUNT, Sex, Verdict,
    Verified,
};
pub use state::{Applied, Household, LinkedAccount, People, Person};
