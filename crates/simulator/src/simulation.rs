//! The simulation itself: an agenda, the persons, the books, and the text they give.

use crate::agenda::{Agenda, Step, What};
use crate::course::{self, Course, Shelf};
use crate::day::{Day, LAST, day};
use crate::line::{Entry, Out};
use crate::people::{People, Person, Role};
use crate::plan::{BATCHES, Batch, Size, scaled, sizes};
use crate::random::Random;
use crate::steps::{Aftercare, Books, Diary, Draw, Families, Group, LateLists, Remains, Venues};
use crate::{Item, Oracle, Settings};

/// First and last day that are told.
pub(crate) const FIRST_DAY: Day = day(2020, 3, 20);
pub(crate) const LAST_DAY: Day = day(2024, 6, 30);

/// A batch under way: who takes part, and who was drawn.
#[derive(Default)]
pub(crate) struct Round {
    pub(crate) members: Vec<u32>,
    /// Lines of the decree still to be written begin here.
    pub(crate) cursor: usize,
}

/// A simulated history, item by item in the order of time.
pub struct Simulation {
    pub(crate) settings: Settings,
    pub(crate) root: Random,
    sizes: Vec<Size>,
    pub(crate) agenda: Agenda,
    pub(crate) out: Out,
    pub(crate) people: People,
    pub(crate) rounds: Vec<Round>,
    pub(crate) diary: Vec<Diary>,
    pub(crate) books: Books,
    pub(crate) courses: Vec<Course>,
    pub(crate) shelves: [Shelf; 2],
    /// The newest group of each course with a venue.
    pub(crate) groups: Vec<Group>,
    pub(crate) venues: Venues,
    pub(crate) families: Families,
    /// Cash that units are to draw.
    pub(crate) draws: Vec<Draw>,
    pub(crate) aftercare: Aftercare,
    pub(crate) lists: LateLists,
    /// What those who have left still have, by batch.
    pub(crate) remains: Vec<Remains>,
    pub(crate) oracle: Oracle,
}

impl Simulation {
    /// Prepares a history; nothing is written yet.
    pub fn new(settings: Settings) -> Self {
        let root = Random::of_seed(&settings.seed);
        let courses = course::all();
        let shelves = [Shelf::of(&courses, false), Shelf::of(&courses, true)];
        let mut simulation = Self {
            root,
            sizes: sizes(settings.scale),
            agenda: Agenda::new(FIRST_DAY - 1, LAST_DAY),
            out: Out::default(),
            people: People::default(),
            rounds: Vec::new(),
            diary: Vec::new(),
            books: Books::default(),
            courses,
            shelves,
            groups: Vec::new(),
            venues: Venues::default(),
            families: Families::default(),
            draws: Vec::new(),
            aftercare: Aftercare::default(),
            lists: LateLists::default(),
            remains: vec![Remains::default(); BATCHES.len()],
            oracle: Oracle::default(),
            settings,
        };
        simulation.open_books();
        simulation.write_diary();
        simulation.plan_batches();
        simulation.plan_aids();
        for day in FIRST_DAY..=LAST_DAY {
            simulation.agenda.plan(day, LAST, What::CloseDay, 0);
        }
        simulation
    }

    /// The simulator's own totals of all that was told so far.
    pub fn oracle(&self) -> &Oracle {
        &self.oracle
    }

    /// Persons who still have something to do.
    pub fn alive(&self) -> usize {
        self.people.len()
    }

    /// One `scale`-th of a real count.
    pub(crate) fn scaled(&self, count: u32) -> u32 {
        scaled(count, self.settings.scale)
    }

    /// A batch at the scale of the simulation.
    pub(crate) fn size(&self, batch: &Batch) -> Size {
        let place = usize::from(batch.number.saturating_sub(1));
        self.sizes.get(place).copied().unwrap_or_default()
    }

    pub(crate) fn emit(&mut self, entry: &Entry<'_>) {
        self.out.write(self.agenda.now(), entry);
    }

    /// Plans a step of a person.
    pub(crate) fn plan(&mut self, person: &mut Person, who: u32, day: Day, at: u32, what: What) {
        if self.agenda.plan(day, at, what, who) {
            person.pending = person.pending.saturating_add(1);
        }
    }

