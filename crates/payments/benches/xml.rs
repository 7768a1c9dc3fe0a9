//! Speed and memory of the XML formats: `cargo bench -p jejak-payments`. Nothing is asserted but that all is there; rates
//! and the peak of memory are printed. Files are made as they are read, so that none of them is in the figure.

#![expect(clippy::expect_used, reason = "a benchmark that cannot go on says why")]

use jejak_domain::ids::{BenefitCode, ParticipantId, PartyCode, ProgrammeCode};
use jejak_domain::money::{Currency, Money};
use jejak_domain::time::{Day, Timestamp};
use jejak_payments::end_to_end::{EndToEndId, Payment};
use jejak_payments::formats::{camt, pain001};
use jejak_payments::instruction::{Heading, Instruction, Payee, Payer};
use jejak_payments::statement::Piece;
use std::io::{BufReader, Cursor, Read, Write};
use std::time::Instant;

const PAYMENTS: u64 = 600_000;
const LINES: u64 = 1_000_000;
const SAMPLE: &str = include_str!("../src/formats/camt/sample.xml");

fn main() {
    let start = Instant::now();
    let mut written = Counted(0);
    pain001::write(&heading(), (1..=PAYMENTS).map(instruction), &mut written).expect("a whole file");
    report("pain.001 written", PAYMENTS, written.0, start);
    let start = Instant::now();
    let mut bytes = 0;
    let mut lines = 0;
    camt::read(BufReader::new(statement(&mut bytes)), |piece| {
        lines += u64::from(matches!(piece, Piece::Line(_)));
    })
    .expect("a whole file");
    assert_eq!(lines, LINES);
    report("camt.053 read", LINES, bytes, start);
}

#[expect(clippy::print_stdout, reason = "what it is for")]
fn report(what: &str, count: u64, bytes: u64, start: Instant) {
    let milliseconds = start.elapsed().as_millis().max(1);
    let (rate, size, memory) = (u128::from(count) / milliseconds, bytes / 1_000_000, peak_memory());
    println!(
        "{what}: {count} in {milliseconds} ms, {rate} thousand a second, {size} MB; peak memory so far {memory} KiB"
    );
}

fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |line| line.trim().trim_end_matches(" kB").to_owned())
}

/// Counts bytes, and keeps none.
struct Counted(u64);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += u64::try_from(bytes.len()).unwrap_or_default();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn idr(minor: i64) -> Money {
    Money::of_minor(minor, Currency::new("IDR").expect("a currency"))
}

fn heading() -> Heading {
    Heading {
        message: "R-2021-04-03-1".to_owned(),
        released: Timestamp::parse("2021-04-02T03:04:05.000Z").expect("a time"),
        pay_on: Day::parse("2021-04-03").expect("a day"),
        count: PAYMENTS,
        total: idr(60_000_000 * i64::try_from(PAYMENTS).expect("few")),
        partner: PartyCode::new("bni").expect("a code"),
        payer: Payer {
            name: "Dana Contoh".to_owned(),
            account: "0012345678".to_owned(),
            bic: "BNINIDJA".to_owned(),
        },
    }
}

fn instruction(number: u64) -> Instruction {
    let payment = Payment {
        participant: ParticipantId(uuid::Uuid::from_u128(number.into())),
        programme: ProgrammeCode::new("prakerja-2020").expect("a code"),
        benefit: BenefitCode::new("incentive").expect("a code"),
        number: 1,
        attempt: 1,
    };
    let payee = Payee {
        holder: format!("Contoh {number}").into(),
        account: format!("7{number:09}").into(),
        bic: None,
    };
    Instruction { reference: EndToEndId::of(&payment), amount: idr(60_000_000), payee }
}

/// The sample's statement with its first entry of two transactions, again and again.
fn statement(bytes: &mut u64) -> impl Read {
    let (begin, rest) = SAMPLE.split_once("   <Ntry>").expect("an entry");
    let (entry, _) = rest.split_once("   <Ntry>").expect("two entries");
    let entry = format!("   <Ntry>{entry}");
    let end = "</Stmt></BkToCstmrStmt></Document>";
    let entries = usize::try_from(LINES / 2).expect("few");
    *bytes = u64::try_from(begin.len() + entry.len() * entries + end.len()).expect("few");
    Repeated { text: entry.into_bytes(), times: entries, at: Cursor::new(begin.as_bytes().to_vec()) }
        .chain(end.as_bytes())
}

/// A text a number of times, after what stands before it.
struct Repeated {
    text: Vec<u8>,
    times: usize,
    at: Cursor<Vec<u8>>,
}

impl Read for Repeated {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.at.read(into)?;
        if count > 0 || self.times == 0 {
            return Ok(count);
        }
        self.times -= 1;
        self.at = Cursor::new(self.text.clone());
        self.at.read(into)
    }
}
