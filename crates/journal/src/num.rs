//! Integer conversions that lose nothing, and the reader for little-endian fields.
//!
//! They stand here so that `as` appears nowhere else.

const _: () = assert!(usize::BITS == 64, "the journal is built for 64-bit machines only");

#[expect(clippy::as_conversions, reason = "usize has 64 bits, asserted above")]
pub(crate) const fn u64_of(n: usize) -> u64 {
    n as u64
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "usize has 64 bits, asserted above"
)]
pub(crate) const fn usize_of(n: u64) -> usize {
    n as usize
}

#[expect(clippy::as_conversions, reason = "u32 is narrower than usize")]
pub(crate) const fn usize_of_u32(n: u32) -> usize {
    n as usize
}

/// For lengths that a limit already keeps below 2³²; a broken limit shows as a refused frame, never as a wrong one.
pub(crate) fn u32_of(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Takes fields from the front of a byte string; `None` once it is too short.
pub(crate) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(n)?;
        self.0 = tail;
        Some(head)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }
}
