//! The instalments and purchases of one entitlement, packed into one run of bytes: there are millions of them, most
//! are never looked at again, and as structs they would be most of the memory in use.
//!
//! Numbers take as many bytes as they need (LEB128, signed ones in zigzag), so nothing is ever cut off. Records are
//! taken out as values and put back changed.

use super::{Instalment, InstalmentPhase, Purchase};
use crate::ids::PurchaseCode;
use crate::time::Day;
use arrayvec::ArrayVec;

/// An instalment has at most 30 bytes, a purchase 60.
type Bytes = ArrayVec<u8, 64>;

/// The first byte of an instalment is its phase; that of a purchase has this bit and one for each step.
const PURCHASE: u8 = 0x80;

/// Days are counted from here, 2019-04-14: two bytes for any day within twenty years.
const ORIGIN: i64 = 18_000;

#[derive(Clone, Copy, Debug)]
pub(super) enum Record {
    Instalment(Instalment),
    Purchase(Purchase),
}

impl Record {
    /// True when both are the same instalment, or the same purchase, in whatever state.
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Instalment(one), Self::Instalment(two)) => {
                (one.benefit, one.number) == (two.benefit, two.number)
            }
            (Self::Purchase(one), Self::Purchase(two)) => one.code == two.code,
            _ => false,
        }
    }

    fn pack(&self) -> Bytes {
        let mut bytes = Bytes::new();
        match self {
            Self::Instalment(each) => {
                bytes.extend([
                    phase_byte(each.phase),
                    each.benefit,
                    each.number,
                    each.attempts,
                    each.arrived,
                ]);
                // The number that stands for none becomes the shortest.
                put(&mut bytes, each.partner.wrapping_add(1).into());
                put(&mut bytes, each.put_off_days.into());
                put_day(&mut bytes, each.pay_on);
                put(&mut bytes, zigzag(each.open));
            }
            Self::Purchase(each) => {
                let code = each.code.as_str().as_bytes();
                // A code has at most 24 bytes.
                bytes.extend([PURCHASE | steps_byte(each), u8::try_from(code.len()).unwrap_or_default()]);
                bytes.extend(code.iter().copied());
                put(&mut bytes, zigzag(each.price));
                put(&mut bytes, each.attended.into());
                put(&mut bytes, each.course.into());
                put(&mut bytes, each.platform.into());
                put_day(&mut bytes, each.bought);
            }
        }
        bytes
    }

    /// The record at the beginning of `bytes`, which then begin after it.
    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        let first = take(bytes)?;
        if first & PURCHASE == 0 {
            let phase = *InstalmentPhase::ALL.get(usize::from(first))?;
            let [benefit, number, attempts, arrived] =
                [take(bytes)?, take(bytes)?, take(bytes)?, take(bytes)?];
            let partner = u16::try_from(number_in(bytes)?).ok()?.wrapping_sub(1);
            let put_off_days = u16::try_from(number_in(bytes)?).ok()?;
            let (pay_on, open) = (day_in(bytes)?, unzigzag(number_in(bytes)?));
            return Some(Self::Instalment(Instalment {
                open,
                pay_on,
                put_off_days,
                benefit,
                number,
                phase,
                attempts,
                arrived,
                partner,
            }));
        }
        let length = usize::from(take(bytes)?);
        let (code, rest) = bytes.split_at_checked(length)?;
        *bytes = rest;
        let step = |bit: u8| first & bit != 0;
        Some(Self::Purchase(Purchase {
            code: PurchaseCode::new(std::str::from_utf8(code).ok()?).ok()?,
            price: unzigzag(number_in(bytes)?),
            attended: u32::try_from(number_in(bytes)?).ok()?,
            course: u32::try_from(number_in(bytes)?).ok()?,
            platform: u16::try_from(number_in(bytes)?).ok()?,
            bought: day_in(bytes)?,
            cancelled: step(1),
            redeemed: step(2),
            completed: step(4),
            certified: step(8),
            rated: step(16),
            settled: step(32),
            expired: step(64),
        }))
    }
}

fn phase_byte(phase: InstalmentPhase) -> u8 {
    let place = InstalmentPhase::ALL.iter().position(|each| *each == phase);
    // There are seven phases, and each is in the list of all.
    place.and_then(|place| u8::try_from(place).ok()).unwrap_or_default()
}

fn steps_byte(purchase: &Purchase) -> u8 {
    let Purchase { cancelled, redeemed, completed, certified, rated, settled, expired, .. } = *purchase;
    let steps = [cancelled, redeemed, completed, certified, rated, settled, expired];
    steps.into_iter().rev().fold(0, |bits, step| bits << 1 | u8::from(step))
}

fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63).cast_unsigned()
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

