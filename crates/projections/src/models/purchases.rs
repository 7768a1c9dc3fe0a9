//! `purchases`: each course that somebody bought, from the sale to the certificate and the payment of the platform.

use super::Model;
use crate::Step;
use crate::rows::Rows;
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::catalogue::Payload;
use jejak_domain::entitlement::Card;
use jejak_domain::ids::PurchaseCode;
use jejak_domain::{training, voucher};

/// The model.
pub(super) struct Purchases;

static TABLE: Table = Table {
    name: "purchases",
    version: 1,
    about: "One purchase with a voucher. The programme pays the platform, the platform pays the provider.",
    columns: &[
        column("subject", Kind::Text, "The person"),
        column("programme", Kind::Code, "The programme"),
        column("purchase", Kind::Text, "The purchase, unique within the person"),
        column("batch", Kind::Count, "Number of the person's batch"),
        column("course", Kind::Code, "The course"),
        column("platform", Kind::Code, "The platform that sold it"),
        column("provider", Kind::Code, "The training provider"),
        column("currency", Kind::Code, "ISO 4217 code"),
        column("price_minor", Kind::Minor, "The price, all of it from the voucher"),
        column("bought_on", Kind::Day, "When it was bought"),
        column("redeemed_on", Kind::Day, "When its code was used"),
        column("completed_on", Kind::Day, "When the course was completed"),
        column("hours", Kind::Count, "Hours taught"),
        column("certified_on", Kind::Day, "When the certificate was issued"),
        column("certificate", Kind::Text, "Number of the certificate"),
        column("stars", Kind::Count, "Rating by the person, 1 to 5"),
        column("cancelled_on", Kind::Day, "When it was cancelled and the balance restored"),
        column("cancelled_by", Kind::Code, "provider, platform or participant"),
        column("expired_on", Kind::Day, "When it ended unfinished and its money was released"),
        column("settled_on", Kind::Day, "When the platform was paid"),
        column("settled_minor", Kind::Minor, "What the platform was paid, the last time"),
        column("commission_minor", Kind::Minor, "The platform's commission within it"),
        column("refunded_on", Kind::Day, "When the platform paid back"),
        column("refunded_minor", Kind::Minor, "What the platform paid back, the last time"),
    ],
    key: 3,
    log: false,
    indexes: &[],
};

const REDEEMED_ON: usize = 10;
const COMPLETED_ON: usize = 11;
const HOURS: usize = 12;
const CERTIFIED_ON: usize = 13;
const CERTIFICATE: usize = 14;
const STARS: usize = 15;
const CANCELLED_ON: usize = 16;
const CANCELLED_BY: usize = 17;
const EXPIRED_ON: usize = 18;
const SETTLED_ON: usize = 19;
const SETTLED: usize = 20;
const COMMISSION: usize = 21;
const REFUNDED_ON: usize = 22;
const REFUNDED: usize = 23;

impl Model for Purchases {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, rows: &mut Rows) {
        if !matches!(step.event.payload, Payload::Voucher(_) | Payload::Training(_)) {
            return;
        }
        let Some(card) = step.state.card_of(step.event) else { return };
        match &step.event.payload {
            Payload::Voucher(event) => of_voucher(step, &card, event, rows),
            Payload::Training(event) => of_training(step, &card, event, rows),
            _ => {}
        }
    }
}

fn key(card: &Card<'_>, purchase: PurchaseCode) -> [Value; 3] {
    [card.person.id.into(), card.programme.code.into(), purchase.into()]
}

fn of_voucher(step: Step<'_>, card: &Card<'_>, event: &voucher::Event, rows: &mut Rows) {
    let day = || Value::Day(step.event.time.day());
    match event {
        voucher::Event::Spent(spent) => {
            let course = step.state.supply.course(spent.course);
            let [subject, programme, purchase] = key(card, spent.purchase);
            let cells = [
                (3, Value::number(card.entitlement.batch)),
                (4, spent.course.into()),
                (5, spent.platform.into()),
                (6, course.map(|course| course.provider).into()),
                (7, spent.price.currency().into()),
                (8, spent.price.minor().into()),
                (9, day()),
            ];
            rows.set([subject, programme, purchase], cells);
        }
        voucher::Event::Restored(restored) => {
            let cells = [(CANCELLED_ON, day()), (CANCELLED_BY, restored.by.as_str().into())];
            rows.set(key(card, restored.purchase), cells);
        }
        voucher::Event::Expired(expired) => {
            let place = usize::try_from(expired.ordinal).unwrap_or(usize::MAX).saturating_sub(1);
            if let Some(purchase) = card.entitlement.purchases().nth(place) {
                rows.set(key(card, purchase.code), [(EXPIRED_ON, day())]);
            }
        }
        voucher::Event::Settled(settled) => {
            let cells = [
                (SETTLED_ON, day()),
                (SETTLED, settled.amount.minor().into()),
                (COMMISSION, settled.commission.minor().into()),
            ];
            rows.set(key(card, settled.purchase), cells);
        }
        voucher::Event::Refunded(refunded) => {
            let cells = [(REFUNDED_ON, day()), (REFUNDED, refunded.amount.minor().into())];
            rows.set(key(card, refunded.purchase), cells);
        }
        voucher::Event::Issued(_) | voucher::Event::Lapsed(_) => {}
    }
}

fn of_training(step: Step<'_>, card: &Card<'_>, event: &training::Event, rows: &mut Rows) {
    let day = || Value::Day(step.event.time.day());
    match event {
        training::Event::Redeemed(redeemed) => rows.set(key(card, redeemed.purchase), [(REDEEMED_ON, day())]),
        training::Event::Completed(completed) => {
            let cells = [(COMPLETED_ON, day()), (HOURS, Value::number(completed.hours))];
            rows.set(key(card, completed.purchase), cells);
        }
        training::Event::Certified(certified) => {
            let cells = [(CERTIFIED_ON, day()), (CERTIFICATE, certified.certificate.into())];
            rows.set(key(card, certified.purchase), cells);
        }
        training::Event::Rated(rated) => {
            rows.set(key(card, rated.purchase), [(STARS, Value::number(rated.stars))]);
        }
        // Presence is in `attendance`; the others change nothing here.
        training::Event::Attended(_)
        | training::Event::CheckedIn(_)
        | training::Event::CheckedOut(_)
        | training::Event::RedeemRefused(_)
        | training::Event::SeatReserved(_)
        | training::Event::Submitted(_) => {}
    }
}
