//! A draw that nobody can draw again from what is recorded: another pool, another seed than the one promised, more places
//! than the batch has; or a seed promised a second time or after the list had closed.

use super::Step;
use crate::batch::Event;
use crate::catalogue::Payload;
use crate::ids::Digest;
use crate::subject::Subject;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let (Payload::Batch(event), Subject::Batch(programme, number)) =
        (&step.event.payload, step.event.subject)
    else {
        return None;
    };
    let Some(batch) = step.state.batches.get(programme, number) else {
        return matches!(event, Event::Drawn(_))
            .then(|| format!("batch {number} was drawn and never opened"));
    };
    match event {
        Event::SeedCommitted(committed) if batch.seed != Some(committed.sha256) => {
            Some("a second seed was promised: the first one counts".to_owned())
        }
        Event::SeedCommitted(_) if step.event.time > batch.closes.ends() => {
            Some(format!("the seed was promised after applications had ended with {}", batch.closes))
        }
        Event::Drawn(drawn) => {
            let seed = Digest::of([drawn.seed.as_bytes()]);
            let same = (drawn.pool, drawn.selected) == (batch.pooled, batch.selected);
            if batch.seed != Some(seed) {
                return Some("the seed of the draw is not the one that was promised".to_owned());
            }
            if !same || batch.pool_digest != Some(drawn.poolsha256) {
                return Some(format!(
                    "{} of a pool of {} are said to be drawn; what is recorded gives {} of {}",
                    drawn.selected, drawn.pool, batch.selected, batch.pooled
                ));
            }
            let beyond = drawn.selected > batch.quota;
            beyond.then(|| format!("{} are drawn for {} places", drawn.selected, batch.quota))
        }
        _ => None,
    }
}
