//! The identities that hold at every position, checked by a second count.
//!
//! The books follow movements; the flows here are summed from the payloads alone, and the cards one by one. Where
//! they differ, a rule of posting is wrong, or history was not written by this program.

use crate::catalogue::Payload;
use crate::chart::Account;
use crate::custody;
use crate::entry::FundYear;
use crate::fund;
use crate::line::Event;
use crate::money::{Currency, Money};
use crate::participant::Channel;
use crate::payout;
use crate::programme::Programme;
use crate::recovery::{self, RepaymentMethod};
use crate::state::State;
use crate::voucher;
use std::collections::BTreeMap;

/// Money through one fund year, in minor units, summed from payloads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// Received by SP2D: *realised*.
    pub disbursed: i128,
    /// Interest credited.
    pub interest: i128,
    /// Credits without a known cause.
    pub unidentified: i128,
    /// Arrived at persons, net of returns: *delivered* in money.
    pub paid: i128,
    /// Paid to platforms, net of refunds: *delivered* in training.
    pub settled: i128,
    /// Bank charges.
    pub charges: i128,
    /// Operating cost.
    pub operating: i128,
    /// Returned to the treasury.
    pub returned: i128,
    /// Non-tax revenue remitted to the treasury.
    pub remitted: i128,
    /// Repaid by persons to the programme's account, net of what was paid back to them from it.
    pub recovered: i128,
    /// Cash drawn by units.
    pub drawn: i128,
    /// Cash handed over.
    pub handed_over: i128,
    /// Cash brought back.
    pub brought_back: i128,
}

/// Flows of all fund years.
#[derive(Clone, Debug, Default)]
pub struct Flows(BTreeMap<(FundYear, Currency), Flow>);

impl Flows {
    /// Adds an event. Call it before or after the event is folded: it looks only at the card's fund year.
    pub fn add(&mut self, state: &State, event: &Event) {
        let mut currency = None;
        let mut amount = |money: Money| {
            currency = Some(money.currency());
            i128::from(money.minor())
        };
        let mut change = Flow::default();
        match &event.payload {
            Payload::Fund(event) => match event {
                fund::Event::Disbursed(paid) => change.disbursed = amount(paid.amount),
                fund::Event::InterestCredited(interest) => change.interest = amount(interest.amount),
                fund::Event::UnidentifiedCredited(credit) => change.unidentified = amount(credit.amount),
                fund::Event::BankCharged(charged) => change.charges = amount(charged.amount),
                fund::Event::OperatingCostPaid(cost) => change.operating = amount(cost.amount),
                fund::Event::Returned(returned) => change.returned = amount(returned.amount),
                fund::Event::RevenueRemitted(remitted) => change.remitted = amount(remitted.amount),
                _ => return,
            },
            Payload::Payout(event) => match event {
                payout::Event::Settled(settled) => {
                    change.paid = amount(settled.amount);
                    if settled.channel == Channel::Cash {
                        change.handed_over = change.paid;
                    }
                }
                payout::Event::Returned(returned) => {
                    change.paid = -amount(returned.amount);
                    if returned.channel == Channel::Cash {
                        change.handed_over = change.paid;
                    }
                }
                _ => return,
            },
            Payload::Voucher(event) => match event {
                voucher::Event::Settled(settled) => change.settled = amount(settled.amount),
                voucher::Event::Refunded(refunded) => change.settled = -amount(refunded.amount),
                _ => return,
            },
            Payload::Recovery(event) => match event {
                recovery::Event::Repaid(repaid) if repaid.method == RepaymentMethod::Bank => {
                    change.recovered = amount(repaid.amount);
                }
                recovery::Event::Refunded(refunded) if refunded.method == RepaymentMethod::Bank => {
                    change.recovered = -amount(refunded.amount);
                }
                _ => return,
            },
            Payload::Custody(event) => match event {
                custody::Event::Drawn(drawn) => change.drawn = amount(drawn.amount),
                custody::Event::HandedOver(handed) => {
                    change.paid = amount(handed.amount);
                    change.handed_over = amount(handed.amount);
                }
                custody::Event::Returned(back) => change.brought_back = amount(back.amount),
            },
            _ => return,
        }
        if let (Some((fund, _)), Some(currency)) = (state.fund_of(event), currency) {
            self.0.entry((fund, currency)).or_default().add(&change);
        }
    }

    /// The flow of a fund year in one currency.
    pub fn get(&self, fund: FundYear, currency: Currency) -> Flow {
        self.0.get(&(fund, currency)).copied().unwrap_or_default()
    }

    /// Every fund year and currency with its flow, by programme and year.
    pub fn iter(&self) -> impl Iterator<Item = (FundYear, Currency, &Flow)> {
        self.0.iter().map(|((fund, currency), flow)| (*fund, *currency, flow))
    }
}

