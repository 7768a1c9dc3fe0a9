//! `jejak demo`: the whole path on one page, each step with the command that repeats it.

mod story;

use super::{findings, print, published, replay, show, simulate};
use crate::Exit;
use crate::args::{Demo, Replay, Simulate};
use crate::place::Ledger;
use crate::table::grouped;
use anyhow::{Context as _, bail};
use jejak_domain::chart::Account;
use jejak_domain::entry::FundYear;
use jejak_domain::ids::ProgrammeCode;
use jejak_domain::money::Currency;
use jejak_domain::subject::Subject;
use jejak_domain::time::{Day, Timestamp};
use jejak_ledger::verify::verify;
use jejak_ledger::{CheckpointFile, Checkpoints, Home};
use jejak_projections::balances::decimal_text;
use jejak_projections::cut::Cut;
use jejak_projections::delivery::{delivery, owed};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use story::Story;

/// The whole history, nothing left out.
const ALL: Replay = Replay { at: None, known: None, effective: None };

/// Writes the ledgers of the demo and tells what they show.
pub(super) fn run(ledger: &Ledger, demo: &Demo) -> anyhow::Result<Exit> {
    if ledger.remote.is_some() {
        bail!("the demo is written into a directory: name one with --ledger, and move it with `jejak copy`");
    }
    let dir = ledger.dir.as_path();
    clear(dir)?;
    let all = dir.join("all");
    print(format!(
        "Everything below is simulated. The ledgers are in {}; each step names its command.\n",
        dir.display()
    ))?;
    step(1, "The history of Kartu Prakerja, written through the public doors and replayed")?;
    let settings = Simulate {
        scale: demo.scale,
        seed: "jejak".to_owned(),
        applicants: "summary".to_owned(),
        case: None,
        persons: 0,
    };
    let written = simulate::write(&Ledger::in_directory(&all), &settings)?;
    let rate = u128::from(written.lines) * 1000 / written.milliseconds;
    print(format!("{} lines written, {} a second.\n", grouped(written.lines), grouped(rate)))?;
    let home = Home::open(&all)?;
    let rebuilt = replay::rebuild(&home, &ALL)?;
    replay::as_text(&home, &rebuilt)?;
    let (differ, asked) = published::disagreements(&rebuilt, &written.oracle);
    print(format!(
        "The simulator, which shares no code with the ledger, counted the same for {} of {asked} figures.",
        asked - differ.len()
    ))?;
    for figure in &differ {
        print(format!("  {figure}"))?;
    }
    repeat(&[format!("jejak --ledger {} replay", all.display())])?;
    told(dir, 2, "Two courses in the scheme of 2021: 3,550,000 to the last rupiah", &story::TWO_COURSES)?;
    told(dir, 3, "A webinar in the scheme of 2023: 4,200,000 to the last rupiah", &story::WEBINAR)?;
    told(
        dir,
        4,
        "A card revoked at 23:59:59 WIB, and its money traced to a treasury number",
        &story::REVOKED_CARD,
    )?;
    let revoked = dir.join(story::REVOKED_CARD.name);
    trace(&revoked)?;
    told(
        dir,
        5,
        "A wallet payout that failed, was relinked, settled late, and was never doubled",
        &story::FAILED_PAYOUT,
    )?;
    year_end(&home)?;
    late_list(dir)?;
    cut_tail(dir)?;
    plain_tools(&home)?;
    Ok(if differ.is_empty() { Exit::Good } else { Exit::Finding })
}

/// Removes the ledgers of an earlier demo, and nothing else.
fn clear(dir: &Path) -> anyhow::Result<()> {
    if !dir.exists() {
        return Ok(());
    }
    let simulated = |path: &Path| {
        // An interrupted demo leaves the ledger that it was making.
        path.extension().is_some_and(|extension| extension == "making")
            || Home::open(path).is_ok_and(|home| home.manifest.simulated.is_some())
    };
    for entry in fs::read_dir(dir).with_context(|| dir.display().to_string())? {
        let path = entry?.path();
        if !simulated(&path) {
            bail!("{} is not of a demo: name another directory with --ledger", path.display());
        }
    }
    fs::remove_dir_all(dir).with_context(|| format!("removing {}", dir.display()))
}

