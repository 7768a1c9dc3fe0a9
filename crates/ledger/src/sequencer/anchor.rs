//! The ledger's word on its access journal.

use super::{EARLIEST, First, LATEST, Sequencer, SequencerError};
use crate::secrets::hex;
use jejak_domain::catalogue::Payload;
use jejak_domain::decide::Draft;
use jejak_domain::ids::Digest;
use jejak_domain::ledger;
use jejak_domain::record_time;
use jejak_domain::subject::Subject;
use jejak_domain::time::Timestamp;
use jejak_journal::checkpoint::Checkpoint;

impl Sequencer {
    /// Records what the access journal comes to, unless it is no longer than last time: whoever removes it, or a part of it,
    /// contradicts the ledger from then on.
    ///
    /// # Errors
    /// When nothing more can be recorded.
    pub fn anchor(&mut self, access: &Checkpoint, now: Timestamp) -> Result<(), SequencerError> {
        let known = self.image.read().access_anchor.as_ref().map_or(0, |anchor| anchor.lines);
        let Some(root) = Digest::new(&hex(&access.root)).ok().filter(|_| access.size > known) else {
            return Ok(());
        };
        if now < EARLIEST || now > LATEST {
            return Err(SequencerError::Clock(now.as_millisecond()));
        }
        let now = record_time(now, self.image.read().recorded);
        let anchored = ledger::AccessAnchored { lines: access.size, root };
        let payload = Payload::Ledger(ledger::Event::AccessAnchored(anchored));
        let draft = Draft { subject: Subject::Ledger, programme: None, time: now, payload };
        self.commit(vec![draft], self.system(), First::default(), None, now)?;
        Ok(())
    }
}
