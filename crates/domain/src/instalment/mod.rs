//! Instalments: money benefits from earned to due, and the surveys that earn some of them.

mod decide;
mod event;
mod post;
mod schedule;
mod state;
#[cfg(test)]
mod tests;

pub use decide::{Command, Lapse, OpenSurvey, Schedule, decide};
pub use event::{Event, Held, Lapsed, Released, Scheduled, SurveyOpened, SurveySubmitted};
pub use post::{account_of, post};
pub use schedule::survey_window;
pub use state::evolve;

pub(crate) use decide::in_phase;
pub(crate) use schedule::{earned_by_course, wake_all_for_surveys, wake_for_surveys};
pub(crate) use state::{benefit_number, instalment, put_instalment, wake_now};
