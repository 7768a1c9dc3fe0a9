//! Statements as banks write them.

use super::read;
use crate::place::FileError;
use crate::statement::{Direction, Line, Piece};
use jejak_domain::money::{Currency, Money};
use jejak_domain::time::Day;
use proptest::prelude::*;

const SAMPLE: &str = include_str!("sample.txt");
const OURS: &str = "01JBRC2YG0E008000000000001ETHB40101";

fn pieces(text: &[u8]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    read(text, |piece| pieces.push(piece)).unwrap();
    pieces
}

fn lines(pieces: &[Piece]) -> Vec<&Line> {
    pieces
        .iter()
        .filter_map(|piece| if let Piece::Line(line) = piece { Some(&**line) } else { None })
        .collect()
}

fn problems(pieces: &[Piece]) -> Vec<String> {
    let problem = |piece: &Piece| {
        if let Piece::Unreadable(unreadable) = piece { Some(unreadable.to_string()) } else { None }
    };
    pieces.iter().filter_map(problem).collect()
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn idr(minor: i64) -> Money {
    Money::of_minor(minor, Currency::new("IDR").unwrap())
}

/// One statement with these lines.
fn statement(lines: &str) -> Vec<Piece> {
    pieces(format!(":20:X\n:25:1\n:28C:1\n:60F:C210405IDR0,\n{lines}\n:62F:C210405IDR0,\n").as_bytes())
}

fn one(line: &str) -> Line {
    let pieces = statement(line);
    assert_eq!(problems(&pieces), [""; 0], "{line}");
    lines(&pieces)[0].clone()
}

#[test]
fn two_statements_are_read_with_pages_balances_and_sums() {
    let pieces = pieces(SAMPLE.as_bytes());
    let openings: Vec<_> = pieces
        .iter()
        .filter_map(|piece| if let Piece::Opening(opening) = piece { Some(opening) } else { None })
        .collect();
    let numbers: Vec<_> =
        openings.iter().map(|each| (each.account.as_str(), each.number, each.page)).collect();
    assert_eq!(numbers, [("0012345678", Some(95), Some(1)), ("0012345678", Some(95), Some(2))]);
    assert_eq!(openings[0].balance.unwrap().amount, idr(500_000_000));
    let closings: Vec<_> = pieces
        .iter()
        .filter_map(|piece| if let Piece::Closing(closing) = piece { Some(closing) } else { None })
        .collect();
    assert_eq!(closings[1].balance.unwrap().amount, idr(-1_00));
    assert_eq!(closings[1].control.unwrap().debits, Some(idr(500_000_100)));
    let lines = lines(&pieces);
    let sums: Vec<_> = lines.iter().map(|line| (line.direction, line.amount.minor())).collect();
    let (debit, credit) = (Direction::Debit, Direction::Credit);
    assert_eq!(sums, [(debit, 60_000_000), (credit, 60_000_000), (debit, 500_000_100)]);
    assert_eq!(lines[0].references.end_to_end.as_deref(), Some(OURS), "broken over two lines");
    assert_eq!(lines[0].references.provider.as_deref(), Some("BNI-1"));
    assert_eq!(lines[1].text.as_str(), "RETUR rekening ditutup");
    assert_eq!(problems(&pieces), [""; 0]);
}

#[test]
fn lines_are_read_in_every_form_that_banks_give_them() {
    let plain = one(":61:2104050405D600000,00NTRFNONREF//B-1");
    assert_eq!((plain.booked, plain.value), (day("2021-04-05"), Some(day("2021-04-05"))));
    assert_eq!((plain.references.end_to_end, plain.references.provider.as_deref()), (None, Some("B-1")));
    for (line, direction, minor) in [
        (":61:210405D600000,NMSC", Direction::Debit, 60_000_000),
        (":61:210405dr600000FMSCx", Direction::Debit, 60_000_000),
        (":61:2104050405CR 600000,5NTRF", Direction::Credit, 60_000_050),
        (":61:210405RD600000,00NRTI", Direction::Credit, 60_000_000),
        (":61:210405RC600000,00NRTI", Direction::Debit, 60_000_000),
    ] {
        let read = one(line);
        assert_eq!((read.direction, read.amount.minor()), (direction, minor), "{line}");
        assert_eq!(read.reversal, line.contains("RD6") || line.contains("RC6"));
    }
    assert_eq!(lines(&statement(":61:210405ED600000,00NTRF")).len(), 0, "only expected");
    // The turn of the year.
    assert_eq!(one(":61:2012310102D1,NTRF").booked, day("2021-01-02"));
    assert_eq!(one(":61:2101021231D1,NTRF").booked, day("2020-12-31"));
}

#[test]
fn our_reference_is_found_wherever_it_stands() {
    let (head, tail) = OURS.split_at(20);
    for line in [
        format!(":61:210405D1,NTRF{OURS}//B"),
        format!(":61:210405D1,NTRFNONREF\n:86:TRF KE CONTOH {} WS", OURS.to_lowercase()),
        format!(":61:210405D1,NTRFNONREF\n:86:TRF {head}\n{tail}"),
        format!(":61:210405D1,NTRFNONREF\n:86:?00TRF?20{head}?21{tail}?32Contoh"),
        format!(":61:210405D1,NTRFNONREF\n:86:/EREF/{OURS}/ORDP/Contoh"),
    ] {
        assert_eq!(one(&line).references.end_to_end.as_deref(), Some(OURS), "{line}");
    }
}

#[test]
fn one_bad_line_ends_nothing() {
    for (line, problem) in [
        (":61:210230D1,NTRF", "is no day"),
        (":61:2104050230D1,NTRF", "is no day"),
        (":61:210405X1,NTRF", "C, D, RC or RD"),
        (":61:210405D1.000,00NTRF", "a point and a comma"),
        (":61:210405DNTRF", "is no amount"),
        (":61:210405D1,001NTRF", "would have to be rounded"),
        (":61:2104", "it has no day"),
        (":62F:X", "is no balance"),
    ] {
        let pieces = statement(&format!("{line}\n:86:text\n:61:210405D2,NTRF\n:86:good"));
        let found = problems(&pieces);
        assert!(
            found.len() == 1 && found[0].contains(problem) && found[0].starts_with("line 5"),
            "{line}: {found:?}"
        );
        assert_eq!(lines(&pieces).last().unwrap().text.as_str(), "good");
        assert!(matches!(pieces.last(), Some(Piece::Closing(_))));
    }
}

#[test]
fn envelopes_tags_of_the_bank_and_other_letters_do_no_harm() {
    let text = "{1:F01BNINIDJAXXX}{2:I940X}{4:\r\n:20:X\r\n:25:1\r\n:28C:1\r\n:NS:22Contoh\r\n:60F:C210405IDR0,\r\n:34F:IDR0,\r\n:61:210405D1,NTRF\r\n:86:Caf\u{e9}\r\n-}{5:}\r\n";
    let latin: Vec<u8> = text.chars().map(|each| u8::try_from(u32::from(each)).unwrap()).collect();
    for bytes in [text.as_bytes(), &latin] {
        let pieces = pieces(bytes);
        assert_eq!((problems(&pieces), lines(&pieces)[0].text.as_str()), (Vec::new(), "Caf\u{e9}"));
    }
    let told = read(&b"<Document/>"[..], |_| ()).unwrap_err();
    assert!(matches!(told, FileError::Other { .. }), "{told}");
}

proptest! {
    #[test]
    fn nothing_panics(text in "(:(20|25|28C|60F|61|86|62F|90D|NS):|[CDRE0-9,./?A-Z \\n-]{0,12}|\\PC){0,60}") {
        let _ = read(text.as_bytes(), |_| ());
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(bytes.as_slice(), |_| ());
    }

    #[test]
    fn a_file_that_breaks_off_gives_no_line_that_is_not_there(end in 0..SAMPLE.len()) {
        let all = pieces(SAMPLE.as_bytes());
        let mut had = Vec::new();
        let _ = read(&SAMPLE.as_bytes()[..end], |piece| had.push(piece));
        // The last line may have lost its remark, or its end.
        let (all, mut had) = (lines(&all), lines(&had));
        had.pop();
        prop_assert!(all.starts_with(&had));
    }
}
