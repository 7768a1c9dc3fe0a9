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
    ("participant.lift_hold", &[KeyCustodian, Kpa]),
    ("participant.hold_lifted", &[KeyCustodian, Kpa]),
    ("participant.", &[Registrar]),
    ("batch.", &[Registrar]),
    ("decree.", &[Ppk]),
    ("entitlement.decree", &[Ppk]),
    ("entitlement.reinstate", &[Kpa]),
    ("entitlement.", &[Ppk]),
    ("voucher.settle", &[Bendahara]),
    ("voucher.lapse", &[Ppk]),
    ("voucher.", &[Platform]),
    ("training.", &[Platform, Provider]),
    ("session.inspect_venue", &[Ppk, Registrar]),
    ("session.venue_inspected", &[Ppk, Registrar]),
    ("session.", &[Provider]),
    ("platform.", &[Ppk]),
    ("provider.", &[Ppk]),
    ("course.appraise", &[Ppk]),
    ("course.", &[Platform, Provider]),
    ("survey.", &[Registrar]),
    ("instalment.", &[Ppk]),
    ("payout.", &[Bendahara]),
    ("custody.", &[Bendahara]),
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

/// Facts by the beginning of their name. The first line that fits counts.
const FACTS: &[(&str, &[Role])] = &[
    // Decided here, never reported.
    ("participant.erasure_requested", &[]),
    ("participant.erased", &[]),
    ("participant.hold_", &[]),
    ("participant.", &[Registrar]),
    ("batch.", &[Registrar]),
    ("payout.", &[Reconciler, Bendahara]),
    ("fund.", &[Reconciler, Bendahara]),
    ("custody.", &[Reconciler, Bendahara]),
    ("recovery.", &[Reconciler, Bendahara]),
    ("voucher.", &[Reconciler, Bendahara]),
    ("loan.", &[Reconciler, Registrar]),
    ("outcome.", &[Registrar]),
    ("vacancy.", &[Registrar]),
    // History of before this ledger, of every kind.
    ("", &[Kpa]),
];

/// Pairs that one person may not hold at the same time. Perkap 5/2022 art. 43 and 44: the treasurer is none of the
/// others; a budget user's proxy may be one of the two officers, but nobody both.
const APART: &[(Role, Role)] = &[
    (Ppk, Ppspm),
    (Bendahara, Ppk),
    (Bendahara, Ppspm),
    (Bendahara, Kpa),
    (Reconciler, Reviewer),
    (Reconciler, Bendahara),
    (Platform, Ppk),
    (Provider, Ppk),
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

/// Whether a line of the type `name` may come from a role, by command or as a fact.
pub fn may_record(role: Role, name: &str) -> bool {
    may_command(role, name) || may_report(role, name)
}

/// Whether one person may not hold both roles at once.
pub fn apart(one: Role, other: Role) -> bool {
    // An auditor judges the others, and who runs the machine has no rights in the business.
    let alone = |role| matches!(role, Auditor | Operator);
    if one == other {
        return false;
    }
    alone(one) || alone(other) || APART.contains(&(one, other)) || APART.contains(&(other, one))
}
