//! `jejak simulate`.

use super::print;
use crate::Exit;
use crate::args::Simulate;
use std::path::Path;

/// Writes the history.
pub(super) fn run(_dir: &Path, _json: bool, _simulate: &Simulate) -> anyhow::Result<Exit> {
    print("")?;
    Ok(Exit::Good)
}
