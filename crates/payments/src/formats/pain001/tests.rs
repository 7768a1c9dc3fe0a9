//! What is written, byte for byte, and what is refused.

use super::{WriteError, write};
use crate::end_to_end::{EndToEndId, Payment};
use crate::formats::xml::{Element, Elements, Step};
use crate::instruction::{Heading, Instruction, Payee, Payer};
use jejak_domain::ids::{BenefitCode, ParticipantId, PartyCode, ProgrammeCode};
use jejak_domain::money::{Currency, Money};
use jejak_domain::time::{Day, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

fn idr(minor: i64) -> Money {
    Money::of_minor(minor, Currency::new("IDR").unwrap())
}

fn instruction(number: u128, holder: &str) -> Instruction {
    let payment = Payment {
        participant: ParticipantId(Uuid::from_u128(0x0192_f0c1_7a00_7000_8000_0000_0000_0000 | number)),
        programme: ProgrammeCode::new("prakerja-2020").unwrap(),
        benefit: BenefitCode::new("incentive").unwrap(),
        number: 1,
        attempt: 1,
    };
    let payee = Payee {
        holder: holder.to_owned().into(),
        account: format!("70000{number:05}").into(),
        bic: (number == 2).then(|| "CENAIDJA".to_owned()),
    };
    Instruction { reference: EndToEndId::of(&payment), amount: idr(60_000_000), payee }
}

fn heading(count: u64, total: i64) -> Heading {
    Heading {
        message: "R-2021-04-03-1".to_owned(),
        released: Timestamp::parse("2021-04-02T03:04:05.678Z").unwrap(),
        pay_on: Day::parse("2021-04-03").unwrap(),
        count,
        total: idr(total),
        partner: PartyCode::new("bni").unwrap(),
        payer: Payer {
            name: "Dana Contoh & Kawan".to_owned(),
            account: "0012345678".to_owned(),
            bic: "BNINIDJA".to_owned(),
        },
    }
}

fn written(heading: &Heading, instructions: Vec<Instruction>) -> Result<String, WriteError> {
    let mut out = Vec::new();
    write(heading, instructions, &mut out).map(|()| String::from_utf8(out).unwrap())
}

#[test]
fn a_file_is_written_as_before() {
    let text =
        written(&heading(2, 120_000_000), vec![instruction(1, "Contoh <Satu>"), instruction(2, "Contoh É")]);
    let text = text.unwrap();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/formats/pain001/sample.xml"), &text)
            .unwrap();
    }
    assert_eq!(text, include_str!("sample.xml"));
}

#[test]
fn a_file_that_is_not_whole_is_an_error() {
    for heading in [heading(2, 60_000_000), heading(1, 60_000_001), heading(0, 0)] {
        let told = written(&heading, vec![instruction(1, "Contoh")]).unwrap_err();
        assert!(
            matches!(&told, WriteError::Totals { .. }) && told.to_string().contains("do not send"),
            "{told}"
        );
    }
}

#[test]
fn what_does_not_fit_is_refused_and_only_names_are_cut() {
    let long = "É".repeat(141);
    let text = written(&heading(1, 60_000_000), vec![instruction(1, &long)]).unwrap();
    assert!(text.contains(&format!("<Nm>{}</Nm>", "É".repeat(140))), "{text}");
    for holder in ["", " ", "NNN\nb", "NNN\u{ffff}"] {
        let told = written(&heading(1, 60_000_000), vec![instruction(1, holder)]).unwrap_err().to_string();
        assert!(told.contains("Cdtr/Nm") && !told.contains("NNN"), "{told}");
    }
    for code in ["BNINIDJ", "bninidja", "BNIN1DJA", "BNINIDJAXX"] {
        let mut heading = heading(1, 60_000_000);
        heading.payer.bic = code.to_owned();
        let told = written(&heading, vec![instruction(1, "Contoh")]).unwrap_err().to_string();
        assert!(told.contains("BICFI"), "{told}");
    }
    let mut heading = heading(1, 60_000_000);
    heading.message = "M".repeat(36);
    assert!(written(&heading, vec![instruction(1, "Contoh")]).unwrap_err().to_string().contains("MsgId"));
}

/// A written file as one element, by the reader that reads what banks send.
fn parsed(text: &str) -> Element {
    let mut elements = Elements::new(text.as_bytes());
    let Step::Open(document) = elements.step().unwrap() else { panic!("{text}") };
    elements.whole(document).unwrap()
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(holders in prop::collection::vec("[ -~À-ſ]{1,60}[a-z]", 0..8), repeat: bool) {
        let instructions: Vec<_> = (1..).zip(&holders).map(|(number, holder)| instruction(number, holder)).collect();
        let count = u64::try_from(holders.len()).unwrap();
        let heading = heading(count, 60_000_000 * i64::try_from(count).unwrap());
        let text = written(&heading, instructions.clone()).unwrap();
        if repeat {
            prop_assert_eq!(&written(&heading, instructions.clone()).unwrap(), &text);
        }
        let document = parsed(&text);
        let batch = document.at("CstmrCdtTrfInitn/PmtInf").unwrap();
        let header = document.at("CstmrCdtTrfInitn/GrpHdr").unwrap();
        for totals in [batch, header] {
            prop_assert_eq!(totals.text_at("NbOfTxs").map(str::to_owned), Some(count.to_string()));
            prop_assert_eq!(totals.text_at("CtrlSum").map(str::to_owned), Some(heading.total.text().clone()));
        }
        let found: Vec<_> = batch.children.iter().filter(|child| child.name == "CdtTrfTxInf").collect();
        prop_assert_eq!(found.len(), instructions.len());
        for (found, Instruction { reference, amount, payee }) in found.into_iter().zip(&instructions) {
            prop_assert_eq!(found.text_at("PmtId/EndToEndId"), Some(reference.as_str()));
            prop_assert_eq!(found.text_at("RmtInf/Ustrd"), Some(reference.as_str()));
            prop_assert_eq!(found.text_at("Amt/InstdAmt").map(str::to_owned), Some(amount.text().clone()));
            prop_assert_eq!(found.at("Amt/InstdAmt").unwrap().attribute("Ccy"), Some("IDR"));
            prop_assert_eq!(found.text_at("Cdtr/Nm"), Some(payee.holder.trim()));
            prop_assert_eq!(found.text_at("CdtrAcct/Id/Othr/Id"), Some(payee.account.as_str()));
            prop_assert_eq!(found.text_at("CdtrAgt/FinInstnId/BICFI"), payee.bic.as_deref());
        }
    }
}
