//! Lists the subjects, and nothing else. A new subject is its folder and a line here.

use crate::record::whole;
use crate::{
    access, batch, calendar, custody, entitlement, fund, instalment, ledger, loan, outcome, participant,
    payout, programme, recovery, run, session, supply, training, vacancy, voucher,
};
use serde::{Serialize, Serializer};

/// What every wire type name begins with.
pub const TYPE_PREFIX: &str = "id.jejak.";

macro_rules! catalogue {
    ($($variant:ident($subject:ident),)*) => {
        /// Any event's payload.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Payload { $(#[doc = concat!("Of `", stringify!($subject), "`.")] $variant($subject::Event),)* }

        impl Payload {
            /// The type name with its version, without [`TYPE_PREFIX`].
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant(event) => event.name(),)* }
            }

            /// Reads the payload of a type at the beginning of `text`, and tells its length in bytes; `None` when
            /// there is no such type.
            ///
            /// # Errors
            /// When the payload is not exactly of its type.
            pub fn read_first(name: &str, text: &str) -> Result<Option<(Self, usize)>, serde_json::Error> {
                $(if let Some((event, length)) = $subject::Event::read_first(name, text)? {
                    return Ok(Some((Self::$variant(event), length)));
                })*
                Ok(None)
            }

            /// Reads the payload of a type; `None` when there is no such type.
            ///
            /// # Errors
            /// When the payload is not exactly of its type.
            pub fn read(name: &str, data: &str) -> Result<Option<Self>, serde_json::Error> {
                whole(Self::read_first(name, data)?, data)
            }

            /// Every event type name, by subject.
            pub fn names() -> impl Iterator<Item = &'static str> {
                [$($subject::Event::NAMES,)*].into_iter().flatten().copied()
            }

            /// The JSON Schema of every event's payload, by type name.
            #[cfg(feature = "schema")]
            pub fn schemas() -> Vec<(&'static str, schemars::Schema)> {
                let mut all = Vec::new();
                $(all.extend($subject::Event::schemas());)*
                all
            }
        }

        impl Serialize for Payload {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self { $(Self::$variant(event) => event.serialize(serializer),)* }
            }
        }

        $(impl From<$subject::Event> for Payload {
            fn from(event: $subject::Event) -> Self {
                Self::$variant(event)
            }
        })*

        /// Any command.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Command { $(#[doc = concat!("Of `", stringify!($subject), "`.")] $variant($subject::Command),)* }

        impl Command {
            /// The command's name with its version.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant(command) => command.name(),)* }
            }

            /// Reads a command; `None` when there is no such command.
            ///
            /// # Errors
            /// When the data is not exactly of its type.
            pub fn read(name: &str, data: &str) -> Result<Option<Self>, serde_json::Error> {
                $(if let Some((command, length)) = $subject::Command::read_first(name, data)? {
                    return whole(Some((Self::$variant(command), length)), data);
                })*
                Ok(None)
            }

            /// Every command name, by subject.
            pub fn names() -> impl Iterator<Item = &'static str> {
                [$($subject::Command::NAMES,)*].into_iter().flatten().copied()
            }

            /// The JSON Schema of every command's data, by name.
            #[cfg(feature = "schema")]
            pub fn schemas() -> Vec<(&'static str, schemars::Schema)> {
                let mut all = Vec::new();
                $(all.extend($subject::Command::schemas());)*
                all
            }
        }

        impl Serialize for Command {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self { $(Self::$variant(command) => command.serialize(serializer),)* }
            }
        }
    };
}

// The most frequent subjects first: a type is looked for in this order.
catalogue! {
    Training(training),
    Payout(payout),
    Instalment(instalment),
    Voucher(voucher),
    Participant(participant),
    Batch(batch),
    Entitlement(entitlement),
    Custody(custody),
    Outcome(outcome),
    Recovery(recovery),
    Loan(loan),
    Fund(fund),
    Run(run),
    Session(session),
    Supply(supply),
    Vacancy(vacancy),
    Calendar(calendar),
    Programme(programme),
    Access(access),
    Ledger(ledger),
}
