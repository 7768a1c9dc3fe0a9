//! Steps of random histories: commands that may be carried out, and facts of every type, plausible and absurd.

use jejak_domain::catalogue::Payload;
use jejak_domain::testing::{World, person};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// What chooses one step.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Which command or fact.
    pub which: u16,
    /// Which person, of four; the last is never registered.
    pub person: u64,
    /// Number of an instalment, survey or session.
    pub number: u8,
    /// Which of a few amounts.
    pub amount: usize,
    /// Choices of lesser weight, bit by bit.
    pub choice: u8,
    /// Days that pass before.
    pub days: i32,
}

/// Any step.
pub fn step() -> impl Strategy<Value = Step> {
    let days = prop_oneof![30 => Just(0), 3 => Just(1), 1 => Just(5)];
    let number = prop_oneof![4 => Just(1_u8), 1 => Just(2), 1 => Just(3)];
    (
        any::<u16>(),
        prop_oneof![4 => Just(1_u64), 2 => Just(2), 2 => Just(3), 1 => Just(4)],
        number,
        0_usize..10,
        any::<u8>(),
        days,
    )
        .prop_map(|(which, person, number, amount, choice, days)| Step {
            which,
            person,
            number,
            amount,
            choice,
            days,
        })
}

/// A subject, a name and the data.
pub type Item = (String, &'static str, Value);

fn money(step: &Step) -> Value {
    let values = ["300.00", "200.00", "50.00", "400.00", "1000.00", "0.01", "0.00", "-300.00", "600.00"];
    match values.get(step.amount) {
        Some(value) => json!({ "currency": "IDR", "value": value }),
        None if step.choice & 1 == 0 => json!({ "currency": "JPY", "value": "300" }),
        None => json!({ "currency": "IDR", "value": "999999999999999.99" }),
    }
}

fn pick<'a, const N: usize>(step: &Step, words: [&'a str; N]) -> &'a str {
    words[usize::from(step.choice >> 2) % N]
}

fn benefit(step: &Step) -> &'static str {
    pick(step, ["incentive", "aid", "survey", "incentive", "training", "bonus"])
}

fn purchase(step: &Step) -> String {
    format!("p{}", step.number)
}

/// A command that has a chance.
pub fn command(step: &Step) -> Item {
    let ani = person(step.person);
    match step.which % 4 {
        0 => of_office(step, ani),
        1 => of_money(step, ani),
        _ => of_training(step, ani),
    }
}

fn of_office(step: &Step, ani: String) -> Item {
    let batch = 1 + u16::from(step.choice & 1);
    let decree = format!("SK-{}", step.number);
    let amount = money(step);
    match step.which / 4 % 18 {
        0 => (ani, "batch.join", json!({ "batch": batch })),
        1 => (ani, "batch.screen", json!({ "batch": batch, "registers": [] })),
        3 => (format!("decree/law/{decree}"), "decree.close", json!({})),
        // What ends a card is rare, so that cards live long enough to meet the rest.
        4 if step.choice < 32 => {
            let reason = pick(step, ["no-purchase", "ineligible", "withdrawn"]);
            (ani, "entitlement.revoke", json!({ "reason": reason }))
        }
        5 => (ani, "entitlement.propose_reinstatement", json!({ "reason": "appeal", "reference": "R" })),
        6 => (ani, "entitlement.reinstate", json!({ "reason": "appeal", "reference": "R" })),
        7 if step.choice < 16 => (ani, "entitlement.propose_close", json!({ "reason": "moved" })),
        7 if step.choice < 32 => (ani, "entitlement.close", json!({ "reason": "moved" })),
        8 => ("fund/law/2021".into(), "fund.request", json!({ "amount": amount, "spp": decree })),
        9 => ("fund/law/2021".into(), "fund.order", json!({ "spm": decree, "spp": decree })),
        10 => {
            let ordered = json!({ "amount": amount, "order": decree, "reason": "lapse" });
            ("fund/law/2021".into(), "fund.order_return", ordered)
        }
        11 => ("fund/law/2021".into(), "fund.close_year", json!({})),
        2 | 4 | 7 => (ani, "entitlement.decree", json!({ "decree": decree })),
        13 => (ani, "recovery.find_ineligible", json!({ "asof": "2021-01-01", "reason": "x" })),
        14 => {
            let agreed = json!({ "count": 2, "everydays": 3, "first": "2021-01-31", "reference": "A" });
            (ani, "recovery.agree_instalments", agreed)
        }
        15 => (ani, "recovery.withdraw", json!({ "amount": amount, "reason": "x", "reference": "R" })),
        16 => (ani, "recovery.write_off", json!({ "amount": amount, "reason": "x", "reference": "R" })),
        12 => (ani, "recovery.demand", json!({ "amount": amount, "demand": "L", "reason": "ineligible" })),
        _ => (ani, "recovery.escalate", json!({})),
    }
}