fn step(number: u32, title: &str) -> anyhow::Result<()> {
    print(format!("{number}. {title}\n"))
}

/// The commands that show the same.
fn repeat(commands: &[String]) -> anyhow::Result<()> {
    for command in commands {
        print(format!("   $ {command}"))?;
    }
    print("")
}

fn told(dir: &Path, number: u32, title: &str, story: &Story) -> anyhow::Result<()> {
    step(number, title)?;
    let path = dir.join(story.name);
    story.write(&path)?;
    let trail = show::trail(&Home::open(&path)?, Subject::parse(story.subject)?, Cut::default())?;
    print(show::as_table(&trail.rows))?;
    if let Some((card, currency)) = trail.rows.last().and_then(|row| row.card) {
        let text = |minor: i64| grouped(decimal_text(minor.into(), currency));
        print(format!(
            "spent {} + paid {} + released {} + still open {} = granted {}",
            text(card.spent),
            text(card.paid),
            text(card.released),
            text(card.undelivered()),
            text(card.allocated)
        ))?;
    }
    repeat(&[format!("jejak --ledger {} show {}", path.display(), story.subject)])
}

/// From the released money to the treasury's receipt.
fn trace(path: &Path) -> anyhow::Result<()> {
    let home = Home::open(path)?;
    let journal = home.read_journal()?;
    let subject = Subject::Fund(ProgrammeCode::new("prakerja-2020")?, 2021);
    for position in journal.positions_of(subject.to_string().as_bytes())? {
        let event = jejak_domain::line::Event::read(&journal.read_line(position)?)?;
        if event.subject == subject && event.payload.name().starts_with("fund.return") {
            print(format!(
                "{position}  {}  {}  {}",
                event.time.day(),
                event.payload.name(),
                serde_json::to_string(&event.payload)?
            ))?;
        }
    }
    repeat(&[format!("jejak --ledger {} events --subject {subject}", path.display())])
}

/// 31 December 2020: realised, delivered, and the gap as a list of persons that sums to it.
fn year_end(home: &Home) -> anyhow::Result<()> {
    step(6, "31 December 2020: realised, delivered, and the gap person by person")?;
    let last = Day::parse("2020-12-31")?;
    let arguments = Replay { at: None, known: Some(last.ends()), effective: Some(last) };
    let rebuilt = replay::rebuild(home, &arguments)?;
    let rows = delivery(&rebuilt.state, &rebuilt.flows);
    print(replay::delivery_table(&rows))?;
    let (persons, cards) = owed(&rebuilt.state).fold((0_u64, 0_i128), |(persons, sum), each| {
        (persons + 1, sum + i128::from(each.money.undelivered()))
    });
    let programme = ProgrammeCode::new("prakerja-2020")?;
    let books = rebuilt.state.books.fund(FundYear { programme, year: 2020 }, Currency::IDR);
    let bought = books.map_or(0, |books| -books.balance(Account::PlatformClearing));
    let gap: i128 = rows.iter().map(|row| row.undelivered).sum();
    let text = |minor| grouped(decimal_text(minor, Currency::IDR));
    print(format!(
        "{} persons are owed {}, and platforms {}: together {}, and the gap is {}.",
        grouped(persons),
        text(cards),
        text(bought),
        text(cards + bought),
        text(gap)
    ))?;
    let ledger = home.dir().display();
    repeat(&[format!("jejak --ledger {ledger} owed --known {} --effective {last}", last.ends())])
}

/// The same rules, at what was known on two days.
fn late_list(dir: &Path) -> anyhow::Result<()> {
    step(7, "A list that came late: a finding as known today, none as known at selection")?;
    let path = dir.join(story::INELIGIBLE.name);
    story::INELIGIBLE.write(&path)?;
    let home = Home::open(&path)?;
    let selection = Timestamp::parse("2021-03-30T16:59:59.999Z")?;
    let then = findings::collect(&home, &Replay { at: None, known: Some(selection), effective: None })?;
    print(format!("As known on 30 March 2021: {} findings.", then.len()))?;
    for finding in findings::collect(&home, &ALL)? {
        print(format!(
            "As known today: {} at position {}: {}",
            finding.rule, finding.position, finding.sentence
        ))?;
    }
    let ledger = path.display();
    repeat(&[
        format!("jejak --ledger {ledger} findings --known {selection}"),
        format!("jejak --ledger {ledger} findings"),
    ])
}

