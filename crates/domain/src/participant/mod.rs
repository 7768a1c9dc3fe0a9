//! People: registered under a random id, checked, linked to a payout account.

mod decide;
mod erasure;
mod event;
mod personal;
mod state;
#[cfg(test)]
mod tests;

pub use decide::{ChangeProfile, Command, ErasureApproved, LinkAccount, Register, decide};
pub use event::{
    AccountLinked, AccountUnlinked, AccountVerified, Channel, Check, ConsentChanged, DuplicateFound,
    Education, Employment, Erased, ErasureRequested, Event, HoldLifted, HoldPlaced, ProfileChanged,
    RegisterReported, Registered, SAME_ACCOUNT, Sex, Verdict, Verified,
};
pub use personal::{Identity, PayoutAccount, Private, Sealed, Sealing};
pub use state::{Applied, ErasureRequest, Household, LinkedAccount, People, Person};
