//! The office's diary: what it does on fixed days, whoever applies.

use super::late_list::LATE_LISTS;
use super::retur::BOUNCED;
use super::treasury::BUDGET;
use crate::Simulation;
use crate::agenda::What;
use crate::course::{self, Course, PLATFORMS, PROVIDERS, Shelf};
use crate::day::{Date, Day, HOLIDAYS, HOUR, LAST, civil, day};
use crate::line::{Actor, Entry, Money, Quoted, rupiah};
use crate::plan::scaled_money;
use crate::simulation::{FIRST_DAY, LAST_DAY};
use std::fmt;

const DRAFTER: Actor = Actor::User("legal.drafter");
const PUBLISHER: Actor = Actor::User("committee.secretary");

/// The programme definitions, as they stand in `schemas/programme/`, and the day on which each is proposed.
const DEFINITIONS: [(&str, &str, Day); 5] = [
    ("prakerja-2020", include_str!("../../../../schemas/programme/prakerja-2020.toml"), day(2020, 4, 1)),
    ("kur-alumni", include_str!("../../../../schemas/programme/kur-alumni.toml"), day(2021, 3, 29)),
    ("bt-pklw-2021", include_str!("../../../../schemas/programme/bt-pklw-2021.toml"), day(2021, 9, 2)),
    ("bt-pklwn-2022", include_str!("../../../../schemas/programme/bt-pklwn-2022.toml"), day(2022, 2, 21)),
    ("prakerja-2023", include_str!("../../../../schemas/programme/prakerja-2023.toml"), day(2023, 1, 4)),
];

/// The provider that may not teach in the normal scheme.
const SUSPENDED: u8 = 24;

/// One entry of the diary.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Diary {
    Calendar(i32),
    Propose(usize),
    Publish(usize),
    Platform(usize),
    Providers,
    Courses { normal_scheme: bool },
    Reprice(u8, i64),
    Delist(u8),
    Suspend(u8),
    Pardon(u8),
    Bounce,
    Reissue,
    Reserve(usize),
    DrawReserve(usize),
    Appropriate(usize, i64),
    Revise(usize, i64),
    OperatingCost(usize, u32, i64),
    Interest(usize, u32, i64),
    OrderReturn(usize, &'static str),
    ConfirmReturn(usize),
    DefundPartners(usize),
    LapseBalances,
    LapseCash,
    CloseYear(usize),
    BringBack(usize),
    LapseAid(usize),
    Wave(u32),
    PostVacancies,
    CloseVacancies,
    ListAlumni,
    LateList(usize),
}

/// Operating cost of 2020 to 2022: Rp353 bn in eleven quarters.
const OPERATING: i64 = rupiah(353_000_000_000);
/// Revenue remitted in the same time: Rp237.8 bn, as the account's interest in eleven quarters.
const REVENUE: i64 = rupiah(237_800_000_000);
const QUARTERS: [(usize, Day); 11] = [
    (0, day(2020, 6, 26)),
    (0, day(2020, 9, 28)),
    (0, day(2020, 12, 18)),
    (1, day(2021, 3, 29)),
    (1, day(2021, 6, 28)),
    (1, day(2021, 9, 27)),
    (1, day(2021, 12, 20)),
    (2, day(2022, 3, 28)),
    (2, day(2022, 6, 27)),
    (2, day(2022, 9, 26)),
    (2, day(2022, 12, 19)),
];

/// One trillion rupiah in units of ten billion.
const fn hundredths_of_trillion(hundredths: i64) -> i64 {
    rupiah(hundredths * 10_000_000_000)
}

impl Simulation {
    fn note(&mut self, day: Day, at: u32, page: Diary) {
        let number = u32::try_from(self.diary.len()).unwrap_or(0);
        self.diary.push(page);
        self.agenda.plan(day, at, What::Diary, number);
    }

