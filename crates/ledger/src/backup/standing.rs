//! What a history comes to at one length: the root over its lines, and the balances of its books as one digest.

use jejak_domain::books::Books;
use jejak_domain::chart::Account;
use jejak_journal::merkle::Hash;
use sha2::{Digest, Sha256};

/// What a history comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Lines.
    pub lines: u64,
    /// The root over them.
    pub root: Hash,
    /// SHA-256 over a line for each balance that is not zero, in order: `<programme>/<year>/<account>`, then
    /// `/<party>` where it is that party's part, the currency and the count of minor units, each after a space.
    pub balances: Hash,
}

impl Standing {
    pub(crate) fn of(lines: u64, root: Hash, books: &Books) -> Self {
        Self { lines, root, balances: Sha256::digest(text(books)).into() }
    }
}

fn text(books: &Books) -> String {
    let mut lines = Vec::new();
    for fund in books.funds() {
        let name = format!("{}/{}", fund.fund.programme, fund.fund.year);
        let totals = Account::ALL.iter().map(|account| (account.to_string(), fund.balance(*account)));
        let parties =
            fund.parties().into_iter().map(|(account, party, minor)| (format!("{account}/{party}"), minor));
        for (account, minor) in totals.chain(parties).filter(|(_, minor)| *minor != 0) {
            lines.push(format!("{name}/{account} {} {minor}\n", fund.currency));
        }
    }
    lines.concat()
}
