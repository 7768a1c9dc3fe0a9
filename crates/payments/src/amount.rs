//! Amounts as banks write them: exact, or refused. Nothing is rounded.

use jejak_domain::money::{Currency, Money};

/// Why a text is no amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not digits with at most one point.
    #[error("{0:?} is no amount: digits with at most one point are expected")]
    Grammar(String),
    /// More decimals than the currency has, and not zeros.
    #[error("{found:?} has more decimals than {currency} has: it would have to be rounded")]
    Inexact {
        /// What was found.
        found: String,
        /// The currency.
        currency: Currency,
    },
    /// More than 17 digits.
    #[error("the amount has more than 17 digits")]
    Large,
}

/// Reads `digits[.digits]`, with decimals missing or beyond the currency's where they are zeros: `100`, `100.00000`.
///
/// # Errors
/// When it is anything else, or would have to be rounded.
pub fn read(text: &str, currency: Currency) -> Result<Money, AmountError> {
    let grammar = || AmountError::Grammar(text.chars().take(40).collect());
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let all_digits = whole.bytes().chain(decimals.bytes()).all(|byte| byte.is_ascii_digit());
    if !all_digits || (whole.is_empty() && decimals.is_empty()) {
        return Err(grammar());
    }
    let digits = usize::from(currency.digits());
    let (kept, beyond) = decimals.split_at_checked(digits).unwrap_or((decimals, ""));
    if beyond.bytes().any(|byte| byte != b'0') {
        return Err(AmountError::Inexact { found: text.chars().take(40).collect(), currency });
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if digits == 0 { "" } else { "." };
    let written = format!("{whole}{point}{kept:0<digits$}");
    Money::parse(&written, currency).map_err(|_| AmountError::Large)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn idr() -> Currency {
        Currency::new("IDR").unwrap()
    }

    #[test]
    fn zeros_may_be_missing_or_too_many_and_nothing_else() {
        for (text, minor) in
            [("100", 10_000), ("100.00000", 10_000), ("0100.5", 10_050), (".50", 50), ("7.", 700)]
        {
            assert_eq!(read(text, idr()).unwrap().minor(), minor, "{text}");
        }
        for text in ["", ".", "-1", "+1", "1e3", "1,00", "1_000", "1 000", "1.2.3", "١"] {
            assert!(matches!(read(text, idr()), Err(AmountError::Grammar(_))), "{text}");
        }
        assert!(matches!(read("1.001", idr()), Err(AmountError::Inexact { .. })));
        assert_eq!(read("1234567890123456.00", idr()), Err(AmountError::Large));
        assert_eq!(read("5.000", Currency::new("JPY").unwrap()).unwrap().minor(), 5);
    }

    proptest! {
        #[test]
        fn what_we_write_is_read(minor in 0_i64..1_000_000_000_000, zeros in 0_usize..4) {
            let money = Money::of_minor(minor, idr());
            let text = format!("{}{}", money.text(), "0".repeat(zeros));
            prop_assert_eq!(read(&text, idr()), Ok(money));
        }

        #[test]
        fn nothing_panics(text in "\\PC{0,40}") {
            let _ = read(&text, idr());
        }
    }
}
