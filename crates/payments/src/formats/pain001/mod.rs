//! `pain.001.001.09`: a credit transfer file for a bank (ISO 20022, CustomerCreditTransferInitiationV09).

mod chunks;
#[cfg(test)]
mod tests;

pub use chunks::{Chunk, chunks};

use crate::instruction::{Heading, Instruction};
use jejak_domain::money::{Money, MoneyError};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io::Write;

/// The form's name.
pub const NAME: &str = "pain.001.001.09";

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";

/// Characters that a name may have (`Max140Text`), and a reference or account number (`Max35Text`, `Max34Text`).
const NAME_LIMIT: usize = 140;
const REFERENCE_LIMIT: usize = 35;
const ACCOUNT_LIMIT: usize = 34;

/// Why a file cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// A text does not fit its place, or has a character that no file can hold.
    #[error("{place} of {whose} does not fit a file: {problem}; correct it, and prepare the run again")]
    Text {
        /// Which element.
        place: &'static str,
        /// The payment's reference, or the file's.
        whose: String,
        /// What is wrong, without the text itself: it may be a name.
        problem: String,
    },
    /// Count or sum are not those of the heading: the file is not whole and must not be sent.
    #[error("the file {message} was to have {expected} and has {found}: it is not whole, do not send it")]
    Totals {
        /// Its name.
        message: String,
        /// What was announced.
        expected: String,
        /// What was written.
        found: String,
    },
    /// A sum is too large, or in two currencies.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The system refuses.
    #[error("writing failed: {0}")]
    Io(#[from] std::io::Error),
}

