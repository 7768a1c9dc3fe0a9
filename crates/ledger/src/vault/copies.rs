//! Copies of the key store. It only grows, and its slots keep their places: a copy of another time has the same persons in
//! the same slots, and whoever is erased in one of the two is erased.

use super::VaultError;
use super::store::{ERASED, LIVE, MAGIC, SLOT, person_of, read_slot, slot_of};
use crate::home::file_error;
use jejak_domain::ids::ParticipantId;
use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// A key store on its way to where a copy of another time may be.
pub(crate) struct StoreCopy {
    reader: BufReader<File>,
    /// Erased in the history or in the other copy.
    erased: BTreeSet<ParticipantId>,
    slot: [u8; SLOT],
    at: usize,
}

impl StoreCopy {
    /// Opens `from` for copying to `to`, without the keys of the `erased`. Where `to` has keys of the erased, or of those
    /// who are erased in `from`, they are overwritten in their places first; says how many.
    pub(crate) fn begin(
        from: &Path,
        to: &Path,
        erased: &BTreeSet<ParticipantId>,
    ) -> Result<(Self, u64), VaultError> {
        let file = File::open(from).map_err(file_error("opening", from))?;
        let mut erased = erased.clone();
        let destroyed = match OpenOptions::new().read(true).write(true).open(to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(file_error("opening", to)(error).into()),
            Ok(there) => {
                let gone = compare(&file, from, &there, to, &mut erased)?;
                overwrite(&there, to, &gone)?;
                (&file).seek(SeekFrom::Start(0)).map_err(file_error("seeking in", from))?;
                u64::try_from(gone.len()).unwrap_or(u64::MAX)
            }
        };
        Ok((Self { reader: BufReader::new(file), erased, slot: [0; SLOT], at: SLOT }, destroyed))
    }
}

impl Read for StoreCopy {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == SLOT {
            // What is left of a slot at the end was never followed by a line.
            if !read_slot(&mut self.reader, &mut self.slot)? {
                return Ok(0);
            }
            let id = person_of(&self.slot);
            if self.slot.first() == Some(&LIVE) && self.erased.contains(&id) {
                self.slot = slot_of(ERASED, id, &[]);
            }
            self.at = 0;
        }
        let rest = self.slot.get(self.at..).unwrap_or_default();
        let read = rest.len().min(buffer.len());
        buffer.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        self.at += read;
        Ok(read)
    }
}

/// Slots of `there` whose keys must go, with their persons. Adds those who are erased there only to `erased`.
fn compare(
    new: &File,
    from: &Path,
    there: &File,
    to: &Path,
    erased: &mut BTreeSet<ParticipantId>,
) -> Result<Vec<(u64, ParticipantId)>, VaultError> {
    let (mut ours, mut theirs) = (BufReader::new(new), BufReader::new(there));
    let (mut our, mut their) = ([0; SLOT], [0; SLOT]);
    let mut gone = Vec::new();
    for number in 0.. {
        if !read_slot(&mut theirs, &mut their).map_err(file_error("reading", to))? {
            break;
        }
        let there_too = read_slot(&mut ours, &mut our).map_err(file_error("reading", from))?;
        let (id, state) = (person_of(&their), their.first().copied());
        if number == 0 && their.starts_with(MAGIC) && (!there_too || our.starts_with(MAGIC)) {
            continue;
        }
        if state == Some(0) {
            continue;
        }
        if !there_too || person_of(&our) != id {
            return Err(VaultError::OtherStore { path: to.to_path_buf(), of: from.to_path_buf() });
        }
        match (our.first(), state) {
            (Some(&LIVE), Some(ERASED)) => {
                erased.insert(id);
            }
            (Some(&ERASED), Some(LIVE)) => gone.push((number, id)),
            // A copy has the very bytes. A key that was made for a line which came to nothing may be either of the two.
            (Some(&LIVE), Some(LIVE)) if our != their && !erased.contains(&id) => {
                let (path, of) = (to.to_path_buf(), from.to_path_buf());
                return Err(VaultError::OtherKey { path, of, participant: id });
            }
            _ if state == Some(LIVE) && erased.contains(&id) => gone.push((number, id)),
            _ => {}
        }
    }
    Ok(gone)
}

fn overwrite(mut file: &File, path: &Path, gone: &[(u64, ParticipantId)]) -> Result<(), VaultError> {
    for (slot, id) in gone {
        let at = SeekFrom::Start(slot * u64::try_from(SLOT).unwrap_or(u64::MAX));
        file.seek(at).map_err(file_error("seeking in", path))?;
        file.write_all(&slot_of(ERASED, *id, &[])).map_err(file_error("overwriting keys in", path))?;
    }
    if !gone.is_empty() {
        file.sync_data().map_err(file_error("syncing", path))?;
    }
    Ok(())
}
