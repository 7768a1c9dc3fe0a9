//! `pain.002`: what a bank answers to a file (ISO 20022, CustomerPaymentStatusReport), of any version from .02 on; and
//! `pacs.004`, what it sends back.

#[cfg(test)]
mod tests;

use crate::amount;
use crate::answer::{OfFile, OfPayment, Piece, Reason, Status};
use crate::formats::xml::{Element, Elements, Step};
use crate::place::{FileError, Place, Unreadable};
use jejak_domain::money::{Currency, Money};
use std::io::BufRead;

/// What is kept of something that cannot be read, in bytes.
const KEPT: usize = 1 << 10;

/// Reads a file, and hands over what it says, piece by piece.
///
/// # Errors
/// When it is another file, or damaged. What was handed over before stands.
pub fn read(file: impl BufRead, mut take: impl FnMut(Piece)) -> Result<(), FileError> {
    let mut elements = Elements::new(file);
    let (mut inside, mut payments) = (false, 0);
    // Of which file the batches are that follow.
    let mut message = None;
    loop {
        let step = elements.step()?;
        let place = Place { entry: payments, ..elements.place() };
        let Step::Open(element) = step else {
            if matches!(step, Step::Close) {
                continue;
            }
            let found = "neither CstmrPmtStsRpt (pain.002) nor PmtRtr (pacs.004) is in it".to_owned();
            return if inside {
                Ok(())
            } else {
                Err(FileError::Other { expected: "answer of a bank", found })
            };
        };
        match element.name.as_str() {
            "CstmrPmtStsRpt" | "PmtRtr" => inside = true,
            "GrpHdr" | "SplmtryData" | "AppHdr" => elements.skip()?,
            "OrgnlGrpInfAndSts" | "OrgnlGrpInf" => {
                let element = elements.whole(element)?;
                message = element.text_at("OrgnlMsgId").map(str::to_owned);
                let of_file = of_file(&element, place, "GrpSts", (&message, &None));
                take(or_unreadable(of_file.map(Piece::File), place, &element));
            }
            "OrgnlPmtInfAndSts" => {
                let (element, first) = elements.until(element, &["TxInfAndSts"])?;
                let batch = element.text_at("OrgnlPmtInfId").map(str::to_owned);
                let of_file = of_file(&element, place, "PmtInfSts", (&message, &batch));
                take(or_unreadable(of_file.map(Piece::File), place, &element));
                if let Some(first) = first {
                    payments += 1;
                    let place = Place { entry: payments, ..elements.place() };
                    let first = elements.whole(first)?;
                    take(or_unreadable(of_payment(&first, place).map(Piece::Payment), place, &first));
                }
            }
            "TxInfAndSts" | "TxInf" => {
                payments += 1;
                let place = Place { entry: payments, ..place };
                let element = elements.whole(element)?;
                take(or_unreadable(of_payment(&element, place).map(Piece::Payment), place, &element));
            }
            // Some banks wrap the document.
            _ if !inside => {}
            _ => elements.skip()?,
        }
    }
}

fn or_unreadable(piece: Result<Piece, String>, place: Place, element: &Element) -> Piece {
    piece.unwrap_or_else(|problem| Piece::Unreadable(Unreadable { place, problem, raw: element.raw(KEPT) }))
}

fn of_file(
    element: &Element,
    place: Place,
    name: &str,
    (message, batch): (&Option<String>, &Option<String>),
) -> Result<OfFile, String> {
    Ok(OfFile {
        place,
        message: message.clone(),
        batch: batch.clone(),
        status: element.text_at(name).map(status).transpose()?,
        reason: reason(element),
    })
}

fn of_payment(element: &Element, place: Place) -> Result<OfPayment, String> {
    let returned = element.at("RtrdIntrBkSttlmAmt");
    let status = match (element.text_at("TxSts"), returned) {
        (Some(code), _) => status(code)?,
        (None, Some(_)) => Status::Returned,
        (None, None) => return Err("the payment has no status (TxSts)".to_owned()),
    };
    let reference = element.text_at("OrgnlEndToEndId").filter(|text| *text != "NOTPROVIDED");
    Ok(OfPayment {
        place,
        end_to_end: reference.map(str::to_owned),
        provider: element.text_at_one_of(&["AcctSvcrRef", "RtrId"]).map(str::to_owned),
        amount: returned.or_else(|| element.at("OrgnlTxRef/Amt/InstdAmt")).map(money).transpose()?,
        status,
        reason: reason(element),
    })
}

fn money(found: &Element) -> Result<Money, String> {
    let code = found.attribute("Ccy").ok_or_else(|| "an amount has no currency".to_owned())?;
    let currency = Currency::new(code).map_err(|problem| problem.to_string())?;
    amount::read(found.text.trim(), currency).map_err(|problem| problem.to_string())
}

/// Codes of the external list of payment statuses (ISO 20022 ExternalPaymentTransactionStatus1Code).
fn status(code: &str) -> Result<Status, String> {
    Ok(match code {
        "RCVD" | "PDNG" | "ACTC" | "ACCP" | "ACWC" | "ACFC" => Status::Pending,
        "ACSP" | "ACSC" | "ACCC" => Status::Accepted,
        "PART" => Status::Partly,
        "RJCT" | "CANC" => Status::Rejected,
        // Nothing is decided by a word that nobody knows.
        other => return Err(format!("the status {other:?} is not known")),
    })
}

fn reason(element: &Element) -> Option<Reason> {
    let of = |name: &str, end: &str| element.text_at(&format!("{name}/{end}")).map(str::to_owned);
    ["StsRsnInf", "RtrRsnInf"].iter().find_map(|name| {
        let code = of(name, "Rsn/Cd").or_else(|| of(name, "Rsn/Prtry"))?;
        Some(Reason { code, text: of(name, "AddtlInf") })
    })
}
