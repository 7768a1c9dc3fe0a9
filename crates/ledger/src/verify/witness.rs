//! What the cosignatures of heads from elsewhere tell.

use super::Failure;
use crate::checkpoints::CheckpointFile;
use crate::home::{Home, HomeError};
use jejak_journal::checkpoint::{Note, WitnessKey};

/// What one witness vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witnessed {
    /// The witness's name.
    pub witness: String,
    /// Lines under the newest head that it cosigned.
    pub size: u64,
    /// When it cosigned, in seconds since 1970, by its own clock.
    pub time: u64,
}

/// What the cosignatures of heads from elsewhere tell.
#[derive(Debug, Default)]
pub struct Witnesses {
    /// The newest head that each witness cosigned by now.
    pub found: Vec<Witnessed>,
    /// Cosigned at a time that has not come: a clock is wrong, or somebody's key is not used by its clock. Not counted.
    pub ahead: Vec<Witnessed>,
    /// Wrong cosignatures, and witnesses without one.
    pub failures: Vec<Failure>,
}

/// Looks for the cosignatures of `witnesses` on heads from elsewhere, made by `now`, in seconds since 1970. They vouch
/// for the lines only when the verification of these heads found nothing.
///
/// # Errors
/// When the manifest's key is not one.
pub fn witnessed(
    home: &Home,
    heads: &[CheckpointFile],
    witnesses: &[WitnessKey],
    now: u64,
) -> Result<Witnesses, HomeError> {
    let key = home.verifying_key()?;
    let mut all = Witnesses::default();
    for witness in witnesses {
        let mut newest: Option<Witnessed> = None;
        for file in heads {
            // A head that does not open has failed already.
            let (Ok(head), Ok(note)) = (file.open(&key), Note::parse(&file.bytes)) else { continue };
            let witnessed = |time| Witnessed { witness: witness.name().to_owned(), size: head.size, time };
            match witness.cosigned(&note) {
                Ok(Some(time)) if time > now => all.ahead.push(witnessed(time)),
                Ok(Some(time)) if newest.as_ref().is_none_or(|newest| newest.size <= head.size) => {
                    newest = Some(witnessed(time));
                }
                Ok(_) => {}
                Err(problem) => {
                    all.failures.push(Failure::Cosignature { path: file.path.clone(), problem });
                }
            }
        }
        match newest {
            Some(newest) => all.found.push(newest),
            None => all.failures.push(Failure::Unwitnessed { witness: witness.name().to_owned() }),
        }
    }
    Ok(all)
}