    /// Writes the whole diary before the first day.
    pub(crate) fn write_diary(&mut self) {
        self.note(FIRST_DAY, 8 * HOUR, Diary::Calendar(2020));
        for year in 2021..=2024 {
            self.note(day(year - 1, 12, 14), 9 * HOUR, Diary::Calendar(year));
        }
        for (place, &(_, _, from)) in DEFINITIONS.iter().enumerate() {
            self.note(from, 10 * HOUR, Diary::Propose(place));
            self.note(from + 1, 10 * HOUR, Diary::Publish(place));
        }
        self.note_supply();
        self.note_budget();
        self.note_returns();
        self.note_aids();
        self.note_aftercare();
        for evening in FIRST_DAY..=LAST_DAY {
            self.agenda.plan(evening, 17 * HOUR, What::FundPartners, 0);
        }
    }

    fn note_supply(&mut self) {
        for (place, &(_, from, _, _)) in PLATFORMS.iter().enumerate() {
            self.note(from, 9 * HOUR, Diary::Platform(place));
        }
        self.note(day(2020, 4, 2), 9 * HOUR, Diary::Providers);
        self.note(day(2020, 4, 6), 9 * HOUR, Diary::Courses { normal_scheme: false });
        self.note(day(2023, 2, 14), 9 * HOUR, Diary::Courses { normal_scheme: true });
        // Prices of some courses fell after the reviews of 2020; a few courses were taken off sale.
        for (course, price) in [(9, 300_000), (17, 420_000), (31, 600_000), (44, 800_000)] {
            self.note(day(2020, 8, 3), 9 * HOUR, Diary::Reprice(course, rupiah(price)));
        }
        for (course, price) in [(3, 190_000), (22, 520_000), (40, 750_000)] {
            self.note(day(2021, 7, 5), 9 * HOUR, Diary::Reprice(course, rupiah(price)));
        }
        for (course, on) in
            [(12, day(2020, 7, 6)), (35, day(2021, 2, 1)), (46, day(2022, 2, 7)), (70, day(2023, 7, 3))]
        {
            self.note(on, 9 * HOUR, Diary::Delist(course));
        }
        // Before the normal scheme began one provider was found unfit: nothing of it is listed from then on.
        self.note(day(2022, 12, 5), 9 * HOUR, Diary::Suspend(SUSPENDED));
        self.note(day(2023, 8, 7), 9 * HOUR, Diary::Pardon(SUSPENDED));
        self.note(BOUNCED, 10 * HOUR, Diary::Bounce);
        self.note(BOUNCED + 1, 10 * HOUR, Diary::Reissue);
    }

    fn note_budget(&mut self) {
        let at = 9 * HOUR;
        self.note(day(2020, 4, 3), at, Diary::Appropriate(0, hundredths_of_trillion(20_00)));
        self.note(day(2021, 1, 11), at, Diary::Appropriate(1, hundredths_of_trillion(10_00)));
        self.note(day(2021, 7, 21), at, Diary::Revise(1, hundredths_of_trillion(10_00)));
        self.note(day(2021, 9, 13), at, Diary::Revise(1, hundredths_of_trillion(1_20)));
        self.note(day(2022, 1, 10), at, Diary::Appropriate(2, hundredths_of_trillion(11_00)));
        self.note(day(2022, 6, 27), at, Diary::Revise(2, hundredths_of_trillion(6_99)));
        self.note(day(2023, 1, 9), at, Diary::Appropriate(3, hundredths_of_trillion(2_67)));
        self.note(day(2023, 6, 5), at, Diary::Revise(3, hundredths_of_trillion(1_70)));
        // What 1.15 M recipients need beyond the published budget: an assumption like their number.
        self.note(day(2023, 9, 4), at, Diary::Revise(3, hundredths_of_trillion(60)));
        for (number, (fund, on)) in (1u32..).zip(QUARTERS) {
            let last = number == 11;
            let share = |whole: i64| if last { whole - whole / 11 * 10 } else { whole / 11 };
            self.note(on, 15 * HOUR, Diary::OperatingCost(fund, number, share(OPERATING)));
            self.note(on + 1, 15 * HOUR, Diary::Interest(fund, number, share(REVENUE)));
        }
    }

