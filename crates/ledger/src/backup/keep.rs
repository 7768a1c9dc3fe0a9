//! A backup: copied, read back to the end, and only then said to be one.

use super::note::BackupNote;
use super::{BackupError, LedgerCopy, Standing};
use crate::checkpoints::Checkpoints;
use crate::home::Home;
use crate::verify::{Failure, verify_at};
use jejak_domain::ids::ParticipantId;
use jejak_journal::{Copied, Progress};
use std::collections::BTreeSet;
use std::path::Path;

/// A finished backup.
#[derive(Debug)]
pub struct Backup {
    /// What had to be copied.
    pub copied: Copied,
    /// What the backup comes to.
    pub standing: Standing,
    /// Lines under the newest signed head that it covers.
    pub newest_head: Option<u64>,
    /// Persons who are erased in it.
    pub erased: BTreeSet<ParticipantId>,
    /// What does not hold in it. Then it is not said to be a backup, and what was said before still stands.
    pub failures: Vec<Failure>,
}

/// Brings the backup in `to` up to the ledger, reads all of it back, and says what it holds. `copying` is told the lines
/// that are there and asked whether to go on, `reading` the lines that were read back.
///
/// # Errors
/// When it cannot be finished: what was copied stays, and the next attempt goes on from there.
pub fn keep(
    home: &Home,
    to: &Path,
    copying: Progress<'_>,
    reading: impl FnMut(u64),
) -> Result<Backup, BackupError> {
    let mut copy = LedgerCopy::open(home, to)?;
    let copied = copy.advance(copying)?;
    let kept = Home::open(to)?;
    // The keys are those of the running ledger, which may be ahead.
    let result = verify_at(&kept, &[], None, None, reading)?;
    let standing = result.standing();
    if result.failures.is_empty() {
        let head = Checkpoints::of(&kept).newest_note(&kept.verifying_key()?)?;
        BackupNote::of(to, standing, head)?.write(to)?;
    }
    let (erased, newest_head) = (result.erased(), result.newest_head);
    Ok(Backup { copied, standing, newest_head, erased, failures: result.failures })
}
