//! Open files: every connection is one, and the journal needs some too.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Kept for the journal, its heads and readers, whatever the number of connections.
const KEPT: u64 = 256;

/// Raises the number of files that may be open to the most that the system allows, and gives how many connections may be
/// open: as many as are wanted, where they leave enough for the journal.
pub(crate) fn connections(wanted: usize) -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: maximum, maximum };
    let files = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => maximum,
        Err(error) => {
            tracing::warn!(%error, "the limit of open files could not be raised");
            current
        }
    };
    let allowed = within(wanted, files);
    if allowed < wanted {
        tracing::warn!(
            wanted,
            allowed,
            files,
            "fewer connections than server.toml allows: raise the limit of open files (ulimit -n, LimitNOFILE)"
        );
    }
    allowed
}

/// `None` files: as many as one likes.
fn within(wanted: usize, files: Option<u64>) -> usize {
    let Some(files) = files else { return wanted };
    // Where there are few, half.
    let left = files - KEPT.min(files / 2);
    wanted.min(usize::try_from(left).unwrap_or(usize::MAX)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_journal_always_has_files_left() {
        assert_eq!(within(12_000, None), 12_000);
        assert_eq!(within(12_000, Some(1_048_576)), 12_000);
        assert_eq!(within(12_000, Some(1_024)), 768);
        assert_eq!(within(12_000, Some(128)), 64);
        assert_eq!(within(12_000, Some(0)), 1);
    }
}
