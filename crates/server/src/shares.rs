//! Things of which there is a number: none may take them all.

use jejak_domain::ids::ActorId;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;

/// A number of places, of which each person has some at most.
#[derive(Clone, Debug)]
pub(crate) struct Shares(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    all: usize,
    each: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_person: HashMap<ActorId, usize>,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// This person has as many as one may have.
    Own(usize),
    /// All are taken.
    All(usize),
}

impl Shares {
    pub(crate) fn new(all: usize, each: usize) -> Self {
        Self(Arc::new(Inner { all, each, taken: Mutex::default() }))
    }

    /// Takes a place, until what is returned is dropped.
    pub(crate) fn take(&self, person: ActorId) -> Result<Place, Full> {
        let mut taken = self.0.taken.lock();
        let own = taken.by_person.get(&person).copied().unwrap_or_default();
        if own >= self.0.each {
            return Err(Full::Own(self.0.each));
        }
        if taken.all >= self.0.all {
            return Err(Full::All(self.0.all));
        }
        taken.all += 1;
        taken.by_person.insert(person, own + 1);
        Ok(Place { of: Arc::clone(&self.0), person })
    }
}

/// A place that is taken.
#[derive(Debug)]
pub(crate) struct Place {
    of: Arc<Inner>,
    person: ActorId,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.of.taken.lock();
        taken.all -= 1;
        // Whoever has none is forgotten.
        if let Some(own) = taken.by_person.get_mut(&self.person) {
            *own -= 1;
            if *own == 0 {
                taken.by_person.remove(&self.person);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_more_than_a_share_and_a_place_is_given_back() {
        let (ani, budi) = (ActorId::new("ani").unwrap(), ActorId::new("budi").unwrap());
        let shares = Shares::new(3, 2);
        let first = shares.take(ani).unwrap();
        let _second = shares.take(ani).unwrap();
        assert_eq!(shares.take(ani).unwrap_err(), Full::Own(2));
        let _third = shares.take(budi).unwrap();
        assert_eq!(shares.take(budi).unwrap_err(), Full::All(3));
        drop(first);
        assert!(shares.take(ani).is_ok());
        drop(shares.take(budi).unwrap());
        assert_eq!(shares.0.taken.lock().by_person.len(), 2);
    }
}
