//! `jejak demo`.

use super::print;
use crate::Exit;
use crate::args::Demo;
use std::path::Path;

/// Tells the story.
pub(super) fn run(_dir: &Path, _demo: &Demo) -> anyhow::Result<Exit> {
    print("")?;
    Ok(Exit::Good)
}
