//! The shell round the pure core: where a ledger lives, who may append to it, and how it is read back.
//!
//! Reading order: [`home`] (the directory), [`item`] (what is handed in), [`sequencer`] (how it becomes lines),
//! [`vault`] (how personal data is kept), [`replay`] (how lines become state again), [`verify`] (how anyone can check
//! them), [`backup`] (how it is not lost).

pub mod access_log;
pub mod backup;
mod checkpoints;
mod commands;
pub mod copying;
pub mod envelope;
mod filter;
mod fingerprints;
pub mod home;
mod identity;
pub mod image;
pub mod intake;
pub mod item;
pub mod mirror;
pub mod outcome;
pub mod payouts;
pub mod proof;
pub mod randomness;
pub mod remote;
pub mod replay;
mod roots;
mod schemas;
mod secrets;
pub mod sequencer;
pub mod vault;
pub mod verify;
mod writers;

pub use checkpoints::{CheckpointFile, Checkpoints};
pub use home::{Home, HomeError, Manifest};
pub use image::Image;
pub use item::{Item, ItemError, Request, holds_person};
pub use outcome::{Outcome, Problem, Status};
pub use randomness::Randomness;
pub use secrets::Secrets;
pub use sequencer::{Sequencer, SequencerError, preview_day};
pub use vault::{Disclosed, KeyCheck, Vault, VaultError};
pub use writers::Writing;
