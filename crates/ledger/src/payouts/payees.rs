//! Whom the payments of a run go to, opened for the files that banks get.

use crate::home::{Home, HomeError};
use crate::replay::{Replay, ReplayError};
use crate::vault::{Vault, VaultError};
use jejak_domain::catalogue::Payload;
use jejak_domain::ids::{BenefitCode, DocumentNumber, ParticipantId, ProgrammeCode};
use jejak_domain::line::Event;
use jejak_domain::money::Money;
use jejak_domain::participant;
use jejak_domain::payout;
use jejak_domain::subject::Subject;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// Why payees cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PayeeError {
    /// The ledger.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// A line.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// A key.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// One payment that a partner was told to make under a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instructed {
    /// Whose.
    pub participant: ParticipantId,
    /// Which benefit.
    pub benefit: BenefitCode,
    /// Number of the instalment, from 1.
    pub number: u8,
    /// From 1.
    pub attempt: u8,
    /// What is to be paid.
    pub amount: Money,
    /// Position of the instruction.
    position: u64,
}

/// Where a payment goes. Wiped when dropped, and never shown in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// In whose name it is kept.
    pub holder: Zeroizing<String>,
    /// Its number.
    pub number: Zeroizing<String>,
}

/// All payments of a run, in the order of participants, benefits and numbers.
///
/// # Errors
/// When a line cannot be read.
pub fn instructed(
    home: &Home,
    (programme, run): (ProgrammeCode, DocumentNumber),
) -> Result<Vec<Instructed>, PayeeError> {
    let mut all = Vec::new();
    Replay::new(&home.manifest.origin).without_hashes().run(&home.read_journal()?, |decoded| {
        for (position, event) in decoded.events() {
            let (Payload::Payout(payout::Event::Instructed(it)), Subject::Participant(participant)) =
                (&event.payload, event.subject)
            else {
                continue;
            };
            if it.run == Some(run) && event.programme == Some(programme) {
                let (benefit, number, attempt, amount) = (it.benefit, it.number, it.attempt, it.amount);
                all.push(Instructed { participant, benefit, number, attempt, amount, position });
            }
        }
        Ok(())
    })?;
    all.sort_unstable_by_key(|each| (each.participant, each.benefit, each.number, each.attempt));
    Ok(all)
}

/// The accounts of these payments as they were when each was instructed; none where no number is known, or nobody can open
/// it any more. What is opened is for the files alone: the caller says in the access journal that it looked.
///
/// # Errors
/// When a line cannot be read, or a key is missing that was not destroyed.
pub fn accounts(
    home: &Home,
    vault: &Vault,
    payments: &[Instructed],
) -> Result<Vec<Option<Account>>, PayeeError> {
    let mut last: BTreeMap<ParticipantId, (u64, Vec<Event>)> = BTreeMap::new();
    for payment in payments {
        let (until, _) = last.entry(payment.participant).or_default();
        *until = (*until).max(payment.position);
    }
    Replay::new(&home.manifest.origin).without_hashes().run(&home.read_journal()?, |decoded| {
        for (position, event) in decoded.events() {
            let (Payload::Participant(payload), Subject::Participant(id)) = (&event.payload, event.subject)
            else {
                continue;
            };
            let says = payload.sealed().is_some()
                || matches!(payload, participant::Event::AccountUnlinked(_) | participant::Event::Erased(_));
            if let Some((until, events)) = last.get_mut(&id).filter(|_| says)
                && (position < *until || matches!(payload, participant::Event::Erased(_)))
            {
                events.push(event.clone());
            }
        }
        Ok(())
    })?;
    let mut opened = BTreeMap::new();
    for (id, (_, events)) in &last {
        let disclosed = vault.disclose(*id, events)?;
        let account = disclosed.account.and_then(|account| {
            let named = disclosed.identity.and_then(|identity| identity.name);
            Some((account.holder.or(named)?, account.number?))
        });
        let account = account.map(|(holder, number)| Account {
            holder: Zeroizing::new(holder.expose().to_owned()),
            number: Zeroizing::new(number.expose().to_owned()),
        });
        opened.insert(*id, account);
    }
    Ok(payments.iter().map(|payment| opened.get(&payment.participant).cloned().flatten()).collect())
}
