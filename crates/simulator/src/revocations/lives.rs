//! What becomes of the cards of the case: one script for each kind of life, its days counted from the decree.

/// Why a card is taken back by decision, and not by the end of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Why {
    Ineligible,
    Withdrawn,
}

/// Who gives up a purchase. The provider's cancellation begins the term anew, the participant's does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum By {
    Provider,
    Participant,
}

/// One step of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Act {
    /// Links an account, which the partner accepts.
    Link,
    /// Buys course number 1, 2 or 3 as a purchase of that number.
    Buy(u8),
    Cancel(u8, By),
    Redeem(u8),
    /// The course is completed and certified.
    Complete(u8),
    Rate(u8),
    /// The platform is paid.
    Settle(u8),
    /// An instalment of the incentive is handed to the bank; the answers name it and the attempt.
    Instruct(u8),
    Paid(u8, u8),
    Failed(u8, u8),
    Retry(u8),
    /// It arrived, and came back.
    CameBack(u8, u8),
    Revoke(Why),
    Reinstate,
    /// The term ends without a purchase; the closing of the day revokes.
    TermEnds,
    /// The last day to buy: what is left of the balance lapses.
    BalanceEnds,
    /// The last day to pay: what is left of the cash lapses, and the card is closed.
    PaymentsEnd,
}

/// One kind of life.
pub(super) struct Life {
    /// So many of a thousand whose revocation the case counts; of a life that is not counted, so many beside a
    /// thousand that are.
    pub(super) share: u32,
    /// True when the card is in the end revoked for want of a purchase: whole, and once.
    pub(super) counted: bool,
    /// Day from the decree, hour (WIB), step. `LATE` is the last minute of a day.
    pub(super) script: &'static [(i32, u32, Act)],
}

/// Not an hour of the day, but its last minute.
pub(super) const LATE: u32 = 24;

/// Batch 4 was decreed on 14 August 2020: its last day to buy is 15 December 2020, its last day to pay 5 March 2021.
const BUY_UNTIL: i32 = 123;
const PAY_UNTIL: i32 = 203;

use Act::{
    BalanceEnds, CameBack, Cancel, Complete, Failed, Instruct, Link, Paid, PaymentsEnd, Rate, Redeem,
    Reinstate, Retry, Revoke, Settle, TermEnds,
};
use By::{Participant, Provider};
use Why::{Ineligible, Withdrawn};

const fn buy(number: u8) -> Act {
    Act::Buy(number)
}

