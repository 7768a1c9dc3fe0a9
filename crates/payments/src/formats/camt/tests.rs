//! Statements as banks send them, and as they should not.

use super::{day_of, read};
use crate::place::FileError;
use crate::statement::{Direction, Line, Piece};
use jejak_domain::money::{Currency, Money};
use jejak_domain::time::Day;

const SAMPLE: &str = include_str!("sample.xml");

fn pieces(text: &[u8]) -> (Vec<Piece>, Result<(), FileError>) {
    let mut pieces = Vec::new();
    let read = read(text, |piece| pieces.push(piece));
    (pieces, read)
}

fn whole(text: &str) -> Vec<Piece> {
    let (pieces, read) = pieces(text.as_bytes());
    read.unwrap();
    pieces
}

fn lines(pieces: &[Piece]) -> Vec<&Line> {
    pieces
        .iter()
        .filter_map(|piece| if let Piece::Line(line) = piece { Some(&**line) } else { None })
        .collect()
}

fn idr(minor: i64) -> Money {
    Money::of_minor(minor, Currency::new("IDR").unwrap())
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// What was found wrong, with its place.
fn problems(pieces: &[Piece]) -> Vec<String> {
    let problem = |piece: &Piece| {
        if let Piece::Unreadable(unreadable) = piece { Some(unreadable.to_string()) } else { None }
    };
    pieces.iter().filter_map(problem).collect()
}

#[test]
fn every_transaction_is_a_line_with_what_it_refers_to() {
    let pieces = whole(SAMPLE);
    let (Some(Piece::Opening(opening)), Some(Piece::Closing(closing))) = (pieces.first(), pieces.last())
    else {
        panic!("{pieces:?}")
    };
    assert_eq!(
        (opening.account.as_str(), opening.number, opening.id.as_deref()),
        ("0012345678", Some(95), Some("STMT-95"))
    );
    let (begins, ends) = (opening.balance.unwrap(), closing.balance.unwrap());
    assert_eq!((begins.amount, ends.amount), (idr(500_000_000), idr(320_000_000)));
    let control = closing.control.unwrap();
    assert_eq!(
        (control.lines, control.credits, control.debits),
        (Some(3), Some(idr(60_000_000)), Some(idr(240_000_000)))
    );
    let lines = lines(&pieces);
    let sums: Vec<_> = lines.iter().map(|line| (line.direction, line.amount.minor())).collect();
    let (debit, credit) = (Direction::Debit, Direction::Credit);
    assert_eq!(sums, [(debit, 60_000_000), (debit, 60_000_000), (credit, 60_000_000), (debit, 120_000_000)]);
    // Half past one at night in Jakarta.
    assert_eq!((lines[0].booked, lines[0].value), (day("2021-04-05"), Some(day("2021-04-05"))));
    assert_eq!(lines[0].references.end_to_end.as_deref(), Some("01JBRC2YG0E008000000000001ETHB40101"));
    assert_eq!(lines[0].references.message.as_deref(), Some("R-2021-04-03-1"));
    assert_eq!(lines[0].references.provider.as_deref(), Some("BNI-1"));
    assert_eq!(lines[1].references.provider.as_deref(), Some("BNI-1-2"));
    assert_eq!(lines[0].code.as_deref(), Some("PMNT/ICDT/DMCT"));
    let other = lines[0].other.as_ref().unwrap();
    assert_eq!(other.account.as_deref().map(String::as_str), Some("7000000001"));
    assert!(!format!("{pieces:?}").contains("7000000001"), "nobody's number is in a log");
    assert_eq!(
        (lines[2].returned.as_deref(), lines[2].text.as_str()),
        (Some("AC04"), "Retur rekening ditutup")
    );
    assert_eq!((lines[3].count, lines[3].text.as_str()), (Some(100_000), "OVO TOPUP"));
    assert_eq!(lines[3].place.entry, 4);
    assert_eq!(problems(&pieces), [""; 0]);
}

#[test]
fn older_versions_prefixes_and_other_kinds_are_read_alike() {
    let old = SAMPLE
        .replace("<Cd>BOOK</Cd>", "BOOK")
        .replace("<Cd>PDNG</Cd>", "PDNG")
        .replace("camt.053.001.08", "camt.053.001.02");
    let old = old.replace(
        "<Amt Ccy=\"IDR\">600000</Amt>",
        "<AmtDtls><TxAmt><Amt Ccy=\"IDR\">600000.00000</Amt></TxAmt></AmtDtls>",
    );
    let notice = SAMPLE.replace("Stmt>", "Ntfctn>").replace("BkToCstmrNtfctn>", "BkToCstmrDbtCdtNtfctn>");
    let prefixed = SAMPLE
        .replace("</", "</n:")
        .replace('<', "<n:")
        .replace("<n:/n:", "</n:")
        .replace("<n:?", "<?")
        .replace("xmlns=", "xmlns:n=");
    let expected = lines(&whole(SAMPLE)).into_iter().map(|line| line.amount).collect::<Vec<_>>();
    for text in [old, notice, prefixed] {
        let pieces = whole(&text);
        assert_eq!(
            lines(&pieces).into_iter().map(|line| line.amount).collect::<Vec<_>>(),
            expected,
            "{text}"
        );
        assert_eq!(problems(&pieces), [""; 0]);
    }
}

#[test]
fn a_reversal_is_said_in_two_ways_and_the_opening_balance_goes_before_that_of_yesterday() {
    for (said, reversal) in [("true", true), ("1", true), ("false", false), ("0", false)] {
        let text = SAMPLE.replace("<RvslInd>false<", &format!("<RvslInd>{said}<"));
        assert_eq!(lines(&whole(&text)).last().unwrap().reversal, reversal, "{said}");
    }
    let balance = |kind: &str, amount: &str| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy=\"IDR\">{amount}</Amt>\
             <CdtDbtInd>DBIT</CdtDbtInd><Dt><Dt>2021-04-04</Dt></Dt></Bal>"
        )
    };
    let of = |balances: &[String]| {
        let statement = format!("<BkToCstmrStmt><Stmt>{}</Stmt></BkToCstmrStmt>", balances.concat());
        let pieces = whole(&statement);
        let Some(Piece::Opening(opening)) = pieces.first() else { panic!("{pieces:?}") };
        opening.balance.unwrap().amount
    };
    let (today, yesterday) = (balance("OPBD", "7"), balance("PRCD", "8"));
    assert_eq!(of(&[yesterday.clone(), today.clone()]), idr(-700));
    assert_eq!(of(&[today, yesterday.clone()]), idr(-700));
    assert_eq!(of(&[yesterday, balance("ITBD", "9")]), idr(-800));
}

