//! Standing by: another service writes to the server, and its lines are folded here as they come.

use super::{Sequencer, SequencerError};
use crate::remote::Part;
use crate::replay::ReplayError;
use jejak_domain::catalogue::Payload;
use jejak_domain::ledger;
use jejak_domain::line::Event;
use jejak_journal::merkle::leaf_hash;
use jejak_journal::{Commit, Position};

impl Sequencer {
    /// Takes over what others have written since. Gives the number of lines.
    ///
    /// Keys of persons that another machine has made since are read when this ledger is opened again.
    ///
    /// # Errors
    /// When the server does not answer, or what it has cannot be folded; open the ledger again then.
    pub fn follow(&mut self) -> Result<u64, SequencerError> {
        let Some(stream) = self.home.stream(Part::Lines)? else { return Ok(0) };
        self.journal.renew(stream);
        let mut groups = Vec::new();
        let lines = self.journal.catch_up(|first, commits| groups.push((first, commits.to_vec())))?;
        for (first, commits) in groups {
            self.take_over(first, &commits)?;
            if let Some(watcher) = &mut self.watcher {
                watcher(first, commits);
            }
        }
        if lines > 0 {
            self.fingerprints.write()?;
            self.personal.finish()?;
            self.image.synced(self.journal.len());
        }
        Ok(lines)
    }

    fn take_over(&mut self, first: Position, commits: &[Commit]) -> Result<(), SequencerError> {
        let lines = commits.iter().flat_map(Commit::lines);
        for (position, line) in (first.0..).zip(lines) {
            let event = Event::read(line).map_err(|problem| ReplayError::Line { position, problem })?;
            let leaf = leaf_hash(line);
            self.tree.push(leaf);
            self.fingerprints.push(&leaf);
            self.personal.load(position, &event)?;
            if let Some(command) = event.command {
                self.commands.add(event.subject, command.id);
            }
            if let Payload::Ledger(ledger::Event::SchemaRegistered(registered)) = &event.payload {
                self.schemas.add(registered);
            }
            self.image.load([&event]);
        }
        Ok(())
    }
}
