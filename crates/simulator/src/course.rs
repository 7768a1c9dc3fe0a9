//! The courses on sale, and who sells them.

use crate::day::{Day, day};
use crate::line::{Minor, rupiah};
use crate::random::Random;

/// How a course is taught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    SelfPaced,
    Webinar,
    Offline,
    Hybrid,
}

impl Mode {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::SelfPaced => "self-paced",
            Self::Webinar => "webinar",
            Self::Offline => "offline",
            Self::Hybrid => "hybrid",
        }
    }
}

/// One course.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Course {
    /// Its place in the list, from 0, and its code `k` plus that number.
    pub(crate) number: u8,
    pub(crate) price: Minor,
    pub(crate) hours: u16,
    pub(crate) mode: Mode,
    pub(crate) sessions: u8,
    pub(crate) occupation: &'static str,
    pub(crate) title: &'static str,
    pub(crate) provider: u8,
    /// Place of the venue's area in [`AREAS`]; courses without a venue have none.
    pub(crate) area: Option<u8>,
    pub(crate) listed: bool,
}

/// The pilot areas of training with a venue: regency, first digits of the codes around it, first day.
pub(crate) const AREAS: &[(&str, &str, Day)] = &[
    ("3171", "317", day(2023, 2, 17)),
    ("3273", "3273", day(2023, 2, 17)),
    ("3374", "3374", day(2023, 2, 17)),
    ("3578", "3578", day(2023, 2, 17)),
    ("1271", "1271", day(2023, 2, 17)),
    ("5171", "5171", day(2023, 6, 1)),
    ("6171", "6171", day(2023, 6, 1)),
    ("7371", "7371", day(2023, 6, 1)),
    ("5371", "5371", day(2023, 6, 1)),
    ("9171", "9171", day(2023, 6, 1)),
];

/// Platforms with the first and last day of sale, and the commission in percent that each keeps of a price.
pub(crate) const PLATFORMS: &[(&str, Day, Day, i64)] = &[
    ("tokopedia", day(2020, 4, 1), day(2024, 12, 31), 10),
    ("bukalapak", day(2020, 4, 1), day(2024, 12, 31), 10),
    ("pintaria", day(2020, 4, 1), day(2024, 12, 31), 15),
    ("pijar-mahir", day(2020, 4, 1), day(2024, 12, 31), 12),
    ("kemnaker", day(2020, 4, 1), day(2024, 12, 31), 0),
    ("skill-academy", day(2020, 4, 1), day(2020, 12, 15), 15),
    ("mau-belajar-apa", day(2020, 4, 1), day(2022, 11, 30), 12),
    ("sekolah-mu", day(2020, 4, 1), day(2022, 11, 30), 15),
    ("karier-mu", day(2023, 2, 1), day(2024, 12, 31), 15),
];

/// Training providers are `lp01` to `lp24`.
pub(crate) const PROVIDERS: u8 = 24;

const SUBJECTS: &[(&str, &str)] = &[
    ("Digital marketing for small shops", "2431"),
    ("Bookkeeping for micro businesses", "3313"),
    ("Barista skills", "5132"),
    ("Selling online", "5221"),
    ("English for work", "2353"),
    ("Spreadsheets for offices", "4110"),
    ("Sewing and pattern cutting", "7531"),
    ("Motorcycle repair", "7231"),
    ("Baking and pastry", "7512"),
    ("Graphic design", "2166"),
    ("Customer service", "4222"),
    ("Web programming basics", "2513"),
];

/// Courses 0 to 47: the recorded lessons of 2020 to 2022. Then 28 webinars, 20 with a venue, 6 hybrid.
const SELF_PACED: u8 = 48;
const WEBINARS: u8 = 28;
const OFFLINE: u8 = 20;
const HYBRID: u8 = 6;

