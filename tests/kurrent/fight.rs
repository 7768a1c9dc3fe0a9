//! Two services that both write to one stream, while the server drops, delays, refuses and forgets to answer: every command
//! that was acknowledged stands there once, whoever was told so.

use super::{address, esdb};
use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::ids::ActorId;
use jejak_domain::money::Currency;
use jejak_domain::time::Timestamp;
use jejak_esdb::AppendFault::{DropAfter, DropBefore, TimeOutAfter, TimeOutBefore, Unavailable};
use jejak_kurrent::{Address, Patience, Server};
use jejak_ledger::remote::{Part, Remote};
use jejak_ledger::verify::verify;
use jejak_ledger::{Home, Item, Randomness, Sequencer, Status};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

fn now() -> Timestamp {
    Timestamp::parse("2022-01-01T00:00:00.000Z").unwrap()
}

/// A connection of its own, as another process has. It gives up soon, so that uncertain outcomes happen.
fn remote(address: &str) -> Remote {
    let address: Address = address.parse().unwrap();
    let patience = Patience {
        whole: Duration::from_secs(20),
        each: Duration::from_secs(5),
        first: Duration::from_millis(5),
        longest: Duration::from_millis(100),
    };
    let server = Server::new(&address, patience).unwrap();
    Remote::new("the server", move |part: Part| Ok(Box::new(server.open(part.name())?)))
}

fn register(sequencer: &mut Sequencer, number: u32) -> Option<Status> {
    let item = format!(
        r#"{{"type":"participant.register.v1","subject":"participant/01790000-0000-7000-8000-{number:012}","commandid":"register","data":{{"born":"1990-05","education":"primary","employment":"job-seeker","regency":"3171","sex":"female"}}}}"#
    );
    let actor = Actor { kind: ActorKind::User, id: ActorId::new("operator").unwrap() };
    let outcome = sequencer.handle(&Item::read(item.as_bytes()).unwrap(), actor, now()).ok()?;
    sequencer.flush().ok()?;
    Some(outcome.status)
}

/// As many rounds as `JEJAK_ROUNDS` says, else a few.
fn rounds() -> u32 {
    std::env::var("JEJAK_ROUNDS").map_or(40, |rounds| rounds.parse().unwrap())
}

#[test]
fn of_two_services_that_fight_under_faults_no_acknowledged_command_is_lost_or_repeated() {
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let address = address(&esdb);
    let dirs = [dir.path().join("one"), dir.path().join("two")];
    let mut random = Randomness::seeded("fight");
    let home =
        Home::create(&dirs[0], "Test", "jejak.example/fight", Currency::IDR, None, &mut random).unwrap();
    let first = Sequencer::begin(home.kept_by(remote(&address)), random, now()).unwrap();
    std::fs::create_dir_all(dirs[1].join("keys")).unwrap();
    for file in std::fs::read_dir(dirs[0].join("keys")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), dirs[1].join("keys").join(file.file_name())).unwrap();
    }
    let open = |dir: &Path| {
        let home = Home::of_server(dir, remote(&address)).unwrap();
        Sequencer::open(home, Randomness::system(), false).unwrap().0
    };
    let second = open(&dirs[1]);
    let mut services = [Some(first), Some(second)];
    // A generator of numbers with a fixed seed: the same fight each time.
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    println!("seed {seed:#x}, {} rounds", rounds());
    let mut draw = |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    };
    let (mut acknowledged, mut lost) = (BTreeMap::new(), 0);
    for number in 0..rounds() {
        let faults = [DropBefore, DropAfter, TimeOutBefore, TimeOutAfter, Unavailable];
        if let Some(fault) = faults.into_iter().nth(usize::try_from(draw(8)).unwrap()) {
            esdb.faults().on_append_to("benefits", 1 + draw(2), fault);
        }
        // Whoever is refused is asked again, or the other is, as a client does.
        loop {
            let turn = usize::try_from(draw(2)).unwrap();
            if let Some(status) = register(services[turn].as_mut().unwrap(), number) {
                acknowledged.insert(number, status);
                break;
            }
            lost += 1;
            drop(services[turn].take());
            services[turn] = Some(open(&dirs[turn]));
        }
    }
    drop(services);
    println!("{lost} times the other had come first");
    assert!(lost >= rounds() / 8, "they fought {lost} times");
    let home = Home::of_server(&dirs[0], remote(&address)).unwrap();
    jejak_ledger::mirror::update(&home).unwrap();
    let verified = verify(&home, &[], |_| ()).unwrap();
    assert!(verified.failures.is_empty(), "{:?}", verified.failures);
    let mut times = BTreeMap::new();
    let journal = jejak_journal::FileJournal::open_read_only(&dirs[0]).unwrap();
    for batch in jejak_journal::Journal::read(&journal, jejak_journal::Position(0)).unwrap() {
        let frame = batch.unwrap().unpack().unwrap();
        for line in frame.lines() {
            let event = jejak_domain::line::Event::read(line).unwrap();
            if event.command.is_some() {
                *times.entry(event.subject.to_string()).or_insert(0) += 1;
            }
        }
    }
    assert_eq!(times.len(), acknowledged.len());
    assert!(times.values().all(|times| *times == 1), "each stands there once");
}
