//! Realised against delivered: what the treasury disbursed, what reached persons and platforms, and between them
//! the money that is still owed, person by person.

use jejak_domain::chart::Account;
use jejak_domain::entitlement::CardMoney;
use jejak_domain::ids::{ParticipantId, PartyCode, ProgrammeCode};
use jejak_domain::laws::Flows;
use jejak_domain::money::Currency;
use jejak_domain::state::State;

/// One fund year, in minor units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The programme.
    pub programme: ProgrammeCode,
    /// The year of the budget.
    pub year: i16,
    /// The currency of all sums.
    pub currency: Currency,
    /// Ceiling of the budget document.
    pub ceiling: i128,
    /// Granted by decrees and not released.
    pub committed: i128,
    /// Received by SP2D: *realised*.
    pub realised: i128,
    /// Paid to persons and to platforms: *delivered*.
    pub delivered: i128,
    /// Granted, and neither delivered nor released.
    pub undelivered: i128,
    /// Spent on running the programme.
    pub operating: i128,
    /// Returned to the treasury, non-tax revenue included.
    pub returned: i128,
    /// On the fund's account, set aside, with partners, in the hands of units, or with the treasury to be sent again.
    pub on_hand: i128,
}

/// Where money stands that is granted, and neither delivered nor released.
const HELD: [Account; 6] = [
    Account::Unearned,
    Account::VoucherBalance,
    Account::Due,
    Account::PartnerClearing,
    Account::ReturnSuspense,
    Account::PlatformClearing,
];

/// Every fund year, by programme and year.
pub fn delivery(state: &State, flows: &Flows) -> Vec<Delivery> {
    let rows = state.books.funds().into_iter().map(|books| {
        let (programme, year) = (books.fund.programme, books.fund.year);
        let flow = flows.get(books.fund, books.currency);
        let committed = books.balance(Account::CommittedPool);
        Delivery {
            programme,
            year,
            currency: books.currency,
            ceiling: state.funds.get(programme, year).map_or(0, |fund| fund.ceiling.into()),
            committed,
            realised: flow.disbursed,
            // What came back of no known payment is not taken off: it is matched or explained later.
            delivered: flow.paid + flow.settled - books.balance(Account::UnmatchedReturns),
            undelivered: -HELD.iter().map(|account| books.balance(*account)).sum::<i128>(),
            operating: flow.operating,
            returned: flow.returned + flow.remitted,
            on_hand: books.balance(Account::Bank)
                + books.balance(Account::ReserveFund)
                + books.balance(Account::TreasuryRetur)
                + books.balance(Account::PartnerFloat)
                + books.balance(Account::Custody),
        }
    });
    rows.collect()
}

/// One person who is still owed money, or holds a balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    /// Who.
    pub participant: ParticipantId,
    /// In which programme.
    pub programme: ProgrammeCode,
    /// Year of the fund.
    pub year: i16,
    /// Where the money is.
    pub money: CardMoney,
}

/// Everybody who is owed money or holds a balance, in order of appearance.
pub fn owed(state: &State) -> impl Iterator<Item = Owed> {
    state.people.iter().flat_map(move |person| {
        person.entitlements().filter(|entitlement| entitlement.card().undelivered() > 0).filter_map(
            move |entitlement| {
                Some(Owed {
                    participant: person.id,
                    programme: state.programmes.at(entitlement.programme)?.code,
                    year: entitlement.decreed_on.year(),
                    money: entitlement.card(),
                })
            },
        )
    })
}

/// What one platform is still owed for purchases of one fund year: the other part of what is undelivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwedPlatform {
    /// Which; `None` for facts about purchases that nobody has made.
    pub platform: Option<PartyCode>,
    /// In which programme.
    pub programme: ProgrammeCode,
    /// Year of the fund.
    pub year: i16,
    /// The currency of the sum.
    pub currency: Currency,
    /// The sum in minor units; below zero when the platform owes it.
    pub minor: i128,
}

/// Every platform that is owed money, or owes it, by programme, year and platform.
pub fn owed_to_platforms(state: &State) -> Vec<OwedPlatform> {
    let mut all = Vec::new();
    for books in state.books.funds() {
        let mut rest = -books.balance(Account::PlatformClearing);
        let of = |platform, minor| OwedPlatform {
            platform,
            programme: books.fund.programme,
            year: books.fund.year,
            currency: books.currency,
            minor,
        };
        for (_, platform, balance) in
            books.parties().into_iter().filter(|(account, ..)| *account == Account::PlatformClearing)
        {
            rest += balance;
            all.push(of(Some(platform), -balance));
        }
        all.push(of(None, rest));
    }
    all.retain(|each| each.minor != 0);
    all
}