/// All courses, as first listed.
pub(crate) fn all() -> Vec<Course> {
    let (webinars, offline) = (SELF_PACED + WEBINARS, SELF_PACED + WEBINARS + OFFLINE);
    (0..offline + HYBRID)
        .map(|number| {
            let (title, occupation) =
                SUBJECTS.get(usize::from(number) % SUBJECTS.len()).copied().unwrap_or_default();
            let step = i64::from(number);
            let (mode, price, hours, sessions) = match number {
                n if n < SELF_PACED => (Mode::SelfPaced, 150_000 + step * 18_000, 6 + u16::from(n) % 7, 0),
                n if n < webinars => {
                    (Mode::Webinar, 600_000 + (step - 48) * 100_000, 15 + u16::from(n) % 6, 4)
                }
                n if n < offline => (Mode::Offline, 1_200_000 + (step - 76) * 110_000, 18, 3),
                n => (Mode::Hybrid, 1_500_000 + (i64::from(n) - 96) * 300_000, 20, 4),
            };
            let has_venue = matches!(mode, Mode::Offline | Mode::Hybrid);
            let area = has_venue.then(|| number % u8::try_from(AREAS.len()).unwrap_or(1));
            let provider = number % PROVIDERS + 1;
            let price = rupiah(price);
            Course { number, price, hours, mode, sessions, occupation, title, provider, area, listed: true }
        })
        .collect()
}

/// Who lives near a venue prefers it with this chance, in ten-thousandths.
const AT_A_VENUE: u32 = 4_500;
/// A purchase is one of so many of the dearest courses within the budget.
const DEAREST: usize = 12;

/// The courses that one scheme can buy, by price.
#[derive(Default)]
pub(crate) struct Shelf {
    courses: Vec<Course>,
}

impl Shelf {
    pub(crate) fn of(courses: &[Course], normal_scheme: bool) -> Self {
        let on_shelf = |course: &&Course| course.listed && (course.mode != Mode::SelfPaced) == normal_scheme;
        let mut courses: Vec<Course> = courses.iter().filter(on_shelf).copied().collect();
        courses.sort_by_key(|course| (course.price, course.number));
        Self { courses }
    }

    /// One of the dearest dozen within the budget; where a venue is wanted, perhaps one that the person can reach.
    pub(crate) fn choose(
        &self,
        random: &mut Random,
        budget: Minor,
        regency: &str,
        today: Day,
        venue: bool,
    ) -> Option<Course> {
        let within = self.courses.partition_point(|course| course.price <= budget);
        let below = self.courses.get(..within)?;
        let reachable = |course: &&Course| match course.area {
            None => false,
            Some(area) => AREAS
                .get(usize::from(area))
                .is_some_and(|&(_, prefix, from)| regency.starts_with(prefix) && today >= from),
        };
        if random.chance(AT_A_VENUE)
            && venue
            && let Some(course) = below.iter().rev().find(reachable)
        {
            return Some(*course);
        }
        let width = u32::try_from(within.min(DEAREST)).unwrap_or(0);
        let start = within.checked_sub(1 + usize::try_from(random.below(width)).unwrap_or(0))?;
        below.get(..=start)?.iter().rev().find(|course| course.area.is_none()).copied()
    }
}

/// The platforms that sell on a day.
pub(crate) fn platform(random: &mut Random, today: Day) -> u8 {
    let selling = |&place: &u8| {
        PLATFORMS.get(usize::from(place)).is_some_and(|&(_, first, last, _)| (first..=last).contains(&today))
    };
    let count = u8::try_from(PLATFORMS.len()).unwrap_or(0);
    let drawn = u8::try_from(random.below(u32::from(count))).unwrap_or(0);
    (0..count).map(|shift| (drawn + shift) % count).find(selling).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shelf_gives_what_the_balance_allows() {
        let shelf = Shelf::of(&all(), false);
        let mut random = Random::of_seed("shelf");
        for _ in 0..500 {
            let course = shelf.choose(&mut random, rupiah(500_000), "1101", day(2020, 9, 1), true).unwrap();
            assert!(course.price <= rupiah(500_000) && course.mode == Mode::SelfPaced);
        }
        assert!(shelf.choose(&mut random, rupiah(100_000), "1101", day(2020, 9, 1), true).is_none());
    }

    #[test]
    fn venues_are_only_in_pilot_areas() {
        let shelf = Shelf::of(&all(), true);
        let mut random = Random::of_seed("venue");
        let mut modes = |regency| {
            (0..300)
                .filter_map(|_| shelf.choose(&mut random, rupiah(3_500_000), regency, day(2023, 3, 1), true))
                .filter(|course| course.area.is_some())
                .count()
        };
        assert_eq!(modes("1101"), 0);
        assert!(modes("3171") > 0);
    }
}
