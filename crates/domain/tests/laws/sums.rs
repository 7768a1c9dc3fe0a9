//! The second count: balances summed from the payloads alone, with no look at the books.

use jejak_domain::catalogue::Payload;
use jejak_domain::chart::Account;
use jejak_domain::entry::FundYear;
use jejak_domain::ids::{PartyCode, ProgrammeCode};
use jejak_domain::line::Event;
use jejak_domain::money::{Currency, Money};
use jejak_domain::participant::Channel;
use jejak_domain::state::State;
use jejak_domain::{custody, fund, payout, voucher};
use std::collections::BTreeMap;

/// One fund year in one currency, in minor units.
#[derive(Clone, Debug, Default)]
struct Sum {
    incoming: i128,
    delivered: i128,
    spent_on_running: i128,
    returned: i128,
    bank: i128,
    reserve: i128,
    bounced: i128,
    floats: BTreeMap<PartyCode, i128>,
    custody: BTreeMap<PartyCode, i128>,
}

/// Sums by programme and currency; all histories here are of one year.
#[derive(Clone, Debug, Default)]
pub struct Sums(BTreeMap<(ProgrammeCode, Currency), Sum>);

impl Sums {
    fn of(&mut self, programme: ProgrammeCode, money: Money) -> (&mut Sum, i128) {
        (self.0.entry((programme, money.currency())).or_default(), i128::from(money.minor()))
    }

    /// Adds one event.
    pub fn add(&mut self, event: &Event) {
        let Some(programme) = event.programme() else { return };
        match &event.payload {
            Payload::Fund(event) => self.add_fund(programme, event),
            Payload::Payout(payout::Event::Settled(settled)) => {
                let (sum, amount) = self.of(programme, settled.amount);
                sum.delivered += amount;
                *sum.source(settled.channel, settled.partner) -= amount;
            }
            Payload::Payout(payout::Event::Returned(returned)) => {
                let (sum, amount) = self.of(programme, returned.amount);
                sum.delivered -= amount;
                *sum.source(returned.channel, returned.partner) += amount;
            }
            Payload::Voucher(voucher::Event::Settled(settled)) => {
                let (sum, amount) = self.of(programme, settled.amount);
                sum.delivered += amount;
                sum.bank -= amount;
            }
            Payload::Voucher(voucher::Event::Refunded(refunded)) => {
                let (sum, amount) = self.of(programme, refunded.amount);
                sum.delivered -= amount;
                sum.bank += amount;
            }
            Payload::Custody(custody::Event::Drawn(drawn)) => {
                let (sum, amount) = self.of(programme, drawn.amount);
                sum.bank -= amount;
                *sum.custody.entry(drawn.unit).or_default() += amount;
            }
            Payload::Custody(custody::Event::HandedOver(handed)) => {
                let (sum, amount) = self.of(programme, handed.amount);
                sum.delivered += amount;
                *sum.custody.entry(handed.unit).or_default() -= amount;
            }
            Payload::Custody(custody::Event::Returned(back)) => {
                let (sum, amount) = self.of(programme, back.amount);
                sum.bank += amount;
                *sum.custody.entry(back.unit).or_default() -= amount;
            }
            _ => {}
        }
    }

    /// Holds the books against the sums.
    pub fn hold(&self, state: &State) {
        for ((programme, currency), sum) in &self.0 {
            let fund = FundYear { programme: *programme, year: 2021 };
            let books = state.books.fund(fund, *currency);
            let balance = |account| books.map_or(0, |books| books.balance(account));
            let (float, custody) = (balance(Account::PartnerFloat), balance(Account::Custody));
            let own = [
                (Account::Bank, sum.bank),
                (Account::ReserveFund, sum.reserve),
                (Account::TreasuryRetur, sum.bounced),
            ];
            for (account, minor) in own {
                assert_eq!(balance(account), minor, "{account} of {programme} in {currency}");
            }
            for (account, parties) in [(Account::PartnerFloat, &sum.floats), (Account::Custody, &sum.custody)]
            {
                for (party, minor) in parties {
                    let kept = books.map_or(0, |books| books.party(account, *party));
                    assert_eq!(kept, *minor, "{account} of {party}");
                }
            }
            assert_eq!(
                sum.incoming,
                sum.delivered
                    + float
                    + custody
                    + sum.spent_on_running
                    + sum.returned
                    + balance(Account::Bank)
                    + balance(Account::ReserveFund)
                    + balance(Account::TreasuryRetur),
                "SP2D + interest + unidentified = delivered + float + custody + charges + cost + returned + bank + \
                 reserve + bounced"
            );
        }
    }
}

impl Sums {
    fn add_fund(&mut self, programme: ProgrammeCode, event: &fund::Event) {
        use fund::Event as F;
        let incoming = match event {
            F::Disbursed(each) => Some(each.amount),
            F::InterestCredited(each) => Some(each.amount),
            F::UnidentifiedCredited(each) => Some(each.amount),
            _ => None,
        };
        if let Some(amount) = incoming {
            let (sum, amount) = self.of(programme, amount);
            sum.incoming += amount;
            sum.bank += amount;
        }
        match event {
            F::Reserved(fund::Reserved { amount, .. }) => {
                let (sum, amount) = self.of(programme, *amount);
                sum.bank -= amount;
                sum.reserve += amount;
            }
            F::ReserveDrawn(fund::ReserveDrawn { amount, .. }) => {
                let (sum, amount) = self.of(programme, *amount);
                sum.bank += amount;
                sum.reserve -= amount;
            }
            F::DisbursementBounced(fund::DisbursementBounced { amount, .. }) => {
                let (sum, amount) = self.of(programme, *amount);
                sum.bank -= amount;
                sum.bounced += amount;
            }
            F::DisbursementReissued(fund::DisbursementReissued { amount, .. }) => {
                let (sum, amount) = self.of(programme, *amount);
                sum.bank += amount;
                sum.bounced -= amount;
            }
            F::PartnerFunded(funded) => {
                let (sum, amount) = self.of(programme, funded.amount);
                sum.bank -= amount;
                *sum.floats.entry(funded.partner).or_default() += amount;
            }
            F::PartnerDefunded(back) => {
                let (sum, amount) = self.of(programme, back.amount);
                sum.bank += amount;
                *sum.floats.entry(back.partner).or_default() -= amount;
            }
            F::BankCharged(fund::BankCharged { amount, .. })
            | F::OperatingCostPaid(fund::OperatingCostPaid { amount, .. }) => {
                let (sum, amount) = self.of(programme, *amount);
                sum.spent_on_running += amount;
                sum.bank -= amount;
            }
            F::RevenueRemitted(fund::RevenueRemitted { amount, .. })
            | F::Returned(fund::Returned { amount, .. }) => {
                let (sum, amount) = self.of(programme, *amount);
                sum.returned += amount;
                sum.bank -= amount;
            }
            _ => {}
        }
    }
}

impl Sum {
    fn source(&mut self, channel: Channel, party: PartyCode) -> &mut i128 {
        match channel {
            Channel::Bank => &mut self.bank,
            Channel::Wallet => self.floats.entry(party).or_default(),
            Channel::Cash => self.custody.entry(party).or_default(),
        }
    }
}
