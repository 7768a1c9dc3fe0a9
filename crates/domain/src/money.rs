//! Exact amounts with their currency.
//!
//! On the wire `{"currency":"IDR","value":"600000.00"}`: a string with exactly the currency's digits. Inside,
//! a count of minor units. There is no float here, and no arithmetic that can wrap, round or mix currencies.

use crate::object::Object;
use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// Currencies of ISO 4217 by their number of decimal digits; funds, metals and testing codes are left out.
const WITHOUT_DECIMALS: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
const WITH_TWO: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD \
     CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG \
     HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR \
     MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP \
     SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG";
const WITH_THREE: &str = "BHD IQD JOD KWD LYD OMR TND";

/// The largest amount, in minor units: 17 digits.
const LARGEST: i64 = 99_999_999_999_999_999;

/// A currency of ISO 4217 with the number of digits after its decimal point.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: [u8; 3],
    digits: u8,
}

impl Currency {
    /// Indonesian rupiah, written with two digits.
    pub const IDR: Self = Self { code: *b"IDR", digits: 2 };

    /// Finds a currency by its ISO 4217 code.
    ///
    /// # Errors
    /// When the code is not in the list.
    pub fn new(code: &str) -> Result<Self, MoneyError> {
        if code == "IDR" {
            return Ok(Self::IDR);
        }
        let listed = |list: &str| list.split(' ').any(|each| each == code);
        let digits = [(WITHOUT_DECIMALS, 0), (WITH_TWO, 2), (WITH_THREE, 3)]
            .into_iter()
            .find_map(|(list, digits)| listed(list).then_some(digits))
            .ok_or_else(|| MoneyError::Currency { found: code.chars().take(12).collect() })?;
        let code = code.as_bytes().try_into().map_err(|_| MoneyError::Currency { found: code.into() })?;
        Ok(Self { code, digits })
    }

    /// Codes of the currencies that have not two digits, with their number of digits.
    pub fn without_two_digits() -> impl Iterator<Item = (&'static str, u8)> {
        let of = |list: &'static str, digits| list.split(' ').map(move |code| (code, digits));
        of(WITHOUT_DECIMALS, 0).chain(of(WITH_THREE, 3))
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        // Only ASCII is ever stored.
        std::str::from_utf8(&self.code).unwrap_or("???")
    }

    /// Digits after the decimal point: 0, 2 or 3.
    pub fn digits(&self) -> u8 {
        self.digits
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(crate::text::Parsed("currency", Self::new))
    }
}

/// Why a text is not an amount, or a sum cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not in the list of ISO 4217.
    #[error("unknown currency {found:?}: use a code of ISO 4217, such as IDR")]
    Currency {
        /// What was given.
        found: String,
    },
    /// Not digits with exactly the currency's decimals.
    #[error(
        "{found:?} is not an amount in {currency}: write digits with exactly {digits} decimals, such as {example:?}"
    )]
    Grammar {
        /// What was given.
        found: String,
        /// The currency it was read in.
        currency: Currency,
        /// Digits that the currency has.
        digits: u8,
        /// A well-formed amount.
        example: &'static str,
    },
    /// Beyond 17 digits, or a sum beyond the range.
    #[error("the amount is too large: at most 17 digits are kept")]
    Large,
    /// Two currencies in one sum.
    #[error("{left} and {right} cannot be summed")]
    Mixed {
        /// Currency of the first amount.
        left: Currency,
        /// Currency of the second amount.
        right: Currency,
    },
}

/// An exact amount of one currency, counted in its minor unit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money {
    currency: Currency,
    minor: i64,
}

impl Money {
    /// An amount of `minor` units: for IDR, hundredths of a rupiah. A sum beyond the 17 digits that a line can have
    /// is the largest that fits, so that whatever is written can be read.
    pub fn of_minor(minor: i64, currency: Currency) -> Self {
        Self { currency, minor: minor.clamp(-LARGEST, LARGEST) }
    }

