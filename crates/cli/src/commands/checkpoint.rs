//! `jejak checkpoint`.

use super::{open, print};
use crate::Exit;
use std::path::Path;

/// Signs the head and prints it.
pub(super) fn run(dir: &Path, accept_loss: bool) -> anyhow::Result<Exit> {
    let file = open(dir, accept_loss)?.sign()?;
    print(String::from_utf8_lossy(&file.bytes).trim_end())?;
    Ok(Exit::Good)
}