    fn note_returns(&mut self) {
        // Rp672.4 bn of batches 1 to 4 were back on the state's account by 25 September 2020.
        self.note(day(2020, 9, 24), 10 * HOUR, Diary::OrderReturn(0, "revocation"));
        self.note(day(2020, 9, 25), 15 * HOUR, Diary::ConfirmReturn(0));
        let years = [
            (0, day(2020, 12, 15), day(2021, 3, 5), day(2021, 3, 8)),
            (1, day(2021, 11, 30), day(2022, 5, 25), day(2022, 5, 30)),
            (2, day(2022, 11, 30), day(2023, 5, 24), day(2023, 5, 29)),
            (3, day(2023, 12, 15), day(2024, 5, 24), day(2024, 5, 29)),
        ];
        for (fund, purchases, payments, returns) in years {
            self.note(purchases, LAST, Diary::LapseBalances);
            self.note(payments, LAST, Diary::LapseCash);
            // Leftovers stay on the account until payments end, which the auditors criticised in 2020.
            let (year, ..) = civil(purchases);
            self.note(day(year, 12, 31), 18 * HOUR, Diary::CloseYear(fund));
            self.note(day(year, 12, 31), 19 * HOUR, Diary::Reserve(fund));
            self.note(day(year + 1, 1, 2), 7 * HOUR, Diary::DrawReserve(fund));
            self.note(returns, 9 * HOUR, Diary::DefundPartners(fund));
            self.note(returns, 10 * HOUR, Diary::OrderReturn(fund, "year-end"));
            self.note(returns + 15, 15 * HOUR, Diary::ConfirmReturn(fund));
        }
    }

    fn note_aids(&mut self) {
        // Ceilings of what was announced; the persons who never come are within the rounding.
        self.note(day(2021, 9, 8), 9 * HOUR, Diary::Appropriate(4, rupiah(1_205_000_000_000)));
        self.note(day(2022, 2, 24), 9 * HOUR, Diary::Appropriate(5, rupiah(2_400_000_000_000)));
        for (fund, year, last) in [(4, 2021, day(2021, 12, 13)), (5, 2022, day(2022, 7, 4))] {
            self.note(last, 15 * HOUR, Diary::BringBack(fund));
            self.note(day(year, 12, 29), LAST, Diary::LapseAid(fund));
            self.note(day(year, 12, 30), 10 * HOUR, Diary::OrderReturn(fund, "lapse"));
            self.note(day(year, 12, 31), 18 * HOUR, Diary::CloseYear(fund));
            self.note(day(year + 1, 1, 17), 15 * HOUR, Diary::ConfirmReturn(fund));
        }
    }

    fn note_aftercare(&mut self) {
        self.note(day(2021, 4, 8), 10 * HOUR, Diary::ListAlumni);
        self.note(day(2021, 11, 1), 9 * HOUR, Diary::PostVacancies);
        for (wave, on) in
            [(202_112, day(2021, 12, 1)), (202_212, day(2022, 12, 1)), (202_311, day(2023, 11, 6))]
        {
            self.note(on, 8 * HOUR, Diary::Wave(wave));
        }
        for (place, list) in LATE_LISTS.iter().enumerate() {
            self.note(list.told, 10 * HOUR, Diary::LateList(place));
        }
        self.note(day(2024, 1, 15), 9 * HOUR, Diary::CloseVacancies);
    }