fn of_money(step: &Step, ani: String) -> Item {
    let (benefit, number, amount) = (benefit(step), step.number, money(step));
    let partner = pick(step, ["bni", "bni", "ovo"]);
    match step.which / 4 % 14 {
        0 => (ani, "instalment.schedule", json!({ "benefit": benefit })),
        1 => (ani, "instalment.hold", json!({ "benefit": benefit, "number": number, "reason": "review" })),
        2 => (ani, "instalment.release", json!({ "benefit": benefit, "number": number, "reference": "R" })),
        3 => (ani, "instalment.lapse", json!({ "benefit": benefit, "number": number })),
        4 => (ani, "survey.open", json!({ "number": number })),
        5 => (ani, "survey.submit", json!({ "number": number })),
        6..=8 => {
            (ani, "payout.instruct", json!({ "benefit": benefit, "number": number, "partner": partner }))
        }
        9 => (ani, "payout.retry", json!({ "benefit": benefit, "number": number, "payon": "2021-02-10" })),
        10 => ("custody/law/2021".into(), "custody.draw", json!({ "amount": amount, "unit": "polri" })),
        11 => (ani, "custody.hand_over", handed(step)),
        12 if step.choice < 32 => {
            (ani, "participant.link_account", json!({ "channel": "wallet", "partner": partner }))
        }
        _ => (
            ani,
            "participant.verify_account",
            json!({ "verdict": pick(step, ["passed", "passed", "failed"]) }),
        ),
    }
}

fn handed(step: &Step) -> Value {
    json!({
        "amount": { "currency": "IDR", "value": "200.00" }, "benefit": "aid", "number": step.number,
        "officer": "o", "regency": "3273", "unit": "polri",
    })
}

fn of_training(step: &Step, ani: String) -> Item {
    let purchase = purchase(step);
    match step.which / 4 % 12 {
        0 | 1 => {
            let price = json!({ "currency": "IDR", "value": "400.00" });
            let spent = json!({ "course": "kopi", "platform": "toko", "price": price, "purchase": purchase });
            (ani, "voucher.spend", spent)
        }
        2 | 3 => (ani, "training.redeem", json!({ "purchase": purchase })),
        4 | 5 => (ani, "training.complete", json!({ "hours": 20, "purchase": purchase })),
        6 => (ani, "training.certify", json!({ "certificate": "C", "purchase": purchase })),
        7 => (ani, "training.rate", json!({ "purchase": purchase, "stars": 5 })),
        8 => {
            let by = pick(step, ["provider", "platform", "participant"]);
            (ani, "voucher.cancel", json!({ "by": by, "purchase": purchase }))
        }
        9 => {
            let price = json!({ "currency": "IDR", "value": "400.00" });
            let commission = json!({ "currency": "IDR", "value": "60.00" });
            let data =
                json!({ "amount": price, "commission": commission, "purchase": purchase, "reference": "B" });
            (ani, "voucher.settle", data)
        }
        10 => (ani, "voucher.lapse", json!({})),
        _ => (ani, "participant.change_profile", json!({ "household": household(step) })),
    }
}

fn household(step: &Step) -> String {
    format!("0192f0c1-7a00-7000-8000-0000000000{:02x}", step.choice % 3)
}

