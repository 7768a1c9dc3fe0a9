//! Signed tree heads and proofs in the formats of C2SP, so that others can check them with their own programs.
//!
//! A checkpoint (`tlog-checkpoint` v1.0.0 in a `signed-note` v1.0.0):
//!
//! ```text
//! ledger.example/prakerja                          origin, also the name of the key
//! 20852163                                         number of lines
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=     root of the tree over them
//!
//! — ledger.example/prakerja Az3grlgtzPICa5OS8n…    key id and Ed25519 signature of the three lines
//! ```

mod encoding;
mod head;
mod key;
mod note;
mod proof_file;
mod witness;

pub use head::{Checkpoint, CheckpointError};
pub use key::{KeyError, SigningKey, VerifyingKey};
pub use note::{MAX_SIGNATURES, Note, NoteError, NoteSignature};
pub use proof_file::{ProofFile, ProofFileError};
pub use witness::{WitnessKey, WitnessSigner};