#[test]
fn several_statements_are_in_one_file() {
    let (before, rest) = SAMPLE.split_once("  <Stmt>").unwrap();
    let (statement, after) = rest.split_once("</Stmt>").unwrap();
    let second = statement.replace("0012345678", "0012345679");
    let pieces = whole(&format!("{before}<Stmt>{statement}</Stmt><Stmt>{second}</Stmt>{after}"));
    let accounts: Vec<_> = pieces
        .iter()
        .filter_map(
            |piece| if let Piece::Opening(opening) = piece { Some(opening.account.as_str()) } else { None },
        )
        .collect();
    assert_eq!(accounts, ["0012345678", "0012345679"]);
    assert_eq!(lines(&pieces).len(), 8);
    assert_eq!(pieces.iter().filter(|piece| matches!(piece, Piece::Closing(_))).count(), 2);
}

#[test]
fn one_bad_entry_ends_nothing() {
    for (good, bad, problem) in [
        ("<Amt Ccy=\"IDR\">600000</Amt>", "<Amt Ccy=\"IDR\">600000.001</Amt>", "would have to be rounded"),
        (
            "<Amt Ccy=\"IDR\">600000</Amt>",
            "<Amt Ccy=\"IDR\">600001</Amt>",
            "are IDR 1200001.00 together, and the entry is IDR 1200000.00",
        ),
        ("<Amt Ccy=\"IDR\">600000</Amt>", "", "no amount in IDR"),
        ("2021-04-04T18:30:00Z", "2021-04-31T18:30:00Z", "is no date"),
        (
            "<CdtDbtInd>CRDT</CdtDbtInd>\n    <Sts>",
            "<CdtDbtInd>CREDIT</CdtDbtInd>\n    <Sts>",
            "CRDT or DBIT is expected",
        ),
        ("<Amt Ccy=\"IDR\">5000000.00</Amt>", "<Amt Ccy=\"IDR\">5 million</Amt>", "is no amount"),
    ] {
        assert!(SAMPLE.contains(good), "{good}");
        let pieces = whole(&SAMPLE.replacen(good, bad, 1));
        let found = problems(&pieces);
        assert!(found.len() == 1 && found[0].contains(problem), "{bad}: {found:?}");
        assert!(found[0].starts_with("line "), "{found:?}");
        assert!(matches!(pieces.last(), Some(Piece::Closing(_))));
        let last = lines(&pieces).last().map(|line| line.amount);
        assert_eq!(last, Some(idr(120_000_000)), "what follows is read: {bad}");
    }
}

#[test]
fn a_file_that_breaks_off_anywhere_gives_what_it_had() {
    let all = whole(SAMPLE);
    for end in 0..SAMPLE.trim_end().len() {
        let (had, read) = pieces(&SAMPLE.as_bytes()[..end]);
        assert!(read.is_err(), "cut at {end}");
        assert!(all.starts_with(&had), "cut at {end}: {had:?}");
    }
}

#[test]
fn another_file_is_named_as_such() {
    for text in ["<Document><CstmrPmtStsRpt><GrpHdr/></CstmrPmtStsRpt></Document>", "", "<a/>"] {
        let told = pieces(text.as_bytes()).1.unwrap_err();
        assert!(matches!(told, FileError::Other { .. }), "{told}");
    }
}

#[test]
fn an_instant_is_a_day_in_jakarta() {
    for (text, expected) in [
        ("2021-04-05", "2021-04-05"),
        ("2021-04-05+07:00", "2021-04-05"),
        ("2021-04-05T23:30:00", "2021-04-05"),
        ("2021-04-05T16:59:59.999Z", "2021-04-05"),
        ("2021-04-05T17:00:00Z", "2021-04-06"),
        ("2021-04-05T00:30:00+07:00", "2021-04-05"),
        ("2021-04-05T20:00:00-05:00", "2021-04-06"),
    ] {
        assert_eq!(day_of(text), Some(day(expected)), "{text}");
    }
    for text in ["", "2021-4-5", "2021-04-05T1:00", "2021-04-05T10:00:00+7"] {
        assert_eq!(day_of(text), None, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn nothing_panics(at in 0_usize..SAMPLE.len(), gone in 0_usize..200, put in "[<>/&;A-Za-z0-9.\"= ]{0,12}") {
        let bytes = SAMPLE.as_bytes();
        let rest = &bytes[(at + gone).min(bytes.len())..];
        let _ = pieces(&[&bytes[..at], put.as_bytes(), rest].concat());
        let _ = pieces(rest);
    }
}
