//! `jejak import` and `jejak submit`.

use super::{note, open};
use crate::Exit;
use crate::args::Intake;
use crate::place::Ledger;
use anyhow::{Context as _, bail};
use jejak_domain::actor::{Actor, ActorKind};
use jejak_ledger::intake::{Door, take};
use std::fs::File;
use std::io::{BufReader, Cursor, Read, Write as _};
use std::path::Path;

/// Some thousand lines.
const BUFFER: usize = 1 << 20;

/// Takes every line of the file.
pub(super) fn run(ledger: &Ledger, accept_loss: bool, intake: &Intake, door: Door) -> anyhow::Result<Exit> {
    let mut input = open_input(&intake.file)?;
    let mut sequencer = open(ledger, accept_loss)?;
    let actor = Actor { kind: ActorKind::User, id: intake.actor };
    let mut out = std::io::stdout().lock();
    let taken = take(&mut sequencer, &mut input, door, actor, crate::clock::now, |outcome| {
        serde_json::to_writer(&mut out, outcome)?;
        out.write_all(b"\n")
    });
    sequencer.sign()?;
    let counts = taken.with_context(|| name_of(&intake.file))?;
    note(&format!("{} recorded, {} repeated, {} refused", counts.recorded, counts.repeated, counts.refused))?;
    Ok(if counts.refused == 0 { Exit::Good } else { Exit::Finding })
}

fn name_of(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}

/// A plain, gzip or zstd stream, told apart by its first bytes.
fn open_input(path: &Path) -> anyhow::Result<BufReader<Box<dyn Read>>> {
    let mut input: Box<dyn Read> = if path == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        if path.is_dir() {
            bail!("{} is a directory: name a file of lines, or - for standard input", path.display());
        }
        Box::new(File::open(path).with_context(|| format!("opening {}", path.display()))?)
    };
    // A slow pipe may give them one by one.
    let mut first = Vec::new();
    input.by_ref().take(4).read_to_end(&mut first).with_context(|| format!("reading {}", name_of(path)))?;
    let (gzip, zstd) = (first.starts_with(&[0x1f, 0x8b]), is_zstd(&first));
    let whole = BufReader::with_capacity(BUFFER, Cursor::new(first).chain(input));
    let unpacked: Box<dyn Read> = if gzip {
        Box::new(flate2::bufread::MultiGzDecoder::new(whole))
    } else if zstd {
        Box::new(zstd::stream::read::Decoder::with_buffer(whole)?)
    } else {
        Box::new(whole)
    };
    Ok(BufReader::with_capacity(BUFFER, unpacked))
}

/// Begins with a frame of zstd, or with one that zstd skips: so do our own journals.
fn is_zstd(first: &[u8]) -> bool {
    match first {
        [0x28, 0xb5, 0x2f, 0xfd] => true,
        [kind, 0x2a, 0x4d, 0x18] => kind >> 4 == 5,
        _ => false,
    }
}
