//! Numbers of persons in words that somebody chose: a net at the door, not a proof.
//!
//! A key, a purpose or a document number stays for ever. What looks like a resident's number (NIK, or the KK of a family
//! card: region, day and month, year, serial; Permendagri 73/2022) or like a mobile phone is stopped before it is written. A
//! number in letters, or in a disguise, is not seen; digits of hashes and UUIDs are left alone.

/// Digits of a NIK or KK.
const RESIDENT_DIGITS: usize = 16;
/// Digits that are written together where somebody separates a NIK: 32.73.01.410190.0001.
const GROUP_DIGITS: usize = 6;

/// Least digits that are written together where somebody separates a phone number: 0812-0000-111.
const PHONE_GROUP_DIGITS: usize = 3;

/// Whether a text holds what looks like a NIK or KK, also with dots or hyphens in it.
pub fn holds_resident_number(text: &str) -> bool {
    runs(text).into_iter().any(|groups| {
        let alone = groups.iter().any(|group| group.len() == RESIDENT_DIGITS && is_resident(group));
        alone || (0..groups.len()).any(|first| separated(groups.get(first..).unwrap_or_default()))
    })
}

/// Whether a text holds what looks like a mobile phone's number of Indonesia: `08…` or `628…`.
pub fn holds_phone(text: &str) -> bool {
    runs(text).iter().any(|groups| {
        // Shorter groups are those of a date: 08-2021-09-14.
        if groups.iter().any(|group| group.len() < PHONE_GROUP_DIGITS) {
            return false;
        }
        let digits = groups.concat();
        let national = digits.strip_prefix("62").or_else(|| digits.strip_prefix('0'));
        national.is_some_and(|rest| rest.starts_with('8') && (9..=12).contains(&rest.len()))
    })
}

/// Whether some groups from the first on are together one number.
fn separated(groups: &[&str]) -> bool {
    let mut digits = String::new();
    for group in groups.iter().take_while(|group| group.len() <= GROUP_DIGITS) {
        digits.push_str(group);
        if digits.len() >= RESIDENT_DIGITS {
            break;
        }
    }
    digits.len() == RESIDENT_DIGITS && is_resident(&digits)
}

/// Region 11 to 97, day 1 to 31 (a woman's plus 40), month 1 to 12.
fn is_resident(digits: &str) -> bool {
    let part = |from: usize| digits.get(from..from + 2).and_then(|part| part.parse::<u8>().ok());
    part(0).is_some_and(|region| (11..=97).contains(&region))
        && part(6).is_some_and(|day| (1..=31).contains(&day) || (41..=71).contains(&day))
        && part(8).is_some_and(|month| (1..=12).contains(&month))
}

/// Digits with single dots or hyphens between them, as groups. What touches a hexadecimal letter is a hash, and UUIDs are
/// passed over.
fn runs(text: &str) -> Vec<Vec<&str>> {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let is_hex = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_hexdigit);
    let (mut runs, mut groups, mut at) = (Vec::new(), Vec::new(), 0);
    while at < bytes.len() {
        if let Some(end) = end_of_uuid(text, at) {
            runs.push(std::mem::take(&mut groups));
            at = end;
            continue;
        }
        let start = at;
        while is_digit(at) {
            at += 1;
        }
        if at == start {
            at += 1;
            continue;
        }
        if !is_hex(start.checked_sub(1)) && !is_hex(Some(at)) {
            groups.extend(text.get(start..at));
        }
        let goes_on = matches!(bytes.get(at), Some(b'.' | b'-')) && is_digit(at + 1);
        if !goes_on || is_hex(Some(at)) {
            runs.push(std::mem::take(&mut groups));
        }
    }
    runs.push(groups);
    runs
}

fn end_of_uuid(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes.get(start + 8) != Some(&b'-') || bytes.get(start + 13) != Some(&b'-') {
        return None;
    }
    let end = start + 36;
    let uuid = text.get(start..end)?.to_ascii_lowercase();
    crate::subject::uuid(&uuid).map(|_| end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_persons_are_seen_in_words_and_with_separators() {
        for text in [
            "3273014101900000",
            "NIK-3273014101900000",
            "nik3273014101900000",
            "nik_3273014101900000:2",
            "32.73.01.410190.0000",
            "327301-410190-0000",
            "case-2021-3273-0141-0190-0000",
            "2021-3273014101900000-b",
            r#"{"reference":"3273014101900000"}"#,
        ] {
            assert!(holds_resident_number(text), "{text}");
        }
        for text in ["hp-628120000111", "08120000111", "0812-0000-1111", "wa_6281200001111"] {
            assert!(holds_phone(text), "{text}");
        }
    }

    #[test]
    fn numbers_of_documents_hashes_and_ids_are_left_alone() {
        for text in [
            "r-1",
            "T-2021-17",
            "payout-complaint",
            // SP2D, SPM, NTPN, DIPA.
            "210331302003042",
            "210331302000042",
            "00042/SPM/2021",
            "0A1B2C3D4E5F6789",
            "DIPA-023.13.1.350534-2021",
            // No month 90, no region 00.
            "3273014190010000",
            "0073014101900000",
            "0192f0c1-7a00-7000-8000-000000000001",
            "11111111-1111-1111-8111-081234567890",
            "r-11111111-1111-1111-8111-081234567890",
            "c3273014101900000",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "2021-03-30T02:00:00.000Z",
            "hand-08-2021-09-14",
            r#"{"amount":{"currency":"IDR","value":"3600000000000000.00"}}"#,
        ] {
            assert!(!holds_resident_number(text) && !holds_phone(text), "{text}");
        }
    }
}