    /// Does what an entry of the diary says.
    pub(crate) fn turn_page(&mut self, number: u32) {
        let page = usize::try_from(number).ok().and_then(|number| self.diary.get(number)).copied();
        let Some(page) = page else { return };
        let scale = self.settings.scale;
        match page {
            Diary::Calendar(year) => self.publish_calendar(year),
            Diary::Propose(place) => self.propose(place),
            Diary::Publish(place) => self.publish(place),
            Diary::Platform(place) => self.register_platform(place),
            Diary::Providers => self.register_providers(),
            Diary::Courses { normal_scheme } => self.list_courses(normal_scheme),
            Diary::Reprice(course, price) => self.reprice(course, price),
            Diary::Delist(course) => self.delist(course),
            Diary::Suspend(provider) => self.suspend(provider),
            Diary::Pardon(provider) => self.pardon(provider),
            Diary::Bounce => self.bounce(),
            Diary::Reissue => self.reissue(),
            Diary::Reserve(fund) => self.reserve(fund),
            Diary::DrawReserve(fund) => self.draw_reserve(fund),
            Diary::Appropriate(fund, minor) => self.appropriate(fund, scaled_money(minor, scale)),
            Diary::Revise(fund, minor) => self.revise(fund, scaled_money(minor, scale)),
            Diary::OperatingCost(fund, number, minor) => {
                self.pay_operating_cost(fund, number, scaled_money(minor, scale));
            }
            Diary::Interest(fund, number, minor) => {
                self.credit_interest(fund, number, scaled_money(minor, scale));
            }
            Diary::OrderReturn(fund, reason) => self.order_return(fund, reason),
            Diary::ConfirmReturn(fund) => self.confirm_return(fund),
            Diary::DefundPartners(fund) => self.defund_partners(fund),
            Diary::LapseBalances => self.lapse_balances(),
            Diary::LapseCash => self.lapse_cash(),
            Diary::CloseYear(fund) => self.close_year(fund),
            Diary::BringBack(fund) => self.bring_back(fund),
            Diary::LapseAid(fund) => self.lapse_aid(fund),
            Diary::Wave(wave) => self.begin_wave(wave),
            Diary::PostVacancies => self.post_vacancies(),
            Diary::CloseVacancies => self.close_vacancies(),
            Diary::ListAlumni => self.list_alumni(),
            Diary::LateList(place) => self.report_late_list(place),
        }
    }