impl Flow {
    fn add(&mut self, change: &Self) {
        self.disbursed += change.disbursed;
        self.interest += change.interest;
        self.unidentified += change.unidentified;
        self.paid += change.paid;
        self.settled += change.settled;
        self.charges += change.charges;
        self.operating += change.operating;
        self.returned += change.returned;
        self.remitted += change.remitted;
        self.recovered += change.recovered;
        self.drawn += change.drawn;
        self.handed_over += change.handed_over;
        self.brought_back += change.brought_back;
    }
}

/// An identity that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The fund year.
    pub fund: FundYear,
    /// The identity, as an equation in words.
    pub identity: &'static str,
    /// The left side, in minor units.
    pub left: i128,
    /// The right side, in minor units.
    pub right: i128,
    /// The currency.
    pub currency: Currency,
}

/// Every identity that does not hold now.
pub fn breaches(state: &State, flows: &Flows) -> Vec<Breach> {
    let cards = cards(state);
    let mut breaches = Vec::new();
    for books in state.books.funds() {
        let fund = books.fund;
        let mut hold = |identity, left: i128, right: i128| {
            if left != right {
                breaches.push(Breach { fund, identity, left, right, currency: books.currency });
            }
        };
        let balance = |account| books.balance(account);
        hold("debits = credits", Account::ALL.iter().map(|account| balance(*account)).sum(), 0);
        let flow = flows.get(fund, books.currency);
        hold(
            "SP2D + interest + unidentified credits + recovered = settled + paid + float + custody + charges + operating cost + \
             returned to treasury + bank + reserve + bounced to treasury",
            flow.disbursed + flow.interest + flow.unidentified + flow.recovered,
            flow.settled
                + flow.paid
                + balance(Account::PartnerFloat)
                + balance(Account::Custody)
                + flow.charges
                + flow.operating
                + flow.returned
                + flow.remitted
                + balance(Account::Bank)
                + balance(Account::ReserveFund)
                + balance(Account::TreasuryRetur),
        );
        hold(
            "cash drawn = handed over + brought back + on hand",
            flow.drawn,
            flow.handed_over + flow.brought_back + balance(Account::Custody),
        );
        // Cards are kept in the currency of their programme.
        let programme = state.programmes.get(fund.programme).map(Programme::currency);
        let of_cards = cards.get(&fund).filter(|_| programme == Some(books.currency));
        let of_cards = of_cards.copied().unwrap_or_default();
        let pairs = [
            ("voucher balances of cards = account voucher-balance", Account::VoucherBalance),
            ("unearned of cards = account unearned", Account::Unearned),
            ("due of cards = account due", Account::Due),
            ("instructed of cards = account partner-clearing", Account::PartnerClearing),
            ("suspense of cards = account return-suspense", Account::ReturnSuspense),
        ];
        for ((identity, account), of_cards) in pairs.into_iter().zip(of_cards) {
            hold(identity, of_cards, -balance(account));
        }
    }
    breaches
}

/// By how much each fund year has committed, and its open decrees have promised, more than its ceiling (DIPA), in minor
/// units. No command brings it about; a fact that does is a finding.
pub fn beyond_budget(state: &State) -> Vec<(FundYear, i128)> {
    let years = state.books.funds().into_iter().filter_map(|books| {
        let programme = state.programmes.get(books.fund.programme).map(Programme::currency);
        let beyond = -state.free(books.fund, books.currency);
        (programme == Some(books.currency) && beyond > 0).then_some((books.fund, beyond))
    });
    years.collect()
}

/// Sums of the cards' balances by fund year: voucher, unearned, due, instructed, suspense.
fn cards(state: &State) -> BTreeMap<FundYear, [i128; 5]> {
    // By number first: a map of fund years asked once a card would cost more than all the rest.
    let mut sums: BTreeMap<(u16, i16), [i128; 5]> = BTreeMap::new();
    let mut last = (crate::time::Day::from_number(i32::MIN), 0_i16);
    for entitlement in state.people.iter().flat_map(crate::participant::Person::entitlements) {
        if last.0 != entitlement.decreed_on {
            last = (entitlement.decreed_on, entitlement.decreed_on.year());
        }
        let card = &entitlement.card();
        let sum = sums.entry((entitlement.programme, last.1)).or_default();
        let balances = [card.voucher, card.unearned, card.due, card.instructed, card.suspense];
        for (sum, balance) in sum.iter_mut().zip(balances) {
            *sum += i128::from(balance);
        }
    }
    let named = sums.into_iter().filter_map(|((number, year), sum)| {
        state.programmes.at(number).map(|each| (FundYear { programme: each.code, year }, sum))
    });
    named.collect()
}
