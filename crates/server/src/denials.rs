//! Who is turned away is noted; the same again and again is summed up, so that a flood crowds out nothing else.

use jejak_domain::access::Role;
use jejak_domain::ids::ActorId;
use parking_lot::Mutex;
use std::collections::HashMap;

/// Kinds that are told apart between two sums; beyond that those of known persons are summed without their names.
const KINDS: usize = 1_000;

/// What was turned away: by whom, at which route, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Denial {
    pub(crate) person: Option<ActorId>,
    pub(crate) roles: Vec<Role>,
    pub(crate) route: String,
    pub(crate) code: String,
}

/// What was turned away since the last sum.
#[derive(Debug, Default)]
pub(crate) struct Denials {
    again: Mutex<HashMap<Denial, u64>>,
}

impl Denials {
    /// Gives it back when it is to be noted at once: the first of its kind since the last sum.
    pub(crate) fn note(&self, mut denial: Denial) -> Option<Denial> {
        let mut again = self.again.lock();
        if again.len() >= KINDS && !again.contains_key(&denial) {
            (denial.person, denial.roles) = (None, Vec::new());
        }
        if let Some(count) = again.get_mut(&denial) {
            *count += 1;
            return None;
        }
        again.insert(denial.clone(), 0);
        Some(denial)
    }

    /// How often each came again since the last sum; those that came once were noted then.
    pub(crate) fn sum(&self) -> Vec<(Denial, u64)> {
        let again = std::mem::take(&mut *self.again.lock());
        again.into_iter().filter(|(_, count)| *count > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denial(person: Option<&str>) -> Denial {
        let person = person.map(|person| ActorId::new(person).unwrap());
        Denial { person, roles: Vec::new(), route: "/v1/events".to_owned(), code: "access.token".to_owned() }
    }

    #[test]
    fn the_first_is_noted_and_the_rest_is_a_sum() {
        let denials = Denials::default();
        assert_eq!(denials.note(denial(None)), Some(denial(None)));
        assert_eq!(denials.note(denial(Some("ani"))), Some(denial(Some("ani"))));
        (0..1_000).for_each(|_| assert_eq!(denials.note(denial(None)), None));
        assert_eq!(denials.sum(), [(denial(None), 1_000)]);
        assert!(denials.sum().is_empty());
        assert_eq!(denials.note(denial(None)), Some(denial(None)));
    }

    #[test]
    fn many_kinds_take_no_more_memory() {
        let denials = Denials::default();
        for number in 0..3 * KINDS {
            denials.note(denial(Some(&format!("p{number}"))));
        }
        assert!(denials.again.lock().len() <= KINDS + 1);
    }
}
