//! From an open batch to a closed decree.

use super::World;
use crate::ids::Digest;
use crate::money::Money;
use serde_json::json;

/// The seed of every draw.
const SEED: &str = "dadu";

impl World {
    /// Opens a batch with 100 places until today, and promises its seed.
    pub fn open_batch(&mut self, batch: u16) -> &mut Self {
        let subject = format!("batch/{}/{batch}", self.programme);
        let closes = self.time.day();
        self.run(&subject, "batch.open", json!({ "closes": closes, "quota": 100 }));
        self.run(&subject, "batch.commit_seed", json!({ "sha256": Digest::of([SEED.as_bytes()]) }))
    }

    /// Closes a batch and draws everybody in its pool.
    pub fn draw(&mut self, batch: u16) -> &mut Self {
        let subject = format!("batch/{}/{batch}", self.programme);
        self.run(&subject, "batch.close", json!({ "at": self.time }));
        let pool = crate::batch::pool(&self.state, self.programme, batch);
        let digest = crate::batch::list_digest(pool.iter().map(|each| each.id));
        let drawn = json!({ "pool": pool.len(), "poolsha256": digest, "seed": SEED, "selected": pool.len() });
        self.run(&subject, "batch.draw", drawn)
    }

    /// Everything from registration to the draw of a batch of its own for these persons, who are all drawn.
    pub fn select(&mut self, persons: &[&str], batch: u16) -> &mut Self {
        self.open_batch(batch);
        for person in persons {
            let known = self.state.people.get(Self::id(person));
            if known.is_none_or(|person| !person.is_registered()) {
                self.register(person, None);
            }
            self.screen(person, batch);
        }
        self.draw(batch)
    }

    /// Everything from registration to a closed decree `SK-<batch>`, on one day, under a budget that suffices.
    pub fn decree(&mut self, persons: &[&str], batch: u16) -> &mut Self {
        let (code, day) = (self.programme, self.time.day());
        let fund = format!("fund/{code}/{}", day.year());
        let ceiling = Money::of_minor(99_999_999_999_999, self.currency());
        // One budget serves all decrees of a year.
        let _ = self.ask(&fund, "fund.appropriate", json!({ "amount": ceiling, "document": "DIPA-1" }));
        self.select(persons, batch);
        let decree = format!("SK-{batch}");
        self.open_decree(&decree, batch, u32::try_from(persons.len()).unwrap()).expect("a decree");
        for person in persons {
            self.run(person, "entitlement.decree", json!({ "decree": decree }));
        }
        self.run(&format!("decree/{code}/{decree}"), "decree.close", json!({}))
    }
}
