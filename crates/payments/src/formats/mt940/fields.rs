//! What stands in the fields of a statement.

use crate::amount;
use crate::end_to_end::EndToEndId;
use crate::place::Place;
use crate::statement::{Balance, Direction, Line, References};
use jejak_domain::money::{Currency, Money};
use jejak_domain::time::Day;
use zeroize::Zeroizing;

/// `5/2`: number of the statement, and page. What is no number is left out.
pub(super) fn statement_number(text: &str) -> (Option<u64>, Option<u32>) {
    let mut parts = text.split('/').map(str::trim);
    let number = parts.next().and_then(|part| part.parse().ok());
    (number, parts.next().and_then(|part| part.parse().ok()))
}

/// `C210405IDR1000000,00`.
pub(super) fn balance(text: &str) -> Result<Balance, String> {
    let odd =
        || format!("{:?} is no balance: C or D, a day, a currency and an amount are expected", start(text));
    let (mark, rest) = text.split_at_checked(1).ok_or_else(odd)?;
    let sign = match mark {
        "C" | "c" => 1,
        "D" | "d" => -1,
        _ => return Err(odd()),
    };
    let (date, rest) = rest.split_at_checked(6).ok_or_else(odd)?;
    let (code, rest) = rest.split_at_checked(3).ok_or_else(odd)?;
    let amount = money(rest.trim(), currency(code)?)?;
    Ok(Balance { day: day(date)?, amount: Money::of_minor(sign * amount.minor(), amount.currency()) })
}

/// `75IDR53000,`: how many lines of a side, and their sum.
pub(super) fn sum(text: &str, account: Option<Currency>) -> Result<(u64, Money), String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (count, rest) = text.split_at_checked(digits).unwrap_or((text, ""));
    let count = count.parse().map_err(|_| format!("{:?} begins with no count", start(text)))?;
    let (code, rest) =
        rest.split_at_checked(3).ok_or_else(|| format!("{:?} has no currency", start(text)))?;
    let named = currency(code).ok().or(account);
    let named = named.ok_or_else(|| format!("{:?} has no currency", start(text)))?;
    Ok((count, money(rest.trim(), named)?))
}

/// `2104050405DR600000,00NTRFours//theirs`, and what the bank adds in a second line. None when it is only expected.
pub(super) fn entry(
    lines: &[String],
    account: Option<Currency>,
    place: Place,
) -> Result<Option<Line>, String> {
    let text = lines.first().map_or("", String::as_str).trim();
    let odd = |what: &str| format!("{:?} is no line of a statement: {what}", start(text));
    let currency = account.ok_or_else(|| odd("no balance before it says the currency"))?;
    let (date, rest) = text.split_at_checked(6).ok_or_else(|| odd("it has no day"))?;
    let value = day(date)?;
    let entry_date = rest.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let rest = rest.get(entry_date.map_or(0, str::len)..).unwrap_or_default().trim_start();
    let (mark, rest) = mark(rest).ok_or_else(|| odd("C, D, RC or RD is expected behind its day"))?;
    // The funds code is the last letter of a currency: it says nothing here.
    let rest = rest.strip_prefix(|each: char| each.is_ascii_alphabetic()).unwrap_or(rest).trim_start();
    let length = rest.bytes().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b'.')).count();
    let (digits, rest) = rest.split_at_checked(length).unwrap_or((rest, ""));
    let amount = money(digits, currency)?;
    let (kind, rest) = rest.trim_start().split_at_checked(4).unwrap_or((rest.trim(), ""));
    if mark.is_expected {
        return Ok(None);
    }
    let (ours, theirs) = rest.split_once("//").unwrap_or((rest, ""));
    let reference = |text: &str| {
        let text = text.trim();
        (!text.is_empty() && !text.eq_ignore_ascii_case("NONREF")).then(|| text.to_owned())
    };
    let more = lines.get(1..).unwrap_or_default().join(" ");
    Ok(Some(Line {
        place,
        booked: entry_date.map_or(Ok(value), |date| near(value, date))?,
        value: Some(value),
        direction: mark.direction,
        reversal: mark.is_reversal,
        amount,
        references: References {
            end_to_end: end_to_end(&[ours.to_owned()]).or(reference(ours)),
            provider: reference(theirs),
            ..References::default()
        },
        returned: None,
        code: reference(kind),
        count: None,
        other: None,
        text: Zeroizing::new(more.trim().to_owned()),
    }))
}