    /// Nothing, in `currency`.
    pub fn zero(currency: Currency) -> Self {
        Self::of_minor(0, currency)
    }

    /// Reads `-?(0|[1-9][0-9]*)` with exactly the currency's decimals. Nothing else: no sign `+`, no exponent,
    /// no separator, no missing or surplus digit.
    ///
    /// # Errors
    /// When the text is not of this grammar, or has more than 17 digits.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let grammar = || MoneyError::Grammar {
            found: text.chars().take(40).collect(),
            currency,
            digits: currency.digits,
            example: match currency.digits {
                0 => "600000",
                3 => "600000.000",
                _ => "600000.00",
            },
        };
        let (negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, decimals) = match currency.digits {
            0 => (unsigned, ""),
            _ => unsigned.split_once('.').ok_or_else(grammar)?,
        };
        let only_digits = whole.bytes().chain(decimals.bytes()).all(|b| b.is_ascii_digit());
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if whole.is_empty() || !only_digits || leading_zero || decimals.len() != usize::from(currency.digits)
        {
            return Err(grammar());
        }
        if whole.len() + decimals.len() > 17 {
            return Err(MoneyError::Large);
        }
        let count =
            whole.bytes().chain(decimals.bytes()).fold(0_i64, |sum, b| sum * 10 + i64::from(b - b'0'));
        if negative && count == 0 {
            return Err(grammar());
        }
        Ok(Self { currency, minor: if negative { -count } else { count } })
    }

    /// The count of minor units.
    pub fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// True above zero.
    pub fn is_positive(self) -> bool {
        self.minor > 0
    }

    /// The amount as a decimal number.
    pub fn decimal(self) -> Decimal {
        Decimal::new(self.minor, u32::from(self.currency.digits))
    }

    /// Sum, refused beyond the range or across currencies.
    ///
    /// # Errors
    /// When the currencies differ, or the sum is beyond the range.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed { left: self.currency, right: other.currency });
        }
        let sum = self.minor.checked_add(other.minor);
        let minor = sum.filter(|sum| (-LARGEST..=LARGEST).contains(sum)).ok_or(MoneyError::Large)?;
        Ok(Self { currency: self.currency, minor })
    }

    /// The amount as on the wire: only digits, a point and a sign.
    pub fn text(self) -> String {
        let digits = usize::from(self.currency.digits);
        let sign = if self.minor < 0 { "-" } else { "" };
        let count = self.minor.unsigned_abs();
        if digits == 0 {
            return format!("{sign}{count}");
        }
        let unit = 10_u64.pow(u32::from(self.currency.digits));
        format!("{sign}{}.{:0digits$}", count / unit, count % unit)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, self.text())
    }
}