/// Writes one file. The same heading and instructions give the same bytes.
///
/// # Errors
/// When a text does not fit, the totals are not those of the heading, or writing fails. The file must not be sent then.
pub fn write(
    heading: &Heading,
    instructions: impl IntoIterator<Item = Instruction>,
    out: impl Write,
) -> Result<(), WriteError> {
    let mut file = File { writer: Writer::new_with_indent(out, b' ', 1) };
    file.open_document(heading)?;
    let (mut count, mut total) = (0_u64, Money::zero(heading.total.currency()));
    for instruction in instructions {
        file.transaction(&instruction)?;
        count += 1;
        total = total.plus(instruction.amount)?;
    }
    if (count, total) != (heading.count, heading.total) {
        let of = |count, total| format!("{count} payments of {total:?} together");
        let (expected, found) = (of(heading.count, heading.total), of(count, total));
        return Err(WriteError::Totals { message: heading.message.clone(), expected, found });
    }
    file.close(&["PmtInf", "CstmrCdtTrfInitn", "Document"])?;
    let mut out = file.writer.into_inner();
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

/// A file as it is written.
struct File<W: Write> {
    writer: Writer<W>,
}

impl<W: Write> File<W> {
    fn open_document(&mut self, heading: &Heading) -> Result<(), WriteError> {
        let Heading { message, payer, .. } = heading;
        self.writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let document = BytesStart::new("Document").with_attributes([("xmlns", NAMESPACE)]);
        self.writer.write_event(Event::Start(document))?;
        self.open(&["CstmrCdtTrfInitn", "GrpHdr"])?;
        self.text("MsgId", fits("MsgId", message, message, REFERENCE_LIMIT)?)?;
        // Whole seconds: banks refuse fractions.
        let second = heading.released.to_string();
        let second = second.split_once('.').map_or(second.as_str(), |(second, _)| second);
        self.text("CreDtTm", &format!("{second}Z"))?;
        self.totals(heading)?;
        self.open(&["InitgPty"])?;
        self.text("Nm", fits("InitgPty/Nm", cut(&payer.name), message, NAME_LIMIT)?)?;
        self.close(&["InitgPty", "GrpHdr"])?;
        self.open(&["PmtInf"])?;
        // One batch in a file: the file's name is the batch's.
        self.text("PmtInfId", message)?;
        self.text("PmtMtd", "TRF")?;
        self.text("BtchBookg", "true")?;
        self.totals(heading)?;
        self.open(&["ReqdExctnDt"])?;
        self.text("Dt", &heading.pay_on.to_string())?;
        self.close(&["ReqdExctnDt"])?;
        self.open(&["Dbtr"])?;
        self.text("Nm", cut(&payer.name))?;
        self.close(&["Dbtr"])?;
        self.open(&["DbtrAcct"])?;
        self.account(fits("DbtrAcct", &payer.account, message, ACCOUNT_LIMIT)?)?;
        self.text("Ccy", &heading.total.currency().to_string())?;
        self.close(&["DbtrAcct"])?;
        self.agent("DbtrAgt", bic(&payer.bic, message)?)
    }

    fn totals(&mut self, heading: &Heading) -> Result<(), WriteError> {
        self.text("NbOfTxs", &heading.count.to_string())?;
        self.text("CtrlSum", &heading.total.text())
    }

    fn transaction(&mut self, instruction: &Instruction) -> Result<(), WriteError> {
        let Instruction { reference, amount, payee } = instruction;
        let whose = reference.as_str();
        self.open(&["CdtTrfTxInf", "PmtId"])?;
        self.text("EndToEndId", whose)?;
        self.close(&["PmtId"])?;
        self.open(&["Amt"])?;
        let currency = amount.currency().to_string();
        let instructed = self.writer.create_element("InstdAmt").with_attribute(("Ccy", currency.as_str()));
        instructed.write_text_content(BytesText::new(&amount.text()))?;
        self.close(&["Amt"])?;
        if let Some(code) = &payee.bic {
            self.agent("CdtrAgt", bic(code, whose)?)?;
        }
        self.open(&["Cdtr"])?;
        self.text("Nm", fits("Cdtr/Nm", cut(&payee.holder), whose, NAME_LIMIT)?)?;
        self.close(&["Cdtr"])?;
        self.open(&["CdtrAcct"])?;
        self.account(fits("CdtrAcct", &payee.account, whose, ACCOUNT_LIMIT)?)?;
        self.close(&["CdtrAcct"])?;
        // Banks that drop the reference keep the remark: it has the reference too.
        self.open(&["RmtInf"])?;
        self.text("Ustrd", whose)?;
        self.close(&["RmtInf", "CdtTrfTxInf"])
    }

    /// Indonesia has no IBAN: an account is named by its number.
    fn account(&mut self, number: &str) -> Result<(), WriteError> {
        self.open(&["Id", "Othr"])?;
        self.text("Id", number)?;
        self.close(&["Othr", "Id"])
    }

    fn agent(&mut self, name: &str, bic: &str) -> Result<(), WriteError> {
        self.open(&[name, "FinInstnId"])?;
        self.text("BICFI", bic)?;
        self.close(&["FinInstnId", name])
    }

    fn open(&mut self, names: &[&str]) -> Result<(), WriteError> {
        names.iter().try_for_each(|name| self.writer.write_event(Event::Start(BytesStart::new(*name))))?;
        Ok(())
    }

    fn close(&mut self, names: &[&str]) -> Result<(), WriteError> {
        names.iter().try_for_each(|name| self.writer.write_event(Event::End(BytesEnd::new(*name))))?;
        Ok(())
    }

    fn text(&mut self, name: &str, text: &str) -> Result<(), WriteError> {
        self.writer.create_element(name).write_text_content(BytesText::new(text))?;
        Ok(())
    }
}

/// A name as far as it fits. The account number says who is paid; a person with a long name is not left without money.
fn cut(name: &str) -> &str {
    let end = name.char_indices().nth(NAME_LIMIT).map_or(name.len(), |(at, _)| at);
    name.get(..end).unwrap_or(name)
}

/// A text of 1 to `limit` characters, none of them a control character, which XML cannot hold.
fn fits<'a>(place: &'static str, text: &'a str, whose: &str, limit: usize) -> Result<&'a str, WriteError> {
    let length = text.chars().count();
    let problem = if text.trim().is_empty() {
        "it is empty".to_owned()
    } else if length > limit {
        format!("it has {length} characters, and {limit} fit")
    } else if text.chars().any(|each| each.is_control() || matches!(each, '\u{fffe}' | '\u{ffff}')) {
        "it has a control character".to_owned()
    } else {
        return Ok(text);
    };
    Err(WriteError::Text { place, whose: whose.to_owned(), problem })
}

/// 8 or 11 capital letters and digits (ISO 9362).
fn bic<'a>(code: &'a str, whose: &str) -> Result<&'a str, WriteError> {
    let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_uppercase());
    let good = matches!(code.len(), 8 | 11)
        && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && code.get(4..6).is_some_and(letters);
    if good {
        return Ok(code);
    }
    let problem =
        "a BIC has 8 or 11 capital letters and digits, with the country in the fifth and sixth place";
    Err(WriteError::Text { place: "BICFI", whose: whose.to_owned(), problem: problem.to_owned() })
}
