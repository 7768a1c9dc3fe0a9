//! What each role may ask and report, as one table that an auditor can read, and which roles must be apart.

use super::Role::{
    self, Auditor, Bendahara, KeyCustodian, Kpa, Operator, Platform, Ppk, Ppspm, Provider, Reconciler,
    Registrar, Reviewer,
};

/// Commands, and the events that follow from them, by the beginning of their name. The first line that fits counts.
const COMMANDS: &[(&str, &[Role])] = &[
    ("participant.request_erasure", &[Registrar, KeyCustodian]),
    ("participant.erasure_requested", &[Registrar, KeyCustodian]),
    ("participant.approve_erasure", &[KeyCustodian]),
    ("participant.erased", &[KeyCustodian]),
    ("participant.place_hold", &[KeyCustodian, Kpa]),
    ("participant.hold_placed", &[KeyCustodian, Kpa]),
    // Who destroys keys does not take away what stands in the way.
    ("participant.lift_hold", &[Kpa]),
    ("participant.hold_lifted", &[Kpa]),
    ("participant.", &[Registrar]),
    ("batch.", &[Registrar]),
    ("decree.", &[Ppk]),
    ("entitlement.decree", &[Ppk]),
    ("entitlement.reinstate.", &[Kpa]),
    ("entitlement.reinstated", &[Kpa]),
    ("entitlement.", &[Ppk]),
    ("voucher.settle", &[Bendahara]),
    // The last cancellation after the cut-off releases the balance.
    ("voucher.lapsed", &[Ppk, Platform]),
    ("voucher.lapse", &[Ppk]),
    ("voucher.expire", &[Ppk]),
    ("voucher.", &[Platform]),
    ("training.", &[Platform, Provider]),
    ("session.inspect_venue", &[Ppk, Registrar]),
    ("session.venue_inspected", &[Ppk, Registrar]),
    ("session.", &[Provider]),
    ("platform.", &[Ppk]),
    ("provider.", &[Ppk]),
    ("course.appraise", &[Ppk]),
    ("course.", &[Provider]),
    ("survey.", &[Registrar]),
    // A certificate, a rating or an answer earns it.
    ("instalment.scheduled", &[Ppk, Platform, Provider, Registrar]),
    ("instalment.", &[Ppk]),
    ("payout.", &[Bendahara]),
    // Who pays prepares and releases; who commits the money, or answers for the budget, approves.
    ("run.approve", &[Ppk, Kpa]),
    ("run.", &[Bendahara]),
    ("custody.", &[Bendahara]),
    // A reinstatement takes its demand back.
    ("recovery.withdrawn", &[Ppk, Kpa]),
    ("recovery.", &[Ppk]),
    ("loan.", &[Registrar]),
    ("outcome.", &[Registrar]),
    ("vacancy.", &[Registrar]),
    ("fund.order.", &[Ppspm]),
    ("fund.ordered", &[Ppspm]),
    ("fund.appropriate", &[Kpa]),
    ("fund.revise", &[Kpa]),
    ("fund.close_year", &[Kpa]),
    ("fund.year_closed", &[Kpa]),
    ("fund.", &[Ppk]),
    ("calendar.", &[Kpa, Registrar]),
    ("day.", &[Kpa, Ppk, Operator]),
    ("programme.", &[Kpa, Ppk]),
    ("access.", &[Kpa]),
    ("ledger.", &[KeyCustodian]),
];

