//! The read models, one module each. A new one is its module and a line here.

mod attendance;
pub mod balances;
mod batches;
mod courses;
mod entitlements;
mod findings;
mod fund_years;
mod households;
mod incentives;
mod incomes;
mod loans;
mod matches;
mod outcomes;
mod participants;
mod payouts;
mod postings;
mod prices;
mod purchases;
mod settlements;
mod skills;
mod surveys;
mod vacancies;

use crate::Step;
use crate::rows::Rows;
use crate::table::Table;
use jejak_domain::state::State;

/// A fold that turns a history into rows of one table.
pub trait Model: Send {
    /// Its table.
    fn table(&self) -> &'static Table;

    /// What one event changes.
    fn apply(&mut self, step: Step<'_>, rows: &mut Rows);

    /// Rows that follow from everything so far, before it is stored: of small tables only.
    fn settle(&mut self, _state: &State, _rows: &mut Rows) {}
}

/// All models, empty.
pub fn all() -> Vec<Box<dyn Model>> {
    vec![
        Box::new(participants::Participants),
        Box::new(households::Households),
        Box::new(entitlements::Entitlements),
        Box::new(purchases::Purchases),
        Box::new(attendance::Attendance),
        Box::new(incentives::Incentives),
        Box::new(payouts::Payouts),
        Box::new(surveys::Surveys),
        Box::new(outcomes::Outcomes),
        Box::new(incomes::Incomes::default()),
        Box::new(loans::Loans),
        Box::new(batches::Batches::default()),
        Box::new(fund_years::FundYears::default()),
        Box::new(settlements::Settlements),
        Box::new(courses::Courses),
        Box::new(prices::Prices),
        Box::new(vacancies::Vacancies),
        Box::new(matches::Matches),
        Box::new(skills::Skills::default()),
        Box::new(findings::Findings),
        Box::new(balances::Balances),
        Box::new(postings::Postings),
    ]
}

/// All tables, in the order of the models.
pub fn tables() -> Vec<&'static Table> {
    all().iter().map(|model| model.table()).collect()
}
