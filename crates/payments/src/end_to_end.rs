//! The reference of a payment: it says whose it is, so that a line of a bank is enough to find its reason.

use arrayvec::ArrayString;
use jejak_domain::ids::{BenefitCode, ParticipantId, ProgrammeCode};
use sha2::{Digest as _, Sha256};
use std::fmt;
use uuid::Uuid;

/// Digits and letters without those that are mistaken for others (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Letters for the participant: 128 bits in groups of five.
const PARTICIPANT: usize = 26;

/// Letters for programme and benefit.
const RIGHT: usize = 5;

/// Which payment: one attempt at one instalment of one benefit of one card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Payment {
    /// Whose.
    pub participant: ParticipantId,
    /// Under which programme.
    pub programme: ProgrammeCode,
    /// Which benefit.
    pub benefit: BenefitCode,
    /// Number of the instalment, from 1.
    pub number: u8,
    /// From 1.
    pub attempt: u8,
}

/// `EndToEndId` (ISO 20022, at most 35 characters): 26 letters of the participant, 5 of programme and benefit, 2 of the
/// instalment's number, 2 of the attempt. No two payments have the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndToEndId(ArrayString<35>);

/// What a reference says by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// Whose payment it is.
    pub participant: ParticipantId,
    /// Number of the instalment, from 1.
    pub number: u8,
    /// From 1.
    pub attempt: u8,
}

impl EndToEndId {
    /// The reference of a payment.
    pub fn of(payment: &Payment) -> Self {
        let mut text = ArrayString::new();
        push(&mut text, payment.participant.0.as_u128(), PARTICIPANT);
        push(&mut text, right(payment).into(), RIGHT);
        push(&mut text, payment.number.into(), 2);
        push(&mut text, payment.attempt.into(), 2);
        Self(text)
    }

    /// Reads one that came back. Banks write it in small letters too, and some leave the end out: that is none.
    pub fn parse(text: &str) -> Option<Self> {
        let upper = text.trim().to_ascii_uppercase();
        let id = Self(ArrayString::from(&upper).ok().filter(|text| text.len() == text.capacity())?);
        id.said().map(|_| id)
    }

    /// What it says; none where it is not of this form.
    pub fn said(&self) -> Option<Said> {
        let (participant, rest) = self.0.split_at_checked(PARTICIPANT)?;
        let (right, rest) = rest.split_at_checked(RIGHT)?;
        number(right)?;
        let (instalment, attempt) = rest.split_at_checked(2)?;
        let participant = number(participant)?;
        let (instalment, attempt) = (number(instalment)?, number(attempt)?);
        Some(Said {
            participant: ParticipantId(Uuid::from_u128(participant)),
            number: u8::try_from(instalment).ok()?,
            attempt: u8::try_from(attempt).ok()?,
        })
    }

    /// True when it is the reference of this payment.
    pub fn is_of(&self, payment: &Payment) -> bool {
        *self == Self::of(payment)
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// 25 bits of programme and benefit: a person has few of them, and their full names are compared where it matters.
fn right(payment: &Payment) -> u32 {
    let digest = Sha256::digest(format!("{}/{}", payment.programme, payment.benefit));
    digest.iter().take(4).fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) >> 7
}

fn push(text: &mut ArrayString<35>, value: u128, letters: usize) {
    for place in (0..letters).rev() {
        let digit = usize::try_from((value >> (5 * place)) & 31).unwrap_or_default();
        text.push(LETTERS.get(digit).copied().map_or('0', char::from));
    }
}

fn number(text: &str) -> Option<u128> {
    text.bytes().try_fold(0_u128, |number, letter| {
        let digit = LETTERS.iter().position(|each| *each == letter)?;
        number.checked_mul(32)?.checked_add(u128::try_from(digit).ok()?)
    })
}

impl fmt::Display for EndToEndId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for EndToEndId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn payment(participant: u128, number: u8, attempt: u8) -> Payment {
        Payment {
            participant: ParticipantId(Uuid::from_u128(participant)),
            programme: ProgrammeCode::new("prakerja-2020").unwrap(),
            benefit: BenefitCode::new("incentive").unwrap(),
            number,
            attempt,
        }
    }

    #[test]
    fn a_reference_is_written_as_before() {
        let id = EndToEndId::of(&payment(0x0192_f0c1_7a00_7000_8000_0000_0000_0001, 1, 2));
        assert_eq!(id.as_str().len(), 35);
        assert_eq!(id.as_str(), "01JBRC2YG0E008000000000001ETHB40102");
    }

    proptest! {
        #[test]
        fn a_reference_says_whose_payment_it_is(participant: u128, number: u8, attempt: u8) {
            let payment = payment(participant, number, attempt);
            let id = EndToEndId::of(&payment);
            let said = Said { participant: payment.participant, number, attempt };
            prop_assert_eq!(id.said(), Some(said));
            let lower = format!(" {} ", id.as_str().to_lowercase());
            prop_assert_eq!(EndToEndId::parse(&lower), Some(id));
            prop_assert!(id.is_of(&payment));
            let other = Payment { programme: ProgrammeCode::new("other").unwrap(), ..payment };
            prop_assert!(!id.is_of(&other));
        }

        #[test]
        fn what_is_no_reference_is_none(text in "[0-9A-Za-z]{0,40}") {
            if let Some(id) = EndToEndId::parse(&text) {
                prop_assert_eq!(id.as_str(), text.trim().to_uppercase());
            }
        }
    }
}
