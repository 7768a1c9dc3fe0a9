//! The supply of training: platforms, providers, courses and their sessions; and the vacancies it prepares for.

mod decide;
mod event;
mod state;
#[cfg(test)]
mod tests;

pub use decide::{Command, decide};
pub use event::{
    CourseAppraised, CourseDelisted, CourseListed, CourseRepriced, Event, PlatformRegistered,
    ProviderRegistered, ProviderReinstated, ProviderSuspended,
};
pub use state::{Course, Supply};
