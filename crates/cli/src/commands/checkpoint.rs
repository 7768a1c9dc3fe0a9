//! `jejak checkpoint`.

use super::{open, print};
use crate::Exit;
use std::path::Path;

/// Signs the head and prints it.
pub(super) fn run(dir: &Path) -> anyhow::Result<Exit> {
    let file = open(dir)?.sign()?;
    print(String::from_utf8_lossy(&file.bytes).trim_end())?;
    Ok(Exit::Good)
}
