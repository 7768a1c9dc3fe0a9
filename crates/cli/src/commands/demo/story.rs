//! The recorded histories of `replay/`, written into small ledgers of their own. The same seeds give the same heads
//! as the files there.

use super::super::aside::make_in;
use anyhow::{Context as _, bail};
use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::ids::ActorId;
use jejak_domain::ledger::Simulated;
use jejak_domain::money::Currency;
use jejak_domain::time::Timestamp;
use jejak_ledger::{Home, Item, Randomness, Sequencer};
use serde::Deserialize;
use serde_json::Value;
use std::path::Path;

/// One recorded history.
pub(super) struct Story {
    /// The name of its folder.
    pub(super) name: &'static str,
    /// Its person.
    pub(super) subject: &'static str,
    commands: &'static str,
}

macro_rules! story {
    ($name:literal, $person:literal) => {
        Story {
            name: $name,
            subject: concat!("participant/01780000-0000-7000-8000-0000000000", $person),
            commands: include_str!(concat!("../../../../../replay/", $name, "/commands.ndjson")),
        }
    };
}

/// Two courses in the scheme of 2021, to the last rupiah.
pub(super) const TWO_COURSES: Story = story!("two-courses", "01");
/// A webinar in the scheme of 2023, to the last rupiah.
pub(super) const WEBINAR: Story = story!("webinar", "02");
/// A card revoked at midnight.
pub(super) const REVOKED_CARD: Story = story!("revoked-card", "03");
/// A payout that failed, was relinked and settled late.
pub(super) const FAILED_PAYOUT: Story = story!("failed-payout", "06");
/// A person paid, and then found on a list.
pub(super) const INELIGIBLE: Story = story!("ineligible-repaid", "12");

/// The definitions that the histories name by their files.
const DEFINITIONS: [(&str, &str); 3] = [
    (
        "@schemas/programme/prakerja-2020.toml",
        include_str!("../../../../../schemas/programme/prakerja-2020.toml"),
    ),
    (
        "@schemas/programme/prakerja-2023.toml",
        include_str!("../../../../../schemas/programme/prakerja-2023.toml"),
    ),
    (
        "@schemas/programme/bt-pklw-2021.toml",
        include_str!("../../../../../schemas/programme/bt-pklw-2021.toml"),
    ),
];

#[derive(Deserialize)]
struct Row {
    recorded: String,
    item: Value,
}

impl Story {
    /// Writes the history into a new ledger.
    pub(super) fn write(&self, dir: &Path) -> anyhow::Result<()> {
        make_in(dir, |making| self.write_all(making))
    }

    fn write_all(&self, dir: &Path) -> anyhow::Result<()> {
        let origin = format!("jejak.example/{}", self.name);
        let mut random = Randomness::seeded(self.name);
        let simulated = Some(Simulated { scale: 1, seed: self.name.to_owned() });
        let home = Home::create(dir, self.name, &origin, Currency::IDR, simulated, &mut random)?;
        let rows = self.commands.lines().map(row).collect::<Result<Vec<_>, _>>()?;
        let (first, _) = rows.first().context("an empty history")?;
        let mut sequencer = Sequencer::begin(home, random, *first)?;
        let actor = Actor { kind: ActorKind::User, id: ActorId::new("participant")? };
        for (recorded, item) in rows {
            sequencer.handle(&item, actor, recorded)?;
        }
        sequencer.sign()?;
        Ok(())
    }
}

fn row(text: &str) -> anyhow::Result<(Timestamp, Item)> {
    let mut row: Row = serde_json::from_str(text)?;
    if let Some(definition) = row.item.pointer_mut("/data/definition") {
        let Some((_, text)) = DEFINITIONS.iter().find(|(name, _)| definition.as_str() == Some(name)) else {
            bail!("{definition} is not a definition that the demo carries");
        };
        *definition = Value::String((*text).to_owned());
    }
    Ok((Timestamp::parse(&row.recorded)?, Item::read(row.item.to_string().as_bytes())?))
}
