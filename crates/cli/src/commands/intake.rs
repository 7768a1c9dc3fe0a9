//! `jejak import` and `jejak submit`.

use super::{note, open};
use crate::Exit;
use crate::args::Intake;
use anyhow::Context as _;
use jejak_domain::actor::{Actor, ActorKind};
use jejak_ledger::intake::{Door, take};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::path::Path;

/// Some thousand lines.
const BUFFER: usize = 1 << 20;

/// Takes every line of the file.
pub(super) fn run(dir: &Path, accept_loss: bool, intake: &Intake, door: Door) -> anyhow::Result<Exit> {
    let mut input = open_input(&intake.file)?;
    let mut sequencer = open(dir, accept_loss)?;
    let actor = Actor { kind: ActorKind::User, id: intake.actor };
    let mut out = std::io::stdout().lock();
    let taken = take(&mut sequencer, &mut input, door, actor, crate::clock::now, |outcome| {
        serde_json::to_writer(&mut out, outcome)?;
        out.write_all(b"\n")
    });
    sequencer.sign()?;
    let counts = taken.with_context(|| intake.file.display().to_string())?;
    note(&format!("{} recorded, {} repeated, {} refused", counts.recorded, counts.repeated, counts.refused))?;
    Ok(if counts.refused == 0 { Exit::Good } else { Exit::Finding })
}

/// A plain, gzip or zstd stream, told apart by its first bytes.
fn open_input(path: &Path) -> anyhow::Result<BufReader<Box<dyn Read>>> {
    let input: Box<dyn Read> = if path == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(File::open(path).with_context(|| format!("opening {}", path.display()))?)
    };
    let mut input = BufReader::with_capacity(BUFFER, input);
    let first = input.fill_buf().with_context(|| format!("reading {}", path.display()))?;
    let (gzip, zstd) = (first.starts_with(&[0x1f, 0x8b]), first.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]));
    let unpacked: Box<dyn Read> = if gzip {
        Box::new(flate2::bufread::MultiGzDecoder::new(input))
    } else if zstd {
        Box::new(zstd::stream::read::Decoder::with_buffer(input)?)
    } else {
        return Ok(input);
    };
    Ok(BufReader::with_capacity(BUFFER, unpacked))
}
