//! Which subject a fact must be about. A fact is recorded whatever it says, but one about the wrong subject, or about
//! nobody's entitlement, could not be posted: its money would be in no account.

use crate::catalogue::Payload;
use crate::ids::ProgrammeCode;
use crate::subject::Subject;
use crate::{batch, calendar, custody, entitlement, fund, outcome, supply, vacancy};

/// What a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    /// A person, whatever the programme.
    Person,
    /// A person's entitlement in the programme that the fact names.
    Entitlement,
    /// Something else, known by the kind of its subject.
    Other(&'static str),
}

/// Says what is wrong with the subject of a fact, or with the programme beside it; `None` when they fit.
pub fn misfit(payload: &Payload, subject: Subject, programme: Option<ProgrammeCode>) -> Option<String> {
    let name = payload.name();
    let kind = match about(payload) {
        About::Entitlement if programme.is_none() => {
            return Some(format!("{name} needs a programme: add the attribute \"programme\""));
        }
        About::Person | About::Entitlement => "participant",
        About::Other(kind) => kind,
    };
    // Only a revision of the budget may take away; anything else below zero could hide an overpayment.
    let revision = matches!(payload, Payload::Fund(fund::Event::Revised(_)));
    if !revision && has_negative(payload) {
        return Some(format!(
            "{name} has an amount below zero: report the opposite movement by its own type"
        ));
    }
    let found = subject.to_string();
    let fits = found.split('/').next() == Some(kind);
    (!fits).then(|| format!("{name} is about a {kind}, not {found}: correct the subject"))
}

/// Money is the only place where a line has `"value":`, and a sign only ever stands before an amount.
fn has_negative(payload: &Payload) -> bool {
    serde_json::to_string(payload).is_ok_and(|text| text.contains("\"value\":\"-"))
}

fn about(payload: &Payload) -> About {
    match payload {
        Payload::Entitlement(entitlement::Event::DecreeOpened(_) | entitlement::Event::DecreeClosed(_)) => {
            About::Other("decree")
        }
        Payload::Training(_)
        | Payload::Payout(_)
        | Payload::Instalment(_)
        | Payload::Voucher(_)
        | Payload::Entitlement(_)
        | Payload::Recovery(_)
        | Payload::Loan(_)
        | Payload::Batch(batch::Event::Joined(_) | batch::Event::Screened(_))
        | Payload::Custody(custody::Event::HandedOver(_)) => About::Entitlement,
        Payload::Participant(_)
        | Payload::Outcome(outcome::Event::Invited(_) | outcome::Event::Reported(_))
        | Payload::Vacancy(vacancy::Event::Matched(_) | vacancy::Event::Hired(_)) => About::Person,
        Payload::Vacancy(_) => About::Other("vacancy"),
        Payload::Batch(_) => About::Other("batch"),
        Payload::Custody(_) => About::Other("custody"),
        Payload::Fund(_) => About::Other("fund"),
        Payload::Run(_) => About::Other("run"),
        Payload::Session(_) => About::Other("session"),
        Payload::Supply(event) => About::Other(supplied(event)),
        Payload::Calendar(calendar::Event::DayClosed(_)) => About::Other("day"),
        Payload::Calendar(_) => About::Other("calendar"),
        Payload::Programme(_) | Payload::Outcome(outcome::Event::WaveOpened(_)) => About::Other("programme"),
        Payload::Access(_) => About::Other("officer"),
        Payload::Ledger(_) => About::Other("ledger"),
    }
}

fn supplied(event: &supply::Event) -> &'static str {
    match event {
        supply::Event::PlatformRegistered(_) => "platform",
        supply::Event::ProviderRegistered(_)
        | supply::Event::ProviderSuspended(_)
        | supply::Event::ProviderReinstated(_) => "provider",
        supply::Event::CourseAppraised(_)
        | supply::Event::CourseListed(_)
        | supply::Event::CourseRepriced(_)
        | supply::Event::CourseDelisted(_) => "course",
    }
}
