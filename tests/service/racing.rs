//! Many clients at once: one voucher is spent once, one command is recorded once.

use super::served::{Served, post, token};
use crate::process::binary::run;
use crate::replay::ledger_before;
use serde_json::{Value, json};

const ANI: &str = "participant/01780000-0000-7000-8000-000000000001";

/// The command by which Ani buys the first course, as purchase `number`.
fn spend(number: usize, id: &str) -> String {
    json!({
        "type": "voucher.spend.v1", "subject": ANI, "programme": "prakerja-2020", "commandid": id,
        "time": "2021-04-02T03:00:00.000Z",
        "data": {
            "course": "barista-dasar", "platform": "pasar-belajar", "purchase": format!("p{number}"),
            "price": { "currency": "IDR", "value": "600000.00" },
        },
    })
    .to_string()
}

/// Ani's card before the first purchase: a balance of 1,000,000.
fn before_buying() -> (tempfile::TempDir, Served, String) {
    let dir = tempfile::tempdir().expect("a directory");
    ledger_before("two-courses", "voucher.spend.v1", dir.path());
    let token = token(dir.path(), &["--role", "platform", "--person", "svc", "--party", "pasar-belajar"]);
    let served = Served::start(dir.path());
    (dir, served, token)
}

fn at_once(clients: usize, ask: impl Fn(usize) -> (u16, Value) + Sync) -> Vec<(u16, Value)> {
    let start = std::sync::Barrier::new(clients);
    std::thread::scope(|scope| {
        let each = |client| {
            let (start, ask) = (&start, &ask);
            scope.spawn(move || {
                start.wait();
                ask(client)
            })
        };
        let clients: Vec<_> = (0..clients).map(each).collect();
        clients.into_iter().map(|client| client.join().expect("an answer")).collect()
    })
}

fn spent(ledger: &std::path::Path) -> usize {
    run(ledger, &["events", "--type", "voucher.spent.v1"]).exits(0).out.lines().count()
}

#[test]
fn of_two_hundred_who_spend_one_balance_exactly_one_wins() {
    let (dir, served, token) = before_buying();
    let url = served.url("/v1/commands");
    let answers = at_once(200, |client| {
        let answer = post(&url, &token, &spend(client, &format!("race-{client}"))).expect("an answer");
        (answer.status, answer.json())
    });
    let won: Vec<_> = answers.iter().filter(|(status, _)| *status == 201).collect();
    assert_eq!(won.len(), 1, "{answers:?}");
    for (status, answer) in answers.iter().filter(|(status, _)| *status != 201) {
        assert_eq!((*status, &answer["code"]), (422, &json!("voucher.balance_insufficient")), "{answer}");
        assert!(answer["rule"].as_str().is_some_and(|rule| rule.starts_with("prakerja-2020")), "{answer}");
    }
    served.stop();
    assert_eq!(spent(dir.path()), 1);
    run(dir.path(), &["verify"]).exits(0);
}

#[test]
fn one_command_sent_fifty_times_is_one_event_and_fifty_equal_answers() {
    let (dir, served, token) = before_buying();
    let url = served.url("/v1/commands");
    let answers = at_once(50, |_| {
        let answer = post(&url, &token, &spend(1, "same")).expect("an answer");
        (answer.status, answer.json())
    });
    let positions = &answers[0].1["positions"];
    let recorded = answers.iter().filter(|(status, _)| *status == 201).count();
    assert_eq!(recorded, 1);
    for (status, answer) in &answers {
        assert!([200, 201].contains(status), "{answer}");
        assert_eq!((&answer["positions"], &answer["commandid"]), (positions, &json!("same")));
    }
    // The same key for something else.
    let other = post(&url, &token, &spend(2, "same")).expect("an answer").is(409);
    assert_eq!(other.json()["code"], "command.conflict");
    served.stop();
    assert_eq!(spent(dir.path()), 1);
}
