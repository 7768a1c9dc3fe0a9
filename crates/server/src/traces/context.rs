//! Which trace a request belongs to: W3C Trace Context.

use axum::http::HeaderMap;
use std::fmt;

/// The header in which a caller names its trace.
const TRACEPARENT: &str = "traceparent";

/// Names a trace: 16 bytes, never all zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TraceId(pub(super) [u8; 16]);

/// Names a span within its trace: 8 bytes, never all zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SpanId(pub(super) [u8; 8]);

/// What a caller says of its own trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) trace: TraceId,
    pub(super) span: SpanId,
    pub(super) sampled: bool,
}

impl Caller {
    /// Reads the headers. Anything but one well-formed `traceparent` is as if there were none.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(TRACEPARENT).iter();
        let value = values.next()?;
        if values.next().is_some() {
            return None;
        }
        Self::parse(value.as_bytes())
    }

    /// `version-trace-span-flags` in lower-case hex. A version that is not known yet may say more behind another dash.
    fn parse(text: &[u8]) -> Option<Self> {
        let (version, rest) = field::<1>(text)?;
        let (trace, rest) = field::<16>(rest?)?;
        let (span, rest) = field::<8>(rest?)?;
        let ([flags], rest) = field::<1>(rest?)?;
        let known = match version {
            [0] => rest.is_none(),
            [0xff] => false,
            _ => true,
        };
        let named = trace != [0; 16] && span != [0; 8];
        (known && named).then_some(Self {
            trace: TraceId(trace),
            span: SpanId(span),
            sampled: flags & 1 == 1,
        })
    }
}

/// `N` bytes in hex, and what follows them behind a dash.
fn field<const N: usize>(text: &[u8]) -> Option<([u8; N], Option<&[u8]>)> {
    let (digits, rest) = text.split_at_checked(2 * N)?;
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let &[high, low] = pair else { return None };
        *byte = digit(high)? << 4 | digit(low)?;
    }
    match rest.split_first() {
        None => Some((bytes, None)),
        Some((b'-', rest)) => Some((bytes, Some(rest))),
        Some(_) => None,
    }
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

fn hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(f, &self.0)
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(f, &self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn read(text: &str) -> Option<Caller> {
        let mut headers = HeaderMap::new();
        headers.insert(TRACEPARENT, text.parse().unwrap());
        Caller::of(&headers)
    }

    #[test]
    fn a_caller_is_taken_at_its_word() {
        let caller = read(GOOD).unwrap();
        assert_eq!(caller.trace.to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(caller.span.to_string(), "00f067aa0ba902b7");
        assert!(caller.sampled);
        assert!(!read(&GOOD.replace("-01", "-00")).unwrap().sampled);
        assert!(read(&GOOD.replace("-01", "-03")).unwrap().sampled);
        // A later version may say more.
        assert!(read(&(GOOD.replacen("00", "01", 1) + "-more")).is_some());
    }

    #[test]
    fn what_is_not_well_formed_does_not_count() {
        let bad = [
            String::new(),
            GOOD.to_uppercase(),
            format!("{GOOD}-"),
            format!("{GOOD}-00"),
            format!("{GOOD}0"),
            format!(" {GOOD}x"),
            GOOD.replacen("00", "ff", 1),
            GOOD.replacen("00", "0", 1),
            GOOD.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)),
            GOOD.replace("00f067aa0ba902b7", &"0".repeat(16)),
            GOOD.replace("4bf9", "4bg9"),
            GOOD.replace("-01", "-1"),
            GOOD.replace("-01", ""),
            GOOD.replace('-', "_"),
            format!("{GOOD},{GOOD}"),
        ];
        for text in bad {
            assert_eq!(read(&text), None, "{text:?}");
        }
        let mut twice = HeaderMap::new();
        twice.append(TRACEPARENT, GOOD.parse().unwrap());
        twice.append(TRACEPARENT, GOOD.parse().unwrap());
        assert_eq!(Caller::of(&twice), None);
    }
}
