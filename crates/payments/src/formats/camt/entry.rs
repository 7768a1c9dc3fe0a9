//! One entry of a statement, and the transactions in it.

use super::{KEPT, currency, day, direction, money};
use crate::formats::xml::Element;
use crate::place::Place;
use crate::statement::{Direction, Line, Party, References};
use jejak_domain::money::{Currency, Money};
use jejak_domain::time::Day;
use zeroize::Zeroizing;

/// A booked entry.
pub(super) struct Entry {
    pub(super) place: Place,
    pub(super) amount: Money,
    pub(super) direction: Direction,
    booked: Day,
    value: Option<Day>,
    reversal: bool,
    provider: Option<String>,
    code: Option<String>,
    text: String,
}

impl Entry {
    /// Reads an entry without its transactions; none when it is not booked.
    pub(super) fn read(
        element: &Element,
        account: Option<Currency>,
        place: Place,
    ) -> Result<Option<Self>, String> {
        // A word of its own since version 6.
        if element.text_at_one_of(&["Sts/Cd", "Sts"]).is_some_and(|status| status != "BOOK") {
            return Ok(None);
        }
        let value = element.at("ValDt").is_some().then(|| day(element, "ValDt")).transpose()?;
        Ok(Some(Self {
            place,
            amount: money(element, "Amt", account)?,
            direction: direction(element)?,
            // Some notices have no day of booking.
            booked: match value.filter(|_| element.at("BookgDt").is_none()) {
                Some(value) => value,
                None => day(element, "BookgDt")?,
            },
            value,
            reversal: matches!(element.text_at("RvslInd"), Some("true" | "1")),
            provider: element.text_at("AcctSvcrRef").map(str::to_owned),
            code: code(element),
            text: texts(element, &["AddtlNtryInf", "NtryRef"]),
        }))
    }

    /// Takes in what follows the transactions: a remark of the bank.
    pub(super) fn add(&mut self, element: &Element) {
        if element.name == "AddtlNtryInf" && self.text.is_empty() {
            element.text.trim().clone_into(&mut self.text);
        }
    }

    /// The entry as one line.
    pub(super) fn line(&self) -> Line {
        Line {
            place: self.place,
            booked: self.booked,
            value: self.value,
            direction: self.direction,
            reversal: self.reversal,
            amount: self.amount,
            references: References { provider: self.provider.clone(), ..References::default() },
            returned: None,
            code: self.code.clone(),
            count: None,
            other: None,
            text: Zeroizing::new(self.text.clone()),
        }
    }

    /// One of its transactions. The only one may leave its amount to the entry.
    pub(super) fn transaction(
        &self,
        part: &Element,
        place: Place,
        only: Option<Money>,
    ) -> Result<Line, String> {
        let direction = if part.at("CdtDbtInd").is_some() { direction(part)? } else { self.direction };
        let reference = |paths: &[&str]| {
            let given = part.text_at_one_of(paths).filter(|text| *text != "NOTPROVIDED");
            given.map(str::to_owned)
        };
        let returned = part.text_at_one_of(&["RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry", "RtrInf/RtrRsn/Cd"]);
        let mut line = self.line();
        line.place = place;
        line.direction = direction;
        line.amount = match only {
            Some(amount) => amount,
            None => self.amount_of(part)?,
        };
        line.references = References {
            end_to_end: reference(&["Refs/EndToEndId"]),
            message: reference(&["Refs/MsgId"]),
            batch: reference(&["Refs/PmtInfId"]),
            provider: reference(&["Refs/AcctSvcrRef"]).or(self.provider.clone()),
        };
        line.returned = returned.map(str::to_owned);
        line.code = code(part).or(line.code);
        line.other = other(part, direction);
        let text = texts(part, &["RmtInf/Ustrd", "AddtlTxInf"]);
        if !text.is_empty() {
            line.text = Zeroizing::new(text);
        }
        Ok(line)
    }

    /// In the currency of the account: `Amt` since version 4, within `AmtDtls` before.
    fn amount_of(&self, part: &Element) -> Result<Money, String> {
        let wanted = self.amount.currency();
        for path in ["Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"] {
            let Some(found) = part.at(path) else { continue };
            if found.attribute("Ccy").map_or(Ok(wanted), currency)? == wanted {
                return money(part, path, Some(wanted));
            }
        }
        Err(format!("one of several transactions has no amount in {wanted}"))
    }
}

fn code(element: &Element) -> Option<String> {
    let domain = ["BkTxCd/Domn/Cd", "BkTxCd/Domn/Fmly/Cd", "BkTxCd/Domn/Fmly/SubFmlyCd"];
    let parts: Vec<_> = domain.iter().filter_map(|path| element.text_at(path)).collect();
    let own = || element.text_at("BkTxCd/Prtry/Cd").map(str::to_owned);
    if parts.is_empty() { own() } else { Some(parts.join("/")) }
}

/// Who is on the other side: whom money went to, or from whom it came.
fn other(part: &Element, direction: Direction) -> Option<Party> {
    let role = if direction == Direction::Debit { "Cdtr" } else { "Dbtr" };
    let at = |ends: &[&str]| {
        let paths: Vec<_> = ends.iter().map(|end| format!("RltdPties/{role}{end}")).collect();
        let paths: Vec<_> = paths.iter().map(String::as_str).collect();
        part.text_at_one_of(&paths).map(|text| Zeroizing::new(text.to_owned()))
    };
    let (name, account) = (at(&["/Nm", "/Pty/Nm"]), at(&["Acct/Id/Othr/Id", "Acct/Id/IBAN"]));
    (name.is_some() || account.is_some()).then_some(Party { name, account })
}

/// Every text at these paths, with a space between.
fn texts(element: &Element, paths: &[&str]) -> String {
    let at = |path: &&str| {
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        let parent = if parent.is_empty() { Some(element) } else { element.at(parent) };
        let all = parent.into_iter().flat_map(|parent| &parent.children);
        all.filter(|child| child.name == name).map(|child| child.text.trim()).collect::<Vec<_>>()
    };
    let mut text = paths.iter().flat_map(at).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ");
    // A remark is four lines; what is longer says no more.
    text.truncate(text.floor_char_boundary(4 * KEPT));
    text
}
