//! Others write to the same server: their lines are folded here as they come.

use super::{Sequencer, SequencerError};
use crate::checkpoints::CheckpointFile;
use crate::mirror;
use crate::remote::Part;
use crate::replay::ReplayError;
use jejak_domain::catalogue::Payload;
use jejak_domain::ledger;
use jejak_domain::line::Event;
use jejak_journal::Commit;
use jejak_journal::merkle::leaf_hash;

impl Sequencer {
    /// Lines that are durable.
    pub fn durable(&self) -> u64 {
        self.journal.len()
    }

    /// Takes over what others have written since. Gives the number of lines. To be called when nothing is pending.
    ///
    /// # Errors
    /// When the server does not answer, or what it has cannot be folded; open the ledger again then.
    pub fn follow(&mut self) -> Result<u64, SequencerError> {
        let Some(stream) = self.home.stream(Part::Lines)? else { return Ok(0) };
        self.journal.renew(stream);
        let Self { journal, image, tree, commands, personal, schemas, fingerprints, watcher, .. } = self;
        // Each batch is folded before the next one is read, so that memory is bounded however much is new.
        let lines = journal.catch_up(|first, commits| {
            let mut length = first.0;
            for line in commits.iter().flat_map(Commit::lines) {
                let position = length;
                length += 1;
                let event = Event::read(line).map_err(|problem| ReplayError::Line { position, problem })?;
                let leaf = leaf_hash(line);
                tree.push(leaf);
                fingerprints.push(&leaf);
                personal.load(position, &event)?;
                if let Some(command) = event.command {
                    commands.add(event.subject, command.id);
                }
                if let Payload::Ledger(ledger::Event::SchemaRegistered(registered)) = &event.payload {
                    schemas.add(registered);
                }
                image.load([&event]);
            }
            fingerprints.write()?;
            personal.finish()?;
            image.synced(length);
            if let Some(watcher) = watcher {
                watcher(first, commits.to_vec());
            }
            Ok::<_, SequencerError>(())
        })?;
        self.personal.vault().look()?;
        self.erase_again()?;
        Ok(lines)
    }

    /// The newest head that anybody has signed and given to the server, where all of its lines are here.
    ///
    /// # Errors
    /// When the server does not answer, or the head cannot be kept.
    pub fn newest_head(&self) -> Result<Option<CheckpointFile>, SequencerError> {
        Ok(mirror::newest_head(&self.home, self.journal.len())?)
    }
}