/// Every kind of life in the case.
pub(super) const LIVES: &[Life] = &[
    // --- Revoked for want of a purchase, the whole grant released. The first takes what rounding leaves.
    Life { share: 900, counted: true, script: &[(30, LATE, TermEnds)] },
    Life { share: 50, counted: true, script: &[(4, 10, Link), (30, LATE, TermEnds)] },
    // Bought and given up in time: the money is back on the card, and the term goes on.
    Life {
        share: 20,
        counted: true,
        script: &[(3, 10, buy(1)), (5, 11, Cancel(1, Participant)), (30, LATE, TermEnds)],
    },
    // Given up after the term: nothing is bought any more, and the card goes that evening.
    Life {
        share: 5,
        counted: true,
        script: &[(28, 10, buy(1)), (35, 11, Cancel(1, Participant)), (35, LATE, TermEnds)],
    },
    // The provider let them down: thirty days from the restoration, and still no other course.
    Life {
        share: 15,
        counted: true,
        script: &[(10, 10, buy(1)), (20, 11, Cancel(1, Provider)), (50, LATE, TermEnds)],
    },
    // Given back on appeal, with a new term, and not used again: two revocations of one card.
    Life {
        share: 10,
        counted: true,
        script: &[(30, LATE, TermEnds), (33, 11, Reinstate), (63, LATE, TermEnds)],
    },
    // --- Not revoked for want of a purchase.
    // Given back on appeal, and used.
    Life {
        share: 20,
        counted: false,
        script: &[
            (30, LATE, TermEnds),
            (33, 11, Reinstate),
            (40, 10, buy(1)),
            (41, 10, Redeem(1)),
            (46, 10, Settle(1)),
            (50, 10, Complete(1)),
            (BUY_UNTIL, LATE, BalanceEnds),
            (PAY_UNTIL, LATE, PaymentsEnd),
        ],
    },
    // Bought in the last minute of the term.
    Life {
        share: 5,
        counted: false,
        script: &[
            (30, LATE, buy(1)),
            (32, 10, Redeem(1)),
            (40, 10, Settle(1)),
            (BUY_UNTIL, LATE, BalanceEnds),
            (PAY_UNTIL, LATE, PaymentsEnd),
        ],
    },
    // All went well.
    Life {
        share: 50,
        counted: false,
        script: &[
            (3, 10, buy(1)),
            (4, 10, Redeem(1)),
            (8, 10, Link),
            (9, 10, Settle(1)),
            (12, 10, Complete(1)),
            (13, 10, Rate(1)),
            (18, 10, Instruct(1)),
            (19, 10, Paid(1, 1)),
            (20, 10, buy(2)),
            (21, 10, Redeem(2)),
            (26, 10, Settle(2)),
            (48, 10, Instruct(2)),
            (49, 10, Paid(2, 1)),
            (78, 10, Instruct(3)),
            (79, 10, Paid(3, 1)),
            (108, 10, Instruct(4)),
            (109, 10, Paid(4, 1)),
            (BUY_UNTIL, LATE, BalanceEnds),
            (PAY_UNTIL, LATE, PaymentsEnd),
        ],
    },
    // Bought, and never finished.
    Life {
        share: 20,
        counted: false,
        script: &[
            (6, 10, buy(2)),
            (7, 10, Redeem(2)),
            (12, 10, Settle(2)),
            (BUY_UNTIL, LATE, BalanceEnds),
            (PAY_UNTIL, LATE, PaymentsEnd),
        ],
    },
    // A payment failed, and arrived at the second attempt.
    Life {
        share: 10,
        counted: false,
        script: &[
            (3, 10, buy(1)),
            (4, 10, Redeem(1)),
            (8, 10, Link),
            (9, 10, Settle(1)),
            (12, 10, Complete(1)),
            (13, 10, Rate(1)),
            (18, 10, Instruct(1)),
            (19, 10, Failed(1, 1)),
            (20, 9, Retry(1)),
            (20, 12, Instruct(1)),
            (21, 10, Paid(1, 2)),
            (BUY_UNTIL, LATE, BalanceEnds),
            (PAY_UNTIL, LATE, PaymentsEnd),
        ],
    },
    // --- Revoked for another reason.
    // Not eligible, and nothing was bought: the whole grant too, and not one of those counted.
    Life { share: 15, counted: false, script: &[(16, 10, Revoke(Ineligible))] },
    Life { share: 15, counted: false, script: &[(20, 10, Revoke(Withdrawn))] },
    // Given up after a purchase: a part.
    Life {
        share: 10,
        counted: false,
        script: &[(5, 10, buy(2)), (6, 10, Redeem(2)), (11, 10, Settle(2)), (40, 10, Revoke(Withdrawn))],
    },
    // Not eligible, with the second instalment at the bank: it arrives.
    Life {
        share: 10,
        counted: false,
        script: &[
            (3, 10, buy(1)),
            (4, 10, Redeem(1)),
            (8, 10, Link),
            (9, 10, Settle(1)),
            (12, 10, Complete(1)),
            (13, 10, Rate(1)),
            (18, 10, Instruct(1)),
            (19, 10, Paid(1, 1)),
            (48, 10, Instruct(2)),
            (48, 15, Revoke(Ineligible)),
            (50, 10, Paid(2, 1)),
        ],
    },
    // The same, and it fails: only then is it released.
    Life {
        share: 10,
        counted: false,
        script: &[
            (3, 10, buy(1)),
            (4, 10, Redeem(1)),
            (8, 10, Link),
            (9, 10, Settle(1)),
            (12, 10, Complete(1)),
            (13, 10, Rate(1)),
            (18, 10, Instruct(1)),
            (18, 15, Revoke(Ineligible)),
            (21, 10, Failed(1, 1)),
        ],
    },
    // Not eligible; what had arrived comes back afterwards.
    Life {
        share: 5,
        counted: false,
        script: &[
            (3, 10, buy(3)),
            (4, 10, Redeem(3)),
            (8, 10, Link),
            (9, 10, Settle(3)),
            (12, 10, Complete(3)),
            (13, 10, Rate(3)),
            (18, 10, Instruct(1)),
            (19, 10, Paid(1, 1)),
            (22, 10, Revoke(Ineligible)),
            (25, 10, CameBack(1, 1)),
        ],
    },
    // Not eligible; the course bought before falls through afterwards, and its price is released then.
    Life {
        share: 10,
        counted: false,
        script: &[(6, 10, buy(3)), (9, 10, Revoke(Ineligible)), (15, 10, Cancel(3, Provider))],
    },
];
