//! The `jejak` command as a process: what it prints, how it ends, and what it withstands.

mod backup;
mod bad_input;
pub(crate) mod binary;
mod day;
mod follow;
mod forge;
mod interrupted;
mod interrupted_day;
pub(crate) mod items;
mod keys;
mod kill;
mod payouts;
mod projecting;
mod rehearse;
mod repeat;
mod revocations;
pub(crate) mod seed;
mod segregation;
mod tamper;
mod tamper_shapes;
mod upgrade;
mod verbs;
mod witness;
