//! A draw that nobody can draw again from what is recorded: another pool, another seed than the one promised, more places
//! than the batch has, or fewer than it could give; persons who joined and were never screened; or a seed promised a second time or after the list had closed.

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
            if batch.unscreened > 0 {
                return Some(format!("{} persons had joined and were never screened", batch.unscreened));
            }
            if drawn.selected > batch.quota {
                return Some(format!("{} are drawn for {} places", drawn.selected, batch.quota));
            }
            // Where places are spread over regencies, some may stay empty.
            let short = drawn.quotas.is_empty() && drawn.selected < batch.quota.min(batch.pooled);
            short.then(|| {
                format!(
                    "{} of {} are drawn, and there are {} places",
                    drawn.selected, batch.pooled, batch.quota
                )
            })
        }
        _ => None,
    }
}