    fn publish_calendar(&mut self, year: i32) {
        let holidays = Days(HOLIDAYS.iter().filter(|&&day| civil(day).0 == year).copied().collect());
        let data = format_args!(r#"{{"holidays":[{holidays}],"year":{year}}}"#);
        let subject = format_args!("calendar/{year}");
        let entry = Entry::named("calendar.publish.v1", subject, data);
        self.emit(&entry.id(format_args!("publish")).by(PUBLISHER));
    }

    fn propose(&mut self, place: usize) {
        let Some(&(code, text, _)) = DEFINITIONS.get(place) else { return };
        let text = Quoted(text);
        let data = format_args!(r#"{{"definition":{text}}}"#);
        let subject = format_args!("programme/{code}");
        let entry = Entry::named("programme.propose.v1", subject, data);
        self.emit(&entry.id(format_args!("propose-1")).by(DRAFTER));
    }

    fn publish(&mut self, place: usize) {
        let Some(&(code, _, _)) = DEFINITIONS.get(place) else { return };
        let data = format_args!(r#"{{"revision":1}}"#);
        let subject = format_args!("programme/{code}");
        let entry = Entry::named("programme.publish.v1", subject, data);
        self.emit(&entry.id(format_args!("publish-1")).by(PUBLISHER));
    }

    fn register_platform(&mut self, place: usize) {
        let Some(&(code, ..)) = PLATFORMS.get(place) else { return };
        let data = format_args!(r#"{{"name":"{code} (simulated)"}}"#);
        let subject = format_args!("platform/{code}");
        let entry = Entry::named("platform.register.v1", subject, data);
        self.emit(&entry.id(format_args!("register")).by(BUDGET));
    }

    fn register_providers(&mut self) {
        for number in 1..=PROVIDERS {
            // Two providers belong to platforms: an auditor will want to see what they sell there.
            let owner = match number {
                5 => r#","ownedby":"skill-academy""#,
                9 => r#","ownedby":"pijar-mahir""#,
                _ => "",
            };
            let data = format_args!(r#"{{"name":"Simulated training provider {number}"{owner}}}"#);
            let subject = format_args!("provider/lp{number}");
            let entry = Entry::named("provider.register.v1", subject, data);
            self.emit(&entry.id(format_args!("register")).by(BUDGET));
        }
    }

    fn list_courses(&mut self, normal_scheme: bool) {
        let listed: Vec<Course> = self
            .courses
            .iter()
            .filter(|course| course.listed && (course.mode != course::Mode::SelfPaced) == normal_scheme)
            .copied()
            .collect();
        for course in listed {
            let (code, provider, mode) = (course.number, course.provider, course.mode.code());
            let data = format_args!(r#"{{"approved":true,"provider":"lp{provider}"}}"#);
            let subject = format_args!("course/k{code}");
            let entry = Entry::named("course.appraise.v1", subject, data);
            self.emit(&entry.id(format_args!("appraise")).by(BUDGET).before(HOUR));
            let (hours, occupation, sessions, title) =
                (course.hours, course.occupation, course.sessions, course.title);
            let price = Money(course.price);
            let data = format_args!(
                r#"{{"hours":{hours},"mode":"{mode}","occupation":"{occupation}","price":{price},"provider":"lp{provider}","sessions":{sessions},"title":"{title} (simulated)"}}"#
            );
            let subject = format_args!("course/k{code}");
            let entry = Entry::named("course.list.v1", subject, data);
            self.emit(&entry.id(format_args!("list")).by(BUDGET));
        }
    }

    fn reprice(&mut self, number: u8, minor: i64) {
        let Some(course) = self.courses.get_mut(usize::from(number)) else { return };
        course.price = minor;
        let price = Money(minor);
        let data = format_args!(r#"{{"price":{price}}}"#);
        let subject = format_args!("course/k{number}");
        let entry = Entry::named("course.reprice.v1", subject, data);
        self.emit(&entry.id(format_args!("reprice-1")).by(BUDGET));
        self.arrange_shelves();
    }

    fn delist(&mut self, number: u8) {
        let Some(course) = self.courses.get_mut(usize::from(number)) else { return };
        course.listed = false;
        let data = format_args!(r#"{{"reason":"review"}}"#);
        let subject = format_args!("course/k{number}");
        let entry = Entry::named("course.delist.v1", subject, data);
        self.emit(&entry.id(format_args!("delist")).by(BUDGET));
        self.arrange_shelves();
    }

    fn suspend(&mut self, number: u8) {
        for course in self.courses.iter_mut().filter(|course| course.provider == number) {
            course.listed = false;
        }
        let subject = format_args!("provider/lp{number}");
        let data = format_args!(r#"{{"reason":"unfit"}}"#);
        let entry = Entry::named("provider.suspend.v1", subject, data);
        self.emit(&entry.id(format_args!("suspend")).by(BUDGET));
        self.arrange_shelves();
    }

    /// The suspension ends; what the provider taught must be appraised and listed anew.
    fn pardon(&mut self, number: u8) {
        let subject = format_args!("provider/lp{number}");
        let data = format_args!(r#"{{"reason":"improved"}}"#);
        let entry = Entry::named("provider.reinstate.v1", subject, data);
        self.emit(&entry.id(format_args!("reinstate")).by(BUDGET));
    }

    fn arrange_shelves(&mut self) {
        self.shelves = [Shelf::of(&self.courses, false), Shelf::of(&self.courses, true)];
    }
}

/// Days as a JSON list's inside.
struct Days(Vec<Day>);

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, &day) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            write!(f, r#"{comma}"{}""#, Date(day))?;
        }
        Ok(())
    }
}
