//! Answers of banks, to files and to payments.

use super::read;
use crate::answer::{Piece, Status};
use crate::place::FileError;

const SAMPLE: &str = include_str!("sample.xml");

fn pieces(text: &[u8]) -> (Vec<Piece>, Result<(), FileError>) {
    let mut pieces = Vec::new();
    let read = read(text, |piece| pieces.push(piece));
    (pieces, read)
}

#[test]
fn files_batches_and_payments_have_their_answers() {
    let (pieces, read) = pieces(SAMPLE.as_bytes());
    read.unwrap();
    let [
        Piece::File(file),
        Piece::File(batch),
        Piece::Payment(paid),
        Piece::Payment(refused),
        Piece::Unreadable(odd),
    ] = pieces.as_slice()
    else {
        panic!("{pieces:?}")
    };
    assert_eq!((file.message.as_deref(), file.status), (Some("R-2021-04-03-1"), Some(Status::Partly)));
    assert_eq!((batch.batch.as_deref(), batch.status), (Some("R-2021-04-03-1"), None));
    assert_eq!((paid.status, paid.provider.as_deref()), (Status::Accepted, Some("BNI-1")));
    let reason = refused.reason.as_ref().unwrap();
    assert_eq!(
        (refused.status, reason.code.as_str(), reason.text.as_deref()),
        (Status::Rejected, "AC04", Some("closed"))
    );
    assert_eq!(refused.amount.unwrap().minor(), 60_000_000);
    assert_eq!((paid.place.entry, refused.place.entry, odd.place.entry), (1, 2, 3));
    assert!(odd.problem.contains("WHAT") && odd.raw.starts_with(b"<TxInfAndSts>"), "{odd}");
}

#[test]
fn what_is_sent_back_is_returned_with_its_amount() {
    let text = "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pacs.004.001.11'><PmtRtr><GrpHdr><MsgId>1</MsgId></GrpHdr>\
                <TxInf><RtrId>BNI-R-7</RtrId><OrgnlEndToEndId>01JBRC2YG0E008000000000001ETHB40101</OrgnlEndToEndId>\
                <RtrdIntrBkSttlmAmt Ccy='IDR'>600000.00</RtrdIntrBkSttlmAmt>\
                <RtrRsnInf><Rsn><Cd>AC04</Cd></Rsn></RtrRsnInf></TxInf></PmtRtr></Document>";
    let (pieces, read) = pieces(text.as_bytes());
    read.unwrap();
    let [Piece::Payment(back)] = pieces.as_slice() else { panic!("{pieces:?}") };
    assert_eq!((back.status, back.amount.unwrap().minor()), (Status::Returned, 60_000_000));
    assert_eq!(
        (back.provider.as_deref(), back.reason.as_ref().unwrap().code.as_str()),
        (Some("BNI-R-7"), "AC04")
    );
}

#[test]
fn a_file_that_breaks_off_anywhere_gives_what_it_had() {
    let (all, _) = pieces(SAMPLE.as_bytes());
    for end in 0..SAMPLE.trim_end().len() {
        let (had, read) = pieces(&SAMPLE.as_bytes()[..end]);
        assert!(read.is_err(), "cut at {end}");
        assert!(all.starts_with(&had), "cut at {end}: {had:?}");
    }
    let told = pieces(b"<Document><BkToCstmrStmt></BkToCstmrStmt></Document>").1.unwrap_err();
    assert!(matches!(told, FileError::Other { .. }), "{told}");
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