/// A fact of any type: its golden line's data, with everything that matters chosen anew.
pub fn fact(step: &Step) -> Item {
    // The money facts of persons come more often than the rest.
    let often = [
        "payout.settled.v1",
        "payout.failed.v1",
        "payout.returned.v1",
        "payout.instructed.v1",
        "instalment.scheduled.v1",
        "voucher.spent.v1",
        "voucher.restored.v1",
        "entitlement.decreed.v1",
    ];
    // Roles come by command only: a door lets no fact about them in.
    let all: Vec<&'static str> = Payload::names().filter(|name| !name.starts_with("access.")).collect();
    let place = usize::from(step.which);
    let name = if step.which.is_multiple_of(2) {
        often[place / 2 % often.len()]
    } else {
        all[place / 2 % all.len()]
    };
    let path = format!("{}/../../replay/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let line: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut data = line["data"].clone();
    change(&mut data, step);
    let subject = line["subject"].as_str().unwrap();
    (subject_of(subject, step), name.strip_suffix(".v1").unwrap(), data)
}

fn subject_of(golden: &str, step: &Step) -> String {
    // Now and then the subject is of quite another kind.
    if step.choice & 0b1110_0000 == 0 {
        return "ledger".into();
    }
    let (kind, rest) = golden.split_once('/').unwrap_or((golden, ""));
    match kind {
        "participant" => person(step.person),
        "fund" | "custody" => format!("{kind}/law/2021"),
        "programme" => "programme/law".into(),
        "batch" => format!("batch/law/{}", step.number),
        "decree" => format!("decree/law/SK-{}", step.number),
        "calendar" | "ledger" => golden.into(),
        "day" => format!("day/2021-01-{:02}", 1 + step.choice % 28),
        "course" => "course/kopi".into(),
        "platform" => "platform/toko".into(),
        "provider" => "provider/guru".into(),
        _ => format!("{kind}/{rest}"),
    }
}

fn change(data: &mut Value, step: &Step) {
    match data {
        Value::Object(object) if object.contains_key("currency") && object.len() == 2 => *data = money(step),
        Value::Object(object) => change_fields(object, step),
        Value::Array(list) => list.iter_mut().for_each(|each| change(each, step)),
        _ => {}
    }
}

fn change_fields(object: &mut Map<String, Value>, step: &Step) {
    for (key, value) in object.iter_mut() {
        let decree = format!("SK-{}", step.number);
        match key.as_str() {
            // A decree keeps its benefits; others choose one.
            "benefit" if value == "training" => {}
            "benefit" => *value = json!(benefit(step)),
            "number" | "sequence" | "stars" | "ordinal" => *value = json!(step.number * (step.choice & 1)),
            "batch" => *value = json!(1 + u16::from(step.choice & 1)),
            "decree" | "spp" | "spm" => *value = json!(decree),
            "course" => *value = json!("kopi"),
            "platform" => *value = json!(pick(step, ["toko", "toko", "warung"])),
            "purchase" => *value = json!(purchase(step)),
            "partner" => *value = json!(pick(step, ["bni", "ovo"])),
            "unit" => *value = json!(pick(step, ["polri", "tni"])),
            "channel" => *value = json!(pick(step, ["bank", "wallet", "cash"])),
            "by" => *value = json!(pick(step, ["provider", "platform", "participant"])),
            "household" => *value = json!(household(step)),
            "date" | "payon" | "until" | "closes" => {
                *value = json!(format!("2021-01-{:02}", 1 + step.choice % 28));
            }
            "attempt" => *value = json!(1 + step.choice % 3),
            "revision" => *value = json!(step.which),
            _ => change(value, step),
        }
    }
}

/// A world in which three persons can join, be decreed, buy and be paid.
pub fn beginning() -> World {
    let mut world = World::of(include_str!("law.toml"));
    let household = Some(uuid::Uuid::from_u128(0x0192_f0c1_7a00_7000_8000_0000_0000_0000));
    let price = json!({ "currency": "IDR", "value": "400.00" });
    world.at("2021-01-01").list_course("kopi", price);
    let budget = json!({ "amount": { "currency": "IDR", "value": "9000.00" }, "document": "DIPA" });
    world.run("fund/law/2021", "fund.appropriate", budget);
    let disbursed = json!({ "amount": { "currency": "IDR", "value": "6000.00" }, "sp2d": "D", "spm": "M" });
    world.fact("fund/law/2021", "fund.disbursed", disbursed);
    world.open_batch(1);
    let opened = json!({ "closes": "2021-01-31", "quota": 9 });
    world.run("batch/law/2", "batch.open", opened);
    for number in 1..=3 {
        let ani = person(number);
        world.register(&ani, household).link(&ani, "bni", "bank");
    }
    // Two are decreed from the start, so that short histories have money too.
    world.screen(&person(1), 1).screen(&person(2), 1).screen(&person(3), 1).draw(1);
    world.open_decree("SK-1", 1, 2).unwrap();
    for number in 1..=2 {
        world.run(&person(number), "entitlement.decree", json!({ "decree": "SK-1" }));
    }
    world.run("decree/law/SK-1", "decree.close", json!({}));
    world.open_decree("SK-2", 1, 1).unwrap();
    world
}
