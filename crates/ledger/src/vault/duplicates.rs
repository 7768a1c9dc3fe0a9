//! Who has the same NIK, family card or account: a table of keyed digests, a key for each purpose.
//!
//! It lives in memory and in `views/duplicates`, never in a line. The file is written whole whenever a head is signed, and
//! at once after an erasure; what it lacks is made again by opening the lines behind it, all of them when it is missing
//! or is not this ledger's.

use super::seal::{Master, mac};
use crate::home::{Home, HomeError, file_error};
use jejak_domain::ids::{HouseholdId, ParticipantId};
use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use uuid::Uuid;

const MAGIC: &[u8; 8] = b"JEJKDUP1";
/// Purpose, digest, participant, household.
const ROW: usize = 1 + 16 + 16 + 16;
const HEADER: usize = 16;
const TAG: usize = 32;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Purpose {
    /// The number in the register of residents.
    Nik = 1,
    /// The family card.
    Kk = 2,
    /// The payout account.
    Account = 3,
}

impl Purpose {
    const ALL: [Self; 3] = [Self::Nik, Self::Kk, Self::Account];

    fn byte(self) -> u8 {
        match self {
            Self::Nik => 1,
            Self::Kk => 2,
            Self::Account => 3,
        }
    }
}

/// One digest of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) purpose: Purpose,
    digest: [u8; 16],
    pub(crate) participant: ParticipantId,
    /// Of a family card: the random id that stands for it.
    pub(crate) household: Option<HouseholdId>,
}

impl Row {
    /// The row of a text under the key of its purpose.
    pub(crate) fn new(master: &Master, purpose: Purpose, text: &str, participant: ParticipantId) -> Self {
        let key = match purpose {
            Purpose::Nik => &master.nik,
            Purpose::Kk => &master.kk,
            Purpose::Account => &master.account,
        };
        let mut digest = [0; 16];
        digest.iter_mut().zip(mac(key, text.as_bytes())).for_each(|(to, from)| *to = from);
        Self { purpose, digest, participant, household: None }
    }

    /// The same with the random id that stands for the family card.
    pub(crate) fn with_household(mut self, household: Option<HouseholdId>) -> Self {
        self.household = household;
        self
    }

    fn bytes(&self) -> [u8; ROW] {
        let household = self.household.map(|household| household.0).unwrap_or_default();
        let mut bytes = [0; ROW];
        let all = [self.purpose.byte()].into_iter().chain(self.digest);
        let all = all.chain(*self.participant.0.as_bytes()).chain(*household.as_bytes());
        bytes.iter_mut().zip(all).for_each(|(to, from)| *to = from);
        bytes
    }

    fn read(bytes: &[u8; ROW]) -> Option<Self> {
        let (purpose, rest) = bytes.split_first()?;
        let purpose = Purpose::ALL.into_iter().find(|each| each.byte() == *purpose)?;
        let (digest, rest) = rest.split_first_chunk::<16>()?;
        let (participant, household) = rest.split_first_chunk::<16>()?;
        let household = Some(Uuid::from_slice(household).ok()?).filter(|household| !household.is_nil());
        let participant = ParticipantId(Uuid::from_bytes(*participant));
        Some(Self { purpose, digest: *digest, participant, household: household.map(HouseholdId) })
    }
}

/// The table.
#[derive(Debug)]
pub(crate) struct Duplicates {
    path: PathBuf,
    rows: HashMap<(Purpose, [u8; 16]), Vec<Row>>,
    /// Lines whose data is in it when it is opened.
    covered: u64,
    changed: bool,
}

impl Duplicates {
    /// Reads the table, as far as it is one of the first `length` lines.
    pub(crate) fn open(home: &Home, master: Option<&Master>, length: u64) -> Result<Self, HomeError> {
        let path = home.dir().join("views").join("duplicates");
        let mut table = Self { path, rows: HashMap::new(), covered: 0, changed: false };
        let bytes = match fs::read(&table.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(table),
            Err(error) => return Err(file_error("reading", &table.path)(error)),
        };
        if let Some((covered, rows)) = master.and_then(|master| read(&bytes, master))
            && covered <= length
        {
            table.covered = covered;
            for row in rows {
                table.put(row);
            }
        }
        table.changed = false;
        Ok(table)
    }

    /// The first position whose data is not in it.
    pub(crate) fn covered(&self) -> u64 {
        self.covered
    }

    /// Those who have the same, the first first.
    pub(crate) fn same(&self, row: &Row) -> &[Row] {
        self.rows.get(&(row.purpose, row.digest)).map_or(&[], Vec::as_slice)
    }

    /// Remembers a row. A number that a person gave once keeps counting when another takes its place: who changes a NIK
    /// may have given another's before.
    pub(crate) fn put(&mut self, row: Row) {
        let rows = self.rows.entry((row.purpose, row.digest)).or_default();
        match rows.iter_mut().find(|each| each.participant == row.participant) {
            Some(known) => *known = row,
            None => rows.push(row),
        }
        self.changed = true;
    }

    /// Lets all rows of persons go.
    pub(crate) fn remove(&mut self, participants: &[ParticipantId]) {
        for rows in self.rows.values_mut() {
            rows.retain(|row| !participants.contains(&row.participant));
        }
        self.rows.retain(|_, rows| !rows.is_empty());
        self.changed = true;
    }

    /// Writes the table of the first `length` lines, if it changed: whole or not at all.
    pub(crate) fn write(&mut self, master: Option<&Master>, length: u64) -> Result<(), HomeError> {
        let (true, Some(master)) = (self.changed, master) else { return Ok(()) };
        let mut bytes = Vec::with_capacity(HEADER + TAG + self.rows.len() * ROW);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&length.to_le_bytes());
        for row in self.rows.values().flatten() {
            bytes.extend_from_slice(&row.bytes());
        }
        let tag = mac(&master.table, &bytes);
        bytes.extend_from_slice(&tag);
        let unfinished = self.path.with_extension("unfinished");
        let write = || {
            let mut options = fs::OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&unfinished)?;
            std::io::Write::write_all(&mut file, &bytes)?;
            file.sync_all()?;
            fs::rename(&unfinished, &self.path)
        };
        write().map_err(file_error("writing", &self.path))?;
        self.changed = false;
        Ok(())
    }
}

fn read(bytes: &[u8], master: &Master) -> Option<(u64, Vec<Row>)> {
    let (content, tag) = bytes.split_last_chunk::<TAG>()?;
    if mac(&master.table, content) != *tag {
        return None;
    }
    let (covered, rows) = content.strip_prefix(MAGIC)?.split_first_chunk::<8>()?;
    let (rows, []) = rows.as_chunks::<ROW>() else { return None };
    Some((u64::from_le_bytes(*covered), rows.iter().map(Row::read).collect::<Option<_>>()?))
}