    fn run(&mut self, step: Step) {
        let who = step.who;
        match step.what {
            What::Diary => self.turn_page(who),
            What::Recruit => self.recruit(who),
            What::Open => self.open_batch(who),
            What::Close => self.close_batch(who),
            What::Draw => self.draw(who),
            What::Decree => self.open_decree(who),
            What::DecreeLines => self.write_decree(who),
            What::DecreeEnd => self.close_decree(who),
            What::Request => self.request(who),
            What::Order => self.order(who),
            What::Disburse => self.disburse(who),
            What::AidOpen => self.open_aid(who),
            What::AidClose => self.close_aid(who),
            What::AidDecree => self.decree_aid(who),
            What::AidLines => self.write_aid(who),
            What::AidMoney => self.fund_aid(who),
            What::DrawCash => self.draw_cash(who),
            What::Invite => self.invite(who),
            What::Report => self.report(who),
            What::ListAlumni => self.list_alumni(),
            What::Lend(stage) => self.lend(who, stage),
            What::Venue => self.look_at_venue(who),
            What::AnswerClaim => self.answer_claim(who),
            What::FundPartners => self.fund_partners(),
            What::CloseDay => self.close_day(),
            _ => self.turn(step),
        }
    }

    /// A person's turn: the record is taken out, changed, and put back or let go.
    fn turn(&mut self, step: Step) {
        let who = step.who;
        let Some(mut person) = self.people.get(who) else { return };
        person.pending = person.pending.saturating_sub(1);
        if !person.closed && (!person.ended || goes_on(step.what)) {
            self.act(&mut person, who, step.what);
        }
        if person.pending == 0 && person.role == Role::Recipient && !person.closed {
            self.take_leave(&mut person);
        }
        self.people.put(who, person);
        let finished = person.closed || matches!(person.role, Role::Visitor | Role::Ineligible);
        if finished && person.pending == 0 {
            self.people.leave(who);
        }
    }

    fn act(&mut self, person: &mut Person, who: u32, what: What) {
        match what {
            What::Register => self.register(person, who),
            What::Join => self.join(person, who),
            What::Link => self.link(person, who),
            What::Buy(number) => self.buy(person, who, number),
            What::Cancel(number) => self.cancel(person, who, number),
            What::Redeem(number) => self.redeem(person, who, number),
            What::Attend(number, sequence) => self.attend(person, who, number, sequence),
            What::Complete(number) => self.complete(person, who, number),
            What::Rate => self.rate(person, who),
            What::Settle(number) => self.settle(person, number),
            What::Release(benefit, number) => self.release(person, who, benefit, number),
            What::Instruct(benefit, number, attempt) => self.instruct(person, who, benefit, number, attempt),
            What::Answer(benefit, number, attempt) => self.answer(person, who, benefit, number, attempt),
            What::LateSettle(benefit, number, attempt) => {
                self.pay(person, who, benefit, number, attempt, true);
            }
            What::Return(benefit, number, attempt) => self.come_back(person, who, benefit, number, attempt),
            What::Retry(benefit, number, attempt) => self.retry(person, who, benefit, number, attempt),
            What::Survey(number) => self.survey(person, who, number),
            What::Deadline => self.deadline(person),
            What::Reinstate => self.reinstate(person, who),
            What::Refund(number) => self.refund(person, number),
            What::Enrol => self.enrol(person, who),
            What::HandOver => self.hand_over(person),
            What::Revoke => self.revoke(person, who),
            What::Repay => self.repay(person),
            _ => {}
        }
    }

    /// The batch in which a person takes part.
    pub(crate) fn batch_of(person: &Person) -> Option<&'static Batch> {
        BATCHES.get(usize::from(person.batch))
    }
}

/// What goes on after a revocation: courses, their payment, and money on its way.
fn goes_on(what: What) -> bool {
    matches!(
        what,
        What::Redeem(_)
            | What::Attend(..)
            | What::Complete(_)
            | What::Settle(_)
            | What::Answer(..)
            | What::LateSettle(..)
            | What::Repay
            | What::Refund(_)
            | What::Reinstate
    )
}

impl Iterator for Simulation {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.out.pop() {
                return Some(item);
            }
            let step = self.agenda.next()?;
            self.run(step);
        }
    }
}