/// Adds the remark of a line, and finds our reference in it, also where the bank has broken it over two lines.
pub(super) fn remark(line: &mut Line, lines: &[String]) {
    if let Some(found) = end_to_end(lines) {
        line.references.end_to_end = Some(found);
    }
    let more: Vec<_> = lines.iter().map(|each| each.trim()).filter(|each| !each.is_empty()).collect();
    let before = line.text.as_str();
    let space = if before.is_empty() || more.is_empty() { "" } else { " " };
    line.text = Zeroizing::new(format!("{before}{space}{}", more.join(" ")));
}

/// Our own reference, wherever it stands: in one part of a remark, or broken over two.
fn end_to_end(lines: &[String]) -> Option<String> {
    let parts: Vec<_> = lines.iter().flat_map(|line| parts(line.trim())).collect();
    let tokens = |part: &'_ str| {
        part.split(|each: char| !each.is_ascii_alphanumeric()).map(str::to_owned).collect::<Vec<_>>()
    };
    let parts: Vec<_> = parts.into_iter().map(tokens).collect();
    let broken = parts.windows(2).filter_map(|two| {
        let [one, other] = two else { return None };
        Some(format!("{}{}", one.last()?, other.first()?))
    });
    let whole = parts.iter().flatten().cloned();
    let found = whole.chain(broken).find_map(|token| {
        // Words of the bank may touch it on one side.
        let ends = [token.get(..35), token.len().checked_sub(35).and_then(|from| token.get(from..))];
        ends.into_iter().flatten().find_map(EndToEndId::parse)
    });
    found.map(|id| id.as_str().to_owned())
}

/// A structured remark counts its parts: `?20` to `?29`, and others.
fn parts(line: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    for (place, part) in line.split('?').enumerate() {
        let mark = part.get(..2).filter(|mark| mark.bytes().all(|byte| byte.is_ascii_digit()));
        parts.push(mark.filter(|_| place > 0).and_then(|_| part.get(2..)).unwrap_or(part));
    }
    parts
}

/// Which way, and how.
struct Mark {
    direction: Direction,
    is_reversal: bool,
    is_expected: bool,
}

fn mark(text: &str) -> Option<(Mark, &str)> {
    let upper = text.get(..2).unwrap_or(text).to_ascii_uppercase();
    let of = |direction, is_reversal, is_expected| Mark { direction, is_reversal, is_expected };
    let (mark, length) = match upper.as_str() {
        // What is taken back goes the other way.
        "RC" => (of(Direction::Debit, true, false), 2),
        "RD" => (of(Direction::Credit, true, false), 2),
        "EC" => (of(Direction::Credit, false, true), 2),
        "ED" => (of(Direction::Debit, false, true), 2),
        other if other.starts_with('C') => (of(Direction::Credit, false, false), 1),
        other if other.starts_with('D') => (of(Direction::Debit, false, false), 1),
        _ => return None,
    };
    Some((mark, text.get(length..)?))
}

/// `YYMMDD`: years from 80 on are of the last century.
fn day(text: &str) -> Result<Day, String> {
    let odd = || format!("{text:?} is no day");
    let (year, rest) = text.split_at_checked(2).ok_or_else(odd)?;
    let (month, date) = rest.split_at_checked(2).ok_or_else(odd)?;
    let century = if year >= "80" { "19" } else { "20" };
    Day::parse(&format!("{century}{year}-{month}-{date}")).map_err(|_| odd())
}

/// `MMDD` in the year in which it is near to another day.
fn near(to: Day, text: &str) -> Result<Day, String> {
    let odd = || format!("{text:?} is no day");
    let (month, date) = text.split_at_checked(2).ok_or_else(odd)?;
    let year = to.year();
    let days = [year - 1, year, year + 1].into_iter();
    let days = days.filter_map(|year| Day::parse(&format!("{year:04}-{month}-{date}")).ok());
    days.min_by_key(|day| day.number().abs_diff(to.number())).ok_or_else(odd)
}

fn currency(code: &str) -> Result<Currency, String> {
    Currency::new(&code.to_ascii_uppercase()).map_err(|problem| problem.to_string())
}

/// `600000,00`, `600000,` or `600000`.
fn money(text: &str, currency: Currency) -> Result<Money, String> {
    if text.contains('.') && text.contains(',') {
        return Err(format!("{:?} has a point and a comma: which of both are the decimals?", start(text)));
    }
    amount::read(&text.replace(',', "."), currency).map_err(|problem| problem.to_string())
}

/// Enough of a text to find it, and not so much that it names somebody.
fn start(text: &str) -> String {
    text.chars().take(24).collect()
}
