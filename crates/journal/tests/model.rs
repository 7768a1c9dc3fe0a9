//! Random histories with crashes, against a model of plain vectors. Proptest prints and keeps the failing case.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::sync::Arc;

use jejak_journal::conformance::{commit_lengths, lines_from};
use jejak_journal::faults::{FaultyDisk, Survives};
use jejak_journal::merkle::{TreeBuilder, leaf_hash, tree_of};
use jejak_journal::{Commit, FileJournal, Journal, OpenOptions, Position};
use proptest::prelude::*;

const DIR: &str = "/ledger";

#[derive(Clone, Debug)]
enum Step {
    /// Commits of so many lines each.
    Append(Vec<u8>),
    Seal,
    /// Stops and starts again.
    Reopen,
    /// Killed after so many changes of an append or a sealing; the machine crashes too.
    Killed {
        during_append: Option<Vec<u8>>,
        after: u64,
        survives: Survives,
    },
    /// A sync fails during an append.
    BadSync(Vec<u8>, Survives),
    /// Room for so many bytes only.
    FullDisk(Vec<u8>, usize),
}

fn sizes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(1_u8..6, 1..4)
}

fn survives() -> impl Strategy<Value = Survives> {
    prop_oneof![
        Just(Survives::Nothing),
        Just(Survives::Everything),
        (0_usize..200).prop_map(Survives::Bytes),
        // With fewer than five zeros at the end refusing is right, which is tested by itself.
        (0_usize..40).prop_map(Survives::BytesThenZeros),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let killed = (prop::option::of(sizes()), 0_u64..14, survives());
    prop_oneof![
        6 => sizes().prop_map(Step::Append),
        1 => Just(Step::Seal),
        1 => Just(Step::Reopen),
        3 => killed.prop_map(|(during_append, after, survives)| Step::Killed { during_append, after, survives }),
        1 => (sizes(), survives()).prop_map(|(sizes, survives)| Step::BadSync(sizes, survives)),
        1 => (sizes(), 0_usize..120).prop_map(|(sizes, room)| Step::FullDisk(sizes, room)),
    ]
}

struct Run {
    disk: FaultyDisk,
    journal: Option<FileJournal>,
    /// The model: acknowledged lines and the lengths of their commits.
    lines: Vec<Vec<u8>>,
    commits: Vec<u32>,
}

impl Run {
    fn new() -> Self {
        let disk = FaultyDisk::new();
        let journal = FileJournal::create_with(DIR, Self::options(&disk)).unwrap();
        Self { disk, journal: Some(journal), lines: Vec::new(), commits: Vec::new() }
    }

    fn options(disk: &FaultyDisk) -> OpenOptions {
        OpenOptions {
            disk: Arc::new(disk.clone()),
            segment_lines: 25,
            seal_when_full: false,
            keys_of: Some(support::keys_of),
            ..OpenOptions::default()
        }
    }

    fn journal(&mut self) -> &mut FileJournal {
        self.journal.as_mut().unwrap()
    }

    fn open(&mut self) {
        self.journal = None;
        let (journal, _) = FileJournal::open(DIR, Self::options(&self.disk)).unwrap();
        self.journal = Some(journal);
    }

    fn crash(&mut self, survives: Survives) {
        self.journal = None;
        self.disk = self.disk.after_crash(survives);
        self.open();
    }

    /// Tries to append; the model takes what was acknowledged. Returns what was not.
    fn append(&mut self, sizes: &[u8]) -> Vec<Commit> {
        let mut next = u64::try_from(self.lines.len()).unwrap();
        let at = Position(next);
        let commits: Vec<Commit> = sizes
            .iter()
            .map(|&size| {
                let lines: Vec<_> = (next..next + u64::from(size)).map(|i| support::line(i, 5)).collect();
                next += u64::from(size);
                Commit::new(lines).unwrap()
            })
            .collect();
        match self.journal().append(at, &commits) {
            Ok(()) => {
                self.take(&commits);
                Vec::new()
            }
            Err(_) => commits,
        }
    }

    fn take(&mut self, commits: &[Commit]) {
        for commit in commits {
            self.commits.push(commit.len());
            self.lines.extend(commit.lines().map(<[u8]>::to_vec));
        }
    }

    /// An append that was not acknowledged may be there all the same, but only whole.
    fn settle(&mut self, pending: &[Commit]) {
        let found = self.journal().len();
        if found != u64::try_from(self.lines.len()).unwrap() {
            self.take(pending);
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Append(sizes) => assert!(self.append(sizes).is_empty()),
            Step::Seal => self.journal().seal().unwrap(),
            Step::Reopen => self.open(),
            Step::Killed { during_append, after, survives } => {
                self.disk.die_after(*after);
                let pending = if let Some(sizes) = during_append {
                    self.append(sizes)
                } else {
                    let _ = self.journal().seal();
                    Vec::new()
                };
                self.crash(*survives);
                self.settle(&pending);
            }
            Step::BadSync(sizes, survives) => {
                self.disk.fail_sync_after(0);
                assert!(!self.append(sizes).is_empty());
                self.crash(*survives);
            }
            Step::FullDisk(sizes, room) => {
                self.disk.fill_up_after(*room);
                let pending = self.append(sizes);
                assert!(!pending.is_empty(), "120 bytes hold no frame");
                self.disk.fill_up_after(usize::MAX);
                self.open();
            }
        }
    }

    fn check(&mut self) {
        let journal = self.journal.as_ref().unwrap();
        assert_eq!(lines_from(journal, Position(0)), self.lines);
        assert_eq!(commit_lengths(journal), self.commits);
        let mut tree = TreeBuilder::new();
        tree.extend(self.lines.iter().map(|line| leaf_hash(line)));
        assert_eq!(journal.tree().unwrap(), tree);
        assert_eq!(tree_of(journal, journal.len()).unwrap(), tree);
        for who in 0..5 {
            let is_his = |i: &u64| i % 5 == who;
            let expected: Vec<_> = (0..journal.len()).filter(is_his).map(Position).collect();
            assert_eq!(journal.positions_of(support::subject(who).as_bytes()).unwrap(), expected);
        }
        let observer = FileJournal::open_read_only_with(DIR, Self::options(&self.disk)).unwrap();
        let middle = journal.len() / 2;
        assert_eq!(lines_from(&observer, Position(middle)), self.lines.split_at(self.lines.len() / 2).1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_history_loses_or_invents_lines(steps in prop::collection::vec(step(), 1..25)) {
        let mut run = Run::new();
        for step in &steps {
            run.step(step);
            run.check();
        }
    }
}