/// A tail cut at a line's end, together with the ledger's own heads: only a head from elsewhere shows it.
fn cut_tail(dir: &Path) -> anyhow::Result<()> {
    step(8, "A line deleted from the tail, and verification refusing it")?;
    let (whole, cut) = (dir.join(story::TWO_COURSES.name), dir.join("cut-tail"));
    let home = Home::open(&whole)?;
    let kept = Checkpoints::of(&home).all()?.pop().context("a signed head")?;
    fs::create_dir_all(cut.join("journal"))?;
    fs::copy(whole.join("ledger.toml"), cut.join("ledger.toml"))?;
    rewrite_without_last(&home, &cut)?;
    let head = cut.join("head-kept-elsewhere");
    fs::write(&head, &kept.bytes)?;
    let alone = verify(&Home::open(&cut)?, &[], |_| {})?;
    print(format!(
        "Without a head from elsewhere: {} failures, since nothing else vouches for the tail.",
        alone.failures.len()
    ))?;
    let with = verify(&Home::open(&cut)?, &[CheckpointFile::read(&head)?], |_| {})?;
    for failure in &with.failures {
        print(format!("With it: {failure}"))?;
    }
    repeat(&[format!("jejak --ledger {} verify --checkpoint {}", cut.display(), head.display())])
}

/// Writes all lines but the last into a journal of the same ledger, as someone with the disk could.
fn rewrite_without_last(home: &Home, to: &Path) -> anyhow::Result<()> {
    use jejak_journal::{Commit, FileJournal, Journal as _, Position};
    let journal = home.read_journal()?;
    let mut commits = Vec::new();
    for batch in journal.read(Position(0))? {
        let frame = batch?.unpack()?;
        for line in frame.lines() {
            commits.push(Commit::from_lines([line])?);
        }
    }
    commits.pop();
    let mut forged = FileJournal::create(to)?;
    forged.append(Position(0), &commits)?;
    Ok(())
}

/// The same sum by programs that this project did not write.
fn plain_tools(home: &Home) -> anyhow::Result<()> {
    step(9, "A sum by zstd and jq alone, and the same from the books")?;
    let filter = "[.,inputs] | map(select(.type == \"id.jejak.fund.disbursed.v1\") | .data.amount.value | tonumber) | add";
    let files = journal_files(home)?;
    let names: Vec<String> = files.iter().map(|path| path.display().to_string()).collect();
    let theirs = pipe(&files, filter);
    let rebuilt = replay::rebuild(home, &ALL)?;
    let ours: i128 = delivery(&rebuilt.state, &rebuilt.flows).iter().map(|row| row.realised).sum();
    match theirs {
        Some(sum) => print(format!("zstd and jq  {sum}"))?,
        None => print("zstd and jq  not run: install both to see their sum")?,
    }
    print(format!("the books    {}", decimal_text(ours, Currency::IDR)))?;
    repeat(&[format!("zstdcat {} | jq '{filter}'", names.join(" "))])
}

fn journal_files(home: &Home) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(home.dir().join("journal"))?.collect::<Result<Vec<_>, _>>()?;
    let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "zst"));
    files.sort();
    Ok(files)
}

/// `zstdcat FILES | jq FILTER`; `None` when one of the two is not there.
fn pipe(files: &[PathBuf], filter: &str) -> Option<String> {
    let mut zstd = Command::new("zstdcat").args(files).stdout(Stdio::piped()).spawn().ok()?;
    let lines = zstd.stdout.take()?;
    let jq = Command::new("jq").arg(filter).stdin(lines).output().ok();
    let ended = zstd.wait().ok()?;
    let jq = jq.filter(|output| output.status.success() && ended.success())?;
    Some(String::from_utf8_lossy(&jq.stdout).trim().to_owned())
}