fn put(bytes: &mut Bytes, mut number: u64) {
    while number >= 0x80 {
        bytes.extend(u8::try_from(number & 0x7f | 0x80));
        number >>= 7;
    }
    bytes.extend(u8::try_from(number));
}

fn put_day(bytes: &mut Bytes, day: Day) {
    put(bytes, zigzag(i64::from(day.number()) - ORIGIN));
}

fn day_in(bytes: &mut &[u8]) -> Option<Day> {
    let number = unzigzag(number_in(bytes)?).checked_add(ORIGIN)?;
    i32::try_from(number).ok().map(Day::from_number)
}

fn take(bytes: &mut &[u8]) -> Option<u8> {
    let (first, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(*first)
}

fn number_in(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = take(bytes)?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// All records of one entitlement, in the order in which they were first put in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Records(Box<[u8]>);

impl Records {
    pub(super) fn iter(&self) -> impl Iterator<Item = Record> {
        let mut rest = &*self.0;
        std::iter::from_fn(move || Record::unpack(&mut rest))
    }

    /// Adds a record at the end.
    pub(super) fn push(&mut self, record: &Record) {
        let end = self.0.len();
        self.replace(end, end, &record.pack());
    }

    /// Puts a record that was taken out back into its place.
    pub(super) fn put_back(&mut self, record: &Record) {
        self.replace_first(|each| each.is(record), record);
    }

    /// Puts a record in the place of the first that `is_it`.
    pub(super) fn replace_first(&mut self, mut is_it: impl FnMut(&Record) -> bool, record: &Record) {
        let mut rest = &*self.0;
        let mut from = 0;
        while let Some(each) = Record::unpack(&mut rest) {
            let until = self.0.len() - rest.len();
            if is_it(&each) {
                return self.replace(from, until, &record.pack());
            }
            from = until;
        }
    }

    fn replace(&mut self, from: usize, until: usize, bytes: &[u8]) {
        let (Some(before), Some(after)) = (self.0.get(..from), self.0.get(until..)) else { return };
        if until - from == bytes.len() {
            if let Some(place) = self.0.get_mut(from..until) {
                place.copy_from_slice(bytes);
            }
            return;
        }
        self.0 = [before, bytes, after].concat().into_boxed_slice();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn instalments() -> impl Strategy<Value = Record> {
        let phases = proptest::sample::select(InstalmentPhase::ALL);
        let small = (any::<[u8; 4]>(), any::<u16>(), any::<u16>());
        (any::<i64>(), any::<i32>(), phases, small).prop_map(|(open, day, phase, small)| {
            let ([benefit, number, attempts, arrived], put_off_days, partner) = small;
            let pay_on = Day::from_number(day);
            Record::Instalment(Instalment {
                open,
                pay_on,
                put_off_days,
                benefit,
                number,
                phase,
                attempts,
                arrived,
                partner,
            })
        })
    }

    fn purchases() -> impl Strategy<Value = Record> {
        let numbers = (any::<i64>(), any::<u32>(), any::<u32>(), any::<u16>(), any::<i32>());
        ("[A-Za-z0-9._:-]{1,24}", numbers, any::<[bool; 7]>()).prop_map(|(code, numbers, steps)| {
            let (price, attended, course, platform, bought) = numbers;
            let [cancelled, redeemed, completed, certified, rated, settled, expired] = steps;
            let code = PurchaseCode::new(&code).unwrap();
            Record::Purchase(Purchase {
                price,
                attended,
                code,
                course,
                platform,
                bought: Day::from_number(bought),
                cancelled,
                redeemed,
                completed,
                certified,
                rated,
                settled,
                expired,
            })
        })
    }

    fn as_they_are(records: &Records) -> Vec<String> {
        records.iter().map(|record| format!("{record:?}")).collect()
    }

    proptest! {
        #[test]
        fn what_was_put_in_comes_out_whole(
            list in proptest::collection::vec(prop_oneof![instalments(), purchases()], 0..12),
            change in any::<(i64, u32, bool)>(),
        ) {
            let mut records = Records::default();
            let mut expected: Vec<Record> = Vec::new();
            for record in &list {
                records.push(record);
                expected.push(*record);
            }
            for at in 0..expected.len() {
                let mut changed = expected[at];
                match &mut changed {
                    Record::Instalment(each) => each.open = change.0,
                    Record::Purchase(each) => {
                        (each.price, each.attended, each.settled) = change;
                    }
                }
                records.put_back(&changed);
                // The first of its kind is the one that is put back.
                let first = expected.iter().position(|each| each.is(&changed)).unwrap();
                expected[first] = changed;
            }
            let text: Vec<String> = expected.iter().map(|record| format!("{record:?}")).collect();
            prop_assert_eq!(as_they_are(&records), text);
        }
    }
}