/// For people: `Rp3,550,000` or `USD 12.50`, with decimals only where they are not zero in rupiah.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text();
        let (sign, unsigned) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
        let (whole, decimals) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let mut grouped = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let rupiah = self.currency == Currency::IDR;
        if !(decimals.is_empty() || rupiah && decimals == "00") {
            grouped = format!("{grouped}.{decimals}");
        }
        f.pad(&if rupiah {
            format!("{sign}Rp{grouped}")
        } else {
            format!("{sign}{} {grouped}", self.currency)
        })
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire { currency: self.currency, value: self.text().into() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(Object(deserializer))?;
        Self::parse(&wire.value, wire.currency).map_err(D::Error::custom)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    currency: Currency,
    #[serde(borrow)]
    value: Cow<'a, str>,
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Currency {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Currency".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let codes = [WITHOUT_DECIMALS, WITH_TWO, WITH_THREE].join("|").replace(' ', "|");
        schemars::json_schema!({
            "type": "string", "description": "A code of ISO 4217.", "pattern": format!("^({codes})$")
        })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Money {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Money".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let of = |codes: &str, value: &str| {
            serde_json::json!({
                "properties": {
                    "currency": { "pattern": format!("^({})$", codes.replace(' ', "|")) },
                    "value": { "pattern": value }
                }
            })
        };
        schemars::json_schema!({
            "type": "object", "additionalProperties": false, "required": ["currency", "value"],
            "description": "An exact amount: digits with exactly the decimals of its ISO 4217 currency.",
            "properties": { "currency": { "type": "string" }, "value": { "type": "string" } },
            "anyOf": [
                of(WITHOUT_DECIMALS, "^(0|-?[1-9][0-9]{0,16})$"),
                of(WITH_TWO, "^(0\\.[0-9]{2}|-0\\.(0[1-9]|[1-9][0-9])|-?[1-9][0-9]{0,14}\\.[0-9]{2})$"),
                of(WITH_THREE, "^(0\\.[0-9]{3}|-0\\.([0-9]{2}[1-9]|[0-9][1-9]0|[1-9]00)|-?[1-9][0-9]{0,13}\\.[0-9]{3})$")
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_grammar_is_strict() {
        let idr = |text| Money::parse(text, Currency::IDR);
        assert_eq!(idr("600000.00").unwrap().minor(), 60_000_000);
        assert_eq!(idr("-0.01").unwrap().minor(), -1);
        for text in [
            "", "1", "1.0", "1.000", "01.00", "+5.00", "1e3", "1_000.00", "1,000.00", " 1.00", "-0.00",
            ".50", "NaN", "٣.00",
        ] {
            assert!(matches!(idr(text), Err(MoneyError::Grammar { .. })), "{text:?}");
        }
        assert_eq!(idr("9999999999999999.00"), Err(MoneyError::Large));
        assert_eq!(Money::parse("12", Currency::new("JPY").unwrap()).unwrap().minor(), 12);
        assert_eq!(Money::parse("1.250", Currency::new("KWD").unwrap()).unwrap().minor(), 1250);
        assert!(Currency::new("XXX").is_err());
    }

    #[test]
    fn a_number_is_not_an_amount() {
        for text in
            [r#"{"currency":"IDR","value":0.1}"#, r#"{"currency":"IDR","value":1}"#, "600000", r#""1.00""#]
        {
            assert!(serde_json::from_str::<Money>(text).is_err(), "{text}");
        }
        assert!(serde_json::from_str::<Money>(r#"{"currency":"IDR","value":"1.00","x":1}"#).is_err());
        assert!(
            serde_json::from_str::<Money>(r#"{"currency":"IDR","value":"1.00","value":"2.00"}"#).is_err()
        );
    }

    #[test]
    fn sums_beyond_seventeen_digits_can_still_be_read_back() {
        let most = Money::of_minor(i64::MAX, Currency::IDR);
        assert_eq!(Money::parse(&most.text(), Currency::IDR), Ok(most));
        assert_eq!(most.plus(Money::of_minor(1, Currency::IDR)), Err(MoneyError::Large));
        let yen = Money::zero(Currency::new("JPY").unwrap());
        assert!(matches!(most.plus(yen), Err(MoneyError::Mixed { .. })));
    }

    #[test]
    fn people_read_grouped_amounts() {
        assert_eq!(Money::of_minor(355_000_000, Currency::IDR).to_string(), "Rp3,550,000");
        assert_eq!(Money::of_minor(-1_050, Currency::new("USD").unwrap()).to_string(), "-USD 10.50");
    }

    proptest! {
        #[test]
        fn text_round_trips(minor in -99_999_999_999_999_999_i64..=99_999_999_999_999_999, which in 0_usize..3) {
            let currency = Currency::new(["IDR", "JPY", "KWD"][which]).unwrap();
            let money = Money::of_minor(minor, currency);
            prop_assert_eq!(Money::parse(&money.text(), currency).unwrap(), money);
            prop_assert_eq!(money.decimal().to_string(), money.text());
        }
    }
}
