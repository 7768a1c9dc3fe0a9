//! The folded history in memory, shared between the one writer and any number of readers.
//!
//! The writer holds it for one event at a time, so a reader waits for microseconds and never for a disk. What it sees may
//! be ahead of the disk by what is being made durable: [`Image::unsynced`] tells whether a subject is concerned.

use jejak_domain::books::Books;
use jejak_domain::ids::ParticipantId;
use jejak_domain::line::Event;
use jejak_domain::participant::Person;
use jejak_domain::state::State;
use jejak_domain::subject::Subject;
use parking_lot::{Mutex, RwLock, RwLockReadGuard};
use std::collections::HashSet;
use std::sync::Arc;

/// The folded history; clones show the same.
#[derive(Clone, Debug, Default)]
pub struct Image(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    // A fair lock: a reader is let in even while the writer comes back at once, again and again.
    state: RwLock<State>,
    unsynced: Mutex<HashSet<Subject>>,
    durable: RwLock<Durable>,
}

/// The books of all that is durable.
#[derive(Clone, Debug, Default)]
pub struct Durable {
    /// Lines.
    pub length: u64,
    /// Their books.
    pub books: Arc<Books>,
}

impl Image {
    /// The state as it is now. Keep it for a look only: the writer waits meanwhile.
    pub fn read(&self) -> RwLockReadGuard<'_, State> {
        self.0.state.read()
    }

    /// True when the newest event about the subject may not be durable yet. Ask while holding what
    /// [`read`](Self::read) gave.
    pub fn unsynced(&self, subject: Subject) -> bool {
        self.0.unsynced.lock().contains(&subject)
    }

    /// True when both show the same history, and not one that was read anew after the disk had failed.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// True when sealed personal data of the person was recorded.
    pub(crate) fn has_personal_data(&self, id: ParticipantId) -> bool {
        self.0.state.read().people.get(id).is_some_and(Person::has_personal_data)
    }

    /// Folds events that are not durable yet.
    pub(crate) fn apply<'a>(&self, events: impl IntoIterator<Item = &'a Event>) {
        let mut state = self.0.state.write();
        let mut unsynced = self.0.unsynced.lock();
        for event in events {
            state.apply(event);
            unsynced.insert(event.subject);
        }
    }

    /// Folds events that are read back.
    pub(crate) fn load<'a>(&self, events: impl IntoIterator<Item = &'a Event>) {
        let mut state = self.0.state.write();
        for event in events {
            state.apply(event);
        }
    }

    /// The books of all that is durable.
    pub fn durable(&self) -> Durable {
        self.0.durable.read().clone()
    }

    /// All that was folded is durable now: so many lines.
    pub(crate) fn synced(&self, length: u64) {
        let books = Arc::new(self.0.state.read().books.clone());
        *self.0.durable.write() = Durable { length, books };
        self.0.unsynced.lock().clear();
    }
}
