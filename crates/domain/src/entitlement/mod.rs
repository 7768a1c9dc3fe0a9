//! Entitlements: what a decree (SK) grants one person, what has become of it, and how it ends.

mod card;
mod decide;
mod decrees;
mod end;
mod event;
mod exceptions;
#[cfg(test)]
mod given_back;
mod post;
mod progress;
mod records;
mod state;
#[cfg(test)]
mod tests;

pub use card::{Card, CardMoney};
pub use decide::{Close, CloseDecree, Command, Decree, ProposeClose, Reinstate, Revoke, benefits, decide};
pub use decrees::{DecreePhase, DecreeTotals, Decrees};
pub use event::{
    CloseProposed, Closed, DecreeClosed, DecreeOpened, Decreed, Event, Granted, Reinstated,
    ReinstatementProposed, RevocationReason, Revoked,
};
pub use exceptions::{EarlyReturn, Exceptions, PartSettled, Revocation, Taken};
pub use post::post;
pub use state::{Entitlement, Instalment, InstalmentPhase, Purchase, Status, evolve};

pub(crate) use card::PackedMoney;
pub(crate) use progress::{ATTEMPTS, attempt_bit};
pub(crate) use state::{survey_bit, wake_for_first_purchase};
