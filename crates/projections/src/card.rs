//! One person as a reader sees it: account, last batch, and each card with its balances.

use crate::balances::decimal_text;
use jejak_domain::entitlement::CardMoney;
use jejak_domain::money::Currency;
use jejak_domain::participant::Person;
use jejak_domain::state::State;
use jejak_domain::subject::Subject;
use serde::Serialize;

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PersonView {
    /// `participant/<uuid>`.
    pub subject: String,
    /// False when only facts are known.
    pub registered: bool,
    /// Regency of residence.
    pub regency: Option<String>,
    /// The linked payout account; its number is not here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountView>,
    /// One card a programme.
    pub cards: Vec<CardView>,
}

/// A linked account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountView {
    /// `bank`, `wallet` or `cash`.
    pub channel: &'static str,
    /// The payment partner.
    pub partner: Option<String>,
    /// Whether the partner has checked it.
    pub verified: bool,
}

/// A card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CardView {
    /// The programme.
    pub programme: String,
    /// The batch of the decree.
    pub batch: u16,
    /// The day of the decree, in Jakarta.
    pub decreedon: String,
    /// `active`, `revoked` or `closed`.
    pub status: &'static str,
    /// ISO 4217 code of the balances.
    pub currency: String,
    /// Exact decimal texts: allocated is the sum of the others.
    pub balances: Balances,
}

/// Where the money of a card is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Balances {
    /// Granted by decree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allocated: Option<String>,
    /// Not yet earned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unearned: Option<String>,
    /// Training balance.
    pub voucher: String,
    /// Spent on courses.
    pub spent: String,
    /// Earned and not instructed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Instructed and not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructed: Option<String>,
    /// Failed or returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspense: Option<String>,
    /// Arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid: Option<String>,
    /// Back to the pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released: Option<String>,
}

impl Balances {
    fn of(card: CardMoney, currency: Currency) -> Self {
        let text = |minor: i64| decimal_text(minor.into(), currency);
        Self {
            allocated: Some(text(card.allocated)),
            unearned: Some(text(card.unearned)),
            voucher: text(card.voucher),
            spent: text(card.spent),
            due: Some(text(card.due)),
            instructed: Some(text(card.instructed)),
            suspense: Some(text(card.suspense)),
            paid: Some(text(card.paid)),
            released: Some(text(card.released)),
        }
    }
}

impl CardView {
    /// Leaves what concerns training.
    pub fn keep_training_only(&mut self) {
        let Balances { voucher, spent, .. } = std::mem::take(&mut self.balances);
        self.balances = Balances { voucher, spent, ..Balances::default() };
    }
}

/// A person as the state has it.
pub fn view(state: &State, person: &Person) -> PersonView {
    let account = person.account.map(|account| AccountView {
        channel: account.channel.as_str(),
        partner: state.people.partner(account.partner).map(|partner| partner.to_string()),
        verified: account.verified,
    });
    let cards = person.entitlements().filter_map(|entitlement| {
        let programme = state.programmes.at(entitlement.programme)?;
        Some(CardView {
            programme: programme.code.to_string(),
            batch: entitlement.batch,
            decreedon: entitlement.decreed_on.to_string(),
            status: entitlement.status.as_str(),
            currency: programme.currency().to_string(),
            balances: Balances::of(entitlement.card(), programme.currency()),
        })
    });
    PersonView {
        subject: Subject::Participant(person.id).to_string(),
        registered: person.is_registered(),
        regency: person.regency().map(|regency| regency.to_string()),
        account,
        cards: cards.collect(),
    }
}
