//! The account to which money is paid: linked, checked by the partner, let go, linked again.

use super::moment;
use crate::Simulation;
use crate::agenda::What;
use crate::day::{Day, MINUTE, day};
use crate::line::Entry;
use crate::people::Person;
use crate::plan::EVALUATION;
use crate::random::Random;

/// A payment partner.
pub(crate) struct Partner {
    pub(crate) code: &'static str,
    pub(crate) wallet: bool,
    /// First day.
    from: Day,
}

/// Banks and wallets in the order in which they came.
pub(crate) const PARTNERS: [Partner; 6] = [
    Partner { code: "bni", wallet: false, from: day(2020, 3, 20) },
    Partner { code: "bca", wallet: false, from: day(2023, 2, 1) },
    Partner { code: "ovo", wallet: true, from: day(2020, 3, 20) },
    Partner { code: "gopay", wallet: true, from: day(2020, 3, 20) },
    Partner { code: "linkaja", wallet: true, from: day(2020, 3, 20) },
    Partner { code: "dana", wallet: true, from: day(2020, 10, 14) },
];

/// 75 % or 78 % chose a wallet, by two reports of one day.
const WALLET_SHARE: u32 = 7_650;
/// First links that the partner refuses, in ten-thousandths.
const REFUSED: u32 = 300;
/// The same in spring 2020: 34,000 incentives waited for another account in June.
const REFUSED_FIRST_SPRING: u32 = 850;
/// Who has moved to another regency since registering, in ten-thousandths.
const MOVED: u32 = 100;

pub(crate) fn partner(person: &Person) -> &'static Partner {
    PARTNERS.get(usize::from(person.partner)).unwrap_or(&PARTNERS[0])
}

fn choose(random: &mut Random, today: Day) -> u8 {
    let wallet = random.chance(WALLET_SHARE);
    let fits = |place: &u8| {
        PARTNERS
            .get(usize::from(*place))
            .is_some_and(|partner| partner.wallet == wallet && partner.from <= today)
    };
    let (drawn, count) = (u8::try_from(random.below(6)).unwrap_or(0), 6);
    (0..count).map(|shift| (drawn + shift) % count).find(fits).unwrap_or(0)
}

impl Simulation {
    /// Links an account, the first or another one, and has the partner check it.
    pub(crate) fn link(&mut self, person: &mut Person, who: u32) {
        let Some(batch) = Self::batch_of(person) else { return };
        let today = self.agenda.today();
        // A second failure may have asked for the same change.
        if today > batch.terms.link_until || (person.links > 0 && person.verified) {
            return;
        }
        if person.links == 0 && batch.terms.normal_scheme {
            let data = format_args!(r#"{{"check":"induction","verdict":"passed"}}"#);
            let entry = Entry::person("participant.verify.v1", person.id, data);
            self.emit(&entry.id(format_args!("verify-induction")).before(20 * MINUTE));
        }
        if person.links > 0 {
            let data = format_args!(r#"{{"reason":"changed"}}"#);
            let entry = Entry::person("participant.unlink_account.v1", person.id, data);
            self.emit(&entry.id(format_args!("unlink-{}", person.links)).before(5 * MINUTE));
        }
        if person.links == 0 && !batch.terms.normal_scheme && person.random.chance(MOVED) {
            self.move_home(person);
        }
        person.links = person.links.saturating_add(1);
        person.partner = choose(&mut person.random, today);
        let (links, account) = (person.links, partner(person));
        let (channel, code) = (if account.wallet { "wallet" } else { "bank" }, account.code);
        let data = format_args!(r#"{{"channel":"{channel}","partner":"{code}"}}"#);
        let entry = Entry::person("participant.link_account.v1", person.id, data);
        self.emit(&entry.id(format_args!("link-{links}")).before(3 * MINUTE));
        let refused = if batch.is_of_the_first_spring() { REFUSED_FIRST_SPRING } else { REFUSED };
        person.verified = links > 2 || !person.random.chance(refused);
        self.check_account(person, account.wallet);
        let totals = self.oracle.batch(person.batch);
        if links == 1 {
            totals.accounts += 1;
            totals.wallets += i64::from(account.wallet);
        }
        if !person.verified {
            // Before the rules of August 2020 an account could not be changed: whoever was refused waited.
            let again = (today + person.random.between(2, 20)).max(EVALUATION.resumes);
            let at = moment(&mut person.random, 8, 22);
            self.plan(person, who, again.min(batch.terms.link_until), at, What::Link);
        }
    }

    fn check_account(&mut self, person: &mut Person, wallet: bool) {
        let links = person.links;
        let entry = if person.verified {
            let data = format_args!(r#"{{"verdict":"passed"}}"#);
            self.emit(
                &Entry::person("participant.verify_account.v1", person.id, data)
                    .id(format_args!("account-{links}")),
            );
            return;
        } else if wallet {
            person.random.choose(&["no-kyc", "no-kyc", "nik-differs"], "no-kyc")
        } else {
            person.random.choose(&["nik-differs", "inactive"], "nik-differs")
        };
        let data = format_args!(r#"{{"reason":"{entry}","verdict":"failed"}}"#);
        self.emit(
            &Entry::person("participant.verify_account.v1", person.id, data)
                .id(format_args!("account-{links}")),
        );
    }
}
