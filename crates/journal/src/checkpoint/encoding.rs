//! The small strict parsers that all these formats share: one spelling for each value.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::merkle::Hash;

/// Standard alphabet with padding (RFC 4648 §4).
pub(super) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Refuses anything that [`to_base64`] would not write.
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

pub(super) fn hash_from_base64(text: &str) -> Option<Hash> {
    from_base64(text)?.try_into().ok()
}

/// ASCII decimal without sign or leading zeros.
pub(super) fn number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

pub(super) fn to_hex8(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

/// Eight lower-case hexadecimal digits.
pub(super) fn from_hex8(text: &str) -> Option<[u8; 4]> {
    let id = u32::from_str_radix(text, 16).ok()?.to_be_bytes();
    (to_hex8(id) == text).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_for_each_value() {
        for bad in ["", "+1", "-1", "01", "1 ", "0x1", "18446744073709551616", "1e3"] {
            assert_eq!(number(bad), None, "{bad}");
        }
        assert_eq!((number("0"), number("18446744073709551615")), (Some(0), Some(u64::MAX)));
        for bad in ["QQ", "QQ=", "QR==", "Q Q==", "QQ==\n", "_w=="] {
            assert_eq!(from_base64(bad), None, "{bad}");
        }
        assert_eq!(from_base64("QQ=="), Some(b"A".to_vec()));
        assert_eq!(from_hex8("0a0b0c0d"), Some([10, 11, 12, 13]));
        for bad in ["0A0B0C0D", "a0b0c0d", "+a0b0c0d", "00a0b0c0d"] {
            assert_eq!(from_hex8(bad), None, "{bad}");
        }
    }
}
