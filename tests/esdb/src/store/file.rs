//! The file of the events: one frame a write, `length u32, CRC-32C u32, message`, all little-endian.
//!
//! A frame is synced before its write is answered, so only the last, of a write that was not answered, can be torn. It
//! is cut off when the file is opened; damage before it is an error.

use super::{Record, Text};
use bytes::{Buf, Bytes};
use prost::Message;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;

/// Length and checksum.
const HEADER: usize = 8;

pub(super) struct LogFile {
    file: File,
    /// After a failed write nobody knows what the file ends with.
    is_broken: bool,
}

#[derive(Clone, PartialEq, Eq, Message)]
struct StoredWrite {
    #[prost(message, repeated, tag = "1")]
    records: Vec<StoredRecord>,
}

#[derive(Clone, PartialEq, Eq, Message)]
struct StoredRecord {
    #[prost(bytes = "bytes", tag = "1")]
    stream: Bytes,
    #[prost(uint64, tag = "2")]
    revision: u64,
    #[prost(uint64, tag = "3")]
    position: u64,
    #[prost(bytes = "bytes", tag = "4")]
    id: Bytes,
    #[prost(bytes = "bytes", tag = "5")]
    kind: Bytes,
    #[prost(bool, tag = "6")]
    is_json: bool,
    #[prost(int64, tag = "7")]
    created: i64,
    #[prost(bytes = "bytes", tag = "8")]
    metadata: Bytes,
    #[prost(bytes = "bytes", tag = "9")]
    data: Bytes,
}

impl LogFile {
    /// Opens the file, or begins one, and gives the events in it.
    pub(super) fn open(directory: &Path) -> io::Result<(Self, Vec<Record>)> {
        std::fs::create_dir_all(directory)?;
        let path = directory.join("events.log");
        let mut file = OpenOptions::new().create(true).append(true).read(true).open(&path)?;
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        let length = content.len();
        let mut rest = Bytes::from(content);
        let mut records = Vec::new();
        while let Some(payload) = frame(&mut rest)? {
            let write = StoredWrite::decode(payload).map_err(io::Error::other)?;
            for record in write.records {
                records.push(record.restore().ok_or_else(|| io::Error::other("an event cannot be read"))?);
            }
        }
        if !rest.is_empty() {
            let whole = u64::try_from(length - rest.len()).map_err(io::Error::other)?;
            file.set_len(whole)?;
        }
        file.sync_all()?;
        File::open(directory)?.sync_all()?;
        Ok((Self { file, is_broken: false }, records))
    }

    /// Adds the events of one write, and returns when they are on the disk.
    pub(super) fn write(&mut self, records: &[Arc<Record>]) -> io::Result<()> {
        if self.is_broken {
            return Err(io::Error::other("an earlier write failed; start the server again"));
        }
        let write = StoredWrite { records: records.iter().map(|it| StoredRecord::of(it)).collect() };
        let payload = write.encode_to_vec();
        let length = u32::try_from(payload.len()).map_err(io::Error::other)?;
        let mut frame = Vec::with_capacity(HEADER + payload.len());
        frame.extend_from_slice(&length.to_le_bytes());
        frame.extend_from_slice(&crc32c::crc32c(&payload).to_le_bytes());
        frame.extend_from_slice(&payload);
        let result = self.file.write_all(&frame).and_then(|()| self.file.sync_data());
        self.is_broken = result.is_err();
        result
    }
}

/// Takes the next whole frame off the rest; nothing when the rest is empty or torn.
fn frame(rest: &mut Bytes) -> io::Result<Option<Bytes>> {
    let Some(mut header) = rest.get(..HEADER) else { return Ok(None) };
    let length = usize::try_from(header.get_u32_le()).map_err(io::Error::other)?;
    let checksum = header.get_u32_le();
    let end = HEADER.saturating_add(length);
    let Some(payload) = rest.get(HEADER..end) else { return Ok(None) };
    if crc32c::crc32c(payload) != checksum {
        let is_last = end == rest.len();
        return if is_last { Ok(None) } else { Err(io::Error::other("the file of the events is damaged")) };
    }
    let mut frame = rest.split_to(end);
    frame.advance(HEADER);
    Ok(Some(frame))
}

impl StoredRecord {
    fn of(record: &Record) -> Self {
        Self {
            stream: record.stream.bytes(),
            revision: record.revision,
            position: record.position,
            id: Bytes::copy_from_slice(record.id.as_bytes()),
            kind: record.kind.bytes(),
            is_json: record.is_json,
            created: record.created,
            metadata: record.metadata.clone(),
            data: record.data.clone(),
        }
    }

    fn restore(self) -> Option<Record> {
        Some(Record {
            stream: Text::parse(self.stream)?,
            revision: self.revision,
            position: self.position,
            id: Uuid::from_slice(&self.id).ok()?,
            kind: Text::parse(self.kind)?,
            is_json: self.is_json,
            created: self.created,
            metadata: self.metadata,
            data: self.data,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(revision: u64) -> Arc<Record> {
        Arc::new(Record {
            stream: Text::from("a"),
            revision,
            position: 512 + revision,
            id: Uuid::from_u128(revision.into()),
            kind: Text::from("kind"),
            is_json: true,
            created: 7,
            metadata: Bytes::from_static(b"about"),
            data: Bytes::from_static(b"{}"),
        })
    }

    #[test]
    fn a_torn_write_is_cut_off_whole_wherever_it_is_torn() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("events.log");
        let (mut file, _) = LogFile::open(directory.path()).unwrap();
        file.write(&[record(0), record(1)]).unwrap();
        let whole = std::fs::metadata(&path).unwrap().len();
        file.write(&[record(2), record(3)]).unwrap();
        let content = std::fs::read(&path).unwrap();
        for length in usize::try_from(whole).unwrap()..content.len() {
            std::fs::write(&path, &content[..length]).unwrap();
            let (mut file, records) = LogFile::open(directory.path()).unwrap();
            assert_eq!(records, [record(0), record(1)].map(|it| (*it).clone()), "cut at {length}");
            assert_eq!(std::fs::metadata(&path).unwrap().len(), whole);
            file.write(&[record(2)]).unwrap();
            assert_eq!(LogFile::open(directory.path()).unwrap().1.len(), 3);
        }
    }

    #[test]
    fn damage_before_the_last_write_is_not_cut_off() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("events.log");
        let (mut file, _) = LogFile::open(directory.path()).unwrap();
        file.write(&[record(0)]).unwrap();
        file.write(&[record(1)]).unwrap();
        let mut content = std::fs::read(&path).unwrap();
        content[HEADER] ^= 1;
        std::fs::write(&path, &content).unwrap();
        assert!(LogFile::open(directory.path()).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), content);
    }
}
