//! Which command an event answers. Whatever the ledger decided can be asked again under other rules; what it was told
//! stays a fact.

use jejak_domain::catalogue::{Command, Payload};
use jejak_domain::instalment::{Command as Instal, Event as Installed};
use jejak_domain::training::{Command as Train, Event as Trained};
use jejak_domain::voucher::{Command as Buy, Event as Bought};
use jejak_domain::{entitlement, instalment, voucher};

/// The command whose outcome the event is; `None` for facts, and for what no rule of a programme decides.
pub(super) fn answered(payload: &Payload) -> Option<Command> {
    match payload {
        Payload::Training(event) => trained(event).map(Command::Training),
        Payload::Voucher(event) => bought(event).map(Command::Voucher),
        Payload::Instalment(event) => Some(Command::Instalment(installed(event))),
        Payload::Entitlement(event) => entitled(event).map(Command::Entitlement),
        _ => None,
    }
}

fn trained(event: &Trained) -> Option<Train> {
    Some(match event {
        Trained::Redeemed(event) => Train::Redeem(event.clone()),
        Trained::SeatReserved(event) => Train::ReserveSeat(event.clone()),
        Trained::Attended(event) => Train::Attend(event.clone()),
        Trained::CheckedIn(event) => Train::CheckIn(event.clone()),
        Trained::CheckedOut(event) => Train::CheckOut(event.clone()),
        Trained::Submitted(event) => Train::Submit(event.clone()),
        Trained::Completed(event) => Train::Complete(event.clone()),
        Trained::Certified(event) => Train::Certify(event.clone()),
        Trained::Rated(event) => Train::Rate(event.clone()),
        Trained::RedeemRefused(_) => return None,
    })
}

fn bought(event: &Bought) -> Option<Buy> {
    Some(match event {
        Bought::Spent(event) => Buy::Spend(event.clone()),
        Bought::Issued(event) => Buy::Issue(event.clone()),
        Bought::Settled(event) => Buy::Settle(event.clone()),
        Bought::Restored(event) => Buy::Cancel(voucher::Cancel { by: event.by, purchase: event.purchase }),
        Bought::Lapsed(_) => Buy::Lapse(voucher::Lapse {}),
        Bought::Expired(event) => Buy::Expire(voucher::Expire { ordinal: event.ordinal }),
        Bought::Refunded(_) => return None,
    })
}

fn installed(event: &Installed) -> Instal {
    match event {
        Installed::Scheduled(event) => Instal::Schedule(instalment::Schedule { benefit: event.benefit }),
        Installed::Lapsed(event) => {
            Instal::Lapse(instalment::Lapse { benefit: event.benefit, number: event.number })
        }
        Installed::SurveyOpened(event) => Instal::OpenSurvey(instalment::OpenSurvey { number: event.number }),
        Installed::SurveySubmitted(event) => Instal::SubmitSurvey(event.clone()),
        Installed::Held(event) => Instal::Hold(event.clone()),
        Installed::Released(event) => Instal::Release(event.clone()),
    }
}

fn entitled(event: &entitlement::Event) -> Option<entitlement::Command> {
    use entitlement::{Command, Event};
    Some(match event {
        Event::Revoked(event) => Command::Revoke(entitlement::Revoke { reason: event.reason }),
        Event::ReinstatementProposed(event) => Command::ProposeReinstatement(event.clone()),
        Event::Reinstated(event) => {
            Command::Reinstate(entitlement::Reinstate { reason: event.reason, reference: event.reference })
        }
        Event::CloseProposed(event) => {
            Command::ProposeClose(entitlement::ProposeClose { reason: event.reason })
        }
        Event::Closed(event) => Command::Close(entitlement::Close { reason: event.reason }),
        Event::Decreed(event) => Command::Decree(entitlement::Decree { decree: event.decree }),
        // Their totals follow from the lines.
        Event::DecreeOpened(_) | Event::DecreeClosed(_) => return None,
    })
}