/// Facts: what the treasury, banks, payment partners, registers and persons did. Everything else is decided here, by
/// command, and nobody reports it.
const FACTS: &[(&str, &[Role])] = &[
    ("participant.duplicate_found.v1", &[Registrar]),
    ("participant.register_reported.v1", &[Registrar]),
    ("training.redeem_refused.v1", &[Platform, Provider]),
    ("fund.disbursed.v1", &[Reconciler, Bendahara]),
    ("fund.disbursement_bounced.v1", &[Reconciler, Bendahara]),
    ("fund.disbursement_reissued.v1", &[Reconciler, Bendahara]),
    ("fund.partner_funded.v1", &[Reconciler, Bendahara]),
    ("fund.partner_defunded.v1", &[Reconciler, Bendahara]),
    ("fund.interest_credited.v1", &[Reconciler, Bendahara]),
    ("fund.bank_charged.v1", &[Reconciler, Bendahara]),
    ("fund.unidentified_credited.v1", &[Reconciler, Bendahara]),
    ("fund.revenue_remitted.v1", &[Reconciler, Bendahara]),
    ("fund.operating_cost_paid.v1", &[Reconciler, Bendahara]),
    ("fund.returned.v1", &[Reconciler, Bendahara]),
    ("fund.reserved.v1", &[Reconciler, Bendahara]),
    ("fund.reserve_drawn.v1", &[Reconciler, Bendahara]),
    ("payout.settled.v1", &[Reconciler, Bendahara]),
    ("payout.failed.v1", &[Reconciler, Bendahara]),
    ("payout.returned.v1", &[Reconciler, Bendahara]),
    ("custody.returned.v1", &[Reconciler, Bendahara]),
    // Also by command, which pays once: a statement may show that a platform was paid twice.
    ("voucher.settled.v1", &[Reconciler, Bendahara]),
    ("voucher.refunded.v1", &[Reconciler, Bendahara]),
    ("recovery.repaid.v1", &[Reconciler, Bendahara]),
    ("recovery.refunded.v1", &[Reconciler, Bendahara]),
    ("loan.offered.v1", &[Reconciler, Registrar]),
    ("loan.applied.v1", &[Reconciler, Registrar]),
    ("loan.refused.v1", &[Reconciler, Registrar]),
    ("loan.approved.v1", &[Reconciler, Registrar]),
    ("loan.disbursed.v1", &[Reconciler, Registrar]),
    ("loan.repaid.v1", &[Reconciler, Registrar]),
    ("loan.in_arrears.v1", &[Reconciler, Registrar]),
    ("loan.subsidy_claimed.v1", &[Reconciler, Registrar]),
];

/// Pairs that one person may not hold at the same time. Perkap 5/2022 art. 43 and 44: the treasurer is none of the
/// others; a budget user's proxy may be one of the two officers, but nobody both. Who selects people neither decrees nor
/// pays.
const APART: &[(Role, Role)] = &[
    (Ppk, Ppspm),
    (Bendahara, Ppk),
    (Bendahara, Ppspm),
    (Bendahara, Kpa),
    (Reconciler, Reviewer),
    (Reconciler, Bendahara),
    (Registrar, Ppk),
    (Registrar, Ppspm),
    (Registrar, Bendahara),
];

fn allows(table: &[(&str, &[Role])], name: &str, role: Role) -> bool {
    let line = table.iter().find(|(beginning, _)| name.starts_with(beginning));
    line.is_some_and(|(_, roles)| roles.contains(&role))
}

/// Whether a role may give the command `name`.
pub fn may_command(role: Role, name: &str) -> bool {
    allows(COMMANDS, name, role)
}

/// Whether a role may report the fact `name`.
pub fn may_report(role: Role, name: &str) -> bool {
    allows(FACTS, name, role)
}

/// Whether somebody outside tells of `name`; else it is decided here.
pub fn is_reported(name: &str) -> bool {
    FACTS.iter().any(|(fact, _)| name == *fact)
}

/// Whether a line of the type `name` may come from a role: as a fact where it is one, else by command.
pub fn may_record(role: Role, name: &str) -> bool {
    if is_reported(name) { may_report(role, name) } else { may_command(role, name) }
}

/// Whether one person may not hold both roles at once.
pub fn apart(one: Role, other: Role) -> bool {
    // An auditor judges the others, and who runs the machine has no rights in the business.
    let alone = |role| matches!(role, Auditor | Operator);
    // Who is paid holds no office.
    let outside = |role| matches!(role, Platform | Provider);
    if one == other {
        return false;
    }
    outside(one) != outside(other)
        || alone(one)
        || alone(other)
        || APART.contains(&(one, other))
        || APART.contains(&(other, one))
}
