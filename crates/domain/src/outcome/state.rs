//! Who was asked in each wave, and who answered.

use super::Event;
use crate::ids::ProgrammeCode;
use crate::line::Event as Line;
use crate::state::State;
use crate::subject::Subject;
use std::collections::{BTreeMap, HashMap};

/// One wave of a programme.
#[derive(Clone, Debug, Default)]
pub struct Wave {
    /// Persons to be asked.
    pub count: u32,
    /// Numbers of those who were asked, and whether they answered.
    asked: HashMap<u32, bool>,
}

impl Wave {
    /// Persons who were asked.
    pub fn asked(&self) -> usize {
        self.asked.len()
    }

    /// Persons who answered.
    pub fn answered(&self) -> usize {
        self.asked.values().filter(|answered| **answered).count()
    }

    /// Whether a person answered; `None` when the person was not asked.
    pub fn has_answered(&self, person: u32) -> Option<bool> {
        self.asked.get(&person).copied()
    }
}

/// All waves.
#[derive(Clone, Debug, Default)]
pub struct Waves(BTreeMap<(ProgrammeCode, u32), Wave>);

impl Waves {
    /// A wave of a programme.
    pub fn get(&self, programme: ProgrammeCode, wave: u32) -> Option<&Wave> {
        self.0.get(&(programme, wave))
    }
}

/// Folds an event of outcome tracking.
pub fn evolve(state: &mut State, line: &Line, event: &Event) {
    match (line.subject, event) {
        (Subject::Programme(code), Event::WaveOpened(opened)) => {
            let wave = Wave { count: opened.count, asked: HashMap::new() };
            state.waves.0.entry((code, opened.wave)).or_insert(wave);
        }
        (Subject::Participant(id), Event::Invited(_) | Event::Reported(_)) => {
            let (number, answers) = match event {
                Event::Invited(invited) => (invited.wave, false),
                Event::Reported(reported) => (reported.wave, true),
                Event::WaveOpened(_) => return,
            };
            let State { people, waves, .. } = state;
            let wave = line.programme.and_then(|code| waves.0.get_mut(&(code, number)));
            let Some((wave, person)) = wave.zip(people.number(id)) else { return };
            let answered = wave.asked.entry(person).or_default();
            *answered |= answers;
        }
        _ => {}
    }
}
